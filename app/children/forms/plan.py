"""The plan by term, and the one-page profile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired, Length, Optional

from app.catalogue.models import AREAS
from app.children.forms.fields import LineField, LinesField, OneField, OnField, PickField, TextField
from app.children.models import OnePage, PlanVoice
from app.children.showing import PageWords
from app.children.terms import PlanTerm
from app.shared.forms import KithForm

VOICE_WORDS = {
    PlanVoice.CHILD: _l("The child"), PlanVoice.PARENT: _l("A parent or carer"), PlanVoice.TEACHER: _l("A teacher"), PlanVoice.LINK_WORKER: _l("The Link Worker"),
}
NO_AREA = "none"


class TermField(PickField):
    """One of the child's terms, by its first day."""

    def offer_terms(self, terms: Sequence[PlanTerm]) -> None:
        self.offer([(term.starts_on.isoformat(), term.name) for term in terms])

    @property
    def chosen_day(self) -> date:
        return date.fromisoformat(str(self.data))


class StepForm(KithForm):
    term = TermField(_l("Which term"), missing=_l("Choose a term."))
    text = LineField(_l("What will we do?"), [InputRequired(_l("Write what is to be done, in a few words.")), Length(max=300)],
                     description=_l("Plain words: the family gets this on paper."))
    area = OneField(_l("What is it for"), [*((area, area) for area in AREAS), (NO_AREA, _l("All three"))], _l("Choose what it is for."), default=NO_AREA)


class ChangeForm(KithForm):
    why = LineField(_l("Why does the plan change, and who asked for it?"), [InputRequired(_l("Write why the plan changes, and who asked for it.")), Length(max=300)])
    text = LineField(_l("What will we do instead?"), [Optional(), Length(max=300)], description=_l("Leave it empty to move the step to another term, or to give it up."))
    term = TermField(_l("In which term"), missing=_l("Choose a term, or “Give it up”."))

    def offer_terms(self, terms: Sequence[PlanTerm]) -> None:
        self.term.offer([*((term.starts_on.isoformat(), term.name) for term in terms), (NO_AREA, _("Give it up"))])

    @property
    def is_given_up(self) -> bool:
        return bool(self.term.data == NO_AREA)


class SayingForm(KithForm):
    term = TermField(_l("About which term"), missing=_l("Choose a term."))
    voice = OneField(_l("Who said it"), [(voice.value, words) for voice, words in VOICE_WORDS.items()], _l("Choose who said it."))
    said_by = LineField(_l("Their name"), [Optional(), Length(max=120)], description=_l("Not needed when it was the child."))
    words = TextField(_l("What was said"), [InputRequired(_l("Write what was said.")), Length(max=2000)])
    said_on = OnField(_l("When"), [InputRequired(_l("Choose the day it was said."))])


class OnePageForm(KithForm):
    about_me = TextField(_l("About me, in my own words"), [Optional(), Length(max=600)])
    likes = LinesField(_l("What I like"), [Optional()], description=_l("One a line."))
    helps = TextField(_l("What helps me"), [Optional(), Length(max=600)])
    does_not = TextField(_l("What does not help me"), [Optional(), Length(max=600)])
    working_on = LinesField(_l("What I am working on"), [Optional()], description=_l("One a line, in my words. Shared only where consent covers needs."))

    def fill(self, page: OnePage | PageWords) -> None:
        if not self.is_submitted():
            for name in ("about_me", "likes", "helps", "does_not", "working_on"):
                self[name].data = getattr(page, name)


class ChildPhotoForm(KithForm):
    file = FileField(_l("Photo"), [FileRequired(_l("Choose a photo."))], description=_l("JPEG, PNG or WebP, 6 MB at most. Where and when it was taken is removed."))
    is_childs_yes = BooleanField(_l("The child has seen this photo and said yes to it"))


class ApproveForm(KithForm):
    stamp = HiddenField()
    read_on = OnField(_l("When did you read it together?"), [InputRequired(_l("Choose the day you read it together."))])
    is_childs_yes = BooleanField(_l("The child said yes to all of it"))
    childs_word = LineField(_l("What the child said"), [Optional(), Length(max=300)])
