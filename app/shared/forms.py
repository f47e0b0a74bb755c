"""The base of every form: CSRF, the once key, refusals at the field, and the field types people here type into."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import phonenumbers
from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, Field, HiddenField, IntegerField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Email, Length, StopValidation, ValidationError
from wtforms.widgets import TextInput

from app.shared.errors import DomainError, Invalid
from app.shared.money import parse_pounds

# The shape of UK postcodes, after Royal Mail's PAF guide and the ONS Postcode Directory user guide.
POSTCODE = re.compile(r"^(GIR 0AA|[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][ABD-HJLNP-UW-Z]{2})$")


class KithForm(FlaskForm):  # type: ignore[misc]
    """A form that keeps what was typed, carries a once key, and can show a service's refusal where it belongs."""

    once = HiddenField(default=lambda: uuid.uuid4().hex)

    def refuse(self, refusal: DomainError) -> None:
        """Put a refusal at its field, or at the head of the form."""
        named = getattr(self, refusal.field, None) if refusal.field else None
        if isinstance(named, Field):
            named.errors = [*named.errors, refusal.sentence]
        else:
            self.form_errors.append(refusal.sentence)


def version_in(typed: object) -> int | None:
    """The version that a page was drawn from, as the page sends it; None for what is none."""
    text = str(typed or "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def seen_version() -> int | None:
    """The same for a button that has no form of its own."""
    return version_in(request.form.get("seen_version"))


class VerbForm(KithForm):
    """Carries the version that was on the screen, so that a stale click is noticed."""

    seen_version = HiddenField()

    @property
    def seen(self) -> int | None:
        return version_in(self.seen_version.data)


class TidyStringField(StringField):
    """Outer blanks go, inner runs of blanks become one."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data:
            self.data = " ".join(str(self.data).split())


def _stop_if_unreadable(field: Field) -> None:
    """What could not be read is not also too big, too small or missing."""
    if field.process_errors:
        raise StopValidation


class PoundsField(Field):
    """Typed as pounds, `.data` is whole pence (or None)."""

    widget = TextInput()
    data: int | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.raw_typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not self.raw_typed:
            return
        try:
            self.data = parse_pounds(self.raw_typed)
        except Invalid as refusal:
            raise ValueError(refusal.sentence) from refusal

    def pre_validate(self, form: Any) -> None:
        _stop_if_unreadable(self)

    def _value(self) -> str:
        if getattr(self, "raw_typed", None):
            return str(self.raw_typed)
        return "" if self.data is None else f"{self.data // 100}.{self.data % 100:02d}".removesuffix(".00")


class DayField(DateField):
    """A day, chosen from the browser's calendar."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata([value for value in valuelist if value.strip()])
        except ValueError as error:
            raise ValueError(_("That is not a day. It looks like 2026-11-23.")) from error

    def pre_validate(self, form: Any) -> None:
        _stop_if_unreadable(self)


class WholeNumberField(IntegerField):
    """A whole number, typed in digits."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata([value for value in valuelist if value.strip()])
        except ValueError as error:
            raise ValueError(_("Type a whole number, like 10.")) from error

    def pre_validate(self, form: Any) -> None:
        _stop_if_unreadable(self)


def choices(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    """(value, words) pairs as the choices of a SelectField or RadioField."""
    return [SelectChoice(value, words) for value, words in pairs]


class PostcodeField(StringField):
    """A UK postcode, kept in capitals with its one blank. Empty is allowed unless a validator says otherwise."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        typed = (self.data or "").strip()
        tidy = tidy_postcode(typed)
        self.data = tidy if POSTCODE.match(tidy) else typed

    def pre_validate(self, form: Any) -> None:
        if self.data and not POSTCODE.match(self.data):
            raise ValidationError(_("“%(typed)s” is not a UK postcode. It looks like W10 5BN.", typed=self.data))


class PhoneField(StringField):
    """A telephone number that can be rung from the UK, kept in the way it is written there."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        self.data = (self.data or "").strip()

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            return
        try:
            number = phonenumbers.parse(self.data, "GB")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not (phonenumbers.is_valid_number(number) or _is_invented(number)):
            raise ValidationError(_("“%(typed)s” is not a telephone number. It looks like 020 7946 0018 or 07700 900123.", typed=self.data))
        local = number.country_code == 44
        style = phonenumbers.PhoneNumberFormat.NATIONAL if local else phonenumbers.PhoneNumberFormat.INTERNATIONAL
        self.data = phonenumbers.format_number(number, style)


def _is_invented(number: phonenumbers.PhoneNumber) -> bool:
    """Ofcom keeps 07700 900000 to 900999 for drama: nobody has them, and made-up children's mothers do."""
    return number.country_code == 44 and number.national_number in range(7_700_900_000, 7_700_901_000)


class AddressField(EmailField):
    """An e-mail address, in small letters."""

    def __init__(self, label: str | None = None, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        checks = [*validators, Email(_("Type an e-mail address like name@example.org.")), Length(max=254)]
        super().__init__(label, checks, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        self.data = (self.data or "").strip().lower()


def tidy_postcode(typed: str) -> str:
    """Capitals, one blank before the last three characters."""
    text = "".join(typed.upper().split())
    return f"{text[:-3]} {text[-3:]}" if len(text) > 3 else text
