"""What people type about statements."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import EmailField, RadioField, TextAreaField
from wtforms.validators import Email, InputRequired, Length, Optional

from app.billing.services.agreeing import WORDS_LIMIT
from app.payments.models import Payment, Rail, Way
from app.payments.services.reconciling import STEPS
from app.payments.words import WAY_WORDS
from app.shared.forms import KithForm, PoundsField, TidyStringField, choices
from app.shared.money import pounds
from app.shared.view import full_date


class QueryForm(KithForm):
    words = TextAreaField(
        _l("What is wrong with this line?"), [InputRequired(_l("Say what is wrong with this line.")), Length(max=WORDS_LIMIT)],
        description=_l("Please leave out the child’s name."),
    )


class AnswerForm(KithForm):
    words = TextAreaField(
        _l("Your answer"), [InputRequired(_l("Write what you found.")), Length(max=WORDS_LIMIT)],
        description=_l("The partner reads it. Where the partner is right, ask for a correction of the register as well."),
    )


class HoldForm(KithForm):
    why = TidyStringField(
        _l("Why is it on hold?"), [InputRequired(_l("Say why: the partner reads it.")), Length(max=300)], description=_l("The partner reads it."),
    )


class TakeBackForm(KithForm):
    payment = RadioField(_l("Of which payment?"), [InputRequired(_l("Choose a payment."))])
    way = RadioField(_l("How does it come back?"), [InputRequired(_l("Choose how it comes back."))])
    reference = TidyStringField(
        _l("The bank’s reference"), [Optional(), Length(max=60)], description=_l("Only for money that has arrived at our bank: from the line of its statement."),
    )

    def offer(self, payments: Sequence[Payment]) -> None:
        self.payment.choices = choices([
            (str(p.id), _("%(reference)s, %(amount)s on %(day)s", reference=p.reference, amount=pounds(p.pence - p.reversed_pence), day=full_date(p.paid_at))) for p in payments if p.paid_at
        ])
        ways = [Way.STRIPE, Way.BANK] if any(p.run.rail is Rail.STRIPE for p in payments) else [Way.BANK]
        self.way.choices = choices([(way.value, WAY_WORDS[way]) for way in ways])


class ReceiptsForm(KithForm):
    table = FileField(_l("The bank’s table, as a CSV file"), [Optional()], description=_l("A first row with fund, amount, reference; then one row for each receipt."))
    rows = TextAreaField(
        _l("Or its rows, pasted"), [Length(min=1, max=60_000, message=_l("Choose the file, or paste its rows."))], description=_l("The same receipt again counts once."),
    )


class InvoiceForm(KithForm):
    pence = PoundsField(_l("Amount"), [InputRequired(_l("Type the amount."))])
    email = EmailField(
        _l("The funder’s address for invoices"), [InputRequired(_l("Type an e-mail address.")), Email(_l("That is no e-mail address.")), Length(max=254)],
        description=_l("Stripe sends it there, with the account number to pay into."),
    )


class RefundForm(KithForm):
    pence = PoundsField(_l("Amount"), [InputRequired(_l("Type the amount."))])


class CashForm(KithForm):
    step = RadioField(_l("What happened?"), [InputRequired(_l("Choose what happened."))])
    pence = PoundsField(_l("Amount"), [InputRequired(_l("Type the amount."))])
    reference = TidyStringField(_l("Reference"), [InputRequired(_l("Give the bank’s or Stripe’s reference.")), Length(max=60)])

    def offer(self) -> None:
        self.step.choices = choices([(step, words) for step, (_, _, words) in STEPS.items()])
