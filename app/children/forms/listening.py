"""Words, notes, needs, goals, refusals."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import InputRequired, Length, Optional

from app.catalogue.models import AREAS, NEEDS
from app.children.forms.fields import LinesField, OneField, OnField, PickField, TextField
from app.children.models import NoteKind, TagPlace, need_word
from app.shared.forms import KithForm

NOTE_WORDS = {
    NoteKind.WELL_RECEIVED: _l("What is well received"), NoteKind.NOT_WELL_RECEIVED: _l("What is not well received"),
    NoteKind.MOTIVATES: _l("What motivates"), NoteKind.BARRIER: _l("What stands in the way"),
}

NOTE_ICONS = {
    NoteKind.WELL_RECEIVED: "thumbs-up", NoteKind.NOT_WELL_RECEIVED: "thumbs-down", NoteKind.MOTIVATES: "sparkles", NoteKind.BARRIER: "octagon-alert",
}
PLACE_WORDS = {
    TagPlace.LOVES: "loves", TagPlace.HELPS: _l("what helps"), TagPlace.DOES_NOT: _l("what does not help"), TagPlace.IN_THE_WAY: _l("what stands in the way"),
}
FACES = [("5", _l("Yes, always")), ("4", _l("Mostly")), ("3", _l("Sometimes")), ("2", _l("Not often")), ("1", _l("No, never"))]
FACE_WORDS = {int(value): words for value, words in FACES}


class VoiceForm(KithForm):
    words = TextField(_l("What was said, in the child’s own words"), [InputRequired(_l("Write what the child said.")), Length(max=4000)])
    said_on = OnField(_l("When"), [InputRequired(_l("Choose the day it was said."))])


class NoteForm(KithForm):
    """One box and one tap: each kind is a button that sends the form."""

    text = TextField(_l("What did you notice?"), [InputRequired(_l("Write what you noticed.")), Length(max=4000)])
    kind = OneField(_l("What kind of note"), [(kind.value, words) for kind, words in NOTE_WORDS.items()], _l("Choose what kind of note this is."))
    noted_on = OnField(_l("When"), [Optional()])
    is_private = BooleanField(
        _l("Keep this private"), description=_l("For what comes from therapy. Only the child’s Link Worker sees it, and it never appears in a match."),
    )


class HelpForm(KithForm):
    face = OneField(_l("Can you ask your Link Worker for help?"), FACES, _l("Choose one of the five faces."))
    words = TextField(_l("What the child said about it"), [Optional(), Length(max=1000)])
    asked_on = OnField(_l("When"), [InputRequired(_l("Choose the day you asked."))])


class StrengthsForm(KithForm):
    strengths = LinesField(_l("What the child is good at"), [Optional()], description=_l("One a line."))
    interests = LinesField(_l("What the child loves"), [Optional()], description=_l("One a line, the one named first at the top."))
    aspiration = TextField(_l("What the child hopes for"), [Optional(), Length(max=2000)])
    what_helps = TextField(_l("What helps"), [Optional(), Length(max=2000)], description=_l("What somebody who meets the child for the first time could do."))
    what_does_not = TextField(_l("What does not help"), [Optional(), Length(max=2000)])
    must_know = TextField(_l("What people must know"), [Optional(), Length(max=2000)], description=_l("Allergies, medicine, safety. Shared only where consent covers it."))


class NeedForm(KithForm):
    code = PickField(_l("Need"), [(code, f"{code.partition(':')[0]}: {need_word(code)}") for code in NEEDS], _l("Choose a need."))
    priority = OneField(_l("How pressing"), [("1", _l("First")), ("2", _l("Second")), ("3", _l("Third"))], _l("Choose how pressing it is."))
    starting_point = TextField(_l("Where things stand now"), [Optional(), Length(max=2000)], description=_l("What you would see or hear today."))


class GoalForm(KithForm):
    area = OneField(_l("Area"), [(area, area) for area in AREAS], _l("Choose an area."))
    words = TextField(_l("The goal, in the child’s words"), [InputRequired(_l("Write the goal in the child’s words.")), Length(max=1000)])
    starting_point = TextField(_l("Where things stand now"), [Optional(), Length(max=1000)], description=_l("So that everybody can see how far it has come."))


class ReviewForm(KithForm):
    stars = OneField(
        _l("How far have you come?"),
        [("1", _l("One star: not yet")), ("2", _l("Two stars")), ("3", _l("Three stars: half-way")), ("4", _l("Four stars")), ("5", _l("Five stars: done it")), ("none", _l("Words only"))],
        _l("Choose stars, or “Words only”."),
    )
    review_words = TextField(_l("What the child says about it"), [Optional(), Length(max=1000)])
    is_seen_by_child = BooleanField(_l("We looked at this together"), description=_l("The child saw the goal and this review."))
    is_reached = BooleanField(_l("This goal is reached"))


class LiftForm(KithForm):
    words = TextField(_l("What the child says now"), [Optional(), Length(max=2000)])
