"""The hard rules: one predicate each, never a score, never broken. Pure.

A value that nobody has written down (a group's size, a radius, a place on the map) cannot be shown to be all right, so where a
rule needs it the rule says no.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from app.matching.profile import Candidate, Profile

TRANSPORT_KM = 15.0
EARTH_KM = 6371.0088
Holds = Callable[[Profile, Candidate, int | None], bool]


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Haversine, kilometres."""
    a, b = math.radians(lat), math.radians(other_lat)
    half_lat, half_lon = (b - a) / 2, math.radians(other_lon - lon) / 2
    h = math.sin(half_lat) ** 2 + math.cos(a) * math.cos(b) * math.sin(half_lon) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def distance_between(child: Profile, offering: Candidate) -> float | None:
    """None where either place is not known."""
    if child.latitude is None or child.longitude is None or offering.latitude is None or offering.longitude is None:
        return None
    return distance_km(child.latitude, child.longitude, offering.latitude, offering.longitude)


def not_refused(child: Profile, offering: Candidate, free: int | None) -> bool:
    return offering.id not in child.refused


def made_for(child: Profile, offering: Candidate, free: int | None) -> bool:
    return not offering.audiences or bool(offering.audiences & child.audiences)


def right_age(child: Profile, offering: Candidate, free: int | None) -> bool:
    return offering.age_min <= child.age <= offering.age_max


def right_gender(child: Profile, offering: Candidate, free: int | None) -> bool:
    if offering.gender == "girls":
        return child.is_girl
    if offering.gender == "boys":
        return child.is_boy
    return True


def girls_group(child: Profile, offering: Candidate, free: int | None) -> bool:
    return not child.is_girls_only or offering.gender == "girls"


def online_is_ok(child: Profile, offering: Candidate, free: int | None) -> bool:
    return offering.delivery != "online" or child.is_online_ok


def within_home_radius(child: Profile, offering: Candidate, free: int | None) -> bool:
    if offering.delivery != "home":
        return True
    distance = distance_between(child, offering)
    return distance is not None and offering.home_visit_radius_km is not None and distance <= offering.home_visit_radius_km


def within_reach(child: Profile, offering: Candidate, free: int | None) -> bool:
    """A place to go to (a venue, a school). With transport provided it is the transport's reach that counts."""
    if offering.delivery in ("online", "home"):
        return True
    distance = distance_between(child, offering)
    return distance is not None and distance <= reach_km(child, offering)


def reach_km(child: Profile, offering: Candidate) -> float:
    return TRANSPORT_KM if "transport-provided" in offering.accessibility else child.max_km


def at_a_good_time(child: Profile, offering: Candidate, free: int | None) -> bool:
    """A term session inside one window, a holiday session where holidays are all right, or times agreed for each child."""
    return offering.is_by_arrangement or any(
        child.are_holidays_ok if slot.is_holiday else any(slot.lies_in(window) for window in child.windows)
        for slot in offering.slots
    )


def affordable(child: Profile, offering: Candidate, free: int | None) -> bool:
    return offering.cost_pence <= child.max_cost_pence


def shared_language(child: Profile, offering: Candidate, free: int | None) -> bool:
    return not offering.languages.isdisjoint(child.languages)


def step_free_where_needed(child: Profile, offering: Candidate, free: int | None) -> bool:
    return not child.needs_step_free or offering.is_step_free


def siblings_welcome(child: Profile, offering: Candidate, free: int | None) -> bool:
    if not child.sibling_ages:
        return True
    return offering.sibling_min_age is not None and min(child.sibling_ages) >= offering.sibling_min_age


def small_enough(child: Profile, offering: Candidate, free: int | None) -> bool:
    return child.max_group is None or (offering.group_size is not None and offering.group_size <= child.max_group)


def quiet_where_needed(child: Profile, offering: Candidate, free: int | None) -> bool:
    return not child.needs_quiet or "quiet-space" in offering.accessibility


