"""A Zone with everybody whom one child's way needs, in the live server's database; and time that passes there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa

from app.accounts.models import Closure, Person, School, Zone
from app.catalogue.models import Cohort, Offering, Organisation, Practitioner, Session
from app.children.models import Child, Voice
from app.commissioning.models import Commission, Fund
from app.shared.db import Row, atomic, db
from tests import factories
from tests.commissioning import scene
from tests.support.live import Live

R = TypeVar("R", bound=Row)
LINK_WORKER, BUDGET_HOLDER, PARTNER, ZONE_MANAGER = "Joanne Price", "Beatrice Lyle", "Theo Brown", "Tessa Marlow"
ORGANISATION, OFFERING, GROUP, FUND = "Westway Beats", "First Beats", "Autumn drummers", "Larch Tree grant"


@dataclass(frozen=True)
class Stage:
    """Who signs in with what, and the scene itself for what happens outside the journey (its rows belong to an app context)."""

    live: Live
    emails: dict[str, str]
    zone_id: UUID
    cohort_id: UUID
    fund_id: UUID

    def meanwhile(self, happens: Callable[[scene.Scene], object]) -> None:
        """What others do in the meantime, by the same verbs as their pages."""
        with self.live.app.app_context():
            happens(_scene_of(self))

    def child(self, first_name: str) -> None:
        """A child on the caseload who has not been heard yet: no words, no consent, no introduction."""
        with self.live.app.app_context():
            child = _scene_of(self).child(first_name=first_name, last_name="Okonjo")
            with atomic():
                db.session.execute(sa.delete(Voice).where(Voice.child_id == child.id))

    def first_session_is_today(self) -> None:
        """Days go by until the group has met for the first time, earlier today."""
        with self.live.app.app_context(), atomic():
            first = db.session.scalars(
                sa.select(Session).where(Session.cohort_id == self.cohort_id).order_by(Session.starts_at)
            ).first()
            assert first is not None
            first.starts_at = factories.earlier_today()
            first.ends_at = first.starts_at + timedelta(minutes=55)


def set_stage(live: Live, *, capacity: int = 5) -> Stage:
    """One Link Worker, one budget holder, one partner with one group at £20, one fund of £5,000, one free club next door."""
    with live.app.app_context():
        made = scene.build(capacity=capacity)
        people = {LINK_WORKER: made.link_worker, BUDGET_HOLDER: made.holder, PARTNER: made.partner, ZONE_MANAGER: made.manager}
        with atomic():
            for name, person in people.items():
                db.session.get_one(Person, person.id).name = name
            db.session.get_one(Organisation, made.organisation.id).name = ORGANISATION
            db.session.get_one(Practitioner, made.practitioner.id).name = PARTNER
            db.session.get_one(Offering, made.offering.id).title = OFFERING
            db.session.get_one(Cohort, made.cohort.id).name = GROUP
            db.session.get_one(Fund, made.fund.id).name = FUND
            # The weeks of a journey are the weeks in which it is tested: no holiday may lie in them.
            db.session.execute(sa.delete(Closure).where(Closure.school_id == made.school.id))
        library = factories.make_organisation(made.zone, name="Bridge Library", with_documents=False)
        factories.make_offering(library, title="Story drummers", kind="community_asset")
        return Stage(live, {name: person.email for name, person in people.items()}, made.zone.id, made.cohort.id, made.fund.id)


def _scene_of(stage: Stage) -> scene.Scene:
    """The scene again, read anew in this app context."""
    cohort = _read(Cohort, stage.cohort_id)
    organisation = _read(Organisation, cohort.offering.organisation_id)
    people = {name: db.session.scalars(sa.select(Person).where(Person.email == email)).one() for name, email in stage.emails.items()}
    return scene.Scene(
        zone=_read(Zone, stage.zone_id), school=db.session.scalars(sa.select(School).where(School.zone_id == stage.zone_id)).one(),
        link_worker=people[LINK_WORKER], manager=people[ZONE_MANAGER], holder=people[BUDGET_HOLDER], second=people[BUDGET_HOLDER],
        partner=people[PARTNER], organisation=organisation,
        practitioner=db.session.scalars(sa.select(Practitioner).where(Practitioner.organisation_id == organisation.id)).one(),
        offering=cohort.offering, tariff=cohort.offering.tariffs[0], cohort=cohort, fund=_read(Fund, stage.fund_id),
    )


def _read(kind: type[R], key: UUID) -> R:
    return db.session.get_one(kind, key)


def child_called(first_name: str) -> Child:
    return db.session.scalars(sa.select(Child).where(Child.first_name == first_name)).one()


def commission_of(first_name: str) -> Commission:
    return db.session.scalars(sa.select(Commission).where(Commission.child_id == child_called(first_name).id)).one()
