"""What a register, a correction and a follow-up look like when they come in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from app.attendance.models import MARK_WORDS, REGISTER_KINDS, Disagreement, Mark, MarkKind
from app.attendance.queries import RegisterRow, SessionLine
from app.attendance.services import Marking
from app.attendance.services.registers import KEY_LIMIT, NOTE_LIMIT
from app.catalogue.models import CancelledBy
from app.catalogue.words import CANCELLED_BY
from app.shared.forms import KithForm, TidyStringField, choices
from app.shared.tongue import capital
from app.shared.view import clock_time, when

CORRECTIONS = [kind for kind in MarkKind if kind is not MarkKind.SESSION_CANCELLED]


class RegisterForm(KithForm):
    """Its rows are read by `read_marks`; the once key is the register's own key, so a register sent twice is one."""

    @property
    def client_key(self) -> str:
        return str(self.once.data or "")[:KEY_LIMIT] or uuid.uuid4().hex


@dataclass
class Typed:
    """What was tapped, by child, and what is wrong with it, by child."""

    marks: dict[uuid.UUID, Marking] = field(default_factory=dict)
    wrong: dict[uuid.UUID, str] = field(default_factory=dict)


def read_marks(form: MultiDict[str, str], rows: Sequence[RegisterRow]) -> Typed:
    """A child without a tap is left for later, unless "Mark everyone here" was pressed."""
    typed = Typed()
    for row in rows:
        if row.is_locked and row.mark is not None:
            continue
        tapped = form.get(f"mark-{row.child_id}", "")
        if not tapped and form.get("all") == MarkKind.ATTENDED and row.mark is None:
            tapped = MarkKind.ATTENDED
        if not tapped:
            continue
        note = form.get(f"note-{row.child_id}", "").strip()
        if tapped not in {kind.value for kind in REGISTER_KINDS}:
            typed.wrong[row.child_id] = _("Choose one of the marks.")
            continue
        kind, seen = MarkKind(tapped), form.get(f"seen-{row.child_id}", "0")
        typed.marks[row.child_id] = Marking(
            kind=kind, note=note, seen_revision=_number(seen),
            is_told_late=kind is MarkKind.ABSENT_TOLD and form.get(f"late-{row.child_id}") == "yes",
        )
        if len(note) > NOTE_LIMIT:
            typed.wrong[row.child_id] = _("The note is %(number)s characters long; %(limit)s is the most.", number=len(note), limit=NOTE_LIMIT)
    return typed


def read_sent(form: MultiDict[str, str]) -> tuple[dict[uuid.UUID, Marking], dict[uuid.UUID, str]]:
    """What a phone sends: marks and the keys of their taps, by child. What is no mark at all is left out."""
    marks, keys = {}, {}
    for name, tapped in form.items():
        if not name.startswith("mark-") or tapped not in {kind.value for kind in REGISTER_KINDS}:
            continue
        try:
            child_id = uuid.UUID(name.removeprefix("mark-"))
        except ValueError:
            continue
        kind = MarkKind(tapped)
        marks[child_id] = Marking(
            kind=kind, note=form.get(f"note-{child_id}", "").strip()[:NOTE_LIMIT], seen_revision=_number(form.get(f"seen-{child_id}", "0")),
            is_told_late=kind is MarkKind.ABSENT_TOLD and form.get(f"late-{child_id}") == "yes",
        )
        keys[child_id] = form.get(f"key-{child_id}", "")[:KEY_LIMIT]
    return marks, keys


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def conflicts(typed: Typed, rows: Sequence[RegisterRow]) -> dict[uuid.UUID, str]:
    """Rows that somebody else has marked otherwise since the page was drawn: who, and what."""
    found = {}
    for row in rows:
        marking = typed.marks.get(row.child_id)
        if marking is None or row.mark is None or marking.seen_revision == row.revision or marking.says(row.mark):
            continue
        found[row.child_id] = (
            _(
                "%(name)s marked “%(theirs)s”, you marked “%(yours)s”. Choose which is right.",
                name=row.marked_by, theirs=MARK_WORDS[row.mark.kind], yours=MARK_WORDS[marking.kind],
            )
        )
    return found


