"""Earned money on its way to a partner: ACCRUED -> IN_FLIGHT -> PAID, and back when a payment certainly did not happen."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.accounts.models import Person
from app.commissioning.models import Account, Commission, Fund, Journal
from app.commissioning.services import ledger, purse
from app.commissioning.services.ledger import Line, moved
from app.shared.db import lock_rows


@dataclass(frozen=True)
class Part:
    """What one billed line is, by fund; below nil for what a correction took back."""

    commission: Commission
    session_id: uuid.UUID | None
    parts: Mapping[uuid.UUID, int]


def submitted(*, key: str, zone_id: uuid.UUID, parts: Sequence[Part], actor: Person | None, reference: str) -> Journal:
    """A payment was handed to the bank or to Stripe."""
    return _move(key, "payment_sent", zone_id, Account.ACCRUED, Account.IN_FLIGHT, parts, actor, reference)


def refused(*, key: str, zone_id: uuid.UUID, parts: Sequence[Part], actor: Person | None, reference: str) -> Journal:
    """It certainly did not happen: owed again."""
    return _move(key, "payment_refused", zone_id, Account.IN_FLIGHT, Account.ACCRUED, parts, actor, reference)


def paid(*, key: str, zone_id: uuid.UUID, parts: Sequence[Part], actor: Person | None, reference: str) -> Journal:
    return _move(key, "payment_made", zone_id, Account.IN_FLIGHT, Account.PAID, parts, actor, reference)


def returned(*, key: str, zone_id: uuid.UUID, parts: Sequence[Part], actor: Person | None, reference: str) -> Journal:
    """It was paid and came back: owed again."""
    return _move(key, "payment_returned", zone_id, Account.PAID, Account.ACCRUED, parts, actor, reference)


def taken_back(*, key: str, zone_id: uuid.UUID, parts: Sequence[Part], actor: Person | None, reference: str) -> Journal:
    """Money that was paid came back for what corrections had taken off: `parts` are below nil, so paid shrinks and nothing is owed back."""
    return _move(key, "payment_taken_back", zone_id, Account.ACCRUED, Account.PAID, parts, actor, reference)


def _move(
    key: str, kind: str, zone_id: uuid.UUID, source: Account, target: Account, parts: Sequence[Part], actor: Person | None, reference: str
) -> Journal:
    """Locks the funds. The same key again changes nothing."""
    funds = {fund.id: fund for fund in lock_rows(Fund, {fund_id for part in parts for fund_id in part.parts})}
    lines: list[Line] = []
    for part in parts:
        about = purse.about(part.commission, part.session_id)
        lines += moved(source, target, [(funds[fund_id], pence) for fund_id, pence in part.parts.items()], about)
    return ledger.post(key=key, kind=kind, zone_id=zone_id, lines=lines, actor=actor, reference=reference)
