"""The map of data names every table, every column with text, and every field of a form; and the page shows it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import sqlalchemy as sa
from flask import Flask
from wtforms import BooleanField
from wtforms.fields.core import UnboundField

import app as kith
from app.keeping.data_map import FIELDS, OPEN_TEXT, PURPOSES
from app.keeping.retention import BY_CODE
from app.shared.db import Base
from app.shared.forms import KithForm
from app.shared.sealing import Sealed, SealedBytes

ON_UNLESS_TAKEN_AWAY = {"SaveSearchForm.is_told": "whoever saves a search wants to hear of what is new; about no child"}
"""Boxes that are ticked when the page is opened."""
WHICH_COLUMN = {"ColumnsForm"}
"""Which column of a file fills which field: docs/imports.md names them all."""
NO_FORM_ASKS = {
    "religion", "ethnicity", "ethnic_group", "health", "diagnosis", "disability", "sexuality", "nationality", "immigration", "crime", "address", "nhs_number", "location",
}
"""What Kith has no purpose for: a field for one of these is a decision to be made with the charity's officer first."""


def forms() -> list[type[KithForm]]:
    for module in pkgutil.walk_packages(kith.__path__, "app."):
        if "forms" in module.name:
            importlib.import_module(module.name)
    return sorted(_below(KithForm), key=lambda form: (form.__module__, form.__name__))


def _below(form: type[KithForm]) -> Iterator[type[KithForm]]:
    for kind in form.__subclasses__():
        if kind.__module__.startswith("app.") and kind.__module__ != "app.styleguide":
            yield kind
            yield from _below(kind)


def fields_of(form: type[KithForm]) -> dict[str, UnboundField]:
    return {name: field for name in dir(form) if isinstance(field := getattr(form, name), UnboundField)}


def test_every_table_has_one_purpose_and_a_period(app: Flask) -> None:
    named = [name for purpose in PURPOSES.values() for name in purpose.tables.split()]
    assert sorted(named) == sorted(Base.metadata.tables), "say in app/keeping/data_map.py why a new table is kept"
    for purpose in PURPOSES.values():
        assert purpose.kept in BY_CODE and purpose.article_6 and purpose.article_9 and purpose.about and purpose.why


def test_every_column_with_text_is_sealed_or_says_what_stands_in_it(app: Flask) -> None:
    told = [name for names in OPEN_TEXT.values() for name in names.split()]
    assert len(told) == len(set(told))
    text = (sa.String, sa.Text, sa.JSON, sa.LargeBinary)
    there = {
        f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns
        if isinstance(column.type, text) and not isinstance(column.type, (sa.Enum, Sealed, SealedBytes))
    }
    assert sorted(set(told) ^ there) == [], "say in OPEN_TEXT of app/keeping/data_map.py what stands in a new column, or seal it"


def test_no_field_is_asked_for_without_a_purpose(app: Flask) -> None:
    rooms: dict[str, set[str]] = {}
    for mapper in Base.registry.mappers:
        columns = {column.key for column in mapper.columns}
        rooms.setdefault(mapper.class_.__module__.split(".")[1], set()).update(*({name, name.removesuffix("_id"), name.removesuffix("_pence")} for name in columns))
    explained = {name for names in FIELDS.values() for name in names.split()}
    asked, unexplained = set(), []
    for form in forms():
        room = form.__module__.split(".")[1]
        if form.__name__ in WHICH_COLUMN:
            continue
        for name, field in fields_of(form).items():
            asked.add(name)
            if name not in rooms.get(room, set()) | explained:
                unexplained.append(f"{room}.{form.__name__}.{name}")
            is_on = issubclass(field.field_class, BooleanField) and bool(field.kwargs.get("default"))
            assert not is_on or f"{form.__name__}.{name}" in ON_UNLESS_TAKEN_AWAY, f"{form.__name__}.{name} is ticked before anybody chose it"
    assert len(asked) > 250
    assert unexplained == [], "say in FIELDS of app/keeping/data_map.py what these are asked for, or leave them out"
    assert explained <= asked, f"no form asks for {sorted(explained - asked)}"
    mine = {name for form in forms() if form.__module__.startswith(("app.children", "app.introductions", "app.attendance")) for name in fields_of(form)}
    assert not mine & NO_FORM_ASKS
