"""Words, notes, needs, goals, refusals."""

from __future__ import annotations

from wtforms import BooleanField
from wtforms.validators import InputRequired, Length, Optional

from app.catalogue.models import AREAS, NEEDS
from app.children.forms.fields import LinesField, OneField, OnField, PickField, TextField
from app.children.models import NoteKind, TagPlace, need_word
from app.shared.forms import KithForm

NOTE_WORDS = {
    NoteKind.WELL_RECEIVED: "What is well received", NoteKind.NOT_WELL_RECEIVED: "What is not well received",
    NoteKind.MOTIVATES: "What motivates", NoteKind.BARRIER: "What stands in the way",
}

NOTE_ICONS = {
    NoteKind.WELL_RECEIVED: "thumbs-up", NoteKind.NOT_WELL_RECEIVED: "thumbs-down", NoteKind.MOTIVATES: "sparkles", NoteKind.BARRIER: "octagon-alert",
}
PLACE_WORDS = {
    TagPlace.LOVES: "loves", TagPlace.HELPS: "what helps", TagPlace.DOES_NOT: "what does not help", TagPlace.IN_THE_WAY: "what stands in the way",
}
FACES = [("5", "Yes, always"), ("4", "Mostly"), ("3", "Sometimes"), ("2", "Not often"), ("1", "No, never")]
FACE_WORDS = {int(value): words for value, words in FACES}


class VoiceForm(KithForm):
    words = TextField("What was said, in the child’s own words", [InputRequired("Write what the child said."), Length(max=4000)])
    said_on = OnField("When", [InputRequired("Choose the day it was said.")])


class NoteForm(KithForm):
    """One box and one tap: each kind is a button that sends the form."""

    text = TextField("What did you notice?", [InputRequired("Write what you noticed."), Length(max=4000)])
    kind = OneField("What kind of note", [(kind.value, words) for kind, words in NOTE_WORDS.items()], "Choose what kind of note this is.")
    noted_on = OnField("When", [Optional()])
    is_private = BooleanField(
        "Keep this private", description="For what comes from therapy. Only the child’s Link Worker sees it, and it never appears in a match.",
    )


class HelpForm(KithForm):
    face = OneField("Can you ask your Link Worker for help?", FACES, "Choose one of the five faces.")
    words = TextField("What the child said about it", [Optional(), Length(max=1000)])
    asked_on = OnField("When", [InputRequired("Choose the day you asked.")])


class StrengthsForm(KithForm):
    strengths = LinesField("What the child is good at", [Optional()], description="One a line.")
    interests = LinesField("What the child loves", [Optional()], description="One a line, the one named first at the top.")
    aspiration = TextField("What the child hopes for", [Optional(), Length(max=2000)])
    what_helps = TextField("What helps", [Optional(), Length(max=2000)], description="What somebody who meets the child for the first time could do.")
    what_does_not = TextField("What does not help", [Optional(), Length(max=2000)])
    must_know = TextField("What people must know", [Optional(), Length(max=2000)], description="Allergies, medicine, safety. Shared only where consent covers it.")


class NeedForm(KithForm):
    code = PickField("Need", [(code, f"{code.partition(':')[0]}: {need_word(code)}") for code in NEEDS], "Choose a need.")
    priority = OneField("How pressing", [("1", "First"), ("2", "Second"), ("3", "Third")], "Choose how pressing it is.")
    starting_point = TextField("Where things stand now", [Optional(), Length(max=2000)], description="What you would see or hear today.")


class GoalForm(KithForm):
    area = OneField("Area", [(area, area) for area in AREAS], "Choose an area.")
    words = TextField("The goal, in the child’s words", [InputRequired("Write the goal in the child’s words."), Length(max=1000)])
    starting_point = TextField("Where things stand now", [Optional(), Length(max=1000)], description="So that everybody can see how far it has come.")


class ReviewForm(KithForm):
    stars = OneField(
        "How far have you come?",
        [("1", "One star: not yet"), ("2", "Two stars"), ("3", "Three stars: half-way"), ("4", "Four stars"), ("5", "Five stars: done it"), ("none", "Words only")],
        "Choose stars, or “Words only”.",
    )
    review_words = TextField("What the child says about it", [Optional(), Length(max=1000)])
    is_seen_by_child = BooleanField("We looked at this together", description="The child saw the goal and this review.")
    is_reached = BooleanField("This goal is reached")


class LiftForm(KithForm):
    words = TextField("What the child says now", [Optional(), Length(max=2000)])
