"""What matching knows of a child and of an offering: two plain records that the rules and the score compare. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from app.children.records import ChildRecord

GIRL_WORDS = frozenset({"girl", "girls", "female", "f"})
BOY_WORDS = frozenset({"boy", "boys", "male", "m"})


@dataclass(frozen=True)
class Span:
    """A time of the week; minutes after midnight."""

    day: str
    start: int
    end: int
    is_holiday: bool = False

    def lies_in(self, other: Span) -> bool:
        return self.day == other.day and other.start <= self.start and self.end <= other.end


def minutes(clock_time: str) -> int:
    """"16:30" -> 990."""
    hours, _, rest = clock_time.partition(":")
    return int(hours) * 60 + int(rest or 0)


def windows_of(windows: Iterable[Mapping[str, Any]]) -> tuple[Span, ...]:
    return tuple(Span(day, minutes(w["start"]), minutes(w["end"])) for w in windows for day in w["days"])


def slots_of(slots: Iterable[Mapping[str, Any]]) -> tuple[Span, ...]:
    return tuple(Span(s["day"], minutes(s["start"]), minutes(s["end"]), s.get("season") == "holiday") for s in slots)


class About(StrEnum):
    """In which respect something was not right for a child."""

    FAR = "far"
    TIME = "time"
    KIND = "kind"
    PEOPLE = "people"
    OTHER = "other"


@dataclass(frozen=True)
class Lesson:
    """What is learnt from one offering that was set aside: other offerings that are like it in that respect come later."""

    about: About
    distance_km: float | None = None
    slots: tuple[Span, ...] = ()
    interests: tuple[str, ...] = ()
    organisation_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Profile:
    """A child as matching sees one. Private notes are never in here. Money in pence, distances in kilometres."""

    id: str
    called: str
    age: int
    gender: str = ""
    latitude: float | None = None
    longitude: float | None = None
    place: str = "home"
    max_km: float = 5.0
    windows: tuple[Span, ...] = ()
    are_holidays_ok: bool = False
    is_online_ok: bool = False
    max_cost_pence: int = 0
    languages: tuple[str, ...] = ("en",)
    needs_step_free: bool = False
    is_girls_only: bool = False
    sibling_ages: tuple[int, ...] = ()
    max_group: int | None = None
    needs_quiet: bool = False
    parent_cannot_stay: bool = False
    needs: tuple[tuple[str, int], ...] = ()
    interests: tuple[str, ...] = ()
    strengths: tuple[str, ...] = ()
    aspiration: str = ""
    own_words: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    well_received: tuple[str, ...] = ()
    not_well_received: tuple[str, ...] = ()
    background: str = ""
    audiences: frozenset[str] = frozenset()
    circumstances: frozenset[str] = frozenset()
    refused: frozenset[uuid.UUID] = frozenset()
    lessons: tuple[Lesson, ...] = ()

    @property
    def is_heard(self) -> bool:
        """Whether anything is known of what the child loves, needs or wants: without it nothing can be said to fit."""
        return any((self.interests, self.own_words, self.needs, self.goals, self.strengths, self.aspiration))

    @property
    def is_girl(self) -> bool:
        return self.gender.strip().lower() in GIRL_WORDS

    @property
    def is_boy(self) -> bool:
        return self.gender.strip().lower() in BOY_WORDS


def profile_of_record(record: ChildRecord, *, refused: frozenset[uuid.UUID] = frozenset()) -> Profile:
    """A child straight from a file of the exchange format."""
    return Profile(
        id=record.id, called=record.first_name, age=record.age, gender=record.gender, latitude=record.lat,
        longitude=record.lon, max_km=record.max_km, windows=windows_of(w.as_dict() for w in record.windows),
        are_holidays_ok=record.holidays_ok, is_online_ok=record.online_ok, max_cost_pence=record.max_cost_pence,
        languages=record.languages, needs_step_free=record.step_free, is_girls_only=record.girls_only,
        sibling_ages=record.sibling_ages, max_group=record.max_group, needs_quiet=record.quiet_required,
        parent_cannot_stay=record.parent_cannot_stay, needs=record.needs, interests=record.interests,
        own_words=(record.own_words,) if record.own_words else (), goals=(record.goals,) if record.goals else (),
        background=f"{record.link_worker_note} {record.barriers}", refused=refused,
    )


@dataclass(frozen=True)
class Candidate:
    """An offering as matching sees one. How many places are free is asked anew each time, so it is not in here."""

    id: uuid.UUID
    ref: str
    title: str
    organisation_id: uuid.UUID
    organisation: str
    kind: str = "commissioned"
    description: str = ""
    interests: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    age_min: int = 0
    age_max: int = 18
    town: str = ""
    postcode_area: str = ""
    latitude: float | None = None
    longitude: float | None = None
    delivery: str = "venue"
    home_visit_radius_km: float | None = None
    slots: tuple[Span, ...] = ()
    is_by_arrangement: bool = False
    cost_pence: int = 0
    languages: frozenset[str] = frozenset({"en"})
    gender: str = "any"
    is_step_free: bool = False
    must_parent_stay: bool = False
    accessibility: frozenset[str] = frozenset()
    sibling_min_age: int | None = None
    group_size: int | None = None
    confirmed_on: date | None = None
    audiences: frozenset[str] = field(default=frozenset())
    meant_for: str = ""
    circumstances: frozenset[str] = field(default=frozenset())
