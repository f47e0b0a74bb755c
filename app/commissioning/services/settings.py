"""The Zone's approval scheme, and people's declared interests."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person, School, Zone
from app.audit import services as audit
from app.catalogue.models import Organisation
from app.commissioning.models import ApprovalStep, DeclaredInterest, Fund
from app.commissioning.queries.deciding import list_all_steps, list_steps
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Invalid, NotFound

MOST_PEOPLE = 3


def set_steps(*, zone_id: uuid.UUID, steps: Sequence[tuple[int, int]], actor: Person) -> Sequence[ApprovalStep]:
    """Say above which sum (pence) how many different people must approve. No steps: two above the Zone's threshold.

    Raises Invalid for a sum twice, people out of range, or fewer people for more money.
    """
    with atomic():
        return _write_steps(lock_row(Zone, zone_id), steps, actor)


def add_step(
    *, zone_id: uuid.UUID, above_pence: int, people: int, actor: Person, school_id: uuid.UUID | None = None,
    fund_id: uuid.UUID | None = None,
) -> Sequence[ApprovalStep]:
    """One more step beside those that stand; for one school or one fund it holds beside the Zone's. Raises Invalid as set_steps does."""
    with atomic():
        zone = lock_row(Zone, zone_id)
        whose = _whose(zone, school_id, fund_id)
        standing = [(s.above_pence, s.people) for s in _standing(zone, whose)]
        return _write_steps(zone, [*standing, (above_pence, people)], actor, whose)


def remove_step(*, zone_id: uuid.UUID, step_id: uuid.UUID, actor: Person) -> Sequence[ApprovalStep]:
    """All steps but this one; nothing changes when it is gone already."""
    with atomic():
        zone = lock_row(Zone, zone_id)
        step = db.session.get(ApprovalStep, step_id)
        if step is None or step.zone_id != zone.id:
            return list_steps(zone_id)
        whose = (step.school_id, step.fund_id)
        left = [(s.above_pence, s.people) for s in _standing(zone, whose) if s.id != step_id]
        return _write_steps(zone, left, actor, whose)


Whose = tuple[uuid.UUID | None, uuid.UUID | None]
"""The school or the fund whose steps they are; neither: the Zone's."""


def _whose(zone: Zone, school_id: uuid.UUID | None, fund_id: uuid.UUID | None) -> Whose:
    if school_id is not None and fund_id is not None:
        raise Invalid(_("A step is for one school or for one fund."), field="fund")
    school = db.session.get(School, school_id) if school_id else None
    fund = db.session.get(Fund, fund_id) if fund_id else None
    if (school_id and (school is None or school.zone_id != zone.id)) or (fund_id and (fund is None or fund.zone_id != zone.id)):
        raise NotFound
    return school_id, fund_id


def _standing(zone: Zone, whose: Whose) -> list[ApprovalStep]:
    return [s for s in list_all_steps([zone.id]) if (s.school_id, s.fund_id) == whose]


def _write_steps(zone: Zone, steps: Sequence[tuple[int, int]], actor: Person, whose: Whose = (None, None)) -> Sequence[ApprovalStep]:
    """The Zone is locked. What stays as it was keeps its row, so that a page drawn before still points at it."""
    ordered = _checked(steps)
    standing = {(step.above_pence, step.people): step for step in _standing(zone, whose)}
    for key, step in standing.items():
        if key not in ordered:
            db.session.delete(step)
    db.session.flush()
    school_id, fund_id = whose
    made = [
        standing.get(key) or ApprovalStep(zone_id=zone.id, above_pence=key[0], people=key[1], school_id=school_id, fund_id=fund_id)
        for key in ordered
    ]
    db.session.add_all(made)
    audit.record(
        "commissioning.scheme.changed", subject=zone, actor=actor, zone_id=zone.id, school=school_id, fund=fund_id,
        steps=[{"above_pence": above, "people": people} for above, people in ordered],
    )
    return made


def _checked(steps: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The steps, the lowest amount first."""
    if len({above for above, _ in steps}) != len(steps):
        raise Invalid(_("Each amount stands once."), field="above")
    ordered = sorted(steps)
    for above, people in ordered:
        if above < 0 or not 1 <= people <= MOST_PEOPLE:
            raise Invalid(_("Between 1 and %(most)s people, above an amount.", most=MOST_PEOPLE), field="people")
    if any(later < earlier for (_, earlier), (_, later) in zip(ordered, ordered[1:], strict=False)):
        raise Invalid(_("More money cannot need fewer people."), field="people")
    return ordered


def declare_interest(*, organisation_id: uuid.UUID, reason: str, actor: Person) -> DeclaredInterest:
    """From now on the actor decides nothing about this organisation. Declaring it again brings the reason up to date."""
    with atomic():
        organisation = db.session.get(Organisation, organisation_id)
        if organisation is None or organisation.zone_id not in actor.zone_ids():
            raise NotFound
        if not reason.strip():
            raise Invalid(_("Say what it is: trustee, family, paid work, for example."), field="reason")
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
