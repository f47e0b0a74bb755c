"""The score of many offerings at once, row by row in compiled loops: what scoring.score says, for a large Zone. Pure.

Everything that few values share out (ages, languages, situations, ...) is asked of scoring.py and looked up for each offering. The words of an offering lie
together here, so that each is gone through once, whatever the child said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from app.catalogue.search.meaning import Meanings
from app.matching import kernels, scoring
from app.matching.columns import NEED_BIT, NO_DATE, STEPS, Array, Columns
from app.matching.filtering import km, known
from app.matching.hearing import Heard, loudness_of
from app.matching.kindred import KIN_NEEDS, PRIORITY, kin_bits
from app.matching.profile import Profile
from app.matching.rules import EARTH_KM
from app.matching.scored import PARTS, Ranking
from app.matching.scoring import EVEN, FRESH_DAYS
from app.matching.set_aside import set_aside
from app.matching.text import Reader
from app.matching.weights import WEIGHTS

_NO_LESSON = np.zeros(0, np.float32)


def score(
    profile: Profile, heard: Heard, part: int, columns: Columns, positions: Array, reader: Reader, table: Meanings, today: date,
    weights: Mapping[str, float] = WEIGHTS,
) -> Ranking:
    """As scoring.score."""
    many, words, index = len(positions), _words_of(heard, part, reader, columns), reader.parts[part]
    likes, best, told = np.empty((4, many), np.float32), np.empty((4, many), np.int64), np.empty(many, np.float32)
    hook = np.full(len(index.terms), -1, np.int32)
    hook[words.terms] = np.arange(len(words.terms))
    kernels.weigh(
        positions, index.by_doc.starts, index.by_doc.terms, index.by_doc.impacts, hook, words.hook_starts, words.entries, words.entry_likes, words.keys,
        words.key_likes, heard.read_weights, words.set_starts, words.phrase_starts, words.phrase_units, words.phrase_shares, words.loudness, likes, best, told,
    )
    parts, scores, distances = np.empty((len(PARTS), many), np.float64), np.empty(many, np.float64), np.empty(many, np.float64)
    interests, dislikes = np.empty(many, np.int64), np.empty(many, np.int64)
    lesson = set_aside(profile, columns, positions, km(columns, profile, positions), table, reader) if profile.lessons else _NO_LESSON
    text, about = np.empty(many, np.float32), np.empty(many, np.float32)
    kernels.compare(positions, columns.texts, _said(profile, heard, table), text, about)
    is_placed = profile.latitude is not None and profile.longitude is not None
    kernels.add_up(
        positions, columns.needs, columns.need_count, columns.latitude, columns.longitude, columns.who, columns.term, columns.tags, columns.kind,
         columns.confirmed, columns.situation, columns.meant, *_needs(profile), likes, best, told, heard.overlap,
        scoring.tag_likes(heard, columns, table)[0], text, about, columns.is_anywhere, *_tables(profile, columns), words.strange,
        lesson, np.array([weights[name] for name in PARTS]),
        np.array([profile.latitude if is_placed else 0.0, profile.longitude if is_placed else 0.0, max(1.0, profile.max_km * 0.8), EARTH_KM, KIN_NEEDS, EVEN]),
        np.array([today.toordinal(), FRESH_DAYS, NO_DATE, heard.wants_calm, is_placed], np.int64),
        scores, parts, distances, interests, dislikes,
    )
    return Ranking(columns, positions, scores.round(6), parts, best[0], dislikes, distances, interests, heard, profile)


def _said(profile: Profile, heard: Heard, table: Meanings) -> Array:
    """What texts are compared with: all that was said, then each need, in the steps in which texts are kept."""
    whole = np.zeros((1, table.width), np.float32) if heard.whole is None else heard.whole[None]
    return (np.concatenate((whole, scoring.needed(profile, heard))) / np.float32(STEPS)).astype(np.float32)


def _tables(profile: Profile, columns: Columns) -> tuple[Array, Array, Array, Array, Array, Array, Array, Array]:
    """What combinations make of a child's age, groups, languages and situations: known where another child has the same."""
    return (
        known(columns, ("made_for", profile.audiences), lambda: scoring.is_made_for(profile, columns)),
        known(columns, ("peers", profile.age), lambda: scoring.peers(profile, columns)),
        known(columns, "quiet", lambda: scoring.quiet(columns)), known(columns, "small", lambda: scoring.small(columns)),
        known(columns, ("languages", profile.languages), lambda: scoring.languages(profile, columns)), columns.is_paid, columns.programmes,
        known(columns, ("apart", profile.circumstances), lambda: scoring.apart(profile, columns)),
    )


