"""The bank file: one file for a run, made once, sealed, and the same to the byte whenever it is fetched again."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.models import Person
from app.accounts.queries import get_zone
from app.payments import queries
from app.payments.files import bacs, bulk_csv
from app.payments.files.paying import Batch, Originator, Paying
from app.payments.models import BankFile, Payee, Payment, PaymentRun, PaySettings, Place, Rail
from app.payments.services import payees, settling
from app.shared import clock
from app.shared.db import db
from app.shared.errors import Invalid
from app.shared.sealing import row_bound, seal, unseal

BACS = "bacs18"


class BankFileRail:
    kind = Rail.BANK_FILE
    words = _l("A file that two people upload in online banking")
    place = Place.BANK
    is_automatic = False

    def why_not(self, payee: Payee) -> str:
        return "" if queries.current_detail(payee) is not None else _("There are no confirmed bank details yet.")

    def start(self, run: PaymentRun, payments: Sequence[Payment], actor: Person | None) -> None:
        ready = []
        for payment in payments:
            if self.why_not(payment.payee):
                settling.hold(payment, "no_details", actor)
            else:
                ready.append(payment)
        if not ready:
            return
        file = _make(run, ready)
        for payment in ready:
            payment.file_id = file.id
            settling.send(payment, actor)


def _make(run: PaymentRun, payments: Sequence[Payment]) -> BankFile:
    settings, zone = queries.settings_of(run.zone_id), get_zone(run.zone_id)
    number = len(run.files) + 1
    batch = Batch(
        tuple(_line(payment) for payment in sorted(payments, key=lambda p: p.reference)), clock.today(),
        f"{run.number % 10_000:04d}{number % 100:02d}", originator_of(settings),
    )
    content = write(batch, settings)
    ending = "txt" if settings.profile == BACS else "csv"
    file = BankFile(
        id=uuid.uuid4(), run_id=run.id, number=number, name=f"kith-{zone.slug}-run-{run.number}-{number}.{ending}", profile=settings.profile,
        sealed=b"", sha256=hashlib.sha256(content).hexdigest(), payments=len(payments), pence=batch.pence,
    )
    file.sealed = seal({"content": content.decode("ascii")}, _belongs_to(file))
    db.session.add(file)
    db.session.flush()
    return file


def write(batch: Batch, settings: PaySettings) -> bytes:
    """In the shape the Zone's bank wants. Raises Invalid where the settings are not enough for it."""
    if settings.profile == BACS:
        return bacs.write(batch)
    if settings.profile == "own":
        return bulk_csv.write(batch, bulk_csv.own_profile(settings.columns))
    return bulk_csv.write(batch, bulk_csv.PROFILES[settings.profile])


def _line(payment: Payment) -> Paying:
    detail = queries.current_detail(payment.payee)
    if detail is None:
        raise Invalid(_("%(payee)s has no confirmed bank details.", payee=payment.payee.name))
    opened = payees.opened(detail)
    return Paying(opened["name"], opened["sort_code"], opened["account"], payment.pence, payment.reference)


def originator_of(settings: PaySettings) -> Originator | None:
    if settings.originator is None:
        return None
    opened = unseal(settings.originator, f"pay_settings:{settings.zone_id}")
    return Originator(opened["name"], opened["sort_code"], opened["account"], opened["service_user"])


def content_of(file: BankFile) -> bytes:
    """The file as it was made. Raises CannotOpen, ValueError when it is not what it was."""
    content = unseal(file.sealed, _belongs_to(file))["content"].encode("ascii")
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise ValueError("the kept file is not the one that was made")
    return content


def _belongs_to(file: BankFile) -> str:
    return f"bank_file:{file.run_id}:{file.id}"


row_bound("bank_file.sealed", _belongs_to, "id", "run_id")
