"""Once a month a partner is asked whether all is still right, on its page and by e-mail, and says so with one tap."""

from __future__ import annotations

import uuid
from datetime import timedelta

import sqlalchemy as sa

from app.accounts.models import Person, Role, RoleGrant
from app.accounts.queries import people_with
from app.audit import services as audit
from app.catalogue.models import Offering, OfferingState, Organisation, OrganisationKind, PartnerState
from app.catalogue.services import powers
from app.notifications import services as notifications
from app.notifications.queries import keys_of
from app.shared import clock
from app.shared.db import atomic, db, lock_row

STILL_RIGHT_EVERY = timedelta(days=30)
LETTER = "catalogue.still_right"


def confirm_all(*, organisation_id: uuid.UUID, actor: Person) -> Organisation:
    """What is written about the organisation and everything it offers is right today; pressed twice is said once."""
    with atomic():
        organisation, today = lock_row(Organisation, organisation_id), clock.today()
        powers.runs(actor, organisation)
        live = sa.select(Offering).where(
            Offering.organisation_id == organisation_id, Offering.state.in_((OfferingState.LIVE, OfferingState.PAUSED)),
            sa.or_(Offering.confirmed_on.is_(None), Offering.confirmed_on < today),
        )
        for offering in db.session.scalars(live).unique():
            offering.confirmed_on, offering.confirmed_by_id = today, actor.id
            audit.record("catalogue.offering.confirmed", subject=offering, actor=actor, on=today)
        if organisation.confirmed_on != today:
            organisation.confirmed_on, organisation.confirmed_by_id = today, actor.id
            audit.record("catalogue.organisation.confirmed", subject=organisation, actor=actor, on=today)
        return organisation


def sweep() -> None:
    """The e-mail, once for each month that passes without a word; the page of today says it all the time."""
    month, said = f"{clock.today():%Y-%m}", keys_of(LETTER)
    asked = {key.split(":")[1] for key in said if key.endswith(month)}
    due = [one.id for one in db.session.scalars(_due()).unique() if str(one.id) not in asked]
    db.session.rollback()
    for organisation_id in due:
        with atomic():
            organisation = db.session.get_one(Organisation, organisation_id)
            for person in people_with(Role.PARTNER_ADMIN, organisation.zone_id, organisation_id=organisation_id):
                notifications.post(
                    topic=LETTER, payload={"organisation": str(organisation_id), "person": str(person.id)},
                    dedupe=f"{LETTER}:{organisation_id}:{person.id}:{month}",
                )


def _due() -> sa.Select[Organisation]:
    before = clock.today() - STILL_RIGHT_EVERY
    return sa.select(Organisation).where(
        Organisation.kind == OrganisationKind.PARTNER, Organisation.state == PartnerState.LIVE,
        sa.or_(Organisation.confirmed_on <= before, sa.and_(Organisation.confirmed_on.is_(None), Organisation.created_at < clock.now() - STILL_RIGHT_EVERY)),
        sa.exists().where(Offering.organisation_id == Organisation.id, Offering.state == OfferingState.LIVE),
        sa.exists().where(RoleGrant.organisation_id == Organisation.id, RoleGrant.role == Role.PARTNER_ADMIN),
    ).order_by(Organisation.id)
