"""The verbs of the register. A mark, what it earns, who joins and who is told commit together or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from app.accounts.models import Person
from app.attendance import policies, queries
from app.attendance.models import ABSENT, MARK_WORDS, PRESENT, REGISTER_KINDS, Mark, MarkKind
from app.attendance.payable import percent_owed
from app.audit import services as audit
from app.catalogue.models import Session, SessionState
from app.catalogue.services import sessions as catalogue_sessions
from app.children.models import Child
from app.children.policies import can_work_with_child
from app.commissioning.models import Commission, CommissionState, Fund, FundShare, Place
from app.commissioning.services import delivery
from app.introductions import services as introductions
from app.introductions.models import Introduction, IntroductionState
from app.notifications import services as notifications
from app.notifications.models import Urgency
from app.shared import clock
from app.shared.db import atomic, db, lock_row, lock_rows
from app.shared.errors import DomainError, Forbidden, Invalid, Stale


class RegisterNotOpen(DomainError):
    """The session's day has not come, or it was cancelled or moved."""

    code = "register_not_open"


class MarkLocked(DomainError):
    """Seven school days have passed: only a correction with a reason changes it now."""

    code = "mark_locked"


@dataclass(frozen=True)
class Marking:
    """What somebody tapped for one child. `seen_revision` is the revision that was on their screen (0: none)."""

    kind: MarkKind
    note: str = ""
    is_told_late: bool = False
    seen_revision: int = 0


def save_register(*, session_id: uuid.UUID, marks: Mapping[uuid.UUID, Marking], client_key: str, actor: Person) -> Session:
    """Save the marks of one session, by child.

    The same register sent twice (same `client_key`) is one. A mark that somebody else changed since this screen was drawn
    raises Stale and nothing is saved. Raises RegisterNotOpen, MarkLocked, Invalid for a child who is not expected, Forbidden.
    """
    with atomic():
        session = _lock_everything(session_id, list(marks))
        if not policies.can_take_register(actor, session):
            raise Forbidden
        _require_open(session)
        expected = {place.child_id: place for place in queries.expected_places(session)}
        if unknown := set(marks) - set(expected):
            raise Invalid(f"{len(unknown)} of these children are not expected at this session any more. Reload the register.")
        current = queries.current_marks([session.id])
        changed = False
        for child_id in sorted(marks):
            if _already_sent(session.id, child_id, client_key):
                continue
            marking, before = marks[child_id], current.get((session.id, child_id))
            if marking.kind not in REGISTER_KINDS:
                raise Invalid("That mark is not one a register can hold.")
            if before is not None and (before.kind, before.note, before.is_told_late) == (
                marking.kind, marking.note, marking.is_told_late
            ):
                continue
            if before is not None and before.revision != marking.seen_revision:
                raise _disagreement(before)
            if before is not None and clock.today() > queries.locks_on(session, expected[child_id].child):
                raise MarkLocked("This register was locked seven school days after the session. Ask the Link Worker to correct it.")
            _write(session, expected[child_id], marking, before, client_key, actor, reason="")
            changed = True
        if session.state is SessionState.SCHEDULED:
            catalogue_sessions.hold_session(session_id=session.id, actor=actor)
        _complete_what_is_delivered(session, [expected[child_id] for child_id in marks])
        if changed:
            audit.record(
                "attendance.register.saved", subject=session, actor=actor, zone_id=session.cohort.offering.zone_id,
                marks={str(child_id): marking.kind for child_id, marking in marks.items()},
            )
        return session


def correct_mark(
    *, session_id: uuid.UUID, child_id: uuid.UUID, marking: Marking, reason: str, actor: Person,
    percent: int | None = None,
) -> Mark:
    """Put a new revision beside the old one, with a reason, and move the money by the difference.

    `percent` is the Link Worker's own decision where the rule leaves it to them. Raises Invalid without a reason, Stale.
    """
    with atomic():
        session = _lock_everything(session_id, [child_id])
        place = next((p for p in queries.expected_places(session) if p.child_id == child_id), None)
        if place is None:
            raise Invalid("This child was not expected at this session.")
        if not can_work_with_child(actor, place.child):
            raise Forbidden("Only the child's Link Worker or the Zone manager corrects a register.")
        if not reason.strip():
            raise Invalid("Say why: the old mark stays beside the new one, with your reason.", field="reason")
        before = queries.current_marks([session.id]).get((session.id, child_id))
        if before is None:
            raise Invalid("There is no mark to correct yet. Take the register first.")
        if before.revision != marking.seen_revision:
            raise _disagreement(before)
        mark = _write(session, place, marking, before, uuid.uuid4().hex, actor, reason=reason.strip(), percent=percent)
        audit.record(
            "attendance.mark.corrected", subject=session, actor=actor, zone_id=place.child.zone_id, child_id=child_id,
            moved=(before.kind, mark.kind), reason=reason.strip(), percent=mark.percent,
        )
        return mark


def _lock_everything(session_id: uuid.UUID, child_ids: list[uuid.UUID]) -> Session:
    """Lock, in the global order, all that marking these children may change: funds, commissions, introductions, the session."""
    cohort_of_session = sa.select(Session.cohort_id).where(Session.id == session_id).scalar_subquery()
    bought = db.session.execute(
        sa.select(Commission.id, Place.introduction_id)
        .join(Place, Place.id == Commission.place_id)
        .where(Place.cohort_id == cohort_of_session, Place.child_id.in_(child_ids))
    ).all()
    funds = db.session.scalars(sa.select(FundShare.fund_id).where(FundShare.commission_id.in_([row[0] for row in bought])))
    lock_rows(Fund, set(funds))
    lock_rows(Commission, {row[0] for row in bought})
    lock_rows(Introduction, {row[1] for row in bought if row[1] is not None})
    return lock_row(Session, session_id)


