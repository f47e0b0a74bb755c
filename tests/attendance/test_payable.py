"""What a mark owes, to the penny; who decides on a third absence; how a correction moves money."""

from __future__ import annotations

import pytest

from app.accounts.models import Role
from app.attendance.models import Mark, MarkKind
from app.attendance.payable import percent_owed
from app.attendance.services import Marking, RegistersDisagree
from app.audit.models import AuditEntry
from app.catalogue.models import DEFAULT_PAYABLE
from app.commissioning.models import CommissionState
from app.shared.db import db
from app.shared.errors import Forbidden, Invalid, NotFound
from tests.attendance.club import Club, count
from tests.commissioning.scene import person

K = MarkKind


@pytest.mark.parametrize(("kind", "is_told_late", "earlier", "owed"), [
    (K.ATTENDED, False, 0, (100, False)),
    (K.LATE, False, 5, (100, False)),
    (K.LEFT_EARLY, False, 0, (100, False)),
    (K.ABSENT_TOLD, False, 5, (0, False)),
    (K.ABSENT_TOLD, True, 0, (50, False)),
    (K.ABSENT_UNTOLD, False, 1, (50, False)),
    (K.ABSENT_UNTOLD, False, 2, (0, True)),
    (K.ABSENT_TOLD, True, 2, (0, True)),
    (K.EXCUSED, False, 0, (0, False)),
    (K.SESSION_CANCELLED, False, 0, (0, False)),
])
def test_the_tariff_says_what_each_mark_owes(kind: MarkKind, is_told_late: bool, earlier: int, owed: tuple[int, bool]) -> None:
    assert percent_owed(kind, is_told_late=is_told_late, earlier_without_notice=earlier, payable=DEFAULT_PAYABLE) == owed


def test_a_mark_the_tariff_leaves_out_keeps_the_default() -> None:
    assert percent_owed(K.ATTENDED, is_told_late=False, earlier_without_notice=0, payable={"absent_told": 25}) == (100, False)
    assert percent_owed(K.ABSENT_TOLD, is_told_late=False, earlier_without_notice=0, payable={"absent_told": 25}) == (25, False)


def test_told_less_than_48_hours_ahead_owes_what_untold_owes(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: Marking(K.ABSENT_TOLD, is_told_late=True)})
    assert club.earned(amara) == 1_000
    club.save({amara: K.ABSENT_TOLD}, week=1)
    assert club.earned(amara) == 1_000


def test_the_third_absence_without_notice_waits_for_the_link_worker(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: K.ABSENT_UNTOLD})
    club.save({amara: Marking(K.ABSENT_TOLD, is_told_late=True)}, week=1)
    club.save({amara: K.ABSENT_UNTOLD}, week=2)
    assert [club.earned(amara, week) for week in range(3)] == [1_000, 1_000, 0]
    [task] = club.tasks(kind="payable_decision")
    assert task.url == f"/sessions/{club.session(2).id}/marks/{amara.id}"


@pytest.mark.parametrize(("percent", "pence"), [(0, 0), (50, 1_000), (100, 2_000)])
def test_the_link_worker_decides_what_a_third_absence_owes_and_the_task_goes(club: Club, percent: int, pence: int) -> None:
    amara = club.children[0]
    for week in range(3):
        club.save({amara: K.ABSENT_UNTOLD}, week=week)
    club.correct(amara, K.ABSENT_UNTOLD, week=2, percent=percent, reason="Their bus broke down.")
    assert club.earned(amara, 2) == pence
    assert club.tasks(kind="payable_decision") == []


def test_two_undecided_absences_are_two_tasks(club: Club) -> None:
    amara = club.children[0]
    for week in range(4):
        club.save({amara: K.ABSENT_UNTOLD}, week=week)
    assert len(club.tasks(kind="payable_decision")) == 2
    club.correct(amara, K.ABSENT_UNTOLD, week=2, percent=0)
    [left] = club.tasks(kind="payable_decision")
    assert str(club.session(3).id) in left.url


