"""Reads the judged set beside this file, and measures a ranking against its grades."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from app.catalogue.models import NEEDS
from app.matching import audiences, queries
from app.matching.profile import Candidate, Profile

HERE = Path(__file__).resolve().parent / "judged"
AREAS = {"S": "Social", "E": "Emotional", "A": "Academic"}
TODAY = date(2026, 11, 22)


def _rows(name: str) -> Iterator[list[str]]:
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield [cell.strip() for cell in line.split("|")]


def _need(short: str) -> str:
    area, _, name = short.strip().partition(":")
    code = f"{AREAS[area]}:{name}"
    assert code in NEEDS, code
    return code


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _options(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split())


def offerings() -> list[Candidate]:
    return [
        Candidate(
            id=uuid.uuid5(uuid.NAMESPACE_URL, ref), ref=ref, title=title, organisation_id=uuid.uuid5(uuid.NAMESPACE_DNS, ref),
            organisation="", description=description, interests=_listed(interests), needs=tuple(_need(n) for n in _listed(needs)),
            group_size=int(_options(options)["group"]), audiences=audiences.of_offering(title, description), latitude=51.5,
            longitude=-0.2, confirmed_on=TODAY,
        )
        for ref, title, description, interests, needs, options in _rows("offerings.txt")
    ]


def children() -> list[tuple[Profile, dict[str, int]]]:
    found = []
    for ref, interests, words, needs, goals, options, grades in _rows("children.txt"):
        group = _options(options).get("group")
        profile = Profile(
            id=ref, called=ref, age=9, latitude=51.5, longitude=-0.2, interests=_listed(interests), own_words=(words,), goals=(goals,),
            needs=tuple((_need(need), at + 1) for at, need in enumerate(_listed(needs))), max_group=int(group) if group else None,
        )
        found.append((queries.with_audiences(profile), {ref: int(grade) for ref, grade in _options(grades).items()}))
    return found


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain with gains 2^grade - 1."""
    def gain(found: Sequence[int]) -> float:
        return sum((2**grade - 1) / math.log2(at + 2) for at, grade in enumerate(found[:depth]))

    return gain([grades.get(ref, 0) for ref in ranked]) / gain(sorted(grades.values(), reverse=True))
