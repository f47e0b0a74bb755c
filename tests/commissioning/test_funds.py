"""Opening and closing funds, promises and receipts; envelopes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.audit.queries import list_entries_for
from app.commissioning.invariants import broken
from app.commissioning.models import Account, Fund
from app.commissioning.queries.money import balance, balances, envelope_pence, fund_lines
from app.commissioning.refusals import EnvelopeFull, JournalConflict, NotEnoughMoney, StillAskedFor
from app.commissioning.services import accruals, commissions, decisions, envelopes, funds
from app.shared.errors import Invalid
from tests.commissioning.scene import Scene, build


@pytest.fixture
def empty(scene: Scene) -> Any:
    return scene.fund_with(0, name="Council", funder="West Council")


def accounts(fund: Any) -> Any:
    return {account: pence for account, pence in balances([fund.id])[fund.id].items() if pence}


def test_a_promise_cannot_be_spent(scene: Scene, empty: Fund) -> None:
    funds.pledge(fund_id=empty.id, pence=200_000, reference="letter", actor=scene.manager)
    assert accounts(empty) == {Account.RECEIVABLE: -200_000, Account.PLEDGED: 200_000}


def test_money_received_can_be_spent(scene: Scene, empty: Fund) -> None:
    funds.pledge(fund_id=empty.id, pence=200_000, reference="letter", actor=scene.manager)
    funds.receive(fund_id=empty.id, pence=150_000, reference="bank", actor=scene.manager)
    assert accounts(empty) == {
        Account.RECEIVABLE: -50_000, Account.PLEDGED: 50_000, Account.BANK: -150_000, Account.AVAILABLE: 150_000,
    }


def test_more_than_was_promised_cannot_be_received(scene: Scene, empty: Fund) -> None:
    funds.pledge(fund_id=empty.id, pence=1_000, reference="letter", actor=scene.manager)
    with pytest.raises(NotEnoughMoney, match="£10 of its promise still to pay"):
        funds.receive(fund_id=empty.id, pence=1_001, reference="bank", actor=scene.manager)


@pytest.mark.parametrize("verb", [funds.pledge, funds.receive])
def test_the_same_reference_twice_is_one(scene: Scene, verb: Any) -> None:
    before = fund_lines([scene.fund])
    reference = "letter 1" if verb is funds.pledge else "bank 1"
    verb(fund_id=scene.fund.id, pence=500_000, reference=reference, actor=scene.manager)
    assert fund_lines([scene.fund]) == before
    assert sum(e.action.endswith(("pledged", "received")) for e in list_entries_for(scene.fund)) == 2


@pytest.mark.parametrize("verb", [funds.pledge, funds.receive])
def test_the_same_reference_with_another_amount_is_refused(scene: Scene, verb: Any) -> None:
    reference = "letter 1" if verb is funds.pledge else "bank 1"
    with pytest.raises(JournalConflict, match="already written down") as refused:
        verb(fund_id=scene.fund.id, pence=1, reference=reference, actor=scene.manager)
    assert refused.value.field == "reference"


@pytest.mark.parametrize(("pence", "reference", "field"), [(0, "x", "pence"), (-5, "x", "pence"), (5, "  ", "reference"), (5, "x" * 61, "reference")])
def test_a_promise_needs_an_amount_and_a_reference(scene: Scene, pence: Any, reference: Any, field: Any) -> None:
    with pytest.raises(Invalid) as refused:
        funds.pledge(fund_id=scene.fund.id, pence=pence, reference=reference, actor=scene.manager)
    assert refused.value.field == field


@pytest.mark.parametrize(("given", "field"), [
    ({"name": "Open fund"}, "name"), ({"name": " "}, "name"), ({"funder": " "}, "funder"),
    ({"ends_on": date(2026, 1, 1)}, "ends_on"), ({"year_from": 6, "year_to": 4}, "year_to"), ({"need_area": "Physical"}, "need_area"),
])
def test_a_fund_that_cannot_be_is_refused_at_its_field(scene: Scene, given: Any, field: Any) -> None:
    with pytest.raises(Invalid) as refused:
        scene.fund_with(0, **given)
    assert refused.value.field == field


def test_a_fund_is_not_kept_for_a_school_of_another_zone(scene: Scene) -> None:
    with pytest.raises(Invalid, match="another Zone"):
        scene.fund_with(0, school_id=build().school.id)


def test_an_envelope_is_the_zones_until_somebody_says_why_not(scene: Scene) -> None:
    child = scene.child()
    assert envelope_pence(child, scene.zone, 2026) == 100_000
    envelopes.change_envelope(child_id=child.id, year=2026, pence=120_000, reason="Two therapies", actor=scene.manager)
    assert envelope_pence(child, scene.zone, 2026) == 120_000
    assert envelope_pence(child, scene.zone, 2027) == 100_000


def test_an_envelope_changes_only_with_a_reason(scene: Scene) -> None:
    with pytest.raises(Invalid, match="Say why"):
        envelopes.change_envelope(child_id=scene.child().id, year=2026, pence=1, reason=" ", actor=scene.manager)


def test_an_envelope_is_never_smaller_than_what_is_spoken_for(scene: Scene) -> None:
    commission = scene.approved()
    with pytest.raises(EnvelopeFull, match="£200 of this year is already used, promised or asked for"):
        envelopes.change_envelope(
            child_id=commission.child_id, year=2026, pence=19_999, reason="Less", actor=scene.manager
        )
    envelopes.change_envelope(child_id=commission.child_id, year=2026, pence=20_000, reason="Less", actor=scene.manager)


# --- closing one -----------------------------------------------------------------------------------


def test_nothing_more_is_promised_from_a_closed_fund(scene: Scene) -> None:
    funds.close_fund(fund_id=scene.fund.id, reason="The grant has ended", actor=scene.manager)
    waiting = scene.request()
    assert waiting.shares == []  # asked for, and waiting until some fund can pay
    with pytest.raises(NotEnoughMoney, match="£0 left"):
        decisions.approve(commission_id=waiting.id, actor=scene.holder)
    other = scene.fund_with(50_000)
    assert [share.fund_id for share in scene.request().shares] == [other.id]


def test_a_fund_is_not_closed_while_a_request_has_its_money_set_aside(scene: Scene) -> None:
    commission = scene.request()
    with pytest.raises(StillAskedFor, match="£200 of Open fund is asked for"):
        funds.close_fund(fund_id=scene.fund.id, reason="Ended", actor=scene.manager)
    decisions.return_(commission_id=commission.id, question="Why ten?", actor=scene.holder)
    with pytest.raises(StillAskedFor):
        funds.close_fund(fund_id=scene.fund.id, reason="Ended", actor=scene.manager)
    commissions.cancel(commission_id=commission.id, reason="Not now", actor=scene.link_worker)
    assert funds.close_fund(fund_id=scene.fund.id, reason="Ended", actor=scene.manager).is_closed


def test_what_a_closed_fund_promised_is_still_paid_and_what_comes_back_stays_in_it(scene: Scene) -> None:
    commission = scene.going()
    funds.close_fund(fund_id=scene.fund.id, reason="Ended", actor=scene.manager)
    accruals.accrue(commission_id=commission.id, session_id=scene.sessions()[0].id, percent=100, revision=1, actor=None)
    assert (balance(scene.fund.id, Account.COMMITTED), balance(scene.fund.id, Account.ACCRUED)) == (18_000, 2_000)
    commissions.end_early(commission_id=commission.id, reason="Moved away", actor=scene.link_worker)
    assert (balance(scene.fund.id, Account.COMMITTED), balance(scene.fund.id, Account.AVAILABLE)) == (0, 498_000)
    assert broken() == []


def test_the_trail_of_a_closed_fund_names_what_was_not_spent(scene: Scene) -> None:
    scene.approved()
    funds.pledge(fund_id=scene.fund.id, pence=7_000, reference="letter 2", actor=scene.manager)
    funds.close_fund(fund_id=scene.fund.id, reason=" The grant has ended ", actor=scene.manager)
    [entry] = [e for e in list_entries_for(scene.fund) if e.action == "commissioning.fund.closed"]
    assert entry.reason == "The grant has ended" and entry.actor_name == scene.manager.name
    assert entry.details == {"unspent_pence": 480_000, "committed_pence": 20_000, "unpaid_promise_pence": 7_000}


@pytest.mark.parametrize("verb", [funds.pledge, funds.receive])
def test_a_closed_fund_takes_no_money(scene: Scene, verb: Any) -> None:
    funds.close_fund(fund_id=scene.fund.id, reason="Ended", actor=scene.manager)
    with pytest.raises(Invalid, match="closed"):
        verb(fund_id=scene.fund.id, pence=1, reference="new", actor=scene.manager)


def test_a_fund_is_closed_once_and_with_a_reason(scene: Scene) -> None:
    with pytest.raises(Invalid, match="Say why") as refused:
        funds.close_fund(fund_id=scene.fund.id, reason=" ", actor=scene.manager)
    assert refused.value.field == "reason"
    funds.close_fund(fund_id=scene.fund.id, reason="Ended", actor=scene.manager)
    with pytest.raises(Invalid, match="closed already"):
        funds.close_fund(fund_id=scene.fund.id, reason="Ended", actor=scene.manager)
