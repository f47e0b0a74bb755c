"""Reads of the words that search knows, as their pages show them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.catalogue.models import Offering
from app.catalogue.models.words import LexiconChange, LexiconConcept, WordSource
from app.catalogue.policies import can_see_words
from app.catalogue.search.engine import search
from app.catalogue.search.filters import NOTHING
from app.catalogue.search.lexicon import Line, shipped_lines
from app.catalogue.search.overlay import Laid, as_laid, key_of, merged, with_changes
from app.shared.db import db
from app.shared.errors import NotFound

TOP = 10


@dataclass(frozen=True)
class Shown:
    """One concept as it is in force. `own` is what the installation has laid over it, if anything."""

    name: str
    same: tuple[str, ...]
    near: tuple[str, ...]
    needs: tuple[str, ...]
    is_on: bool = True
    own: LexiconConcept | None = None
    is_shipped: bool = True


def find_concept(name: str) -> LexiconConcept | None:
    """What the installation has of its own under that name."""
    return db.session.scalar(sa.select(LexiconConcept).where(LexiconConcept.key == key_of(name)))


def get_concept(name: str) -> Shown:
    """Raises NotFound."""
    found = next((shown for shown in list_concepts() if key_of(shown.name) == key_of(name)), None)
    if found is None:
        raise NotFound(_("Search knows no such word."))
    return found


def list_concepts(q: str = "", *, only_own: bool = False) -> list[Shown]:
    """Every concept, by name; those that are called so, or have the word, with `q`."""
    own = {row.key: row for row in db.session.scalars(sa.select(LexiconConcept))}
    by_key: dict[str, Line] = {}
    for line in shipped_lines()[0]:
        key = key_of(line.name)
        by_key[key] = line if key not in by_key else _both(by_key[key], line)
    out = []
    for key, line in by_key.items():
        row = own.get(key)
        line = merged(line, as_laid(row)) if row is not None else line
        out.append(Shown(line.name, line.same, line.near, line.needs, row.is_on if row else True, row))
    out += [
        Shown(row.name, tuple(row.same), tuple(row.near), tuple(row.needs), row.is_on, row, is_shipped=False)
        for key, row in own.items() if key not in by_key
    ]
    wanted = key_of(q)
    kept = [s for s in out if (not only_own or s.own) and (not wanted or any(wanted in key_of(p) for p in (s.name, *s.same)))]
    return sorted(kept, key=lambda s: (key_of(s.name) != wanted, key_of(s.name)))


def _both(first: Line, second: Line) -> Line:
    return merged(first, Laid(first.name, second.same, second.near, second.needs))


def source_word(shown: Shown) -> str:
    """Where a concept stands, in a word or two."""
    if not shown.is_on:
        return _("Switched off")
    if shown.own is None:
        return ""
    if shown.own.source is WordSource.KITH:
        return _("Changed here") if shown.is_shipped else _("Written here")
    return _("From OpenActive") if shown.own.source is WordSource.OPENACTIVE else _("From a file")


def get_change(change_id: uuid.UUID, person: Person) -> LexiconChange:
    """Raises NotFound."""
    change = db.session.get(LexiconChange, change_id)
    if change is None or not can_see_words(person):
        raise NotFound
    return change


def list_changes(page: int = 1, size: int = 30) -> tuple[Sequence[LexiconChange], set[uuid.UUID], int]:
    """The newest first, which of them are undone, and how many there are."""
    count = db.session.scalar(sa.select(sa.func.count()).select_from(LexiconChange)) or 0
    statement = sa.select(LexiconChange).order_by(LexiconChange.created_at.desc(), LexiconChange.id)
    changes = db.session.scalars(statement.limit(size).offset((page - 1) * size)).all()
    undone = db.session.scalars(sa.select(LexiconChange.undoes_id).where(LexiconChange.undoes_id.in_([c.id for c in changes])))
    return changes, {id_ for id_ in undone if id_ is not None}, count


@dataclass(frozen=True)
class Place:
    """One of the ten. `was` is its rank before, None when it was not among them."""

    title: str
    by: str
    rank: int
    was: int | None


@dataclass(frozen=True)
class Effect:
    """The first ten of a query before and after a change, in one Zone."""

    before: tuple[Place, ...]
    after: tuple[Place, ...]

    @property
    def is_nothing(self) -> bool:
        return [p.title for p in self.before] == [p.title for p in self.after] and all(p.rank == p.was for p in self.after)

    @property
    def new(self) -> int:
        return sum(place.was is None for place in self.after)


def effect_of(change: Laid, typed: str, zone_id: uuid.UUID) -> Effect:
    """What a query would find if the change were saved. Writes nothing."""
    rows = [as_laid(row) for row in db.session.scalars(sa.select(LexiconConcept))]
    others = [laid for laid in rows if key_of(laid.name) != key_of(change.name)]
    now = [hit.offering_id for hit in search(zone_id, typed, NOTHING, TOP).hits]
    then = [hit.offering_id for hit in search(zone_id, typed, NOTHING, TOP, words=with_changes([*others, change])).hits]
    offerings = {o.id: o for o in db.session.scalars(sa.select(Offering).where(Offering.id.in_([*now, *then])))}
    ranks = {id_: rank for rank, id_ in enumerate(now, 1)}

    def places(ids: list[uuid.UUID]) -> tuple[Place, ...]:
        return tuple(Place(offerings[id_].title, offerings[id_].organisation.name, rank, ranks.get(id_)) for rank, id_ in enumerate(ids, 1))

    return Effect(places(now), places(then))
