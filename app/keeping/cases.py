"""Complaints about how data is handled, and breaches: raised by anybody who works in the Zone, answered in time, closed. Each step is in the trail."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.accounts.queries import people_with
from app.audit import services as audit
from app.keeping import policies, queries
from app.keeping.models import CASE_MOVES, CaseKind, CaseState, DataCase, DataCaseNote
from app.notifications.models import Urgency
from app.notifications.services import close_tasks, open_task
from app.safeguarding.queries import leads_of
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Forbidden, Invalid

TO_ACKNOWLEDGE = timedelta(days=30)
TO_DECIDE = timedelta(hours=72)
TASK = "keeping.data_case"
TITLES = {CaseKind.COMPLAINT: "Somebody complains about how data is handled", CaseKind.BREACH: "Data may have gone astray"}


def raise_case(*, zone_id: uuid.UUID, kind: CaseKind, words: str, known_on: date, actor: Person) -> DataCase:
    """Tell those who answer for the Zone's data. The clock runs from when it was first known. Raises Forbidden, Invalid (naming the field)."""
    with atomic():
        if zone_id not in actor.zone_ids():
            raise Forbidden(_("You have no role in that Zone."))
        if not words.strip():
            raise Invalid(_("Say what happened."), field="words")
        if known_on > clock.today():
            raise Invalid(_("That day is still to come."), field="known_on")
        known_at = _from(known_on)
        case = DataCase(
            zone_id=zone_id, kind=kind, words=words.strip(), known_at=known_at, raised_by_id=actor.id,
            due_at=known_at + (TO_DECIDE if kind is CaseKind.BREACH else TO_ACKNOWLEDGE),
        )
        db.session.add(case)
        audit.record("keeping.case.raised", subject=case, actor=actor, kind=kind, due_at=case.due_at)
        is_breach = kind is CaseKind.BREACH
        for person in {p.id: p for p in (*people_with(Role.ZONE_MANAGER, zone_id), *leads_of(zone_id))}.values():
            open_task(
                person_id=person.id, kind=TASK, subject=case, title=TITLES[kind], action="Read", icon="shield-alert",
                text=f"{'Decide who is told' if is_breach else 'Acknowledge it'} by {clock.london(case.due_at):%-d %B, %H:%M}.",
                url=f"/data-protection/{case.id}", urgency=Urgency.NOW if is_breach else Urgency.WEEK, due_on=clock.london(case.due_at).date(),
            )
    return case


def _from(known_on: date) -> datetime:
    """Known today: from now. Known before: from the beginning of that day, so that the time is never longer than the law's."""
    return clock.now() if known_on == clock.today() else clock.at_london(known_on, time(0))


def answer(*, case_id: uuid.UUID, words: str, is_ico_told: bool | None, are_people_told: bool | None, actor: Person) -> DataCase:
    """A complaint is acknowledged; of a breach it is decided, with the reason, whether the ICO and the people it is about are told.

    Raises NotFound, Forbidden, Invalid (naming the field), IllegalMove.
    """
    with atomic():
        case = _mine(case_id, actor)
        if not words.strip():
            raise Invalid(_("Write down what was answered, or why it was decided so."), field="words")
        if case.kind is CaseKind.BREACH:
            if is_ico_told is None:
                raise Invalid(_("Say whether the ICO is told."), field="ico")
            if are_people_told is None:
                raise Invalid(_("Say whether the people it is about are told."), field="people")
            case.is_ico_told, case.are_people_told = is_ico_told, are_people_told
        before = case.state
        CASE_MOVES.require(before, CaseState.ANSWERED)
        case.state, case.answer, case.answered_at, case.answered_by_id = CaseState.ANSWERED, words.strip(), clock.now(), actor.id
        close_tasks(kind=TASK, subject=case, why="answered")
        audit.record(
            "keeping.case.answered", subject=case, actor=actor, moved=(before, case.state), is_ico_told=case.is_ico_told,
            are_people_told=case.are_people_told, is_late=clock.now() > case.due_at,
        )
    return case


def add_note(*, case_id: uuid.UUID, words: str, closes: bool, actor: Person) -> DataCase:
    """What was done about it; with `closes` nothing more is to be done. Raises NotFound, Forbidden, Invalid, IllegalMove."""
    with atomic():
        case = _mine(case_id, actor)
        if not words.strip():
            raise Invalid(_("Write down what was done."), field="done")
        db.session.add(DataCaseNote(case_id=case.id, person_id=actor.id, words=words.strip()))
        audit.record("keeping.case.noted", subject=case, actor=actor)
        if closes:
            before = case.state
            CASE_MOVES.require(before, CaseState.CLOSED)
            case.state = CaseState.CLOSED
            audit.record("keeping.case.closed", subject=case, actor=actor, moved=(before, case.state))
    return case


def _mine(case_id: uuid.UUID, actor: Person) -> DataCase:
    if not policies.can_answer_case(actor, queries.get_case(case_id, actor)):
        raise Forbidden
    return lock_row(DataCase, case_id)
