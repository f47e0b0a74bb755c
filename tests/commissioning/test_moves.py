"""Every move of a commission, through the verbs: those the table has work, all others are refused and change nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.audit.queries import list_entries_for
from app.commissioning.models import COMMISSION_MOVES, Commission, CommissionState, Suspension
from app.commissioning.queries.money import balances
from app.commissioning.services import commissions, decisions, delivery, endings
from app.shared.db import atomic, db
from app.shared.errors import DomainError, IllegalMove, Invalid
from tests.commissioning.scene import Scene

_S = CommissionState
VERBS: dict[str, tuple[CommissionState, Callable[[Scene, Commission], object]]] = {
    "approve": (_S.APPROVED, lambda s, c: decisions.approve(commission_id=c.id, actor=s.second)),
    "return": (_S.RETURNED, lambda s, c: decisions.return_(commission_id=c.id, question="?", actor=s.holder)),
    "reject": (_S.REJECTED, lambda s, c: decisions.reject(commission_id=c.id, reason="x", actor=s.holder)),
    "answer": (_S.REQUESTED, lambda s, c: commissions.answer_question(commission_id=c.id, answer="x", actor=s.link_worker)),
    "cancel": (_S.CANCELLED, lambda s, c: commissions.cancel(commission_id=c.id, reason="x", actor=s.link_worker)),
    "confirm": (_S.CONFIRMED, lambda s, c: delivery.confirm(
        commission_id=c.id, practitioner_id=s.practitioner.id, actor=s.partner)),
    "start": (_S.IN_DELIVERY, lambda s, c: delivery.start_delivery(commission_id=c.id)),
    "suspend": (_S.SUSPENDED, lambda s, c: delivery.suspend(
        commission_id=c.id, until_on=date(2026, 12, 31), reason="x", actor=s.manager)),
    "resume": (_S.IN_DELIVERY, lambda s, c: delivery.resume(commission_id=c.id, actor=s.manager)),
    "complete": (_S.DELIVERED, lambda s, c: delivery.complete(commission_id=c.id, actor=None)),
    "end_early": (_S.ENDED_EARLY, lambda s, c: commissions.end_early(commission_id=c.id, reason="x", actor=s.link_worker)),
    "close": (_S.CLOSED, lambda s, c: commissions.close(commission_id=c.id, actor=s.manager)),
}
FROM: dict[str, set[CommissionState]] = {
    "answer": {_S.RETURNED}, "start": {_S.CONFIRMED, _S.IN_DELIVERY}, "resume": {_S.SUSPENDED},
}
"""Verbs that are narrower than the table (two of them lead to `in_delivery`); starting what has started is calm."""


def may(verb: str, here: CommissionState) -> bool:
    to = VERBS[verb][0]
    return here in FROM[verb] if verb in FROM else COMMISSION_MOVES.allows(here, to)


def placed(scene: Scene, state: CommissionState) -> Commission:
    """A commission in that state: through the verbs as far as they lead, so that place and money are right."""
    path = {
        _S.DRAFT: [], _S.REQUESTED: [], _S.RETURNED: ["return"], _S.REJECTED: ["reject"], _S.APPROVED: ["approve"],
        _S.CANCELLED: ["cancel"], _S.CONFIRMED: ["approve", "confirm"], _S.IN_DELIVERY: ["approve", "confirm", "start"],
        _S.SUSPENDED: ["approve", "confirm", "start", "suspend"], _S.DELIVERED: ["approve", "confirm", "start", "complete"],
        _S.ENDED_EARLY: ["approve", "confirm", "start", "end_early"],
        _S.CLOSED: ["approve", "confirm", "start", "complete", "close"], _S.EXPIRED: [],
    }[state]
    commission = scene.request()
    for verb in path:
        if verb == "close":
            commissions.write_closing_note(commission_id=commission.id, note_text="x", actor=scene.link_worker)
        if verb == "approve":
            decisions.approve(commission_id=commission.id, actor=scene.holder)
        else:
            VERBS[verb][1](scene, commission)
    if state in (_S.DRAFT, _S.EXPIRED):
        with atomic():
            if state is _S.EXPIRED:
                commission.decide_by = commission.requested_at
                endings.expire_locked(commission)
            else:
                commission.state = state
    return commission


@pytest.mark.parametrize("here", list(_S))
def test_a_commission_makes_no_move_that_its_table_does_not_have(scene: Scene, here: Any) -> None:
    commission = placed(scene, here)
    version, money = commission.version, balances([scene.fund.id])[scene.fund.id]
    entries = len(list_entries_for(commission))
    for verb, (_, run) in VERBS.items():
        if not may(verb, here):
            with pytest.raises(IllegalMove):
                run(scene, commission)
            assert (commission.state, commission.version) == (here, version), verb
    assert balances([scene.fund.id])[scene.fund.id] == money
    assert len(list_entries_for(commission)) == entries


@pytest.mark.parametrize(("here", "verb"), [(here, verb) for verb in VERBS for here in _S if may(verb, here) and here is not _S.DRAFT])
def test_a_commission_makes_every_move_of_its_table(scene: Scene, here: Any, verb: Any) -> None:
    commission = placed(scene, here)
    if verb == "close":
        with pytest.raises(Invalid):
            VERBS[verb][1](scene, commission)
        commissions.write_closing_note(commission_id=commission.id, note_text="x", actor=scene.link_worker)
    VERBS[verb][1](scene, commission)
    assert commission.state is VERBS[verb][0]
    if here is not commission.state:
        moved = [e for e in list_entries_for(commission) if e.from_state]
        assert (moved[-1].from_state, moved[-1].to_state) == (here, commission.state)


def test_every_move_of_the_table_has_a_verb() -> None:
    reached = {(here, VERBS[verb][0]) for verb in VERBS for here in _S if may(verb, here)}
    by_others = {(_S.DRAFT, _S.REQUESTED), (_S.REQUESTED, _S.EXPIRED), (_S.RETURNED, _S.EXPIRED)}  # request, and the clock
    by_others |= {(_S.APPROVED, _S.REQUESTED), (_S.REJECTED, _S.REQUESTED)}  # a word taken back (test_deciding)
    by_others |= {(_S.CONFIRMED, _S.REQUESTED)}  # the child at another school (test_moving)
    assert {(here, there) for here, onward in COMMISSION_MOVES.table.items() for there in onward} <= reached | by_others


def test_a_note_is_written_only_when_it_is_over(scene: Scene) -> None:
    with pytest.raises(DomainError):
        commissions.write_closing_note(commission_id=scene.going().id, note_text="x", actor=scene.link_worker)


def test_one_pause_at_a_time_is_open(scene: Scene) -> None:
    commission = placed(scene, _S.SUSPENDED)
    assert db.session.query(Suspension).filter_by(commission_id=commission.id, ended_on=None).count() == 1
