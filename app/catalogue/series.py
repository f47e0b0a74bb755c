"""When a series meets: its rule, the school calendar and its exceptions, day by day. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from app.catalogue.calendar import SchoolYear
from app.catalogue.models import SeriesSeason
from app.shared import clock


class Change(StrEnum):
    SKIP = "skip"
    MOVE = "move"
    EXTRA = "extra"


@dataclass(frozen=True)
class Rule:
    """Every so many weeks on a weekday (0 is Monday), London times, both days included."""

    day: int
    start: str
    end: str
    starts_on: date
    ends_on: date
    season: SeriesSeason = SeriesSeason.TERM
    every_weeks: int = 1

    def days(self) -> list[date]:
        first = self.starts_on + timedelta(days=(self.day - self.starts_on.weekday()) % 7)
        step = timedelta(weeks=self.every_weeks)
        return [first + n * step for n in range((self.ends_on - first) // step + 1)] if first <= self.ends_on else []

    def keeps(self, day: date, year: SchoolYear) -> bool:
        """Does the rule alone meet on this one of its days?"""
        return self.season is SeriesSeason.ALL_YEAR or year.is_term(day) is (self.season is SeriesSeason.TERM)


@dataclass(frozen=True)
class Meeting:
    """One day of a series. `meets` False: skipped; `holiday` names the school holiday it falls in; `moved_from` its own day."""

    on: date
    start: str
    end: str
    meets: bool = True
    holiday: str = ""
    why: str = ""
    moved_from: date | None = None
    is_extra: bool = False

    @property
    def starts_at(self) -> datetime:
        return clock.at_london(self.on, time.fromisoformat(self.start))

    @property
    def ends_at(self) -> datetime:
        return clock.at_london(self.on, time.fromisoformat(self.end))


def plan(rule: Rule, year: SchoolYear, exceptions: Sequence[Mapping[str, Any]] = ()) -> list[Meeting]:
    """Every day of the rule, those that are skipped too, and the extra ones; in time order."""
    by_day = {date.fromisoformat(e["on"]): e for e in exceptions if e["kind"] != Change.EXTRA or "to" not in e}
    out = []
    for day in rule.days():
        change = by_day.get(day, {})
        kind, holiday = change.get("kind"), year.holiday(day)
        if kind == Change.MOVE:
            out.append(Meeting(date.fromisoformat(change["to"]), change["start"], change["end"], True, "", change.get("why", ""), day))
            continue
        meets = rule.keeps(day, year) if kind is None else kind == Change.EXTRA
        out.append(Meeting(day, rule.start, rule.end, meets, holiday, change.get("why", "")))
    out += [
        Meeting(date.fromisoformat(e["to"]), e["start"], e["end"], True, year.holiday(date.fromisoformat(e["to"])), e.get("why", ""),
                is_extra=True)
        for e in exceptions if e["kind"] == Change.EXTRA and "to" in e
    ]
    return sorted(out, key=lambda meeting: (meeting.on, meeting.start))


def exceptions_from(
    rule: Rule, year: SchoolYear, *, meets: set[date], moves: Mapping[date, tuple[date, str, str]],
    extras: Sequence[tuple[date, str, str]],
) -> list[dict[str, Any]]:
    """What differs from the rule, from the days that somebody ticked, moved and added."""
    out: list[dict[str, Any]] = []
    for day in rule.days():
        if day in moves:
            to, start, end = moves[day]
            out.append({"on": day.isoformat(), "kind": Change.MOVE.value, "to": to.isoformat(), "start": start, "end": end})
        elif rule.keeps(day, year) != (day in meets):
            out.append({"on": day.isoformat(), "kind": (Change.EXTRA if day in meets else Change.SKIP).value})
    out += [
        {"on": to.isoformat(), "kind": Change.EXTRA.value, "to": to.isoformat(), "start": start, "end": end} for to, start, end in extras
    ]
    return out
