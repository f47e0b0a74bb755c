"""What was said held against what is written, sentence by sentence, where the sentence model is installed (sentence_model). Never needed.

The leading offerings of a list get a little more or less of the part *text* (scored): how near the nearest of their sentences comes to anything the child
told. The vectors of an offering lie in files named after what it says, so they cannot be out of date; no word of a child is written anywhere.
The worker makes them, and commands make those that they miss; a page waits for none and leaves such an offering's part as it is.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from threading import Lock

import numpy as np
import sqlalchemy as sa
from flask import current_app

from app.catalogue.models import Offering, Organisation
from app.matching.columns import Array
from app.matching.hearing import Heard
from app.matching.reading import CHUNK, is_live
from app.matching.scored import PARTS, Ranking
from app.matching.sentence_model import EXTENSION, SentenceModel
from app.shared.db import db, in_parts

LEADING = 100
"""So many of the best are looked at once more."""
COUNTS, TYPICAL = 0.5, 0.26
"""What likeness of one to the other adds to the part *text*, and the likeness that adds nothing: the mean over 90 judged children."""
MOST_SENTENCES, LONGEST = 8, 400
"""Of a description, and in letters."""
AT_ONCE = 200
"""Offerings that one sweep of the worker reads through the model: some five seconds."""
KEPT = 20_000
_AT = PARTS.index("text")
_END = re.compile(r"(?<=[.!?])\s+")
log = logging.getLogger("kith.matching")

Texts = Sequence[str]
Read = Callable[[Sequence[uuid.UUID]], Iterable[tuple[uuid.UUID, Texts]]]


def sentences_of(title: str, interests: Sequence[str], description: str) -> list[str]:
    """What is held against a child's words: all of it as one, its title, the sentences of its description."""
    whole = ". ".join(part for part in (title, ", ".join(interests), description) if part.strip())
    return [whole[: 3 * LONGEST], title[:LONGEST], *(part[:LONGEST] for part in _END.split(description.strip())[:MOST_SENTENCES] if part)]


