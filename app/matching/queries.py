"""Matching: the live offerings of a Zone, the hard rules over them, the score of those that are left.

What an offering says (text and facts) is read once per change of the catalogue and kept per process; whether it is live, whether
places are free and what the child refused is asked anew every time, and what is answered is checked once more on fresh rows (of many children: unless
one statement says that no row has changed).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

import sqlalchemy as sa

from app.accounts.models import Person
from app.catalogue.models import Offering, OfferingKind
from app.children import queries as children
from app.children.models import Child, NoteKind, Refusal
from app.matching import audiences, circumstances, exposure, people, rules
from app.matching.answers import Match, MatchResult, answer, fit_word, on_fresh_rows, told_now
from app.matching.columns import Columns
from app.matching.forms import about_of
from app.matching.hearing import hear
from app.matching.people import NOBODY, Around, Walked
from app.matching.profile import About, Lesson, Profile, slots_of, windows_of
from app.matching.ranking import Found, first_of, rank, turns_of
from app.matching.shelf import Shelf, shelf_of
from app.matching.turns import BAND, Turn, spread
from app.matching.weights import in_force
from app.shared import collector
from app.shared.db import db, in_parts

__all__ = ["Match", "MatchResult", "fit_word"]

AT_ONCE = 100
"""Children that are read, and ranked, at a time."""


# --- the child -----------------------------------------------------------------------------------


def profiles_of(ids: Sequence[uuid.UUID]) -> Iterator[tuple[uuid.UUID, Profile]]:
    """Many children of Kith, in that order; so many at a time are read, in few statements, and none is kept."""
    for some in in_parts(ids, AT_ONCE):
        refusals = children.refusals_of(some)
        for child in children.list_as_heard(some):
            yield child.id, profile_of(child, refusals.get(child.id, ()))


def profile_of(child: Child, refusals: Sequence[Refusal] | None = None) -> Profile:
    """A child of Kith. Private notes stay out; a child without a place on the map counts from the school. The standing `refusals`, newest first, are asked
    for where they are not given."""
    latitude, longitude, place = child.latitude, child.longitude, "home"
    if (latitude is None or longitude is None) and child.school is not None:
        latitude, longitude, place = child.school.latitude, child.school.longitude, "school"
    notes = [note for note in child.notes if not note.is_private]
    by_kind = {kind: tuple(note.text for note in notes if note.kind is kind) for kind in NoteKind}
    goals = tuple(goal.words for goal in child.goals if goal.stars != 5)
    if child.goals_text:
        goals += (child.goals_text,)
    needs = tuple((need.code, need.priority) for need in child.live_needs)
    refusals = [refusal for refusal, _ in children.list_refusals(child.id)] if refusals is None else refusals
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
        audiences=frozenset(child.audiences), refused=frozenset(refusal.offering_id for refusal in refusals),
        lessons=_lessons(refusals, latitude, longitude),
    )
    extra = " ".join((child.must_know, *by_kind[NoteKind.BARRIER]))
    return with_audiences(profile, extra)


MOST_LESSONS = 20


def _lessons(refusals: Sequence[Refusal], latitude: float | None, longitude: float | None) -> tuple[Lesson, ...]:
    """What the newest refusals teach about other offerings."""
    why = {refusal.offering_id: about_of(refusal.why) for refusal in refusals[:MOST_LESSONS]}
    wanted = [id_ for id_, about in why.items() if about is not About.OTHER]
    if not wanted:
        return ()
    rows = db.session.execute(sa.select(
        Offering.id, Offering.organisation_id, Offering.slots, Offering.interests, Offering.latitude, Offering.longitude,
    ).where(Offering.id.in_(wanted)).order_by(Offering.id))
    return tuple(
        Lesson(
            why[row.id], slots=slots_of(row.slots), interests=tuple(row.interests), organisation_id=row.organisation_id,
            distance_km=None if latitude is None or longitude is None or row.latitude is None or row.longitude is None
            else rules.distance_km(latitude, longitude, row.latitude, row.longitude),
        )
        for row in rows
    )


def with_audiences(profile: Profile, extra: str = "") -> Profile:
    """Adds the groups and the situations that the profile's own words name."""
    told = " . ".join((*profile.own_words, *profile.goals, profile.aspiration, profile.background, extra))
    said = " . ".join((*profile.interests, told))
    found = audiences.of_profile(
        said, needs=frozenset(code for code, _ in profile.needs), languages=profile.languages, gender=profile.gender,
        needs_step_free=profile.needs_step_free,
    )
    spoken_of = circumstances.of_profile(  # not by what is loved: crime dramas, hospitals on television
        told, needs=frozenset(code for code, _ in profile.needs), languages=profile.languages, needs_quiet=profile.needs_quiet,
        needs_step_free=profile.needs_step_free,
    )
    return replace(profile, audiences=profile.audiences | found, circumstances=profile.circumstances | spoken_of)


