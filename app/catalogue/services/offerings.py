"""Offerings: add, edit, copy, publish, pause, close, confirm."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import queries as trail
from app.audit import services as audit
from app.catalogue import changes, history, queries
from app.catalogue.models import (
    OFFERING_MOVES,
    Delivery,
    Gender,
    Offering,
    OfferingKind,
    OfferingState,
    Organisation,
    PartnerState,
    PlaceFoundBy,
    Season,
)
from app.catalogue.services import powers
from app.catalogue.services.documents import require_current_documents
from app.catalogue.services.organisations import look_at_work_alone
from app.catalogue.services.sites import place_at, require_own_site
from app.catalogue.services.tariffs import begin_tariff
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import DomainError, Invalid, NotFound, Stale
from app.shared.view import when


@dataclass(frozen=True)
class OfferingFacts:
    """What may be written about an offering; names and units as in the model."""

    title: str
    kind: OfferingKind
    description: str = ""
    interests: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    age_min: int = 0
    age_max: int = 18
    year_min: int | None = None
    year_max: int | None = None
    eligibility: str = ""
    is_private: bool = False
    site_id: uuid.UUID | None = None
    town: str = ""
    postcode: str = ""
    postcode_area: str = ""
    region: str = ""
    latitude: float | None = None
    longitude: float | None = None
    is_place_approximate: bool = False
    place_found_by: PlaceFoundBy | None = None
    delivery: Delivery = Delivery.VENUE
    home_visit_radius_km: float | None = None
    slots: list[dict[str, Any]] = field(default_factory=list)
    is_by_arrangement: bool = False
    season: Season = Season.TERM
    cost_pence: int = 0
    languages: list[str] = field(default_factory=lambda: ["en"])
    gender: Gender = Gender.ANY
    is_step_free: bool = False
    must_parent_stay: bool = False
    accessibility: list[str] = field(default_factory=list)
    sibling_min_age: int | None = None
    group_size: int | None = None
    how_to_get_there: str = ""


class NotReadyToPublish(DomainError):
    """Something a family or a budget holder would ask for is not there yet."""

    code = "not_ready"


def add_offering(
    *, organisation_id: uuid.UUID, facts: OfferingFacts, actor: Person | None, state: OfferingState = OfferingState.DRAFT
) -> Offering:
    """A new offering, as a draft unless said otherwise. Raises Invalid at the field that cannot be."""
    with atomic():
        organisation = db.session.get(Organisation, organisation_id)
        if organisation is None:
            raise NotFound
        powers.runs(actor, organisation)
        return begin(organisation, facts, actor, state)


def begin(organisation: Organisation, facts: OfferingFacts, actor: Person | None, state: OfferingState) -> Offering:
    """Inside a verb that has asked who may."""
    values = _values(facts, organisation.id)
    offering = Offering(
        organisation=organisation, zone_id=organisation.zone_id, state=state,
        confirmed_on=clock.today() if state is OfferingState.LIVE else None,
        confirmed_by_id=actor.id if actor and state is OfferingState.LIVE else None, **values,
    )
    db.session.add(offering)
    audit.record("catalogue.offering.added", subject=offering, actor=actor, state=state)
    return offering


def edit_offering(*, offering_id: uuid.UUID, facts: OfferingFacts, version: int, actor: Person) -> Offering:
    """Raises Stale when somebody saved since `version` was shown, Invalid at the field that cannot be."""
    with atomic():
        offering = _get(offering_id)
        powers.runs(actor, offering)
        _require_version(offering, version)
        if offering.state is OfferingState.LIVE and facts.delivery is Delivery.HOME and facts.home_visit_radius_km is None:
            raise Invalid(_("Say how far you travel: without it no child is near enough."), field="home_visit_radius_km")
        changed = changes.apply(offering, _values(facts, offering.organisation_id))
        if changed:
            audit.record("catalogue.offering.edited", subject=offering, actor=actor, fields=list(changed), changes=changed)
        return offering


def _values(facts: OfferingFacts, organisation_id: uuid.UUID) -> dict[str, Any]:
    """The columns; where it meets at a site, the place is the site's."""
    values = asdict(facts)
    require_sense(values)
    site = require_own_site(organisation_id, facts.site_id)
    return values if site is None else {**values, **place_at(site)}