def no_parent_needed(child: Profile, offering: Candidate, free: int | None) -> bool:
    return not (child.parent_cannot_stay and offering.must_parent_stay)


def has_a_place(child: Profile, offering: Candidate, free: int | None) -> bool:
    """`free` None: people drop in, nobody counts places."""
    return free is None or free > 0


@dataclass(frozen=True)
class Rule:
    """`sentence` says the rule, `ruled_out` what it did to some ("too far"), `loosen` what would let them back in."""

    name: str
    holds: Holds
    sentence: str
    ruled_out: str
    loosen: str


RULES = (
    Rule("refused", not_refused, _l("Nothing the child has said no to."), _l("said no to or set aside"),
         _l("only the child’s own new words bring those back")),
    Rule("age", right_age, _l("The child’s age lies within the offering’s ages, both included."), _l("for another age"),
         _l("ask the partner about the age limit")),
    Rule("made_for", made_for, _l("Offerings made for particular children only where the profile says so."),
         _l("made for children the profile does not name"), _l("say in the profile who the child is among")),
    Rule("gender", right_gender, _l("A girls’ or boys’ group only for girls or boys."), _l("for girls or boys only"), _l("look for a mixed group")),
    Rule("girls_only", girls_group, _l("Where only a girls’ group will do, a girls’ group."), _l("not a girls’ group"),
         _l("ask the family whether a mixed group could be all right")),
    Rule("online", online_is_ok, _l("Online only where online is all right."), _l("online"), _l("ask whether online could be all right")),
    Rule("home_visits", within_home_radius, _l("Home visits only within the visitor’s radius."), _l("visiting homes further off only"),
         _l("ask the partner how far they travel")),
    Rule("distance", within_reach, _l("Within the distance the child can travel, or 15 km where transport is provided."), _l("too far"),
         _l("travel a little further, or find somebody who goes along")),
    Rule("time", at_a_good_time, _l("A session inside a free time, in holidays where they are all right, or by arrangement."),
         _l("at the wrong time"), _l("free another afternoon, or say that holidays are all right")),
    Rule("cost", affordable, _l("What the family pays a session is no more than it can pay."), _l("too dear for the family"),
         _l("ask the partner about a free place")),
    Rule("language", shared_language, _l("A language the child can take part in."), _l("in another language"),
         _l("ask the partner about an interpreter")),
    Rule("step_free", step_free_where_needed, _l("Step-free where the child needs it."), _l("not step-free"), _l("ask about another room")),
    Rule("siblings", siblings_welcome, _l("Every brother or sister who must come along may come."), _l("not open to brothers and sisters"),
         _l("find somebody for the brothers and sisters")),
    Rule("group", small_enough, _l("No larger a group than the child can bear."), _l("too large a group"), _l("a larger group, if the child could bear it")),
    Rule("quiet", quiet_where_needed, _l("A quiet space where the child needs one."), _l("without a quiet space"),
         _l("ask the partner about a quiet room")),
    Rule("parent_stays", no_parent_needed, _l("No parent has to stay where no parent can."), _l("asking a parent to stay"),
         _l("ask whether another adult could stay")),
    Rule("place", has_a_place, _l("A place is left."), _l("full"), _l("ask the partner about a waiting list")),
)
PLACE = "place"
BY_NAME = {rule.name: rule for rule in RULES}
ORDER = {rule.name: at for at, rule in enumerate(RULES)}


_HOLDS = tuple(rule.holds for rule in RULES)


def broken(child: Profile, offering: Candidate, free: int | None) -> list[str]:
    """The names of every rule this offering breaks for this child, in the order of the table."""
    return [rule.name for rule in RULES if not rule.holds(child, offering, free)]


def is_eligible(child: Profile, offering: Candidate, free: int | None) -> bool:
    for holds in _HOLDS:  # noqa: SIM110  asked a hundred thousand times by a survey, where `all` of a generator takes half as long again
        if not holds(child, offering, free):
            return False
    return True
