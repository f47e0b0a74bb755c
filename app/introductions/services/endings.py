"""Settling, closing, asking again months later; and the exits, which nothing may stand before."""

from __future__ import annotations

import calendar
import uuid
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.children.models import Child
from app.children.services import record_refusal
from app.introductions import circling, guards, hooks, policies, queries, standing
from app.introductions.models import (
    EndReason,
    Introduction,
    IntroductionState,
    Stance,
    StillGoing,
    View,
    Viewpoint,
)
from app.introductions.services.common import (
    Already,
    move,
    nothing_left_to_do,
    permit,
    take,
    words,
)
from app.introductions.services.messages import forget_messages
from app.introductions.services.together import tell_companions
from app.notifications.services import close_tasks
from app.shared import clock
from app.shared.db import atomic, db, lock_rows
from app.shared.errors import Invalid

_S = IntroductionState
CHECK_MONTHS = (1, 3, 6, 12)
EARLIEST = 14
"""Days before its day that a check may be answered."""
NOT_ASKED_AGAIN = (EndReason.CHILD_NO, EndReason.PARENT_NO, EndReason.CONSENT_WITHDRAWN, EndReason.SAFETY)
"""After these nobody comes back months later to ask whether it still goes on."""


def settle(
    *, introduction_id: uuid.UUID, wants_to_go_on: bool, words_said: str, actor: Person, visits_told: int | None = None,
    seen_version: int | None = None,
) -> Introduction:
    """At least three times there, and the child wants to go on, in their words. Asked again after 1, 3, 6 and 12 months.

    The registers count; for a local asset without one, `visits_told` is what the Link Worker was told. Raises Missing.
    """
    with atomic():
        introduction = take(introduction_id, to=_S.SETTLED, seen_version=seen_version)
        permit(policies.can_settle(actor, introduction), introduction)
        if visits_told is not None:
            if introduction.offering.needs_money:
                raise Invalid(_("This programme keeps a register, so its visits are not typed in."), field="visits_told")
            if not 0 <= visits_told <= 500:
                raise Invalid(_("Type a number of visits from 0 to 500."), field="visits_told")
            introduction.visits_told = visits_told
        attended = standing.read(introduction).attended
        guards.require(guards.to_settle(child=introduction.child.called, attended=attended, wants_to_go_on=wants_to_go_on))
        db.session.add(View(
            introduction_id=introduction.id, viewpoint=Viewpoint.CHILD, stance=Stance.YES, said_on=clock.today(),
            words=words(words_said, _("Write down what the child says about going on."), "words_said"), asked_by_id=actor.id,
        ))
        introduction.wants_to_go_on, introduction.settled_on = True, clock.today()
        move(introduction, _S.SETTLED, actor=actor, done="settled", attended=attended)
        nothing_left_to_do(introduction, "Settled")
        _schedule_checks(introduction)
        return introduction


def _schedule_checks(introduction: Introduction) -> None:
    assert introduction.settled_on is not None
    made = set(db.session.scalars(sa.select(StillGoing.months).where(StillGoing.introduction_id == introduction.id)))
    for months in CHECK_MONTHS:
        if months not in made:
            db.session.add(StillGoing(
                introduction_id=introduction.id, months=months, due_on=months_after(introduction.settled_on, months)
            ))


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day: 31 January and one month is 28 or 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def close(
    *, introduction_id: uuid.UUID, outcome: str, actor: Person, next_step: str = "", seen_version: int | None = None
) -> Introduction:
    """Settled: with the outcome and the next step. An idea, a no or no answer: with why nothing came of it."""
    with atomic():
        introduction = take(introduction_id, to=_S.CLOSED, seen_version=seen_version)
        permit(policies.can_close(actor, introduction), introduction)
        has_settled = introduction.state is _S.SETTLED
        introduction.outcome = words(
            outcome, _("Say what came of it.") if has_settled else _("Say why nothing came of it."), "outcome"
        )
        introduction.next_step = words(next_step, _("Say what the next step is."), "next_step") if has_settled else next_step.strip()
        if has_settled:
            _schedule_checks(introduction)
        move(introduction, _S.CLOSED, actor=actor, done="closed")
        nothing_left_to_do(introduction, "Closed")
        forget_messages(introduction, "Closed")
        return introduction