def copy_offering(*, offering_id: uuid.UUID, actor: Person) -> Offering:
    """A draft with the same facts, to be changed and published. Its price comes along as the first version of its tariff; groups,
    sessions, whoever goes there, and the photos stay with the original."""
    with atomic():
        original = _get(offering_id)
        powers.runs(actor, original)
        facts = facts_of(original)
        facts |= {"title": f"Copy of {original.title}"[:200], **{k: list(v) for k, v in facts.items() if isinstance(v, list)}}
        copied = Offering(organisation=original.organisation, zone_id=original.zone_id, state=OfferingState.DRAFT, **facts)
        db.session.add(copied)
        audit.record("catalogue.offering.copied", subject=copied, actor=actor, original=offering_id)
        tariff = queries.find_current_tariff(original.id, clock.today())
        if tariff is not None:
            db.session.flush()
            begin_tariff(
                copied, price_pence=tariff.price_pence, setup_pence=tariff.setup_pence,
                notice_percent=tariff.notice_percent, payable=tariff.payable, basis=tariff.basis, is_one_to_one=tariff.is_one_to_one,
                actor=actor,
            )
        return copied


def publish_offering(*, offering_id: uuid.UUID, actor: Person, version: int | None = None) -> Offering:
    """Draft, paused or closed to live. Publishing says that it is right today.

    Raises NotReadyToPublish with all that is missing, DocumentsLapsed, IllegalMove, Stale.
    """
    with atomic():
        offering = _get(offering_id)
        powers.runs(actor, offering)
        require_publishable(offering, version)
        offering.confirmed_on = clock.today()
        offering.confirmed_by_id = actor.id
        _move(offering, OfferingState.LIVE, actor, "catalogue.offering.published")
        if queries.is_work_alone(offering):
            look_at_work_alone(offering.organisation)
        return offering


def require_publishable(offering: Offering, version: int | None) -> None:
    """Raises NotReadyToPublish with all that is missing, DocumentsLapsed, IllegalMove, Stale."""
    _require_version(offering, version)
    OFFERING_MOVES.require(offering.state, OfferingState.LIVE)
    if offering.merged_into_id is not None:
        raise Invalid(_("It was merged into another offering. Undo that first."), code="merged")
    _require_ready(offering)
    require_current_documents(offering.organisation_id)


def pause_offering(*, offering_id: uuid.UUID, actor: Person, reason: str = "", version: int | None = None) -> Offering:
    """No new children for now; those who go, go on. Raises IllegalMove, Stale."""
    with atomic():
        offering = _get(offering_id)
        powers.runs(actor, offering)
        _require_version(offering, version)
        OFFERING_MOVES.require(offering.state, OfferingState.PAUSED)
        _move(offering, OfferingState.PAUSED, actor, "catalogue.offering.paused", reason)
        return offering


def close_offering(*, offering_id: uuid.UUID, actor: Person, reason: str = "", version: int | None = None) -> Offering:
    """It is over, or will not come. Raises IllegalMove, Stale."""
    with atomic():
        offering = _get(offering_id)
        powers.runs(actor, offering)
        _require_version(offering, version)
        OFFERING_MOVES.require(offering.state, OfferingState.CLOSED)
        _move(offering, OfferingState.CLOSED, actor, "catalogue.offering.closed", reason)
        return offering


def confirm_offering(*, offering_id: uuid.UUID, actor: Person, version: int | None = None) -> Offering:
    """Somebody looked today and everything is still right. Raises Stale, Invalid for one that is not open."""
    with atomic():
        offering = _get(offering_id)
        powers.confirms(actor, offering)
        _require_version(offering, version)
        if offering.state not in (OfferingState.LIVE, OfferingState.PAUSED):
            raise Invalid(_("Only an offering that is live or paused can be confirmed. Publish it instead."), code="not_open")
        if (offering.confirmed_on, offering.confirmed_by_id) == (clock.today(), actor.id):
            return offering  # pressed twice: said once
        offering.confirmed_on = clock.today()
        offering.confirmed_by_id = actor.id
        audit.record("catalogue.offering.confirmed", subject=offering, actor=actor, on=clock.today())
        return offering


