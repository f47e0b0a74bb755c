"""Matching: the live offerings of a Zone, the hard rules over them, the score of those that are left.

What an offering says (text and facts) is read once per change of the catalogue and kept per process; whether it is live, whether
places are free and what the child refused is asked anew every time, and what is answered is checked once more on fresh rows.
"""

from __future__ import annotations

import math
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from app.catalogue import availability
from app.catalogue.exchange import OPEN_TO_ALL
from app.catalogue.models import (
    Delivery,
    Gender,
    Offering,
    OfferingState,
    Organisation,
)
from app.children import queries as children
from app.children.models import Child, NoteKind
from app.matching import audiences, reasons, rules, scoring
from app.matching.pool import Pool, candidate_of, is_live, pool_of
from app.matching.profile import Candidate, Profile, windows_of
from app.matching.reasons import Reason
from app.shared import clock
from app.shared.db import db


@dataclass(frozen=True)
class Match:
    """One offering for one child. `facts` are for drawing: places free (None: nobody counts), distance in km, times that fit."""

    offering: Offering
    candidate: Candidate
    rank: int
    score: float
    reasons: list[Reason]
    caution: Reason | None
    parts: Mapping[str, float]
    free: int | None
    distance: float | None

    @property
    def fit(self) -> str:
        return fit_word(self.score)


@dataclass(frozen=True)
class MatchResult:
    """`ruled_out` counts every live offering that is not eligible, under the first rule it breaks (those far beyond reach under
    distance); `would_open` those near enough that break one rule only, by that rule: what loosening it would bring.
    `further_km` says, for those that are only too far, by how much, least first."""

    matches: list[Match]
    ruled_out: dict[str, int] = field(default_factory=dict)
    would_open: dict[str, int] = field(default_factory=dict)
    further_km: tuple[float, ...] = ()
    eligible: int = 0
    considered: int = 0


def fit_word(score: float) -> str:
    """A word for the score, so that nobody compares decimals."""
    for least, word in ((1.7, "Excellent fit"), (1.25, "Strong fit"), (0.8, "Good fit")):
        if score >= least:
            return word
    return "Possible"


# --- the child -----------------------------------------------------------------------------------


def profile_of(child: Child) -> Profile:
    """A child of Kith. Private notes stay out; a child without a place on the map counts from the school."""
    latitude, longitude, place = child.latitude, child.longitude, "home"
    if (latitude is None or longitude is None) and child.school is not None:
        latitude, longitude, place = child.school.latitude, child.school.longitude, "school"
    notes = [note for note in child.notes if not note.is_private]
    by_kind = {kind: tuple(note.text for note in notes if note.kind is kind) for kind in NoteKind}
    goals = tuple(goal.words for goal in child.goals if goal.stars != 5)
    if child.goals_text:
        goals += (child.goals_text,)
    needs = tuple((need.code, need.priority) for need in child.live_needs)
    profile = Profile(
        id=child.source_ref, called=child.called, age=child.age_now, gender=child.gender, latitude=latitude, longitude=longitude,
        place=place, max_km=child.max_km, windows=windows_of(child.windows), are_holidays_ok=child.are_holidays_ok,
        is_online_ok=child.is_online_ok, max_cost_pence=child.max_cost_pence, languages=tuple(child.languages),
        needs_step_free=child.needs_step_free, is_girls_only=child.is_girls_only, sibling_ages=tuple(child.sibling_ages),
        max_group=child.max_group, needs_quiet=child.needs_quiet, parent_cannot_stay=child.parent_cannot_stay, needs=needs,
        interests=tuple(child.interests), strengths=tuple(child.strengths), aspiration=child.aspiration,
        own_words=tuple(voice.words for voice in child.voices[:6]), goals=goals,
        well_received=by_kind[NoteKind.WELL_RECEIVED] + by_kind[NoteKind.MOTIVATES],
        not_well_received=by_kind[NoteKind.NOT_WELL_RECEIVED],
        background=" ".join((child.link_worker_note, child.barriers, child.what_helps)),
        audiences=frozenset(child.audiences), refused=frozenset(children.refused_ids(child.id)),
    )
    extra = " ".join((child.must_know, *by_kind[NoteKind.BARRIER]))
    return with_audiences(profile, extra)


def with_audiences(profile: Profile, extra: str = "") -> Profile:
    """Adds the groups that the profile's own words name."""
    said = " . ".join((
        *profile.own_words, *profile.interests, *profile.goals, profile.aspiration, profile.background, extra,
    ))
    found = audiences.of_profile(
        said, needs=frozenset(code for code, _ in profile.needs), languages=profile.languages, gender=profile.gender,
        needs_step_free=profile.needs_step_free,
    )
    return replace(profile, audiences=profile.audiences | found)


# --- sifting -------------------------------------------------------------------------------------


def sift(zone_id: uuid.UUID, profile: Profile) -> list[tuple[uuid.UUID, list[str]]]:
    """Every live offering of the Zone, with the cheap rules it breaks as the database sees them.

    The database never says more than the predicate in rules.py would: its box on the map is a little wider than the circle.
    """
    checks: dict[str, sa.ColumnElement[bool]] = {
        "age": sa.or_(Offering.age_min > profile.age, Offering.age_max < profile.age),
        "gender": sa.or_(
            sa.and_(Offering.gender == Gender.GIRLS, sa.literal(not profile.is_girl)),
            sa.and_(Offering.gender == Gender.BOYS, sa.literal(not profile.is_boy)),
        ),
        "online": sa.and_(Offering.delivery == Delivery.ONLINE, sa.literal(not profile.is_online_ok)),
        "distance": _outside_box(profile),
        "cost": Offering.cost_pence > profile.max_cost_pence,
    }
    statement = (
        sa.select(Offering.id, *(sa.case((check, 1), else_=0).label(name) for name, check in checks.items()))
        .join(Organisation, Organisation.id == Offering.organisation_id).where(Offering.zone_id == zone_id, *is_live())
        .order_by(Offering.source_ref, Offering.id)
    )
    return [(row[0], [name for name, bit in zip(checks, row[1:], strict=True) if bit]) for row in db.session.execute(statement)]


