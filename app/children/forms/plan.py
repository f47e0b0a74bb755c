"""The plan by term, and the one-page profile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

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
    PlanVoice.CHILD: "The child", PlanVoice.PARENT: "A parent or carer", PlanVoice.TEACHER: "A teacher", PlanVoice.LINK_WORKER: "The Link Worker",
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
    term = TermField("Which term", missing="Choose a term.")
    text = LineField("What will we do?", [InputRequired("Write what is to be done, in a few words."), Length(max=300)],
                     description="Plain words: the family gets this on paper.")
    area = OneField("What is it for", [*((area, area) for area in AREAS), (NO_AREA, "All three")], "Choose what it is for.", default=NO_AREA)


class ChangeForm(KithForm):
    why = LineField("Why does the plan change, and who asked for it?", [InputRequired("Write why the plan changes, and who asked for it."), Length(max=300)])
    text = LineField("What will we do instead?", [Optional(), Length(max=300)], description="Leave it empty to move the step to another term, or to give it up.")
    term = TermField("In which term", missing="Choose a term, or “Give it up”.")

    def offer_terms(self, terms: Sequence[PlanTerm]) -> None:
        self.term.offer([*((term.starts_on.isoformat(), term.name) for term in terms), (NO_AREA, "Give it up")])

    @property
    def is_given_up(self) -> bool:
        return bool(self.term.data == NO_AREA)


class SayingForm(KithForm):
    term = TermField("About which term", missing="Choose a term.")
    voice = OneField("Who said it", [(voice.value, words) for voice, words in VOICE_WORDS.items()], "Choose who said it.")
    said_by = LineField("Their name", [Optional(), Length(max=120)], description="Not needed when it was the child.")
    words = TextField("What was said", [InputRequired("Write what was said."), Length(max=2000)])
    said_on = OnField("When", [InputRequired("Choose the day it was said.")])


class OnePageForm(KithForm):
    about_me = TextField("About me, in my own words", [Optional(), Length(max=600)])
    likes = LinesField("What I like", [Optional()], description="One a line.")
    helps = TextField("What helps me", [Optional(), Length(max=600)])
    does_not = TextField("What does not help me", [Optional(), Length(max=600)])
    working_on = LinesField("What I am working on", [Optional()], description="One a line, in my words. Shared only where consent covers needs.")

    def fill(self, page: OnePage | PageWords) -> None:
        if not self.is_submitted():
            for name in ("about_me", "likes", "helps", "does_not", "working_on"):
                self[name].data = getattr(page, name)


class ChildPhotoForm(KithForm):
    file = FileField("Photo", [FileRequired("Choose a photo.")], description="JPEG, PNG or WebP, 6 MB at most. Where and when it was taken is removed.")
    is_childs_yes = BooleanField("The child has seen this photo and said yes to it")


class ApproveForm(KithForm):
    stamp = HiddenField()
    read_on = OnField("When did you read it together?", [InputRequired("Choose the day you read it together.")])
    is_childs_yes = BooleanField("The child said yes to all of it")
    childs_word = LineField("What the child said", [Optional(), Length(max=300)])
