"""Writing a brief, offering, and what child and parent say of an offer."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from app.children.models import Need
from app.commissioning.forms.base import LONG, PickField, asked_text
from app.commissioning.forms.funds import not_too_much
from app.commissioning.models import SAYS
from app.commissioning.services.requests import MOST_SESSIONS
from app.shared.forms import DayField, KithForm, PoundsField, TidyStringField, WholeNumberField, choices

_SESSIONS = [InputRequired("Type how many sessions."), NumberRange(1, MOST_SESSIONS, f"Between 1 and {MOST_SESSIONS}.")]
_CLOCK = Regexp(r"^([01]\d|2[0-3]):[0-5]\d$", message="A time looks like 15:30.")


class BriefForm(KithForm):
    """Partners read the title, what is needed, the days and the area; the rest stays with the charity."""

    title = TidyStringField("Title", [InputRequired("Give it a title."), Length(max=120)], description="For example: drumming for one, on Tuesdays.")
    text = asked_text(
        "What is needed?", "Say what is needed.",
        description="What would be right, and what helps. No name, school, exact age, address or rare language: partners read this.",
    )
    days = TidyStringField("Which days and times?", [Optional(), Length(max=300)], description="For example: Tuesday or Wednesday after school.")
    area = TidyStringField("In which area?", [InputRequired("Say which area."), Length(max=120)], description="A wide one: a borough or a part of the city.")
    need = RadioField("For which need?", validators=[InputRequired("Choose the need this is for.")])
    sessions = WholeNumberField("How many sessions?", _SESSIONS)
    budget = PoundsField("How much may it cost in all?", [InputRequired("Type an amount."), not_too_much])
    offers_until = DayField("Offers until", [InputRequired("Choose a day.")])
    invited = SelectMultipleField(
        "Whom do you ask?", [Optional()], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        description="Tick some partners, or none to ask all live ones.",
    )
    goal = asked_text("What does the child want to reach?", "Say what the child wants to reach.", description="For the request that follows. Partners do not read it.")
    why = asked_text("Why this, and why now?", "Say why this, for this child, now.", description="The budget holder reads it, partners do not.")
    free_alternatives = asked_text(
        "Why nothing free meets this need", "Say which free alternatives you looked at.", description="The budget holder reads it, partners do not."
    )

    def offer(self, needs: Sequence[Need], partners: Iterable[tuple[uuid.UUID, str]]) -> None:
        self.need.choices = choices([(need.code, f"{need.word.capitalize()} ({need.area.lower()})") for need in needs])
        self.invited.choices = choices([(str(id_), name) for id_, name in partners])

    @property
    def asked(self) -> list[uuid.UUID]:
        return [uuid.UUID(value) for value in self.invited.data or []]


class OfferForm(KithForm):
    practitioner = PickField("Who would meet the child?", [InputRequired("Choose who would meet the child.")])
    sessions = WholeNumberField("How many sessions?", _SESSIONS)
    price = PoundsField("Price of a session", [InputRequired("Type a price."), not_too_much])
    setup = PoundsField("To set up, once", [Optional(), not_too_much])
    starts_on = DayField("First day", [InputRequired("Choose the first day.")], description="It is the same weekday from then on, in term time.")
    starts = StringField("From", [InputRequired("Type a time."), _CLOCK], description="Like 15:30.")
    ends = StringField("To", [InputRequired("Type a time."), _CLOCK], description="Like 16:30.")
    words = TextAreaField("How you would go about it", [InputRequired("Say how you would go about it."), Length(max=LONG)])


class ViewForm(KithForm):
    """What the family thinks of one offer."""

    child_says = RadioField("What does the child say?", [Optional()], choices=choices(SAYS.items()))
    parent_says = RadioField("What does the parent or carer say?", [Optional()], choices=choices(SAYS.items()))
    their_words = TextAreaField("In their words", [Optional(), Length(max=LONG)])


class CloseBriefForm(KithForm):
    reason = asked_text("Why is it not needed any more?", "Say why: those who offered read it.", description="Those who offered read it. Leave the child’s name out.")
