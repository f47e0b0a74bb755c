"""Statements of the demo's partners: some paid by a bank file, some on their way, some waiting for somebody's word."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.accounts.models import Role
from app.accounts.queries import people_with
from app.attendance.queries import list_over
from app.billing import services as billing
from app.billing.queries import unbilled_by_organisation
from app.billing.services import paying
from app.catalogue.models import Cohort, Offering, Organisation, Session
from app.catalogue.services.sessions import close_session
from app.demo.world import World
from app.payments.models import BankFile
from app.payments.services import payees, runs
from app.shared import clock
from app.shared.db import atomic, db

PARTNERS = 5
"""How many organisations are paid: the first ones that have earned, by name."""


def pay_partners(world: World) -> None:
    """Two months ago is paid, last month waits at each step. Their registers are locked first, as the worker does by itself."""
    names = {o.id: o.name for o in db.session.scalars(sa.select(Organisation).where(Organisation.zone_id == world.zone.id))}
    owed = sorted((names[organisation_id], organisation_id) for _, organisation_id in unbilled_by_organisation([world.zone.id]))[:PARTNERS]
    first_of_month = clock.today().replace(day=1)
    before = (first_of_month - timedelta(days=1)).replace(day=1) - timedelta(days=1)
    with atomic():
        _lock_registers([organisation_id for _, organisation_id in owed])
        with clock.freeze(clock.now() - timedelta(days=60)):
            for number, (name, organisation_id) in enumerate(owed):
                _take_in_bank_details(world, organisation_id, name, number)
        with clock.freeze(clock.now() - timedelta(days=9)):
            done = [_as_far_as(world, organisation_id, before, 3) for _, organisation_id in owed]
            if any(done):
                _pay(world)
        for number, (_, organisation_id) in enumerate(owed):
            _as_far_as(world, organisation_id, first_of_month - timedelta(days=1), number)


def _lock_registers(organisation_ids: list[UUID]) -> None:
    theirs = set(db.session.scalars(
        sa.select(Session.id).join(Cohort, Cohort.id == Session.cohort_id).join(Offering, Offering.id == Cohort.offering_id)
        .where(Offering.organisation_id.in_(organisation_ids))
    ))
    for session_id in list_over(limit=10_000):
        if session_id in theirs:
            close_session(session_id=session_id, actor=None)


def _take_in_bank_details(world: World, organisation_id: UUID, name: str, number: int) -> None:
    payee = payees.ensure_payee(zone_id=world.zone.id, owner_id=organisation_id, name=name)
    detail = payees.propose_details(
        payee_id=payee.id, account_name=name, sort_code="00-00-00", account=f"{70_000_000 + number * 11_111}", actor=world.manager
    )
    payees.confirm_details(detail_id=detail.id, checked_how="Rang the coordinator on the number in the contract.", actor=world.holders[-1])


def _as_far_as(world: World, organisation_id: UUID, through: date, steps: int) -> bool:
    """Drawn up, then agreed, verified and approved: so many of these. False where nothing is owed."""
    try:
        statement = billing.draw_up(organisation_id=organisation_id, through_on=through, actor=world.manager)
    except billing.NothingOwed:
        return False
    partners = people_with(Role.PARTNER_ADMIN, world.zone.id, organisation_id=organisation_id)
    if not partners:
        return False
    for verb, actor in ((billing.agree, partners[0]), (billing.verify, world.manager), (billing.approve, world.holders[-1]))[:steps]:
        verb(statement_id=statement.id, actor=actor)
    return True


def _pay(world: World) -> None:
    """One run by bank file: all paid but one, which the bank has."""
    run = paying.prepare_run(zone_id=world.zone.id, actor=world.manager)
    for holder in [world.holders[-1], world.holders[-2]][: run.needs]:
        runs.approve(run_id=run.id, actor=holder)
    for file_id in db.session.scalars(sa.select(BankFile.id).where(BankFile.run_id == run.id)).all():
        runs.mark_uploaded(file_id=file_id, actor=world.manager)
    for payment in run.payments[1:] or run.payments:
        runs.mark_paid(payment_id=payment.id, actor=world.manager)
