"""What the clock does: reminders at 3, 6 and 9 school days, a lapse after 10, and the days people asked to be told of.

Safe to run twice, also at the same moment: each verb looks again under its lock.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from app.accounts.calendar import SchoolDays
from app.accounts.queries import school_days
from app.introductions import guards, queries, standing
from app.introductions.models import Introduction, IntroductionState, StillGoing
from app.introductions.services.asking import lapse, nudge
from app.introductions.services.common import take, tell_link_workers, tell_partner
from app.notifications.models import Urgency
from app.notifications.services import close_tasks
from app.shared import clock
from app.shared.db import atomic, db

LOOK_AHEAD = timedelta(days=14)
"""A check that does not reach the meeting is told of so long before."""


def sweep() -> None:
    """Everything that is due now, in every Zone; each thing in a transaction of its own."""
    today = clock.today()
    waiting, again = queries.list_waiting(), queries.list_to_ask_again(today)
    meetings, checks = queries.list_meetings_past(clock.now()), queries.list_checks_due(today)
    soon = queries.list_meetings_soon(clock.now(), clock.now() + LOOK_AHEAD)
    days = {school_id: school_days(school_id) for school_id in {one.school_id for one in waiting}}
    db.session.rollback()
    for one in waiting:
        _look_after(one, days[one.school_id])
    for introduction_id in again:
        _tell_to_ask_again(introduction_id)
    for introduction_id in meetings:
        _tell_to_write_down(introduction_id)
    for check_id in checks:
        _tell_to_check(check_id)
    for introduction_id in soon:
        _look_at_evidence(introduction_id)


def _look_after(one: queries.Waiting, days: SchoolDays) -> None:
    today = clock.today()
    if today > one.answer_by_on:
        lapse(introduction_id=one.id)
        return
    passed = days.count(one.asked_on, today)
    due = [after for after in guards.NUDGES_AFTER if one.nudged_after < after <= passed]
    if due:
        nudge(introduction_id=one.id, days=due[-1])


def _tell_to_ask_again(introduction_id: uuid.UUID) -> None:
    with atomic():
        introduction = take(introduction_id)
        if introduction.id in queries.list_to_ask_again(clock.today()):
            tell_link_workers(
                introduction, "introduction_ask_again", "Ask, don’t persuade", f"{introduction.offering.title}: today is the day to ask again",
                action="Listen again", icon="message-circle", urgency=Urgency.TODAY, due_on=introduction.ask_again_on,
            )


def _tell_to_write_down(introduction_id: uuid.UUID) -> None:
    with atomic():
        introduction = take(introduction_id)
        if introduction.id in queries.list_meetings_past(clock.now()):
            tell_link_workers(
                introduction, "introduction_met", "How did it go?", f"They were to meet at {introduction.offering.title}",
                action="Write it down", icon="heart-handshake", urgency=Urgency.TODAY,
            )


def _tell_to_check(check_id: uuid.UUID) -> None:
    with atomic():
        check = db.session.get(StillGoing, check_id)
        if check is None or check.answered_on is not None:
            return
        introduction = db.session.get_one(Introduction, check.introduction_id)
        months = {1: "One-month", 3: "Three-month", 6: "Six-month", 12: "One-year"}.get(check.months, f"{check.months}-month")
        tell_link_workers(
            introduction, "introduction_still_going", f"{months} check", f"{introduction.offering.title}. Still going?",
            action="Ask", icon="calendar-days", due_on=check.due_on, subject=check, endpoint="introductions.check", check_id=check.id,
        )


def _look_at_evidence(introduction_id: uuid.UUID) -> None:
    """A check that lapses between the yes and the meeting: both sides hear of it in time, and no more once it is renewed."""
    with atomic():
        introduction = take(introduction_id)
        if introduction.state is not IntroductionState.ARRANGED or introduction.meeting_at is None:
            return
        gaps = standing.gaps_in_evidence(introduction, clock.london(introduction.meeting_at).date())
        if not gaps:
            close_tasks(kind="introduction_evidence", subject=introduction, why="In order again")
            return
        tell_link_workers(
            introduction, "introduction_evidence", "A check runs out before they meet", f"{introduction.offering.title}: {gaps[0].sentence}",
            action="Look at it", icon="shield-alert", urgency=Urgency.NOW,
        )
        tell_partner(
            introduction, "introduction_evidence", "A check runs out before a first meeting", gaps[0].sentence, action="Name somebody else",
            icon="shield-alert", urgency=Urgency.NOW,
        )
