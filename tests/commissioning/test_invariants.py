"""Each check is green on honest data and red on its own breach, made behind the services' back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa

from app.catalogue.models import Document
from app.commissioning import invariants
from app.commissioning.models import Account, Commission, CommissionState, FundShare, Journal, Place, Posting
from app.commissioning.services import commissions, decisions, delivery
from app.shared.db import atomic, db
from tests.commissioning.scene import Scene, build


def posting(scene: Scene, account: Account, pence: int, **given: object) -> Posting:
    journal = Journal(key=uuid.uuid4().hex, kind="forged", zone_id=given.pop("zone_id", scene.zone.id))
    db.session.add(journal)
    db.session.flush()
    row = Posting(journal_id=journal.id, account=account, pence=pence, year=2026, **{"fund_id": scene.fund.id, **given})
    db.session.add(row)
    return row


def unbalanced(scene: Scene) -> None:
    posting(scene, Account.BANK, 5)


def another_zones(scene: Scene) -> None:
    posting(scene, Account.BANK, 5, zone_id=OTHER[0].zone.id)


def below_nil(scene: Scene) -> None:
    posting(scene, Account.ACCRUED, -5_000_000)


def share_below_nil(scene: Scene) -> None:
    posting(scene, Account.REQUESTED, -5_000_000, commission_id=scene.approved_one.id)  # type: ignore[attr-defined]


def overfull(scene: Scene) -> None:
    scene.cohort.capacity = 0


def promised_without_place(scene: Scene) -> None:
    db.session.execute(sa.update(Commission).where(Commission.id == scene.approved_one.id).values(place_id=None))  # type: ignore[attr-defined]


def penny_too_many(scene: Scene) -> None:
    db.session.execute(sa.update(FundShare).values(pence=FundShare.pence + 1))


def spent_otherwise(scene: Scene) -> None:
    posting(scene, Account.COMMITTED, 5, commission_id=scene.approved_one.id, child_id=scene.approved_one.child_id)  # type: ignore[attr-defined]


def closed_with_money(scene: Scene) -> None:
    db.session.execute(sa.update(Commission).where(Commission.id == scene.approved_one.id).values(state=CommissionState.CLOSED))  # type: ignore[attr-defined]


def no_statement(scene: Scene) -> None:
    posting(scene, Account.COMMITTED, 5)


def someone_elses(scene: Scene) -> None:
    posting(scene, Account.BANK, 5, commission_id=scene.approved_one.id, child_id=scene.child().id)  # type: ignore[attr-defined]


OTHER: list[Scene] = []
BREACHES: list[tuple[str, Callable[[Scene], None]]] = [
    ("every journal sums to nil", unbalanced), ("money stays in its Zone", another_zones), ("no fund is below nil", below_nil),
    ("no share of a commission is below nil", share_below_nil), ("no cohort is over capacity", overfull),
    ("promised commissions have their place", promised_without_place), ("shares sum to the total", penny_too_many),
    ("commissions agree with the ledger", spent_otherwise), ("commissions agree with the ledger", closed_with_money), ("children's statements add up to the funds", no_statement),
]


@pytest.fixture
def lived(scene: Scene) -> Any:
    """Commissions in every kind of state."""
    scene.approved_one = scene.approved()
    scene.request()
    decisions.reject(commission_id=scene.request().id, reason="x", actor=scene.holder)
    going = scene.going()
    delivery.accrue(commission_id=going.id, session_id=scene.sessions()[0].id, percent=50, revision=1, actor=None)
    ended = scene.going()
    delivery.accrue(commission_id=ended.id, session_id=scene.sessions()[0].id, percent=100, revision=1, actor=None)
    commissions.end_early(commission_id=ended.id, reason="x", actor=scene.link_worker)
    return scene


def test_honest_data_breaks_nothing(lived: Scene) -> None:
    assert invariants.broken() == []
    assert [check() for _, check in invariants.REPORTS] == [None]


class Undone(Exception):
    """The breach is taken back."""


def found_after(breach: Callable[[Scene], None], scene: Scene) -> dict[str, str]:
    """What the checks say while the breach stands."""
    found: dict[str, str] = {}
    with suppress(Undone), atomic():
        breach(scene)
        db.session.flush()
        found = dict(invariants.broken())
        raise Undone
    return found


def test_each_breach_is_found_by_its_own_check(lived: Scene) -> None:
    OTHER[:] = [build(money=0)]
    assert [rule for rule, breach in BREACHES if rule not in found_after(breach, lived)] == []
    assert invariants.broken() == []


def test_two_live_places_of_a_child_are_found_where_the_index_is_gone(lived: Scene) -> None:
    with atomic():
        db.session.execute(sa.text("DROP INDEX one_live_place_per_child_and_cohort"))
        place = lived.approved_one.place
        db.session.add(Place(cohort_id=place.cohort_id, child_id=place.child_id, state="firm"))
        found = dict(invariants.broken())
        db.session.rollback()
    assert "one live place per child and cohort" in found


def test_lapsed_documents_behind_a_confirmed_place_are_reported(lived: Scene) -> None:
    with atomic():
        db.session.execute(sa.delete(Document))
    assert invariants.REPORTS[0][1]() is not None