def _needs(profile: Profile) -> tuple[Array, Array]:
    """For each need its bit and those of its kin; what each counts, and at the end all of them."""
    codes = np.array([(NEED_BIT.get(code, 0), kin_bits(code)) for code, _ in profile.needs], np.uint32).reshape(len(profile.needs), 2)
    counts = [PRIORITY[priority] for _, priority in profile.needs]
    return codes, np.array([*counts, sum(counts) or 1.0], np.float32)


# --- words ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """What was said, as the loops take it. `terms`: of the index, each once, in order; their entries begin at `hook_starts`."""

    terms: Array
    hook_starts: Array
    entries: Array
    entry_likes: Array
    keys: Array
    key_likes: Array
    set_starts: Array
    phrase_starts: Array
    phrase_units: Array
    phrase_shares: Array
    loudness: Array
    strange: Array


def _words_of(heard: Heard, part: int, reader: Reader, columns: Columns) -> Words:
    found: Words | None = heard.words.get(part)
    if found is None:
        found = heard.words[part] = Words(*_entries(heard, part, reader), *_phrases(heard), scoring.strange(heard, columns))
    return found


def _entries(heard: Heard, part: int, reader: Reader) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Unit by unit, then in the order of their terms."""
    held = [reader.entries(part, unit) for unit in heard.units]
    entries = np.concatenate([_NO_ENTRIES, *(one.terms for one in held)])
    keys = np.concatenate([_NO_KEYS, *(one.keys for one in held)])
    many, expressions = [len(one.terms) for one in held], [len(one.keys) for one in held]
    keys[:, 0] = np.repeat(np.arange(len(held)), expressions)
    if len(keys):
        entries[:, 2] += np.where(entries[:, 2] < 0, 0, np.repeat(np.cumsum([0, *expressions[:-1]]), many)).astype(np.int32)
    order = entries[:, 0].argsort(kind="stable")
    terms = entries[order, 0]
    entries[:, 0] = np.repeat(np.arange(len(held)), many)
    first = np.flatnonzero(np.concatenate(([True], terms[1:] != terms[:-1]))) if len(terms) else np.zeros(0, np.int64)
    likes = np.concatenate([_NO_LIKES, *(one.likes for one in held)])
    return terms[first], np.append(first, len(terms)), entries[order], likes[order], keys, np.concatenate([_NO_LIKES, *(one.key_likes for one in held)])


_NO_ENTRIES, _NO_KEYS, _NO_LIKES = np.zeros((0, 3), np.int32), np.zeros((0, 2), np.int32), np.zeros((0, 3), np.float32)


def _phrases(heard: Heard) -> tuple[Array, Array, Array, Array, Array]:
    """The four sets of phrases one after the other, each phrase as its units and their shares."""
    sets = (heard.yes, heard.no, heard.worked, heard.not_worked)
    starts, units, shares, loudness = [0], list[int](), list[float](), list[Array]()
    for phrases in sets:
        for phrase in phrases:
            found = sorted((heard.number[unit.typed], unit.share / phrase.measure if phrase.measure else 0.0) for unit in phrase.units)
            units += [number for number, _ in found]
            shares += [share for _, share in found]
            starts.append(len(units))
        loudness.append(loudness_of(phrases))
    return (np.cumsum([0, *(len(phrases) for phrases in sets)]), np.array(starts, np.int64), np.array(units, np.int32), np.array(shares, np.float32),
            np.concatenate(loudness))
