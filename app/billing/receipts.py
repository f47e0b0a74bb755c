"""A bank's lines of money that came in, as a table: read and checked before anything is written. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from app.shared.errors import Invalid
from app.shared.money import parse_pounds
from app.shared.view import sentence_list

COLUMNS = ("fund", "amount", "reference")
MOST = 500


@dataclass(frozen=True)
class Receipt:
    fund_id: UUID
    pence: int
    reference: str


def read(text: str, funds: Mapping[str, UUID]) -> Sequence[Receipt]:
    """Every row, or none: raises Invalid with the row that cannot be used and why. `funds` are the Zone's, by name in small letters."""
    rows = list(csv.DictReader(io.StringIO(text.strip().lstrip("\ufeff")), skipinitialspace=True))
    given = {str(name or "").strip().lower() for name in (rows[0] if rows else {})}
    missing = [column for column in COLUMNS if column not in given]
    if not rows or missing:
        raise Invalid(_("The first row names the columns %(columns)s; then one row for each receipt.", columns=sentence_list(COLUMNS)), field="rows")
    if len(rows) > MOST:
        raise Invalid(_("%(most)s rows at a time are the most.", most=MOST), field="rows")
    found: list[Receipt] = []
    first: dict[tuple[UUID, str], int] = {}
    for number, row in enumerate(rows, 2):
        receipt = _row(number, row, funds)
        before = first.setdefault((receipt.fund_id, receipt.reference), number)
        if receipt.reference and before != number:
            raise Invalid(_("Row %(number)s has the fund and the reference of row %(earlier)s: give each its own, for example with its day.", number=number, earlier=before), field="rows")
        found.append(receipt)
    return found


def _row(number: int, row: Mapping[str | None, str | None], funds: Mapping[str, UUID]) -> Receipt:
    cells = {str(name or "").strip().lower(): str(value or "").strip() for name, value in row.items() if name is not None}
    fund_id = funds.get(cells["fund"].lower())
    if fund_id is None:
        raise Invalid(_("Row %(number)s: there is no fund called “%(fund)s” in this Zone.", number=number, fund=cells["fund"]), field="rows")
    try:
        pence = parse_pounds(cells["amount"])
    except Invalid as refusal:
        raise Invalid(_("Row %(number)s: %(why)s", number=number, why=refusal.sentence), field="rows") from refusal
    return Receipt(fund_id, pence, cells["reference"])
