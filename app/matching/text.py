"""The words of a child's profile against the words of offerings. Pure.

Stems and lexicon are the catalogue's (search.analysis, search.lexicon). What a child says no to ("I don't like it when everyone
watches") is kept apart from what the child says yes to.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from app.catalogue.search.analysis import stem, words
from app.catalogue.search.lexicon import Lexicon

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
    best bit big small long old like mum dad nan big able better back friend friends friendly together real only everyone people nobody none somebody""".split()
)
"""Words that carry nothing here; "children", "club" and the like stand in nearly every offering."""

_SENTENCE = re.compile(r"[.;!?\n]+|,?\s+(?:but|although|except|unless)\s+", re.IGNORECASE)
_NO = re.compile(
    r"\b(?:don['’]?t|do not|doesn['’]?t|does not|didn['’]?t|won['’]?t|never|hates?|hated|can['’]?t stand|not (?:into|keen|fond|a fan|interested)"
    r"|scared of|afraid of|frightened of|dislikes?|rubbish|boring|bored (?:of|by)|fed up (?:of|with)|put off by|no more|sick of|worried about"
    r"|too (?:loud|noisy|many|much|busy|bright|crowded|far)|refus\w+|wouldn['’]?t|rather not|avoid\w*)\b",
    re.IGNORECASE,
)
_NOT_A_NO = re.compile(r"\b(?:don['’]?t mind|can['’]?t wait|never bored|don['’]?t want to stop|not scared|don['’]?t (?:ever )?(?:want|like) to (?:stop|leave)|wish (?:i|we) didn['’]?t)\b", re.IGNORECASE)


def clauses(text: str) -> tuple[list[str], list[str]]:
    """What somebody said, cut into clauses: those that say yes, and those that say no."""
    yes: list[str] = []
    no: list[str] = []
    for part in _SENTENCE.split(text):
        part = part.strip(" ,–-\t")
        if part:
            (no if _NO.search(part) and not _NOT_A_NO.search(part) else yes).append(part)
    return yes, no


def terms(text: str) -> list[str]:
    """The telling stems of a text, in order."""
    return [stem(word) for word in words(text) if word not in _EMPTY and (len(word) > 2 or word.isdigit())]


FIELDS = {"title": 3.0, "tags": 4.0, "needs": 1.0, "body": 1.0}
K1, B = 1.3, 0.6
PREFIX = 4  # letters in common that make two words kin
KIN = 0.55  # what a word that begins alike counts, beside 1 for the word itself
UNKNOWN = 0.25  # what a word weighs that no offering has, nor any word like it
LOUDEST = 3  # a phrase is measured by its most telling words, so that a long sentence is not weaker than a short one


@dataclass
class Index:
    """The words of a Zone's offerings: per term, which offerings hold it and how telling it is there (BM25 over weighted fields)."""

    impacts: dict[str, dict[int, float]] = field(default_factory=dict)
    head: list[frozenset[str]] = field(default_factory=list)
    idf: dict[str, float] = field(default_factory=dict)
    vocabulary: list[str] = field(default_factory=list)
    size: int = 0

    def rarity(self, term: str) -> float:
        """How much a term tells; one that no offering has tells as much as the rarest."""
        return self.idf.get(term, self._rarest)

    @property
    def _rarest(self) -> float:
        return math.log(1 + (self.size + 0.5) / 1.5) if self.size else 1.0


def build(offerings: Sequence[Mapping[str, str]]) -> Index:
    """`offerings` each have the texts named in FIELDS."""
    index = Index(size=len(offerings))
    counted: list[dict[str, float]] = []
    found: Counter[str] = Counter()
    for offering in offerings:
        weights: dict[str, float] = {}
        for name, weight in FIELDS.items():
            for term in terms(offering.get(name, "")):
                weights[term] = weights.get(term, 0.0) + weight
        counted.append(weights)
        found.update(weights.keys())
        index.head.append(frozenset(terms(f"{offering.get('title', '')} {offering.get('tags', '')}")))
    average = sum(sum(weights.values()) for weights in counted) / max(1, len(counted)) or 1.0
    index.idf = {term: math.log(1 + (index.size - df + 0.5) / (df + 0.5)) for term, df in found.items()}
    for position, weights in enumerate(counted):
        length = sum(weights.values())
        for term, weight in weights.items():
            normal = weight / (1 - B + B * length / average)
            index.impacts.setdefault(term, {})[position] = index.idf[term] * normal / (K1 + normal)
    index.vocabulary = sorted(found)
    return index


