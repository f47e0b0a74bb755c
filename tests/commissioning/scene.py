"""A small Zone to commission in: who is there, what is offered, and money. Built through the services where a trail matters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from app.accounts.models import Person, Role, RoleGrant, School, Zone
from app.accounts.passwords import hash_password
from app.catalogue.models import Cohort, Offering, Organisation, Practitioner, Tariff
from app.children.models import Child
from app.commissioning.models import Commission, Fund, Waiting
from app.commissioning.services import commissions, decisions, delivery, funds
from app.introductions.models import Introduction, IntroductionState
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories as make

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A school day in the autumn term; tomorrow's sessions are on Tuesdays."""


@dataclass
class Scene:
    zone: Zone
    school: School
    link_worker: Person
    manager: Person
    holder: Person
    second: Person
    partner: Person
    organisation: Organisation
    practitioner: Practitioner
    offering: Offering
    tariff: Tariff
    cohort: Cohort
    fund: Fund

    def child(self, **given: Any) -> Child:
        return make.make_child(self.school, self.link_worker, **given)

    def introduction(
        self, child: Child | None = None, state: IntroductionState = IntroductionState.READY, offering: Offering | None = None
    ) -> Introduction:
        return make.make_introduction(child or self.child(), offering or self.offering, self.link_worker, state)

    def request(self, introduction: Introduction | None = None, **given: Any) -> Commission:
        """Ten sessions at £20 in the scene's cohort, asked for by the Link Worker."""
        introduction = introduction or self.introduction()
        return commissions.request(**{
            "introduction_id": introduction.id, "cohort_id": self.cohort.id, "sessions": 10,
            "need_code": introduction.child.needs[0].code, "goal": "To drum in a group.", "why": "Drumming is the one thing she asks for.",
            "free_alternatives": "The library has no drums.", "actor": self.link_worker, **given,
        })

    def approved(self, introduction: Introduction | None = None, **given: Any) -> Commission:
        return decisions.approve(commission_id=self.request(introduction, **given).id, actor=self.holder)

    def confirmed(self, introduction: Introduction | None = None, **given: Any) -> Commission:
        commission = self.approved(introduction, **given)
        return delivery.confirm(commission_id=commission.id, practitioner_id=self.practitioner.id, actor=self.partner)

    def going(self, introduction: Introduction | None = None, **given: Any) -> Commission:
        return delivery.start_delivery(commission_id=self.confirmed(introduction, **given).id)

    def sessions(self, commission: Commission | None = None) -> list[Any]:
        return list(db.session.get_one(Cohort, (commission.cohort_id if commission else self.cohort.id)).sessions)

    def fund_with(self, pence: int, *, name: str = "", funder: str = "", **given: Any) -> Fund:
        """A fund open to all, with that much received."""
        n = make.some_id().hex[:6]
        fund = funds.open_fund(**{
            "zone_id": self.zone.id, "name": name or f"Fund {n}", "funder": funder or f"Funder {n}", "actor": self.manager,
            "starts_on": clock.today() - timedelta(days=100), "ends_on": clock.today() + timedelta(days=600), **given,
        })
        if pence:
            funds.pledge(fund_id=fund.id, pence=pence, reference="letter 1", actor=self.manager)
            funds.receive(fund_id=fund.id, pence=pence, reference="bank 1", actor=self.manager)
        return fund

    def budget_holder(self, **given: Any) -> Person:
        return person(Role.BUDGET_HOLDER, self.zone, **given)


@cache
def _password_hash() -> str:
    return hash_password(make.PASSWORD)


def person(role: Role, zone: Zone, **grant: Any) -> Person:
    """Somebody with that role who can sign in with the factories' PASSWORD; it is hashed once for all of them."""
    tag = make.some_id().hex[:8]
    found = Person(id=uuid4(), email=f"{role}-{tag}@example.org", name=f"{role.title().replace('_', ' ')} {tag[:4]}", password_hash=_password_hash())
    found.grants = [RoleGrant(role=role, zone_id=zone.id, starts_on=clock.today() - timedelta(days=400), **grant)]
    return make.save(found)


def build(
    *, money: int = 500_000, capacity: int = 5, price_pence: int = 2_000, sessions: int = 12, **zone: Any
) -> Scene:
    """A Zone with £5,000 in one fund open to all, and a group of five that meets twelve Tuesdays, at £20 a child and session."""
    _password_hash()  # before the transaction: hashing inside it would hold the write lock
    with atomic():  # one transaction, so each row is given its key
        made = make.make_zone(id=uuid4(), **zone)
        school = make.make_school(made, id=uuid4())
        organisation = make.make_organisation(made, id=uuid4())
        offering = make.make_offering(organisation, id=uuid4())
        scene = Scene(
            zone=made, school=school, link_worker=person(Role.LINK_WORKER, made), manager=person(Role.ZONE_MANAGER, made),
            holder=person(Role.BUDGET_HOLDER, made), second=person(Role.BUDGET_HOLDER, made),
            partner=person(Role.PARTNER_ADMIN, made, organisation_id=organisation.id), organisation=organisation,
            practitioner=make.make_practitioner(organisation, id=uuid4()), offering=offering,
            tariff=make.make_tariff(offering, id=uuid4(), price_pence=price_pence),
            cohort=make.make_cohort(offering, id=uuid4(), sessions=sessions, capacity=capacity), fund=None,  # type: ignore[arg-type]
        )
        scene.fund = scene.fund_with(money, name="Open fund", funder="Larch Tree Foundation")
    return scene


def turn_of(commission: Commission) -> Waiting:
    return db.session.query(Waiting).filter_by(commission_id=commission.id).one()


def day(text: str) -> date:
    return date.fromisoformat(text)
