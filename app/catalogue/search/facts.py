"""What an offering says without saying it: days, times, ages, cost, languages and access, as words search can find. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from app.catalogue.languages import LANGUAGES
from app.catalogue.models import ACCESSIBILITY, NEEDS, Delivery, Gender, Season
from app.catalogue.search.analysis import stem, stems
from app.catalogue.search.lexicon import need_token

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SCHOOL_STARTS, SCHOOL_ENDS, EVENING = "09:00", "15:00", "17:30"
TIMES = ("early", "daytime", "afternoon", "evening")
"""Parts of a day, by when something starts: before 9am, until 3pm, until 5.30pm, later."""
SMALL_GROUP = 6

_ACCESS = {
    "step-free": "stepfree wheelchair accessible", "quiet-space": "quiet", "accessible-toilet": "accessible toilet",
    "send-trained-staff": "send trained staff inclusive", "transport-provided": "transport minibus",
    "bsl-interpreter": "bsl sign language deaf",
}
_DELIVERY = {
    Delivery.ONLINE: "online virtual remote", Delivery.HOME: "homevisit home visit", Delivery.SCHOOL: "inschool school",
    Delivery.VENUE: "",
}


def day_mask(slots: Iterable[Mapping[str, Any]]) -> int:
    """Bit 0 for Monday: the days on which it meets, in term or holidays."""
    mask = 0
    for slot in slots:
        if slot["day"] in DAYS:
            mask |= 1 << DAYS.index(slot["day"])
    return mask


def time_mask(slots: Iterable[Mapping[str, Any]]) -> int:
    """Bit 4 x day + part: when on which day it meets, so that “Saturday evening” is one slot and not two."""
    mask = 0
    for slot in slots:
        if slot["day"] in DAYS:
            mask |= 1 << (len(TIMES) * DAYS.index(slot["day"]) + part_of_day(str(slot["start"])))
    return mask


def part_of_day(start: str) -> int:
    return sum(start >= border for border in (SCHOOL_STARTS, SCHOOL_ENDS, EVENING))


def access_mask(features: Iterable[str], *, is_step_free: bool) -> int:
    """Bit n for ACCESSIBILITY[n]."""
    named = {*features, *(("step-free",) if is_step_free else ())}
    return sum(1 << n for n, feature in enumerate(ACCESSIBILITY) if feature in named)


def listed(values: Iterable[str]) -> str:
    """Several values in one text, ready to compare: "|street dance|drumming|"."""
    tidy = [t for t in dict.fromkeys(" ".join(value.replace("|", "/").casefold().split()) for value in values) if t]
    return f"|{'|'.join(tidy)}|" if tidy else ""


def needs_mask(codes: Iterable[str]) -> int:
    """Bit n for NEEDS[n]."""
    mask = 0
    for code in codes:
        if code in NEEDS:
            mask |= 1 << NEEDS.index(code)
    return mask


def age_token(age: int) -> str:
    return f"age{age}"


def fact_words(offering: Any) -> list[str]:
    """Stems of everything the offering's own fields tell."""
    said: list[str] = [age_token(age) for age in range(offering.age_min, offering.age_max + 1)]
    said += _when(offering.slots, offering.season)
    if offering.cost_pence == 0:
        said.append("free")
    said += _DELIVERY[offering.delivery].split()
    for code in offering.languages:
        if code == "bsl":
            said += ["bsl", "sign", "language", "deaf"]
        elif code != "en":
            said += LANGUAGES.get(code, code).lower().split()
    if offering.gender is not Gender.ANY:
        said.append(offering.gender.value)
    for feature in offering.accessibility:
        said += _ACCESS.get(feature, "").split()
    if offering.is_step_free and "step-free" not in offering.accessibility:
        said += _ACCESS["step-free"].split()
    if offering.sibling_min_age is not None:
        said += ["sibling", "brother", "sister"]
    if offering.group_size is not None and offering.group_size <= 1:
        said.append("onetoone")
    elif offering.group_size is not None and offering.group_size <= SMALL_GROUP:
        said += ["smallgroup", "small", "group"]
    return [stem(word) for word in said]


def _when(slots: Sequence[Mapping[str, Any]], season: Season) -> list[str]:
    said: list[str] = []
    for slot in slots:
        if slot["day"] not in DAYS:
            continue
        number, start = DAYS.index(slot["day"]), str(slot["start"])
        said.append(DAY_NAMES[number])
        if number >= 5:
            said.append("weekend")
        if slot.get("season") == "holiday":
            said.append("holiday")
        elif number < 5:
            said += _school_day(start)
        if start >= EVENING:
            said.append("evening")
        elif start < "12:00" and start >= SCHOOL_STARTS:
            said.append("morning")
    if season in (Season.HOLIDAY, Season.BOTH, Season.ALL_YEAR):
        said.append("holiday")
    return list(dict.fromkeys(said))


def _school_day(start: str) -> list[str]:
    if start < SCHOOL_STARTS:
        return ["beforeschool", "before", "school"]
    if start < SCHOOL_ENDS:
        return ["schoolhours"]
    return ["afterschool", "after", "school"] if start < EVENING else []


@lru_cache(4096)
def need_words(codes: tuple[str, ...]) -> list[str]:
    """Stems of the needs' names and areas, and the one word that stands for each."""
    said: list[str] = []
    for code in codes:
        said += stems(code.replace(":", " ").replace("-", " "))
        said.append(need_token(code))
    return list(dict.fromkeys(said))
