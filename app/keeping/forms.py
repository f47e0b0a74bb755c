"""What is typed here."""

from __future__ import annotations

from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.shared.forms import DayField, KithForm, TidyStringField


class HoldForm(KithForm):
    why = TextAreaField(
        "Why it has to stay", [InputRequired("Say why it has to stay."), Length(max=1000)],
        description="For example a claim, an inspection or a court’s order. No names.",
    )
    until = DayField("Until", [Optional()], description="Leave it empty to hold it until somebody ends the hold.")


class EraseForm(KithForm):
    why = TextAreaField("Who asked for it, and when", [InputRequired("Say who asked for it, and when."), Length(max=1000)])
    reference = TidyStringField("Type the child’s reference", [InputRequired("Type the child’s reference."), Length(max=10)])


class ConfirmRunForm(KithForm):
    zone = HiddenField()
    seen = HiddenField()


class HandOverForm(KithForm):
    zone = SelectField("Zone", choices=[], validators=[InputRequired("Choose a Zone.")])
    why = TextAreaField(
        "Who gets it, and why", [InputRequired("Say who gets it, and why."), Length(max=1000)],
        description="For example the organisation that goes on with the Zone, and the agreement with it. The second person reads this.",
    )
    slug = TidyStringField("Type the Zone’s short name", [InputRequired("Type the Zone’s short name."), Length(max=60)])
