"""The living page of components, `/styleguide`: everything pages are made of, with invented data. Never in production."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from app.shared.circle_parts import Tie
from app.shared.forms import KithForm, PoundsField, choices
from app.shared.languages import PAPERS
from app.shared.web import public

TIES = [
    Tie("mum", "Mum", "family", "heart", "home", 1, "warm", "At home every day"),
    Tie("nan", "Nan", "grandmother", "heart", "home", 2, "fading", "Moved to Leicester in March"),
    Tie("hale", "Mr Hale", "Year 5 teacher", "graduation-cap", "school", 3, "ended", "Left in July"),
    Tie("theo", "Theo", "drumming", "drum", "places", 2, "new", "Thursdays", found=True),
]


@dataclass(frozen=True)
class Answer:
    """To “Can you ask your Link Worker for help?”."""

    asked_on: date
    face: int
    words: str = ""


ANSWERS = [Answer(date(2026, 2, 3), 2), Answer(date(2026, 5, 12), 4, "When it is not busy."), Answer(date(2026, 10, 6), 5)]


class EveryField(KithForm):
    """One field of each kind."""

    name = StringField("First name", [InputRequired("Type the first name.")], description="As the child says it.")
    words = TextAreaField("What did she say?", [Length(max=500)])
    price = PoundsField("Price of one session", [Optional()])
    places = IntegerField("Places", [InputRequired("How many places?")])
    said_on = DateField("When was it said?", [InputRequired("Say the day.")])
    school = SelectField("School", choices=choices([("a", "St Aldhelm’s")]))
    view = RadioField("What does she think?", [InputRequired("Choose what she thinks.")], choices=choices([("yes", "Yes"), ("maybe", "Willing to try")]))
    days = SelectMultipleField("Free afternoons", choices=choices([("tue", "Tuesday")]))
    stars = RadioField("How far are you?", [Optional()], choices=choices([("1", "Not yet"), ("3", "Half-way"), ("5", "Done it"), ("none", "Words only")]))
    agreed = BooleanField("Mum agreed to this")
    proof = FileField("Certificate", [Optional()])


DATA = {"ties": TIES, "earlier": TIES[:2], "answers": ANSWERS, "papers": list(PAPERS.values())}
"""What the page needs beside a form."""


@public
def styleguide() -> ResponseReturnValue:
    return render_template("styleguide.html", form=EveryField(), **DATA)


def install(app: Flask) -> None:
    app.add_url_rule("/styleguide", "styleguide", styleguide)
