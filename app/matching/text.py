"""The words of a child's profile against the words of offerings. Pure.

Stems and lexicon are the catalogue's (search.analysis, search.lexicon). What is said for and what against is told apart in `sayings`.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.catalogue.models import NEEDS
from app.catalogue.search.analysis import stem, words
from app.catalogue.search.lexicon import Lexicon, need_token
from app.catalogue.search.meaning import Meanings
from app.catalogue.search.private import given_names
from app.catalogue.search.snapshot import Vocabulary
from app.catalogue.search.spelling import corrections, is_known

Array = NDArray[Any]
Posting = tuple[Array, Array, Array]

_EMPTY = frozenset(
    """a about after again all also always am an and any are as at be because been before being both but by can cannot cant come
    could day days did do does doing done each else ever every feel feels for from get gets getting go goes going good got had has
    have he help helps her here hers him his how i if im in into is isnt it its ive just keep kind know like likes liked little lot
    lots love loves make makes making many may me mine more most much my myself near nearly need needs never new nice no not nothing
    now of off on once one only or other our out over own people place please really said say says see she should show so some
    someone something somewhere sort still stop stops such take than that the their them then there these they thing things think
    this those time times to too try trying two up us use very want wants was way we week weeks well were what when where which
    while who whole why will wish with without would year years you your yours session sessions child children kid kids young
    person club group class activity activities school start first last even though because until everyone everybody anyone favourite
    best bit big small long old like mum dad nan big able better back friend friends friendly together real only everyone people nobody none somebody monday mondays
    tuesday tuesdays wednesday wednesdays thursday thursdays friday fridays saturday saturdays sunday sundays weekend weekends today
    tomorrow yesterday""".split()
)
"""Words that carry nothing here; "children", "club" and the like stand in nearly every offering. A day is a time and no wish: when a
child is free is a rule."""
_EVERYDAY = frozenset(stem(word) for word in (
    """room rooms inside house home door floor desk table wall front side part parts end place places spot space hour hours minute minutes morning evening afternoon night noon left wait waits waiting
    stay stays put puts bring brings bringing sit sits sitting stand stands word words whole half yet bigger biggest smaller tall short anyway bits ones lets later early sudden suddenly
    road street corner bus car stairs summer winter spring left right feel feels feeling feelings felt girl girls boy boys""").split())
"""Words that say where and when, and of which many texts hold one by chance: they count, but little."""
EVERYDAY = 0.3
_LIGHT = _EVERYDAY | frozenset(stem(word) for word in "a an the my his her our in on at with big large group groups".split())
"""An expression of nothing but these ("a girl", "a big group") is one for whoever searches, and none in what somebody said."""
_EMPTY_STEMS = frozenset(map(stem, _EMPTY))
_NEED_TOKENS = frozenset(map(need_token, NEEDS))

def terms(text: str) -> list[str]:
    """The telling stems of a text, in order."""
    return [stem(word) for word in words(text) if word not in _EMPTY and (len(word) > 2 or word.isdigit())]


FIELDS = {"title": 3.0, "tags": 4.0, "body": 1.0}
HEAD = (0, 1)  # the fields of FIELDS in which a word says what it is all about
K1, B = 1.3, 0.6
PREFIX = 5  # letters in common that make two words kin
KIN = 0.55  # what a word that begins alike counts, beside 1 for the word itself
UNKNOWN = 0.25  # what a word weighs that no offering has, nor any word like it
LOUDEST = 3  # a phrase is measured by its most telling words, so that a long sentence is not weaker than a short one


@dataclass(frozen=True)
class ByDoc:
    """The same words offering by offering: those of one begin at its number in `starts`. A term is doubled, and odd where it stands in the head."""

    starts: Array
    terms: Array
    impacts: Array


@dataclass(frozen=True)
class Entries:
    """What stands for a unit in one index. `terms`: each with its place in an expression and the number of that (-1 where it stands alone); `likes`: how
    well, in the head and in the body, and what its impact counts. `keys`: the expressions, 0 and their length, and the same of them."""

    terms: Array
    likes: Array
    keys: Array
    key_likes: Array


@dataclass(eq=False)
class Index:
    """The words of a Zone's offerings as arrays: per term, which offerings hold it, how telling it is there (BM25 over weighted
    fields), and whether it stands in the title or the interests. `counts` and `average` may be another index's: a few changed
    offerings are weighed as if they stood among all the others."""

    terms: list[str]
    starts: Array
    docs: Array
    impacts: Array
    heads: Array
    counts: Mapping[str, int]
    size: int
    average: float
    many: int = 0

    @cached_property
    def number_of(self) -> dict[str, int]:
        return {term: number for number, term in enumerate(self.terms)}

    @cached_property
    def by_doc(self) -> ByDoc:
        order = np.argsort(self.docs, kind="stable")
        terms = np.repeat(np.arange(len(self.terms), dtype=np.int32), np.diff(self.starts))
        starts = np.zeros(self.many + 1, np.int64)
        np.cumsum(np.bincount(self.docs, minlength=self.many), out=starts[1:])
        return ByDoc(starts, (2 * terms + self.heads)[order].astype(np.int32), self.impacts[order])

    def rarity(self, term: str) -> float:
        """How much a term tells; one that no offering has tells as much as the rarest."""
        if not self.size:
            return 1.0
        count = self.counts.get(term, 1)
        return math.log(1 + (self.size - count + 0.5) / (count + 0.5))

    def entries(self, unit: Unit) -> Entries:
        """The words that stand for a unit; those of an expression only where the index has all, the rarest first."""
        terms, likes, keys, key_likes = list[tuple[int, int, int]](), list[tuple[float, ...]](), list[tuple[int, int]](), list[tuple[float, ...]]()
        for key, strength in unit.stands_for.items():
            numbers = [self.number_of.get(term) for term in key]
            known = [number for number in numbers if number is not None]
            if len(known) < len(numbers):
                continue
            like = (strength, strength * IN_BODY, strength)
            if len(known) > 1:
                known.sort(key=lambda number: int(self.starts[number + 1] - self.starts[number]))
                terms += [(number, at, len(keys)) for at, number in enumerate(known)]
                keys.append((0, len(known)))
                key_likes.append(like)
            else:
                terms.append((known[0], 0, -1))
            likes += [like] * len(known)
        return Entries(
            np.array(terms, np.int32).reshape(-1, 3), np.array(likes, np.float32).reshape(-1, 3), np.array(keys, np.int32).reshape(-1, 2),
            np.array(key_likes, np.float32).reshape(-1, 3),
        )

    def gather(self, unit: Unit) -> Posting:
        """Who holds what stands for this unit: the offerings, how well (0 to 1), and how tellingly."""
        docs, likes, impacts = [], [], []
        for key, strength in unit.stands_for.items():
            found = self._hold_all(key)
            if found is not None and len(found[0]):
                docs.append(found[0])
                likes.append(np.where(found[2], strength, strength * IN_BODY).astype(np.float32))
                impacts.append(found[1] * np.float32(strength))
        if not docs:
            return _NOWHERE
        if len(docs) == 1:
            return docs[0], likes[0], impacts[0]
        every = np.concatenate(docs)
        order = np.argsort(every, kind="stable")
        every = every[order]
        first = np.flatnonzero(np.concatenate(([True], every[1:] != every[:-1])))
        return every[first], np.maximum.reduceat(np.concatenate(likes)[order], first), np.maximum.reduceat(np.concatenate(impacts)[order], first)

    def _hold_all(self, key: tuple[str, ...]) -> Posting | None:
        """Who holds every one of these stems: the offerings, the mean impact, and whether all stand in the head."""
        numbers = [self.number_of.get(term) for term in key]
        spans = [(self.starts[n], self.starts[n + 1]) for n in numbers if n is not None]
        if len(spans) < len(numbers):
            return None
        spans.sort(key=lambda span: int(span[1] - span[0]))
        (first, last), *others = spans
        docs, impacts, heads = self.docs[first:last], self.impacts[first:last], self.heads[first:last]
        for first, last in others:
            more = self.docs[first:last]
            at = np.minimum(np.searchsorted(more, docs), max(0, len(more) - 1))
            both = more[at] == docs if len(more) else np.zeros(len(docs), bool)
            at = at[both]
            docs, impacts, heads = docs[both], impacts[both] + self.impacts[first:last][at], heads[both] & self.heads[first:last][at]
        return docs, impacts / np.float32(len(key)) if others else impacts, heads


_NOWHERE: Posting = (np.zeros(0, np.int32), np.zeros(0, np.float32), np.zeros(0, np.float32))


def build(offerings: Iterable[Mapping[str, str]]) -> Index:
    """`offerings` each have the texts named in FIELDS, as people wrote them."""
    return build_stems([{name: " ".join(terms(offering.get(name, ""))) for name in FIELDS} for offering in offerings])


def build_stems(offerings: Sequence[Mapping[str, str]], beside: Index | None = None) -> Index:
    """The same from texts that are stems already, blanks between; empty stems are passed over. With `beside`, its counts hold."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    flat, lengths = array("i"), []
    for offering in offerings:
        for name in FIELDS:
            found = offering.get(name, "").split()
            flat.extend([numbers[stem] for stem in found])
            lengths.append(len(found))
    vocabulary, many = list(numbers), len(offerings)
    tells = np.array([_tells(term) for term in vocabulary], bool)
    terms_, docs, weights, heads = _in_order_of_terms(flat, np.array(lengths, np.int64), tells, many)
    totals = np.bincount(docs, weights, minlength=many)
    first = np.flatnonzero(np.concatenate(([True], (terms_[1:] != terms_[:-1]) | (docs[1:] != docs[:-1])))) if len(docs) else np.zeros(0, np.int64)
    summed = np.add.reduceat(weights, first) if len(docs) else weights
    in_head = np.logical_or.reduceat(heads, first) if len(docs) else heads
    term_of, doc_of = terms_[first], docs[first]
    del terms_, docs, weights, heads, first
    found_in = np.bincount(term_of, minlength=len(vocabulary))
    average = beside.average if beside else (float(totals.mean()) if many else 0.0) or 1.0
    counts = beside.counts if beside else {term: int(n) for term, n in zip(vocabulary, found_in, strict=True) if n}
    size = beside.size if beside else many
    own = np.array([counts.get(term, 1) for term in vocabulary], np.float64)
    rarity = np.log(1 + (size - own + 0.5) / (own + 0.5)) if len(vocabulary) else own
    normal = summed / (1 - B + B * totals / average)[doc_of]
    impacts = rarity[term_of]
    impacts *= normal
    normal += K1
    impacts /= normal
    starts = np.zeros(len(vocabulary) + 1, np.int64)
    np.cumsum(found_in, out=starts[1:])
    return Index(vocabulary, starts, doc_of, impacts.astype(np.float32), in_head, counts, size, average, many)


