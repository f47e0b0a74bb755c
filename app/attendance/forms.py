"""What a register and a correction look like when they come in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.attendance.models import MARK_WORDS, REGISTER_KINDS, MarkKind
from app.attendance.queries import RegisterRow
from app.attendance.services import Marking
from app.shared.forms import KithForm

NOTE_LIMIT = 500


class RegisterForm(KithForm):
    """Its rows are read by `read_marks`; the once key is the register's own key, so a register sent twice is one."""


def read_marks(form: MultiDict[str, str], rows: Sequence[RegisterRow]) -> tuple[dict[uuid.UUID, Marking], dict[uuid.UUID, str]]:
    """(the marks that were tapped, by child; what is wrong, by child). A child without a tap is left for later."""
    marks: dict[uuid.UUID, Marking] = {}
    wrong: dict[uuid.UUID, str] = {}
    for row in rows:
        tapped = form.get(f"mark-{row.child_id}", "")
        if not tapped:
            continue
        note = form.get(f"note-{row.child_id}", "").strip()
        if tapped not in {kind.value for kind in REGISTER_KINDS}:
            wrong[row.child_id] = "Choose one of the marks."
        elif len(note) > NOTE_LIMIT:
            wrong[row.child_id] = f"The note is {len(note)} characters long; {NOTE_LIMIT} is the most."
        else:
            kind = MarkKind(tapped)
            seen = form.get(f"seen-{row.child_id}", "0")
            marks[row.child_id] = Marking(
                kind=kind, note=note, seen_revision=int(seen) if seen.isdecimal() and len(seen) < 6 else 0,
                is_told_late=kind is MarkKind.ABSENT_TOLD and form.get(f"late-{row.child_id}") == "yes",
            )
    return marks, wrong


class CorrectionForm(KithForm):
    """A new mark beside the old one, with a reason."""

    kind = RadioField("What it should be", choices=[(kind.value, MARK_WORDS[kind]) for kind in MarkKind if kind is not MarkKind.SESSION_CANCELLED], validators=[InputRequired("Choose what it should be.")])
    is_told_late = BooleanField("Told less than 48 hours ahead")
    percent = SelectField(
        "What the partner is owed", choices=[("", "What the tariff says"), ("0", "Nothing"), ("50", "Half"), ("100", "All of it")],
        validators=[Optional()],
    )
    reason = TextAreaField("Why", validators=[InputRequired("Say why."), Length(max=500)])
    seen = HiddenField()
