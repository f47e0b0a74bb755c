"""What people write in their own tables, as Kith's format writes it: ages, school years, prices, counts, yes and no. Pure. (timetables.py: days and times.)

Only what is certain is understood. Every reader answers None for the rest, and the caller says so; nothing is guessed here.
"""

from __future__ import annotations

import re

OLDEST = 25
YES = frozenset({"yes", "y", "true", "t", "1", "x", "✓", "✔", "on", "available", "provided"})
NO = frozenset({"no", "n", "false", "f", "0", "off", "none", "not available", "not provided"})

_NUMBER = r"(\d{1,3}(?:\.\d+)?)"
_UNIT = r"(?:\s*-?\s*(months?|mths?|mos?|m|weeks?|wks?|years?|yrs?|y/?o|y)\.?(?:\s*-?\s*olds?)?)?"
_TO = r"\s*(?:-|–|—|to|until|up to|and|through|/)\s*"
_AGES = re.compile(rf"(?:(?:for|aged?s?|children|young people|kids|from|between|all)\s*)*{_NUMBER}{_UNIT}{_TO}{_NUMBER}{_UNIT}", re.IGNORECASE)
_ONE_AGE = re.compile(rf"(?:(?:for|aged?s?|children|from|only)\s*)*{_NUMBER}{_UNIT}(?:\s*only)?", re.IGNORECASE)
_AND_OVER = re.compile(
    rf"(?:(?:for|aged?s?|children|from|over|above|at least)\s*)*{_NUMBER}{_UNIT}\s*(?:\+|and (?:over|above|up|older)|or (?:over|older|above)|plus|upwards|onwards)"
    rf"|(?:aged?s?\s*)?(over|above)\s*{_NUMBER}{_UNIT}s?", re.IGNORECASE,
)
_UNDER = re.compile(
    rf"(?:aged?s?\s*)?(under|below|up to|until)\s*(?:the age of\s*)?{_NUMBER}{_UNIT}s?|{_NUMBER}{_UNIT}\s*(?:and|or) (?:under|below|younger)", re.IGNORECASE,
)
_YEARS = re.compile(r"(?:school\s*)?(?:years?|yrs?|y)\s*(?:group)?\s*(\d{1,2})(?:" + _TO + r"(?:years?|yrs?|y)?\s*(\d{1,2}))?", re.IGNORECASE)
_FROM_RECEPTION = re.compile(r"(?:reception|yr|r|foundation)" + _TO + r"(?:years?|yrs?|y)\s*(\d{1,2})", re.IGNORECASE)
_STAGE = re.compile(r"(?:ks|key stage)\s*([1-5])(?:" + _TO + r"(?:ks|key stage)?\s*([1-5]))?", re.IGNORECASE)
_STAGES = {1: (5, 7), 2: (7, 11), 3: (11, 14), 4: (14, 16), 5: (16, 18)}
_AGE_WORDS = {
    "primary": (4, 11), "primary school": (4, 11), "primary age": (4, 11), "primary aged": (4, 11), "primary children": (4, 11),
    "infants": (4, 7), "infant": (4, 7), "juniors": (7, 11), "junior": (7, 11), "secondary": (11, 16), "secondary school": (11, 16),
    "secondary age": (11, 16), "teenagers": (13, 19), "teens": (13, 19), "all ages": (0, 25), "any age": (0, 25), "any": (0, 25),
    "everyone": (0, 25), "all": (0, 25), "early years": (0, 5), "pre-school": (2, 4), "preschool": (2, 4), "babies": (0, 1),
    "toddlers": (1, 3), "babies and toddlers": (0, 3), "nursery": (2, 4), "reception": (4, 5), "sixth form": (16, 18), "adults": (18, 25),
    "school age": (4, 16), "all children": (0, 18), "0-18s": (0, 18),
}


def ages(text: str) -> tuple[int, int] | None:
    """“5-11 years”, “6 months to 4 years”, “8+”, “under 5s”, “KS2”, “Years 5-6”, “Primary”: youngest and oldest, both included."""
    tidy = " ".join(text.replace("yrs.", "yrs").strip(" .,;").split())
    plain = tidy.lower()
    if plain in _AGE_WORDS:
        return _AGE_WORDS[plain]
    if found := _FROM_RECEPTION.fullmatch(tidy):
        return _ordered(4, int(found[1]) + 5)
    if found := _YEARS.fullmatch(tidy):
        return _school_years(int(found[1]), int(found[2] or found[1]))
    if found := _STAGE.fullmatch(tidy):
        return _ordered(_STAGES[int(found[1])][0], _STAGES[int(found[2] or found[1])][1])
    if found := _AND_OVER.fullmatch(tidy):
        if found[3]:
            return _ordered(_years(found[4], found[5]) + 1, _top(_years(found[4], found[5])))
        low = _years(found[1], found[2])
        return _ordered(low, _top(low))
    if found := _UNDER.fullmatch(tidy):
        number, unit, is_below = (found[2], found[3], found[1].lower() in {"under", "below"}) if found[1] else (found[4], found[5], False)
        return _ordered(0, max(0, _years(number, unit) - (1 if is_below else 0)))
    if found := _AGES.fullmatch(tidy):
        return _ordered(_years(found[1], found[2] or found[4]), _years(found[3], found[4]))
    if found := _ONE_AGE.fullmatch(tidy):
        age = _years(found[1], found[2])
        return _ordered(age, age)
    return None


