"""A session of a child is billed once, ever; nobody types an amount; two people say yes, and then nothing changes."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Role, RoleGrant
from app.attendance.models import MarkKind
from app.billing import queries, services
from app.billing.models import StatementLine, StatementState
from app.billing.services.approving import DoesNotMatch
from app.billing.services.drawing import NothingOwed, monthly
from app.billing.three_way import Facts, problem
from app.catalogue.models import SessionState
from app.children.models import Caseload, Child
from app.commissioning import invariants
from app.commissioning.models import Commission
from app.notifications.models import Task
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, IllegalMove, NotFound, Stale
from tests.attendance.club import set_session
from tests.billing.desk import Desk, lines_of, open_desk, state_of
from tests.commissioning.scene import person

S = StatementState


def test_a_statement_bills_each_locked_session_of_a_child_once(app: Flask) -> None:
    desk = open_desk(kinds=(MarkKind.ATTENDED, MarkKind.ABSENT_UNTOLD, MarkKind.LATE))
    with desk.later():
        statement = desk.draw()
        assert lines_of(statement) == [(2000, 0), (1000, 0), (2000, 0), (2000, 0)]
        again = desk.draw(desk.manager)
        assert again.id == statement.id and len(lines_of(again)) == 4, "an open one is brought up to date instead of a second"
        services.agree(statement_id=statement.id, actor=desk.partner)
        services.verify(statement_id=statement.id, actor=desk.manager)
        services.approve(statement_id=statement.id, actor=desk.holder)
        assert state_of(statement) is S.APPROVED
        with pytest.raises(NothingOwed):
            desk.draw()
    line = db.session.scalars(sa.select(StatementLine)).first()
    assert line is not None
    for changes in ({"statement_id": statement.id}, {"statement_id": statement.id, "commission_id": desk.club.commissions[desk.children[1].id].id}):
        copy = {c.key: getattr(line, c.key) for c in StatementLine.__table__.columns if c.key not in ("id", "frozen_at")} | changes
        with pytest.raises(sa.exc.IntegrityError), atomic():
            db.session.add(StatementLine(**copy))


def test_a_session_whose_register_is_open_or_disputed_is_not_billed(app: Flask) -> None:
    desk = open_desk(weeks=2)
    with desk.later():
        set_session(desk.club.session(1), state=SessionState.HELD)
        assert len(lines_of(desk.draw())) == 2, "only the first week is locked"


def test_only_the_right_people_say_yes_and_in_the_right_order(app: Flask) -> None:
    desk = open_desk()
    with desk.later():
        statement = desk.draw()
        somebody_elses(desk.children[1], desk)
        who = {"partner": desk.partner, "manager": desk.manager, "holder": desk.holder, "link worker": desk.club.scene.link_worker}
        for step, verb, allowed in (
            (S.ACCRUING, services.agree, "partner"), (S.SUBMITTED, services.verify, "manager"), (S.VERIFIED, services.approve, "holder"),
        ):
            for name, person in who.items():
                assert state_of(statement) is step
                if name != allowed:
                    with pytest.raises((Forbidden, IllegalMove)):
                        verb(statement_id=statement.id, actor=person)
            for other in {services.agree, services.verify, services.approve} - {verb}:
                with pytest.raises((Forbidden, IllegalMove)):
                    other(statement_id=statement.id, actor=who[allowed])
            verb(statement_id=statement.id, actor=who[allowed])
        assert state_of(statement) is S.APPROVED
        assert not db.session.scalars(sa.select(Task).where(Task.subject_id == statement.id, Task.closed_at.is_(None))).all()


def somebody_elses(child: Child, desk: Desk) -> None:
    """Another Link Worker has the child now."""
    other = person(Role.LINK_WORKER, desk.club.scene.zone)
    with atomic():
        db.session.execute(sa.update(Caseload).where(Caseload.child_id == child.id).values(person_id=other.id))


def test_a_link_worker_verifies_only_what_is_all_about_their_own_children(app: Flask) -> None:
    desk = open_desk()
    worker = desk.club.scene.link_worker

    def asked() -> set[uuid.UUID]:
        db.session.rollback()
        open_ones = sa.select(Task.person_id).where(Task.kind == "statement_to_verify", Task.closed_at.is_(None))
        return set(db.session.scalars(open_ones))

    with desk.later():
        statement = desk.draw()
        with pytest.raises(NotFound):
            queries.get_statement(statement.id, worker)
        services.agree(statement_id=statement.id, actor=desk.partner)
        assert asked() == {desk.manager.id, worker.id}
        assert queries.get_statement(statement.id, worker).id == statement.id
        for verb in (services.release, services.refresh, services.approve):
            with pytest.raises((Forbidden, IllegalMove)):
                verb(statement_id=statement.id, actor=worker)
        with pytest.raises(Forbidden):
            services.hold(statement_id=statement.id, why="Not mine to hold.", actor=worker)
        services.verify(statement_id=statement.id, actor=worker)
        assert not asked() and queries.get_statement(statement.id, worker).verified_by_id == worker.id
        somebody_elses(desk.children[1], desk)
        services.hold(statement_id=statement.id, why="One more look.", actor=desk.manager)
        services.release(statement_id=statement.id, actor=desk.manager)
        assert asked() == {desk.manager.id}, "one child is another Link Worker's"
        with pytest.raises(NotFound):
            queries.get_statement(statement.id, worker)
        with pytest.raises(Forbidden):
            services.verify(statement_id=statement.id, actor=worker)


def test_whoever_verified_does_not_approve(app: Flask) -> None:
    for role in (Role.ZONE_MANAGER, Role.LINK_WORKER):
        desk = open_desk(children=1)
        verifier = desk.manager if role is Role.ZONE_MANAGER else desk.club.scene.link_worker
        with atomic():
            db.session.add(RoleGrant(person_id=verifier.id, role=Role.BUDGET_HOLDER, zone_id=desk.club.scene.zone.id))
        with desk.later():
            statement = desk.draw()
            services.agree(statement_id=statement.id, actor=desk.partner)
            services.verify(statement_id=statement.id, actor=verifier)
            with pytest.raises(Forbidden, match="You verified it"):
                services.approve(statement_id=statement.id, actor=verifier)


def test_a_query_stops_the_statement_until_it_is_answered(app: Flask) -> None:
    desk = open_desk()
    with desk.later():
        statement = desk.draw()
        line = statement.lines[0]
        services.agree(statement_id=statement.id, actor=desk.partner)
        services.query_line(line_id=line.id, words="She was there for two hours.", actor=desk.partner)
        assert state_of(statement) is S.QUERIED
        with pytest.raises(IllegalMove):
            services.agree(statement_id=statement.id, actor=desk.partner)
        services.answer_line(line_id=line.id, words="One session is one hour.", actor=desk.manager)
        assert state_of(statement) is S.ACCRUING
        services.refresh(statement_id=statement.id, actor=desk.partner)
        kept = db.session.get_one(StatementLine, line.id)
        assert (kept.query, kept.answer) == ("She was there for two hours.", "One session is one hour.")


def test_a_correction_before_approval_asks_the_partner_again(app: Flask) -> None:
    desk = open_desk()
    with desk.later():
        statement = desk.draw()
        services.agree(statement_id=statement.id, actor=desk.partner)
    desk.correct(desk.children[0], MarkKind.ABSENT_TOLD, 0)
    with desk.later():
        with pytest.raises(Stale):
            services.verify(statement_id=statement.id, actor=desk.manager)
        services.refresh(statement_id=statement.id, actor=desk.manager)
        assert state_of(statement) is S.ACCRUING and len(lines_of(statement)) == 3


def test_a_correction_after_approval_is_a_line_on_the_next_statement(app: Flask) -> None:
    desk = open_desk(weeks=2)
    with desk.later():
        first = desk.approved()
    desk.correct(desk.children[0], MarkKind.ABSENT_TOLD, 0)
    desk.correct(desk.children[1], MarkKind.ABSENT_UNTOLD, 1)
    with desk.later():
        second = desk.draw()
        assert lines_of(second) == [(-2000, 1), (-1000, 1)] and second.total_pence == -3000
        assert len(lines_of(first)) == 4, "the approved one stays as it was"
    desk.correct(desk.children[0], MarkKind.ATTENDED, 0)
    with desk.later():
        services.refresh(statement_id=second.id, actor=desk.manager)
        assert lines_of(second) == [(-1000, 1)], "taken back before it was billed"
    assert invariants.broken() == []


def test_the_database_keeps_an_approved_line_as_it_is(app: Flask) -> None:
    desk = open_desk(children=1, weeks=1)
    with desk.later():
        desk.approved()
    for statement in (sa.update(StatementLine).values(pence=1), sa.delete(StatementLine)):
        with pytest.raises(sa.exc.IntegrityError), atomic():
            db.session.execute(statement)


def test_what_does_not_match_is_not_verified(app: Flask) -> None:
    good = Facts(price_pence=2000, tariff_pence=2000, percent=50, register_percent=50, is_locked=True, earned=1000, billed=1000)
    assert problem(good) == ""
    for change in (
        {"is_locked": False}, {"tariff_pence": 2100}, {"register_percent": 100}, {"billed": 900}, {"earned": 1200, "billed": 1200},
        {"earned": 700, "billed": 700},
    ):
        assert problem(Facts(**{**good.__dict__, **change})), f"{change} passes"
    assert problem(Facts(**{**good.__dict__, "earned": 700, "billed": 700, "is_used_up": True})) == ""
    desk = open_desk(children=1, weeks=1)
    with desk.later():
        statement = desk.draw()
        services.agree(statement_id=statement.id, actor=desk.partner)
        with atomic():
            commission = db.session.get_one(Commission, desk.club.commissions[desk.children[0].id].id)
            commission.tariff.price_pence = 1900
        with pytest.raises(DoesNotMatch, match="tariff says £19"):
            services.verify(statement_id=statement.id, actor=desk.manager)


def test_on_the_first_of_a_month_what_is_due_is_drawn_up_once(app: Flask) -> None:
    from datetime import UTC, datetime

    from app.shared import clock

    desk = open_desk(weeks=1)
    with clock.freeze(datetime(2027, 1, 2, 9, tzinfo=UTC)):
        monthly()
        monthly()
        drawn = db.session.scalars(sa.select(StatementLine)).all()
        assert len(drawn) == 2 and drawn[0].statement.through_on.isoformat() == "2026-12-31"
        assert [t.person_id for t in desk.club.tasks(desk.partner, "statement_to_agree")] == [desk.partner.id]
