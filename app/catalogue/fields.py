"""Fields that forms of the catalogue share: several to tick, words with commas between, languages, a regular meeting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField, StringField
from wtforms.fields import SelectMultipleField
from wtforms.validators import Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.catalogue import words
from app.catalogue.languages import LANGUAGES
from app.catalogue.slots import SlotFault, read_slot, read_time
from app.shared.forms import choices


class ChecksField(SelectMultipleField):
    """Several of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def ticked(self, before: Sequence[str] = ()) -> list[str]:
        """What stood before in its order, then what is new: a box that nobody touched changes nothing."""
        chosen = list(self.data or [])
        return [*(one for one in before if one in chosen), *(one for one in chosen if one not in before)]


class WordsField(StringField):
    """A few words or short phrases with commas between; `.items` is the list."""

    @property
    def items(self) -> list[str]:
        found = [" ".join(part.split()) for part in (self.data or "").split(",")]
        return list(dict.fromkeys(part for part in found if part))

    def pre_validate(self, form: Any) -> None:
        if len(self.items) > 20:
            raise ValidationError(_("Twenty at most: choose those that a child would look for."))
        if any(len(item) > 60 for item in self.items):
            raise ValidationError(_("Put a comma between them: each is a word or a short phrase."))


class LanguagesField(WordsField):
    """Languages by their English names, whatever the language of the page, commas between; `.codes` is the list."""

    _codes = {name.casefold(): code for code, name in LANGUAGES.items()} | {code: code for code in LANGUAGES}

    @property
    def codes(self) -> list[str]:
        return [self._codes[item.casefold()] for item in self.items if item.casefold() in self._codes]

    def pre_validate(self, form: Any) -> None:
        for item in self.items:
            if item.casefold() not in self._codes:
                raise ValidationError(_("“%(item)s” is not a language that Kith knows. Write it in English, like Arabic or Somali.", item=item))


def _or_wrong(read: Callable[[], object]) -> None:
    """Raises ValidationError, with what the reader of times says."""
    try:
        read()
    except SlotFault as fault:
        raise ValidationError(str(fault)) from fault


class SlotForm(Form):
    """One regular meeting. An empty day means there is none."""

    day = SelectField(_l("Day"), choices=choices([("", _l("No day")), *words.DAYS.items()]), default="", validate_choice=False)
    start = StringField(_l("From"), [Length(max=12)])
    end = StringField(_l("To"), [Length(max=12)])
    season = SelectField(_l("When"), choices=choices([("term", _l("in term")), ("holiday", _l("in holidays"))]), default="term", validate_choice=False)

    def validate_day(self, field: SelectField) -> None:
        if not field.data and ((self.start.data or "").strip() or (self.end.data or "").strip()):
            raise ValidationError(_("Choose the day for these times."))
        if field.data and (field.data not in words.DAYS or self.season.data not in ("term", "holiday")):
            raise ValidationError(_("Choose a day from the list."))

    def validate_start(self, field: StringField) -> None:
        self._require_time(field)

    def validate_end(self, field: StringField) -> None:
        self._require_time(field)
        if self.day.data and not self.day.errors and not self.start.errors:
            _or_wrong(self.slot)

    def _require_time(self, field: StringField) -> None:
        if self.day.data:
            _or_wrong(lambda: read_time(field.data or ""))

    def slot(self) -> dict[str, Any] | None:
        if not self.day.data:
            return None
        return read_slot(self.day.data, self.start.data or "", self.end.data or "", self.season.data or "term")
