"""Distances and times of the day in words. Pure."""

from __future__ import annotations

from flask_babel import gettext as _

WALK_KM_PER_HOUR = 4.5
ROUNDABOUT = 1.3  # streets against the straight line
WALKABLE_KM = 1.6  # a mile
CLOSE_KM = 0.9  # a quarter of an hour on foot


def walk(distance: float) -> str:
    """"8 minutes’ walk", from the straight line."""
    minutes = max(1, round(distance * ROUNDABOUT / WALK_KM_PER_HOUR * 60))
    return _("a minute’s walk") if minutes == 1 else _("about %(minutes)s minutes’ walk", minutes=minutes)


def km(distance: float) -> str:
    return f"{distance:.1f}".removesuffix(".0") + " km"


def clock(minutes: int) -> str:
    """990 -> "4.30pm"."""
    hours, rest = divmod(minutes, 60)
    if (hours, rest) in {(12, 0), (0, 0)}:
        return _("midday") if hours else _("midnight")
    return f"{hours % 12 or 12}{f'.{rest:02d}' if rest else ''}{'am' if hours < 12 else 'pm'}"
