"""Days and times as people write them in their own tables, as Kith's format writes them. Pure.

Only what is certain is understood: None unless every word of it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.interchange.cells import DAYS

_DAY_WORDS = {
    **{name: day for day, names in zip(DAYS, (
        ("mon", "monday"), ("tue", "tues", "tuesday"), ("wed", "weds", "wednesday"), ("thu", "thur", "thurs", "thursday"),
        ("fri", "friday"), ("sat", "saturday"), ("sun", "sunday"),
    ), strict=True) for name in names},
}
_SETS = {
    "weekdays": DAYS[:5], "every weekday": DAYS[:5], "school days": DAYS[:5], "weekends": DAYS[5:], "weekend": DAYS[5:],
    "daily": DAYS, "every day": DAYS, "everyday": DAYS, "7 days a week": DAYS, "seven days a week": DAYS,
}
_TIME = (
    r"(?:(?P<w{0}>(?:12\s*)?(?:noon|midday))"
    r"|(?P<h{0}>\d{{1,2}})(?:[:.](?P<m{0}>\d{{2}}))?(?::\d{{2}})?\s*(?P<a{0}>am|pm|a\.m\.?|p\.m\.?)?)"
)
_TOKENS = re.compile("|".join((
    r"(?P<set>" + "|".join(sorted(map(re.escape, _SETS), key=len, reverse=True)) + r")\b",
    r"(?P<day>" + "|".join(sorted(_DAY_WORDS, key=len, reverse=True)) + r")s?\b'?s?\.?",
    r"(?P<times>" + _TIME.format(1) + r"\s*(?:-|–|—|to|until|till|til|\s)\s*" + _TIME.format(2) + r"(?![\d:])\s*(?:hrs?\b|hours\b|h\b)?)",
    r"(?P<term>(?:\(?\s*(?:during\s+)?(?:school\s+)?term[\s-]*(?:time)?s?(?:\s+only)?\s*\)?)(?![a-z]))",
    r"(?P<holiday>(?:\(?\s*(?:in\s+|during\s+)?(?:the\s+)?(?:school\s+|half[\s-]term\s+)?(?:holidays?|half[\s-]terms?)(?:\s+only)?\s*\)?)(?![a-z]))",
    r"(?P<range>-|–|—|\bto\b|\buntil\b|\bthrough\b)",
    r"(?P<and>,|&|\+|/|;|\n|\band\b)",
    r"(?P<quiet>:|\.|\b(?:on|every|each|from|at|between|open|opening|times?|hours?|week|weekly|only|during)\b|[()])",
    r"(?P<blank>\s+)",
)), re.IGNORECASE)


@dataclass(frozen=True)
class Slot:
    day: str
    start: str
    end: str
    season: str

    def text(self) -> str:
        return f"{self.day} {self.start}-{self.end} {self.season}"


def slots(text: str, season: str = "term") -> list[Slot] | None:
    """“Mondays and Wednesdays 4pm-5.30pm, term time only”, each day with its times. None unless every word of it is understood.

    `season` is for a text that does not say whether it means term or holidays.
    """
    tokens = _tokens(text.strip().rstrip("."))
    if not tokens:
        return None
    seasons = {kind for kind, _ in tokens if kind in {"term", "holiday"}}
    if len(seasons) == 1:
        season = seasons.pop()
    elif seasons:
        return None
    found: list[Slot] = []
    days: list[str] = []
    times: list[tuple[str, str]] = []
    is_range = came_first = False
    for kind, value in tokens:
        if kind in {"day", "set"}:
            if days and times and not is_range and not came_first:  # the next days have times of their own
                found += _slots(days, times, season)
                days, times = [], []
            came_first = came_first or bool(times and not days)
            if is_range and (kind == "set" or not days):
                return None
            days += _between(days[-1], value) if is_range else _SETS[value] if kind == "set" else [value]
            is_range = False
        elif kind == "times":
            if is_range or (came_first and days):
                return None
            start, _, end = value.partition("-")
            times.append((start, end))
        elif kind == "range":
            is_range = True
    if is_range or not days or not times:
        return None
    return list(dict.fromkeys([*found, *_slots(days, times, season)]))


def _slots(days: Sequence[str], times: Sequence[tuple[str, str]], season: str) -> list[Slot]:
    return [Slot(day, start, end, season) for day in days for start, end in times]


def _tokens(text: str) -> list[tuple[str, str]] | None:
    """The words that count, in order; None when one is not known."""
    tokens: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        found = _TOKENS.match(text, at)
        if not found:
            return None
        kind = str(found.lastgroup)
        if found["times"] is not None:
            times = _times(found)
            if times is None:
                return None
            tokens.append(("times", times))
        elif kind == "set":
            tokens.append((kind, found["set"].lower()))
        elif kind == "day":
            tokens.append((kind, _DAY_WORDS[found["day"].lower()]))
        elif kind in {"term", "holiday", "range"}:
            tokens.append((kind, ""))
        at = found.end()
    return tokens


def _between(first: str, last: str) -> list[str]:
    start, end = DAYS.index(first), DAYS.index(last)
    if start >= end:
        return [DAYS[at % 7] for at in range(start + 1, end + 8)]
    return list(DAYS[start + 1 : end + 1])


def _times(found: re.Match[str]) -> str | None:
    """“16:00-17:30”, or None where morning and afternoon could both be meant."""
    end_half, start_half = _half(found, 2), _half(found, 1)
    start, end = _minutes(found, 1), _minutes(found, 2)
    if start is None or end is None:
        return None
    written = all(found[f"m{n}"] for n in (1, 2))
    if end_half is None and start_half is None:
        is_clock = written and (start >= 13 * 60 or end >= 13 * 60 or found["h1"].startswith("0") or 8 * 60 <= start < end)
        if not is_clock:
            return None
    elif end_half is None:
        first = _on(start, start_half)
        end = min((one for one in (end, end + 720) if first < one <= 1440), default=None) if end <= 720 else end
        start = first
    elif start_half is None:
        last = _on(end, end_half)
        start = max((one for one in (start, start + 720) if one < last), default=None) if start <= 720 else start
        end = last
    else:
        start, end = _on(start, start_half), _on(end, end_half)
    if start is None or end is None or not start < end < 1440:
        return None
    return f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"


def _half(found: re.Match[str], n: int) -> str | None:
    if found[f"w{n}"]:
        return "pm"
    half = found[f"a{n}"]
    return half[0].lower() + "m" if half else None


def _minutes(found: re.Match[str], n: int) -> int | None:
    if found[f"w{n}"]:
        return 720
    hour, minute = int(found[f"h{n}"]), int(found[f"m{n}"] or 0)
    if hour > 23 or minute > 59 or (found[f"a{n}"] and not 1 <= hour <= 12 and hour < 13):
        return None
    return hour * 60 + minute


def _on(minutes: int, half: str | None) -> int:
    if minutes >= 780:
        return minutes  # “16:00pm”
    return minutes % 720 + (720 if half == "pm" else 0)
