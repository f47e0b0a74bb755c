"""What somebody said, cut into what speaks for something, what speaks against, what worries, and what is only said beside. Pure.

A sentence that holds none of the telling words of `wording.TELLING` speaks for whatever it names. Others are cut at commas and little words, each piece is
taken by what it says, and pieces beside each other that say the same are put together again, so that they can be quoted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise

from app.matching import wording
from app.matching.text import terms


class Stance(IntEnum):
    """WORRY: it says something of the child and names nothing to look for or to avoid. ASIDE: another person's, past, on a condition, or of how
    loud or crowded it is."""

    YES = 0
    NO = 1
    WORRY = 2
    ASIDE = 3


@dataclass(frozen=True)
class Said:
    """Pieces in the order in which they were said. `is_calm`: the child would like it calm."""

    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    worries: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    is_calm: bool = False


@dataclass
class _Piece:
    start: int
    end: int
    said: str
    heads: frozenset[str] | set[str]
    stance: Stance = Stance.YES
    is_calm: bool = False

    def has(self, pattern: re.Pattern[str]) -> bool:
        return not wording.HINTS[pattern].isdisjoint(self.heads) and pattern.search(self.said) is not None


@lru_cache(maxsize=8192)
def heard_in(text: str) -> Said:
    """Kept, for children say the same things."""
    low = text.lower().replace("’", "'")
    sentences = [sentence for one in wording.SENTENCE.split(text) if (sentence := one.strip(wording.ROUND))]
    if len(low) != len(text) or wording.TELLING.isdisjoint(wording.heads_of(low)):
        return Said(tuple(sentences))
    found: tuple[list[str], list[str], list[str], list[str]] = [], [], [], []
    before: _Piece | None = None
    is_calm = False
    cut = []
    for sentence in sentences:
        pieces = _pieces(sentence.lower().replace("’", "'"), before)
        before = pieces[-1]
        cut.append((sentence, pieces))
    for sentence, pieces in cut:
        for stance, said in _together(sentence, pieces):
            found[stance].append(said)
        is_calm = is_calm or any(piece.is_calm for piece in pieces)
    yes, no, worries, aside = found
    return Said(tuple(yes), tuple(no), tuple(worries), tuple(aside), is_calm)


def _pieces(sentence: str, before: _Piece | None) -> list[_Piece]:
    """The sentence cut up, each piece with its stance; `before` is the last piece of the sentence before."""
    pieces: list[_Piece] = []
    cuts = [(0, 0), *(cut.span() for cut in wording.CUT.finditer(sentence) if cut.start() > 0), (len(sentence), 0)]
    for (_, start), (end, _) in pairwise(cuts):
        said = sentence[start:end]
        if said.strip():
            piece = _Piece(start, end, said, wording.heads_of(said))
            piece.stance = _stance(piece, pieces[-1] if pieces else None)
            pieces.append(piece)
    for at, piece in enumerate(pieces):
        last = pieces[at - 1] if at else before
        is_open = at + 1 < len(pieces) and pieces[at + 1].said.startswith(("when ", "if "))  # "I don't like it when": of what follows
        if last is not None and not is_open:
            _look_back(piece, last)
    return pieces


def _stance(piece: _Piece, last: _Piece | None) -> Stance:
    if piece.has(wording.NO_IS_YES):
        return Stance.YES
    if last is not None and last.stance is Stance.NO and piece.said.startswith(("when ", "if ")) and wording.NO_IS_YES.search(f"{last.said} {piece.said}"):
        last.stance = Stance.YES
        return Stance.YES
    if piece.has(wording.QUIET) and not piece.has(wording.REFUSES) and "too quiet" not in piece.said:
        piece.is_calm = True
    elif piece.has(wording.LOUD) and _is_too_loud(piece, last):
        piece.is_calm = True
        if last is not None and last.stance is Stance.NO and not _names(last.said):
            last.stance = Stance.ASIDE  # "I don't like it" is said of how loud it is
        return Stance.ASIDE
    if last is not None and wording.AS_WAS.match(piece.said):
        last.stance = Stance.ASIDE if last.stance is Stance.YES else last.stance
        return Stance.ASIDE
    if last is not None and (found := _depending(piece.said, last)) is not None:
        return found
    if piece.has(wording.NO_MORE) and not wording.UNWILLING.search(piece.said):
        return Stance.ASIDE
    return _feeling(piece, last)


def _feeling(piece: _Piece, last: _Piece | None) -> Stance:
    if piece.has(wording.FEARS):
        return Stance.WORRY if wording.OF_LIFE.search(piece.said) else Stance.NO
    if piece.has(wording.REFUSES) or wording.ONLY_NO.match(piece.said):
        return Stance.NO
    if piece.has(wording.WORRIES) or piece.has(wording.LACKS):
        return Stance.WORRY
    if not wording.HINTS[wording.OTHERS].isdisjoint(piece.heads) and (wording.OF_OTHERS.search(piece.said) or (wording.OTHERS.search(piece.said) and not wording.WITH_ME.search(piece.said))):
        return Stance.ASIDE
    if last is None:
        return Stance.YES if not wording.FIRST_CONDITION.match(piece.said) else Stance.NO if wording.NONE_OF.search(piece.said) else Stance.ASIDE
    if last.stance in (Stance.NO, Stance.ASIDE, Stance.WORRY) and not wording.ITS_OWN.search(piece.said) and not wording.PARTS_WAYS.match(piece.said):
        return last.stance
    return Stance.YES


def _is_too_loud(piece: _Piece, last: _Piece | None) -> bool:
    """Loudness, crowds and being watched are a matter of how it is, not of what it is."""
    if piece.has(wording.REFUSES) or piece.has(wording.FEARS) or piece.has(wording.WORRIES) or any(pattern.search(piece.said) for pattern in (wording.TOO, wording.HURTS, wording.DENIED)):
        return True
    if last is None:
        return False
    return wording.HURTS.search(last.said) is not None or ((last.is_calm or last.stance in (Stance.NO, Stance.WORRY)) and not wording.ITS_OWN.search(piece.said))


def _depending(said: str, last: _Piece) -> Stance | None:
    """What hangs on the piece before it: a condition, a comparison, the thing that is refused."""
    if f"{said} ".startswith(("than ", "rather than ", "instead of ")):
        if _one_word(last.said, "rather"):
            return Stance.NO
        return Stance.ASIDE if wording.PREFERS.search(last.said) else Stance.YES
    if not wording.ON_CONDITION.search(said):
        return None
    if last.stance in (Stance.NO, Stance.WORRY):
        return last.stance
    if wording.MAY_HELP.search(said) and not wording.DENIED.search(said):
        return None
    if said.startswith("when "):
        return None
    return Stance.NO if wording.NONE_OF.search(said) else Stance.ASIDE


def _one_word(said: str, word: str) -> bool:
    return word in said.lower().split()


def _look_back(piece: _Piece, last: _Piece) -> None:
    """"Gave it up" and "hated it" speak of what was named before; so does "and I want to go too"."""
    if piece.stance in (Stance.NO, Stance.ASIDE) and last.stance is Stance.YES and wording.BACK.search(piece.said) and not _names(piece.said):
        last.stance = piece.stance = Stance.NO if piece.stance is Stance.NO and not wording.WAS.search(piece.said) else Stance.ASIDE
    elif piece.stance is Stance.YES and last.stance is Stance.ASIDE and wording.ME_TOO.search(piece.said) and not _names(piece.said):
        last.stance = Stance.YES


def _names(said: str) -> bool:
    """Whether a piece names anything beside what it thinks of it."""
    return bool(terms(wording.SAYS_NOTHING.sub(" ", said)))


def _bare(said: str) -> str:
    """Without the little words at both ends."""
    said = said.strip(wording.ROUND)
    lead, trail = wording.LEAD.match(said.lower() + " "), wording.TRAIL.search(said.lower())
    return said[lead.end() if lead else 0 : trail.start() if trail else len(said)].strip(wording.ROUND)


def _together(sentence: str, pieces: list[_Piece]) -> list[tuple[Stance, str]]:
    """Pieces beside each other that say the same, as they were said."""
    out: list[tuple[Stance, str]] = []
    start = pieces[0].start
    for at, piece in enumerate(pieces):
        following = pieces[at + 1] if at + 1 < len(pieces) else None
        if following is not None and following.stance is piece.stance and not wording.PARTS_WAYS.search(following.said):
            continue
        if said := _bare(sentence[start : piece.end]):
            out.append((piece.stance, said))
        start = following.start if following is not None else 0
    return out
