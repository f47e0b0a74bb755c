"""What a budget holder says, and what ends a commission."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import request as flask_request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, SelectMultipleField, StringField, ValidationError
from wtforms.validators import AnyOf, InputRequired, Length

from app.commissioning import split
from app.commissioning.forms.base import LONG, PickField, asked_text
from app.shared.errors import Invalid
from app.shared.forms import DayField, KithForm, VerbForm, WholeNumberField, version_in
from app.shared.money import parse_pounds


class QuestionForm(VerbForm):
    question = asked_text(_l("Your question"), _l("Write your question."), description=_l("The hold on the place is kept five school days longer."))


class RejectForm(VerbForm):
    reason = asked_text(_l("Why not?"), _l("Say why: the Link Worker reads it."), description=_l("The Link Worker reads this, and is shown what else fits."))


class OverrideForm(VerbForm):
    reason = asked_text(
        _l("Why may this funder give more?"), _l("Say why: it is kept with your name."),
        description=_l("It is kept with your name. Somebody else then approves."),
    )


class StopForm(VerbForm):
    """Cancelling, or ending early."""

    reason = asked_text(_l("Why?"), _l("Say why: it is kept with the commission."), description=_l("Leave the child’s name out."))


class ConfirmForm(VerbForm):
    practitioner = PickField(_l("Who will meet the child?"), [InputRequired(_l("Choose who will meet the child."))])


class SuspendForm(VerbForm):
    until_on = DayField(_l("Keep the place until"), [InputRequired(_l("Choose the day until which the place is kept."))])
    reason = asked_text(_l("Why is it paused?"), _l("Say why: the partner and the Zone manager read it."))


class ChangeForm(VerbForm):
    """Number, price, dates: the price only where there is a newer one, the dates only where the offering has another group."""

    sessions = WholeNumberField(_l("How many sessions in all?"), [InputRequired(_l("Type how many sessions."))])
    at_todays_price = BooleanField(_l("At today’s price"))
    cohort = PickField(_l("When"))
    reason = asked_text(_l("Why?"), _l("Say why: the budget holder and the partner read it."), description=_l("Leave the child’s name out."))


    def offer(self, newer_price: str, groups: Iterable[tuple[uuid.UUID, str]], now: str) -> None:
        """`newer_price` in words, "" for none; the other groups with their dates and places."""
        if newer_price:
            self.at_todays_price.description = newer_price
        else:
            del self.at_todays_price
        if groups := list(groups):
            self.cohort.offer(groups, nothing=now)
        else:
            del self.cohort

    @property
    def picked_cohort(self) -> uuid.UUID | None:
        return self.cohort.picked if "cohort" in self else None

    @property
    def wants_todays_price(self) -> bool:
        return "at_todays_price" in self and bool(self.at_todays_price.data)


class RejectChangeForm(KithForm):
    reason = asked_text(_l("Why not?"), _l("Say why: the Link Worker reads it."))


class NoteForm(VerbForm):
    note = asked_text(_l("What came of it, and what comes next?"), _l("Write what came of it, and what comes next."))


class BulkForm(KithForm):
    """One word on all that are ticked. A no needs its reason; which word it is, is the button's name."""

    pick = SelectMultipleField(validate_choice=False)
    reason = StringField(_l("Why not?"), [Length(max=LONG)], id="bulk-reason")
    word = StringField(_l("Yes or no"), [AnyOf(("approve", "decline"), _l("Say yes or no."))])

    @property
    def is_yes(self) -> bool:
        return bool(self.word.data == "approve")

    def validate_pick(self, field: Field) -> None:
        if not self.picked:
            raise ValidationError(_("Tick the requests that you decide about first."))

    def validate_reason(self, field: Field) -> None:
        if self.word.data == "decline" and not (field.data or "").strip():
            raise ValidationError(_("Say why: the Link Workers read it."))

    @property
    def picked(self) -> dict[uuid.UUID, int]:
        """"<key>:<version>" as ticked, in the order of the page; what is no such thing is left out."""
        found: dict[uuid.UUID, int] = {}
        for value in self.pick.data or ():
            key, _colon, version = value.partition(":")
            try:
                found[uuid.UUID(key)] = version_in(version) or 0
            except ValueError:
                continue
        return found


@dataclass(frozen=True)
class SplitLine:
    """One fund on the page: what was typed for it, or why it cannot pay."""

    fund: split.FundFacts
    name: str
    typed: str
    why_not: str
    pays: bool


class SplitForm(VerbForm):
    """An amount for each fund that may pay; nothing typed is nothing given."""

    lines: tuple[SplitLine, ...] = ()
    parts: dict[uuid.UUID, int]
    unread: list[str]

    def offer(self, fresh: split.Proposal, purpose: split.Purpose, standing: Mapping[uuid.UUID, int]) -> None:
        self.parts, lines, self.unread = {}, [], []
        for part in fresh.parts:
            fund, name = part.fund, f"fund_{part.fund.id.hex}"
            why_not = split.misfit(fund, purpose) or ("" if fund.left > 0 else _("Nothing is left in it."))
            given = standing.get(fund.id, 0)
            typed = (flask_request.form.get(name, "").strip()[:20] if self.is_submitted() else f"{given // 100}.{given % 100:02d}" if given else "")
            if typed and not why_not:
                try:
                    self.parts[fund.id] = parse_pounds(typed)
                except Invalid as refusal:
                    self.unread.append(f"{fund.name}: {refusal.sentence}")
            lines.append(SplitLine(fund, name, typed, why_not, not why_not))
        self.lines = tuple(sorted(lines, key=lambda line: not line.pays))

    def validate(self, extra_validators: object = None) -> bool:
        is_good = bool(super().validate(extra_validators))
        self.form_errors.extend(self.unread)
        return is_good and not self.unread
