"""The three-way match of one line: commission, locked register and tariff say the same. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.shared.money import pounds, share


@dataclass(frozen=True)
class Facts:
    """What the three say about all that was ever billed for one session of a child (or one charge). Pence and percent.

    `register_percent` is None where no register has a say; `earned` is the ledger's, `billed` what all lines with this one come to;
    `is_used_up`: the commission has earned its whole price, so less than the tariff may be owed.
    """

    price_pence: int
    tariff_pence: int
    percent: int
    register_percent: int | None
    is_locked: bool
    earned: int
    billed: int
    is_used_up: bool = False


def problem(facts: Facts) -> str:
    """What does not agree, in a sentence; "" when all three do."""
    if not facts.is_locked:
        return "Its register is not locked yet."
    if facts.price_pence != facts.tariff_pence:
        return f"The commission was made at {pounds(facts.price_pence)} and its tariff says {pounds(facts.tariff_pence)}."
    if facts.register_percent is not None and facts.register_percent != facts.percent:
        return f"The register owes {facts.register_percent}% and the line says {facts.percent}%."
    owed = share(facts.price_pence, facts.percent, 100)
    if facts.earned != facts.billed:
        return f"{pounds(facts.earned)} is earned by now and {pounds(facts.billed)} is billed. Bring the statement up to date."
    if facts.earned > owed or (facts.earned < owed and not facts.is_used_up):
        return f"By the tariff {pounds(owed)} is owed and {pounds(facts.earned)} is billed."
    return ""
