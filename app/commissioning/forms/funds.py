"""What is typed about funds, the money in them, and declared interests."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from wtforms import Field, Form, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app.catalogue.models import AREAS
from app.commissioning.forms.base import PickField
from app.commissioning.split import year_word
from app.shared.forms import DayField, KithForm, PoundsField, TidyStringField, choices
from app.shared.money import pounds

YEARS = [("", "Any"), *((str(n), year_word(n)) for n in range(-1, 14))]


MOST_PENCE = 1_000_000_000
"""£10 million in one line: more is a slip of the keyboard, and the ledger's columns hold little more."""


def not_too_much(form: Form, field: Field) -> None:
    if field.data is not None and field.data > MOST_PENCE:
        raise ValidationError(f"That is more than the {pounds(MOST_PENCE)} that one line holds.")


def year_of(field: SelectField) -> int | None:
    return int(field.data) if field.data not in (None, "") else None


class FundForm(KithForm):
    """A fund and what it is kept for; what is left empty restricts nothing."""

    name = TidyStringField("Name of the fund", [InputRequired("Give the fund a name."), Length(max=120)])
    funder = TidyStringField("Whose money is it?", [InputRequired("Say whose money it is."), Length(max=120)])
    purpose = TextAreaField("What is it for?", [Optional(), Length(max=500)])
    starts_on = DayField("First day", [InputRequired("Choose the first day.")])
    ends_on = DayField("Last day", [InputRequired("Choose the last day.")])
    school = PickField("Only for children of one school", [Optional()])
    year_from = SelectField("Youngest year", [Optional()], choices=choices(YEARS), default="")
    year_to = SelectField("Oldest year", [Optional()], choices=choices(YEARS), default="")
    need_area = SelectField("Only for one area of need", [Optional()], choices=choices([("", "Any"), *((a, a) for a in AREAS)]), default="")
    gender = SelectField(
        "Only for girls or boys", [Optional()], choices=choices([("", "Any"), ("girl", "Girls"), ("boy", "Boys")]), default=""
    )
    ward = TidyStringField("Only for one ward", [Optional(), Length(max=120)])
    postcode_area = TidyStringField(
        "Only for one postcode area", [Optional(), Length(max=4, message="A postcode area looks like W12, or W.")],
        description="The first half of the postcode, like W12; or only its letters.",
    )


class MoneyForm(KithForm):
    """A promise or a receipt."""

    pence = PoundsField("Amount", [InputRequired("Type an amount."), not_too_much])
    reference = TidyStringField(
        "Reference", [InputRequired("Give the letter’s or the bank’s reference."), Length(max=60)],
        description="Of the grant letter, or of the bank’s line. The same reference is never written down twice.",
    )


class CloseFundForm(KithForm):
    reason = TidyStringField(
        "Why is it closed?", [InputRequired("Say why it is closed."), Length(max=300)],
        description="For example: the grant has run out, or the funder has ended it. It is kept with your name.",
    )


class InterestForm(KithForm):
    organisation = PickField("Organisation", [InputRequired("Choose an organisation.")])
    reason = TidyStringField(
        "What is your interest?", [InputRequired("Say what it is."), Length(max=300)],
        description="Trustee, family, paid work: a few words are enough.",
    )

    def offer(self, organisations: Iterable[tuple[uuid.UUID, str]]) -> None:
        self.organisation.offer(organisations, nothing="Choose one")
