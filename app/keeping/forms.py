"""What is typed here."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.keeping.models import CaseKind
from app.shared import clock
from app.shared.forms import DayField, KithForm, TidyStringField, choices


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


class CaseForm(KithForm):
    zone = SelectField("Zone", choices=[], validators=[InputRequired("Choose a Zone.")])
    kind = RadioField(
        "What is it?", validators=[InputRequired("Choose one.")],
        choices=choices([
            (CaseKind.BREACH.value, "Data went astray: lost, sent to the wrong person, seen or changed by somebody who must not"),
            (CaseKind.COMPLAINT.value, "Somebody complains about how we handle data about them or their child"),
        ]),
    )
    words = TextAreaField(
        "What happened?", [InputRequired("Say what happened."), Length(max=5000)],
        description="What data, about how many people, who has it now, what you did. Who complains, and how they can be reached. References instead of children’s names.",
    )
    known_on = DayField("When did you or a colleague first know?", [InputRequired("Choose a day.")], default=clock.today)


class CaseAnswerForm(KithForm):
    """For a breach with the two decisions; for a complaint without them."""

    ico = RadioField("Is the ICO told?", choices=choices([("yes", "Yes"), ("no", "No: it is unlikely to be a risk to anybody")]), validators=[InputRequired("Say whether the ICO is told.")])
    people = RadioField(
        "Are the people it is about told?", choices=choices([("yes", "Yes"), ("no", "No: it is unlikely to be a high risk to them")]),
        validators=[InputRequired("Say whether the people it is about are told.")],
    )
    words = TextAreaField("What was answered, or why it was decided so", [InputRequired("Write it down."), Length(max=5000)])

    def narrow(self, kind: CaseKind) -> None:
        if kind is not CaseKind.BREACH:
            del self.ico
            del self.people

    def said(self, name: str) -> bool | None:
        typed = self[name].data if name in self else None
        return None if typed not in ("yes", "no") else typed == "yes"


class CaseNoteForm(KithForm):
    done = TextAreaField("What was done, and by whom?", [InputRequired("Write down what was done."), Length(max=5000)])
    closes = BooleanField("Nothing more is to be done: close it")
