"""Offerings as pages show them: plain values for the templates. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.catalogue import words
from app.catalogue.availability import Availability
from app.catalogue.exchange import OPEN_TO_ALL
from app.catalogue.languages import language_name
from app.catalogue.models import (
    AREAS,
    OFFERING_KIND_WORDS,
    Cohort,
    CohortState,
    Contact,
    Delivery,
    Offering,
    OfferingKind,
    Series,
    Site,
    Tariff,
)
from app.catalogue.queries.cards import Listed, Price
from app.catalogue.slots import hours, say_slots_briefly
from app.catalogue.whereabouts import is_about, neighbourhood
from app.shared import clock
from app.shared.money import pounds
from app.shared.view import ago, sentence_list

WALK_KM_AN_HOUR = 4.8
DETOUR = 1.3
"""Streets are about this much longer than a straight line."""
LONGEST_WALK = 40
CHECKED_WITHIN = timedelta(days=90)
KIND_LOOKS = {
    OfferingKind.COMMISSIONED: ("info", "users"), OfferingKind.COMMUNITY_ASSET: ("go", "map-pin"),
    OfferingKind.PAID_COMMUNITY: ("gently", "wallet"), OfferingKind.STATUTORY: ("plum", "landmark"),
}
Fact = tuple[str, ...]


def away(km: float | None) -> str:
    """"8 min walk", or "3.2 km away" when that is too far to walk; nothing when nobody knows."""
    if km is None:
        return ""
    minutes = max(1, round(km * DETOUR / WALK_KM_AN_HOUR * 60))
    return _("%(minutes)s min walk", minutes=minutes) if minutes <= LONGEST_WALK else _("%(km)s km away", km=f"{km:.1f}")


def where(offering: Offering | Listed, km: float | None) -> str:
    """How one gets there, in three words."""
    if offering.delivery is Delivery.ONLINE:
        return _("Online")
    if offering.delivery is Delivery.HOME:
        return _("Comes to the home")
    if offering.delivery is Delivery.SCHOOL:
        return _("In school")
    return away(km) or offering.town or _("Ask where")


def place(offering: Offering | Listed) -> str:
    return " ".join(part for part in (offering.town, offering.postcode_area or offering.postcode.partition(" ")[0]) if part)


def about(offering: Offering) -> str:
    """"about W10 5" where only the neighbourhood is known, else nothing."""
    if offering.latitude is None or not is_about(offering.place_found_by, is_approximate=offering.is_place_approximate):
        return ""
    return _("about %(place)s", place=neighbourhood(offering.postcode, offering.place_found_by) or offering.postcode_area or offering.town or _("here"))


def came_from(offering: Offering) -> str:
    """Where the record came from, in words."""
    return _("Written in Kith") if offering.source == "kith" else _("Came from %(source)s, as %(source_ref)s", source=offering.source, source_ref=offering.source_ref)


def ages(offering: Offering | Listed) -> str:
    return _("age %(age_min)s", age_min=offering.age_min) if offering.age_min == offering.age_max else _("ages %(age_min)s to %(age_max)s", age_min=offering.age_min, age_max=offering.age_max)


def price_fact(offering: Offering | Listed, tariff: Tariff | Price | None) -> Fact:
    """What it costs, and whom."""
    if offering.is_commissioned:
        return ("wallet", pounds(tariff.price_pence), _("%(price)s, from a fund", price=price_is_for(tariff))) if tariff else ("wallet", _("Price to be agreed"))
    return ("wallet", pounds(offering.cost_pence), _("a session")) if offering.cost_pence else ("wallet", _("Free"))


def price_is_for(tariff: Tariff | Price) -> str:
    """"a session", "the whole place"; one to one is said, a group is what one expects."""
    return f"{'the whole place' if tariff.is_per_place else 'a session'}{', one to one' if tariff.is_one_to_one else ''}"


def places_fact(free: int, capacity: int) -> Fact:
    if capacity >= OPEN_TO_ALL:
        return ("users", _("Open to all"))
    if not capacity:
        return ("users", _("No group open"))
    return ("users", str(free), ngettext("of %(number)s place", "of %(number)s places", capacity, number=f"{capacity:,}")) if free else ("users", _("Full at the moment"))


def running(cohorts: Sequence[Cohort]) -> list[Cohort]:
    today = clock.today()
    return [c for c in cohorts if c.state is CohortState.OPEN and (c.ends_on is None or c.ends_on >= today)]


def current_tariff(tariffs: Sequence[Tariff]) -> Tariff | None:
    begun = [tariff for tariff in tariffs if tariff.starts_on <= clock.today()]
    return max(begun, key=lambda tariff: tariff.version) if begun else None


@dataclass(frozen=True)
class Card:
    """One result of a search."""

    offering: Listed
    id: str
    title: str
    by: str
    text: str
    facts: tuple[tuple[str, str, str | None], ...]
    """A picture, what is said, and what follows it less loudly."""
    area: str
    kind: str
    kind_tone: str
    kind_icon: str


def card(offering: Listed, *, km: float | None, free: int, capacity: int) -> Card:
    tone, icon = KIND_LOOKS[offering.kind]
    return Card(
        offering=offering, id=str(offering.id), title=offering.title,
        by=" · ".join(part for part in (offering.provider, place(offering), ages(offering), _gender(offering)) if part),
        text=shorten(offering.description),
        facts=(
            ("footprints", where(offering, km), None),
            ("calendar-days", say_slots_briefly(offering.slots, is_by_arrangement=offering.is_by_arrangement), None),
            _three(places_fact(free, capacity)),
            _three(price_fact(offering, offering.price)),
        ),
        area=main_area(offering), kind=OFFERING_KIND_WORDS[offering.kind], kind_tone=tone, kind_icon=icon,
    )


def _three(fact: Fact) -> tuple[str, str, str | None]:
    return fact[0], fact[1], fact[2] if len(fact) > 2 else None


def _gender(offering: Offering | Listed) -> str:
    return "" if offering.gender.value == "any" else words.GENDERS[offering.gender].lower()


def shorten(text: str, limit: int = 190) -> str:
    """Whole words, with an ellipsis where something was left out."""
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    return flat[:limit].rsplit(" ", 1)[0].rstrip(",.;:") + " …"


def main_area(offering: Offering | Listed) -> str:
    """The area of the need that is named first, or nothing."""
    first = offering.needs[0].partition(":")[0] if offering.needs else ""
    return first if first in AREAS else ""


def needs_by_area(offering: Offering) -> list[tuple[str, str]]:
    """[("Social", "friendships and belonging")], in the order of the areas."""
    by_area: dict[str, list[str]] = {}
    for code in offering.needs:
        by_area.setdefault(code.partition(":")[0], []).append(words.need_word(code))
    return [(area, sentence_list(by_area[area])) for area in AREAS if area in by_area]


def facts_of(offering: Offering) -> list[tuple[str, str]]:
    """Names and values for the page of one offering; empty values are left out there."""
    siblings = offering.sibling_min_age
    return [
        (_("For"), ", ".join(filter(None, (ages(offering).capitalize(), _gender(offering))))),
        (_("School years"), words.school_years(offering.year_min, offering.year_max)),
        (_("Who can come"), offering.eligibility),
        (_("Languages"), sentence_list([language_name(code) for code in offering.languages])),
        (_("In the room"), ngettext("%(number)s child", "%(number)s children", offering.group_size, number=f"{offering.group_size:,}") if offering.group_size else ""),
        (_("Brothers and sisters"), _("Cannot come along") if siblings is None else _("From %(siblings)s years", siblings=siblings) if siblings else _("Any age may come")),
        (_("Parent or carer"), _("Has to stay") if offering.must_parent_stay else _("Does not have to stay")),
        (_("Access"), sentence_list(access(offering))),
        (_("Time of year"), words.SEASONS[offering.season]),
        (_("The family pays"), _("%(price)s a session", price=pounds(offering.cost_pence)) if offering.is_commissioned and offering.cost_pence else ""),
        (_("Home visits"), _("Up to %(km)s km", km=f"{offering.home_visit_radius_km:g}") if offering.home_visit_radius_km else ""),
    ]


def purposes(contact: Contact) -> list[str]:
    """What to ask them about, in words."""
    said = [words.PURPOSES[purpose] for purpose in contact.purposes if purpose in words.PURPOSES]
    return [*said[:1], *(text[0].lower() + text[1:] for text in said[1:])]


def features(offering: Offering | Site) -> list[str]:
    """What there is for access, by its codes; whether it is step-free may be said in a field of its own."""
    return list(offering.accessibility) if "step-free" in offering.accessibility or not offering.is_step_free else ["step-free", *offering.accessibility]


def access(offering: Offering | Site) -> list[str]:
    named = [str(words.FEATURES[f]) for f in features(offering) if f in words.FEATURES]
    return [*named[:1], *(_within_a_sentence(name) for name in named[1:])]


def _within_a_sentence(name: str) -> str:
    """quiet space, but BSL interpreter."""
    return name if name[:2].isupper() else name[0].lower() + name[1:]


def freshness(offering: Offering, by: str | None) -> tuple[str, bool]:
    """When it was last checked, in words, and whether that is too long ago."""
    if offering.confirmed_on is None:
        return _("Nobody has checked this yet"), True
    is_old = clock.today() - offering.confirmed_on > CHECKED_WITHIN
    return (_("Last checked %(confirmed_on)s by %(by)s", confirmed_on=ago(offering.confirmed_on), by=by) if by else _("Last checked %(confirmed_on)s", confirmed_on=ago(offering.confirmed_on))), is_old


def cohort_name(cohort: Cohort) -> str:
    """Its own name, else its dates, else that there is one group."""
    if cohort.name:
        return cohort.name
    if cohort.starts_on and cohort.ends_on:
        return _("%(first)s to %(last)s", first=_month(cohort.starts_on), last=_month(cohort.ends_on))
    return _("From %(month)s", month=_month(cohort.starts_on)) if cohort.starts_on else _("Open group")


def _month(day: date) -> str:
    return f"{day:%B %Y}"


def say_series(series: Series) -> str:
    """"Every Tuesday, 4pm to 5.30pm, in school terms"."""
    slot = {"start": series.start, "end": series.end}
    season = words.SERIES_SEASONS[series.season]
    often = {
        1: _("Every %(day)s, %(hours)s, %(season)s"), 2: _("Every second %(day)s, %(hours)s, %(season)s"),
        3: _("Every third %(day)s, %(hours)s, %(season)s"), 4: _("Every fourth %(day)s, %(hours)s, %(season)s"),
    }
    return often[series.every_weeks] % {"day": list(words.DAYS.values())[series.day], "hours": hours(slot), "season": season[0].lower() + season[1:]}


def seats(cohort: Cohort, availability: Mapping[Any, Availability]) -> Availability:
    return availability.get(cohort.id) or Availability(cohort.capacity, cohort.outside_places, 0)
