"""What an address of Find support asks for, read and written: the page, a saved search and the log all mean the same by it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.accounts.models import School
from app.catalogue.languages import LANGUAGES, language_name
from app.catalogue.models import ACCESSIBILITY, AREAS, NEEDS, OFFERING_KIND_WORDS, Delivery, OfferingKind
from app.catalogue.search.engine import SORTS, Sort
from app.catalogue.search.facts import DAYS, TIMES
from app.catalogue.search.filters import Filters
from app.catalogue.words import DAYS as DAY_WORDS
from app.catalogue.words import DELIVERIES, FEATURES, TIME_WORDS, need_word, town

LONGEST_QUERY = 200
MOST_VALUES = 12
LONGEST_VALUE = 60
Chip = tuple[str, str, str]

ARGUMENTS = {
    "kinds": "kind", "needs": "need", "interests": "interest", "days": "day", "times": "time", "towns": "place", "languages": "language",
    "access": "access", "deliveries": "delivery", "age": "age", "max_cost_pence": "cost", "is_free": "free", "is_step_free": "step_free",
    "places_now": "places", "within_km": "within",
}
"""Each filter's name in the address."""


@dataclass(frozen=True)
class Asked:
    """What an address asks for, with whatever makes no sense left out."""

    words: str
    filters: Filters
    sort: Sort
    page: int


def read(args: MultiDict[str, str], near: School | None) -> Asked:
    origin = (near.latitude, near.longitude) if near and near.latitude is not None and near.longitude is not None else None
    age, cost = args.get("age", type=int), args.get("cost", type=int)
    filters = Filters(
        kinds=_known(args, "kind", [kind.value for kind in OfferingKind]), needs=_known(args, "need", [*AREAS, *NEEDS]),
        days=_known(args, "day", DAYS), times=_known(args, "time", TIMES), interests=_free(args, "interest"), towns=_free(args, "place"),
        languages=_known(args, "language", list(LANGUAGES)), access=_known(args, "access", ACCESSIBILITY),
        deliveries=_known(args, "delivery", [delivery.value for delivery in Delivery]),
        age=age if age is not None and 0 <= age <= 25 else None,
        max_cost_pence=cost * 100 if cost is not None and 0 <= cost <= 1000 else None,
        is_free=bool(args.get("free")), is_step_free=bool(args.get("step_free")), places_now=bool(args.get("places")),
        within_km=_kilometres(args.get("within", "")), origin=origin,
    )
    typed = " ".join(args.get("q", "").split())[:LONGEST_QUERY]
    sort: Any = args.get("sort", "")
    if sort not in SORTS or (sort == "distance" and origin is None):
        sort = usual_sort(typed, filters)
    return Asked(typed, filters, sort, max(1, args.get("page", 1, type=int)))


def usual_sort(typed: str, filters: Filters) -> Sort:
    """Without words the nearest first, with words what fits best."""
    return "fit" if typed or filters.origin is None else "distance"


def read_text(asked: str, near: School | None) -> Asked:
    """The same from an address that was kept."""
    return read(MultiDict(parse_qsl(asked)), near)


def near_of(asked: str) -> str | None:
    return dict(parse_qsl(asked)).get("near")


def kept_address(args: MultiDict[str, str], *, with_words: bool = True, with_place: bool = True) -> str:
    """What of an address says what is looked for, in a steady order: without page, sorting, Zone and what is being compared."""
    wanted = [*(("q",) if with_words else ()), *sorted(ARGUMENTS.values()), *(("near",) if with_place else ())]
    pairs = [(name, " ".join(value.split())[:LONGEST_QUERY]) for name in wanted for value in sorted(set(args.getlist(name)))[:MOST_VALUES]]
    return urlencode([(name, value) for name, value in pairs if value])


def _known(args: MultiDict[str, str], name: str, allowed: Iterable[str]) -> tuple[str, ...]:
    known = set(allowed)
    return tuple(dict.fromkeys(value for value in args.getlist(name) if value in known))


def _free(args: MultiDict[str, str], name: str) -> tuple[str, ...]:
    """Values that providers write; those nobody has simply find nothing."""
    tidy = (" ".join(value.replace("|", "/").casefold().split())[:LONGEST_VALUE] for value in args.getlist(name)[:MOST_VALUES])
    return tuple(dict.fromkeys(value for value in tidy if any(c.isalnum() for c in value)))


def _kilometres(text: str) -> float | None:
    try:
        km = float(text)
    except ValueError:
        return None
    return km if 0 < km <= 500 else None


def chips(filters: Filters, args: Mapping[str, str], near: School | None) -> list[Chip]:
    """(argument, value, words) of every filter in use."""
    out = [("kind", k, OFFERING_KIND_WORDS[OfferingKind(k)]) for k in filters.kinds]
    out += [("need", n, n if n in AREAS else _capital(need_word(n))) for n in filters.needs]
    out += [("interest", i, _capital(i)) for i in filters.interests]
    out += [("day", d, DAY_WORDS[d]) for d in filters.days]
    out += [("time", t, TIME_WORDS[t]) for t in filters.times]
    out += [("place", p, town(p)) for p in filters.towns]
    out += [("language", code, language_name(code)) for code in filters.languages]
    out += [("access", a, FEATURES[a]) for a in filters.access]
    out += [("delivery", d, DELIVERIES[Delivery(d)]) for d in filters.deliveries]
    if filters.age is not None:
        out.append(("age", args.get("age", ""), _("Age %(age)s", age=filters.age)))
    if filters.max_cost_pence is not None:
        out.append(("cost", args.get("cost", ""), _("Up to £%(pounds)s a session", pounds=filters.max_cost_pence // 100)))
    if filters.within_km is not None and near is not None:
        out.append(("within", args.get("within", ""), _("Within %(km)s km", km=f"{filters.within_km:g}")))
    switches = (("free", filters.is_free, _("Free for families")), ("step_free", filters.is_step_free, _("Step-free")),
                ("places", filters.places_now, _("Places now")))
    out += [(name, args.get(name, ""), words) for name, on, words in switches if on]
    return out


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def in_words(asked: str, near: School | None) -> list[str]:
    """A kept address as people would say it: the words, then each filter."""
    args = MultiDict(parse_qsl(asked))
    said = read(args, near)
    parts = [f"“{said.words}”"] if said.words else []
    parts += [words for _, _, words in chips(said.filters, args, near)]
    if near is not None and (said.filters.within_km or not parts):
        parts.append(_("near %(near)s", near=near.name))
    return parts or [_("Everything")]


def widening_words(name: str, filters: Filters) -> str:
    """What letting one filter go means: "any day"."""
    return {
        "kinds": _("any kind"), "needs": _("any need"), "interests": _("any interest"), "days": _("any day"), "times": _("any time of day"),
        "towns": _("any place"), "languages": _("any language"), "access": _("any access"), "deliveries": _("anywhere it happens"),
        "age": _("any age"), "max_cost_pence": _("also what costs more"), "is_free": _("also what families pay for"), "is_step_free": _("also with steps"),
        "places_now": _("also what is full now"), "within_km": _("further than %(km)s km", km=f"{filters.within_km or 0:g}"),
    }[name]


def school_of(schools: Sequence[School], near: str | None) -> School | None:
    return next((school for school in schools if str(school.id) == near and school.latitude is not None), None)