# --- matching ------------------------------------------------------------------------------------


def match_child(child: Child, top: int = 10, *, loosened: str = "", reader: Person | None = None) -> MatchResult:
    """The best offerings for a child of Kith, with the reasons, and what was ruled out by which rule."""
    return match_profile(child.zone_id, profile_of(child), top, loosened=loosened, of=(child, reader) if reader is not None else None)


def match_profile(
    zone_id: uuid.UUID, profile: Profile, top: int = 10, *, loosened: str = "", weights: Mapping[str, float] | None = None,
    of: tuple[Child, Person] | None = None,
) -> MatchResult:
    """The same for any profile, also one that is not a child of Kith. `loosened` asks "what if" of one rule: offerings that break it
    and no other are ranked too. With the child and who reads the list (`of`), the people around each offering count as well, and what
    the child is on the way to already is left out. Whatever is answered was checked on fresh rows."""
    shelf = shelf_of(zone_id)
    weights = weights or in_force(shelf.mark.hundredths)
    walked = people.ask().walked(of[0]) if of is not None else Walked()
    if walked.went_well:
        profile = replace(profile, well_received=profile.well_received + walked.went_well)
    found = rank(shelf, profile, loosened, weights)
    band = BAND if shelf.mark.was_any_shown else 0.0
    around: dict[int, Around] | None = None
    if of is None:
        turns = turns_of(found, top, band)
    else:
        turns, around = _with_people(shelf, found, turns_of(found, top + len(walked.under_way), band + people.most_moved(weights)), of, walked, weights)
    shown = exposure.shown_lately(zone_id, {turn.provider for turn in turns}) if turns and shelf.mark.was_any_shown else {}
    chosen = spread(turns, top, shown)
    told = on_fresh_rows(shelf, [found.position(turn) for turn in chosen])
    return replace(answer(profile, found, chosen, told, loosened, around), under_way=walked.under_way)


def _with_people(
    shelf: Shelf, found: Found, turns: Sequence[Turn], of: tuple[Child, Person], walked: Walked, weights: Mapping[str, float]
) -> tuple[list[Turn], dict[int, Around]]:
    """The turns without what is under way, moved by what is known of the people there; and that, by a turn's place."""
    offered = {}
    for turn in turns:
        part, at = found.position(turn)
        id_ = shelf.parts[part].columns.ids[at]
        if id_ not in walked.under_way:
            offered[turn.place] = id_
    turns = [turn for turn in turns if turn.place in offered]
    known = people.ask().around(*of, {offered[turn.place]: turn.provider for turn in turns})
    around, shares = {}, {}
    for turn in turns:
        id_ = offered[turn.place]
        one = replace(known.get(id_, NOBODY), before=walked.before.get(id_))
        if one == NOBODY:
            continue
        part, row = found.row(turn)
        ranking = found.rankings[part]
        around[turn.place] = one if _is_open_to_tell(ranking.columns, int(ranking.positions[row])) else replace(one, friends=())
        shares[turn.place] = around[turn.place].parts(found.places(part, row))
    return people.moved(turns, shares, weights), around


TOLD_OF = (OfferingKind.COMMUNITY_ASSET, OfferingKind.PAID_COMMUNITY)


def _is_open_to_tell(columns: Columns, at: int) -> bool:
    """Whether going there says nothing of a child: it is for anybody, and nobody pays for it child by child."""
    for_anybody = not columns.whos[columns.who[at]].audiences and not columns.situations[columns.situation[at]] and columns.meant[at] < 0
    return for_anybody and columns.kinds[columns.kind[at]] in TOLD_OF


def match_many(zone_id: uuid.UUID, profiles: Iterable[Profile], top: int = 10) -> Iterator[tuple[Profile, MatchResult]]:
    """Many children, one after the other; what changes in between is asked for with every AT_ONCE of them. What is ruled out is not counted."""
    shelf_of(zone_id)
    with collector.kept_off():
        for some in _batches(profiles):
            shelf = shelf_of(zone_id)
            weights = in_force(shelf.mark.hundredths)
            ranked = []
            for profile in some:
                found = rank(shelf, profile, "", weights, counted=False, heard=hear(profile, shelf.reader, shelf.table), is_patient=True)
                ranked.append((profile, found, first_of(found, top)))
            told = told_now(shelf, (found.position(turn) for _, found, chosen in ranked for turn in chosen))
            for profile, found, chosen in ranked:
                yield profile, answer(profile, found, chosen, told)


def _batches(profiles: Iterable[Profile]) -> Iterator[list[Profile]]:
    rest = iter(profiles)
    while some := list(islice(rest, AT_ONCE)):
        yield some
