"""What people type about introductions. Shape and wording only; what must be true is the verbs' to say."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, RadioField, SelectField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.catalogue.models import Cohort, Practitioner
from app.children.languages import LANGUAGES
from app.introductions.models import EndReason, Readers, Stance, Viewpoint
from app.introductions.words import DECLINE_WORDS, END_WORDS, HOW_SAID, STANCE_WORDS
from app.shared import clock
from app.shared.forms import DayField, KithForm, TidyStringField, VerbForm, WholeNumberField, choices
from app.shared.view import day

LONG = 1000
END_CHOICES = (
    EndReason.CHILD_NO, EndReason.PARENT_NO, EndReason.MOVED, EndReason.SAFETY, EndReason.PROGRAMME_END, EndReason.CONSENT_WITHDRAWN,
)


def chosen(field: DayField) -> date:
    """The day of a field that was validated."""
    assert field.data is not None
    return field.data


class HourField(TimeField):
    """A time of day, as a person types it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("That is not a time. It looks like 15:30.")) from error


def picked(field: Field) -> uuid.UUID | None:
    """What was chosen from a list, as a key."""
    try:
        return uuid.UUID(str(field.data)) if field.data else None
    except ValueError:
        return None


class StartForm(KithForm):
    child_id = SelectField(_l("Which child?"), validators=[InputRequired(_l("Choose a child."))], validate_choice=False)
    why = TextAreaField(
        _l("Why could this be right?"), [InputRequired(_l("Say in a sentence why this could be right for this child.")), Length(max=LONG)],
        description=_l("What you have heard or seen. Only those who work with the child read it."),
    )

    def offer(self, children: Iterable[tuple[uuid.UUID, str]]) -> None:
        self.child_id.choices = choices([("", _("Choose a child")), *((str(key), name) for key, name in children)])


class NewWordForm(KithForm):
    words_said = TextAreaField(_l("What does the child say now?"), [InputRequired(_l("Write down the child’s new words.")), Length(max=LONG)])


class SignpostForm(KithForm):
    child_id = SelectField(_l("For which child?"), validators=[InputRequired(_l("Choose a child."))], validate_choice=False)
    to_whom = TidyStringField(_l("Who was told?"), [InputRequired(_l("Say who was told.")), Length(max=120)], description=_l("For example: her mother, at the gate."))
    given_on = DayField(_l("When?"), [InputRequired(_l("Choose a day."))])

    def offer(self, children: Iterable[tuple[uuid.UUID, str]]) -> None:
        self.child_id.choices = choices([("", _("Choose a child")), *((str(key), name) for key, name in children)])


class ViewForm(VerbForm):
    """Who, what they think, and their words."""

    who = RadioField(_l("Who said it?"), validators=[InputRequired(_l("Choose who said it."))])
    said_by = TidyStringField(_l("The teacher’s name"), [Optional(), Length(max=120)], description=_l("Only for a teacher’s view."))
    stance = RadioField(
        _l("What do they think?"), choices=choices((stance.value, STANCE_WORDS[stance]) for stance in Stance),
        validators=[InputRequired(_l("Choose what they think."))],
    )
    words_said = TextAreaField(
        _l("In their words"), [InputRequired(_l("Write down what was said, in their words.")), Length(max=LONG)],
        description=_l("As they said it. A drawing or a gesture counts: say what it was."),
    )
    said_on = DayField(_l("When was it said?"), [InputRequired(_l("Choose the day it was said."))])
    told_to = TidyStringField(
        _l("To whom?"), [Optional(), Length(max=120)], description=_l("Leave it empty if it was you. Somebody else who heard it, for example the class teacher."),
    )
    how = SelectField(_l("How?"), choices=choices((how, how) for how in HOW_SAID))
    language = SelectField(
        _l("In which language?"), default="en", choices=choices(sorted(((code, name) for code, name in LANGUAGES.items()), key=lambda one: (one[0] != "en", one[1]))),
    )
    words_in_english = TextAreaField(
        _l("What it means in English"), [Optional(), Length(max=LONG)], description=_l("Only for another language. The words above stay as they were said."),
    )

    def offer(self, child: str, carers: Sequence[tuple[uuid.UUID, str]]) -> None:
        self.who.choices = choices([("child", child), *((str(key), name) for key, name in carers), ("teacher", _("A teacher"))])

    @property
    def viewpoint(self) -> Viewpoint:
        return {"child": Viewpoint.CHILD, "teacher": Viewpoint.TEACHER}.get(self.who.data, Viewpoint.CARER)

    @property
    def carer_id(self) -> uuid.UUID | None:
        return picked(self.who) if self.viewpoint is Viewpoint.CARER else None


