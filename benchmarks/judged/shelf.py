"""A shelf of offerings without a database, for measuring how good a ranking is, and a ranking of it as Kith makes one."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from app.catalogue.search.lexicon import Lexicon, lexicon
from app.catalogue.search.meaning import Meanings, meanings
from app.matching import ranking, text
from app.matching.marks import Mark, Since
from app.matching.part import make_part
from app.matching.profile import Candidate, Profile
from app.matching.reading import Reading, order
from app.matching.sentence_model import SentenceModel
from app.matching.sentences import Sentences, sentences_of
from app.matching.shelf import Shelf
from app.matching.text import Reader
from app.matching.turns import Turn, spread
from app.matching.weights import WEIGHTS


def shelf_of(offerings: Sequence[Candidate], *, words: Lexicon | None = None, table: Meanings | None = None, places: int = 4,
             model: SentenceModel | None = None) -> Shelf:
    """With the shipped lexicon and table, unless others are given. Each offering has as many places. `model`: with what sentences add."""
    found = sorted((Reading(offering, stems_of(offering)) for offering in offerings), key=order)
    table = table or meanings()
    part = make_part(found, table, None)
    part.free[:] = places
    reader = Reader([part.index], words or lexicon())
    texts = {offering.id: sentences_of(offering.title, offering.interests, offering.description) for offering in offerings}
    sentences = Sentences(model, Path(tempfile.mkdtemp()), lambda ids: [(id_, texts[id_]) for id_ in ids]) if model is not None else None
    return Shelf(uuid.UUID(int=0), Since(0), Mark(0, 0, 0, 0, {}), (part,), reader, table, sentences=sentences)


def stems_of(offering: Candidate) -> dict[str, str]:
    """As `offering_text` has them."""
    return {
        "title": " ".join(text.terms(offering.title)), "tags": " ".join(text.terms(" . ".join(offering.interests))),
        "body": " ".join(text.terms(offering.description)),
    }


def ranked(shelf: Shelf, profile: Profile, top: int = 10, weights: Mapping[str, float] = WEIGHTS,
           shown: Mapping[uuid.UUID, int] | None = None, *, fair: bool = True) -> list[str]:
    """The references of the best. Without `fair` by score alone."""
    found = ranking.rank(shelf, profile, "", weights, is_patient=True)
    turns = ranking.turns_of(found, top)
    chosen: Sequence[Turn] = spread(turns, top, shown or {}) if fair else turns[:top]
    return [shelf.parts[part].columns.refs[at] for part, at in (found.position(turn) for turn in chosen)]


def eligible(shelf: Shelf, profile: Profile) -> set[str]:
    found = ranking.rank(shelf, profile, "", WEIGHTS)
    return {shelf.parts[0].columns.refs[at] for at in np.concatenate([ranking.positions for ranking in found.rankings])}
