"""The generic bulk payment file: one row a payment, in the columns a Zone's bank wants (PAYMENTS 3)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.payments.files.charset import bank_name
from app.payments.files.paying import Batch, Paying
from app.shared.errors import Invalid
from app.shared.money import amount


@dataclass(frozen=True)
class Profile:
    """What one bank's bulk upload looks like. `is_plain`: it takes no special characters at all."""

    words: str
    columns: tuple[str, ...]
    has_header: bool = True
    is_plain: bool = False


COLUMNS: dict[str, tuple[str, Callable[[Paying, date], str]]] = {
    "sort_code": ("Sort code", lambda line, on: line.sort_code),
    "sort_code_dashes": ("Sort code", lambda line, on: "-".join((line.sort_code[:2], line.sort_code[2:4], line.sort_code[4:]))),
    "account": ("Account number", lambda line, on: line.account),
    "name": ("Account name", lambda line, on: line.name),
    "amount": ("Amount", lambda line, on: amount(line.pence)),
    "pence": ("Pence", lambda line, on: str(line.pence)),
    "reference": ("Reference", lambda line, on: line.reference),
    "date": ("Date", lambda line, on: on.strftime("%d/%m/%Y")),
    "iso_date": ("Date", lambda line, on: on.isoformat()),
}
"""Every column a profile may have: its heading, and its text."""
PROFILES = {
    "generic": Profile(_l("Sort code, account, name, amount, reference, date"), ("sort_code", "account", "name", "amount", "reference", "date")),
    "unity": Profile(_l("Unity Trust bulk Faster Payments (no header)"), ("sort_code", "account", "name", "amount", "reference", "date"), has_header=False),
    "caf": Profile(_l("CAF Bank (no special characters)"), ("name", "sort_code", "account", "amount", "reference"), is_plain=True),
    "own": Profile(_l("Columns of your own"), ()),
}


def write(batch: Batch, profile: Profile) -> bytes:
    """The same batch and profile make the same bytes. No cell begins like a formula: the letters of a bank's file have no such sign."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    if profile.has_header:
        writer.writerow([COLUMNS[column][0] for column in profile.columns])
    for line in batch.lines:
        tidy = Paying(
            bank_name(line.name, is_plain=profile.is_plain), line.sort_code, line.account, line.pence,
            bank_name(line.reference, is_plain=profile.is_plain),
        )
        writer.writerow([COLUMNS[column][1](tidy, batch.on) for column in profile.columns])
    return out.getvalue().encode("ascii")


def own_profile(columns: Sequence[str]) -> Profile:
    """A Zone's own columns. Raises Invalid for an unknown one, or without what every bank needs."""
    unknown = [column for column in columns if column not in COLUMNS]
    if unknown:
        raise Invalid(_("“%(column)s” is not a column. There are: %(names)s.", column=unknown[0], names=", ".join(COLUMNS)), field="columns")
    has = set(columns)
    if not ({"sort_code", "sort_code_dashes"} & has and {"account", "reference"} <= has and {"amount", "pence"} & has):
        raise Invalid(_("A bank needs at least sort code, account, amount and reference."), field="columns")
    return Profile(_("Columns of your own"), tuple(columns))
