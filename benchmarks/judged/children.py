"""The judged children of children.txt, kept.txt and fresh.txt with both readings of them, and their offerings as matching sees them."""

from __future__ import annotations

import uuid
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from app.matching import audiences, circumstances, queries
from app.matching.profile import Candidate, Profile, Span, minutes
from benchmarks.judged import HERE, NEED_CODES, TOWNS, Unreadable, offerings

TODAY = date(2026, 11, 22)
WEEKDAYS = tuple(Span(day, minutes("12:00"), minutes("21:00")) for day in ("Mon", "Tue", "Wed", "Thu", "Fri"))
WEEKEND = tuple(Span(day, minutes("07:00"), minutes("20:00")) for day in ("Sat", "Sun"))


@dataclass(frozen=True)
class JudgedChild:
    """`half`: every second child is only ever averaged, never looked at. `grades` are of the first reading, `again` of the second
    (reread_1.txt, reread_2.txt): by somebody else, blind, every eligible offering."""

    profile: Profile
    grades: Mapping[str, int]
    again: Mapping[str, int]
    half: str

    @property
    def both(self) -> dict[str, float]:
        """The mean of the two readings."""
        return {ref: (self.grades.get(ref, 0) + self.again.get(ref, 0)) / 2 for ref in sorted({*self.grades, *self.again})}


@cache
def candidates() -> tuple[Candidate, ...]:
    return tuple(candidate_of(row) for row in offerings())


def candidate_of(row: Mapping[str, str]) -> Candidate:
    slots = []
    for slot in filter(None, row["sessions"].split("|")):
        day, hours, season = slot.split()
        start, end = hours.split("-")
        slots.append(Span(day, minutes(start), minutes(end), season == "holiday"))
    number = {name: int(row[name]) if row[name] else None for name in ("sibling_min_age", "group_size")}
    return Candidate(
        id=uuid.uuid5(uuid.NAMESPACE_URL, row["id"]), ref=row["id"], title=row["title"],
        organisation_id=uuid.uuid5(uuid.NAMESPACE_DNS, row["provider"]), organisation=row["provider"], kind=row["kind"],
        description=row["description"], interests=_split(row["interests"]), needs=_split(row["needs"]), age_min=int(row["age_min"]),
        age_max=int(row["age_max"]), town=row["town"], postcode_area=row["postcode_area"], latitude=float(row["lat"]),
        longitude=float(row["lon"]), delivery=row["delivery"],
        home_visit_radius_km=float(row["home_visit_radius_km"]) if row["home_visit_radius_km"] else None, slots=tuple(slots),
        is_by_arrangement=row["by_arrangement"] == "True", cost_pence=round(float(row["cost_gbp"]) * 100),
        languages=frozenset(_split(row["languages"])), gender=row["gender"], is_step_free=row["step_free"] == "True", must_parent_stay=row["parent_must_stay"] == "True",
        accessibility=frozenset(_split(row["accessibility"])), sibling_min_age=number["sibling_min_age"], group_size=number["group_size"],
        confirmed_on=TODAY, audiences=audiences.of_offering(row["title"], row["description"]),
        meant_for=audiences.meant_for(row["title"], row["description"]),
        circumstances=circumstances.of_offering(row["title"], row["description"], _split(row["interests"]), _split(row["languages"])),
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


@cache
def children() -> tuple[JudgedChild, ...]:
    return read("children.txt", _known())


@cache
def kept() -> tuple[JudgedChild, ...]:
    """Twelve more, written later by somebody else; their lists have been read since."""
    return read("kept.txt", _known())


@cache
def fresh() -> tuple[JudgedChild, ...]:
    """Sixteen more, written when those had been given up; their lists have been read since too."""
    return read("fresh.txt", _known())


def _known() -> frozenset[str]:
    return frozenset(row["id"] for row in offerings())


def read(name: str, known: Container[str]) -> tuple[JudgedChild, ...]:
    lines = [(number, line.strip()) for number, line in enumerate((HERE / name).read_text(encoding="utf-8").splitlines(), 1)
             if line.strip() and not line.startswith("#")]
    out = []
    for at in range(0, len(lines), 5):
        number, head = lines[at]
        try:
            out.append(_child(head, [line for _, line in lines[at + 1 : at + 5]], known, "unseen" if (at // 5) % 2 else "seen"))
        except (KeyError, ValueError, IndexError) as error:
            raise Unreadable(f"{name} line {number}: {error!r}") from error
    return tuple(out)


@cache
def _reread() -> Mapping[str, Mapping[str, int]]:
    found: dict[str, Mapping[str, int]] = {}
    for name in ("reread_1.txt", "reread_2.txt"):
        for line in (HERE / name).read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                ref, _, graded = line.partition("|")
                found[ref.strip()] = _graded(graded, {row["id"] for row in offerings()})
    return found


def _graded(line: str, known: Container[str]) -> dict[str, int]:
    """`3: a b | 2: c` as a mapping. Raises ValueError for what is not known or stands twice."""
    grades: dict[str, int] = {}
    for part in filter(str.strip, line.split("|")):
        grade, _, refs = part.partition(":")
        for one in refs.split():
            if one not in known or one in grades or grade.strip() not in ("1", "2", "3"):
                raise ValueError(f"{one} is unknown or graded twice")
            grades[one] = int(grade)
    return grades


def _child(head: str, rest: list[str], known: Container[str], half: str) -> JudgedChild:
    ref, who, where, options = (part.strip() for part in head.split("|"))
    name, age, gender = (part.strip() for part in who.split(","))
    town, km = (part.strip() for part in where.split(","))
    _, latitude, longitude = TOWNS[town]
    given = dict(option.partition("=")[::2] for option in options.split())
    interests, words, needs, graded = (line.partition(":")[2] if line.split(":")[0] in ("interests", "words", "needs") else line for line in rest)
    needs, goals = (part.strip() for part in needs.split("|"))
    windows = WEEKDAYS if "week" in given else WEEKEND if "weekend" in given else WEEKDAYS + WEEKEND
    languages = tuple(dict.fromkeys((*filter(None, given.get("langs", "").split("+")), "en")))
    profile = Profile(
        id=ref, called=name, age=int(age), gender=gender, latitude=latitude, longitude=longitude, max_km=float(km), windows=windows,
        are_holidays_ok="nohol" not in given, is_online_ok="online" in given,
        max_cost_pence=0 if "free" in given else int(given.get("cost", "8")) * 100, languages=languages, needs_step_free="step" in given,
        is_girls_only="girls" in given, sibling_ages=(int(given["siblings"]),) if "siblings" in given else (),
        max_group=int(given["group"]) if "group" in given else None, needs_quiet="quiet" in given, parent_cannot_stay="nopar" in given,
        needs=tuple((NEED_CODES[need.strip()], at + 1) for at, need in enumerate(needs.split(","))),
        interests=tuple(part.strip() for part in interests.split(",")), own_words=(words.strip(),), goals=(goals,),
    )
    return JudgedChild(queries.with_audiences(profile), _graded(graded, known), _reread().get(ref, {}), half)
