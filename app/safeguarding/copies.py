"""Subject access: everything Kith keeps about one child, as one ZIP that a parent can read (HTML) and a program (JSON).

Every table that names a child goes in by itself, so that what a colleague adds tomorrow is not forgotten; what stays out is named in
LEFT_OUT with its reason. Other people's names do not leave: staff by their role, other children and people of the circle by what they are,
carers by what they are to the child. Where somebody can be reached or found stays out, whoever asks. A copy for somebody who must not know where
the child can be found (a court's order) also says no school, no place, no organisation, not when the child is where, and nothing of brothers
and sisters. Whom that is for, the mark on the carer decides (`says_where_to`).
"""

from __future__ import annotations

import io
import json
import re
import uuid
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask import render_template
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import selectinload

from app.accounts.models import ROLE_WORDS, Person, School
from app.catalogue.models import Offering, Organisation
from app.children import whereabouts
from app.children.models import Carer, Child, Relationship
from app.children.services.photos import find_photo
from app.safeguarding import copy_words, queries
from app.shared import clock
from app.shared.db import Base, db
from app.shared.tongue import in_english

LEFT_OUT = {
    "concern": _l("a safeguarding concern: the safeguarding lead decides what may be shown, and to whom"),
    "task": _l("lists of what staff had to do; what they did is in the other parts"),
    "match_shown": _l("which offers a page showed; it says nothing of the child"),
    "urgent_look": _l("who looked and why is under “Who looked”"),
    "posting": _l("the lines of the account books; what each thing cost is with the places that were asked for"),
    "statement_line": _l("partners' invoices"),
    "disagreement": _l("copies of marks that were changed in two places; the marks themselves are in"),
    "legal_hold": _l("why a record has to be kept, for example for a court"),
    "erasure": _l("that it was erased"),
    "brief": _l("letters to partners that ask for something new; they name no child"),
}
BENEATH = {"goal_review": "goal", "relationship_moment": "relationship", "view": "introduction", "still_going": "introduction",
           "introduction_message": "introduction", "suspension": "commission", "selection_decision": "pupil"}
"""Tables that name the child only through another: their parent."""
TITLES = {
    "child": _l("About the child"), "voice": _l("What the child said"), "carer": _l("Parents and carers"), "relationship": _l("People and places who matter"),
    "listening_note": _l("Notes"), "need": _l("Needs"), "goal": _l("Goals"), "plan_step": _l("Steps of the plan"), "consent": _l("What may be shared, and with whom"),
    "introduction": _l("Introductions"), "view": _l("What people said about an introduction"), "commission": _l("Places that were asked for"), "child_photo": _l("The photo for the introduction card"),
    "mark": _l("Registers"), "measure": _l("Figures"), "teacher_view": _l("What teachers said"), "caseload": _l("Link Workers"),
}
HIDDEN = {
    "id", "latitude", "longitude", "postcode_area", "town", "ward", "phone", "email", "sealed_seed", "client_key", "batch_id", "source_ref",
    "school_key", "xact", "number", "picture", "may_not_know_where",
}
"""Columns that would say where somebody lives or how to reach them, that somebody is kept from knowing it, or that say nothing."""
CHILD = "child"
"""Who asks for a copy: the child, else a carer by id."""
OTHER_CHILD, A_PERSON, A_PLACE = "[another child]", "[a grown-up]", "[a place]"
WHEREABOUTS = {"windows", "first_dates", "meeting_place", "meeting_people", "days", "school_year", "region", "held_on", "sibling_ages"}
"""Columns that would say where the child can be met, and of brothers and sisters."""


@dataclass(frozen=True)
class Part:
    """One heading of the copy: its lines as (what, value), each row one list."""

    name: str
    title: str
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class Copy:
    reference: str
    called: str
    made_at: datetime
    parts: list[Part]
    lookers: list[dict[str, Any]]
    private_notes: int
    photo: bytes | None = None
    says_where: bool = True


