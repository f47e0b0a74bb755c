"""A session that does not take place: what is owed, who is asked to tell the families, and a whole day of groups at once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.attendance import services
from app.attendance.models import MarkKind
from app.attendance.services.calling_off import CALLED_OFF, MOVED
from app.catalogue.models import CancelledBy, Session, SessionState, Tariff
from app.catalogue.services import sessions as catalogue
from app.insight.checks import registers
from app.notifications.handlers import Job, find
from app.notifications.models import OutboxMessage
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, Invalid
from tests import factories
from tests.attendance.club import Club

K = MarkKind


def deliver() -> None:
    """What the worker does with the messages about sessions that are waiting."""
    waiting = sa.select(OutboxMessage).where(OutboxMessage.topic.in_((CALLED_OFF, MOVED))).order_by(OutboxMessage.created_at)
    for message in db.session.scalars(waiting).all():
        handler = find(message.topic)
        assert handler is not None
        with atomic():
            handler.run(Job(message.id, message.topic, message.payload, 1))


def owed_when_called_off(club: Club, percent: int) -> None:
    with atomic():
        for tariff in db.session.scalars(sa.select(Tariff)):
            tariff.payable = {**tariff.payable, "session_cancelled": percent}


@pytest.mark.parametrize(("by", "pence"), [(CancelledBy.PARTNER, 0), (CancelledBy.WEATHER, 10_00)])
def test_what_the_partner_calls_off_earns_nothing_and_snow_what_the_tariff_says(club: Club, by: CancelledBy, pence: int) -> None:
    amara = club.children[0]
    owed_when_called_off(club, 50)
    club.save({amara: K.ATTENDED})
    session = club.session(1)
    with clock.freeze(session.starts_at):
        catalogue.cancel_session(session_id=session.id, by=by, reason="Deep snow.", actor=club.scene.manager)
        deliver()
    mark = club.mark(amara, week=1)
    assert mark is not None and mark.kind is K.SESSION_CANCELLED
    assert club.earned(amara, week=1) == pence
    [task] = club.tasks(kind="tell_families")
    assert "Amara" in task.text and "Deep snow" in task.text and task.child_id is None
    with clock.freeze(session.starts_at):
        services.families_told(session_id=session.id, actor=club.scene.link_worker)
    assert club.tasks(kind="tell_families") == []


def test_a_cancelled_first_session_starts_nothing(club: Club) -> None:
    amara, session = club.children[0], club.session(0)
    owed_when_called_off(club, 50)
    with clock.freeze(session.starts_at):
        catalogue.cancel_session(session_id=session.id, by=CancelledBy.SCHOOL, reason="A burst pipe.", actor=club.scene.partner)
        deliver()
    assert (club.commission(amara).state, club.earned(amara)) == ("confirmed", 0)
    club.save({amara: K.ATTENDED}, week=1)
    db.session.rollback()
    assert (registers.marked_sessions_were_held(), registers.marks_owe_what_the_ledger_says()) == (None, None)
    assert club.tasks(kind="missed_session") == []


def test_a_day_of_many_groups_is_called_off_at_once_or_not_at_all(club: Club) -> None:
    scene, first = club.scene, club.session(0)
    other = factories.make_session(factories.make_cohort(scene.offering), first.starts_at)
    ids = [first.id, other.id]
    with clock.freeze(first.starts_at):
        with pytest.raises(Invalid):
            services.call_off_day(session_ids=ids, by=CancelledBy.WEATHER, reason=" ", actor=scene.manager)
        with pytest.raises(Forbidden):
            services.call_off_day(session_ids=ids, by=CancelledBy.WEATHER, reason="Snow", actor=scene.link_worker)
        states = {session.state for session in db.session.scalars(sa.select(Session).where(Session.id.in_(ids)))}
        assert states == {SessionState.SCHEDULED}
        assert services.call_off_day(session_ids=ids, by=CancelledBy.WEATHER, reason="Snow", actor=scene.manager) == 2
        assert services.call_off_day(session_ids=ids, by=CancelledBy.WEATHER, reason="Snow", actor=scene.manager) == 0
        deliver()
    letters = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.topic == "attendance.session_changed")).all()
    assert letters and not any("Amara" in str(letter.payload) for letter in letters)


def test_a_moved_session_is_told_with_its_new_time(club: Club) -> None:
    session = club.session(0)
    with clock.freeze(session.starts_at):
        new = catalogue.move_session(
            session_id=session.id, starts_at=session.starts_at + (session.ends_at - session.starts_at) * 30, actor=club.scene.partner,
            ends_at=session.ends_at + (session.ends_at - session.starts_at) * 30, reason="Another hall.",
        )
        deliver()
    [task] = club.tasks(kind="tell_families")
    assert task.subject_id == new.id and task.title.endswith("Moved")
