"""Everyday English: words that say nothing in a search, little, or are at least no misspelling. Plain data in plain_words.txt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.catalogue.search.analysis import stem, words

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class PlainWords:
    """Everyday words: `empty` say nothing in a search, `weak` little, and none of `all` is a misspelling."""

    empty: frozenset[str]
    weak: frozenset[str]
    all: frozenset[str]


@cache
def plain_words() -> PlainWords:
    kinds: dict[str, set[str]] = {"empty": set(), "weak": set(), "plain": set()}
    kind = "plain"
    for line in (_HERE / "plain_words.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        head, colon, rest = line.partition(":")
        if colon and head in kinds:
            kind, line = head, rest
        for word in line.split():
            kinds[kind].update(words(word))
    weak_stems = {stem(w) for w in kinds["weak"]}
    return PlainWords(
        frozenset(kinds["empty"]), frozenset(kinds["weak"] | weak_stems), frozenset().union(*kinds.values())
    )


_TURNING = frozenset(
    "not no never cant cannot wont doesnt dont didnt isnt hasnt havent hadnt wouldnt couldnt without nobody none nothing nor "
    "up out off down over away back in on under own few less only".split()
)
"""Little words that change what the others mean."""
_NOT_FIRST = frozenset("up out off down over away back in on under own few less only".split())
_JOINTS = frozenset("and but or so because who which that when if while though with".split())


def gist(parts: Sequence[str]) -> str:
    """A phrase without what may stand between its telling words: “wont even get out of bed” is wont out bed. Nothing where fewer than two
    are left, where it is more than one saying (and, because), or begins or ends with a little word."""
    empty = plain_words().empty
    if len(parts) < 2 or parts[0] in empty - _TURNING or parts[0] in _NOT_FIRST or parts[-1] in empty or not _JOINTS.isdisjoint(parts):
        return ""
    kept = [stem(word) for word in parts if word in _TURNING or word not in empty]
    return " ".join(kept) if len(kept) > 1 else ""


def said_plainly(parts: Sequence[str]) -> Sequence[str]:
    """A phrase of the lexicon without the empty words around it: “somebody who gives up” may be begun in other ways."""
    empty = plain_words().empty - _TURNING
    telling = [place for place, word in enumerate(parts) if word not in empty]
    return parts[telling[0] : telling[-1] + 1] if telling else ()
