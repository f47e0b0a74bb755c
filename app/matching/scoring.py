"""The score of offerings that broke no hard rule: a sum of named parts, each 0 to 1, by one table of weights. Pure.

The parts are kept: the reasons a Link Worker reads are the largest of them, not a story told afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from app.catalogue.search.meaning import Meanings
from app.matching.columns import AUDIENCE_BIT, NO_DATE, STEPS, Array, Columns
from app.matching.filtering import km, known
from app.matching.hearing import Heard, loudness_of
from app.matching.kindred import PRIORITY, needs_met
from app.matching.profile import Profile
from app.matching.scored import PARTS, Ranking
from app.matching.set_aside import set_aside
from app.matching.text import Phrase, Reader
from app.matching.weights import WEIGHTS

EVEN = 7.0  # the BM25 sum that counts as half
FRESH_DAYS = 90


def score(
    profile: Profile, heard: Heard, part: int, columns: Columns, positions: Array, reader: Reader, table: Meanings, today: date,
    weights: Mapping[str, float] = WEIGHTS,
) -> Ranking:
    """Every offering at `positions` with its score; the same input always gives the same."""
    many = len(positions)
    held = _hold(heard, part, positions, reader)
    needs = needs_met(profile, columns, positions)
    interest, phrases = _best(heard.yes, heard, held)
    no, disliked = _best(heard.no, heard, held)
    worked, _ = _best(heard.worked, heard, held)
    not_worked, _ = _best(heard.not_worked, heard, held)
    quietly = (no < 0.5) | (heard.overlap[phrases, disliked] if len(heard.yes) and len(heard.no) else False)
    no = np.where(quietly, no * np.float32(0.3), no)
    disliked = np.where(quietly, -1, disliked) if len(heard.no) else np.full(many, -1)
    told = held.told
    words = told / (told + np.float32(EVEN))
    meaning, likes = _meaning(heard, columns, positions, table)
    distances = km(columns, profile, positions)
    whos, terms = columns.who[positions], columns.term[positions]
    made_for = is_made_for(profile, columns)[whos]
    parts: dict[str, Array] = {
        "needs": needs,
        "interest": interest,
        "words": words,
        "meaning": meaning,
        "text": _text(heard, columns, positions),
        "meant": np.where(made_for, 0.0, strange(heard, columns)[columns.meant[positions]] * np.maximum(0.0, 1 - np.float32(1.5) * needs)),
        "apart": apart(profile, columns)[columns.situation[positions]],
        "made_for": made_for.astype(np.float32),
        "worked": worked,
        "near": _near(profile, columns, whos, distances),
        "peers": peers(profile, columns)[whos],
        "calm": (small(columns)[terms] + quiet(columns)[whos]).astype(np.float32) if heard.wants_calm else np.zeros(many, np.float32),
        "language": languages(profile, columns)[terms],
        "free": np.where(columns.of_term["cost"][terms] > 0, 0.0, np.where(columns.is_programme[positions], 0.8, 1.0)),
        "fresh": _fresh(columns, positions, today),
        "no": no,
        "not_worked": not_worked,
        "set_aside": set_aside(profile, columns, positions, distances, table, reader),
        "about": _about(profile, heard, columns, positions),
    }
    table_of_parts = np.empty((len(PARTS), many), np.float64)
    for row, name in enumerate(PARTS):
        table_of_parts[row] = parts[name]
    total = np.add.reduce(table_of_parts * np.array([[weights[name]] for name in PARTS]), axis=0)
    return Ranking(
        columns, positions, total.round(6), table_of_parts, phrases, disliked, distances, likes, heard, profile,
    )


@dataclass(frozen=True)
class _Held:
    """`likes[u, row]`: how well a unit stands in an offering; `told`: BM25 of everything written."""

    likes: Array
    told: Array


def _hold(heard: Heard, part: int, positions: Array, reader: Reader) -> _Held:
    """Who of the eligible holds which unit. Few are eligible and many hold a word, so the few are looked up among the many."""
    wanted = positions.astype(np.int32)
    likes, told = np.zeros((len(heard.units), len(wanted)), np.float32), np.zeros(len(wanted), np.float64)
    for unit, weight in enumerate(heard.read_weights):
        docs, like, impact = reader.posting(part, heard.units[unit])
        at = docs[:-1].searchsorted(wanted)
        rows = (docs[at] == wanted).nonzero()[0]
        if len(rows):
            at = at[rows]
            likes[unit, rows] = like[at]
            told[rows] += impact[at] * weight
    return _Held(likes, told.astype(np.float32))


def _best(phrases: Sequence[Phrase], heard: Heard, held: _Held) -> tuple[Array, Array]:
    """The one phrase that speaks loudest for each offering and how loud; a second one adds a little."""
    many = held.likes.shape[1]
    if not phrases or not many:
        return np.zeros(many, np.float32), np.full(many, -1, np.int64)
    rows = heard.rows_of(phrases)
    values = np.minimum(rows.matrix @ held.likes[rows.units], 1.0)
    values *= rows.loudness[:, None]
    best = values.argmax(axis=0)
    at = np.arange(many)
    first = values[best, at]
    if len(phrases) > 1:
        values[best, at] = 0.0
        first = np.minimum(1.0, first + np.float32(0.2) * values.max(axis=0))
    return first, best


LIKE_FROM, LIKE_TO = 0.35, 0.85
"""Likeness in meaning that counts as nothing, and as all."""


def _meaning(heard: Heard, columns: Columns, positions: Array, table: Meanings) -> tuple[Array, Array]:
    """How near the nearest of an offering's interests comes to anything the child said, and which interest that is."""
    many = len(positions)
    like = tag_likes(heard, columns, table)
    if not many:
        return np.zeros(0, np.float32), np.zeros(0, np.int64)
    tags = columns.tags[positions]
    values = like[0][tags]
    best = values.argmax(axis=1)
    at = np.arange(many)
    found = values[at, best]
    return found, np.where(found > 0, tags[at, best], -1)


