"""Funders' money from a bank's table: looked at first, then all of it or none, each line once however often the table comes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.billing import receipts
from app.billing.receipts import Receipt
from app.commissioning.models import Account, Fund, Journal
from app.commissioning.queries.money import balances
from app.commissioning.services import funds
from app.shared.db import atomic, db
from app.shared.errors import DomainError, Forbidden, Invalid


@dataclass(frozen=True)
class Seen:
    """One row and what would come of it: `since` when it stands in the books already, `still_promised` after it."""

    receipt: Receipt
    fund: Fund
    since: datetime | None
    still_promised: int


def look_through(*, zone_id: uuid.UUID, text: str, actor: Person) -> list[Seen]:
    """What `take_in` would do; nothing is written. Raises Invalid with the row, Forbidden."""
    if not actor.manages(zone_id):
        raise Forbidden(_("The Zone manager writes down what has arrived."))
    known = _funds(zone_id)
    found = receipts.read(text, {fund.name.lower(): fund.id for fund in known.values()})
    promised = {id_: of[Account.PLEDGED] for id_, of in balances({receipt.fund_id for receipt in found}).items()}
    written = _written(found)
    seen = []
    for receipt in found:
        since = written.get((receipt.fund_id, receipt.reference))
        if since is None:
            promised[receipt.fund_id] -= receipt.pence
        seen.append(Seen(receipt, known[receipt.fund_id], since, promised[receipt.fund_id]))
    return seen


def take_in(*, zone_id: uuid.UUID, text: str, actor: Person) -> int:
    """How many receipts were new. Raises Invalid with the row, Forbidden; then nothing was written."""
    with atomic():
        if not actor.manages(zone_id):
            raise Forbidden(_("The Zone manager writes down what has arrived."))
        found = receipts.read(text, {fund.name.lower(): fund.id for fund in _funds(zone_id).values()})
        before = _count(zone_id)
        for number, receipt in enumerate(sorted(found, key=lambda r: (r.fund_id, r.reference)), 1):
            try:
                funds.receive(fund_id=receipt.fund_id, pence=receipt.pence, reference=receipt.reference, actor=actor)
            except (Forbidden, Invalid) as refusal:
                which = receipt.reference or _("receipt %(number)s", number=number)
                raise Invalid(_("“%(reference)s”: %(why)s Nothing was written.", reference=which, why=refusal.sentence), field="rows") from refusal
            except DomainError as refusal:
                raise Invalid(_("“%(reference)s”: %(why)s", reference=receipt.reference, why=refusal.sentence), field="rows") from refusal
        return _count(zone_id) - before


def _funds(zone_id: uuid.UUID) -> Mapping[uuid.UUID, Fund]:
    return {fund.id: fund for fund in db.session.scalars(sa.select(Fund).where(Fund.zone_id == zone_id)).unique()}


def _written(found: Sequence[Receipt]) -> dict[tuple[uuid.UUID, str], datetime]:
    """When those were written down that were before."""
    keys = {f"receipt:{receipt.fund_id}:{' '.join(receipt.reference.split())}": (receipt.fund_id, receipt.reference) for receipt in found}
    rows = db.session.execute(sa.select(Journal.key, Journal.at).where(Journal.key.in_(list(keys))))
    return {keys[row[0]]: row[1] for row in rows}


def _count(zone_id: uuid.UUID) -> int:
    return db.session.scalar(sa.select(sa.func.count(Journal.id)).where(Journal.zone_id == zone_id, Journal.kind == "receipt")) or 0
