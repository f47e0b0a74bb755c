"""Days and times as people say them, in the language of the page: Kith's own manner in English, the Unicode CLDR's by Babel in another."""

from __future__ import annotations

from datetime import date, datetime, time

from babel.dates import format_date, format_skeleton, format_time
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.shared import clock
from app.shared.tongue import other_language

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
NEAR = {0: _l("Today %(time)s"), -1: _l("Yesterday %(time)s"), 1: _l("Tomorrow %(time)s")}


def day(value: date | datetime | None) -> str:
    """"Fri 20 Nov"; with the year if it is not this one."""
    if value is None:
        return ""
    on = _london_day(value)
    is_near = on.year == clock.today().year
    if locale := other_language():
        return format_skeleton("MMMEd" if is_near else "yMMMEd", on, locale=locale)
    text = f"{DAYS[on.weekday()][:3]} {on.day} {MONTHS[on.month - 1][:3]}"
    return text if is_near else f"{text} {on.year}"


def long_day(value: date | datetime | None) -> str:
    """"Friday 20 November"; with the year if it is not this one."""
    if value is None:
        return ""
    on = _london_day(value)
    is_near = on.year == clock.today().year
    if locale := other_language():
        return format_date(on, "EEEE d MMMM" if is_near else "EEEE d MMMM y", locale=locale)
    text = f"{DAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]}"
    return text if is_near else f"{text} {on.year}"


def full_date(value: date | datetime | None) -> str:
    """"20 November 2026", for what is printed and kept."""
    if value is None:
        return ""
    on = _london_day(value)
    if locale := other_language():
        return format_date(on, "d MMMM y", locale=locale)
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def month(value: date | datetime | None) -> str:
    """"November 2026"."""
    if value is None:
        return ""
    on = _london_day(value)
    if locale := other_language():
        return format_date(on, "MMMM y", locale=locale)
    return f"{MONTHS[on.month - 1]} {on.year}"


def clock_time(value: datetime | time | None) -> str:
    """"3.45pm", "9am", "midday": London's clock for an aware instant, the time itself for a plain time."""
    if value is None:
        return ""
    at = clock.london(value).time() if isinstance(value, datetime) else value
    if locale := other_language():
        return format_time(at, "short", locale=locale)
    if (at.hour, at.minute) in {(0, 0), (12, 0)}:
        return "midday" if at.hour else "midnight"
    minutes = f".{at.minute:02d}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"


def when(value: datetime | None) -> str:
    """"Today 3.45pm", "Yesterday 9am", "Mon 16 Nov, 3.45pm"."""
    if value is None:
        return ""
    away = (_london_day(value) - clock.today()).days
    if away in NEAR:
        return NEAR[away] % {"time": clock_time(value)}
    return _("%(day)s, %(time)s", day=day(value), time=clock_time(value))


def ago(value: date | datetime | None) -> str:
    """"just now", "2 hours ago", "yesterday", "3 days ago", "in 3 days"; beyond four weeks "on Fri 20 Nov"."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        seconds = (clock.now() - value).total_seconds()
        if seconds >= 0 and _london_day(value) == clock.today():
            return _today(int(seconds))
    days = (clock.today() - _london_day(value)).days
    if days in {-1, 0, 1}:
        return {0: _("today"), 1: _("yesterday"), -1: _("tomorrow")}[days]
    if abs(days) >= 28:
        return _("on %(day)s", day=day(value))
    if abs(days) < 14:
        return ngettext("%(num)s day ago", "%(num)s days ago", days) if days > 0 else ngettext("in %(num)s day", "in %(num)s days", -days)
    weeks = abs(days) // 7
    return ngettext("%(num)s week ago", "%(num)s weeks ago", weeks) if days > 0 else ngettext("in %(num)s week", "in %(num)s weeks", weeks)


def _today(seconds: int) -> str:
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return ngettext("%(num)s minute ago", "%(num)s minutes ago", seconds // 60)
    return ngettext("%(num)s hour ago", "%(num)s hours ago", seconds // 3600)


def _london_day(value: date | datetime) -> date:
    return clock.london(value).date() if isinstance(value, datetime) else value
