"""What is typed about funds, the money in them, and declared interests."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from functools import partial

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app.catalogue.models import AREAS
from app.commissioning.forms.base import PickField
from app.commissioning.split import year_word
from app.shared.forms import DayField, KithForm, PoundsField, TidyStringField, choices
from app.shared.money import pounds
from app.shared.tongue import later

YEARS = [("", _l("Any")), *((str(n), later(partial(year_word, n))) for n in range(-1, 14))]


MOST_PENCE = 1_000_000_000
"""£10 million in one line: more is a slip of the keyboard, and the ledger's columns hold little more."""


def not_too_much(form: Form, field: Field) -> None:
    if field.data is not None and field.data > MOST_PENCE:
        raise ValidationError(_("That is more than the %(most)s that one line holds.", most=pounds(MOST_PENCE)))


def year_of(field: SelectField) -> int | None:
    return int(field.data) if field.data not in (None, "") else None


class FundForm(KithForm):
    """A fund and what it is kept for; what is left empty restricts nothing."""

    name = TidyStringField(_l("Name of the fund"), [InputRequired(_l("Give the fund a name.")), Length(max=120)])
    funder = TidyStringField(_l("Whose money is it?"), [InputRequired(_l("Say whose money it is.")), Length(max=120)])
    purpose = TextAreaField(_l("What is it for?"), [Optional(), Length(max=500)])
    starts_on = DayField(_l("First day"), [InputRequired(_l("Choose the first day."))])
    ends_on = DayField(_l("Last day"), [InputRequired(_l("Choose the last day."))])
    school = PickField(_l("Only for children of one school"), [Optional()])
    year_from = SelectField(_l("Youngest year"), [Optional()], choices=choices(YEARS), default="")
    year_to = SelectField(_l("Oldest year"), [Optional()], choices=choices(YEARS), default="")
    need_area = SelectField(_l("Only for one area of need"), [Optional()], choices=choices([("", _l("Any")), *((a, a) for a in AREAS)]), default="")
    gender = SelectField(
        _l("Only for girls or boys"), [Optional()], choices=choices([("", _l("Any")), ("girl", _l("Girls")), ("boy", _l("Boys"))]), default=""
    )
    ward = TidyStringField(_l("Only for one ward"), [Optional(), Length(max=120)])
    postcode_area = TidyStringField(
        _l("Only for one postcode area"), [Optional(), Length(max=4, message=_l("A postcode area looks like W12, or W."))],
        description=_l("The first half of the postcode, like W12; or only its letters."),
    )


class MoneyForm(KithForm):
    """A promise or a receipt."""

    pence = PoundsField(_l("Amount"), [InputRequired(_l("Type an amount.")), not_too_much])
    reference = TidyStringField(
        _l("Reference"), [InputRequired(_l("Give the letter’s or the bank’s reference.")), Length(max=60)],
        description=_l("Of the grant letter, or of the bank’s line. The same reference is never written down twice."),
    )


class CloseFundForm(KithForm):
    reason = TidyStringField(
        _l("Why is it closed?"), [InputRequired(_l("Say why it is closed.")), Length(max=300)],
        description=_l("For example: the grant has run out, or the funder has ended it. It is kept with your name."),
    )


class InterestForm(KithForm):
    organisation = PickField(_l("Organisation"), [InputRequired(_l("Choose an organisation."))])
    reason = TidyStringField(
        _l("What is your interest?"), [InputRequired(_l("Say what it is.")), Length(max=300)],
        description=_l("Trustee, family, paid work: a few words are enough."),
    )

    def offer(self, organisations: Iterable[tuple[uuid.UUID, str]]) -> None:
        self.organisation.offer(organisations, nothing=_("Choose one"))
