"""What goes to the bookkeeper: bills for Xero, audit-trail lines for Sage 50. Pure. Names of organisations and our own references; never a
child, a need or what anybody wrote."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.shared.files import safe
from app.shared.money import amount

XERO_COLUMNS = (
    "*ContactName", "*InvoiceNumber", "*InvoiceDate", "*DueDate", "*Description", "*Quantity", "*UnitAmount", "*AccountCode", "*TaxType",
    "TrackingName1", "TrackingOption1",
)
SAGE_COLUMNS = ("Type", "Account Reference", "Nominal A/C Ref", "Department Code", "Date", "Reference", "Details", "Net Amount", "Tax Code", "Tax Amount")
XERO_MOST = 500
DUE = timedelta(days=30)


@dataclass(frozen=True)
class Bill:
    """One payment as a bill, and as paid when it was. Pence."""

    payee: str
    account: str
    reference: str
    on: date
    paid_on: date | None
    pence: int
    zone: str


def xero_parts(many: int) -> int:
    """In how many files so many bills go: Xero takes 500 at once."""
    return max(1, -(-many // XERO_MOST))


def xero(bills: Sequence[Bill], *, account_code: str, tax_type: str, part: int = 1) -> bytes:
    """The first 500 bills, or those of a later part; the same bills make the same bytes."""
    rows = [
        [bill.payee, bill.reference, f"{bill.on:%d/%m/%Y}", f"{bill.on + DUE:%d/%m/%Y}", f"Sessions delivered, {bill.reference}", "1",
         amount(bill.pence), account_code, tax_type, "Zone", bill.zone]
        for bill in bills[(part - 1) * XERO_MOST : part * XERO_MOST]
    ]
    return _csv([XERO_COLUMNS, *rows])


def sage(bills: Sequence[Bill], *, nominal: str, tax_code: str, bank: str = "1200") -> bytes:
    """A purchase invoice (PI) for each, and a payment on account (PA) on the day it was paid: Sage takes in no purchase payments (PP)."""
    rows: list[Sequence[str]] = [SAGE_COLUMNS]
    for bill in bills:
        rows.append(["PI", bill.account, nominal, "", f"{bill.on:%d/%m/%Y}", bill.reference, "Sessions delivered", amount(bill.pence), tax_code, "0.00"])
        if bill.paid_on is not None:
            rows.append(["PA", bill.account, bank, "", f"{bill.paid_on:%d/%m/%Y}", bill.reference, "Paid by Kith", amount(bill.pence), tax_code, "0.00"])
    return _csv(rows)


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue().encode()
