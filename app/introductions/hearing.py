"""The one page on which a Link Worker types all that was heard: only what is not known yet is asked."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, RadioField, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from app.children.forms.fields import TicksField
from app.children.models import SHAREABLE
from app.children.services.consents import HOW
from app.introductions import standing
from app.introductions.forms import LONG, picked
from app.introductions.models import Introduction, Stance, Viewpoint
from app.introductions.services.hearing import Heard
from app.introductions.standing import Standing
from app.introductions.words import HOW_SAID, STANCE_WORDS
from app.shared import clock
from app.shared.forms import DayField, TidyStringField, VerbForm, choices
from app.shared.tongue import capital

STANCES = choices((stance.value, STANCE_WORDS[stance]) for stance in Stance)
WAYS = choices((how, how[0].upper() + how[1:]) for how in HOW if how in HOW_SAID)
CONSENT_LASTS = timedelta(days=365)


def _stances(label: str) -> RadioField:
    return RadioField(label, [Optional()], choices=STANCES, validate_choice=False)


def _words(label: str) -> TextAreaField:
    return TextAreaField(label, [Optional(), Length(max=LONG)])


class HeardForm(VerbForm):
    child_stance = _stances(_l("What does the child think?"))
    child_words = _words(_l("The child’s own words"))
    carer_id = RadioField(_l("Who at home?"), [Optional()], validate_choice=False)
    carer_stance = _stances(_l("What do they think?"))
    carer_words = _words(_l("Their words"))
    how = SelectField(_l("How did they say it?"), choices=WAYS, default=HOW[0])
    fields = TicksField(_l("What may be shared?"), [Optional()], choices=choices((key, capital(words)) for key, words in SHAREABLE.items()))
    ends_on = DayField(_l("Until"), [Optional()], description=_l("Two years at most. Kith asks again before."))
    who_goes_along = TidyStringField(_l("Who goes along the first time?"), [Optional(), Length(max=120)], description=_l("Somebody the child knows. Leave it empty while nobody is found."))
    has_met_contact = BooleanField(_l("You have met the person there"))

    def ask_what_is_missing(self, introduction: Introduction, reading: Standing) -> None:
        """Take away what is known, and name the people in the questions."""
        missing = {gap.code for gap in standing.gaps_to_be_ready(introduction, reading)}
        homes = [home for home in reading.record.homes if home.may_be_told]
        called, organisation = introduction.child.called, introduction.organisation.name
        self.child_stance.label.text = _("What does %(called)s think of it?", called=called)
        self.child_words.label.text = _("In %(called)s’s words", called=called)
        self.fields.label.text = _("What may %(organisation)s know?", organisation=organisation)
        self.carer_id.choices = choices([(str(c.id), f"{c.name}, {c.relation}" if c.relation else c.name) for c in homes])
        if not self.is_submitted():
            self.ends_on.data = clock.today() + CONSENT_LASTS
            self.carer_id.data = next((str(c.id) for c in homes if c.has_say), None)
        if not any(code.startswith("child_") for code in missing):
            del self.child_stance, self.child_words
        if not any(code.startswith("carer") for code in missing) or not homes:
            del self.carer_stance, self.carer_words
        if "consent" not in missing or not homes:
            del self.fields, self.ends_on
        if "carer_stance" not in self and "fields" not in self:
            del self.carer_id, self.how

    def validate(self, extra_validators: object = None) -> bool:
        """Whoever is said to think something is quoted; and whoever is quoted, thinks something."""
        if not super().validate(extra_validators):
            return False
        for who in ("child", "carer"):
            if f"{who}_stance" not in self:
                continue
            stance, words = self[f"{who}_stance"], self[f"{who}_words"]
            if words.data and not stance.data:
                stance.errors = [_("Choose what they think.")]
            elif stance.data and not words.data:
                words.errors = [_("Write down what was said, in their words.")]
        if "fields" in self and self["fields"].data:
            if not self["carer_id"].data:
                self["carer_id"].errors = [_("Choose who agreed.")]
            if not self["ends_on"].data:
                self["ends_on"].errors = [_("Choose the last day.")]
        return not self.errors

    def heard(self) -> list[Heard]:
        """Who said what."""
        said = []
        for who, viewpoint in (("child", Viewpoint.CHILD), ("carer", Viewpoint.CARER)):
            if f"{who}_stance" in self and self[f"{who}_stance"].data in {stance.value for stance in Stance}:
                is_home = viewpoint is Viewpoint.CARER
                said.append(Heard(
                    viewpoint, Stance(self[f"{who}_stance"].data), self[f"{who}_words"].data or "",
                    carer_id=picked(self["carer_id"]) if is_home else None, how=self["how"].data if is_home else HOW[0],
                ))
        return said

    def asks(self, *names: str) -> list[Field]:
        """Those of these questions that are still open, in this order."""
        return [self[name] for name in names if name in self]