def _top(low: int) -> int:
    return 18 if low < 18 else OLDEST


def _years(number: str, unit: str | None) -> int:
    """Whole years: eight months old is 0."""
    value = float(number)
    if (unit and unit.lower().startswith(("mo", "mth", "wk", "week"))) or (unit or "").lower() == "m":
        value /= 52 if (unit or "").lower().startswith(("w",)) else 12
    return int(value)


def _school_years(first: int, last: int) -> tuple[int, int] | None:
    return _ordered(first + 4, last + 5) if 1 <= first <= last <= 13 else None


def _ordered(low: int, high: int) -> tuple[int, int] | None:
    return (low, min(high, OLDEST)) if 0 <= low <= OLDEST and low <= high <= 120 else None


_YEAR = r"(?:(?:school\s*)?(?:years?|yrs?|yr|y)\s*(?:groups?\s*)?)?(\d{1,2})"
_ONE_YEAR = re.compile(_YEAR, re.IGNORECASE)
_TO_YEAR = re.compile(rf"(?:{_YEAR}|(reception|nursery|yr|r|n))\s*(?:-|–|—|to|until|up to|through)\s*{_YEAR}", re.IGNORECASE)
_YEAR_STAGES = {1: (1, 2), 2: (3, 6), 3: (7, 9), 4: (10, 11), 5: (12, 13)}
_YEAR_WORDS = {
    "nursery": (-1, -1), "reception": (0, 0), "yr": (0, 0), "r": (0, 0), "eyfs": (-1, 0), "early years": (-1, 0), "infants": (0, 2), "juniors": (3, 6),
    "primary": (0, 6), "primary school": (0, 6), "secondary": (7, 11), "secondary school": (7, 11), "sixth form": (12, 13), "all years": (0, 13),
    "whole school": (0, 13),
}
YOUNGEST_YEAR, OLDEST_YEAR = -1, 13


def school_years(text: str) -> tuple[int, int] | None:
    """“Years 5 and 6”, “Y7-Y9”, “Reception to Year 2”, “KS2”, “Primary”: the first and the last school year; 0 is Reception, -1 nursery."""
    found = [_span(part) for part in re.split(r"[,;&+/\n]|\band\b", " ".join(text.split()), flags=re.IGNORECASE) if part.strip(" .")]
    spans = [span for span in found if span is not None]
    if not spans or len(spans) < len(found):
        return None
    low, high = min(span[0] for span in spans), max(span[1] for span in spans)
    return (low, high) if YOUNGEST_YEAR <= low <= high <= OLDEST_YEAR else None


def _span(part: str) -> tuple[int, int] | None:
    tidy = part.strip(" .()").lower()
    if tidy in _YEAR_WORDS:
        return _YEAR_WORDS[tidy]
    if found := _STAGE.fullmatch(tidy):
        return _YEAR_STAGES[int(found[1])][0], _YEAR_STAGES[int(found[2] or found[1])][1]
    if found := _ONE_YEAR.fullmatch(tidy):
        return int(found[1]), int(found[1])
    if found := _TO_YEAR.fullmatch(tidy):
        return (int(found[1]) if found[1] else _YEAR_WORDS.get(found[2], (-1, -1))[0]), int(found[3])
    return None


def flag(text: str) -> str | None:
    """True or False."""
    plain = text.strip().lower()
    return "True" if plain in YES else "False" if plain in NO else None


_FREE = re.compile(r"free|free of charge|no charge|no cost|nil|none|no fee|free entry|free to attend|£?0+(\.0+)?", re.IGNORECASE)
_PRICE = re.compile(
    r"(?:cost[s:]*|price:?|fee:?)?\s*(?:£|gbp)?\s*(\d{1,4}(?:\.\d{1,2})?)\s*(p)?\s*(?:pounds?)?"
    r"\s*(?:(?:per|a|an|each|/|for each|every)\s*(?:session|class|visit|child|person|time|lesson|hour|half day|day|go|drop-in)"
    r"(?:\s*(?:per|a|/)\s*(?:session|class|visit|child|person))?|each|pp|p/s)?", re.IGNORECASE,
)


def price(text: str) -> str | None:
    """Pounds for a session: “Free”, “£3.50 per session”. A range, “from”, or a price for a term is not certain."""
    tidy = " ".join(text.strip(" .").split())
    if _FREE.fullmatch(tidy):
        return "0"
    found = _PRICE.fullmatch(tidy)
    if not found:
        return None
    if found[2]:
        return f"{int(float(found[1])) / 100:.2f}"
    return found[1]


_COUNT = re.compile(r"(?:up to|max(?:imum)?(?: of)?|about)?\s*(\d{1,5})(?:\.0+)?\s*(?:places?|spaces?|children|people|vacanc(?:y|ies)|per session|max)?", re.IGNORECASE)


def count(text: str) -> str | None:
    """“12 places”."""
    found = _COUNT.fullmatch(text.strip(" ."))
    return found[1] if found else None
