"""What people type about statements."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from app.billing.services.agreeing import WORDS_LIMIT
from app.shared.forms import KithForm, TidyStringField


class QueryForm(KithForm):
    words = TextAreaField(
        "What is wrong with this line?", [InputRequired("Say what is wrong with this line."), Length(max=WORDS_LIMIT)],
        description="Please leave out the child’s name.",
    )


class AnswerForm(KithForm):
    words = TextAreaField(
        "Your answer", [InputRequired("Write what you found."), Length(max=WORDS_LIMIT)],
        description="The partner reads it. Where the partner is right, ask for a correction of the register as well.",
    )


class HoldForm(KithForm):
    why = TidyStringField(
        "Why is it on hold?", [InputRequired("Say why: the partner reads it."), Length(max=300)], description="The partner reads it.",
    )