def _require_open(session: Session) -> None:
    if session.state in (SessionState.CANCELLED, SessionState.MOVED):
        raise RegisterNotOpen(f"This session was {session.state}, so it has no register.")
    if session.held_on > clock.today():
        raise RegisterNotOpen("This session has not come yet. Its register opens on the day.")


def _already_sent(session_id: uuid.UUID, child_id: uuid.UUID, client_key: str) -> bool:
    return db.session.scalar(
        sa.select(sa.exists().where(Mark.session_id == session_id, Mark.child_id == child_id, Mark.client_key == client_key))
    ) or False


def _disagreement(before: Mark) -> Stale:
    by = db.session.get(Person, before.marked_by_id)
    return Stale(
        f"{by.name if by else 'Somebody'} marked “{MARK_WORDS[before.kind]}” on another screen after yours was drawn. "
        "Nothing was saved: look at the register again and save it once more."
    )


def _write(
    session: Session, place: Place, marking: Marking, before: Mark | None, client_key: str, actor: Person, *, reason: str,
    percent: int | None = None,
) -> Mark:
    commission = queries.commissions_of_places([place.id]).get(place.id)
    decide = False
    if commission is None:
        percent = 0
    elif percent is None:
        percent, decide = percent_owed(
            marking.kind, is_told_late=marking.is_told_late, payable=commission.tariff.payable,
            earlier_untold=len(queries.earlier_absences(place.id, session.starts_at)),
        )
    mark = Mark(
        session_id=session.id, child_id=place.child_id, place_id=place.id, kind=marking.kind, note=marking.note.strip(),
        is_told_late=marking.is_told_late, percent=percent, revision=(before.revision if before else 0) + 1, reason=reason,
        client_key=client_key, marked_by_id=actor.id,
    )
    db.session.add(mark)
    db.session.flush()
    if commission is not None:
        _earn(commission, session, mark, actor)
    _join(place, session, mark, actor)
    _follow_up(session, place, mark, decide=decide)
    return mark


def _earn(commission: Commission, session: Session, mark: Mark, actor: Person) -> None:
    if commission.state is CommissionState.CONFIRMED:
        delivery.start_delivery(commission_id=commission.id, actor=None)
    if commission.state is CommissionState.SUSPENDED:
        return  # sessions while suspended are not payable (FLOWS 2)
    delivery.accrue(
        commission_id=commission.id, session_id=session.id, percent=mark.percent, revision=mark.revision, actor=actor
    )


def _complete_what_is_delivered(session: Session, places: list[Place]) -> None:
    """A commission whose sessions have all been held is delivered."""
    commissions = queries.commissions_of_places([place.id for place in places])
    for place in places:
        commission = commissions.get(place.id)
        if commission is None or commission.state is not CommissionState.IN_DELIVERY or place.taken_at is None:
            continue
        if queries.count_sessions_held(session.cohort_id, place.taken_at) >= commission.sessions:
            delivery.complete(commission_id=commission.id, actor=None)


def _join(place: Place, session: Session, mark: Mark, actor: Person) -> None:
    """First attendance moves the introduction from met to joined."""
    if mark.kind not in PRESENT or place.introduction_id is None:
        return
    introduction = db.session.get(Introduction, place.introduction_id)
    if introduction is not None and introduction.state is IntroductionState.MET:
        introductions.join(introduction_id=introduction.id, on=session.held_on, actor=None)


def _follow_up(session: Session, place: Place, mark: Mark, *, decide: bool) -> None:
    """A first session missed, or no word: the Link Worker's task the same day. Two in a row: who can go along?"""
    subject = place
    if mark.kind in PRESENT:
        notifications.close_tasks(kind="missed_session", subject=subject, why="The child came")
        notifications.close_tasks(kind="who_can_go_along", subject=subject, why="The child came")
        return
    if mark.kind not in ABSENT:
        return
    earlier = queries.last_marks(place.id, session.starts_at)
    title = session.cohort.offering.title
    if earlier and earlier[0].kind in ABSENT:
        _tell_link_workers(
            place, "who_can_go_along", f"{place.child.short_name} · Who can go along?",
            f"Missed two in a row at {title}", "Talk it over", "footprints", Urgency.NOW,
        )
    elif not earlier or mark.kind is MarkKind.ABSENT_UNTOLD:
        _tell_link_workers(
            place, "missed_session", f"{place.child.short_name} · Ring home",
            f"Missed {'the first session' if not earlier else 'a session, no word,'} at {title}", "See who to ring", "phone",
            Urgency.NOW,
        )
    if decide:
        _tell_link_workers(
            place, "payable_decision", f"{place.child.short_name} · Is this session owed?",
            f"A third absence without notice at {title}: you decide whether the partner is paid for it", "Decide", "scale",
            Urgency.WEEK, url=f"/sessions/{session.id}/marks/{place.child_id}",
        )


def _tell_link_workers(
    place: Place, kind: str, title: str, text: str, action: str, icon: str, urgency: Urgency, url: str | None = None,
) -> None:
    child: Child = place.child
    for person_id in sorted(child.link_worker_ids):
        notifications.open_task(
            person_id=person_id, zone_id=child.zone_id, kind=kind, subject=place, child_id=child.id, title=title, text=text,
            action=action, icon=icon, url=url or f"/children/{child.id}", urgency=urgency,
            due_on=clock.today(),
        )
