"""Regular times: typed, checked, and said in a few words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from flask_babel import gettext as _

from app.catalogue.words import DAYS
from app.shared.view import clock_time, sentence_list

_TIME = re.compile(r"^(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?$")
ORDER = list(DAYS)


class SlotFault(ValueError):
    """What was typed is no time; the text says what a time looks like."""


def read_time(typed: str) -> time:
    """"16:00", "4pm", "4.30 pm", "9". Raises SlotFault."""
    found = _TIME.match(typed.strip().lower())
    if found is None:
        raise SlotFault(_("“%(typed)s” is not a time. It looks like 16:00 or 4pm.", typed=typed) if typed.strip() else _("Type from when until when, like 16:00 and 17:30."))
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half and not 1 <= hour <= 12:
        raise SlotFault(_("“%(typed)s” is not a time. It looks like 16:00 or 4pm.", typed=typed))
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59:
        raise SlotFault(_("“%(typed)s” is not a time. It looks like 16:00 or 4pm.", typed=typed))
    return time(hour, minute)


def read_slot(day: str, start: str, end: str, season: str) -> dict[str, Any]:
    """As Offering.slots keeps it. Raises SlotFault."""
    first, last = read_time(start), read_time(end)
    if first >= last:
        raise SlotFault(_("It must end after it starts."))
    return {"day": day, "start": f"{first:%H:%M}", "end": f"{last:%H:%M}", "season": season}


def hours(slot: Mapping[str, Any]) -> str:
    """3.45pm to 5pm."""
    return _("%(start)s to %(end)s", start=clock_time(time.fromisoformat(slot["start"])), end=clock_time(time.fromisoformat(slot["end"])))


def say_slots(slots: Sequence[Mapping[str, Any]]) -> list[str]:
    """One line for each time of day: "Monday and Wednesday, 4pm to 6pm", "Tuesday, 10am to midday, in the holidays"."""
    return [
        _say_slot(sentence_list([DAYS[day] for day in days]), when, is_in_holidays=season == "holiday") for (when, season), days in _grouped(slots).items()
    ]


def _say_slot(days: str, hours: str, *, is_in_holidays: bool) -> str:
    if is_in_holidays:
        return _("%(days)s, %(hours)s, in the holidays", days=days, hours=hours)
    return _("%(days)s, %(hours)s", days=days, hours=hours)


def say_slots_briefly(slots: Sequence[Mapping[str, Any]], *, is_by_arrangement: bool = False) -> str:
    """For one line of a list: "Tue, Thu, 4pm to 5pm", "Mon to Sat"."""
    if not slots:
        return _("Times agreed for each child") if is_by_arrangement else _("Ask when it meets")
    groups = _grouped(slots)
    if len(groups) == 1:
        ((when, season), days), = groups.items()
        if season == "holiday":
            return _("%(days)s, %(hours)s in holidays", days=", ".join(days), hours=when)
        return _("%(days)s, %(hours)s", days=", ".join(days), hours=when)
    days = [day for day in ORDER if any(slot["day"] == day for slot in slots)]
    only_holidays = all(slot.get("season") == "holiday" for slot in slots)
    together = _("%(first)s to %(last)s", first=days[0], last=days[-1]) if _is_run(days) and len(days) > 2 else ", ".join(days)
    return _("%(days)s in holidays", days=together) if only_holidays else together


def _grouped(slots: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], list[str]]:
    groups: dict[tuple[str, str], list[str]] = {}
    for slot in sorted(slots, key=lambda s: (s.get("season") == "holiday", ORDER.index(s["day"]), s["start"])):
        groups.setdefault((hours(slot), str(slot.get("season", "term"))), []).append(slot["day"])
    return groups


def _is_run(days: Sequence[str]) -> bool:
    numbers = [ORDER.index(day) for day in days]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
