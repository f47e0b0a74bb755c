"""What people type about payments."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.payments.files import bulk_csv
from app.payments.rails import available
from app.payments.words import BY_HAND, HELD_WORDS
from app.shared.forms import KithForm, TidyStringField, choices


class DetailsForm(KithForm):
    account_name = TidyStringField(_l("Name on the account"), [InputRequired(_l("Type the name on the account.")), Length(max=80)])
    sort_code = StringField(_l("Sort code"), [InputRequired(_l("Type the sort code.")), Length(max=12)], description=_l("Six digits, like 12-34-56."))
    account = StringField(_l("Account number"), [InputRequired(_l("Type the account number.")), Length(max=12)], description=_l("Eight digits."))


class ConfirmForm(KithForm):
    checked_how = TidyStringField(
        _l("How did you make sure?"), [InputRequired(_l("Write how you made sure.")), Length(max=300)],
        description=_l("Ring them on a number you had before, not one from the message that asked for the change."),
    )


class ReturnedForm(KithForm):
    code = RadioField(
        _l("What did the bank do?"), [InputRequired(_l("Choose what the bank did."))], choices=choices([(code, HELD_WORDS[code]) for code in BY_HAND])
    )


class WholeBackForm(KithForm):
    reference = TidyStringField(
        _l("The bank’s reference of the money that arrived"), [Optional(), Length(max=60)], description=_l("From the line of the bank’s statement that shows it."),
    )


class SettingsForm(KithForm):
    rail = RadioField(_l("How does this Zone pay?"))
    profile = SelectField(_l("The bank’s file"))
    columns = TidyStringField(_l("Columns of your own"), [Optional(), Length(max=300)], description=_l("Only for a file of your own: names with commas between them."))
    own_name = TidyStringField(_l("The charity’s account name"), [Optional(), Length(max=80)], description=_l("Only for Bacs. Leave it empty to keep what is there."))
    own_sort_code = StringField(_l("Its sort code"), [Optional(), Length(max=12)])
    own_account = StringField(_l("Its account number"), [Optional(), Length(max=12)])
    service_user = StringField(_l("Bacs service user number"), [Optional(), Length(max=6)])
    xero_account = TidyStringField(_l("Xero account code"), [Optional(), Length(max=10)])
    xero_tax = TidyStringField(_l("Xero tax type"), [Optional(), Length(max=40)], description=_l("As Xero spells it, for example No VAT."))
    sage_nominal = TidyStringField(_l("Sage nominal code"), [Optional(), Length(max=8)])
    sage_tax = TidyStringField(_l("Sage tax code"), [Optional(), Length(max=3)], description=_l("For example T9."))

    def offer(self) -> None:
        self.rail.choices = choices([(rail.kind.value, rail.words) for rail in available()])
        self.profile.choices = choices(
            [*((name, profile.words) for name, profile in bulk_csv.PROFILES.items()), ("bacs18", _("Bacs Standard 18"))]
        )
        self.columns.description = _("Only for a file of your own: names with commas between them. There are: %(names)s.", names=", ".join(bulk_csv.COLUMNS))
