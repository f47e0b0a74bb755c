"""Who is asked to look into it when a child was missed, and when that is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from app.accounts.models import Role
from app.attendance import services
from app.attendance.follow_up import Ask, what_to_ask
from app.attendance.models import MarkKind
from app.attendance.services import Marking
from app.children.models import CaseloadKind
from app.children.services import assign_caseload
from app.introductions import services as introductions
from app.introductions.models import EndReason
from app.shared import clock
from app.shared.errors import Forbidden, Invalid
from tests.attendance.club import Club
from tests.commissioning.scene import person

K = MarkKind
HERE, TOLD, UNTOLD, EXCUSED = K.ATTENDED, K.ABSENT_TOLD, K.ABSENT_UNTOLD, K.EXCUSED


@pytest.mark.parametrize(("kinds", "asked"), [
    ([], None),
    ([HERE], None),
    ([TOLD], Ask.RING_HOME),
    ([UNTOLD], Ask.RING_HOME),
    ([HERE, TOLD], None),
    ([HERE, UNTOLD], Ask.RING_HOME),
    ([HERE, TOLD, UNTOLD], Ask.WHO_GOES_ALONG),
    ([UNTOLD, TOLD], Ask.WHO_GOES_ALONG),
    ([UNTOLD, EXCUSED, UNTOLD], Ask.WHO_GOES_ALONG),
    ([UNTOLD, HERE], None),
    ([EXCUSED, TOLD], Ask.RING_HOME),
    ([HERE, UNTOLD, EXCUSED], Ask.RING_HOME),
])
def test_what_missed_sessions_ask(kinds: Sequence[MarkKind], asked: Ask | None) -> None:
    assert what_to_ask(kinds) is asked


def test_a_first_session_missed_is_the_lead_link_workers_task_the_same_day(club: Club) -> None:
    amara = club.children[0]
    session = club.save({amara: TOLD})
    [task] = club.tasks()
    assert (task.kind, task.title, task.child_id, task.due_on) == ("missed_session", "Amara O. · Ring home", amara.id, session.held_on)
    assert task.text == f"Missed the first session at {club.scene.offering.title}"
    assert task.url == f"/sessions/{session.id}/marks/{amara.id}/follow-up"


def test_the_task_goes_when_the_child_comes(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: UNTOLD})
    assert len(club.tasks()) == 1
    club.save({amara: HERE}, week=1)
    assert club.tasks() == []


def test_the_task_goes_when_the_mark_was_a_slip(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: UNTOLD})
    club.save({amara: HERE}, seen=1)
    assert club.tasks() == []


def test_two_missed_in_a_row_ask_who_can_go_along(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: HERE})
    club.save({amara: UNTOLD}, week=1)
    assert [task.kind for task in club.tasks()] == ["missed_session"]
    club.save({amara: TOLD}, week=2)
    assert [task.kind for task in club.tasks()] == ["who_can_go_along"]


def test_a_correction_of_an_old_mark_leaves_the_newest_absence_asked_about(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: UNTOLD})
    club.save({amara: UNTOLD}, week=1)
    club.correct(amara, HERE, week=0)
    [task] = club.tasks()
    assert task.kind == "missed_session"
    assert str(club.session(1).id) in task.url


def test_told_in_time_after_coming_asks_nobody(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: HERE})
    club.save({amara: TOLD}, week=1)
    assert club.tasks() == []


def test_cover_is_told_as_well_as_the_lead(club: Club) -> None:
    amara = club.children[0]
    cover = person(Role.LINK_WORKER, club.scene.zone)
    assign_caseload(
        child_id=amara.id, person_id=cover.id, actor=club.scene.manager, kind=CaseloadKind.COVER,
        ends_on=clock.today() + timedelta(days=30),
    )
    club.save({amara: UNTOLD})
    assert len(club.tasks()) == len(club.tasks(cover)) == 1


def test_without_a_link_worker_the_zone_manager_is_told(club: Club) -> None:
    from app.children.services import end_caseload

    amara = club.children[0]
    end_caseload(caseload_id=amara.caseload[0].id, child_id=amara.id, on=clock.today() - timedelta(days=1), actor=club.scene.manager)
    club.save({amara: UNTOLD})
    assert [task.kind for task in club.tasks(club.scene.manager)] == ["missed_session"]


def test_what_was_found_out_takes_the_task_off_everybodys_list_and_it_does_not_come_back(club: Club) -> None:
    amara = club.children[0]
    session = club.save({amara: UNTOLD})
    services.follow_up(session_id=session.id, child_id=amara.id, words="Nan is ill; an aunt brings her next week.", actor=club.scene.link_worker)
    assert club.tasks() == []
    club.save({amara: Marking(UNTOLD, note="Still no word.", seen_revision=1)})
    assert club.tasks() == []
    club.save({amara: UNTOLD}, week=1)
    assert [task.kind for task in club.tasks()] == ["who_can_go_along"]


def test_only_those_who_work_with_the_child_follow_up_and_in_words(club: Club) -> None:
    amara = club.children[0]
    session = club.save({amara: UNTOLD})
    for stranger in (club.scene.partner, club.scene.holder, person(Role.LINK_WORKER, club.scene.zone)):
        with pytest.raises(Forbidden):
            services.follow_up(session_id=session.id, child_id=amara.id, words="Hm.", actor=stranger)
    with pytest.raises(Invalid) as empty:
        services.follow_up(session_id=session.id, child_id=amara.id, words="  ", actor=club.scene.link_worker)
    assert empty.value.field == "words"


def test_a_child_who_came_has_nothing_to_follow_up(club: Club) -> None:
    amara = club.children[0]
    session = club.save({amara: HERE})
    with pytest.raises(Invalid, match="not missed"):
        services.follow_up(session_id=session.id, child_id=amara.id, words="Hm.", actor=club.scene.link_worker)


def test_tasks_about_a_place_go_when_the_introduction_is_over(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: UNTOLD})
    introductions.end(
        introduction_id=club.commission(amara).introduction_id, reason=EndReason.CHILD_NO, note="Too loud.", actor=club.scene.link_worker
    )
    assert club.tasks(kind="missed_session") == []
