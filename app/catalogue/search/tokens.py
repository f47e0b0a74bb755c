"""The words of what was typed: joined, split, completed or corrected. Pure, over a Zone's vocabulary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.catalogue.search.analysis import words
from app.catalogue.search.everyday import plain_words
from app.catalogue.search.snapshot import Vocabulary
from app.catalogue.search.spelling import begun_wrongly, corrections, is_known, split_in_two

MOST_WORDS = 40
MOST_ENDINGS, FEW_LETTERS = 60, 12
"""How many words that begin so are looked for; after two letters only the most widespread."""
NO_DOUBT = 0.6
"""A correction that costs less is what was meant."""


@dataclass(frozen=True)
class Token:
    """One word of a query: `typed` as it was written ("" for the second half of a word that was split), `word` as it is taken, `meant` both halves."""

    typed: str
    word: str
    meant: str = ""
    others: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    is_unknown: bool = False


def tokens_of(text: str, vocabulary: Vocabulary) -> list[Token]:
    typed = [w for part in text.split("|") for w in (*words(part), "|")][:MOST_WORDS]
    typed = _join(typed, vocabulary)
    last = next((i for i in range(len(typed) - 1, -1, -1) if typed[i] != "|"), -1)
    out: list[Token] = []
    for i, word in enumerate(typed):
        out += _resolved(word, vocabulary, i == last)
    return out


def _join(typed: list[str], vocabulary: Vocabulary) -> list[str]:
    """“foot ball” is football: where two neighbours make a known word and do not both stand in the catalogue by themselves."""
    out: list[str] = []
    i = 0
    while i < len(typed):
        if i + 1 < len(typed):
            left, right = typed[i], typed[i + 1]
            both = left + right
            together = both.isalpha() and len(both) >= 5 and (both in vocabulary.words or both in vocabulary.lexicon.by_words)
            apart = f"{left} {right}" in vocabulary.lexicon.by_words or (_is_word(left, vocabulary) and _is_word(right, vocabulary))
            is_odd = not is_known(right, vocabulary) or (right not in plain_words().empty and not is_known(left, vocabulary))
            if not together and len(both) >= 7 and is_odd and left not in plain_words().empty:
                together = any(c.cost < 0.8 and len(c.word) > 6 for c in corrections(both, vocabulary))
            if together and not apart:
                out.append(both)
                i += 2
                continue
        out.append(typed[i])
        i += 1
    return out


def _is_begun(word: str, vocabulary: Vocabulary) -> bool:
    """Known only as the stem of another word (refug), or a word that stands nowhere in this catalogue (foot, tram): more may be to
    come. What the lexicon knows keeps its meaning beside."""
    if word in vocabulary.words or word in plain_words().empty or not word.isalpha():
        return False
    return len(word) >= 4 or (len(word) == 3 and word in plain_words().all and not vocabulary.lexicon.find(word))


def _is_word(word: str, vocabulary: Vocabulary) -> bool:
    return word in plain_words().weak or word in plain_words().empty or (vocabulary.has(word) and len(word) > 2)


def _resolved(word: str, vocabulary: Vocabulary, is_last: bool) -> Sequence[Token]:
    return vocabulary.kept.of(("tokens", word, is_last), lambda: tuple(_resolve(word, vocabulary, is_last=is_last)))


def _resolve(word: str, vocabulary: Vocabulary, *, is_last: bool) -> Iterator[Token]:
    if word == "|" or (is_known(word, vocabulary) and not (is_last and _is_begun(word, vocabulary))):
        yield Token(word, word)
        return
    most = MOST_ENDINGS if len(word) >= 3 else FEW_LETTERS if len(word) == 2 and is_last else 0
    longer = [w for w in vocabulary.starting_with(word, most) if w.isalpha()] if most else []
    if longer and (is_last or len(word) >= 5):
        yield Token(word, word, prefixes=tuple(longer))
        return
    beginning = vocabulary.lexicon.starting_with(word, 3) if is_last and len(word) >= 4 else []
    if beginning:
        yield Token(word, word, others=tuple(beginning))
        return
    likely = corrections(word, vocabulary)
    two = split_in_two(word, vocabulary)
    if two and not (likely and likely[0].cost < NO_DOUBT):
        yield Token(word, two[0], meant=" ".join(two))
        yield Token("", two[1])
        return
    in_lexicon = vocabulary.lexicon.starting_with(word, 3) if is_last and len(word) >= 3 and not likely else []
    is_sure = bool(likely) and (likely[0].cost < NO_DOUBT or likely[0].word in vocabulary.words)
    begun = begun_wrongly(word, vocabulary) if is_last and not in_lexicon and not is_sure else []
    if likely and not begun:
        yield Token(word, likely[0].word, others=tuple(c.word for c in likely[1:]))
    else:  # not yet a word, and wrong already: trmp may become trampoline
        others = (*in_lexicon, *(c.word for c in likely))
        yield Token(word, word, others=others, prefixes=tuple(begun), is_unknown=not (others or begun))
