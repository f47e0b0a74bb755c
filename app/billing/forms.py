"""What people type about statements."""

from __future__ import annotations

from collections.abc import Sequence

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
        "What is wrong with this line?", [InputRequired("Say what is wrong with this line."), Length(max=WORDS_LIMIT)],
        description="Please leave out the child’s name.",
    )


class AnswerForm(KithForm):
    words = TextAreaField(
        "Your answer", [InputRequired("Write what you found."), Length(max=WORDS_LIMIT)],
        description="The partner reads it. Where the partner is right, ask for a correction of the register as well.",
    )


class HoldForm(KithForm):
    why = TidyStringField(
        "Why is it on hold?", [InputRequired("Say why: the partner reads it."), Length(max=300)], description="The partner reads it.",
    )


class TakeBackForm(KithForm):
    payment = RadioField("Of which payment?", [InputRequired("Choose a payment.")])
    way = RadioField("How does it come back?", [InputRequired("Choose how it comes back.")])
    reference = TidyStringField(
        "The bank’s reference", [Optional(), Length(max=60)], description="Only for money that has arrived at our bank: from the line of its statement.",
    )

    def offer(self, payments: Sequence[Payment]) -> None:
        self.payment.choices = choices([
            (str(p.id), f"{p.reference}, {pounds(p.pence - p.reversed_pence)} on {full_date(p.paid_at)}") for p in payments if p.paid_at
        ])
        ways = [Way.STRIPE, Way.BANK] if any(p.run.rail is Rail.STRIPE for p in payments) else [Way.BANK]
        self.way.choices = choices([(way.value, WAY_WORDS[way]) for way in ways])


class ReceiptsForm(KithForm):
    table = FileField("The bank’s table, as a CSV file", [Optional()], description="A first row with fund, amount, reference; then one row for each receipt.")
    rows = TextAreaField(
        "Or its rows, pasted", [Length(min=1, max=60_000, message="Choose the file, or paste its rows.")], description="The same receipt again counts once.",
    )


class InvoiceForm(KithForm):
    pence = PoundsField("Amount", [InputRequired("Type the amount.")])
    email = EmailField(
        "The funder’s address for invoices", [InputRequired("Type an e-mail address."), Email("That is no e-mail address."), Length(max=254)],
        description="Stripe sends it there, with the account number to pay into.",
    )


class RefundForm(KithForm):
    pence = PoundsField("Amount", [InputRequired("Type the amount.")])


class CashForm(KithForm):
    step = RadioField("What happened?", [InputRequired("Choose what happened.")])
    pence = PoundsField("Amount", [InputRequired("Type the amount.")])
    reference = TidyStringField("Reference", [InputRequired("Give the bank’s or Stripe’s reference."), Length(max=60)])

    def offer(self) -> None:
        self.step.choices = choices([(step, words) for step, (_, _, words) in STEPS.items()])
