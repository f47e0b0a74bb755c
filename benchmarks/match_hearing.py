"""How much of what children and Link Workers say is heard rightly: what speaks for an offering, what against, what is neither.

Invented sayings (benchmarks/judged/sayings.txt), each with what ought to be heard, in three lots, each written before anything had been made of
it; the first two have been read since, by the last nothing was mended.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from app.catalogue.search.analysis import stem
from app.catalogue.search.lexicon import lexicon
from app.catalogue.search.meaning import meanings
from app.matching.hearing import hear
from app.matching.profile import Profile
from app.matching.text import Index, Phrase, Reader, build
from benchmarks.judged import HERE, Unreadable

MARKS = "+-0"
LITTLE = 0.2
"""A word that makes up less of a phrase than this speaks neither for nor against."""


@dataclass(frozen=True)
class Saying:
    kind: str
    half: str
    where: str
    said: str
    marks: tuple[tuple[str, str], ...]
    is_calm: bool


@cache
def sayings() -> tuple[Saying, ...]:
    return tuple(_sayings())


def _sayings() -> Iterator[Saying]:
    kind, count = "", 0
    for number, line in enumerate((HERE / "sayings.txt").read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("## "):
            kind, count = line.removeprefix("## "), 0
        elif line.strip() and not line.startswith("#"):
            where, said, heard = (part.strip() for part in line.split("|"))
            given = heard.split()
            marks = tuple((one[0], one[1:]) for one in given if one != "calm")
            if where not in ("interest", "words", "goal") or any(mark not in MARKS for mark, _ in marks):
                raise Unreadable(f"sayings.txt line {number}")
            yield Saying(kind, "unseen" if count % 2 else "seen", where, said, marks, "calm" in given)
            count += 1


@cache
def _index() -> Index:
    """Holds each word that ought to be heard once."""
    return build([{"title": word, "tags": "", "body": ""} for word in sorted({word for one in sayings() for _, word in one.marks})])


@cache
def _reader() -> Reader:
    return Reader([_index()], lexicon())


def wrong_of(one: Saying) -> list[str]:
    """What is not heard as it ought to be; empty where all is."""
    field = {"interest": "interests", "words": "own_words", "goal": "goals"}[one.where]
    heard = hear(Profile(id="x", called="X", age=9, **{field: (one.said,)}), _reader(), meanings())  # type: ignore[arg-type]
    found = []
    for mark, word in one.marks:
        speaks, against = _speaks(heard.yes, word), _speaks(heard.no, word)
        if speaks and against and heard.overlap.any():
            against = False  # what is said both for and against hardly counts against
        if (mark == "+" and (not speaks or against)) or (mark == "-" and (speaks or not against)) or (mark == "0" and (speaks or against)):
            found.append(f"{mark}{word} is heard as {'for' if speaks else ''}{'against' if against else ''}{'' if speaks or against else 'nothing'}")
    if heard.wants_calm != one.is_calm:
        found.append("calm" if heard.wants_calm else "not calm")
    return found


def _speaks(phrases: list[Phrase], word: str) -> bool:
    wanted = stem(word)
    for phrase in phrases:
        for unit in phrase.units:
            if (wanted in unit.terms or (wanted,) in unit.stands_for) and unit.share / phrase.measure >= LITTLE:
                return True
    return False


def report(shown: Collection[str] = ()) -> None:
    """`shown`: the halves of which what is wrong is printed saying by saying."""
    kinds = dict.fromkeys(one.kind for one in sayings())
    total = {"seen": [0, 0], "unseen": [0, 0]}
    print(f"{'what is heard rightly':<34}{'seen':>10}{'unseen':>10}")
    for kind in kinds:
        counts = {"seen": [0, 0], "unseen": [0, 0]}
        for one in sayings():
            if one.kind != kind:
                continue
            wrong = wrong_of(one)
            counts[one.half][0] += not wrong
            counts[one.half][1] += 1
            if wrong and one.half in shown:
                print(f"    {one.said}: {'; '.join(wrong)}")
        for half, (right, of) in counts.items():
            total[half][0] += right
            total[half][1] += of
        print(f"{kind:<34}" + "".join(f"{f'{right}/{of}':>10}" for right, of in counts.values()))
    print(f"{'all':<34}" + "".join(f"{f'{right}/{of}':>10}" for right, of in total.values()))


if __name__ == "__main__":
    report(sys.argv[1:])
