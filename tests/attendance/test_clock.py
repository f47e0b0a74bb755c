"""What the clock does for registers."""

from __future__ import annotations

from app.attendance.models import MarkKind
from app.attendance.services import sweep
from app.catalogue.models import CancelledBy, SessionState
from app.catalogue.services import sessions as catalogue_sessions
from app.shared.db import db
from tests.attendance.club import Club

HERE = MarkKind.ATTENDED


def test_a_register_nobody_took_is_asked_for_the_next_day_and_once(club: Club) -> None:
    with club.after():
        sweep()
        assert club.tasks(club.scene.partner, "register_due") == []  # the day is not over
    with club.after(days=1) as session:
        sweep()
        sweep()
        [task] = club.tasks(club.scene.partner, "register_due")
        assert task.url == f"/sessions/{session.id}/register"
        assert "Amara" not in task.title + task.text


def test_taking_the_register_takes_the_task_away(club: Club) -> None:
    with club.after(days=1):
        sweep()
    club.save({club.children[0]: HERE}, days=1)
    assert club.tasks(club.scene.partner, "register_due") == []


def test_a_session_called_off_afterwards_needs_no_register(club: Club) -> None:
    with club.after(days=1) as session:
        sweep()
        catalogue_sessions.cancel_session(session_id=session.id, by=CancelledBy.WEATHER, reason="Storm", actor=club.scene.partner)
        sweep()
        assert club.tasks(club.scene.partner, "register_due") == []


def test_after_three_weeks_nobody_is_asked_for_a_register_they_can_no_longer_take(club: Club) -> None:
    with club.after(days=1):
        sweep()
    with club.after(days=22) as session:
        sweep()
        sweep()
        assert str(session.id) not in " ".join(task.url for task in club.tasks(club.scene.partner, "register_due"))


def test_a_session_is_closed_when_its_register_is_locked(club: Club) -> None:
    session = club.save({club.children[0]: HERE})
    with club.after(days=9):
        sweep()
        assert db.session.get_one(type(session), session.id).state is SessionState.HELD
    with club.after(days=10):
        sweep()
        db.session.rollback()
        assert db.session.get_one(type(session), session.id).state is SessionState.CLOSED


def test_a_closed_sessions_mark_can_still_be_corrected(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: MarkKind.ABSENT_UNTOLD})
    with club.after(days=10):
        sweep()
    club.correct(amara, HERE, days=11)
    assert club.earned(amara) == 2_000
