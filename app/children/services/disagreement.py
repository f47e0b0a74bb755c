"""Two carers who disagree: the yes and the no both stay on record, and nothing is shared until the no is taken back."""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit.services import record
from app.children import policies, queries, school_queries
from app.children.models import Child, Consent
from app.children.school_models import ConsentObjection
from app.notifications.models import Urgency
from app.notifications.services import close_tasks, open_task
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, Invalid

TASK = "consent.disagreement"


def object_to_sharing(
    *, child_id: uuid.UUID, organisation_id: uuid.UUID, carer_id: uuid.UUID, words: str, said_on: date, actor: Person,
) -> ConsentObjection:
    """A parent or carer says no to an organisation. What another carer agreed to waits from this moment; nothing of it is deleted.

    Saying it twice is saying it once. Raises NotFound, Forbidden, Invalid at the field when the carer has no parental
    responsibility, is the one who agreed (who withdraws instead), or the day lies ahead.
    """
    with atomic():
        child = queries.get_child_by_id(child_id)
        if not policies.can_withdraw_consent(actor, child):
            raise Forbidden
        carer = queries.get_carer(carer_id, child_id)
        organisation = queries.organisation_in_zone(organisation_id, child.zone_id)
        if not carer.has_parental_responsibility:
            raise Invalid(_("%(carer)s has no parental responsibility for %(child)s. Talk with somebody who has.", carer=carer.name, child=child.called), field="carer_id")
        if said_on > clock.today():
            raise Invalid(_("It cannot have been said on a day that is still to come."), field="said_on")
        standing = [o for o in school_queries.standing_objections(child_id, organisation_id) if o.carer_id == carer_id]
        if standing:
            return standing[0]
        consents = [c for c in child.consents if c.organisation_id == organisation_id and c.withdrawn_at is None]
        if any(consent.carer_id == carer_id for consent in consents):
            raise Invalid(_("%(carer)s is the one who agreed. Taking it back is “Stop sharing”, which works at once.", carer=carer.name), field="carer_id")
        objection = ConsentObjection(
            child_id=child_id, organisation_id=organisation_id, carer_id=carer_id, said_on=said_on, words=words.strip(), recorded_by_id=actor.id,
        )
        db.session.add(objection)
        for consent in consents:
            consent.waits_since = consent.waits_since or clock.now()
        record("children.consent_objection.recorded", subject=objection, actor=actor, zone_id=child.zone_id, organisation=organisation_id,
               carer=carer_id, waits=[consent.id for consent in consents])
        lead = queries.find_lead(child_id)
        if lead is not None:
            open_task(
                person_id=lead.id, kind=TASK, subject=objection, child_id=child_id, zone_id=child.zone_id, icon="users",
                title=f"Two carers do not agree about {organisation.name}", text="Nothing is shared until they do. Talk with both.",
                action="See both", url=f"/children/{child_id}/consents", urgency=Urgency.NOW,
            )
        return objection


def lift_objection(*, objection_id: uuid.UUID, child_id: uuid.UUID, why: str, actor: Person) -> ConsentObjection:
    """The carer who said no agrees after all. When nobody says no any more, what was agreed counts again. Twice is once.

    Raises NotFound, Forbidden, Invalid at `why`.
    """
    with atomic():
        child = queries.get_child_by_id(child_id)
        if not policies.can_work_with_child(actor, child):
            raise Forbidden
        objection = school_queries.get_objection(objection_id, child_id)
        if objection.lifted_at is not None:
            return objection
        if not why.strip():
            raise Invalid(_("Write what was said, and how."), field="why")
        _lift(child, objection, why, actor)
        return objection


def forget_own_no(child: Child, organisation_id: uuid.UUID, carer_id: uuid.UUID, actor: Person) -> None:
    """Somebody who said no and now consents has taken the no back. Inside a verb."""
    for objection in school_queries.standing_objections(child.id, organisation_id):
        if objection.carer_id == carer_id:
            _lift(child, objection, "Consented after all.", actor)


def _lift(child: Child, objection: ConsentObjection, why: str, actor: Person) -> None:
    objection.lifted_at, objection.lifted_by_id, objection.lifted_why = clock.now(), actor.id, why.strip()
    db.session.flush()
    if not school_queries.standing_objections(child.id, objection.organisation_id):
        waiting = sa.select(Consent).where(
            Consent.child_id == child.id, Consent.organisation_id == objection.organisation_id, Consent.waits_since.is_not(None),
        )
        for consent in db.session.scalars(waiting).unique():
            consent.waits_since = None
    close_tasks(kind=TASK, subject=objection, why="They agree now.")
    record("children.consent_objection.lifted", subject=objection, actor=actor, zone_id=child.zone_id, organisation=objection.organisation_id)


