"""The three-way match of one line: commission, locked register and tariff say the same. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

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
        return _("Its register is not locked yet.")
    if facts.price_pence != facts.tariff_pence:
        return _("The commission was made at %(price)s and its tariff says %(tariff)s.", price=pounds(facts.price_pence), tariff=pounds(facts.tariff_pence))
    if facts.register_percent is not None and facts.register_percent != facts.percent:
        return _("The register owes %(owed)s%% and the line says %(said)s%%.", owed=facts.register_percent, said=facts.percent)
    owed = share(facts.price_pence, facts.percent, 100)
    if facts.earned != facts.billed:
        return _("%(earned)s is earned by now and %(billed)s is billed. Bring the statement up to date.", earned=pounds(facts.earned), billed=pounds(facts.billed))
    if facts.earned > owed or (facts.earned < owed and not facts.is_used_up):
        return _("By the tariff %(owed)s is owed and %(earned)s is billed.", owed=pounds(owed), earned=pounds(facts.earned))
    return ""