class CorrectionForm(KithForm):
    """A new mark beside the old one, with a reason."""

    kind = RadioField(
        _l("What it should be"), choices=choices([(kind.value, MARK_WORDS[kind]) for kind in CORRECTIONS]),
        validators=[InputRequired(_l("Choose what it should be."))],
    )
    is_told_late = BooleanField(_l("“Away, told”: told less than 48 hours before"))
    percent = SelectField(
        _l("What the partner is owed"), description=_l("Only a third absence without notice is yours to decide."),
        choices=choices([("", _l("What the tariff says")), ("0", _l("Nothing")), ("50", _l("Half the price")), ("100", _l("The full price"))]),
        validators=[Optional()],
    )
    reason = TextAreaField(_l("Why"), validators=[InputRequired(_l("Say why.")), Length(max=500, message=_l("500 characters are the most."))])
    seen = HiddenField()

    @property
    def marking(self) -> Marking:
        kind = MarkKind(self.kind.data)
        return Marking(
            kind=kind, is_told_late=bool(self.is_told_late.data) and kind is MarkKind.ABSENT_TOLD,
            seen_revision=_number(str(self.seen.data or "")),
        )


class SettleForm(KithForm):
    """Which of several registers is right."""

    right = RadioField(_l("Which is right?"), validators=[InputRequired(_l("Choose which is right."))])

    def offer(self, standing: Mark, waiting: Sequence[Disagreement], people: Mapping[uuid.UUID, str]) -> None:
        """The mark that stands, then what came and said something else."""
        said = [(str(standing.id), _said(standing, people.get(standing.marked_by_id, ""), standing.created_at))]
        said += [(str(one.id), _said(one, people.get(one.sent_by_id, ""), one.tapped_at or one.created_at)) for one in waiting]
        self.right.choices = choices(said)


def _said(one: Mark | Disagreement, who: str, at: datetime) -> str:
    note = f" “{one.note}”" if one.note else ""
    said = _("%(mark)s, told less than 48 hours before", mark=MARK_WORDS[one.kind]) if one.is_told_late else MARK_WORDS[one.kind]
    return f"{said}: {who}, {when(at)}.{note}"


class CallOffForm(KithForm):
    """Several sessions of one day, cancelled for one reason."""

    on = HiddenField()
    sessions = SelectMultipleField(_l("Which sessions"), validators=[InputRequired(_l("Tick at least one session."))])
    by = RadioField(
        _l("Who calls it off"), choices=choices((b.value, capital(words)) for b, words in CANCELLED_BY.items()), default=CancelledBy.WEATHER.value,
        description=_l("For what the partner calls off nothing is owed. Otherwise each programme\u2019s own price list says."),
    )
    reason = TidyStringField(_l("Why"), validators=[
        InputRequired(_l("Say why: families and Link Workers will ask.")), Length(max=300, message=_l("300 characters are the most.")),
    ])

    def offer(self, lines: Sequence[SessionLine]) -> None:
        self.sessions.choices = choices((str(line.session.id), _line(line)) for line in lines)


def _line(line: SessionLine) -> str:
    session = line.session
    who = ngettext("%(num)s child expected", "%(num)s children expected", line.expected) if line.expected else _("nobody expected")
    return f"{clock_time(session.starts_at)} {session.cohort.offering.title}, {session.cohort.offering.organisation.name}: {who}"


class FollowUpForm(KithForm):
    """What was found out after a child was missed."""

    words = TextAreaField(
        _l("What did you find out?"), description=_l("Who you spoke to, what they said, and what will help next time."),
        validators=[InputRequired(_l("Write down what you found out.")), Length(max=2_000, message=_l("2,000 characters are the most."))],
    )
