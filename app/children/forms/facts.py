"""The facts of a child, and what a match must never break."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, Form, FormField, TimeField
from wtforms.validators import InputRequired, Length, Optional

from app.accounts.models import School
from app.children.forms.fields import (
    AgesField,
    DegreesField,
    KilometresField,
    LanguagesField,
    LineField,
    OnField,
    PickField,
    TicksField,
)
from app.children.models import Child
from app.children.record_values import DAYS
from app.children.school_years import YEARS
from app.children.services import AUDIENCES, Details, Practicalities
from app.shared.forms import KithForm, PoundsField, WholeNumberField, choices

UNKNOWN = "none"  # chosen on purpose, unlike a list left alone


class ChildForm(KithForm):
    """Adding a child, or changing the facts of one."""

    first_name = LineField(_l("First name"), [InputRequired(_l("Type the child’s first name.")), Length(max=80)])
    last_name = LineField(_l("Last name"), [Optional(), Length(max=80)])
    known_as = LineField(_l("Called"), [Optional(), Length(max=80)], description=_l("If the child likes to be called something else."))
    born_on = OnField(_l("Birthday"), [Optional()])
    age = WholeNumberField(_l("Age"), [Optional()], description=_l("Only if you do not know the birthday."))
    gender = LineField(_l("Gender"), [Optional(), Length(max=20)], description=_l("As the child says it: girl, boy or their own word."))
    school_id = PickField(_l("School"), missing=_l("Choose a school, or “No school”."))
    school_year = PickField(_l("School year"), [(UNKNOWN, _l("Not known")), *((year, year) for year in YEARS)], default=UNKNOWN)
    town = LineField(_l("Part of town"), [Optional(), Length(max=120)])
    ward = LineField(_l("Ward"), [Optional(), Length(max=120)], description=_l("Some funds are for one ward only."))
    postcode_area = LineField(_l("Postcode area"), [Optional(), Length(max=10)], description=_l("Only the first half, like W12."))
    latitude = DegreesField(_l("Latitude"), [Optional()], description=_l("About where the child lives. Left empty, distances count from the school."))
    longitude = DegreesField(_l("Longitude"), [Optional()])
    programme_starts_on = OnField(_l("With us from"), [Optional()])
    programme_ends_on = OnField(_l("With us until"), [Optional()])

    def offer(self, schools: Sequence[School]) -> None:
        self.school_id.offer([*((str(school.id), school.name) for school in schools), (UNKNOWN, _("No school"))])

    def fill(self, child: Child) -> None:
        """What is known of a child; another school has a page of its own, which says first what that does."""
        del self.school_id
        if child.school_year_now and child.school_year_now not in YEARS:
            self.school_year.offer([(child.school_year_now, child.school_year_now), (UNKNOWN, _("Not known")), *((year, year) for year in YEARS)])
        if not self.is_submitted():
            for name in Details.__dataclass_fields__:
                if name in self:
                    self[name].data = getattr(child, name)
            self.school_year.data = child.school_year_now or UNKNOWN
            if child.born_on is not None:
                self.age.data = None

    @property
    def chosen_school(self) -> uuid.UUID | None:
        return None if self.school_id.data == UNKNOWN else self.school_id.chosen_id

    def details(self, region: str) -> Details:
        values: dict[str, Any] = {name: self[name].data for name in Details.__dataclass_fields__ if name in self}
        values["school_year"] = "" if self.school_year.data == UNKNOWN else self.school_year.data
        texts = ("last_name", "known_as", "gender", "town", "ward", "postcode_area")
        return Details(**{**values, **{name: values[name] or "" for name in texts}, "region": region})


class SchoolForm(KithForm):
    """Another school: chosen first, confirmed when it is known what it does."""

    school_id = PickField(_l("New school"), missing=_l("Choose a school, or “No school”."))

    def offer(self, schools: Sequence[School], child: Child) -> None:
        """All but the school the child is at; that is only sent by a second click, and then changes nothing."""
        here = None if self.is_submitted() else str(child.school_id or UNKNOWN)
        known = [*((str(school.id), school.name) for school in schools), (UNKNOWN, _("No school"))]
        self.school_id.offer((value, words) for value, words in known if value != here)

    @property
    def is_for_none(self) -> bool:
        return bool(self.school_id.data == UNKNOWN)

    @property
    def chosen_school(self) -> uuid.UUID | None:
        return None if self.is_for_none else self.school_id.chosen_id


class WindowForm(Form):
    """One time of the week; left empty it is none."""

    days = TicksField(_l("Days"), choices=choices((day, day) for day in DAYS))
    start = TimeField(_l("From"), [Optional()])
    end = TimeField(_l("To"), [Optional()])


class PracticalitiesForm(KithForm):
    """What a match must never break."""

    max_km = KilometresField(_l("How far the child can go"), [InputRequired(_l("Type how far, in kilometres."))], description=_l("In a straight line."))
    windows = FieldList(FormField(WindowForm), min_entries=1, max_entries=8)
    are_holidays_ok = BooleanField(_l("School holidays are all right"))
    is_online_ok = BooleanField(_l("Online is all right"))
    max_cost_pence = PoundsField(_l("What the family can pay a session"), description=_l("0 if it has to be free."))
    languages = LanguagesField(_l("Languages the child can take part in"), [InputRequired(_l("Type at least one language."))], description=_l("With commas between, like English, Somali."))
    max_group = WholeNumberField(_l("Largest group the child can bear"), [Optional()], description=_l("Leave empty if it does not matter."))
    needs_quiet = BooleanField(_l("Needs a quiet space"))
    needs_step_free = BooleanField(_l("Needs step-free access"))
    is_girls_only = BooleanField(_l("Girls’ groups only"))
    sibling_ages = AgesField(_l("Brothers and sisters who must come along"), [Optional()], description=_l("Their ages, like 4, 7."))
    parent_cannot_stay = BooleanField(_l("A parent cannot stay"))
    audiences = TicksField(_l("The child is among"), choices=choices(AUDIENCES.items()),
                           description=_l("Some offerings are made for particular children. They are only ever suggested where this says so."))

    def fill(self, child: Child) -> None:
        """What is known, and one empty time to add another."""
        if self.is_submitted():
            return
        for name in Practicalities.__dataclass_fields__:
            if name != "windows":
                self[name].data = getattr(child, name)
        while self.windows.entries:
            self.windows.pop_entry()
        for window in child.windows:
            self.windows.append_entry()
            self._show(self.windows.entries[-1].form, window)
        if len(self.windows.entries) < 8:
            self.windows.append_entry()

    @staticmethod
    def _show(form: Any, window: dict[str, Any]) -> None:
        form.days.data = list(window["days"])
        form.start.data, form.end.data = time.fromisoformat(window["start"]), time.fromisoformat(window["end"])

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        for entry in self.windows.entries:
            form = entry.form
            if not (form.days.data or form.start.raw_data != [""] or form.end.raw_data != [""]):
                continue
            if not form.days.data:
                form.days.errors = [*form.days.errors, _("Choose the days of this time.")]
                fine = False
            if not form.start.data or not form.end.data:
                form.start.errors = [*form.start.errors, _("Type when this time starts and ends.")]
                fine = False
            elif form.start.data >= form.end.data:
                form.end.errors = [*form.end.errors, _("This time must end after it starts.")]
                fine = False
        return fine

    def practicalities(self) -> Practicalities:
        windows = [
            {"days": [day for day in DAYS if day in entry.form.days.data], "start": f"{entry.form.start.data:%H:%M}",
             "end": f"{entry.form.end.data:%H:%M}"}
            for entry in self.windows.entries if entry.form.days.data
        ]
        names = [name for name in Practicalities.__dataclass_fields__ if name != "windows"]
        values = {name: self[name].data for name in names}
        values["max_cost_pence"] = values["max_cost_pence"] or 0
        return Practicalities(windows=windows, **values)
