"""Asking for a place and its money."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.children.models import Need
from app.commissioning.forms.base import LONG, asked_text
from app.commissioning.services.requests import MOST_SESSIONS
from app.shared.forms import KithForm, VerbForm, WholeNumberField, choices


class RequestForm(KithForm):
    """One page: which group, how many sessions, for what, why, and what was looked at that is free."""

    cohort = RadioField(_l("Which group?"), [InputRequired(_l("Choose a group."))])
    sessions = WholeNumberField(
        _l("How many sessions?"), [InputRequired(_l("Type how many sessions.")), NumberRange(1, MOST_SESSIONS, _l("Ask for between 1 and %(most_sessions)s.", most_sessions=MOST_SESSIONS))]
    )
    need = RadioField(_l("For which need?"), [InputRequired(_l("Choose the need this is for."))])
    goal = asked_text(
        _l("What does the child want to reach?"), _l("Write the goal, in the child’s words if you can."),
        description=_l("In the child’s own words, if you can."),
    )
    why = asked_text(
        _l("Why this, and why now?"), _l("Write why this is right for the child."),
        description=_l("The budget holder reads this. Leave the child’s name out: they see a reference instead."),
    )
    looked_at = SelectMultipleField(
        _l("Free alternatives you looked at"), [Optional()], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )
    free_alternatives = TextAreaField(
        _l("Why nothing free meets this need"), [InputRequired(_l("Say which free alternatives you looked at, and why they do not meet this need.")),
                                              Length(max=LONG)],
    )
    free_shown = HiddenField()
    together = SelectMultipleField(
        _l("Ask together for"), [Optional()], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        description=_l("Siblings or friends: all of them get a place, or none. One decision; each has money and a need of their own."),
    )
    join_waiting_list = BooleanField(_l("If the group is full, join its waiting list"))

    def offer(self, cohorts: Iterable[tuple[uuid.UUID, str]], needs: Sequence[Need], free: Iterable[tuple[str, str]]) -> None:
        self.cohort.choices = choices([(str(id_), words) for id_, words in cohorts])
        self.need.choices = choices([(need.code, f"{need.word.capitalize()} ({need.area.lower()})") for need in needs])
        self.looked_at.choices = choices(free)

    def go_along(self, children: Iterable[tuple[uuid.UUID, str]]) -> None:
        self.together.choices = choices([(str(id_), words) for id_, words in children])

    @property
    def picked_cohort(self) -> uuid.UUID | None:
        try:
            return uuid.UUID(str(self.cohort.data)) if self.cohort.data else None
        except ValueError:
            return None

    def show_free(self, ids: Iterable[uuid.UUID]) -> None:
        """Remember what was shown, for the form that comes back."""
        self.free_shown.data = " ".join(id_.hex for id_ in ids)

    @property
    def shown_ids(self) -> list[uuid.UUID]:
        return [uuid.UUID(word) for word in (self.free_shown.data or "").split() if re.fullmatch("[0-9a-f]{32}", word)]

    @property
    def whole_alternatives(self) -> str:
        """What was ticked, by name, before what was written: kept as it is, in English."""
        words = {value: text for value, text, *_ in self.looked_at.iter_choices()}
        ticked = [words[value] for value in self.looked_at.data or [] if value in words]
        written = (self.free_alternatives.data or "").strip()
        return f"Looked at {'; '.join(ticked)}. {written}" if ticked and written else written


class AnswerForm(VerbForm):
    answer = asked_text(
        _l("Your answer"), _l("Write your answer."), description=_l("The budget holder reads this. Leave the child’s name out.")
    )
