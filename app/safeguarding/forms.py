"""What is typed here."""

from __future__ import annotations

from wtforms import BooleanField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.shared.forms import KithForm, TidyStringField, choices


class ConcernForm(KithForm):
    zone = SelectField("Zone", choices=[], validators=[InputRequired("Choose a Zone.")])
    about = TidyStringField(
        "Who is it about?", [InputRequired("Say who it is about."), Length(max=200)],
        description="Their name or reference, and where you know them from. Only the safeguarding lead reads this.",
    )
    words = TextAreaField(
        "What did you see or hear?", [InputRequired("Say what you saw or heard."), Length(max=5000)],
        description="When, where, who was there. The child’s own words as they were said. No guesses why.",
    )


class ConcernNoteForm(KithForm):
    words = TextAreaField("What was done, and by whom?", [InputRequired("Write down what was done."), Length(max=5000)])
    closes = BooleanField("Nothing more is to be done here: close it")


class UrgentLookForm(KithForm):
    zone = SelectField("Zone", choices=[], validators=[InputRequired("Choose a Zone.")])
    reference = TidyStringField("The child’s reference", [InputRequired("Type the reference."), Length(max=10)], description="Like K-7F2Q.")
    why = TextAreaField(
        "Why", [InputRequired("Say why."), Length(max=1000)],
        description="The safeguarding lead and the Zone’s manager read it at once, and the family can ask to see it.",
    )
    hours = RadioField(
        "For how long", choices=choices([("1", "One hour"), ("4", "Four hours"), ("24", "A day")]), default="1",
        validators=[InputRequired("Choose one.")],
    )
