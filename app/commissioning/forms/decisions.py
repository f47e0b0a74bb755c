"""What a budget holder says, and what ends a commission."""

from __future__ import annotations

from wtforms.validators import InputRequired

from app.commissioning.forms.base import PickField, VerbForm, asked_text
from app.shared.forms import DayField


class QuestionForm(VerbForm):
    question = asked_text("Your question", "Write your question.", description="The hold on the place is kept five school days longer.")


class RejectForm(VerbForm):
    reason = asked_text("Why not?", "Say why: the Link Worker reads it.", description="The Link Worker reads this, and is shown what else fits.")


class OverrideForm(VerbForm):
    reason = asked_text(
        "Why may this funder give more?", "Say why: it is kept with your name.",
        description="It is kept with your name. Somebody else then approves.",
    )


class StopForm(VerbForm):
    """Cancelling, or ending early."""

    reason = asked_text("Why?", "Say why: it is kept with the commission.", description="Leave the child’s name out.")


class ConfirmForm(VerbForm):
    practitioner = PickField("Who will meet the child?", [InputRequired("Choose who will meet the child.")])


class SuspendForm(VerbForm):
    until_on = DayField("Keep the place until", [InputRequired("Choose the day until which the place is kept.")])
    reason = asked_text("Why is it paused?", "Say why: the partner and the Zone manager read it.")


class NoteForm(VerbForm):
    note = asked_text("What came of it, and what comes next?", "Write what came of it, and what comes next.")
