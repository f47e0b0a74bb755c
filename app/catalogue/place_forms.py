"""What people type about places, contacts, photos, regular meetings and merges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app.accounts.forms import ChoiceField, PositionField
from app.catalogue import words
from app.catalogue.fields import ChecksField
from app.catalogue.models import ACCESSIBILITY, SeriesSeason
from app.catalogue.slots import ORDER, SlotFault, read_time
from app.shared.forms import (
    AddressField,
    DayField,
    KithForm,
    PhoneField,
    PostcodeField,
    TidyStringField,
    choices,
)


class SiteForm(KithForm):
    name = TidyStringField(_l("Name"), [InputRequired(_l("Give the place a name.")), Length(max=120)], description=_l("For example Main hall, or Acton Library."))
    address = TidyStringField(_l("Address"), [Optional(), Length(max=300)], description=_l("Building and street."))
    town = TidyStringField(_l("Town or district"), [Optional(), Length(max=120)])
    postcode = PostcodeField(_l("Postcode"), [Optional(), Length(max=10)])
    position = PositionField(
        _l("Place on the map"), [Optional()], description=_l("Latitude and longitude, like 51.5142, -0.2064. Leave it empty and the postcode says where."),
    )
    how_to_get_there = TextAreaField(_l("How to get there"), [Optional(), Length(max=1000)], description=_l("The bus, the door, who to ask for."))
    accessibility = ChecksField(_l("What there is"), choices=choices((f, words.FEATURES[f]) for f in ACCESSIBILITY))
    access_note = TextAreaField(_l("More about access"), [Optional(), Length(max=600)], description=_l("Steps, lifts, lighting, noise, where to wait."))


class ContactForm(KithForm):
    name = TidyStringField(_l("Name"), [InputRequired(_l("Type a name, or what the desk is called.")), Length(max=120)])
    title = TidyStringField(_l("What they do"), [Optional(), Length(max=120)])
    purposes = ChecksField(_l("What to ask them about"), choices=choices(words.PURPOSES.items()))
    email = AddressField(_l("E-mail address"), [Optional()])
    phone = PhoneField(_l("Telephone"), [Optional(), Length(max=30)])
    note = TidyStringField(_l("When and how to reach them"), [Optional(), Length(max=300)])


class PhotoForm(KithForm):
    file = FileField(_l("Photo"), [FileRequired(_l("Choose a photo."))], description=_l("JPEG, PNG or WebP, 6 MB at most. Where and when it was taken is removed."))
    alt = TidyStringField(
        _l("What the photo shows"), [InputRequired(_l("Say in a few words what the photo shows.")), Length(max=300)],
        description=_l("For those who cannot see it, for example: a bright hall with drums in a circle."),
    )
    nobody = BooleanField(
        _l("No child can be recognised in it, or each child’s parent or carer has agreed in writing"),
        [InputRequired(_l("Only photos that show no recognisable child, or only children whose parent or carer has agreed."))],
    )


class AltForm(KithForm):
    alt = TidyStringField(_l("What the photo shows"), [InputRequired(_l("Say in a few words what the photo shows.")), Length(max=300)])


class ChangeForm(Form):
    """One meeting that is moved (`which` is its day), or an extra one (`which` is "extra"). An empty choice means none."""

    which = SelectField(_l("Which"), default="", validate_choice=False)
    to = DayField(_l("New day"), [Optional()])
    start = StringField(_l("From"), [Optional(), Length(max=12)])
    end = StringField(_l("To"), [Optional(), Length(max=12)])

    def validate_which(self, field: SelectField) -> None:
        if not field.data:
            if self.to.data:
                raise ValidationError(_("Choose which meeting moves there, or that it is an extra one."))
            return
        if self.to.data is None:
            raise ValidationError(_("Choose the new day."))
        try:
            self.times("00:00", "00:01")
        except SlotFault as fault:
            raise ValidationError(str(fault)) from fault

    def times(self, start: str, end: str) -> tuple[str, str]:
        """As typed, else those of the series. Raises SlotFault."""
        typed_start, typed_end = (self.start.data or "").strip(), (self.end.data or "").strip()
        first = f"{read_time(typed_start):%H:%M}" if typed_start else start
        last = f"{read_time(typed_end):%H:%M}" if typed_end else end
        if typed_start and typed_end and last <= first:
            raise SlotFault(_("It must end after it starts."))
        return first, last


class SeriesForm(KithForm):
    """First the rule, then (`seen`) which of its days really meet."""

    day = SelectField(_l("Day of the week"), choices=choices(words.DAYS.items()), default="Mon")
    start = StringField(_l("From"), [InputRequired(_l("Type a time, like 16:00.")), Length(max=12)])
    end = StringField(_l("To"), [InputRequired(_l("Type a time, like 17:00.")), Length(max=12)])
    every_weeks = SelectField(_l("How often"), choices=choices([("1", _l("Every week")), ("2", _l("Every second week")), ("3", _l("Every third week")), ("4", _l("Every fourth week"))]), default="1")
    starts_on = DayField(_l("First day"), [InputRequired(_l("Choose the first day."))])
    ends_on = DayField(_l("Last day"), [InputRequired(_l("Choose the last day."))])
    season = RadioField(_l("When in the year"), choices=choices((s.value, w) for s, w in words.SERIES_SEASONS.items()), default=SeriesSeason.TERM.value)
    school_id = ChoiceField(_l("Whose terms"), description=_l("Only if it follows one school."))
    meets = ChecksField(_l("Days it meets"), validate_choice=False)
    known = ChecksField(_l("Sessions already planned"), validate_choice=False)
    stays = ChecksField(_l("Already planned, and stays"), validate_choice=False)
    changes = FieldList(FormField(ChangeForm, _l("Change")), _l("Moved and extra meetings"), min_entries=3, max_entries=12)
    seen = HiddenField()

    def offer(self, schools: Sequence[Any]) -> None:
        self.school_id.offer([(school.id, school.name) for school in schools], _("Most schools of the Zone"))

    def times(self) -> tuple[str, str]:
        """As HH:MM. Raises SlotFault."""
        return f"{read_time(self.start.data or ''):%H:%M}", f"{read_time(self.end.data or ''):%H:%M}"

    def validate_start(self, field: StringField) -> None:
        _require_time(field)

    def validate_end(self, field: StringField) -> None:
        _require_time(field)

    @property
    def replaced(self) -> set[UUID]:
        """The sessions that were shown as planned already and are not ticked to stay."""
        return set(_ids(self.known.data)) - set(_ids(self.stays.data))

    @property
    def weekday(self) -> int:
        return ORDER.index(self.day.data)

    @property
    def days(self) -> set[date]:
        """Those that are ticked and are days at all."""
        found = set()
        for typed in self.meets.data or []:
            try:
                found.add(date.fromisoformat(typed))
            except ValueError:
                continue
        return found


def _ids(typed: Sequence[str] | None) -> Iterator[UUID]:
    for one in typed or ():
        with suppress(ValueError):
            yield UUID(one)


def _require_time(field: StringField) -> None:
    try:
        read_time(field.data or "")
    except SlotFault as fault:
        raise ValidationError(str(fault)) from fault


class MergeForm(KithForm):
    """Which fields come from the other record; the page draws a choice for each that differs."""

    take = ChecksField(_l("Fields"), validate_choice=False)