@dataclass(eq=False)
class Sentences:
    """`read` tells what offerings say now; `folder` keeps their vectors. `complete`: how many offerings there were, and the sum of their versions, when none was missing."""

    model: SentenceModel
    folder: Path
    read: Read
    complete: tuple[int, int] | None = None
    _kept: OrderedDict[str, Array] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def moved(self, rankings: Sequence[Ranking], heard: Heard, worth: float, *, is_patient: bool) -> list[Ranking]:
        """The rankings with what sentences add to the part *text* of their leading offerings. `worth`: its weight. With `is_patient` vectors that are
        missing are made."""
        if not worth or not heard.yes or not any(len(ranking.positions) for ranking in rankings):
            return list(rankings)
        scores = np.concatenate([ranking.scores for ranking in rankings])
        least = np.partition(scores, len(scores) - LEADING)[len(scores) - LEADING] if len(scores) > LEADING else -np.inf
        told = self._told(heard)
        leading = [np.flatnonzero(ranking.scores >= least) for ranking in rankings]
        ids = [[ranking.columns.ids[at] for at in ranking.positions[rows].tolist()] for ranking, rows in zip(rankings, leading, strict=True)]
        vectors = dict(self._vectors([id_ for some in ids for id_ in some], is_patient=is_patient))
        return [self._more(ranking, rows, [vectors.get(id_) for id_ in some], told, worth) for ranking, rows, some in zip(rankings, leading, ids, strict=True)]

    def _told(self, heard: Heard) -> Array:
        """What the child told, a row each; kept with what was heard of it, in memory only."""
        if heard.told is None:
            heard.told = self.model.vectors(list(dict.fromkeys(phrase.text for phrase in heard.yes)))
        return heard.told

    @staticmethod
    def _more(ranking: Ranking, rows: Array, vectors: Sequence[Array | None], told: Array, worth: float) -> Ranking:
        known = [(row, vector) for row, vector in zip(rows.tolist(), vectors, strict=True) if vector is not None]
        if not known:
            return ranking
        at = np.array([row for row, _ in known])
        starts = np.cumsum([0, *(len(vector) for _, vector in known[:-1])])
        near = np.maximum.reduceat((np.concatenate([vector for _, vector in known]) @ told.T).max(axis=1), starts)
        parts, scores = ranking.parts.copy(), ranking.scores.copy()
        before = parts[_AT, at]
        parts[_AT, at] = np.clip(before + COUNTS * (near - TYPICAL), 0.0, 1.0).round(6)
        scores[at] = (scores[at] + worth * (parts[_AT, at] - before)).round(6)
        return replace(ranking, parts=parts, scores=scores)

    # --- vectors of offerings ---

    def _vectors(self, ids: Sequence[uuid.UUID], *, is_patient: bool) -> Iterator[tuple[uuid.UUID, Array]]:
        for id_, texts in self.read(ids):
            found = self.of(texts, is_patient=is_patient)
            if found is not None:
                yield id_, found

    def of(self, texts: Texts, *, is_patient: bool) -> Array | None:
        """A row for each sentence; None where nobody has made them and there is no time to."""
        key = self.key_of(texts)
        with self._lock:
            known = self._kept.get(key)
        if known is None:
            known = self._from_file(key)
        if known is None and is_patient:
            known = self._made(key, texts)
        if known is None:
            return None
        with self._lock:
            self._kept[key] = known
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return known

    @staticmethod
    def key_of(texts: Texts) -> str:
        return blake2b("\n".join(texts).encode(), digest_size=16).hexdigest()

    def _from_file(self, key: str) -> Array | None:
        """None where there is none. One that cannot be read goes, so that the worker makes it again."""
        path = self._path(key)
        try:
            with path.open("rb") as opened:
                return _lengthened(np.load(opened, allow_pickle=False))
        except (ValueError, EOFError):
            path.unlink(missing_ok=True)
            return None
        except OSError:
            return None

    def _made(self, key: str, texts: Texts) -> Array:
        """In steps of a byte, as they are kept: who makes them and who reads them get the same."""
        found = self.model.vectors(texts)
        steps = np.round(found * (127 / np.abs(found).max(axis=1, keepdims=True))).astype(np.int8)
        path = self._path(key)
        making = path.with_name(f".{uuid.uuid4().hex}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with making.open("wb") as opened:
                np.save(opened, steps)
            making.rename(path)
        except OSError as error:
            log.warning("the sentences of an offering could not be kept: %s", type(error).__name__)
        return _lengthened(steps)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.npy"

    def make(self, most: int) -> int:
        """Makes what is missing of so many offerings that are live; how many it made. Files of what nobody says any more go when nothing is missing."""
        made, wanted = 0, set[str]()
        for texts in _every_text():
            key = self.key_of(texts)
            wanted.add(key)
            if not self._path(key).exists():
                if made == most:
                    return made
                self._made(key, texts)
                made += 1
        for path in self.folder.glob("??/*.npy"):
            if path.stem not in wanted:
                path.unlink(missing_ok=True)
        return made


def _lengthened(steps: Array) -> Array:
    rows = steps.astype(np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return rows


# --- in the program ------------------------------------------------------------------------------


def in_use() -> Sentences | None:
    """None where the model is not installed."""
    model: SentenceModel | None = current_app.extensions.get(EXTENSION)
    if model is None:
        return None
    known: Sentences | None = current_app.extensions.get(_KEPT)
    if known is None or known.model is not model:
        known = current_app.extensions[_KEPT] = Sentences(model, current_app.config["SETTINGS"].data_dir / "matching" / "sentences", _texts_of)
    return known


_KEPT = "kith_sentences"
_WRITTEN = sa.select(Offering.id, Offering.title, Offering.interests, Offering.description)


def _texts_of(ids: Sequence[uuid.UUID]) -> Iterator[tuple[uuid.UUID, Texts]]:
    for some in in_parts(list(ids), CHUNK):
        for row in db.session.connection().execute(_WRITTEN.where(Offering.id.in_(some))):
            yield row.id, sentences_of(row.title, row.interests, row.description)


def _every_text() -> Iterator[Texts]:
    ids = db.session.scalars(sa.select(Offering.id).join(Organisation, Organisation.id == Offering.organisation_id).where(*is_live()).order_by(Offering.id)).all()
    for _, texts in _texts_of(ids):
        yield texts


def renew() -> None:
    """The worker's sweep: some of what is missing each minute; nothing where no offering has changed since all was there."""
    sentences = in_use()
    if sentences is None:
        return
    now = db.session.execute(sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Offering.version), 0)).select_from(Offering)).one()
    mark = (int(now[0]), int(now[1]))
    if (sentences.complete != mark or not sentences.folder.exists()) and not sentences.make(AT_ONCE):
        sentences.complete = mark
