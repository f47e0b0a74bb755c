"""Looking somebody or something up by name, wherever it stands in Kith, as far as this person may see.

Every list asks its own room what the person may see, in SQL: what they may not see is neither named nor counted.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from rapidfuzz import fuzz, process
from sqlalchemy.orm import InstrumentedAttribute

from app.accounts.models import Person, School
from app.accounts.queries import people_looked_after
from app.catalogue.models import Offering, Organisation
from app.catalogue.queries import offerings_visible_to, organisations_visible_to
from app.catalogue.search.analysis import fold
from app.catalogue.words import ORGANISATION_KINDS
from app.children.models import Child, ChildState
from app.children.queries import visible_to
from app.shared.db import db

MOST = 6
"""So many of a kind are shown; whoever wants more types another letter."""
LEAST_LETTERS = 2
MOST_COMPARED = 5_000
"""So many names are compared by their letters, when nothing is spelt as it was typed."""
CLOSE = 78.0
"""Of 100 (rapidfuzz's ratio): two slips in a name of eight letters."""


@dataclass(frozen=True)
class Hit:
    """`key` is the id that the group's page is asked for with."""

    key: uuid.UUID
    label: str
    note: str


@dataclass(frozen=True)
class Group:
    """What was found of one kind; `has_more` when it is only the beginning, `is_close` when it is spelt in another way.

    A hit's page is `endpoint`, asked with `{argument: key}`.
    """

    name: str
    icon: str
    endpoint: str
    argument: str
    hits: Sequence[Hit]
    has_more: bool
    is_close: bool


@dataclass(frozen=True)
class _Kind:
    name: str
    icon: str
    endpoint: str
    argument: str
    statement: sa.Select[*tuple[Any, ...]]
    named: Sequence[InstrumentedAttribute[str]]
    """The columns in which the words are looked for; the statement begins with the id and these."""
    shown: Callable[[Any], Hit]


def look_up(person: Person, typed: str) -> list[Group]:
    """What bears these words in its name, at most MOST of each kind; nothing for fewer than LEAST_LETTERS letters."""
    if len(fold(typed)) < LEAST_LETTERS:
        return []
    return [group for kind in _kinds(person) if (group := _found(kind, typed)).hits]


def _found(kind: _Kind, typed: str) -> Group:
    name = sa.func.lower(_joined(kind.named))
    wanted = kind.statement.where(*(name.contains(word.lower(), autoescape=True) for word in typed.split()[:6]))
    by_name = [sa.func.lower(column) for column in kind.named]
    rows = db.session.execute(wanted.order_by(*by_name, kind.statement.selected_columns[0]).limit(MOST + 1)).all()
    is_close = not rows
    if is_close:
        rows = _alike(db.session.execute(kind.statement.limit(MOST_COMPARED)).all(), len(kind.named), fold(typed))
    return Group(kind.name, kind.icon, kind.endpoint, kind.argument, [kind.shown(row) for row in rows[:MOST]], len(rows) > MOST, is_close)


def _joined(columns: Sequence[InstrumentedAttribute[str]]) -> sa.ColumnElement[str]:
    whole: sa.ColumnElement[str] = sa.func.coalesce(columns[0], "")
    for column in columns[1:]:
        whole = whole + " " + sa.func.coalesce(column, "")
    return whole


def _alike(rows: Sequence[sa.Row[Any]], columns: int, typed: str) -> list[sa.Row[Any]]:
    """Those of which one name, or two together, is spelt nearly so; the nearest first."""
    at, names = [], []
    for number, row in enumerate(rows):
        parts = [fold(part) for part in row[1 : columns + 1] if part]
        for name in {*parts, *(f"{one} {other}" for one, other in permutations(parts, 2))}:
            at.append(number)
            names.append(name)
    best: dict[int, None] = {}
    for _found, _score, place in process.extract(typed, names, scorer=fuzz.ratio, score_cutoff=CLOSE, limit=MOST * 3):
        best.setdefault(at[place])
    return [rows[number] for number in best][: MOST + 1]


# --- the kinds -----------------------------------------------------------------------------------


def _kinds(person: Person) -> list[_Kind]:
    return [_children(person), _offerings(person), _organisations(person), _people(person)]


def _children(person: Person) -> _Kind:
    named = (Child.first_name, Child.known_as, Child.last_name, Child.reference)
    statement = sa.select(Child.id, *named, Child.state, School.name.label("school")).outerjoin(School, School.id == Child.school_id)

    def shown(row: Any) -> Hit:
        where = " · ".join(filter(None, [row.reference, row.school, _("has left") if row.state is ChildState.ENDED else ""]))
        return Hit(row.id, f"{row.known_as or row.first_name} {row.last_name}", where)

    return _Kind(_("Children"), "users", "children.child", "child_id", statement.where(visible_to(person)), named, shown)


def _offerings(person: Person) -> _Kind:
    named = (Offering.title, Organisation.name)
    statement = sa.select(Offering.id, *named).join(Organisation, Organisation.id == Offering.organisation_id)

    def shown(row: Any) -> Hit:
        return Hit(row.id, row.title, row.name)

    return _Kind(_("Offerings"), "search", "catalogue.offering", "offering_id", statement.where(offerings_visible_to(person)), named, shown)


def _organisations(person: Person) -> _Kind:
    statement = sa.select(Organisation.id, Organisation.name, Organisation.kind).where(organisations_visible_to(person))

    def shown(row: Any) -> Hit:
        return Hit(row.id, row.name, ORGANISATION_KINDS[row.kind])

    return _Kind(_("Organisations"), "building-2", "catalogue.organisation", "organisation_id", statement, (Organisation.name,), shown)


def _people(person: Person) -> _Kind:
    statement = sa.select(Person.id, Person.name, Person.email).where(people_looked_after(person), Person.left_at.is_(None))

    def shown(row: Any) -> Hit:
        return Hit(row.id, row.name, row.email)

    return _Kind(_("People"), "user-round", "accounts.person", "person_id", statement, (Person.name, Person.email), shown)