def test_a_third_absence_is_not_left_undecided_by_a_correction(club: Club) -> None:
    amara = club.children[0]
    for week in range(2):
        club.save({amara: K.ABSENT_UNTOLD}, week=week)
    club.save({amara: K.ATTENDED}, week=2)
    with pytest.raises(Invalid) as refused:
        club.correct(amara, K.ABSENT_UNTOLD, week=2)
    assert refused.value.field == "percent"


def test_the_tariff_decides_every_other_mark(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: K.ATTENDED})
    with pytest.raises(Invalid, match="comes from the tariff") as refused:
        club.correct(amara, K.LATE, percent=0)
    assert refused.value.field == "percent"
    assert club.earned(amara) == 2_000


@pytest.mark.parametrize(("was", "now", "pence"), [
    (K.ATTENDED, K.ABSENT_UNTOLD, 1_000),
    (K.ATTENDED, K.EXCUSED, 0),
    (K.ABSENT_TOLD, K.ATTENDED, 2_000),
    (K.ABSENT_UNTOLD, K.LATE, 2_000),
])
def test_a_correction_moves_money_by_the_difference(club: Club, was: MarkKind, now: MarkKind, pence: int) -> None:
    amara = club.children[0]
    club.save({amara: was})
    club.save({amara: K.ATTENDED}, week=1)
    club.correct(amara, now)
    assert club.earned(amara, 0) == pence
    assert club.earned(amara) == pence + 2_000


def test_a_correction_keeps_the_old_mark_beside_the_new_one_with_the_reason(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: Marking(K.ABSENT_UNTOLD, note="Nobody rang.")})
    mark = club.correct(amara, K.ATTENDED, reason=" She was with the other group. ", days=60)
    assert (mark.revision, mark.reason, mark.note) == (2, "She was with the other group.", "Nobody rang.")
    assert (mark.marked_by_id, count(Mark)) == (club.scene.link_worker.id, 2)
    entry = db.session.query(AuditEntry).filter_by(action="attendance.mark.corrected").one()
    assert (entry.from_state, entry.to_state, entry.child_id) == ("absent_untold", "attended", amara.id)
    assert (entry.details["percent_before"], entry.details["percent"]) == (50, 100)


def test_a_correction_after_the_commission_is_over_still_moves_the_money(club: Club) -> None:
    bilal = club.join(sessions=2)
    club.save({bilal: K.ATTENDED})
    club.save({bilal: K.ABSENT_TOLD}, week=1)
    assert club.commission(bilal).state is CommissionState.DELIVERED
    club.correct(bilal, K.ATTENDED, week=1)
    assert club.earned(bilal) == 4_000
    club.correct(bilal, K.EXCUSED, week=0)
    assert club.earned(bilal) == 2_000


def test_a_correction_needs_a_reason_a_mark_and_a_change(club: Club) -> None:
    amara = club.children[0]
    with pytest.raises(NotFound):
        club.correct(amara, K.ATTENDED)
    club.save({amara: K.ATTENDED})
    with pytest.raises(Invalid) as no_reason:
        club.correct(amara, K.LATE, reason="  ")
    assert no_reason.value.field == "reason"
    with pytest.raises(Invalid, match="already"):
        club.correct(amara, K.ATTENDED)
    with pytest.raises(Invalid, match="as a whole"):
        club.correct(amara, K.SESSION_CANCELLED)


def test_a_stale_correction_is_refused_by_name(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: K.ATTENDED})
    club.correct(amara, K.LATE)
    with pytest.raises(RegistersDisagree, match=club.scene.link_worker.name):
        club.correct(amara, K.EXCUSED, seen=1, by=club.scene.manager)


def test_only_the_childs_own_link_worker_or_the_zone_manager_corrects(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: K.ATTENDED})
    for stranger in (club.scene.partner, person(Role.LINK_WORKER, club.scene.zone), club.scene.holder):
        with pytest.raises(Forbidden):
            club.correct(amara, K.LATE, by=stranger)
    club.correct(amara, K.EXCUSED, by=club.scene.manager)
    assert club.earned(amara) == 0
