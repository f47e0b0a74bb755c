"""A whole query understood, by its words and, where these are not enough, by what answers them and what the sentence is about."""

from __future__ import annotations

import uuid

from app.catalogue.search import listing
from app.catalogue.search.hints import hinted
from app.catalogue.search.matching import first_found, holds_all
from app.catalogue.search.query import Query
from app.catalogue.search.scoring import ANSWERS
from app.catalogue.search.sentences import is_sentence, literally, meant
from app.catalogue.search.snapshot import Vocabulary
from app.catalogue.search.understanding import LONGEST_QUERY, grounded, understand
from app.catalogue.search.views import View


def understood(zone_id: uuid.UUID, view: View | None, typed: str, vocabulary: Vocabulary) -> Query:
    return heard(zone_id, view, typed, vocabulary)[0]


def heard(zone_id: uuid.UUID, view: View | None, typed: str, vocabulary: Vocabulary) -> tuple[Query, bool]:
    """What was typed, and whether something may answer every part of it. Remembered as long as the Zone and the lexicon stay as they are: who
    chooses a filter asks for the same words again."""
    if len(typed) > LONGEST_QUERY:
        return _heard_anew(zone_id, view, typed, vocabulary)
    return vocabulary.kept.of(("query", typed), lambda: _heard_anew(zone_id, view, typed, vocabulary))


def _heard_anew(zone_id: uuid.UUID, view: View | None, typed: str, vocabulary: Vocabulary) -> tuple[Query, bool]:
    """Of a sentence also the words that its sayings hide and, where nothing answers every part of it, whatever the filters, what it seems
    to be about as a whole."""
    query = hinted(grounded(understand(typed, vocabulary), vocabulary), vocabulary)
    if not is_sentence(query):
        return query, True
    is_answered = listing.is_answered(view, query) if view is not None else _is_answered(zone_id, query, vocabulary)
    query = literally(query, vocabulary)
    return (query, True) if is_answered else (meant(query, vocabulary), False)


def _is_answered(zone_id: uuid.UUID, query: Query, vocabulary: Vocabulary) -> bool:
    every_part = holds_all(query, vocabulary, least=ANSWERS)
    return every_part is None or bool(first_found(zone_id, every_part, limit=1))
