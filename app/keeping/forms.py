"""What is typed here."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.keeping.models import CaseKind
from app.shared import clock
from app.shared.forms import DayField, KithForm, TidyStringField, choices


class HoldForm(KithForm):
    why = TextAreaField(
        _l("Why it has to stay"), [InputRequired(_l("Say why it has to stay.")), Length(max=1000)],
        description=_l("For example a claim, an inspection or a court’s order. No names."),
    )
    until = DayField(_l("Until"), [Optional()], description=_l("Leave it empty to hold it until somebody ends the hold."))


class EraseForm(KithForm):
    why = TextAreaField(_l("Who asked for it, and when"), [InputRequired(_l("Say who asked for it, and when.")), Length(max=1000)])
    reference = TidyStringField(_l("Type the child’s reference"), [InputRequired(_l("Type the child’s reference.")), Length(max=10)])


class ConfirmRunForm(KithForm):
    zone = HiddenField()
    seen = HiddenField()


class HandOverForm(KithForm):
    zone = SelectField(_l("Zone"), choices=[], validators=[InputRequired(_l("Choose a Zone."))])
    why = TextAreaField(
        _l("Who gets it, and why"), [InputRequired(_l("Say who gets it, and why.")), Length(max=1000)],
        description=_l("For example the organisation that goes on with the Zone, and the agreement with it. The second person reads this."),
    )
    slug = TidyStringField(_l("Type the Zone’s short name"), [InputRequired(_l("Type the Zone’s short name.")), Length(max=60)])


class CaseForm(KithForm):
    zone = SelectField(_l("Zone"), choices=[], validators=[InputRequired(_l("Choose a Zone."))])
    kind = RadioField(
        _l("What is it?"), validators=[InputRequired(_l("Choose one."))],
        choices=choices([
            (CaseKind.BREACH.value, _l("Data went astray: lost, sent to the wrong person, seen or changed by somebody who must not")),
            (CaseKind.COMPLAINT.value, _l("Somebody complains about how we handle data about them or their child")),
        ]),
    )
    words = TextAreaField(
        _l("What happened?"), [InputRequired(_l("Say what happened.")), Length(max=5000)],
        description=_l("What data, about how many people, who has it now, what you did. Who complains, and how they can be reached. References instead of children’s names."),
    )
    known_on = DayField(_l("When did you or a colleague first know?"), [InputRequired(_l("Choose a day."))], default=clock.today)


class CaseAnswerForm(KithForm):
    """For a breach with the two decisions; for a complaint without them."""

    ico = RadioField(_l("Is the ICO told?"), choices=choices([("yes", _l("Yes")), ("no", _l("No: it is unlikely to be a risk to anybody"))]), validators=[InputRequired(_l("Say whether the ICO is told."))])
    people = RadioField(
        _l("Are the people it is about told?"), choices=choices([("yes", _l("Yes")), ("no", _l("No: it is unlikely to be a high risk to them"))]),
        validators=[InputRequired(_l("Say whether the people it is about are told."))],
    )
    words = TextAreaField(_l("What was answered, or why it was decided so"), [InputRequired(_l("Write it down.")), Length(max=5000)])

    def narrow(self, kind: CaseKind) -> None:
        if kind is not CaseKind.BREACH:
            del self.ico
            del self.people

    def said(self, name: str) -> bool | None:
        typed = self[name].data if name in self else None
        return None if typed not in ("yes", "no") else typed == "yes"


class CaseNoteForm(KithForm):
    done = TextAreaField(_l("What was done, and by whom?"), [InputRequired(_l("Write down what was done.")), Length(max=5000)])
    closes = BooleanField(_l("Nothing more is to be done: close it"))