def _outside_box(profile: Profile) -> sa.ColumnElement[bool]:
    """Certainly further than the child travels, and than transport fetches."""
    somewhere = Offering.delivery.in_((Delivery.VENUE, Delivery.SCHOOL))
    if profile.latitude is None or profile.longitude is None:
        return somewhere
    km = max(profile.max_km, rules.TRANSPORT_KM) * 1.02
    high = km / 110.5
    wide = km / (111.2 * max(0.05, math.cos(math.radians(min(89.0, abs(profile.latitude) + high)))))
    return sa.and_(
        somewhere,
        sa.or_(
            Offering.latitude.is_(None), Offering.longitude.is_(None),
            sa.func.abs(Offering.latitude - profile.latitude) > high, sa.func.abs(Offering.longitude - profile.longitude) > wide,
        ),
    )


# --- matching ------------------------------------------------------------------------------------


def match_child(child: Child, top: int = 10) -> MatchResult:
    """The best offerings for a child of Kith, with the reasons, and what was ruled out by which rule."""
    return match_profile(child.zone_id, profile_of(child), top)


def match_profile(zone_id: uuid.UUID, profile: Profile, top: int = 10) -> MatchResult:
    """The same for any profile, also one that is not a child of Kith."""
    pool = pool_of(zone_id)
    ruled_out: Counter[str] = Counter()
    order = {rule.name: at for at, rule in enumerate(rules.RULES)}
    breaks: dict[uuid.UUID, list[str]] = {}
    sifted = [(id_, failed) for id_, failed in sift(zone_id, profile) if id_ in pool.place_of]
    for id_, failed in sifted:
        if len(failed) > 1 or "distance" in failed:
            ruled_out[min(failed, key=order.__getitem__)] += 1
            continue
        broken = rules.broken(profile, pool.candidates[pool.place_of[id_]], None)
        if broken == ["distance"] and (_too_far_by(profile, pool.candidates[pool.place_of[id_]]) or 0) > FURTHER_KM:
            ruled_out["distance"] += 1
        else:
            breaks[id_] = broken
    free = _free(pool, [id_ for id_, broken in breaks.items() if len(broken) <= 1])
    eligible: list[int] = []
    would_open: Counter[str] = Counter()
    further: list[float] = []
    for id_, broken in breaks.items():
        offering = pool.candidates[pool.place_of[id_]]
        if len(broken) <= 1 and not rules.has_a_place(profile, offering, free[id_]):
            broken = [*broken, rules.PLACE]
        if not broken:
            eligible.append(pool.place_of[id_])
            continue
        ruled_out[broken[0]] += 1
        if len(broken) == 1:
            would_open[broken[0]] += 1
            too_far = _too_far_by(profile, offering)
            if broken[0] == "distance" and too_far is not None:
                further.append(too_far)
    scored = scoring.score(profile, pool.candidates, eligible, pool.index, pool.reader, clock.today())
    chosen = scoring.spread(scored, pool.candidates, top)
    return MatchResult(
        matches=_matches(profile, pool, chosen, free), ruled_out=_ordered(ruled_out), would_open=_ordered(would_open),
        further_km=tuple(sorted(further)), eligible=len(eligible), considered=len(sifted),
    )


FURTHER_KM = 5.0
"""Further than this beyond a child's reach an offering is simply too far."""


def _too_far_by(profile: Profile, offering: Candidate) -> float | None:
    distance = rules.distance_between(profile, offering)
    return None if distance is None else distance - rules.reach_km(profile, offering)


def _ordered(counts: Mapping[str, int]) -> dict[str, int]:
    return {rule.name: counts[rule.name] for rule in rules.RULES if rule.name in counts}


def _free(pool: Pool, offering_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int | None]:
    """Places free now; None where people drop in: no run of it is counted, or its source keeps no number of places."""
    counted = availability.free_places_of_offerings(offering_ids)
    return {id_: None if id_ in pool.drop_in or counted[id_] > OPEN_TO_ALL // 2 else counted[id_] for id_ in offering_ids}


def _matches(
    profile: Profile, pool: Pool, chosen: Sequence[scoring.Scored], free: Mapping[uuid.UUID, int | None]
) -> list[Match]:
    """The chosen ones on fresh rows; one that changed in between and now breaks a rule is left out."""
    ids = [pool.candidates[entry.position].id for entry in chosen]
    rows = {row.id: row for row in db.session.scalars(sa.select(Offering).where(Offering.id.in_(ids))).unique()}
    today = clock.today()
    found: list[Match] = []
    for entry, id_ in zip(chosen, ids, strict=True):
        offering = rows.get(id_)
        if offering is None or offering.state is not OfferingState.LIVE:
            continue
        candidate = candidate_of(offering)
        if not rules.is_eligible(profile, candidate, free[id_]):
            continue
        found.append(Match(
            offering=offering, candidate=candidate, rank=len(found) + 1, score=entry.score,
            reasons=reasons.reasons(profile, candidate, entry, free[id_]),
            caution=reasons.caution(profile, candidate, entry, free[id_], today), parts=entry.parts, free=free[id_],
            distance=entry.distance,
        ))
    return found