def _in_order_of_terms(flat: array[int], lengths: Array, tells: Array, many: int) -> tuple[Array, Array, Array, Array]:
    """The telling words of all texts, field by field and offering by offering as they come, put in the order of their terms: term, offering, weight,
    whether in the head. In arrays as small as they can be: there are forty words in a text, and a hundred thousand texts."""
    every = np.frombuffer(flat, np.int32) if flat else np.zeros(0, np.int32)
    keep = tells[every] if len(every) else np.zeros(0, bool)
    every = every[keep]
    order = np.argsort(every, kind="stable").astype(np.int32)
    weights = np.repeat(np.tile(np.array(list(FIELDS.values()), np.float32), many), lengths)[keep][order]
    heads = np.repeat(np.tile(np.isin(np.arange(len(FIELDS)), HEAD), many), lengths)[keep][order]
    docs = np.repeat(np.arange(many, dtype=np.int32), lengths.reshape(many, len(FIELDS)).sum(axis=1))[keep][order]
    return every[order], docs, weights, heads


def _tells(term: str) -> bool:
    return term not in _EMPTY_STEMS and (len(term) > 2 or term.isdigit())


class Lexis:
    """All words that can be met in a Zone's offerings, those of a few changed ones beside the rest."""

    def __init__(self, parts: Sequence[Index]) -> None:
        self.parts = parts
        self._sorted = [sorted(part.terms) for part in parts]

    def has(self, term: str) -> bool:
        return any(term in part.number_of for part in self.parts)

    def rarity(self, term: str) -> float:
        return self.parts[0].rarity(term)

    def beginning(self, term: str) -> list[str]:
        """The words that begin with this one, itself left out."""
        found: dict[str, None] = {}
        for vocabulary in self._sorted:
            at = bisect_left(vocabulary, term)
            while at < len(vocabulary) and vocabulary[at].startswith(term):
                found[vocabulary[at]] = None
                at += 1
        found.pop(term, None)
        return list(found)


