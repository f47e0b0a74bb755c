"""The phrases that PostgreSQL's index holds as if they were words: those of the shipped lexicon. Its index does not know where a word
stands, so a phrase that it does not hold must be looked for in the text of every offering that has its words. Pure.

An offering says in `words` by which phrases it was read (`reading`), so that those of another version of the lexicon are not relied on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import blake2s

from app.catalogue.search.lexicon import lexicon

READING = "phrases:"
"""So begins, among the stems of an offering, what says by which phrases it was read; no stem has a colon."""


HEAD = "^"
"""Before what stands in the title or tags."""


@cache
def prepared() -> frozenset[str]:
    """Stems with blanks between: what searches are likely to ask for."""
    known = lexicon()
    searched = (one for concept in known.concepts for one in (*concept.same, *concept.near, *(name for kind in concept.kinds for name in kind)))
    return frozenset(one for one in (*searched, *known.by_stems) if " " in one)


@cache
def reading() -> str:
    """Another one whenever there are other phrases."""
    return READING + blake2s("\n".join(sorted(prepared())).encode(), digest_size=6).hexdigest()


@cache
def _lengths() -> dict[str, tuple[int, ...]]:
    """How many stems the phrases have that begin with these two."""
    found: dict[str, set[int]] = {}
    for one in prepared():
        stems = one.split(" ")
        found.setdefault(" ".join(stems[:2]), set()).add(len(stems))
    return {two: tuple(lengths) for two, lengths in found.items()}


def phrases_in(stems: Sequence[str]) -> Iterator[str]:
    """Those that stand in one column, each as often as it does."""
    lengths, every = _lengths(), prepared()
    for place in range(len(stems) - 1):
        for length in lengths.get(f"{stems[place]} {stems[place + 1]}", ()):
            one = " ".join(stems[place : place + length])
            if one in every:
                yield one