def answer_check(
    *, introduction_id: uuid.UUID, check_id: uuid.UUID, is_still_going: bool, words_said: str, actor: Person
) -> StillGoing:
    """Still going? Answered once, in the child's or the family's words."""
    with atomic():
        introduction = take(introduction_id)
        permit(policies.can_answer_check(actor, introduction), introduction)
        check = queries.get_check(check_id, introduction.id)
        if check.answered_on is not None:
            raise Already(_("This was answered already."))
        if (check.due_on - clock.today()).days > EARLIEST:
            raise Invalid(_("It is early to ask: this check is for %(due_on)s.", due_on=f"{check.due_on:%-d %B %Y}"), code="not_due")
        check.answered_on, check.is_still_going = clock.today(), is_still_going
        check.words = words_said.strip()
        audit.record(
            "introductions.check.answered", subject=introduction, actor=actor, months=check.months, still_going=is_still_going
        )
        close_tasks(kind=None, subject=check, why="Answered")
        if not is_still_going:
            circling.fades(introduction, actor)
        return check


def end(
    *, introduction_id: uuid.UUID, reason: EndReason, actor: Person | None, note: str = "", seen_version: int | None = None
) -> Introduction:
    """Stop it: always possible, from every open state. Ending what is over changes nothing.

    There is no guard, and a stale page does not stop it either (`seen_version` is only written down). Tasks close, and the rooms above
    release places and money, in the same transaction. A child's no is kept: the offering does not come back by itself.
    """
    with atomic():
        introduction = take(introduction_id, tells_above=True)
        return _end(introduction, reason, actor, note, seen_version)


def _end(
    introduction: Introduction, reason: EndReason, actor: Person | None, note: str, seen_version: int | None = None
) -> Introduction:
    if not introduction.is_open:
        return introduction
    introduction.end_reason, introduction.end_note, introduction.ended_on = reason, note.strip(), clock.today()
    move(introduction, _S.ENDED, actor=actor, done="ended", reason=reason, seen_version=seen_version)
    nothing_left_to_do(introduction, "Ended")
    forget_messages(introduction, "Ended")
    tell_companions(introduction)
    _forget_checks(introduction, reason)
    if reason is EndReason.CHILD_NO:
        record_refusal(
            child_id=introduction.child_id, offering_id=introduction.offering_id, why=introduction.end_note, is_childs_no=True, actor=actor
        )
    hooks.on_ended(introduction, actor, reason)
    return introduction


def _forget_checks(introduction: Introduction, reason: EndReason) -> None:
    if reason not in NOT_ASKED_AGAIN:
        return
    for check in db.session.scalars(
        sa.select(StillGoing).where(StillGoing.introduction_id == introduction.id, StillGoing.answered_on.is_(None))
    ):
        close_tasks(kind=None, subject=check, why="Ended")
        db.session.delete(check)


def _end_all(ids: list[uuid.UUID], reason: EndReason, actor: Person | None) -> None:
    hooks.lock_before(ids)
    for introduction in lock_rows(Introduction, ids):
        _end(introduction, reason, actor, "")


def end_for_consent(child: Child, organisation_id: uuid.UUID, actor: Person) -> None:
    """Consent for an organisation is withdrawn: every open introduction there ends with it, in the same transaction."""
    with atomic():
        ids = [found.id for found in queries.list_open_with_organisation(child.id, organisation_id)]
        _end_all(ids, EndReason.CONSENT_WITHDRAWN, actor)


def end_for_leaving(child: Child, actor: Person, has_moved: bool = False) -> None:
    """The child's programme has ended, or goes on in another Zone: every open introduction ends with it. Settled ones are still asked about."""
    with atomic():
        reason = EndReason.MOVED if has_moved else EndReason.PROGRAMME_END
        _end_all([found.id for found in queries.list_open_of_children([child.id])], reason, actor)


def what_consent_carries(child: Child, organisation_id: uuid.UUID) -> list[str]:
    """For the preview of withdrawing consent. Reads only."""
    return [_sentence(found) for found in queries.list_open_with_organisation(child.id, organisation_id)]


def what_leaving_ends(child: Child) -> list[str]:
    """For the preview of leaving. Reads only."""
    return [_sentence(found) for found in queries.list_open_of_children([child.id])]


def _sentence(introduction: Introduction) -> str:
    return _("The introduction to %(offering)s ends.", offering=introduction.offering.title)


def what_ending_does(introduction: Introduction, reason: EndReason | None = None) -> list[str]:
    """For the preview of ending: what stops with it. Reads only."""
    sees = introduction.state in policies.PARTNER_SEES
    told = [_("The introduction of %(child)s to %(offering)s ends today, for good.", child=introduction.child.called, offering=introduction.offering.title)]
    if sees:
        told.append(_("%(organisation)s stops seeing anything about %(child)s through it.", organisation=introduction.organisation.name, child=introduction.child.called))
    told += hooks.what_ends(introduction)
    told.append(_("Everything about it leaves everybody’s list of tasks."))
    if reason in (None, EndReason.CHILD_NO):
        told.append(_("If it is %(child)s’s own no: %(offering)s never comes back by itself.", child=introduction.child.called, offering=introduction.offering.title))
    return told
