"""Two registers at the same moment, from real threads, on both databases; and what happens with the locks taken away."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Flask

from app.accounts.models import Person
from app.attendance import services
from app.attendance.models import Mark, MarkKind
from app.attendance.services import Marking, RegistersDisagree
from app.commissioning.models import CommissionState
from app.shared.db import db
from tests.attendance.club import Club, count
from tests.concurrency.racing import no_locks, race, refusals, surprises

K = MarkKind


def saver(club: Club, kind: MarkKind, key: str, of: Sequence[int] | None = None) -> Callable[[], object]:
    """Saves the first week's register for these children (all)."""
    session_id, actor_id = club.session().id, club.scene.partner.id
    child_ids = [club.children[number].id for number in (of or range(len(club.children)))]
    return lambda: services.save_register(
        session_id=session_id, marks={child_id: Marking(kind) for child_id in child_ids}, client_key=key,
        actor=db.session.get_one(Person, actor_id),
    )


def test_one_of_two_registers_that_disagree_is_refused_and_paid_for_nothing(app: Flask, club: Club) -> None:
    club.join()
    with club.after():
        answers = race(app, [saver(club, K.ATTENDED, "a"), saver(club, K.ABSENT_UNTOLD, "b")])
    assert len(refusals(answers, RegistersDisagree)) == 1
    assert surprises(answers, RegistersDisagree) == []
    kinds = {mark.kind for child in club.children if (mark := club.mark(child))}
    assert (count(Mark), len(kinds)) == (2, 1)
    owed = 2_000 if kinds == {K.ATTENDED} else 1_000
    assert [club.earned(child) for child in club.children] == [owed, owed]


def test_without_the_locks_the_second_register_is_no_refusal_but_a_fault(app: Flask, club: Club) -> None:
    """The twin: it shows that the locks above are what makes it a sentence."""
    with club.after():
        racers = [saver(club, K.ATTENDED, "a"), saver(club, K.ABSENT_UNTOLD, "b")]
        with no_locks(app, meet_before="INSERT INTO audit_entry ", racers=2):
            answers = race(app, racers)
    assert refusals(answers, RegistersDisagree) == []
    assert surprises(answers) != []


def test_the_same_register_from_four_threads_is_one(app: Flask, club: Club) -> None:
    with club.after():
        answers = race(app, [saver(club, K.ATTENDED, "same") for _ in range(4)])
    assert surprises(answers) == []
    assert (count(Mark), club.earned(club.children[0])) == (1, 2_000)


def test_two_registers_of_different_children_are_both_saved(app: Flask, club: Club) -> None:
    for _ in range(3):
        club.join()
    with club.after():
        answers = race(app, [saver(club, K.ATTENDED, "a", of=[0, 1]), saver(club, K.LATE, "b", of=[2, 3])])
    assert surprises(answers) == []
    assert [club.earned(child) for child in club.children] == [2_000] * 4
    assert {club.commission(child).state for child in club.children} == {CommissionState.IN_DELIVERY}


def test_two_corrections_at_once_move_the_money_once(app: Flask, club: Club) -> None:
    amara = club.children[0]
    session_id, child_id, actor_id = club.save({amara: K.ABSENT_UNTOLD}).id, amara.id, club.scene.link_worker.id

    def corrects(kind: MarkKind) -> Callable[[], object]:
        return lambda: services.correct_mark(
            session_id=session_id, child_id=child_id, marking=Marking(kind, seen_revision=1), reason="She was there.",
            actor=db.session.get_one(Person, actor_id),
        )

    with club.after():
        answers = race(app, [corrects(K.ATTENDED), corrects(K.EXCUSED)])
    assert len(refusals(answers, RegistersDisagree)) == 1
    assert surprises(answers, RegistersDisagree) == []
    mark = club.mark(amara)
    assert mark is not None and mark.revision == 2
    assert club.earned(amara) == (2_000 if mark.kind is K.ATTENDED else 0)


def test_a_register_and_a_child_who_leaves_at_once_end_in_one_truth(app: Flask, club: Club) -> None:
    from app.introductions import services as introductions
    from app.introductions.models import EndReason

    amara = club.children[0]
    club.save({amara: K.ATTENDED})
    introduction_id, actor_id = club.commission(amara).introduction_id, club.scene.link_worker.id
    session_id, partner_id = club.session(1).id, club.scene.partner.id
    with club.after(week=1):
        answers = race(app, [
            lambda: services.save_register(
                session_id=session_id, marks={amara.id: Marking(K.ATTENDED)}, client_key="b",
                actor=db.session.get_one(Person, partner_id),
            ),
            lambda: introductions.end(
                introduction_id=introduction_id, reason=EndReason.CHILD_NO, actor=db.session.get_one(Person, actor_id)
            ),
        ])
    assert surprises(answers[1:]) == []
    assert club.commission(amara).state is CommissionState.ENDED_EARLY
    assert club.earned(amara) == (2_000 if isinstance(answers[0], Exception) else 4_000)
