"""The Zone's approval scheme, and people's declared interests."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from app.accounts.models import Person, Zone
from app.audit import services as audit
from app.catalogue.models import Organisation
from app.commissioning.models import ApprovalStep, DeclaredInterest
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Invalid, NotFound

MOST_PEOPLE = 3


def set_steps(*, zone_id: uuid.UUID, steps: Sequence[tuple[int, int]], actor: Person) -> Sequence[ApprovalStep]:
    """Say above which sum (pence) how many different people must approve. No steps: two above the Zone's threshold.

    Raises Invalid for a sum twice, people out of range, or fewer people for more money.
    """
    if len({above for above, _ in steps}) != len(steps):
        raise Invalid("Each amount stands once.", field="above")
    ordered = sorted(steps)
    for above, people in ordered:
        if above < 0 or not 1 <= people <= MOST_PEOPLE:
            raise Invalid(f"Between 1 and {MOST_PEOPLE} people, above an amount.", field="people")
    if any(later < earlier for (_, earlier), (_, later) in zip(ordered, ordered[1:], strict=False)):
        raise Invalid("More money cannot need fewer people.", field="people")
    with atomic():
        zone = lock_row(Zone, zone_id)
        db.session.execute(sa.delete(ApprovalStep).where(ApprovalStep.zone_id == zone.id))
        made = [ApprovalStep(zone_id=zone.id, above_pence=above, people=people) for above, people in ordered]
        db.session.add_all(made)
        audit.record(
            "commissioning.scheme.changed", subject=zone, actor=actor, zone_id=zone.id,
            steps=[{"above_pence": above, "people": people} for above, people in ordered],
        )
        return made


def declare_interest(*, organisation_id: uuid.UUID, reason: str, actor: Person) -> DeclaredInterest:
    """From now on the actor decides nothing about this organisation. Declaring it again brings the reason up to date."""
    with atomic():
        organisation = db.session.get(Organisation, organisation_id)
        if organisation is None or organisation.zone_id not in actor.zone_ids():
            raise NotFound
        if not reason.strip():
            raise Invalid("Say what it is: trustee, family, paid work, for example.", field="reason")
        interest = _find(actor.id, organisation_id)
        if interest is None:
            interest = DeclaredInterest(person_id=actor.id, organisation_id=organisation_id)
            db.session.add(interest)
        interest.reason, interest.ended_on = reason.strip(), None
        audit.record(
            "commissioning.interest.declared", subject=interest, actor=actor, zone_id=organisation.zone_id,
            organisation=organisation_id,
        )
        return interest


def end_interest(*, interest_id: uuid.UUID, actor: Person) -> DeclaredInterest:
    """It no longer stands, from today. Only one's own. Raises NotFound."""
    with atomic():
        interest = db.session.get(DeclaredInterest, interest_id)
        if interest is None or interest.person_id != actor.id:
            raise NotFound
        if interest.ended_on is None or interest.ended_on > clock.today():
            interest.ended_on = clock.today()
            organisation = db.session.get_one(Organisation, interest.organisation_id)
            audit.record(
                "commissioning.interest.ended", subject=interest, actor=actor, zone_id=organisation.zone_id,
                organisation=interest.organisation_id,
            )
        return interest


def _find(person_id: uuid.UUID, organisation_id: uuid.UUID) -> DeclaredInterest | None:
    return db.session.scalars(sa.select(DeclaredInterest).where(
        DeclaredInterest.person_id == person_id, DeclaredInterest.organisation_id == organisation_id
    )).one_or_none()