Alternatives = Mapping[tuple[str, ...], float]


@dataclass(frozen=True)
class Unit:
    """A word of a phrase, or several that mean one thing ("pump track"): what stands for it in the catalogue, and how well (1 is
    the word itself). Several stems in one key must all be there."""

    terms: tuple[str, ...]
    weight: float
    stands_for: Alternatives


@dataclass(frozen=True)
class Phrase:
    """Something the child said or that was said of the child. `where` is a key of scoring.SAID or READ; `rank` counts from 0."""

    text: str
    where: str
    rank: int
    units: tuple[Unit, ...]

    @cached_property
    def terms(self) -> frozenset[str]:
        return frozenset(term for unit in self.units for term in unit.terms)

    @cached_property
    def measure(self) -> float:
        return sum(sorted((unit.weight for unit in self.units), reverse=True)[:LOUDEST])


class Reader:
    """Turns texts into phrases that know what stands for their words in one index."""

    def __init__(self, index: Index, lexicon: Lexicon | None = None) -> None:
        self.index = index
        self.lexicon = lexicon
        self._units: dict[str, Unit] = {}

    def phrase(self, text: str, where: str, rank: int) -> Phrase | None:
        """None where nothing telling is said."""
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
        return Phrase(text, where, rank, tuple(units.values())) if units else None

    def _longest_known(self, spoken: Sequence[str], at: int) -> int:
        """How many words from `at` on are one entry of the lexicon; 1 where none is."""
        if self.lexicon is not None:
            for length in range(min(self.lexicon.longest, len(spoken) - at), 1, -1):
                if self.lexicon.find(" ".join(spoken[at : at + length])):
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
        if self.lexicon is not None:
            for other, weight in self.lexicon.alternatives(typed).items():
                stems = tuple(other.split(" "))
                if all(term in self.index.impacts for term in stems):
                    stands[stems] = weight
        if len(own) == 1:
            for other in self._alike(own[0]):
                stands[(other,)] = max(KIN, stands.get((other,), 0.0))
        if all(term in self.index.impacts for term in own):
            stands[own] = 1.0
        weight = max((self._rarity(key) * value for key, value in stands.items()), default=self.index.rarity("") * UNKNOWN)
        return Unit(own, weight, stands)

    def _rarity(self, key: tuple[str, ...]) -> float:
        return max(self.index.rarity(term) for term in key)

    def _alike(self, term: str) -> list[str]:
        """Words of the catalogue that begin with this one, or that this one begins with: skate and skateboard."""
        if len(term) < PREFIX:
            return []
        vocabulary = self.index.vocabulary
        alike = []
        at = bisect_left(vocabulary, term)
        while at < len(vocabulary) and vocabulary[at].startswith(term):
            if len(vocabulary[at]) - len(term) <= 6:
                alike.append(vocabulary[at])
            at += 1
        alike += [term[:n] for n in range(PREFIX, len(term)) if len(term) - n <= 5 and term[:n] in self.index.impacts]
        return [other for other in alike if other != term]


def likeness(phrase: Phrase, index: Index, position: int) -> float:
    """How far an offering's title and interests hold this phrase, 0 to 1; its description counts for less than half."""
    head = index.head[position]
    wanted = 0.0
    for unit in phrase.units:
        best = 0.0
        for key, strength in unit.stands_for.items():
            if strength <= best:
                continue
            if all(term in head for term in key):
                best = strength
            elif strength * IN_BODY > best and all(position in index.impacts[term] for term in key):
                best = strength * IN_BODY
        wanted += unit.weight * best
    return min(1.0, wanted / phrase.measure) if phrase.measure else 0.0


IN_BODY = 0.45


def relevance(phrases: Iterable[tuple[Phrase, float]], index: Index) -> dict[int, float]:
    """BM25 of weighted phrases against every offering that holds any of their words."""
    weights: dict[tuple[str, ...], float] = {}
    for phrase, weight in phrases:
        for unit in phrase.units:
            for key, strength in unit.stands_for.items():
                weights[key] = max(weights.get(key, 0.0), weight * strength)
    scores: dict[int, float] = {}
    for key in sorted(weights):
        first, *others = key
        for position, impact in index.impacts[first].items():
            held = [index.impacts[term].get(position) for term in others]
            if None in held:
                continue
            total = (impact + sum(h for h in held if h is not None)) / len(key)
            scores[position] = scores.get(position, 0.0) + weights[key] * total
    return scores
