"""Offerings, tariffs, cohorts and sessions within a person's sight."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Closure, Person, Role, School, Term
from app.catalogue.calendar import SchoolYear, ZoneTerms
from app.catalogue.models import (
    Cohort,
    CohortState,
    MergeKind,
    Offering,
    OfferingState,
    Organisation,
    Postcode,
    Series,
    Session,
    SessionState,
    Tariff,
)
from app.catalogue.queries.heirs import heir_of
from app.catalogue.readers import known_offerings
from app.shared import clock
from app.shared.db import db
from app.shared.errors import NotFound

SHOWN_TO_ALL = (OfferingState.LIVE, OfferingState.PAUSED)


def offerings_visible_to(person: Person) -> sa.ColumnElement[bool]:
    """SQL: live and paused offerings of the person's Zones, but for those made for particular children; every one for the Zone
    manager, for the own organisation, and for whoever knows a child there."""
    known = known_offerings(person)
    return sa.or_(
        sa.and_(Offering.zone_id.in_(person.zone_ids()), Offering.state.in_(SHOWN_TO_ALL), Offering.is_private.is_(False)),
        Offering.zone_id.in_(person.zone_ids(Role.ZONE_MANAGER)),
        Offering.organisation_id.in_(person.organisation_ids()),
        *([] if known is None else [sa.and_(Offering.zone_id.in_(person.zone_ids()), Offering.id.in_(known))]),
    )


def get_offering(offering_id: uuid.UUID, person: Person) -> Offering:
    """Raises NotFound outside the person's sight."""
    found = db.session.scalar(sa.select(Offering).where(Offering.id == offering_id, offerings_visible_to(person)))
    if found is None:
        raise NotFound
    return found


def get_offering_or_merged(offering_id: uuid.UUID, person: Person) -> Offering:
    """The same; and one that was merged into another that the person may see, so that its old address leads there."""
    found = db.session.scalar(sa.select(Offering).where(Offering.id == offering_id))
    if found is not None and found.merged_into_id is not None:
        get_offering(heir_of(MergeKind.OFFERING, offering_id) or offering_id, person)
        return found
    return get_offering(offering_id, person)


def list_offerings(
    person: Person,
    *,
    zone_id: uuid.UUID | None = None,
    organisation_id: uuid.UUID | None = None,
    states: Sequence[OfferingState] | None = None,
    ids: Sequence[uuid.UUID] | None = None,
) -> Sequence[Offering]:
    """By title. Each narrowing is optional."""
    statement = sa.select(Offering).where(offerings_visible_to(person))
    if zone_id is not None:
        statement = statement.where(Offering.zone_id == zone_id)
    if organisation_id is not None:
        statement = statement.where(Offering.organisation_id == organisation_id)
    if states is not None:
        statement = statement.where(Offering.state.in_(states))
    if ids is not None:
        statement = statement.where(Offering.id.in_(ids))
    return db.session.scalars(statement.order_by(Offering.title, Offering.id)).all()


def find_offering_by_source(zone_id: uuid.UUID, source: str, source_ref: str) -> Offering | None:
    return db.session.scalar(
        sa.select(Offering).where(Offering.zone_id == zone_id, Offering.source == source, Offering.source_ref == source_ref)
    )


def find_current_tariff(offering_id: uuid.UUID, on: date) -> Tariff | None:
    """The newest version that has begun by `on`."""
    return db.session.scalar(
        sa.select(Tariff).where(Tariff.offering_id == offering_id, Tariff.starts_on <= on).order_by(Tariff.version.desc()).limit(1)
    )


def find_latest_tariff(offering_id: uuid.UUID) -> Tariff | None:
    """The newest version, begun or not."""
    return db.session.scalar(sa.select(Tariff).where(Tariff.offering_id == offering_id).order_by(Tariff.version.desc()).limit(1))


def list_tariffs(offering_id: uuid.UUID) -> Sequence[Tariff]:
    """Newest version first."""
    return db.session.scalars(sa.select(Tariff).where(Tariff.offering_id == offering_id).order_by(Tariff.version.desc())).all()


