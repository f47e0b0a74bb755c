"""Reads of commissions. What a person may see of one is decided in SQL; how the child is called there, in naming.py."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload, lazyload, load_only, selectinload

from app.accounts.models import Person, Role
from app.catalogue.models import Offering, Organisation
from app.children.models import Caseload, Child
from app.commissioning.models import (
    LIVE_STATES,
    WAITING_STATES,
    Commission,
    CommissionState,
    FundShare,
    Journal,
    SessionPrice,
    Together,
)
from app.introductions.models import Introduction
from app.introductions.policies import PARTNER_SEES
from app.shared import clock
from app.shared.db import db, in_parts, the_one


def visible_to(person: Person) -> sa.ColumnElement[bool]:
    """The commissions this person may see today.

    A Link Worker's own children's; a Zone manager's Zone; a budget holder's Zone (narrowed by the grant to a school or fund);
    a partner's own, from the moment the child's introduction was asked.
    """
    if not person.is_authenticated:
        return sa.false()
    reach: list[sa.ColumnElement[bool]] = []
    today = clock.today()
    for grant in person.live_grants:
        in_zone = Commission.zone_id == grant.zone_id
        if grant.role is Role.ZONE_MANAGER:
            reach.append(in_zone)
        elif grant.role is Role.LINK_WORKER:
            own = sa.select(Caseload.child_id).where(
                Caseload.person_id == person.id, Caseload.starts_on <= today,
                sa.or_(Caseload.ends_on.is_(None), Caseload.ends_on >= today),
            )
            reach.append(sa.and_(in_zone, Commission.child_id.in_(own)))
        elif grant.role is Role.BUDGET_HOLDER:
            narrowed = [in_zone]
            if grant.school_id is not None:
                narrowed.append(Commission.child_id.in_(sa.select(Child.id).where(Child.school_id == grant.school_id)))
            if grant.fund_id is not None:
                narrowed.append(Commission.id.in_(sa.select(FundShare.commission_id).where(FundShare.fund_id == grant.fund_id)))
            reach.append(sa.and_(*narrowed))
        elif grant.role is Role.PARTNER_ADMIN:
            asked = sa.select(Introduction.id).where(
                Introduction.organisation_id == grant.organisation_id, Introduction.state.in_(PARTNER_SEES)
            )
            reach.append(sa.and_(
                in_zone, Commission.organisation_id == grant.organisation_id, Commission.introduction_id.in_(asked)
            ))
    return sa.or_(*reach) if reach else sa.false()


_WHOLE = (
    selectinload(Commission.shares), selectinload(Commission.decisions), selectinload(Commission.suspensions),
    selectinload(Commission.place), selectinload(Commission.practitioner), selectinload(Commission.introduction),
    selectinload(Commission.child).selectinload(Child.school),
)

# What a line of the list says; the tables beside are wide, and a Zone manager's list is long.
_LISTED = (
    lazyload(Commission.cohort), lazyload(Commission.tariff), lazyload(Commission.requested_by),
    joinedload(Commission.offering, innerjoin=True).options(load_only(Offering.title), lazyload(Offering.organisation)),
    joinedload(Commission.organisation, innerjoin=True).options(load_only(Organisation.name), lazyload(Organisation.zone)),
    selectinload(Commission.child).selectinload(Child.school),
)


def get_commission(commission_id: uuid.UUID, person: Person) -> Commission:
    """Raises NotFound outside the person's sight, exactly as if there were none."""
    statement = sa.select(Commission).where(Commission.id == commission_id, visible_to(person)).options(*_WHOLE)
    return the_one(statement)


def list_commissions(person: Person, states: Iterable[CommissionState] = ()) -> Sequence[Commission]:
    """Those the person may see (in these states), the newest request first, with what a list says of each."""
    statement = sa.select(Commission).where(visible_to(person))
    wanted = list(states)
    if wanted:
        statement = statement.where(Commission.state.in_(wanted))
    statement = statement.options(*_LISTED).order_by(Commission.requested_at.desc(), Commission.id)
    return db.session.scalars(statement).unique().all()


def list_queue(person: Person) -> Sequence[Commission]:
    """What waits for a decision by this budget holder, the soonest to run out first. Lapsed requests are gone from it."""
    from_grants = [g for g in person.live_grants if g.role is Role.BUDGET_HOLDER] if person.is_authenticated else []
    if not from_grants:
        return []
    statement = (
        sa.select(Commission)
        .where(
            Commission.state == CommissionState.REQUESTED, visible_to(person),
            Commission.zone_id.in_({g.zone_id for g in from_grants}),
            sa.or_(Commission.decide_by.is_(None), Commission.decide_by > clock.now()),
        )
        .options(*_WHOLE)
        .order_by(Commission.decide_by.is_(None), Commission.decide_by, Commission.requested_at, Commission.id)
    )
    return db.session.scalars(statement).unique().all()


