"""What is typed here."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.shared.forms import KithForm, TidyStringField, choices


class ConcernForm(KithForm):
    zone = SelectField(_l("Zone"), choices=[], validators=[InputRequired(_l("Choose a Zone."))])
    about = TidyStringField(
        _l("Who is it about?"), [InputRequired(_l("Say who it is about.")), Length(max=200)],
        description=_l("Their name or reference, and where you know them from. Only the safeguarding lead reads this."),
    )
    words = TextAreaField(
        _l("What did you see or hear?"), [InputRequired(_l("Say what you saw or heard.")), Length(max=5000)],
        description=_l("When, where, who was there. The child’s own words as they were said. No guesses why."),
    )


class ConcernNoteForm(KithForm):
    words = TextAreaField(_l("What was done, and by whom?"), [InputRequired(_l("Write down what was done.")), Length(max=5000)])
    closes = BooleanField(_l("Nothing more is to be done here: close it"))


class UrgentLookForm(KithForm):
    zone = SelectField(_l("Zone"), choices=[], validators=[InputRequired(_l("Choose a Zone."))])
    reference = TidyStringField(_l("The child’s reference"), [InputRequired(_l("Type the reference.")), Length(max=10)], description=_l("Like K-7F2Q."))
    why = TextAreaField(
        _l("Why"), [InputRequired(_l("Say why.")), Length(max=1000)],
        description=_l("The safeguarding lead and the Zone’s manager read it at once, and the family can ask to see it."),
    )
    hours = RadioField(
        _l("For how long"), choices=choices([("1", _l("One hour")), ("4", _l("Four hours")), ("24", _l("A day"))]), default="1",
        validators=[InputRequired(_l("Choose one."))],
    )
