"""Funders' money from a bank's table: all of it or none, each line once however often the table comes."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from app.accounts.models import Person
from app.billing import receipts
from app.commissioning.models import Fund, Journal
from app.commissioning.services import funds
from app.shared.db import atomic, db
from app.shared.errors import DomainError, Forbidden, Invalid


def take_in(*, zone_id: uuid.UUID, text: str, actor: Person) -> int:
    """How many receipts were new. Raises Invalid with the row, Forbidden; then nothing was written."""
    with atomic():
        if not actor.manages(zone_id):
            raise Forbidden("The Zone manager writes down what has arrived.")
        known = {fund.name.lower(): fund.id for fund in db.session.scalars(sa.select(Fund).where(Fund.zone_id == zone_id)).unique()}
        before = _count(zone_id)
        for number, receipt in enumerate(sorted(receipts.read(text, known), key=lambda r: (r.fund_id, r.reference)), 1):
            try:
                funds.receive(fund_id=receipt.fund_id, pence=receipt.pence, reference=receipt.reference, actor=actor)
            except (Forbidden, Invalid) as refusal:
                raise Invalid(f"“{receipt.reference or f'receipt {number}'}”: {refusal.sentence} Nothing was written.", field="rows") from refusal
            except DomainError as refusal:
                raise Invalid(f"“{receipt.reference}”: {refusal.sentence}", field="rows") from refusal
        return _count(zone_id) - before


def _count(zone_id: uuid.UUID) -> int:
    return db.session.scalar(sa.select(sa.func.count(Journal.id)).where(Journal.zone_id == zone_id, Journal.kind == "receipt")) or 0