def draw_up(child: Child, *, says_where: bool = True) -> Copy:
    """Read everything. Nothing is written."""
    hide = _Names(child, says_where=says_where)
    rows = {"child": [_row_of(child)]}
    for table in Base.metadata.sorted_tables:
        column = _names_child(table)
        if column is not None and table.name not in LEFT_OUT:
            rows[table.name] = _rows(table, column == child.id)
    for name, parent in BENEATH.items():
        table = Base.metadata.tables[name]
        key = next(c for c in table.columns for fk in c.foreign_keys if fk.column.table.name == parent)
        ids = [row["id"] for row in rows.get(parent, ())]
        rows[name] = _rows(table, key.in_(ids)) if ids else []
    notes = rows["listening_note"]
    rows["listening_note"] = [row for row in notes if not row["is_private"]]
    if not says_where:
        _without_siblings(rows)
    hide.know(rows)
    titles = {**TITLES, **copy_words.TITLES}
    order = [*TITLES, *sorted(set(rows) - set(TITLES))]
    parts = [
        Part(name, str(titles.get(name, name.replace("_", " ").capitalize())), [hide.tidy(name, row) for row in rows[name]])
        for name in order if rows.get(name)
    ]
    lookers = [
        {"who": looker.role or A_PERSON, "times": looker.looks, "first": _said(looker.first), "last": _said(looker.last)} for looker in queries.who_looked(child)
    ]
    return Copy(child.reference, child.called, clock.now(), parts, lookers, len(notes) - len(rows["listening_note"]), find_photo(child.id), says_where)


def says_where_to(child: Child, asker: str | None, *, is_asked_to: bool) -> bool:
    """May a copy for `asker` (a carer's id, "" or None where nobody was named) say where the child is? Never for a carer who is marked as one who must not
    know it; with such a carer on record, only for somebody who was named."""
    marked = {str(carer.id) for carer in whereabouts.must_not_know(child.carers)}
    return is_asked_to and asker not in marked and (not marked or asker in {CHILD, *(str(carer.id) for carer in child.carers)})


def _without_siblings(rows: dict[str, list[dict[str, Any]]]) -> None:
    ties = rows["relationship"]
    gone = {row["id"] for row in ties if whereabouts.is_sibling(row["kind"], f"{row['who']} {row['name']}", is_child_of_kith=row["other_child_id"] is not None)}
    rows["relationship"] = [row for row in ties if row["id"] not in gone]
    rows["relationship_moment"] = [row for row in rows["relationship_moment"] if row["relationship_id"] not in gone]


def as_zip(copy: Copy) -> bytes:
    """index.html and data.json, and the photo for the introduction card, if there is one."""
    plain = {
        "reference": copy.reference, "made_at": copy.made_at.isoformat(), "who_looked": copy.lookers,
        "parts": {part.name: part.rows for part in copy.parts}, "left_out": {table: in_english(why) for table, why in LEFT_OUT.items()}, "private_notes_left_out": copy.private_notes, "says_where": copy.says_where,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("index.html", render_template(
            "safeguarding/copy_file.html", copy=copy, left_out=LEFT_OUT, parts=[(part, copy_words.rows_for_reading(part.rows)) for part in copy.parts],
        ))
        packed.writestr("data.json", json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True))
        if copy.photo is not None:
            packed.writestr("photo.jpg", copy.photo)
    return out.getvalue()


def _names_child(table: sa.Table) -> sa.Column[Any] | None:
    return next((c for c in table.columns for fk in c.foreign_keys if fk.column.table.name == "child"), None)


