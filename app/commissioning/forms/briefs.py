"""Writing a brief, offering, and what child and parent say of an offer."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from app.children.models import Need
from app.commissioning.forms.base import LONG, PickField, asked_text
from app.commissioning.forms.funds import not_too_much
from app.commissioning.models import SAYS
from app.commissioning.services.requests import MOST_SESSIONS
from app.shared.forms import DayField, KithForm, PoundsField, TidyStringField, WholeNumberField, choices

_SESSIONS = [InputRequired(_l("Type how many sessions.")), NumberRange(1, MOST_SESSIONS, _l("Between 1 and %(most_sessions)s.", most_sessions=MOST_SESSIONS))]
_CLOCK = Regexp(r"^([01]\d|2[0-3]):[0-5]\d$", message=_l("A time looks like 15:30."))


class BriefForm(KithForm):
    """Partners read the title, what is needed, the days and the area; the rest stays with the charity."""

    title = TidyStringField(_l("Title"), [InputRequired(_l("Give it a title.")), Length(max=120)], description=_l("For example: drumming for one, on Tuesdays."))
    text = asked_text(
        _l("What is needed?"), _l("Say what is needed."),
        description=_l("What would be right, and what helps. No name, school, exact age, address or rare language: partners read this."),
    )
    days = TidyStringField(_l("Which days and times?"), [Optional(), Length(max=300)], description=_l("For example: Tuesday or Wednesday after school."))
    area = TidyStringField(_l("In which area?"), [InputRequired(_l("Say which area.")), Length(max=120)], description=_l("A wide one: a borough or a part of the city."))
    need = RadioField(_l("For which need?"), validators=[InputRequired(_l("Choose the need this is for."))])
    sessions = WholeNumberField(_l("How many sessions?"), _SESSIONS)
    budget = PoundsField(_l("How much may it cost in all?"), [InputRequired(_l("Type an amount.")), not_too_much])
    offers_until = DayField(_l("Offers until"), [InputRequired(_l("Choose a day."))])
    invited = SelectMultipleField(
        _l("Whom do you ask?"), [Optional()], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        description=_l("Tick some partners, or none to ask all live ones."),
    )
    goal = asked_text(_l("What does the child want to reach?"), _l("Say what the child wants to reach."), description=_l("For the request that follows. Partners do not read it."))
    why = asked_text(_l("Why this, and why now?"), _l("Say why this, for this child, now."), description=_l("The budget holder reads it, partners do not."))
    free_alternatives = asked_text(
        _l("Why nothing free meets this need"), _l("Say which free alternatives you looked at."), description=_l("The budget holder reads it, partners do not.")
    )

    def offer(self, needs: Sequence[Need], partners: Iterable[tuple[uuid.UUID, str]]) -> None:
        self.need.choices = choices([(need.code, f"{need.word.capitalize()} ({need.area.lower()})") for need in needs])
        self.invited.choices = choices([(str(id_), name) for id_, name in partners])

    @property
    def asked(self) -> list[uuid.UUID]:
        return [uuid.UUID(value) for value in self.invited.data or []]


class OfferForm(KithForm):
    practitioner = PickField(_l("Who would meet the child?"), [InputRequired(_l("Choose who would meet the child."))])
    sessions = WholeNumberField(_l("How many sessions?"), _SESSIONS)
    price = PoundsField(_l("Price of a session"), [InputRequired(_l("Type a price.")), not_too_much])
    setup = PoundsField(_l("To set up, once"), [Optional(), not_too_much])
    starts_on = DayField(_l("First day"), [InputRequired(_l("Choose the first day."))], description=_l("It is the same weekday from then on, in term time."))
    starts = StringField(_l("From"), [InputRequired(_l("Type a time.")), _CLOCK], description=_l("Like 15:30."))
    ends = StringField(_l("To"), [InputRequired(_l("Type a time.")), _CLOCK], description=_l("Like 16:30."))
    words = TextAreaField(_l("How you would go about it"), [InputRequired(_l("Say how you would go about it.")), Length(max=LONG)])


class ViewForm(KithForm):
    """What the family thinks of one offer."""

    child_says = RadioField(_l("What does the child say?"), [Optional()], choices=choices(SAYS.items()))
    parent_says = RadioField(_l("What does the parent or carer say?"), [Optional()], choices=choices(SAYS.items()))
    their_words = TextAreaField(_l("In their words"), [Optional(), Length(max=LONG)])


class CloseBriefForm(KithForm):
    reason = asked_text(_l("Why is it not needed any more?"), _l("Say why: those who offered read it."), description=_l("Those who offered read it. Leave the child’s name out."))
