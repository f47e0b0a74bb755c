"""What may be meant while somebody types: titles, providers, interests and places of the live offers of one Zone, with counts.

Everything comes from `offering_text`, so nothing else can be suggested or counted: no draft, no closed or private offering, no
other Zone.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import sqlalchemy as sa

from app.catalogue.models import Offering, OfferingText, Organisation
from app.catalogue.search.analysis import words
from app.catalogue.search.snapshot import Vocabulary, vocabulary_of
from app.catalogue.search.spelling import corrections
from app.shared.db import db

SHORTEST = 2
TITLES, INTERESTS, PROVIDERS, TOWNS = 4, 3, 2, 2
KEPT = 32


@dataclass(frozen=True)
class Suggestion:
    """`kind` is title, interest, provider or place; `value` what the address needs to show just these."""

    kind: str
    text: str
    value: str
    count: int = 0
    by: str = ""


@dataclass(frozen=True)
class _Term:
    kind: str
    text: str
    value: str
    count: int
    words: str
    """Each after a blank, so that “ st” stands in it where a word begins so."""


_kept: OrderedDict[uuid.UUID, tuple[Vocabulary, tuple[_Term, ...]]] = OrderedDict()
_lock = Lock()


def suggest(zone_id: uuid.UUID, typed: str, best: Sequence[uuid.UUID], known: Mapping[uuid.UUID, Offering] | None = None) -> list[Suggestion]:
    """Titles are those of `best`, what the search for the same words found first (`known` has them, if they were read already); the
    rest begins with what is typed, each word of it in any order. A misspelt word is also taken as what it may have been."""
    wanted = words(typed)
    if not wanted or len("".join(wanted)) < SHORTEST:
        return []
    vocabulary = vocabulary_of(zone_id)
    terms = _terms(zone_id, vocabulary)
    found = [term for term in terms if _begins(term, wanted)]
    if not found:
        meant = [next((c.word for c in corrections(word, vocabulary)), word) if not vocabulary.has(word) else word for word in wanted]
        found = [term for term in terms if meant != wanted and _begins(term, meant)]
    found.sort(key=lambda term: (-term.count, term.text))
    out = _titles(best[:TITLES]) if known is None else [
        Suggestion("title", one.title, str(id_), by=one.organisation.name) for id_ in best[:TITLES] if (one := known.get(id_)) is not None
    ]
    for kind, most in (("interest", INTERESTS), ("provider", PROVIDERS), ("place", TOWNS)):
        out += [Suggestion(t.kind, t.text, t.value, t.count) for t in [t for t in found if t.kind == kind][:most]]
    return out


def _titles(ids: Sequence[uuid.UUID]) -> list[Suggestion]:
    rows: Any = db.session.execute(
        sa.select(Offering.id, Offering.title, Organisation.name).join(Organisation, Organisation.id == Offering.organisation_id)
        .join(OfferingText, OfferingText.offering_id == Offering.id).where(Offering.id.in_(ids))
    )
    by_id = {id_: Suggestion("title", title, str(id_), by=name) for id_, title, name in rows}
    return [by_id[id_] for id_ in ids if id_ in by_id]


def _begins(term: _Term, wanted: Sequence[str]) -> bool:
    return all(f" {part}" in term.words for part in wanted)


def _as_begun(text: str) -> str:
    return "".join(f" {word}" for word in words(text))


def _terms(zone_id: uuid.UUID, vocabulary: Vocabulary) -> tuple[_Term, ...]:
    """Kept for as long as the Zone's words are the same ones."""
    with _lock:
        kept = _kept.get(zone_id)
        if kept is not None and kept[0].words is vocabulary.words:
            return kept[1]
    made = tuple(_read(zone_id))
    with _lock:
        _kept[zone_id] = (vocabulary, made)
        _kept.move_to_end(zone_id)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def _read(zone_id: uuid.UUID) -> list[_Term]:
    of_zone = OfferingText.zone_id == zone_id
    number = sa.func.count()
    providers: Any = db.session.execute(
        sa.select(Organisation.id, Organisation.name, number).join(Offering, Offering.organisation_id == Organisation.id)
        .join(OfferingText, OfferingText.offering_id == Offering.id).where(of_zone).group_by(Organisation.id, Organisation.name)
    )
    towns: Any = db.session.execute(
        sa.select(OfferingText.town, number).where(of_zone, OfferingText.town != "").group_by(OfferingText.town)
    )
    lists: Any = db.session.execute(
        sa.select(OfferingText.interests, number).where(of_zone, OfferingText.interests != "").group_by(OfferingText.interests)
    )
    interests: dict[str, int] = {}
    for listed, count in lists:
        for interest in listed.strip("|").split("|"):
            interests[interest] = interests.get(interest, 0) + count
    return [
        *(_Term("provider", name, str(id_), count, _as_begun(name)) for id_, name, count in providers),
        *(_Term("place", town.title(), town, count, _as_begun(town)) for town, count in towns),
        *(_Term("interest", interest[:1].upper() + interest[1:], interest, count, _as_begun(interest)) for interest, count in interests.items()),
    ]