class PrepareForm(VerbForm):
    who_goes_along = TidyStringField(
        _l("Who goes along the first time?"), [Optional(), Length(max=120)], description=_l("Somebody the child knows. Leave it empty while nobody is found."),
    )
    has_met_contact = BooleanField(_l("You have met the person there"))
    nothing_told = BooleanField(_l("Nothing about the child is told to them"))


class QuestionForm(VerbForm):
    words_written = TextAreaField(
        _l("Your question"), [InputRequired(_l("Write your question.")), Length(max=LONG)], description=_l("The Link Worker reads it in Kith and answers there."),
    )


class MessageForm(VerbForm):
    words_written = TextAreaField(_l("What do you want to say?"), [InputRequired(_l("Write something first.")), Length(max=LONG)])
    readers = RadioField(_l("Who reads it?"), validators=[InputRequired(_l("Choose who reads it."))])
    is_question = BooleanField(_l("It is a question: it stays on their list until it is answered"))

    def offer(self, organisation: str, *, to_team: bool, to_partner: bool) -> None:
        choice = [(Readers.TEAM.value, _("Only those who work with the child"))] if to_team else []
        if to_partner:
            choice.append((Readers.PARTNER.value, _("Also %(organisation)s", organisation=organisation)))
        self.readers.choices = choices(choice)
        if len(choice) == 1 and not self.is_submitted():
            self.readers.data = choice[0][0]


class AnswerForm(VerbForm):
    words_written = TextAreaField(_l("Your answer"), [InputRequired(_l("Write the answer.")), Length(max=LONG)])


class TogetherForm(VerbForm):
    with_id = RadioField(_l("Who goes too?"), validators=[InputRequired(_l("Choose a child."))])

    def offer(self, others: Iterable[tuple[uuid.UUID, str]]) -> None:
        self.with_id.choices = choices([(str(key), name) for key, name in others])


class PractitionerForm(VerbForm):
    practitioner_id = RadioField(_l("Who will meet the child?"), validators=[InputRequired(_l("Choose who will meet the child."))])

    def offer(self, practitioners: Sequence[Practitioner]) -> None:
        self.practitioner_id.choices = choices([(str(p.id), f"{p.name}, {p.title}" if p.title else p.name) for p in practitioners])


class NotYetForm(VerbForm):
    why = TextAreaField(_l("What does it wait for?"), [InputRequired(_l("Say what it waits for.")), Length(max=LONG)])
    ask_again_on = DayField(_l("Ask again on"), [InputRequired(_l("Choose a day to ask again."))], description=_l("You get it on your list that day."))


class AskForm(VerbForm):
    note_to_partner = TextAreaField(
        _l("A word to them"), [Optional(), Length(max=LONG)],
        description=_l("What you are asking for, and when it would suit. Say of the child only what consent covers."),
    )


class AgreeForm(VerbForm):
    practitioner_id = RadioField(_l("Who will meet the child?"), validators=[InputRequired(_l("Choose who will meet the child."))])
    cohort_id = SelectField(_l("Which group?"), validators=[Optional()])
    first_dates = TidyStringField(
        _l("When could it begin?"), [InputRequired(_l("Say when it could begin, like “Thursdays at 4 from 3 December”.")), Length(max=200)],
        description=_l("Your first dates. The meeting itself is arranged next."),
    )

    def offer(self, practitioners: Sequence[Practitioner], cohorts: Sequence[Cohort]) -> None:
        self.practitioner_id.choices = choices([(str(p.id), f"{p.name}, {p.title}" if p.title else p.name) for p in practitioners])
        self.cohort_id.choices = choices([("", _("Not decided yet")), *((str(c.id), _cohort_name(c)) for c in cohorts)])
        if not cohorts:
            del self.cohort_id

    @property
    def chosen_cohort(self) -> uuid.UUID | None:
        return picked(self["cohort_id"]) if "cohort_id" in self else None


def _cohort_name(cohort: Cohort) -> str:
    starts = _("from %(starts_on)s", starts_on=day(cohort.starts_on)) if cohort.starts_on else ""
    return " ".join(part for part in (cohort.name or _("Group"), starts) if part)


