"""The rails by kind. A Zone chooses one; nothing else in Kith depends on which."""

from __future__ import annotations

from app.payments.models import Rail
from app.payments.rails.bank_file import BankFileRail
from app.payments.rails.base import PaymentRail
from app.payments.rails.manual import ManualRail

_rails: dict[Rail, PaymentRail] = {rail.kind: rail for rail in (BankFileRail(), ManualRail())}


def register_rail(rail: PaymentRail) -> None:
    """A rail that has to be set up before it can be chosen."""
    _rails[rail.kind] = rail


def rail_of(kind: Rail) -> PaymentRail:
    return _rails[kind]


def available() -> list[PaymentRail]:
    """Those that this Kith can use."""
    return [_rails[kind] for kind in Rail if kind in _rails]


__all__ = ["PaymentRail", "available", "rail_of", "register_rail"]
