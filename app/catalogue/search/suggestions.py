"""What may be meant while somebody types: titles, providers, interests and places of the live offers of one Zone, with counts.

Everything comes from `offering_text`, so nothing else can be suggested or counted: no draft, no closed or private offering, no
other Zone.
"""

from __future__ import annotations

import uuid
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from threading import Lock
from typing import Any

import sqlalchemy as sa

from app.catalogue.models import Offering, OfferingText, Organisation
from app.catalogue.queries.cards import Listed
from app.catalogue.search.analysis import words
from app.catalogue.search.snapshot import Vocabulary, vocabulary_of
from app.catalogue.search.spelling import corrections
from app.catalogue.words import town as as_written
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


class _Terms:
    """The terms of one kind, most offered first, and the words of all in one text: it is gone through far quicker than they are."""

    def __init__(self, terms: Iterable[_Term]) -> None:
        self.terms = sorted(terms, key=lambda term: (-term.count, term.text))
        self.text = "".join(f"{term.words}\n" for term in self.terms)
        self.ends = list(accumulate(len(term.words) + 1 for term in self.terms))

    def beginning(self, wanted: Sequence[str], most: int) -> list[_Term]:
        """The first so many of which every part wanted is the beginning of a word."""
        found: list[_Term] = []
        longest, at = f" {max(wanted, key=len)}", 0
        while len(found) < most and (at := self.text.find(longest, at)) >= 0:
            number = bisect_right(self.ends, at)
            if all(f" {part}" in self.terms[number].words for part in wanted):
                found.append(self.terms[number])
            at = self.ends[number]
        return found


_KINDS = (("interest", INTERESTS), ("provider", PROVIDERS), ("place", TOWNS))
_kept: OrderedDict[uuid.UUID, tuple[Vocabulary, dict[str, _Terms]]] = OrderedDict()
_lock = Lock()


def suggest(
    zone_id: uuid.UUID, typed: str, best: Sequence[uuid.UUID], known: Mapping[uuid.UUID, Listed] | None = None, vocabulary: Vocabulary | None = None
) -> list[Suggestion]:
    """Titles are those of `best`, what the search for the same words found first (`known` has them, if they were read already, and
    `vocabulary` is the search's); the rest begins with what is typed, each word of it in any order. A misspelt word is also taken as
    what it may have been."""
    wanted = words(typed)
    if not wanted or len("".join(wanted)) < SHORTEST:
        return []
    vocabulary = vocabulary or vocabulary_of(zone_id)
    terms = _terms(zone_id, vocabulary)
    found = [term for kind, most in _KINDS for term in terms[kind].beginning(wanted, most)]
    if not found:
        meant = [next((c.word for c in corrections(word, vocabulary)), word) if not vocabulary.has(word) else word for word in wanted]
        found = [term for kind, most in _KINDS for term in terms[kind].beginning(meant, most)] if meant != wanted else []
    out = _titles(best[:TITLES]) if known is None else [
        Suggestion("title", one.title, str(id_), by=one.provider) for id_ in best[:TITLES] if (one := known.get(id_)) is not None
    ]
    return [*out, *(Suggestion(t.kind, t.text, t.value, t.count) for t in found)]


def _titles(ids: Sequence[uuid.UUID]) -> list[Suggestion]:
    rows: Any = db.session.execute(
        sa.select(Offering.id, Offering.title, Organisation.name).join(Organisation, Organisation.id == Offering.organisation_id)
        .join(OfferingText, OfferingText.offering_id == Offering.id).where(Offering.id.in_(ids))
    )
    by_id = {id_: Suggestion("title", title, str(id_), by=name) for id_, title, name in rows}
    return [by_id[id_] for id_ in ids if id_ in by_id]


def _as_begun(text: str) -> str:
    return "".join(f" {word}" for word in words(text))


def _terms(zone_id: uuid.UUID, vocabulary: Vocabulary) -> dict[str, _Terms]:
    """Kept for as long as the Zone's words are the same ones."""
    with _lock:
        kept = _kept.get(zone_id)
        if kept is not None and kept[0].words is vocabulary.words:
            return kept[1]
    read = _read(zone_id)
    made = {kind: _Terms(term for term in read if term.kind == kind) for kind, _ in _KINDS}
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
        *(_Term("place", as_written(town), town, count, _as_begun(town)) for town, count in towns),
        *(_Term("interest", interest[:1].upper() + interest[1:], interest, count, _as_begun(interest)) for interest, count in interests.items()),
    ]
