"""Whom a missed session concerns the same day. Pure; the rule is FLOWS 3."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from app.attendance.models import ABSENT, PRESENT, MarkKind


class Ask(StrEnum):
    """The kind of the Link Worker's task. One at most is open for a place."""

    RING_HOME = "missed_session"
    WHO_GOES_ALONG = "who_can_go_along"


def what_to_ask(kinds: Sequence[MarkKind]) -> Ask | None:
    """What the marks of one place, oldest first, ask of the Link Worker now.

    A first session missed, or any missed without a word: ring home. Two missed in a row: who can go along? Sessions that were
    cancelled or excused say nothing either way.
    """
    told = _telling(kinds)
    if not told or told[-1] in PRESENT:
        return None
    if len(told) > 1 and told[-2] in ABSENT:
        return Ask.WHO_GOES_ALONG
    if len(told) == 1 or told[-1] is MarkKind.ABSENT_UNTOLD:
        return Ask.RING_HOME
    return None


def is_first(kinds: Sequence[MarkKind]) -> bool:
    """Only one session so far says anything."""
    return len(_telling(kinds)) == 1


def _telling(kinds: Sequence[MarkKind]) -> list[MarkKind]:
    return [kind for kind in kinds if kind in PRESENT or kind in ABSENT]
