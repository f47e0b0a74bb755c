"""The first meeting as a calendar file. Calendars are shared, synced and shown on walls: it names no child and nobody at home. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, timedelta

from icalendar import Calendar, Event

from app.introductions.models import Introduction
from app.shared import clock

LASTS = timedelta(hours=1)


def write(introduction: Introduction, *, private: Iterable[str], url: str) -> bytes:
    """One event with a stable UID, so that a moved meeting moves. A place that says a private name is left out."""
    assert introduction.meeting_at is not None
    event = Event()
    event.add("uid", f"meeting-{introduction.id}@kith")
    event.add("sequence", introduction.version)
    event.add("dtstamp", clock.now().astimezone(UTC))
    event.add("dtstart", introduction.meeting_at.astimezone(UTC))
    event.add("dtend", (introduction.meeting_at + LASTS).astimezone(UTC))
    event.add("summary", f"First meeting: {introduction.offering.title}")
    event.add("description", f"Who comes stands in Kith: {url}")
    event.add("class", "PRIVATE")
    if not says(introduction.meeting_place, private):
        event.add("location", introduction.meeting_place)
    calendar = Calendar()
    calendar.add("prodid", "-//Kith//Introductions//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def says(text: str, names: Iterable[str]) -> bool:
    """Does it have one of these names in it, as a word of its own?"""
    return any(re.search(rf"\b{re.escape(name)}", text, re.IGNORECASE) for name in names if len(name) > 1)
