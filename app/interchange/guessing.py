"""Which column is which, from its title and its first rows. Pure. A guess is shown before it counts, and anybody may change it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process

from app.interchange import understanding
from app.interchange.cells import DAYS
from app.interchange.mapping import Rule, value_key
from app.interchange.presets import PRESETS
from app.interchange.sheets import SEVERAL, Sheet
from app.interchange.targets import BY_NAME, TARGETS, WORDS, Shape, known_word
from app.shared.forms import POSTCODE, tidy_postcode
from app.shared.tongue import in_english

SAMPLES = 3
LOOKED_AT = 200
MOST_VALUES = 30
"""A column with more different values than these is no list of choices."""
_SURE = 86

TITLES: dict[str, tuple[str, ...]] = {
    "id": ("id", "reference", "ref", "record id", "service id", "unique id", "unique reference", "urn", "activity id", "service reference", "external id", "uid", "record number", "provision id", "offering id"),
    "title": ("title", "name", "service name", "activity", "activity name", "club name", "name of service", "session name", "programme name", "service title", "group name", "setting name", "name of activity", "course", "class name", "what", "club"),
    "provider": ("provider", "organisation", "organization", "provider name", "organisation name", "organization name", "run by", "delivered by", "company", "charity", "owner", "provided by", "host organisation", "organiser", "club provider", "business name"),
    "kind": ("kind", "type", "service type", "provision type", "category of provision", "provider type", "sector", "record type"),
    "description": ("description", "details", "about", "summary", "service description", "what we do", "about us", "notes", "further information", "overview", "activity description", "what happens", "information"),
    "interests": ("interests", "activities", "tags", "keywords", "category", "categories", "subject", "topic", "activity type", "service taxonomies", "taxonomy", "themes", "labels"),
    "needs": ("needs", "outcomes", "support needs", "suitable for needs", "helps with", "need", "outcome"),
    "age_min": ("age min", "min age", "minimum age", "age from", "from age", "lowest age", "youngest age", "age range from", "ages from", "lower age", "start age"),
    "age_max": ("age max", "max age", "maximum age", "age to", "to age", "highest age", "oldest age", "age range to", "ages to", "upper age", "end age"),
    "years": ("year groups", "school years", "school year", "year group", "nc year", "year groups catered for", "suitable year groups"),
    "eligibility": ("eligibility", "eligibility criteria", "who can attend", "who can come", "who can use it", "referral criteria", "criteria", "how to access"),
    "access_note": ("access notes", "accessibility notes", "access details", "accessibility details", "accessibility information", "access information", "environment accessibility"),
    "site": ("site", "site name", "venue name", "location name", "name of venue", "centre name", "building"),
    "how_to_get_there": ("how to get there", "directions", "travel", "getting there", "transport links", "travel information", "parking and travel"),
    "contact_title": ("contact title", "contact role", "job title", "position", "contact position"),
    "gender": ("gender", "sex", "girls or boys", "boys girls", "gender of group"),
    "languages": ("languages", "language", "languages spoken", "language of delivery"),
    "step_free": ("step free", "wheelchair access", "wheelchair accessible", "step free access", "disabled access", "wheelchair"),
    "accessibility": ("accessibility", "access", "accessible facilities", "accessibility features", "facilities", "location accessibilities", "send facilities"),
    "sibling_min_age": ("sibling min age", "siblings from age"),
    "parent_must_stay": ("parent must stay", "parents must stay", "parent carer must attend", "parental involvement", "accompanied"),
    "delivery": ("delivery", "delivery method", "how delivered", "mode of delivery", "format", "mode"),
    "address": ("address", "venue address", "street", "address 1", "address line 1", "location address 1", "full address", "street address", "venue"),
    "town": ("town", "city", "locality", "post town", "location city", "area", "town city", "district"),
    "postcode": ("postcode", "post code", "venue postcode", "location postcode", "postal code", "post code of venue"),
    "postcode_area": ("postcode area", "outcode", "postcode district"),
    "region": ("region", "ward", "locality area", "zone", "borough", "neighbourhood"),
    "lat": ("lat", "latitude", "location latitude", "y"),
    "lon": ("lon", "long", "lng", "longitude", "location longitude", "x"),
    "home_visit_radius_km": ("home visit radius km", "travel radius km"),
    "sessions": ("sessions", "times", "opening times", "opening hours", "when", "days and times", "session times", "schedule", "timetable", "day and time", "hours", "opening days and times", "times and days"),
    "by_arrangement": ("by arrangement", "by appointment", "appointment only"),
    "term": ("term", "season", "term time", "when available", "term time or holidays", "availability", "open during"),
    "cost_gbp": ("cost gbp", "cost", "price", "fee", "fees", "cost per session", "charge", "charges", "price per session", "cost amount", "costs", "session cost", "cost to family", "cost to families"),
    "capacity": ("capacity", "places", "max places", "number of places", "registered places", "total places", "spaces", "max capacity"),
    "places_left": ("places left", "vacancies", "spaces left", "free places", "available places", "places available", "spaces available"),
    "group_size": ("group size", "size of group", "max group size"),
    "referrals_last_year": ("referrals last year",),
    "contact_name": ("contact name", "contact", "contact person", "manager", "lead contact", "named contact"),
    "email": ("email", "e mail", "email address", "contact email", "e mail address"),
    "phone": ("phone", "telephone", "tel", "contact phone", "phone number", "telephone number", "contact number", "mobile", "contact telephone"),
    "website": ("website", "url", "web", "web address", "link", "web site", "webpage", "homepage"),
}
_AGE_RANGE = ("age range", "ages", "age", "age group", "age groups", "ages catered for", "age of children", "suitable ages", "year groups", "who is it for")
_DAY = ("day", "days", "weekday", "day of week", "scheduled weekday", "session day", "days of the week")
_START = ("start", "start time", "opens at", "from", "time from", "opens", "schedules opens at", "begins", "open time")
_END = ("end", "end time", "closes at", "to", "time to", "closes", "schedules closes at", "finish", "finish time", "finishes", "close time")


def samples(sheet: Sheet, title: str, most: int = SAMPLES) -> list[str]:
    """The first different values of a column."""
    found: dict[str, None] = {}
    for cell in sheet.column(title):
        for value in cell.split(SEVERAL):
            if value.strip():
                found.setdefault(" ".join(value.split())[:80])
        if len(found) >= most:
            break
    return list(found)[:most]


def distinct(sheet: Sheet, titles: Iterable[str], *, is_list: bool) -> list[str]:
    """What stands in these columns, the most frequent first; nothing when there is too much of it to be choices."""
    counts: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for title in titles:
        for cell in sheet.column(title):
            for value in re.split(r"[;|\n\x1e]" if is_list else SEVERAL, cell):
                parts = value.split(",") if is_list and ";" not in cell and "|" not in cell else [value]
                for part in parts:
                    if text := " ".join(part.split()):
                        counts[value_key(text)] += 1
                        shown.setdefault(value_key(text), text[:80])
            if len(counts) > 20 * MOST_VALUES:
                return []
    return [shown[key] for key, _ in counts.most_common(MOST_VALUES)] if is_list or len(counts) <= MOST_VALUES else []


def guess_rules(sheet: Sheet, preset: str = "") -> dict[str, Rule]:
    """Rules for what can be told from titles and values. A column becomes one thing only, but for ages and postcodes."""
    known = {
        name: replace(rule, columns=tuple(title for title in rule.columns if title in sheet.titles))
        for name, rule in (PRESETS[preset].rules if preset in PRESETS else {}).items()
    }
    rules = {name: rule for name, rule in known.items() if rule.columns}
    taken = {title for rule in rules.values() for title in rule.columns}
    scored = sorted(
        ((score, -at, name, title) for name in TITLES if name not in rules for at, title in enumerate(sheet.titles)
         if title not in taken and (score := _score(sheet, name, title)) >= _SURE), reverse=True,
    )
    for _, _, name, title in scored:
        if name not in rules and title not in taken:
            rules[name] = Rule((title,))
            taken.add(title)
    _guess_ages(sheet, rules, taken)
    _guess_times(sheet, rules, taken)
    for name, rule in known.items():
        if name in rules:
            rules[name] = replace(rules[name], constant=rules[name].constant or rule.constant)
        elif rule.constant:
            rules[name] = rule
    if "id" not in rules and "title" in rules:  # what together does not change from one file to the next
        rules["id"] = Rule(tuple(t for name in ("provider", "title", "postcode") if name in rules for t in rules[name].columns[:1]), join=", ")
    return {target.name: _with_values(sheet, target.name, rules[target.name]) for target in TARGETS if target.name in rules}


def _plain(title: str) -> str:
    """In words: “Venue_PostCode” in the table “venues” is “venue post code”."""
    own = title.partition(": ")[2] or title
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", own)
    return " ".join(re.findall(r"[a-z0-9]+", split.lower()))


def _likeness(title: str, names: Sequence[str]) -> float:
    plain = _plain(title)
    exact = max(fuzz.ratio(plain, name) for name in names)
    return exact + (2 if exact == 100 and ": " not in title else 0)


def _score(sheet: Sheet, name: str, title: str) -> float:
    """How likely by its title, and out of the question where the values say otherwise."""
    score = _likeness(title, TITLES[name])
    if score < _SURE - 12:
        return 0.0
    values = samples(sheet, title, 12)
    return score if not values or _fits(name, values) else 0.0


def _fits(name: str, values: Sequence[str]) -> bool:
    def most(test: Callable[[str], object]) -> bool:
        return sum(1 for value in values if test(value)) * 2 >= len(values)

    match BY_NAME[name].shape, name:
        case _, "postcode":
            return most(lambda v: POSTCODE.match(tidy_postcode(v)) or re.match(r"[A-Za-z]{1,2}\d", v))
        case _, "email":
            return most(lambda v: "@" in v)
        case _, "lat":
            return most(lambda v: _between(v, 49, 61))
        case _, "lon":
            return most(lambda v: _between(v, -9, 2.5))
        case _, "phone":
            return most(lambda v: len(re.findall(r"\d", v)) >= 5)
        case (Shape.YOUNGEST | Shape.OLDEST), _:
            return most(lambda v: understanding.ages(v) is not None)
        case Shape.PRICE, _:
            return most(lambda v: understanding.price(v) is not None or "£" in v)
        case Shape.COUNT, _:
            return most(lambda v: understanding.count(v) is not None)
        case Shape.YEARS, _:
            return most(lambda v: re.search("[A-Za-z]", v) and understanding.school_years(v) is not None)
        case Shape.FLAG, _:
            return most(lambda v: understanding.flag(v) is not None)
        case Shape.CHOICE, "term":
            return most(lambda v: known_word("term", v) is not None)
        case Shape.CHOICE, "gender" | "delivery":
            return most(lambda v: known_word(name, v) is not None)
        case _:
            return True


def _between(text: str, low: float, high: float) -> bool:
    try:
        return low <= float(text) <= high
    except ValueError:
        return False


def _best(sheet: Sheet, names: Sequence[str], taken: set[str]) -> str | None:
    scored = [(score, -at, title) for at, title in enumerate(sheet.titles) if title not in taken and (score := _likeness(title, names)) >= _SURE]
    return max(scored)[2] if scored else None


def _guess_ages(sheet: Sheet, rules: dict[str, Rule], taken: set[str]) -> None:
    if any(rules.get(name, Rule()).columns for name in ("age_min", "age_max")):
        return
    title = _best(sheet, _AGE_RANGE, taken)
    if title is not None and _fits("age_min", samples(sheet, title, 12)):
        taken.add(title)
        rules["age_min"] = rules["age_max"] = Rule((title,))
    elif "years" in rules and _fits("age_min", samples(sheet, rules["years"].columns[0], 12)):
        rules["age_min"] = rules["age_max"] = Rule(rules["years"].columns)  # the year groups say the ages too


def _guess_times(sheet: Sheet, rules: dict[str, Rule], taken: set[str]) -> None:
    """A column with all of it; else day, beginning and end; else one column for each day of the week."""
    if "sessions" in rules:
        return
    day = _best(sheet, _DAY, taken)
    rest = taken | ({day} if day else set())
    start, end = _best(sheet, _START, rest), _best(sheet, _END, rest)
    if day and start and end:
        rules["sessions"] = Rule((day, start, end))
        taken |= {day, start, end}
        return
    by_day = {_plain(title)[:3].title(): title for title in sheet.titles if re.fullmatch(r"(mon|tues|wednes|thurs|fri|satur|sun)day", _plain(title))}
    if len(by_day) >= 3:
        columns = tuple(by_day[name] for name in DAYS if name in by_day)
        rules["sessions"] = Rule(columns, is_titled=True, join="line")
        taken |= set(columns)
    elif day:
        rules["sessions"] = Rule((day,))
        taken.add(day)


def _with_values(sheet: Sheet, name: str, rule: Rule) -> Rule:
    """For choices: what each value that Kith does not know by itself most likely stands for."""
    target = BY_NAME[name]
    if target.shape not in {Shape.CHOICE, Shape.CHOICES} or not rule.columns:
        return rule
    words = {**WORDS.get(name, {}), **{in_english(words).lower(): code for code, words in (target.choices or {}).items()}}
    said = {}
    for value in distinct(sheet, rule.columns, is_list=target.shape is Shape.CHOICES):
        if known_word(name, value) is None:
            found = process.extractOne(value.lower(), list(words), scorer=fuzz.token_sort_ratio, score_cutoff=85)
            if found:
                said[value_key(value)] = words[found[0]]
    return replace(rule, values={**said, **rule.values})