def tag_likes(heard: Heard, columns: Columns, table: Meanings) -> tuple[Array, Array]:
    """Of each interest an offering can have, how near it comes to anything the child said; and how loudly and near each phrase comes to it, a row each."""
    like = heard.like_of.get(id(columns))
    if like is None:
        across = known(columns, "interests across", lambda: np.ascontiguousarray(columns.tag_vectors.T))
        every = heard.vectors(table.width) @ across  # the interests lie side by side: a product of this shape takes a third of the time
        every *= loudness_of(heard.yes)[:, None]
        likes = every.max(axis=0, initial=-1.0)
        likes -= np.float32(LIKE_FROM)
        likes /= np.float32(LIKE_TO - LIKE_FROM)
        like = heard.like_of[id(columns)] = (np.clip(likes, 0, 1, out=likes), every)
    return like


MEANT_FROM, MEANT_TO = 0.25, 0.6
"""How near in meaning what is known of the child must come to what a text says of its children: not at all, and fully."""


def strange(heard: Heard, columns: Columns) -> Array:
    """Of each of the children an offering can be meant for: 1 where nothing known of this one reminds of them. The last, of what is for anybody: 0."""
    if not len(columns.meant_vectors) or not len(heard.known):
        return np.zeros(len(columns.meant_vectors) + 1, np.float32)
    near = (heard.known @ columns.meant_vectors.T).max(axis=0)
    return np.append(1 - np.clip((near - MEANT_FROM) / (MEANT_TO - MEANT_FROM), 0, 1), 0.0).astype(np.float32)


def apart(profile: Profile, columns: Columns) -> Array:
    """Of each situation 1 where nothing known of this child speaks of it."""
    return np.array([bool(these) and these.isdisjoint(profile.circumstances) for these in columns.situations], np.float32)


def _text(heard: Heard, columns: Columns, positions: Array) -> Array:
    """How near everything that was said comes to everything that is written."""
    if heard.whole is None or not len(positions):
        return np.zeros(len(positions), np.float32)
    found: Array = np.clip(columns.texts[positions].astype(np.float32) @ (heard.whole / np.float32(STEPS)), 0.0, 1.0)
    return found


def needed(profile: Profile, heard: Heard) -> Array:
    """A row for each need: what texts that answer it speak of, times what the need counts."""
    counts = np.array([PRIORITY[priority] for _, priority in profile.needs], np.float32)
    rows: Array = heard.needed * counts[:, None]
    return rows


def _about(profile: Profile, heard: Heard, columns: Columns, positions: Array) -> Array:
    """How near what is written comes to the need that it comes nearest to, whether or not anybody marked it with that need."""
    if not profile.needs or not len(positions):
        return np.zeros(len(positions), np.float32)
    every = columns.texts[positions].astype(np.float32) @ (needed(profile, heard) / np.float32(STEPS)).T
    found: Array = np.clip(every.max(axis=1), 0.0, 1.0)
    return found


def _near(profile: Profile, columns: Columns, whos: Array, distances: Array) -> Array:
    anywhere = columns.of_who["is_online"] | columns.of_who["is_home"]
    near = np.nan_to_num(np.exp(-distances / max(1.0, profile.max_km * 0.8)), nan=0.0)
    return np.where(anywhere[whos], 0.6, near).astype(np.float32)


PEERS_FROM, PEERS_TO = 9, 3
"""Years that another child there may be older or younger: from nine on it counts as nothing, within three as all."""


def peers(profile: Profile, columns: Columns) -> Array:
    """Of each combination of `whos`, whether whoever else comes is about this child's age: for eight to eleven rather than for anybody from five to eighteen."""
    years = np.maximum(profile.age - columns.of_who["age_min"], columns.of_who["age_max"] - profile.age)
    near: Array = np.clip((PEERS_FROM - years) / (PEERS_FROM - PEERS_TO), 0, 1).astype(np.float32)
    return near


def is_made_for(profile: Profile, columns: Columns) -> Array:
    """Of each combination of `whos`, whether it is made for children among whom this one is."""
    made: Array = columns.of_who["audiences"] & np.uint32(sum(AUDIENCE_BIT[name] for name in profile.audiences)) != 0
    return made


def small(columns: Columns) -> Array:
    """What few children, by the terms, and a quiet space, by `whos`, make of calm."""
    found: Array = 0.7 * np.maximum(0.0, 1 - (columns.of_term["group"] - 1) / 14)
    return found


def quiet(columns: Columns) -> Array:
    found: Array = 0.3 * columns.of_who["has_quiet"]
    return found


def languages(profile: Profile, columns: Columns) -> Array:
    """Of each of the terms 1 where a home language other than English is spoken."""
    spoken = frozenset(profile.languages) - {"en"}
    found: Array = np.array([bool(spoken & tongue) for tongue in columns.tongues], np.float32)[columns.of_term["languages"]]
    return found


def _fresh(columns: Columns, positions: Array, today: date) -> Array:
    confirmed = columns.confirmed[positions]
    age = np.maximum(0, today.toordinal() - confirmed)
    return np.where(confirmed == NO_DATE, 0.0, np.maximum(0.0, 1 - age / (2 * FRESH_DAYS))).astype(np.float32)
