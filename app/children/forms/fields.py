"""The fields that this room's forms are made of."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.children.languages import find_code, language
from app.children.records import MANY_KM
from app.shared.forms import DayField, TidyStringField, choices

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def plain(typed: str) -> str:
    """Line ends as one sign, and nothing that cannot be printed."""
    return _CONTROL.sub("", typed.replace("\r\n", "\n").replace("\r", "\n"))


class LineField(TidyStringField):
    """One line of text."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata([plain(str(value)) for value in valuelist])


class TextField(TextAreaField):
    """Several lines of text; outer blanks go."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata([plain(str(value)).strip() for value in valuelist])


class OnField(DayField):
    """A day; a validator says whether it may be empty."""

    data: Any


class LinesField(TextAreaField):
    """One thing a line; `.data` is a list."""

    longest = 120

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = plain(str(valuelist[0])) if valuelist else ""
        self.data: Any = [" ".join(line.split()) for line in typed.split("\n") if line.strip()]

    def _value(self) -> str:
        return "\n".join(self.data or [])

    def pre_validate(self, form: Any) -> None:
        if any(len(line) > self.longest for line in self.data or []):
            raise ValidationError(_("Each line can have up to %(longest)s characters.", longest=self.longest))


class LanguagesField(StringField):
    """Names or codes with commas between; `.data` is a list of codes."""

    typed: str | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.typed = plain(str(valuelist[0])) if valuelist else ""
        names = [name for name in re.split(r"[,;\n]", self.typed) if name.strip()]
        found = [find_code(name) for name in names]
        self.data: Any = list(dict.fromkeys(code for code in found if code))
        if None in found:
            raise ValueError(_("“%(names)s” is not a language we know. Type names like English, Somali or BSL.", names=names[found.index(None)].strip()))

    def _value(self) -> str:
        return self.typed if self.typed is not None else ", ".join(language(code) for code in self.data or [])


class AgesField(StringField):
    """Ages with commas between; `.data` is a list of whole numbers."""

    typed: str | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.typed = plain(str(valuelist[0])) if valuelist else ""
        parts = [part.strip() for part in re.split(r"[,;\s]+", self.typed) if part.strip()]
        self.data: Any = [int(part) for part in parts if part.isascii() and part.isdigit() and int(part) <= 25]
        if len(self.data) != len(parts):
            raise ValueError(_("Type ages with commas between, like 4, 7."))

    def _value(self) -> str:
        return self.typed if self.typed is not None else ", ".join(str(age) for age in self.data or [])


class KilometresField(StringField):
    """Kilometres, to a tenth or so; `.data` is a float or None."""

    typed: str | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.typed = str(valuelist[0]).strip() if valuelist else ""
        self.data: Any = None
        if not self.typed:
            return
        if not re.fullmatch(r"\d{1,4}([.,]\d{1,2})?", self.typed) or not 0 < float(self.typed.replace(",", ".")) <= MANY_KM:
            raise ValueError(_("Type kilometres, like 3 or 4.5."))
        self.data = float(self.typed.replace(",", "."))

    def _value(self) -> str:
        return self.typed if self.typed is not None else ("" if self.data is None else f"{self.data:g}")


class DegreesField(StringField):
    """Degrees of latitude or longitude; `.data` is a float or None."""

    typed: str | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.typed = str(valuelist[0]).strip() if valuelist else ""
        self.data: Any = None
        if not self.typed:
            return
        if not re.fullmatch(r"-?\d{1,3}(\.\d{1,8})?", self.typed) or abs(float(self.typed)) > 180:
            raise ValueError(_("Type degrees, like 51.5142 or -0.2064."))
        self.data = float(self.typed)

    def _value(self) -> str:
        return self.typed if self.typed is not None else ("" if self.data is None else f"{self.data:g}")


class TicksField(SelectMultipleField):
    """Several of a list, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        known = {str(value) for value, *_ in self.iter_choices()}
        if any(str(value) not in known for value in self.data or []):
            raise ValidationError(_("Choose from the list."))


class PickField(SelectField):
    """One of a long list, folded."""

    data: Any

    def __init__(self, label: str, pairs: Iterable[tuple[str, str]] = (), missing: str = _l("Choose one."), **kwargs: Any) -> None:
        super().__init__(label, choices=[], validate_choice=False, **kwargs)
        self.missing = missing
        self.offer(pairs)

    def offer(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.choices = choices([("", _("Choose one")), *pairs])

    def pre_validate(self, form: Any) -> None:
        if not self.data or str(self.data) not in {str(value) for value, *_ in self.iter_choices()}:
            raise ValidationError(self.missing)

    @property
    def chosen_id(self) -> uuid.UUID:
        """Where the values are ids."""
        return uuid.UUID(str(self.data))


class MaybePickField(PickField):
    """One of a long list, or nothing, in words of its own."""

    def __init__(self, label: str, nothing: str, **kwargs: Any) -> None:
        self.nothing = nothing
        super().__init__(label, **kwargs)

    def offer(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.choices = choices([("", self.nothing), *pairs])

    def pre_validate(self, form: Any) -> None:
        if self.data:
            super().pre_validate(form)


class OneField(RadioField):
    """One of a short list, as buttons."""

    data: Any

    def __init__(self, label: str, pairs: Iterable[tuple[str, str]] = (), missing: str = _l("Choose one."), **kwargs: Any) -> None:
        super().__init__(label, choices=choices(pairs), validate_choice=False, **kwargs)
        self.missing = missing

    def offer(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.choices = choices(pairs)

    def pre_validate(self, form: Any) -> None:
        if str(self.data) not in {str(value) for value, *_ in self.iter_choices()}:
            raise ValidationError(self.missing)

    @property
    def chosen_id(self) -> uuid.UUID:
        """Where the values are ids."""
        return uuid.UUID(str(self.data))