Alternatives = Mapping[tuple[str, ...], float]


@dataclass(frozen=True)
class Unit:
    """A word of a phrase, or several that mean one thing ("pump track"): what stands for it in the catalogue, and how well (1 is
    the word itself). Several stems in one key must all be there."""

    terms: tuple[str, ...]
    weight: float
    stands_for: Alternatives
    typed: str = ""
    tells: float = 1.0

    @property
    def share(self) -> float:
        """Its weight in a phrase: an everyday word does not stand for the whole phrase, even where there is no other."""
        return self.weight * self.tells


@dataclass(frozen=True)
class Phrase:
    """Something the child said or that was said of the child. `where` is a key of hearing.SAID or READ; `rank` counts from 0."""

    text: str
    where: str
    rank: int
    units: tuple[Unit, ...]

    @cached_property
    def terms(self) -> frozenset[str]:
        return frozenset(term for unit in self.units for term in unit.terms)

    @cached_property
    def all_terms(self) -> frozenset[str]:
        """With the single words that stand for them."""
        return self.terms.union(key[0] for unit in self.units for key in unit.stands_for if len(key) == 1)

    @cached_property
    def measure(self) -> float:
        return sum(sorted((unit.weight for unit in self.units), reverse=True)[:LOUDEST])


@dataclass(frozen=True)
class Meant:
    """The rows of the table of meanings for the words of a text, how much each tells, and what comes of them."""

    rows: Array
    rarities: Array
    vector: Array


