"""Two registers say different things of a child: the Link Worker is asked, and says which is right."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from app.accounts.models import Person
from app.attendance import policies, queries
from app.attendance.models import MARK_WORDS, Disagreement, Mark
from app.attendance.services import follow_ups
from app.attendance.services import marking as desks
from app.attendance.services.marking import Marking
from app.audit import services as audit
from app.catalogue.models import Session
from app.commissioning.models import Place
from app.notifications import services as notifications
from app.notifications.models import Urgency
from app.shared import clock
from app.shared.db import atomic
from app.shared.errors import Forbidden, Invalid, NotFound

KIND = "registers_disagree"


def settle_disagreement(*, session_id: uuid.UUID, child_id: uuid.UUID, right_id: uuid.UUID, actor: Person) -> Mark:
    """`right_id` is what is right: the mark that stands, or one of the disagreements about it, which then becomes the mark.

    Settles all that is open about this child at this session; from now on it can be billed. Raises NotFound, Invalid, Forbidden.
    """
    with atomic():
        desk = desks.open_desk(session_id, [child_id], actor)
        place, standing = desk.places.get(child_id), desk.marks.get(child_id)
        waiting = queries.list_disagreements(session_id, child_id)
        if place is None or standing is None or not waiting:
            raise NotFound(_("Nothing has to be settled here (any more)."))
        if not policies.can_correct_mark(actor, desk.session, place.child):
            raise Forbidden(_("Only the child’s Link Worker or the Zone manager settles which register is right."))
        right = next((one for one in waiting if one.id == right_id), None)
        if right is None and right_id != standing.id:
            raise Invalid(_("Somebody changed the mark meanwhile. Look again, then choose."), field="right")
        mark = standing if right is None else _take(right, desk, place, actor)
        desks.require_sound(desk)
        close_disagreements(session_id, child_id, actor)
        audit.record(
            "attendance.disagreement.settled", subject=mark, actor=actor, zone_id=desk.session.cohort.offering.zone_id,
            session=session_id, said=MARK_WORDS[mark.kind],
        )
        return mark


def _take(right: Disagreement, desk: desks.Desk, place: Place, actor: Person) -> Mark:
    marking = Marking(right.kind, right.note, right.is_told_late)
    if marking.says(desk.marks[place.child_id]):
        return desk.marks[place.child_id]
    return desks.write(
        desk, place, marking, actor=actor, client_key=uuid.uuid4().hex, reason="Two registers disagreed; this one was right."
    )


def close_disagreements(session_id: uuid.UUID, child_id: uuid.UUID, actor: Person) -> None:
    """Nothing is open about this child at this session any more. Inside a verb."""
    for one in queries.list_disagreements(session_id, child_id):
        one.settled_at, one.settled_by_id = clock.now(), actor.id
        notifications.close_tasks(kind=KIND, subject=one, why="Settled")


def tell(one: Disagreement, session: Session, place: Place) -> None:
    follow_ups.tell_link_workers(
        place, KIND, one, "Which register is right?", f"Two registers of {session.cohort.offering.title} say different things",
        "Settle it", "scale", Urgency.TODAY, "attendance.mark_settle", {"session_id": session.id, "child_id": place.child_id},
    )
