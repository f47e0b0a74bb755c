"""A segment made of rows of OfferingText, each text gone through once. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import islice
from typing import Any

import numpy as np

from app.catalogue.models import ACCESSIBILITY, AREAS, Delivery, OfferingKind
from app.catalogue.search.facets import AGES, COSTS
from app.catalogue.search.facts import DAYS, TIMES
from app.catalogue.search.filters import access_bits, days_bits, needs_bits, times_bits
from app.catalogue.search.scoring import LENGTH, MOST_IMPACT, STEPS, TYPICAL, WEIGHTS
from app.catalogue.search.segment import COMMON, FACTS, TEXTS, Array, Segment, packed

BLOCK = 32_768
PAIR = np.uint64(32)
WIDTH = 3
"""Interests kept side by side; the few offerings with more have the rest in `more_interests`."""


class Numbered(defaultdict[str, int]):
    """Gives each new text the next number."""

    def __init__(self) -> None:
        super().__init__()
        self.default_factory = self.__len__


def build(rows: Iterable[Any], phrases: Iterable[str]) -> Segment:
    """`rows` have the columns of OfferingText, in the order of their offerings' ids; `phrases` are those to prepare."""
    return _Builder(phrases).build(iter(rows))


class _Builder:
    def __init__(self, phrases: Iterable[str]) -> None:
        self.terms, self.words = Numbered(), Numbered()
        self.regions, self.languages, self.interests, self.towns = Numbered(), Numbered(), Numbered(), Numbered()
        self.interests[""] = 0
        self.phrases = sorted({p for p in phrases if " " in p})
        self.by_start: dict[int, list[tuple[int, list[int]]]] = defaultdict(list)
        for number, phrase in enumerate(self.phrases):
            parts = [self.terms[stem] for stem in phrase.split(" ")]
            self.by_start[(parts[0] << 32) | parts[1]].append((number, parts))
        self.postings: list[tuple[Array, Array, Array]] = []
        self.found: list[tuple[Array, Array, Array]] = []
        self.pairs: list[tuple[Array, Array]] = []
        self.spoken: list[tuple[Array, Array]] = []
        self.facts: dict[str, list[Array]] = defaultdict(list)
        self.refs: list[str] = []
        self.size = 0

    def build(self, rows: Iterator[Any]) -> Segment:
        while block := list(islice(rows, BLOCK)):
            self._texts(block)
            self._facts(block)
            self.size += len(block)
        return self._segment()

    def _texts(self, block: Sequence[Any]) -> None:
        tokens, lengths = self._tokens(block)
        worth = np.repeat(_worth(lengths), lengths)
        place = np.repeat(np.arange(lengths.size, dtype=np.int64), lengths)
        docs = (place // len(TEXTS)).astype(np.uint32)
        order = np.argsort(tokens.astype(np.uint16) if len(self.terms) <= 65_536 else tokens, kind="stable")
        self.postings.append(self._summed(tokens[order], docs[order], worth[order]))
        beside = place[:-1] == place[1:]
        self._find_phrases(tokens, place, docs, worth, beside)
        in_head = np.flatnonzero(beside & (place[:-1] % len(TEXTS) < 2))
        self.pairs.append(((tokens[in_head].astype(np.uint64) << PAIR) | tokens[in_head + 1], docs[in_head] + np.uint32(self.size)))

    def _tokens(self, block: Sequence[Any]) -> tuple[Array, Array]:
        """Every stem of the block's texts in order, and how many there are in each column of each row."""
        number, word = self.terms.__getitem__, self.words.__getitem__
        found: list[int] = []
        lengths: list[int] = []
        spoken: list[int] = []
        numbers: list[int] = []
        for row in block:
            for name in TEXTS:
                stems = getattr(row, name).split()
                found.extend(map(number, stems))
                lengths.append(len(stems))
            words = row.vocabulary.split()
            spoken.extend(map(word, words))
            numbers.append(len(words))
        self.spoken.append((np.array(spoken, np.uint32), np.array(numbers, np.uint32)))
        return np.array(found, np.uint32), np.array(lengths, np.int64)

    def _summed(self, terms: Array, docs: Array, worth: Array) -> tuple[Array, Array, Array]:
        """Sorted by term and row: one entry for each, with what it counts there."""
        if not len(terms):
            return terms, docs, np.zeros(0, np.uint16)
        first = np.flatnonzero(np.concatenate(([True], (terms[1:] != terms[:-1]) | (docs[1:] != docs[:-1]))))
        impacts = np.clip(np.rint(np.add.reduceat(worth, first) * STEPS), 1, MOST_IMPACT).astype(np.uint16)
        return terms[first], docs[first] + np.uint32(self.size), impacts

    def _find_phrases(self, tokens: Array, place: Array, docs: Array, worth: Array, beside: Array) -> None:
        starts, seconds = np.zeros(len(self.terms), bool), np.zeros(len(self.terms), bool)
        for key in self.by_start:
            starts[key >> 32] = seconds[key & 0xFFFFFFFF] = True
        at = np.flatnonzero(beside & starts[tokens[:-1]] & seconds[tokens[1:]])
        keys = (tokens[at].astype(np.uint64) << PAIR) | tokens[at + 1]
        order = np.argsort(keys, kind="stable")
        at, keys = at[order], keys[order]
        kinds, firsts = np.unique(keys, return_index=True)
        for key, first, last in zip(kinds.tolist(), firsts.tolist(), [*firsts.tolist(), len(keys)][1:], strict=True):
            for number, parts in self.by_start.get(key, ()):
                where = at[first:last]
                for step, term in enumerate(parts[2:], 2):
                    where = where[where + step < len(tokens)]
                    where = where[(tokens[where + step] == term) & (place[where + step] == place[where])]
                if len(where):
                    self.found.append(self._summed(np.full(len(where), number, np.uint32), docs[where], worth[where]))

    def _facts(self, block: Sequence[Any]) -> None:
        for name in FACTS:
            values = [getattr(row, name) for row in block]
            self.facts[name].append(self._as_array(name, values))
        self.facts["ids"].append(np.frombuffer(b"".join(row.offering_id.bytes for row in block), np.uint8).reshape(-1, 16))
        self.facts["text_ids"].append(np.array([row.id for row in block], np.int64))
        self.refs += [row.source_ref for row in block]

    def _as_array(self, name: str, values: list[Any]) -> Array:
        if name in ("kind", "delivery"):
            known = {member.value: n for n, member in enumerate(OfferingKind if name == "kind" else Delivery)}
            return np.array([known[value] for value in values], np.uint8)
        if name in ("region", "languages", "town"):
            number = {"region": self.regions, "languages": self.languages, "town": self.towns}[name].__getitem__
            return np.array(list(map(number, values)), np.uint32)
        if name == "interests":
            return self._interests(values)
        if name in ("latitude", "longitude"):
            return np.array([np.nan if value is None else value for value in values], np.float64)
        types: dict[str, Any] = {
            "cost_pence": np.int32, "times": np.uint32, "needs_mask": np.uint32, "is_step_free": np.bool_,
        }
        return np.array(values, types.get(name, np.uint8))

    def _interests(self, values: list[str]) -> Array:
        kept = np.zeros((len(values), WIDTH), np.uint32)
        more: list[tuple[int, int]] = []
        for row, value in enumerate(values):
            if value:
                for place, interest in enumerate(dict.fromkeys(filter(None, value.strip("|").split("|")))):
                    if place < WIDTH:
                        kept[row, place] = self.interests[interest]
                    else:
                        more.append((row + self.size, self.interests[interest]))
        self.facts["more"].append(np.array(more, np.uint32).reshape(-1, 2))
        return kept

    def _segment(self) -> Segment:
        starts, docs, impacts = _merged(self.postings, len(self.terms))
        phrase_order = sorted(range(len(self.found)), key=lambda n: int(self.found[n][0][0]))
        by_phrase = [self.found[n] for n in phrase_order]
        phrase_counts = np.bincount(np.concatenate([f[0] for f in by_phrase] or [np.zeros(0, np.uint32)]), minlength=len(self.phrases))
        pair_keys = np.concatenate([keys for keys, _ in self.pairs] or [np.zeros(0, np.uint64)])
        order = np.argsort(pair_keys, kind="stable")
        pairs, pair_starts = np.unique(pair_keys[order], return_index=True)
        pair_docs = np.concatenate([d for _, d in self.pairs] or [np.zeros(0, np.uint32)])[order]
        spoken = np.concatenate([s for s, _ in self.spoken] or [np.zeros(0, np.uint32)])
        per_row = np.concatenate([n for _, n in self.spoken] or [np.zeros(0, np.uint32)])
        facts = {name: np.concatenate(parts) for name, parts in self.facts.items()} or _no_facts()
        word_counts = np.bincount(spoken, minlength=len(self.words)).astype(np.uint32)
        rare = word_counts[spoken] <= max(COMMON, self.size // 100)
        per_row = np.bincount(np.repeat(np.arange(self.size), per_row)[rare], minlength=self.size)
        rank = np.zeros(self.size, np.uint32)
        rank[sorted(range(self.size), key=self.refs.__getitem__)] = np.arange(self.size, dtype=np.uint32)
        more = facts.pop("more")
        made = Segment(
            terms=[*self.terms, *self.phrases], stems=len(self.terms),
            starts=np.concatenate((starts, starts[-1] + np.cumsum(phrase_counts))).astype(np.int64),
            docs=np.concatenate([docs, *(f[1] for f in by_phrase)]), impacts=np.concatenate([impacts, *(f[2] for f in by_phrase)]),
            pairs=pairs, pair_starts=np.append(pair_starts, len(pair_keys)).astype(np.uint32), pair_docs=pair_docs,
            words=list(self.words), word_counts=word_counts,
            word_starts=np.concatenate(([0], np.cumsum(per_row))).astype(np.uint32), word_rows=_narrow(spoken[rare], len(self.words)),
            ids=facts["ids"], text_ids=facts["text_ids"], refs=self.refs, ref_rank=rank,
            regions=list(self.regions), languages=list(self.languages), interests=list(self.interests), towns=list(self.towns),
            spoken=_narrow(facts["languages"], len(self.languages)), liked=_narrow(facts["interests"], len(self.interests)),
            more_docs=more[:, 0], more_interests=more[:, 1], region=_narrow(facts["region"], len(self.regions)),
            town=_narrow(facts["town"], len(self.towns)), codes=[], bits=np.zeros((0, 0), np.uint64),
            **{name: facts[name] for name in (
                "kind", "delivery", "age_min", "age_max", "cost_pence", "days", "times", "needs_mask", "is_step_free", "access",
                "latitude", "longitude")},
        )
        masks = dict(_value_masks(made))
        made.codes = list(masks)
        made.bits = np.stack([packed(mask) for mask in masks.values()], axis=1)
        return _frozen(made)


def _frozen(segment: Segment) -> Segment:
    """Its arrays can no more be written to than those read from files, or the loops over them would be compiled once for each kind."""
    for part in fields(segment):
        value = getattr(segment, part.name)
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return segment


def _worth(lengths: Array) -> Array:
    """What one occurrence counts in each column of each row; the same arithmetic as `scoring` over one text."""
    by_row = lengths.reshape(-1, len(TEXTS)).astype(np.float64)
    out = np.empty_like(by_row)
    for n, name in enumerate(TEXTS):
        share = LENGTH.get(name, 0.0)
        out[:, n] = WEIGHTS[name] / (1 - share + share * np.maximum(by_row[:, n], 1) / TYPICAL[name]) if share else WEIGHTS[name]
    return out.ravel()


def _merged(blocks: Sequence[tuple[Array, Array, Array]], terms: int) -> tuple[Array, Array, Array]:
    """Blocks sorted by term become one: each term's parts one behind the other."""
    counts = [np.bincount(found, minlength=terms) for found, _, _ in blocks]
    starts = np.concatenate(([0], np.cumsum(sum(counts) if counts else np.zeros(terms, np.int64)))).astype(np.int64)
    docs, impacts = np.empty(int(starts[-1]), np.uint32), np.empty(int(starts[-1]), np.uint16)
    cursor = starts[:-1].copy()
    for (_, own_docs, own_impacts), count in zip(blocks, counts, strict=True):
        own_starts = np.cumsum(count) - count
        where = np.arange(len(own_docs)) + np.repeat(cursor - own_starts, count)
        docs[where], impacts[where] = own_docs, own_impacts
        cursor += count
    return starts, docs, impacts


def _narrow(values: Array, count: int) -> Array:
    return values.astype(np.uint16) if count <= 65_536 else values.astype(np.uint32)


def _no_facts() -> dict[str, Array]:
    types = {"needs_mask": np.uint32, "times": np.uint32, "latitude": np.float64, "longitude": np.float64}
    empty: dict[str, Array] = {name: np.zeros(0, types.get(name, np.uint8)) for name in FACTS}
    return {**empty, "interests": np.zeros((0, WIDTH), np.uint32), "more": np.zeros((0, 2), np.uint32),
            "ids": np.zeros((0, 16), np.uint8), "text_ids": np.zeros(0, np.int64)}


def _value_masks(s: Segment) -> Iterator[tuple[str, Array]]:
    """Who has each value of the facets whose values are few."""
    for n, kind in enumerate(OfferingKind):
        yield f"kind {kind.value}", s.kind == n
    for n, delivery in enumerate(Delivery):
        yield f"delivery {delivery.value}", s.delivery == n
    for area in AREAS:
        yield f"need {area}", (s.needs_mask & needs_bits((area,))) != 0
    for day in DAYS:
        yield f"day {day}", (s.days & days_bits((day,))) != 0
    for time in TIMES:
        yield f"time {time}", (s.times & times_bits((time,))) != 0
    for feature in ACCESSIBILITY:
        yield f"access {feature}", (s.access & access_bits((feature,))) != 0
    for pence in COSTS:
        yield f"cost {pence}", s.cost_pence <= pence
    yield "free", s.cost_pence == 0
    yield "step_free", s.is_step_free
    for age in AGES:
        yield f"age {age}", (s.age_min <= age) & (age <= s.age_max)
    for code in sorted({code for text in s.languages for code in text.strip("|").split("|") if code}):
        yield f"language {code}", np.array([f"|{code}|" in text for text in s.languages] or [False])[s.spoken]


def phrases_of(concepts: Iterable[Any]) -> set[str]:
    """The lexicon's phrases of more than one word: what searches are likely to ask for."""
    return {
        phrase for concept in concepts for phrase in (*concept.same, *concept.near, *(name for kind in concept.kinds for name in kind)) if " " in phrase
    }