def _rows(table: sa.Table, where: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
    statement = sa.select(table).where(where)
    if "created_at" in table.c:
        statement = statement.order_by(table.c.created_at)
    return [dict(row._mapping) for row in db.session.execute(statement)]  # noqa: SLF001


def _row_of(child: Child) -> dict[str, Any]:
    return {column.key: getattr(child, column.key) for column in Child.__table__.columns}


class _Names:
    """Puts words for what points at people and things, and takes other people's names out of what was written."""

    def __init__(self, child: Child, *, says_where: bool) -> None:
        self.child = child
        self.hidden = HIDDEN if says_where else HIDDEN | WHEREABOUTS
        self.people = {
            p.id: " and ".join(sorted({f"a {ROLE_WORDS[g.role]}" for g in p.grants})) or A_PERSON
            for p in db.session.scalars(sa.select(Person).options(selectinload(Person.grants)))
        }
        self.carers = {c.id: c.relation or "a carer" for c in db.session.scalars(sa.select(Carer).where(Carer.child_id == child.id))}
        self.things: dict[uuid.UUID, str] = {}
        for model, column in ((School, School.name), (Organisation, Organisation.name), (Offering, Offering.title)):
            self.things |= {row[0]: row[1] for row in db.session.execute(sa.select(model.id, column).where(model.zone_id == child.zone_id))}
        self._swap = self._swaps() + ([] if says_where else self._places())
        if not says_where:
            self.things = dict.fromkeys(self.things, A_PLACE)

    def _swaps(self) -> list[tuple[re.Pattern[str], str]]:
        own = {word.lower() for word in (self.child.first_name, self.child.last_name, self.child.known_as) if word}
        children: set[str] = set()
        for names in db.session.execute(
            sa.select(Child.first_name, Child.last_name, Child.known_as).where(Child.zone_id == self.child.zone_id, Child.id != self.child.id)
        ):
            children |= {name for name in names if len(name) > 2 and name.lower() not in own}
        adults = {
            word for name in db.session.scalars(sa.select(Person.name)) for word in (name, *name.split()) if len(word) > 2 and word.lower() not in own
        } | {c for c in db.session.scalars(sa.select(Carer.name).where(Carer.child_id == self.child.id)) if c}
        circle = {name for name in db.session.scalars(sa.select(Relationship.name).where(Relationship.child_id == self.child.id)) if len(name) > 2}
        whole = {name for name in adults if " " in name}  # a grown-up called like some child is a grown-up still
        wanted = ((whole, A_PERSON), (children | circle, OTHER_CHILD), (adults, A_PERSON))
        return [(pattern, put) for words, put in wanted if (pattern := _any_of(words)) is not None]

    def know(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        """What rows of this copy point at: who of the circle, which introduction."""
        self.things |= {row["id"]: row["who"] or str(row["kind"]).replace("_", " ") for row in rows.get("relationship", ())}
        self.things |= {row["id"]: self.things[row["offering_id"]] for row in rows.get("introduction", ()) if row["offering_id"] in self.things}

    def _places(self) -> list[tuple[re.Pattern[str], str]]:
        """Schools, organisations, what they offer and where, and the child's own town; and anything that looks like a postcode."""
        pattern = whereabouts.names_of_places(self.child)
        return [(whereabouts.POSTCODE, A_PLACE), *([(pattern, A_PLACE)] if pattern is not None else [])]

    def tidy(self, table: str, row: dict[str, Any]) -> dict[str, Any]:
        """One row for a reader: no ids, no blanks, no names but the child's own."""
        out: dict[str, Any] = {}
        for key, value in row.items():
            if key in self.hidden or value is None or value == "" or value == [] or value == {}:
                continue
            if isinstance(value, uuid.UUID):
                value = self.people.get(value) or self.carers.get(value) or self.things.get(value)
                if value is None or value == self.child.id:
                    continue
                key = key.removesuffix("_id")
            elif table == "relationship" and key == "name":
                value = row.get("who") or str(row["kind"]).replace("_", " ")
            elif table == "carer" and key == "name":
                continue
            out[key.replace("_", " ")] = self.clean(value)
        return out

    def clean(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.clean(item) for item in value]
        if isinstance(value, dict):
            return {key: self.clean(item) for key, item in value.items() if key not in self.hidden}
        if isinstance(value, StrEnum):
            return str(value).replace("_", " ")
        if isinstance(value, (datetime, date)):
            return _said(value)
        if not isinstance(value, str):
            return value
        for pattern, put in self._swap:
            value = pattern.sub(put, value)
        return value


def _any_of(words: set[str]) -> re.Pattern[str] | None:
    """Longest first, whole words, as they are written or in capitals: "Will" is a boy, "will" is not."""
    if not words:
        return None
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + r")(?!\w)")


def _said(at: datetime | date) -> str:
    return clock.london(at).strftime("%-d %B %Y, %H:%M") if isinstance(at, datetime) else at.strftime("%-d %B %Y")