def list_for_child(child_id: uuid.UUID, year: int | None = None) -> Sequence[Commission]:
    """All of a child's commissions (of one school year), oldest first. The caller has checked that the child is theirs to see."""
    statement = sa.select(Commission).where(Commission.child_id == child_id, Commission.state != CommissionState.DRAFT)
    if year is not None:
        statement = statement.where(Commission.year == year)
    statement = statement.options(selectinload(Commission.shares)).order_by(Commission.requested_at, Commission.id)
    return db.session.scalars(statement).unique().all()


def find_live_commission(introduction_id: uuid.UUID) -> Commission | None:
    """The one live commission of an introduction; a lapsed request is not live any more."""
    statement = sa.select(Commission).where(Commission.introduction_id == introduction_id, Commission.state.in_(LIVE_STATES))
    found = db.session.scalars(statement).unique().one_or_none()
    return None if found is None or found.has_lapsed else found


def live_commission_ids(*, introduction_ids: Iterable[uuid.UUID] = (), child_id: uuid.UUID | None = None,
                        organisation_id: uuid.UUID | None = None) -> set[uuid.UUID]:
    """Live commissions of these introductions, or of a child (with one organisation)."""
    statement = sa.select(Commission.id).where(Commission.state.in_(LIVE_STATES))
    if child_id is not None:
        statement = statement.where(Commission.child_id == child_id)
        if organisation_id is not None:
            statement = statement.where(Commission.organisation_id == organisation_id)
    else:
        statement = statement.where(Commission.introduction_id.in_(list(introduction_ids)))
    return set(db.session.scalars(statement))


def find_commission_of_place(place_id: uuid.UUID) -> Commission | None:
    """The live commission that stands behind a place."""
    statement = sa.select(Commission).where(Commission.place_id == place_id, Commission.state.in_(LIVE_STATES))
    return db.session.scalars(statement).unique().one_or_none()


def list_due(limit: int = 200) -> Sequence[uuid.UUID]:
    """Requests whose hold has run out, oldest first."""
    statement = (
        sa.select(Commission.id).where(Commission.state.in_(WAITING_STATES), Commission.decide_by <= clock.now())
        .order_by(Commission.decide_by, Commission.id).limit(limit)
    )
    return db.session.scalars(statement).all()


# --- sessions in the ledger ----------------------------------------------------------------------


def list_session_journals(commission_id: uuid.UUID, session_id: uuid.UUID) -> dict[int, Journal]:
    """What was posted for one session of one commission, by revision."""
    prefix = f"commission:{commission_id}:session:{session_id}:deliver:"
    statement = sa.select(Journal).where(Journal.key.startswith(prefix)).options(selectinload(Journal.postings))
    return {int(journal.key.removeprefix(prefix)): journal for journal in db.session.scalars(statement)}


def find_session_price(commission_id: uuid.UUID, session_id: uuid.UUID) -> SessionPrice | None:
    """None while the session has no register that counts (a pause does not)."""
    statement = sa.select(SessionPrice).where(SessionPrice.commission_id == commission_id, SessionPrice.session_id == session_id)
    return db.session.scalars(statement).one_or_none()


def session_prices(commission_ids: Iterable[uuid.UUID]) -> dict[tuple[uuid.UUID, str], SessionPrice]:
    """Every price that is fixed, by commission and session (as text)."""
    found: dict[tuple[uuid.UUID, str], SessionPrice] = {}
    for part in in_parts(sorted(commission_ids)):
        for price in db.session.scalars(sa.select(SessionPrice).where(SessionPrice.commission_id.in_(part))):
            found[price.commission_id, str(price.session_id)] = price
    return found


def count_sessions_posted(commission_id: uuid.UUID) -> int:
    """Sessions with a register, whatever was owed for them."""
    prefix = f"commission:{commission_id}:session:"
    keys = db.session.scalars(sa.select(Journal.key).where(Journal.key.startswith(prefix), Journal.kind == "accrual"))
    return len({key.removeprefix(prefix).partition(":")[0] for key in keys})


def list_asked_together(commission: Commission, person: Person) -> Sequence[Commission]:
    """The others of its party that this person may see, in the order of their references."""
    own, other = aliased(Together), aliased(Together)
    return db.session.scalars(
        sa.select(Commission).join(other, other.commission_id == Commission.id).join(own, own.group_id == other.group_id)
        .join(Child, Child.id == Commission.child_id)
        .where(own.commission_id == commission.id, Commission.id != commission.id, visible_to(person))
        .options(contains_eager(Commission.child).selectinload(Child.school)).order_by(Child.reference)
    ).all()