def facts_of(offering: Offering) -> dict[str, Any]:
    """Everything that OfferingFacts holds, as it stands."""
    return {name: getattr(offering, name) for name in OfferingFacts.__dataclass_fields__}


def require_sense(values: Mapping[str, Any]) -> None:
    """What no single field shows. Raises Invalid at the field."""
    if not str(values["title"]).strip():
        raise Invalid(_("Give it a title."), field="title")
    if not 0 <= values["age_min"] <= values["age_max"] <= 25:
        raise Invalid(_("The youngest age comes first: both are whole years from 0 to 25."), field="age_max")
    if (values["year_min"] is None) != (values["year_max"] is None):
        missing = "year_min" if values["year_min"] is None else "year_max"
        raise Invalid(_("Choose both school years, or neither."), field=missing)
    if values["year_min"] is not None and values["year_min"] > values["year_max"]:
        raise Invalid(_("The youngest school year comes first."), field="year_max")
    if values["cost_pence"] < 0:
        raise Invalid(_("What the family pays cannot be less than nothing."), field="cost_pence")
    if (values["latitude"] is None) != (values["longitude"] is None):
        raise Invalid(_("Give both latitude and longitude, or neither."), field="latitude")
    if values["delivery"] is not Delivery.HOME and values["home_visit_radius_km"] is not None:
        raise Invalid(_("How far you travel only belongs to home visits."), field="home_visit_radius_km")
    for slot in values["slots"]:
        if not slot["start"] < slot["end"]:
            raise Invalid(_("%(day)s %(start)s to %(end)s: it must end after it starts.", day=slot["day"], start=slot["start"], end=slot["end"]), field="slots")


def _require_ready(offering: Offering) -> None:
    missing = []
    if not offering.description.strip():
        missing.append(_("a description a family would understand"))
    if not offering.needs:
        missing.append(_("the needs it helps with"))
    if not offering.slots and not offering.is_by_arrangement:
        missing.append(_("when it meets (or that times are agreed for each child)"))
    if offering.delivery is Delivery.HOME and offering.home_visit_radius_km is None:
        missing.append(_("how far you travel for home visits"))
    if offering.needs_money and queries.find_current_tariff(offering.id, clock.today()) is None:
        missing.append(_("a price, which the Zone manager agrees with you"))
    if offering.organisation.state is not PartnerState.LIVE:
        missing.append(_("an organisation that is live (%(organisation)s is %(state)s)", organisation=offering.organisation.name, state=offering.organisation.state.replace("_", " ")))
    if missing:
        raise NotReadyToPublish(_("It cannot be published yet. Still missing: %(missing)s.", missing="; ".join(missing)))


def _move(offering: Offering, to: OfferingState, actor: Person, action: str, reason: str = "") -> None:
    moved = (offering.state, to)
    offering.state = to
    audit.record(action, subject=offering, actor=actor, moved=moved, reason=reason.strip())


def _get(offering_id: uuid.UUID) -> Offering:
    offering = db.session.get(Offering, offering_id)
    if offering is None:
        raise NotFound
    return offering


def _require_version(offering: Offering, version: int | None) -> None:
    if version is None or version == offering.version:
        return
    entries = trail.list_entries_for(offering)
    if not entries:
        raise Stale(_("It has changed, after you opened this page. Look at it again before you change it."))
    last = entries[-1]
    told = {"when": when(last.at), "person": last.actor_name, "fields": ", ".join(history.fields_of(last))}
    if not told["fields"]:
        raise Stale(_("%(when)s, after you opened this page, %(person)s changed it. Look at it again before you change it.", **told))
    raise Stale(_("%(when)s, after you opened this page, %(person)s changed it: %(fields)s. Look at it again before you change it.", **told))
