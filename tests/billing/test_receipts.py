"""Funders' money from a bank's table: all of it or none, and each line once."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.services.receiving import take_in
from app.commissioning.models import Account
from app.commissioning.services import funds
from app.shared.errors import Forbidden, Invalid
from tests.billing.desk import in_account
from tests.commissioning.scene import build


def test_a_table_of_receipts_is_taken_in_whole_or_not_at_all_and_once(app: Flask) -> None:
    scene = build(money=0)
    funds.pledge(fund_id=scene.fund.id, pence=100_000, reference="letter", actor=scene.manager)
    good = 'Fund,Amount,Reference\nOpen fund,£1,BACS 1\nopen FUND,"250.50",BACS 2\n'
    assert take_in(zone_id=scene.zone.id, text=good, actor=scene.manager) == 2
    assert take_in(zone_id=scene.zone.id, text=good + "Open fund,3,BACS 3\n", actor=scene.manager) == 1
    assert in_account(Account.AVAILABLE) == 100 + 25_050 + 300
    for wrong, why in (
        ("Open fund,1,X", "names the columns"), (f"{good}Nobody,1,X", "no fund called"), (f"{good}Open fund,lots,X", "Row 4"),
        ("fund,amount,reference\nOpen fund,9,BACS 1", "BACS 1"), (f"{good}Open fund,1,BACS 1", "Row 4 has the fund"), (f"{good}Open fund,5,", "reference"), (f"{good}Open fund,5000,BACS 9", "BACS 9"),
    ):
        with pytest.raises(Invalid, match=why):
            take_in(zone_id=scene.zone.id, text=f"{wrong}\n", actor=scene.manager)
    with pytest.raises(Forbidden):
        take_in(zone_id=scene.zone.id, text=good, actor=scene.holder)
    assert in_account(Account.AVAILABLE) == 25_450
