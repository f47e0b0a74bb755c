"""The judged set: an invented catalogue (catalogue.txt) and graded queries (queries.txt, later.txt, again.txt, fourth.txt, fifth.txt,
sixth.txt, seventh.txt), all for people to read.

Catalogue, queries and grades have one author, who graded by reading the offerings before any engine had answered. That author
also works on Kith's lexicon, so the figures flatter it: therefore `half`. Only the queries of the "seen" half are ever looked at
one by one when Kith's answers are improved; the "unseen" half is only averaged.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from app.catalogue.models import NEEDS
from app.demo.west_london import PLACES

HERE = Path(__file__).resolve().parent
COLUMNS = (
    "id", "title", "provider", "description", "kind", "interests", "needs", "age_min", "age_max", "town", "postcode_area", "region",
    "lat", "lon", "delivery", "home_visit_radius_km", "sessions", "by_arrangement", "term", "cost_gbp", "capacity", "places_left",
    "languages", "gender", "step_free", "parent_must_stay", "accessibility", "sibling_min_age", "group_size", "referrals_last_year",
)
"""The columns of Kith's own catalogue.csv."""
KINDS = {"C": "commissioned", "A": "community_asset", "P": "paid_community", "S": "statutory"}
NEED_CODES = {code.partition(":")[2]: code for code in NEEDS}
TOWNS = {town: (area, lat, lon) for town, area, lat, lon in PLACES.values()}
TOWNS["Online"] = ("", 51.5, -0.2)
ACCESS = {"step-free": "step-free", "quiet": "quiet-space", "send": "send-trained-staff", "transport": "transport-provided", "bsl": "bsl-interpreter"}


class Unreadable(ValueError):
    """A line of the judged set cannot be read; the text names it."""


@dataclass(frozen=True)
class Judged:
    """One query and the grade, 1 to 3, of every offering that answers it."""

    kind: str
    typed: str
    grades: Mapping[str, int]
    half: str = field(default="seen")


def _lines(name: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate((HERE / name).read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not (line.startswith("#") and not line.startswith("## ")):
            yield number, line


@cache
def offerings() -> tuple[Mapping[str, str], ...]:
    """The rows of catalogue.csv."""
    out: list[dict[str, str]] = []
    for number, line in _lines("catalogue.txt"):
        if line.startswith("## "):
            continue
        if line.startswith("  "):
            out[-1]["description"] = line.strip()
            continue
        try:
            out.append(_offering([part.strip() for part in line.split("|")]))
        except (KeyError, ValueError) as error:
            raise Unreadable(f"catalogue.txt line {number}: {error}") from error
    return tuple(out)


def _offering(parts: Sequence[str]) -> dict[str, str]:
    id_, title, provider, kind, interests, needs, ages, town, sessions, cost, more = parts
    area, latitude, longitude = TOWNS[town]
    given = [word.strip() for word in more.split(",") if word.strip()]
    # "languages=so,ar" holds a comma itself: what has no meaning of its own continues the list before it.
    switches, values = set[str](), dict[str, str]()
    last = ""
    for word in given:
        name, equals, value = word.partition("=")
        if equals:
            values[name], last = value, name
        elif last == "languages" and len(word) == 2:
            values[last] += f"|{word}"
        else:
            switches.add(word)
    unknown = (switches - {*ACCESS, "girls", "boys", "online", "home", "school"}) | (set(values) - {"languages", "siblings", "group"})
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    slots = [slot.strip() if slot.strip().endswith(" holiday") else f"{slot.strip()} term" for slot in sessions.split(",") if slot.strip()]
    delivery = next((word for word in ("online", "home", "school") if word in switches), "venue")
    youngest, oldest = ages.split("-")
    languages = ["en", *values.get("languages", "").split("|"), *(["bsl"] if "bsl" in switches else [])]
    return {
        "id": id_, "title": title, "provider": provider, "description": "", "kind": KINDS[kind],
        "interests": "|".join(_listed(interests)), "needs": "|".join(NEED_CODES[need] for need in _listed(needs)),
        "age_min": youngest, "age_max": oldest, "town": town, "postcode_area": area, "region": "Online" if town == "Online" else "West London",
        "lat": str(latitude), "lon": str(longitude), "delivery": delivery, "home_visit_radius_km": "8" if delivery == "home" else "",
        "sessions": "|".join(slots), "by_arrangement": str(not slots),
        "term": "holiday" if slots and all(slot.endswith("holiday") for slot in slots) else "term",
        "cost_gbp": cost, "capacity": "12", "places_left": "4", "languages": "|".join(filter(None, languages)),
        "gender": next((word for word in ("girls", "boys") if word in switches), "any"), "step_free": str("step-free" in switches),
        "parent_must_stay": "False", "accessibility": "|".join(code for word, code in ACCESS.items() if word in switches),
        "sibling_min_age": values.get("siblings", ""), "group_size": values.get("group", "12"), "referrals_last_year": "0",
    }


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def catalogue_csv() -> bytes:
    """The catalogue as `kith import catalogue` reads it."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(offerings())
    return out.getvalue().encode()


@cache
def queries() -> tuple[Judged, ...]:
    """All queries; every second one of each kind is of the unseen half."""
    return tuple(_queries("queries.txt"))


@cache
def later() -> tuple[Judged, ...]:
    """Those that were asked later; its head says which of them are unseen."""
    return tuple(_queries("later.txt"))


@cache
def again() -> tuple[Judged, ...]:
    """Those that were asked a third time, by somebody else; its last third is unseen."""
    return tuple(_queries("again.txt"))


@cache
def fourth() -> tuple[Judged, ...]:
    """Those that were asked a fourth time, most of them sentences; every second one of each kind is unseen."""
    return tuple(_queries("fourth.txt"))


@cache
def fifth() -> tuple[Judged, ...]:
    """Those that were asked a fifth time, half of them sentences; every second one of each kind is unseen."""
    return tuple(_queries("fifth.txt"))


@cache
def sixth() -> tuple[Judged, ...]:
    """Those that were asked a sixth time, short and of ordinary difficulty; every second one of each kind is unseen."""
    return tuple(_queries("sixth.txt"))


@cache
def seventh() -> tuple[Judged, ...]:
    """Half of those that were asked a seventh time (the other half is asked of another catalogue); every second one of each kind is unseen."""
    return tuple(_queries("seventh.txt"))


_HALVED = ("queries.txt", "fourth.txt", "fifth.txt", "sixth.txt", "seventh.txt")
"""Files of which every second query of a kind is unseen."""


def _queries(name: str) -> Iterator[Judged]:
    known = {row["id"] for row in offerings()}
    kind, half, count = "", "", 0
    for number, line in _lines(name):
        if line.startswith("## "):
            (kind, half), count = (*line.removeprefix("## ").split(), "")[:2], 0
            continue
        typed, *graded = (part.strip() for part in line.split("|"))
        grades: dict[str, int] = {}
        for part in graded:
            grade, _, refs = part.partition(":")
            for ref in refs.split():
                if ref not in known or ref in grades or grade not in ("1", "2", "3"):
                    raise Unreadable(f"{name} line {number}: {ref} is unknown, twice, or graded {grade!r}")
                grades[ref] = int(grade)
        seen = "unseen" if count % 2 and name in _HALVED else "seen"
        yield Judged(kind, typed, grades, half or seen)
        count += 1
