"""What people type about payments."""

from __future__ import annotations

from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.payments.files import bulk_csv
from app.payments.rails import available
from app.payments.words import BY_HAND, HELD_WORDS
from app.shared.forms import KithForm, TidyStringField, choices


class DetailsForm(KithForm):
    account_name = TidyStringField("Name on the account", [InputRequired("Type the name on the account."), Length(max=80)])
    sort_code = StringField("Sort code", [InputRequired("Type the sort code."), Length(max=12)], description="Six digits, like 12-34-56.")
    account = StringField("Account number", [InputRequired("Type the account number."), Length(max=12)], description="Eight digits.")


class ConfirmForm(KithForm):
    checked_how = TidyStringField(
        "How did you make sure?", [InputRequired("Write how you made sure."), Length(max=300)],
        description="Ring them on a number you had before, not one from the message that asked for the change.",
    )


class ReturnedForm(KithForm):
    code = RadioField(
        "What did the bank do?", [InputRequired("Choose what the bank did.")], choices=choices([(code, HELD_WORDS[code]) for code in BY_HAND])
    )


class WholeBackForm(KithForm):
    reference = TidyStringField(
        "The bank’s reference of the money that arrived", [Optional(), Length(max=60)], description="From the line of the bank’s statement that shows it.",
    )


class SettingsForm(KithForm):
    rail = RadioField("How does this Zone pay?")
    profile = SelectField("The bank’s file")
    columns = TidyStringField("Columns of your own", [Optional(), Length(max=300)], description="Only for a file of your own: names with commas between them.")
    own_name = TidyStringField("The charity’s account name", [Optional(), Length(max=80)], description="Only for Bacs. Leave it empty to keep what is there.")
    own_sort_code = StringField("Its sort code", [Optional(), Length(max=12)])
    own_account = StringField("Its account number", [Optional(), Length(max=12)])
    service_user = StringField("Bacs service user number", [Optional(), Length(max=6)])
    xero_account = TidyStringField("Xero account code", [Optional(), Length(max=10)])
    xero_tax = TidyStringField("Xero tax type", [Optional(), Length(max=40)], description="As Xero spells it, for example No VAT.")
    sage_nominal = TidyStringField("Sage nominal code", [Optional(), Length(max=8)])
    sage_tax = TidyStringField("Sage tax code", [Optional(), Length(max=3)], description="For example T9.")

    def offer(self) -> None:
        self.rail.choices = choices([(rail.kind.value, rail.words) for rail in available()])
        self.profile.choices = choices(
            [*((name, profile.words) for name, profile in bulk_csv.PROFILES.items()), ("bacs18", "Bacs Standard 18")]
        )
        self.columns.description = f"Only for a file of your own: names with commas between them. There are: {', '.join(bulk_csv.COLUMNS)}."
