"""A child's relationships as the ties of the drawn circle. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from app.children.models import Closeness, Relationship, RelationshipKind
from app.shared.circle import Tie

_WHERE = {
    RelationshipKind.FAMILY: ("home", "heart"), RelationshipKind.FRIEND: ("school", "smile"),
    RelationshipKind.SCHOOL: ("school", "graduation-cap"), RelationshipKind.LINK_WORKER: ("helpers", "hand-heart"),
    RelationshipKind.PARTNER: ("helpers", "user-round"), RelationshipKind.PLACE: ("places", "map-pin"),
}
_RING = {Closeness.CLOSE: 1, Closeness.NEAR: 2, Closeness.FAR: 3}


def ties_of(relationships: Iterable[Relationship], *, line: str | None = None) -> list[Tie]:
    """Everybody, closest first; those who are gone last. `line` draws every tie the same."""
    ties = [_tie(entry, line or entry.warmth.value) for entry in relationships]
    return sorted(ties, key=lambda tie: (tie.line == "ended", tie.ring, tie.name, tie.id))


def ties_on(relationships: Iterable[Relationship], day: date) -> list[Tie]:
    """Who was there on `day`, where they stand now: how close and how warm it was then is not on record."""
    there = [r for r in relationships if r.since_on <= day and (r.ended_on is None or r.ended_on > day)]
    return ties_of(there, line="warm")


def _tie(entry: Relationship, line: str) -> Tie:
    quarter, icon = _WHERE[entry.kind]
    note = ". ".join(part for part in ("Trusted" if entry.is_trusted_adult else "", entry.note) if part)
    return Tie(
        id=str(entry.id), name=entry.name, kind=entry.who, icon=icon, quarter=quarter, ring=_RING[entry.closeness], line=line,
        note=note, found=entry.is_found_by_child,
    )


def story(called: str, then: int, now: int, found: int) -> str:
    """"Four people then, eleven now; three of them Amara found." """
    if not now:
        return ""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

    def count(n: int) -> str:
        return words[n] if n < len(words) else str(n)

    start = count(then).capitalize()
    who = "person or place" if then == 1 else "people and places"
    tail = f"; {count(found)} of them {called} found." if found else "."
    return f"{start} {who} then, {count(now)} now{tail}" if then != now or found else f"{count(now).capitalize()} people and places who matter."
