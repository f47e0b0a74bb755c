"""Offerings as matching reads them from the database: plain facts and stems, nothing that stays in the session."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeVar

import sqlalchemy as sa

from app.catalogue.models import Offering, OfferingState, OfferingText, Organisation, PartnerState
from app.matching import audiences, circumstances, text
from app.matching.grid import place_of
from app.matching.profile import Candidate, Span, slots_of
from app.shared.db import db, in_parts

T = TypeVar("T")
CHUNK = 400
AT_ONCE = 2000


@dataclass(frozen=True)
class Reading:
    """One offering as it was read: its facts (without the description), its stems by field, and a number that tells the row from others,
    in every process the same."""

    facts: Candidate
    stems: Mapping[str, str]
    digest: int = 0


def order(reading: Reading) -> tuple[int, float, str, str]:
    facts = reading.facts
    return *place_of(facts), facts.ref, str(facts.id)


def is_live() -> tuple[sa.ColumnElement[bool], ...]:
    """SQL: open for new children, and not made for particular ones."""
    return Offering.state == OfferingState.LIVE, Organisation.state == PartnerState.LIVE, Offering.is_private.is_(False)


READ = (
    Offering.id, Offering.source_ref, Offering.title, Offering.organisation_id, Offering.kind, Offering.description, Offering.interests,
    Offering.needs, Offering.age_min, Offering.age_max, Offering.town, Offering.postcode_area, Offering.latitude, Offering.longitude,
    Offering.delivery, Offering.home_visit_radius_km, Offering.slots, Offering.is_by_arrangement, Offering.cost_pence, Offering.languages,
    Offering.gender, Offering.is_step_free, Offering.must_parent_stay, Offering.accessibility, Offering.sibling_min_age,
    Offering.group_size, Offering.confirmed_on, Organisation.name.label("organisation_name"),
)
"""What matching reads of an offering; columns, so that nothing half-loaded stays in the session."""


def readings(which: sa.ColumnElement[bool]) -> Iterator[Reading]:
    statement = (
        sa.select(*READ, OfferingText.title.label("title_stems"), OfferingText.tags.label("tag_stems"), OfferingText.body.label("body_stems"))
        .join(Organisation, Organisation.id == Offering.organisation_id)
        .outerjoin(OfferingText, OfferingText.offering_id == Offering.id).where(which, *is_live())
        .execution_options(yield_per=AT_ONCE)
    )
    same = Same()
    for row in db.session.execute(statement):
        facts = candidate_of(row, same)
        if row.title_stems is None:
            stems = {"title": " ".join(text.terms(facts.title)), "tags": " ".join(text.terms(" . ".join(facts.interests))),
                     "body": " ".join(text.terms(row.description))}
        else:
            stems = {"title": row.title_stems, "tags": row.tag_stems, "body": row.body_stems}
        yield Reading(facts, stems, _digest(row))


def _digest(row: Any) -> int:
    return int.from_bytes(blake2b(repr(tuple(row)).encode(), digest_size=8).digest(), signed=True)


class Same:
    """Values that many offerings share, each kept once: the same object for equal ones."""

    def __init__(self) -> None:
        self._kept: dict[Any, Any] = {}
        self._slots: dict[Any, tuple[Span, ...]] = {}

    def __call__(self, value: T) -> T:
        kept: T = self._kept.setdefault(value, value)
        return kept

    def slots(self, given: Sequence[Mapping[str, Any]]) -> tuple[Span, ...]:
        key = tuple((slot["day"], slot["start"], slot["end"], slot.get("season")) for slot in given)
        known = self._slots.get(key)
        if known is None:
            known = self._slots[key] = slots_of(given)
        return known


def candidate_of(row: Any, same: Same | None = None) -> Candidate:
    """From a row of READ, or an Offering with its `organisation_name`. With `same`, where there are many: without the description."""
    one = same or Same()
    return Candidate(
        id=row.id, ref=row.source_ref, title=row.title, organisation_id=one(row.organisation_id), organisation=one(row.organisation_name),
        kind=row.kind.value, description="" if same else row.description, interests=one(tuple(row.interests)), needs=one(tuple(row.needs)),
        age_min=row.age_min, age_max=row.age_max, town=one(row.town), postcode_area=one(row.postcode_area), latitude=row.latitude,
        longitude=row.longitude, delivery=row.delivery.value, home_visit_radius_km=row.home_visit_radius_km,
        slots=one.slots(row.slots), is_by_arrangement=row.is_by_arrangement, cost_pence=row.cost_pence,
        languages=one(frozenset(row.languages)), gender=row.gender.value, is_step_free=row.is_step_free,
        must_parent_stay=row.must_parent_stay, accessibility=one(frozenset(row.accessibility)), sibling_min_age=row.sibling_min_age,
        group_size=row.group_size, confirmed_on=row.confirmed_on, audiences=one(audiences.of_offering(row.title, row.description)),
        meant_for=one(audiences.meant_for(row.title, row.description)),
        circumstances=one(circumstances.of_offering(row.title, row.description, row.interests, row.languages)),
    )


# --- those that are shown ------------------------------------------------------------------------

IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True, type_=sa.Uuid())
_LISTS = {"interests", "needs", "slots", "languages", "accessibility"}
_SOME = (
    sa.select(*(sa.cast(column, sa.Text).label(column.key) if column.key in _LISTS else column for column in READ), Offering.version)
    .join(Organisation, Organisation.id == Offering.organisation_id).where(Offering.id.in_(IDS), *is_live())
)


def to_check(ids: Sequence[uuid.UUID]) -> Iterator[tuple[uuid.UUID, int, Candidate]]:
    """Of those that are live, the version and what rules and reasons ask; for whom else it is they do not. Lists come as text, for many have the
    same and each is made out once."""
    for some in in_parts(list(ids), CHUNK):
        for row in db.session.connection().execute(_SOME, {"ids": some}):
            yield row.id, row.version, Candidate(
                id=row.id, ref=row.source_ref, title=row.title, organisation_id=row.organisation_id, organisation=row.organisation_name,
                kind=row.kind.value, interests=_words(row.interests), needs=_words(row.needs), age_min=row.age_min, age_max=row.age_max,
                town=row.town, postcode_area=row.postcode_area, latitude=row.latitude, longitude=row.longitude, delivery=row.delivery.value,
                home_visit_radius_km=row.home_visit_radius_km, slots=_spans(row.slots), is_by_arrangement=row.is_by_arrangement,
                cost_pence=row.cost_pence, languages=_any_of(row.languages), gender=row.gender.value, is_step_free=row.is_step_free,
                must_parent_stay=row.must_parent_stay, accessibility=_any_of(row.accessibility), sibling_min_age=row.sibling_min_age,
                group_size=row.group_size, confirmed_on=row.confirmed_on, audiences=audiences.of_offering(row.title, row.description),
            )


@lru_cache(maxsize=20_000)
def _words(told: str) -> tuple[str, ...]:
    return tuple(json.loads(told))


@lru_cache(maxsize=2_000)
def _any_of(told: str) -> frozenset[str]:
    return frozenset(json.loads(told))


@lru_cache(maxsize=20_000)
def _spans(told: str) -> tuple[Span, ...]:
    return slots_of(json.loads(told))


TEN = 10
_VERSION = sa.select(Offering.id, Offering.version).join(Organisation, Organisation.id == Offering.organisation_id).where(*is_live())
_VERSIONS = _VERSION.where(Offering.id.in_(IDS))
_TEN_VERSIONS = _VERSION.where(Offering.id.in_([sa.bindparam(f"id{at}", type_=sa.Uuid()) for at in range(TEN)]))
"""A statement that is always the same costs half of one that is made for so many values."""


def versions(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Of those that are live at this moment."""
    connection = db.session.connection()  # plain columns: the session's own way costs as much as the question
    if len(ids) <= TEN:
        asked = {f"id{at}": ids[min(at, len(ids) - 1)] for at in range(TEN)} if ids else {}
        return {row.id: row.version for row in connection.execute(_TEN_VERSIONS, asked)} if asked else {}
    return {id_: version for some in in_parts(list(ids), CHUNK) for id_, version in connection.execute(_VERSIONS, {"ids": some})}
