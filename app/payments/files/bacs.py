"""Bacs Standard 18: a fixed-width file for charities with a service user number or a bureau, and its re-reader.

The 100-character payment records follow the public field table. The labels around them (VOL1, HDR1, HDR2, UHL1, EOF1, EOF2, UTL1)
follow the same standard; bureaux differ in which of them they want, so ask yours for a test run first (docs/money.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from app.payments.files.charset import WIDTH, bank_name
from app.payments.files.paying import Batch, Originator, Paying
from app.shared.errors import Invalid

CREDIT, CONTRA = "99", "17"
MOST_PENCE = 99_999_999_999


def write(batch: Batch) -> bytes:
    """The day's credits and the one contra that balances them. Raises Invalid without an originator, or for an amount too large."""
    own = batch.originator
    if own is None or not own.service_user:
        raise Invalid(_("A Bacs file needs the charity’s own account and its service user number."))
    if batch.pence > MOST_PENCE:
        raise Invalid(_("That is more than one Bacs file can carry."))
    records = [_credit(line, own) for line in batch.lines]
    records.append(_contra(batch.pence, own))
    day = f" {batch.on:%y%j}"
    label = f"A{own.service_user}S  1{own.service_user}"
    head = [
        f"VOL1{batch.serial:0>6}".ljust(41) + own.service_user.ljust(38) + "1",
        f"HDR1{label}{batch.serial:0>6}00010001".ljust(41) + f"{day}{day}".ljust(13) + "000000".ljust(26),
        "HDR2F0200000100".ljust(50) + "00".ljust(30),
        f"UHL1{day}999999    000000001 DAILY  001".ljust(80),
    ]
    tail = [
        head[1].replace("HDR1", "EOF1", 1), head[2].replace("HDR2", "EOF2", 1),
        f"UTL1{batch.pence:013d}{batch.pence:013d}{1:07d}{len(batch.lines):07d}".ljust(80),
    ]
    return "".join(f"{record}\r\n" for record in (*head, *records, *tail)).encode("ascii")


def _credit(line: Paying, own: Originator) -> str:
    return _record(line.sort_code, line.account, CREDIT, own, line.pence, line.reference, line.name)


def _contra(pence: int, own: Originator) -> str:
    return _record(own.sort_code, own.account, CONTRA, own, pence, "CONTRA", own.name)


def _record(sort_code: str, account: str, code: str, own: Originator, pence: int, reference: str, name: str) -> str:
    record = (
        f"{sort_code}{account}0{code}{own.sort_code}{own.account}    {pence:011d}"
        f"{bank_name(own.name):<{WIDTH}}{bank_name(reference):<{WIDTH}}{bank_name(name):<{WIDTH}}"
    )
    if len(record) != 100:
        raise Invalid(_("A sort code has six digits and an account number eight."))
    return record


@dataclass(frozen=True)
class Reread:
    """What a bank makes of a file."""

    lines: tuple[Paying, ...]
    contra_pence: int
    originator: Originator
    on: date


def read(content: bytes) -> Reread:
    """Read a file as a bank would. Raises Invalid where it does not balance or a record is not as it must be."""
    text = content.decode("ascii").split("\r\n")
    records = [line for line in text if len(line) == 100]
    labels = {line[:4]: line for line in text if len(line) == 80}
    if set(labels) != {"VOL1", "HDR1", "HDR2", "UHL1", "EOF1", "EOF2", "UTL1"} or len(records) + len(labels) + 1 != len(text):
        raise Invalid(_("A record is neither a label of 80 characters nor a payment of 100."))
    paying = tuple(
        Paying(r[82:100].rstrip(), r[0:6], r[6:14], int(r[35:46]), r[64:82].rstrip()) for r in records if r[15:17] == CREDIT
    )
    contras = [r for r in records if r[15:17] == CONTRA]
    if len(contras) != 1 or len(paying) + 1 != len(records):
        raise Invalid(_("A file has credits and one contra."))
    contra = int(contras[0][35:46])
    own = Originator(contras[0][46:64].rstrip(), contras[0][0:6], contras[0][6:14], labels["HDR1"][5:11])
    total = sum(line.pence for line in paying)
    if not total == contra == int(labels["UTL1"][4:17]) == int(labels["UTL1"][17:30]):
        raise Invalid(_("The credits and the contra do not balance."))
    if int(labels["UTL1"][37:44]) != len(paying):
        raise Invalid(_("The trailer counts other credits."))
    year, days = int(labels["UHL1"][5:7]), int(labels["UHL1"][7:10])
    return Reread(paying, contra, own, date.fromordinal(date(2000 + year, 1, 1).toordinal() + days - 1))
