"""Double entry: balanced, never below nil, written once, never edited."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app.commissioning.models import Account, Journal, Posting
from app.commissioning.queries.money import balance, balances
from app.commissioning.refusals import JournalConflict, NotEnoughMoney
from app.commissioning.services import ledger
from app.commissioning.services.ledger import About, Line, moved
from app.shared.db import atomic, db, lock_rows
from tests.commissioning.scene import Scene, build

ABOUT = About(year=2026)


def post(scene: Scene, lines: Any, key: Any = "k1", **given: Any) -> Any:
    with atomic():
        lock_rows(type(scene.fund), {line.fund.id for line in lines})
        return ledger.post(key=key, kind="test", zone_id=scene.zone.id, lines=lines, actor=scene.manager, **given)


def lines(fund: Any, pence: Any, source: Any = Account.AVAILABLE, target: Any = Account.REQUESTED) -> Any:
    return moved(source, target, [(fund, pence)], ABOUT)


def test_lines_that_do_not_balance_are_refused(scene: Scene) -> None:
    with pytest.raises(ValueError, match="sum to nil"):
        post(scene, [Line(Account.AVAILABLE, scene.fund, -5, ABOUT), Line(Account.REQUESTED, scene.fund, 4, ABOUT)])


def test_the_same_event_posted_twice_is_one(scene: Scene) -> None:
    first = post(scene, lines(scene.fund, 700))
    assert post(scene, lines(scene.fund, 700)).id == first.id
    assert balance(scene.fund.id, Account.REQUESTED) == 700


def test_the_same_key_with_other_lines_is_refused(scene: Scene) -> None:
    post(scene, lines(scene.fund, 700))
    with pytest.raises(JournalConflict):
        post(scene, lines(scene.fund, 701))
    assert balance(scene.fund.id, Account.REQUESTED) == 700


def test_the_same_key_with_another_reference_is_refused(scene: Scene) -> None:
    post(scene, lines(scene.fund, 700), reference="a")
    with pytest.raises(JournalConflict):
        post(scene, lines(scene.fund, 700), reference="b")


def test_lines_of_nil_are_left_out_and_an_event_without_lines_stands(scene: Scene) -> None:
    journal = post(scene, [Line(Account.AVAILABLE, scene.fund, 0, ABOUT)])
    assert journal.postings == []


@pytest.mark.parametrize(("source", "target"), [
    (Account.AVAILABLE, Account.REQUESTED), (Account.REQUESTED, Account.COMMITTED), (Account.COMMITTED, Account.ACCRUED),
    (Account.ACCRUED, Account.AVAILABLE), (Account.PLEDGED, Account.AVAILABLE),
])
def test_no_account_goes_below_nil(scene: Scene, source: Any, target: Any) -> None:
    held = balance(scene.fund.id, source)
    with pytest.raises(NotEnoughMoney) as refused:
        post(scene, lines(scene.fund, held + 1, source, target))
    assert refused.value.left_pence == held
    assert balance(scene.fund.id, source) == held


def test_what_is_left_is_said_in_pounds(scene: Scene) -> None:
    with pytest.raises(NotEnoughMoney, match=r"Open fund has £5,000 left\."):
        post(scene, lines(scene.fund, 500_001))


def test_money_does_not_leave_its_zone(scene: Scene) -> None:
    other = build()
    with pytest.raises(ValueError, match="Zone"):
        post(scene, lines(other.fund, 100))


def test_the_ledger_is_written_only_inside_a_transaction(scene: Scene) -> None:
    with pytest.raises(RuntimeError):
        ledger.post(key="k", kind="test", zone_id=scene.zone.id, lines=lines(scene.fund, 1), actor=None)


@pytest.mark.parametrize("statement", [
    "UPDATE posting SET pence = pence + 1", "DELETE FROM posting", "UPDATE journal SET kind = 'x'", "DELETE FROM journal",
])
def test_the_database_refuses_to_edit_the_ledger(scene: Scene, statement: Any) -> None:
    with pytest.raises(sa.exc.IntegrityError), atomic():
        db.session.execute(sa.text(statement))


def test_a_line_says_what_it_was_for(scene: Scene) -> None:
    commission = scene.approved()
    line = db.session.scalars(
        sa.select(Posting).join(Journal).where(Journal.kind == "commit", Posting.account == Account.COMMITTED)
    ).one()
    assert (line.child_id, line.commission_id, line.organisation_id, line.school_id, line.year, line.funder) == (
        commission.child_id, commission.id, scene.organisation.id, scene.school.id, 2026, "Larch Tree Foundation",
    )
    journal = db.session.get_one(Journal, line.journal_id)
    assert (journal.actor_id, journal.zone_id) == (scene.holder.id, scene.zone.id)


def test_all_accounts_together_are_always_nil(scene: Scene) -> None:
    scene.going()
    assert sum(sum(accounts.values()) for accounts in balances([scene.fund.id]).values()) == 0