def mean(table: Meanings, rows: Array, weights: Array) -> Array:
    """As Meanings.of has it."""
    if not len(rows):
        return np.zeros(table.width, np.float32)
    found: Array = weights.astype(np.float32) @ table.vectors[rows]
    length = float(np.linalg.norm(found))
    return found / length if length else found


MOST_TEXTS = 20_000
"""Texts of children whose words one reader keeps."""
MOST_KEPT = 8_000_000
"""Entries of gathered postings that one reader keeps: about 100 MB."""


class Reader:
    """Turns texts into phrases that know what stands for their words in the indexes of one Zone."""

    def __init__(self, parts: Sequence[Index], lexicon: Lexicon | None = None) -> None:
        self.parts = parts
        self.lexis = Lexis(parts)
        self.lexicon = lexicon
        self._known = Vocabulary(lexicon=lexicon) if lexicon is not None else Vocabulary()
        self._units: dict[str, Unit] = {}
        self._said: dict[str, tuple[Unit, ...]] = {}
        self._meant: dict[str, Meant] = {}
        self._postings: dict[tuple[int, str], Posting] = {}
        self._kept = 0
        self._entries: dict[tuple[int, str], Entries] = {}

    def entries(self, part: int, unit: Unit) -> Entries:
        """Kept, as postings are."""
        known = self._entries.get((part, unit.typed))
        if known is None:
            if len(self._entries) > MOST_TEXTS:
                self._entries = {}
            known = self._entries[part, unit.typed] = self.parts[part].entries(unit)
        return known

    def posting(self, part: int, unit: Unit) -> Posting:
        """Kept, for children share words. After the last of the offerings stands one that is none, so that looking for one beyond it
        finds something."""
        known = self._postings.get((part, unit.typed))
        if known is None:
            docs, likes, impacts = self.parts[part].gather(unit)
            known = np.append(docs, np.int32(-1)), likes, impacts
            self._kept += len(known[0])
            if self._kept > MOST_KEPT:
                self._postings = {}
                self._kept = len(known[0])
            self._postings[part, unit.typed] = known
        return known

    def phrase(self, text: str, where: str, rank: int) -> Phrase | None:
        """None where nothing telling is said. What stands in it is kept by its text, for children share words."""
        units = self._said.get(text)
        if units is None:
            if len(self._said) > MOST_TEXTS:
                self._said = {}
            units = self._said[text] = self._units_of(text)
        return Phrase(text, where, rank, units) if units else None

    def meant(self, text: str, table: Meanings) -> Meant:
        """What the words of a text say by the table of meanings; kept as well."""
        known = self._meant.get(text)
        if known is None:
            if len(self._meant) > MOST_TEXTS:
                self._meant = {}
            told = [(table.row_of[term], self.lexis.rarity(term) * (EVERYDAY if term in _EVERYDAY else 1.0)) for term in terms(text) if term in table.row_of]
            rows, rarities = np.array([row for row, _ in told], np.int64), np.array([rarity for _, rarity in told], np.float64)
            known = self._meant[text] = Meant(rows, rarities, mean(table, rows, rarities))
        return known

    def _units_of(self, text: str) -> tuple[Unit, ...]:
        units: dict[tuple[str, ...], Unit] = {}
        spoken = words(text)
        at = 0
        while at < len(spoken):
            length = self._longest_known(spoken, at)
            typed = " ".join(spoken[at : at + length])
            if length > 1 or (typed not in _EMPTY and (len(typed) > 2 or typed.isdigit())):
                unit = self._unit(typed)
                units.setdefault(unit.terms, unit)
            at += length
        return tuple(units.values())

    def _longest_known(self, spoken: Sequence[str], at: int) -> int:
        """How many words from `at` on are one entry of the lexicon; 1 where none is."""
        if self.lexicon is not None:
            for length in range(min(self.lexicon.longest, len(spoken) - at), 1, -1):
                found = spoken[at : at + length]
                if self.lexicon.find(" ".join(found)) and not _LIGHT.issuperset(map(stem, found)):
                    return length
        return 1

    def _unit(self, typed: str) -> Unit:
        known = self._units.get(typed)
        if known is None:
            known = self._units[typed] = self._make(typed)
        return known

    def _make(self, typed: str) -> Unit:
        own = tuple(stem(word) for word in typed.split(" "))
        stands: dict[tuple[str, ...], float] = {}
        is_everyday = _EVERYDAY.issuperset(own)
        if self.lexicon is not None and not is_everyday:
            for other, weight in self.lexicon.alternatives(typed).items():
                stems = tuple(other.split(" "))
                if weight >= HEARD and all(self.lexis.has(term) for term in stems) and not _NEED_TOKENS.intersection(stems):
                    stands[stems] = weight
        if len(own) == 1:
            for other in self._alike(own[0]):
                stands[(other,)] = max(KIN, stands.get((other,), 0.0))
        if all(self.lexis.has(term) for term in own):
            stands[own] = 1.0
        if len(own) == 1 and own not in stands and not self.lexis.has(own[0]) and (meant := self._spelt_rightly(typed)):
            return replace(self._unit(meant), typed=typed)
        weight = max((self._rarity(key) * value for key, value in stands.items()), default=self.lexis.rarity("") * UNKNOWN)
        return Unit(own, weight, stands, typed, EVERYDAY if is_everyday else 1.0)

    def _spelt_rightly(self, typed: str) -> str:
        """The one word of the lexicon that a misspelt one comes nearest to; empty where it is a name or might be several."""
        if self.lexicon is None or len(typed) < SPELT or self.lexicon.find(typed) or typed in given_names() or is_known(typed, self._known):
            return ""
        likely = corrections(typed, self._known)
        return likely[0].word if len(likely) == 1 or (likely and likely[0].cost < likely[1].cost and likely[0].cost < 1) else ""

    def _rarity(self, key: tuple[str, ...]) -> float:
        return max(self.lexis.rarity(term) for term in key)

    def _alike(self, term: str) -> list[str]:
        """Words of the catalogue that begin with this one, or that this one begins with: skate and skateboard."""
        if len(term) < PREFIX:
            return []
        alike = [other for other in self.lexis.beginning(term) if len(other) - len(term) <= 6]
        return alike + [term[:n] for n in range(PREFIX, len(term)) if len(term) - n <= 5 and self.lexis.has(term[:n])]


SPELT = 6
"""Letters of the shortest word that is put right."""
HEARD = 0.3
"""What comes near from further off than this stands for nothing here: it costs time and moves nothing."""
IN_BODY = 0.45
"""What a word of the description counts, beside one of the title or the interests."""