def get_cohort(cohort_id: uuid.UUID, person: Person) -> Cohort:
    """A cohort of an offering within the person's sight. Raises NotFound."""
    statement = (
        sa.select(Cohort).join(Cohort.offering).where(Cohort.id == cohort_id, offerings_visible_to(person))
        .options(joinedload(Cohort.offering), joinedload(Cohort.practitioner), joinedload(Cohort.site))
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def list_cohorts(offering_id: uuid.UUID, *, running: bool = False) -> Sequence[Cohort]:
    """In the order they begin; `running` leaves out those that are closed or over."""
    statement = sa.select(Cohort).where(Cohort.offering_id == offering_id).options(
        joinedload(Cohort.practitioner), joinedload(Cohort.site)
    )
    if running:
        statement = statement.where(
            Cohort.state == CohortState.OPEN, sa.or_(Cohort.ends_on.is_(None), Cohort.ends_on >= clock.today())
        )
    return db.session.scalars(statement.order_by(Cohort.starts_on.is_(None), Cohort.starts_on, Cohort.created_at, Cohort.id)).all()


def get_series(series_id: uuid.UUID, person: Person) -> Series:
    """A series of a cohort of an offering within the person's sight. Raises NotFound."""
    statement = (
        sa.select(Series).join(Series.cohort).join(Cohort.offering).where(Series.id == series_id, offerings_visible_to(person))
        .options(joinedload(Series.cohort).joinedload(Cohort.offering))
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def list_series(cohort_id: uuid.UUID) -> Sequence[Series]:
    """In the order of the week."""
    return db.session.scalars(
        sa.select(Series).where(Series.cohort_id == cohort_id).order_by(Series.starts_on, Series.day, Series.start, Series.id)
    ).all()


def get_session(session_id: uuid.UUID, person: Person) -> Session:
    """A session of an offering within the person's sight. Raises NotFound."""
    statement = (
        sa.select(Session).join(Session.cohort).join(Cohort.offering)
        .where(Session.id == session_id, offerings_visible_to(person))
        .options(joinedload(Session.cohort).joinedload(Cohort.offering))
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def list_sessions(cohort_id: uuid.UUID) -> Sequence[Session]:
    """In time order."""
    return db.session.scalars(sa.select(Session).where(Session.cohort_id == cohort_id).order_by(Session.starts_at)).all()


def list_loose_sessions(cohort_id: uuid.UUID) -> Sequence[Session]:
    """What is planned and still to come and belongs to no regular meeting: from the offering's times, or added by hand. In time order."""
    return db.session.scalars(sa.select(Session).where(
        Session.cohort_id == cohort_id, Session.series_id.is_(None), Session.state == SessionState.SCHEDULED, Session.starts_at >= clock.now(),
    ).order_by(Session.starts_at)).all()


def next_sessions(cohort_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Session]:
    """The next planned session of each cohort that has one."""
    first = (
        sa.select(Session.cohort_id, sa.func.min(Session.starts_at).label("starts_at"))
        .where(Session.cohort_id.in_(cohort_ids), Session.state == SessionState.SCHEDULED, Session.starts_at >= clock.now())
        .group_by(Session.cohort_id).subquery()
    )
    statement = sa.select(Session).join(
        first, sa.and_(first.c.cohort_id == Session.cohort_id, first.c.starts_at == Session.starts_at)
    )
    return {session.cohort_id: session for session in db.session.scalars(statement)}


def list_offerings_to_check(zone_id: uuid.UUID, *, before: date) -> Sequence[Offering]:
    """Live offerings that nobody has confirmed since `before`, longest ago first."""
    statement = (
        sa.select(Offering).where(Offering.zone_id == zone_id, Offering.state == OfferingState.LIVE)
        .where(sa.or_(Offering.confirmed_on.is_(None), Offering.confirmed_on < before))
        .order_by(Offering.confirmed_on.is_not(None), Offering.confirmed_on, Offering.title, Offering.id)
    )
    return db.session.scalars(statement).all()


def get_organisation_in_full(organisation_id: uuid.UUID) -> Organisation:
    """With its offerings and practitioners, for its page. Raises NotFound."""
    found = db.session.scalar(
        sa.select(Organisation).where(Organisation.id == organisation_id)
        .options(selectinload(Organisation.offerings), selectinload(Organisation.practitioners))
    )
    if found is None:
        raise NotFound
    return found


def school_year(zone_id: uuid.UUID, school_id: uuid.UUID | None = None) -> SchoolYear:
    """The terms of one school, or of all of the Zone's taken together, and what their breaks are called."""
    statement = sa.select(Closure.starts_on, Closure.ends_on, Closure.name).join(School, School.id == Closure.school_id).where(
        School.zone_id == zone_id
    )
    if school_id is not None:
        statement = statement.where(School.id == school_id)
    names = db.session.execute(statement.distinct().order_by(Closure.starts_on, Closure.name)).all()
    return SchoolYear(zone_terms(zone_id, school_id), tuple(names))


def zone_terms(zone_id: uuid.UUID, school_id: uuid.UUID | None = None) -> ZoneTerms:
    """When the Zone's schools are in term, all taken together; or one of them."""
    wanted = sa.select(School.id).where(School.zone_id == zone_id)
    schools = db.session.scalars(wanted if school_id is None else wanted.where(School.id == school_id)).all()
    spans: list[dict[uuid.UUID, list[tuple[date, date]]]] = []
    for kind in (Term, Closure):
        by_school: dict[uuid.UUID, list[tuple[date, date]]] = {school_id: [] for school_id in schools}
        rows = db.session.execute(sa.select(kind.school_id, kind.starts_on, kind.ends_on).where(kind.school_id.in_(schools)))
        for school_id, starts_on, ends_on in rows:
            by_school[school_id].append((starts_on, ends_on))
        spans.append(by_school)
    terms, closures = spans
    return ZoneTerms(tuple((tuple(terms[id_]), tuple(closures[id_])) for id_ in schools if terms[id_]))


def locate(postcode: str) -> tuple[float, float] | None:
    """Where a postcode is: itself, else its sector, else its outcode; None when the postcode table knows none of them."""
    tidy = " ".join(postcode.upper().split())
    if not tidy:
        return None
    outward, _, inward = tidy.partition(" ")
    wanted = [tidy, f"{outward} {inward[:1]}".strip(), outward]
    rows = db.session.execute(
        sa.select(Postcode.code, Postcode.latitude, Postcode.longitude).where(Postcode.code.in_(wanted))
    ).all()
    found = {code: (latitude, longitude) for code, latitude, longitude in rows}
    return next((found[code] for code in wanted if code in found), None)
