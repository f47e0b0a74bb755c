"""Complaints about how data is handled, and breaches: the clock of the law, who reads them, and that nothing of them is rewritten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Person, Role
from app.audit.models import AuditEntry
from app.keeping import cases, queries
from app.keeping.models import CaseKind, CaseState, DataCase, DataCaseNote
from app.notifications.models import Task
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, IllegalMove, Invalid, NotFound
from tests import factories

WORDS = "A list with eleven references went to the wrong partner."
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def raised(by: Person, kind: CaseKind = CaseKind.BREACH, days_ago: int = 0) -> DataCase:
    zone_id = next(iter(by.zone_ids()))
    return cases.raise_case(zone_id=zone_id, kind=kind, words=WORDS, known_on=clock.today() - timedelta(days=days_ago), actor=by)


def test_the_clock_runs_from_when_it_was_first_known(app: Flask) -> None:
    worker = factories.make_person(Role.LINK_WORKER, factories.make_zone())
    with clock.freeze(NOW):
        assert raised(worker).due_at == NOW + timedelta(hours=72)
        assert raised(worker, days_ago=1).due_at == datetime(2026, 11, 22, 0, 0, tzinfo=UTC), "three days from the beginning of yesterday"
        complaint = raised(worker, CaseKind.COMPLAINT)
        assert complaint.due_at == NOW + timedelta(days=30) and not complaint.is_late
    with clock.freeze(NOW + timedelta(days=31)):
        assert complaint.is_late
        for wrong in ({"words": " "}, {"known_on": clock.today() + timedelta(days=1)}):
            with pytest.raises(Invalid):
                cases.raise_case(**{"zone_id": complaint.zone_id, "kind": CaseKind.BREACH, "words": WORDS, "known_on": clock.today(), "actor": worker} | wrong)


def test_those_who_answer_for_the_zones_data_read_it_and_nobody_else(app: Flask) -> None:
    zone, elsewhere = factories.make_zone(), factories.make_zone()
    worker, manager, lead = (factories.make_person(role, zone) for role in (Role.LINK_WORKER, Role.ZONE_MANAGER, Role.SAFEGUARDING_LEAD))
    school_lead = factories.make_person(Role.SAFEGUARDING_LEAD, zone, school=factories.make_school(zone))
    stranger = factories.make_person(Role.ZONE_MANAGER, elsewhere)
    case = raised(worker)
    for reader in (manager, lead):
        assert queries.get_case(case.id, reader).words == WORDS and queries.list_cases(reader) == [case]
        assert db.session.scalar(sa.select(Task.url).where(Task.person_id == reader.id)) == f"/data-protection/{case.id}"
    for other in (worker, school_lead, stranger, factories.make_person(Role.ADMINISTRATOR)):
        assert queries.list_cases(other) == []
        with pytest.raises(NotFound):
            cases.add_note(case_id=case.id, words="I look in.", closes=False, actor=other)
    assert queries.list_own_cases(worker) == [case]
    with pytest.raises(Forbidden):
        cases.raise_case(zone_id=zone.id, kind=CaseKind.BREACH, words=WORDS, known_on=clock.today(), actor=stranger)


def test_a_breach_is_decided_a_complaint_acknowledged_and_neither_is_rewritten(app: Flask) -> None:
    zone = factories.make_zone()
    worker, manager = factories.make_person(Role.LINK_WORKER, zone), factories.make_person(Role.ZONE_MANAGER, zone)
    breach, complaint = raised(worker), raised(worker, CaseKind.COMPLAINT)
    for undecided in ((None, True), (False, None)):
        with pytest.raises(Invalid):
            cases.answer(case_id=breach.id, words="No risk.", is_ico_told=undecided[0], are_people_told=undecided[1], actor=manager)
    with pytest.raises(IllegalMove):
        cases.add_note(case_id=breach.id, words="Done with it.", closes=True, actor=manager)
    cases.answer(case_id=breach.id, words="It was opened by nobody.", is_ico_told=False, are_people_told=True, actor=manager)
    cases.answer(case_id=complaint.id, words="We have it.", is_ico_told=None, are_people_told=None, actor=manager)
    assert db.session.scalars(sa.select(Task.closed_at).where(Task.kind == cases.TASK)).all().count(None) == 0
    for case in (breach, complaint):
        with pytest.raises(IllegalMove):
            cases.answer(case_id=case.id, words="Something else.", is_ico_told=True, are_people_told=True, actor=manager)
        cases.add_note(case_id=case.id, words="The file was deleted there.", closes=True, actor=manager)
        assert case.state is CaseState.CLOSED
    with pytest.raises(sa.exc.IntegrityError), atomic():
        db.session.execute(sa.delete(DataCaseNote))
    trail = [(one.action, one.details) for one in db.session.scalars(sa.select(AuditEntry).where(AuditEntry.subject_id == breach.id).order_by(AuditEntry.id))]
    assert [action.rsplit(".", 1)[1] for action, _ in trail] == ["raised", "answered", "noted", "closed"]
    assert trail[1][1] == {"is_ico_told": False, "are_people_told": True, "is_late": False} and "eleven" not in str(trail)