class AgreeByWordForm(VerbForm):
    """The Link Worker writes down a yes that was told, where nobody of the organisation signs in to Kith."""

    answered_by = TidyStringField(_l("Who said yes?"), [InputRequired(_l("Write down who said yes there.")), Length(max=120)])
    first_dates = TidyStringField(
        _l("When could it begin?"), [InputRequired(_l("Say when it could begin, like “any Saturday from 10”.")), Length(max=200)],
    )


class DeclineForm(VerbForm):
    reason = RadioField(
        _l("Why not?"), choices=choices((reason.value, words) for reason, words in DECLINE_WORDS.items()), validators=[InputRequired(_l("Choose a reason."))],
    )
    note_to_link_worker = TextAreaField(
        _l("What should the Link Worker know?"), [Optional(), Length(max=LONG)],
        description=_l("Somewhere else to try, or when to ask again. They see this straight away."),
    )


class DeclineByWordForm(DeclineForm):
    answered_by = TidyStringField(_l("Who said no?"), [InputRequired(_l("Write down who said no there.")), Length(max=120)])


class ArrangeForm(VerbForm):
    meeting_on = DayField(_l("On which day?"), [InputRequired(_l("Choose a day."))])
    meeting_time = HourField(_l("At what time?"), [InputRequired(_l("Choose a time."))])
    place = TidyStringField(_l("Where?"), [InputRequired(_l("Say where they meet.")), Length(max=200)])
    people = TidyStringField(_l("Who will be in the room?"), [InputRequired(_l("Say who will be in the room.")), Length(max=300)])
    trusted_adult = TidyStringField(
        _l("Which adult the child trusts will be there?"), [InputRequired(_l("Name an adult the child trusts who will be there.")), Length(max=120)],
    )

    @property
    def meeting_at(self) -> datetime:
        assert self.meeting_time.data is not None
        return clock.at_london(chosen(self.meeting_on), self.meeting_time.data)


class MetForm(VerbForm):
    met_on = DayField(_l("When did they meet?"), [InputRequired(_l("Choose the day they met."))])
    people = TidyStringField(_l("Who was there?"), [InputRequired(_l("Say who was there.")), Length(max=300)])
    words_said = TextAreaField(
        _l("How did it feel? What did the child say afterwards?"), [InputRequired(_l("Write down what the child said afterwards.")), Length(max=LONG)],
        description=_l("In their words. A face, a shrug or a drawing counts: say what it was."),
    )


class JoinForm(VerbForm):
    on = DayField(_l("When was the first visit?"), [InputRequired(_l("Choose the day of the first visit."))])


class SettleForm(VerbForm):
    wants_to_go_on = RadioField(
        _l("Does the child want to go on?"), choices=choices([("yes", _l("Yes")), ("no", _l("No"))]), validators=[InputRequired(_l("Choose yes or no."))],
    )
    words_said = TextAreaField(_l("In the child’s words"), [InputRequired(_l("Write down what the child says about going on.")), Length(max=LONG)])
    visits_told = WholeNumberField(
        _l("How many visits have you been told of?"), [InputRequired(_l("Type a number, like 4.")), NumberRange(0, 500, _l("Type a number from 0 to 500."))],
        description=_l("There is no register here, so your word counts. Settled means at least 3."),
    )


NEXT_STEP = (InputRequired(_l("Say what the next step is.")), Length(max=LONG))
"""Asked of what has settled."""


class CloseForm(VerbForm):
    outcome = TextAreaField(_l("What came of it?"), [InputRequired(_l("Say what came of it.")), Length(max=LONG)])
    next_step = TextAreaField(_l("What is the next step?"), [Optional(), Length(max=LONG)])


class EndForm(VerbForm):
    reason = RadioField(
        _l("Why does it end?"), choices=choices((reason.value, END_WORDS[reason]) for reason in END_CHOICES), validators=[InputRequired(_l("Choose why it ends."))],
    )
    note = TextAreaField(_l("In their words, or what happened"), [Optional(), Length(max=LONG)])


class CheckForm(KithForm):
    is_still_going = RadioField(_l("Still going?"), choices=choices([("yes", _l("Yes")), ("no", _l("No"))]), validators=[InputRequired(_l("Choose yes or no."))])
    words_said = TextAreaField(_l("In their words"), [Optional(), Length(max=LONG)])
