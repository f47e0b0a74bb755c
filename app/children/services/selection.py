"""Who comes onto the programme: the Zone's criteria, and a person's decision about one pupil at a time."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person, School, Zone
from app.audit.services import record
from app.children import measuring, policies, risk, school_queries
from app.children.models import Child
from app.children.school_models import Measure, Pupil, RiskScheme, Selection, SelectionDecision
from app.children.school_years import moved_up
from app.children.services.profile import Details, add_child
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import DomainError, Forbidden, Invalid, NotFound


def set_risk_criteria(*, zone_id: uuid.UUID, limits: Mapping[str, int], least: int, actor: Person) -> RiskScheme:
    """Which figures a Zone looks at, with their limits in tenths, and how many have to be met. It suggests; it decides nothing.

    Raises Forbidden; Invalid at the criterion's key or at `least`.
    """
    with atomic():
        if not actor.manages(zone_id):
            raise Forbidden
        if not limits:
            raise Invalid(_("Choose at least one criterion."), field="least")
        for key, limit in limits.items():
            criterion = risk.CRITERIA.get(key)
            if criterion is None:
                raise Invalid(_("“%(key)s” is not a criterion that Kith knows.", key=key))
            measuring.check(criterion.code, criterion.informant, limit, field=key)
        if not 1 <= least <= len(limits):
            raise Invalid(_("Choose a number from 1 to %(number)s: that is how many criteria there are.", number=len(limits)), field="least")
        zone = db.session.get(Zone, zone_id)
        if zone is None:
            raise NotFound
        lock_row(Zone, zone_id)
        scheme = school_queries.find_scheme(zone_id)
        if scheme is None:
            scheme = RiskScheme(zone_id=zone_id, changed_by_id=actor.id)
            db.session.add(scheme)
        scheme.criteria, scheme.least, scheme.changed_by_id, scheme.changed_at = dict(limits), least, actor.id, clock.now()
        record("children.risk_criteria.set", subject=scheme, actor=actor, limits=dict(limits), least=least)
        return scheme


def decide_selection(*, pupil_id: uuid.UUID, choice: Selection, reason: str, actor: Person) -> SelectionDecision:
    """A person decides. Selected: the pupil becomes a child of ours, with the figures; the name on the school's list goes. Not now
    needs a reason, and can be decided again.

    Raises NotFound, Forbidden, Invalid at `reason`, DomainError when the pupil is on the programme already.
    """
    with atomic():
        pupil = lock_row(Pupil, pupil_id)
        school = db.session.get_one(School, pupil.school_id)
        if not policies.can_decide_selection(actor, school):
            raise Forbidden
        if pupil.child_id is not None:
            raise DomainError(_("This child is on the programme already."), code="selected_already")
        if choice is Selection.NOT_NOW and not reason.strip():
            raise Invalid(_("Say why not now: the school and the next person will ask."), field="reason")
        standing = school_queries.standing_of(pupil)
        decision = SelectionDecision(
            pupil_id=pupil.id, choice=choice, reason=reason.strip(), met=risk.as_kept(standing.assessment), decided_by_id=actor.id,
        )
        db.session.add(decision)
        child = _take_on(pupil, actor) if choice is Selection.SELECTED else None
        record("children.selection.decided", subject=decision, actor=actor, zone_id=pupil.zone_id, child_id=child.id if child else None,
               choice=choice.value, met=len(standing.assessment.met), school=school.id)
        return decision


def _take_on(pupil: Pupil, actor: Person) -> Child:
    born = pupil.born_on
    year = moved_up(pupil.school_year, clock.school_year(clock.london(pupil.created_at).date()), clock.school_year(clock.today()))
    zone = db.session.get_one(Zone, pupil.zone_id)
    child = add_child(
        zone_id=pupil.zone_id, school_id=pupil.school_id, actor=actor,
        details=Details(
            first_name=pupil.first_name, last_name=pupil.last_name, born_on=born, school_year=year, region=zone.region,
            programme_starts_on=clock.today(),
        ),
    )
    db.session.flush()
    measures = sa.update(Measure).where(Measure.pupil_id == pupil.id).values(child_id=child.id, pupil_id=None)
    db.session.execute(measures, execution_options={"synchronize_session": False})
    pupil.child_id = child.id
    pupil.first_name = pupil.last_name = pupil.school_year = ""
    pupil.born_on = None
    db.session.flush()
    db.session.expire(pupil)
    return child
