"""Who is asked to look into it when a child was missed, and what they found out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.accounts.queries import people_with
from app.attendance import policies, queries
from app.attendance.follow_up import Ask, is_first, what_to_ask
from app.attendance.models import ABSENT, FollowUp, Mark
from app.attendance.queries import Past
from app.audit import services as audit
from app.catalogue.models import Session
from app.commissioning.models import Place
from app.introductions.models import Introduction
from app.notifications import services as notifications
from app.notifications.models import Urgency
from app.shared import clock
from app.shared.db import Row, atomic, db
from app.shared.errors import Forbidden, Invalid
from app.shared.paths import link

PAYABLE_DECISION = "payable_decision"
WORDS_LIMIT = 2_000


def follow_up(*, session_id: uuid.UUID, child_id: uuid.UUID, words: str, actor: Person) -> FollowUp:
    """Write down what was found out after a child was missed; the task leaves everybody's list.

    Raises Invalid when nothing is written or the child was not marked absent, NotFound, Forbidden.
    """
    with atomic():
        session = queries.get_session_by_id(session_id)
        mark = queries.find_mark(session_id, child_id)
        if mark is None or mark.kind not in ABSENT:
            raise Invalid(_("This child was not missed at this session (any more)."))
        if not policies.can_follow_up(actor, session, mark.child):
            raise Forbidden(_("Only the child’s Link Worker or the Zone manager follows this up."))
        text = words.strip()
        if not 1 <= len(text) <= WORDS_LIMIT:
            raise Invalid(_("Write down what you found out.") if not text else _("%(limit)s characters are the most.", limit=f"{WORDS_LIMIT:,}"), field="words")
        found = FollowUp(session_id=session_id, child_id=child_id, words=text, noted_by_id=actor.id)
        db.session.add(found)
        notifications.close_tasks(kind=set(Ask), subject=mark.place, why="Looked into")
        audit.record(
            "attendance.follow_up.noted", subject=found, actor=actor, zone_id=session.cohort.offering.zone_id, session=session_id
        )
        return found


def ask(
    session: Session, place: Place, mark: Mark, history: Sequence[Past], *, must_decide: bool, is_asked: bool = True
) -> None:
    """Bring the Link Workers' tasks about this place up to date with its marks. The caller has just written one of them; `is_asked`:
    something about the place is on somebody's list, perhaps."""
    kinds = [past.kind for past in history]
    wanted, last = what_to_ask(kinds), history[-1]
    is_first_word = mark.revision == 1 and last.session_id == session.id  # nobody can have looked into it before it was marked
    if wanted is not None and not is_first_word and queries.has_follow_up(last.session_id, place.child_id):
        wanted = None
    why = "The child came" if last.kind not in ABSENT else "Another task took its place" if wanted else "Nothing to do"
    if is_asked:
        notifications.close_tasks(kind={kind for kind in Ask if kind is not wanted}, subject=place, why=why)
    title = session.cohort.offering.title
    where = {"session_id": last.session_id, "child_id": place.child_id}
    if wanted is Ask.WHO_GOES_ALONG:
        tell_link_workers(
            place, wanted, place, "Who can go along?", f"Missed two in a row at {title}", "Talk it over", "footprints", Urgency.NOW,
            "attendance.follow_up", where,
        )
    elif wanted is Ask.RING_HOME:
        what = "the first session" if is_first(kinds) else "a session, and nobody said why,"
        tell_link_workers(
            place, wanted, place, "Ring home", f"Missed {what} at {title}", "See who to ring", "phone", Urgency.NOW,
            "attendance.follow_up", where,
        )
    if must_decide:
        tell_link_workers(
            place, PAYABLE_DECISION, mark, "Is this session owed?",
            f"A third absence without notice at {title}: you decide whether the partner is paid for it", "Decide", "scale",
            Urgency.WEEK, "attendance.mark_correct", {"session_id": session.id, "child_id": place.child_id},
        )


def decided(before: Mark) -> None:
    """A newer revision stands: there is nothing to decide about the old one."""
    notifications.close_tasks(kind=PAYABLE_DECISION, subject=before, why="Decided")


def close_tasks_of(introduction: Introduction, actor: Person | None, reason: str) -> None:
    """The introduction is over: nobody is asked to bring the child back."""
    for place in queries.places_of_introduction(introduction.id):
        notifications.close_tasks(kind=set(Ask), subject=place, why="The introduction is over")


def tell_link_workers(
    place: Place, kind: str, subject: Row, what: str, text: str, action: str, icon: str, urgency: Urgency, endpoint: str,
    where: Mapping[str, object],
) -> None:
    """One task on the list of each of the child's Link Workers; the Zone manager's where the child has none."""
    child = place.child
    people = sorted(child.link_worker_ids) or [person.id for person in people_with(Role.ZONE_MANAGER, child.zone_id)]
    url = link(endpoint, **where)
    for person_id in people:
        notifications.open_task(
            person_id=person_id, zone_id=child.zone_id, kind=kind, subject=subject, child_id=child.id,
            title=f"{child.short_name} · {what}", text=text, action=action, icon=icon, url=url, urgency=urgency, due_on=clock.today(),
        )
