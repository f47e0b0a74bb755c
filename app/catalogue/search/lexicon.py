"""The lexicon: what people type, and what it may be called in the catalogue. Plain data in lexicon.txt."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from app.catalogue.search.analysis import phrase, stem, words
from app.catalogue.search.everyday import gist, plain_words, said_plainly
from app.catalogue.search.letters import Spelt

_HERE = Path(__file__).resolve().parent

SAME = 0.85
"""How much another word for the same thing counts, beside 1 for the word itself."""
ROOT = 0.95
"""Another form of the word itself: counselling for counsellor."""
SHORTEST_ROOT, LONGEST_ENDING = 4, 3
KIND = 0.8
"""A kind of what was asked for: ballet for dance."""
BROADER = 0.5
"""What it is a kind of: dance for ballet."""
SIBLING = 0.25
"""Another kind of the same: salsa for ballet."""
NEAR = 0.4
FAR = 0.2
"""The other words for something near, of which it takes the first few (single words: phrases cost more than they are worth so far off)."""
ALSO = 4
NEED = 0.5
DISTANT = 0.3


class LexiconFault(ValueError):
    """A line of lexicon.txt cannot be read; the text names it."""


@dataclass(frozen=True)
class Concept:
    """One line of the lexicon. `same` and `near` are phrases of stems, `kinds` the names of each kind of it, `needs` codes like
    Emotional:anxiety that it is about, `helps` those it may help with. A soft concept (after school) counts but is not required."""

    name: str
    same: tuple[str, ...]
    near: tuple[str, ...]
    needs: tuple[str, ...]
    helps: tuple[str, ...] = ()
    is_soft: bool = False
    kinds: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Lexicon:
    """What is in force: the shipped lines, with those of the installation laid over them (`overlay`).

    Concepts by what may be typed: as written (`by_words`) and, failing that, by stems (`by_stems`), a saying also with little words
    between its telling ones (`by_gist`). `typed_only` are phrases that no description is asked for."""

    concepts: tuple[Concept, ...]
    by_words: Mapping[str, tuple[int, ...]]
    by_stems: Mapping[str, tuple[int, ...]]
    by_gist: Mapping[str, tuple[int, ...]]
    typed_only: frozenset[str]
    known_words: frozenset[str]
    needs_of: Mapping[str, tuple[str, ...]]
    longest: int
    also: Mapping[str, tuple[str, ...]]

    @cached_property
    def by_length(self) -> dict[int, list[str]]:
        """Its words and the everyday ones, by length: what a misspelt word may have been."""
        buckets: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self.known_words | plain_words().all):
            if word.isalpha() and word.isascii():
                buckets[len(word)].append(word)
        return dict(buckets)

    @cached_property
    def spelt(self) -> Spelt:
        return Spelt(self.by_length)

    @cached_property
    def in_order(self) -> list[str]:
        return sorted(self.known_words)

    def starting_with(self, prefix: str, most: int) -> list[str]:
        """The first of its words that begin so."""
        first = bisect_left(self.in_order, prefix)
        return [word for word in self.in_order[first : first + most] if word.startswith(prefix)]

    def find(self, typed: str) -> tuple[Concept, ...]:
        """The concepts of a phrase as typed (folded, blanks between). An everyday word is meant as it is written only: who jumps was
        not jumped; but one of many is meant as they are (a bike)."""
        if " " not in typed:
            word = typed if typed in FILLERS else _SAID_PLAINLY.get(typed, typed)
            found = self.by_words.get(word, ())
            if not found and typed not in plain_words().all:
                found = self.by_stems.get(stem(word), ())
            elif not found and typed not in _NOT_ONE_OF_MANY:
                found = self.by_words.get(typed[:-1] if typed.endswith("s") else f"{typed}s", ())
            return tuple([self.concepts[i] for i in found])
        parts = plainly(typed.split(" "))
        found = self.by_words.get(" ".join(parts), ())
        if not found:
            found = self.by_stems.get(" ".join(map(stem, parts))) or self.by_gist.get(gist(parts), ())
        return tuple(self.concepts[i] for i in found)

    def alternatives(self, typed: str, same: float = SAME) -> dict[str, float]:
        """Other phrases of stems to look for when `typed` was typed, each with its weight."""
        out: dict[str, float] = {}
        own = phrase(typed)
        beginning = own[:SHORTEST_ROOT]
        for concept in self.find(typed):
            kind = next((kind for kind in concept.kinds if own in kind), None) if own not in concept.same else None
            pairs = self._whole(concept) if kind is None and same == SAME else self._weighed(concept, kind, same)
            for wanted, weight in pairs:
                if weight == same and weight < ROOT and wanted.startswith(beginning) and _is_of_one_root(own, wanted):
                    weight = ROOT
                if weight > out.get(wanted, 0.0):
                    out[wanted] = weight
        return out

    def _whole(self, concept: Concept) -> Sequence[tuple[str, float]]:
        """`_weighed` for who typed the concept itself, of all concepts at once."""
        return self._wholes[id(concept)]

    @cached_property
    def _wholes(self) -> dict[int, Sequence[tuple[str, float]]]:
        return {id(concept): tuple(self._weighed(concept, None, SAME)) for concept in self.concepts}

    def neighbours(self, typed: str, first: float, others: float) -> Iterator[tuple[str, float]]:
        """What comes near the concepts of `typed`, with all it may be called: the first named of each most."""
        for concept in self.find(typed):
            for place, name in enumerate(concept.near):
                share = others if place else first
                yield name, share
                yield from ((wanted, share * weight) for wanted, weight in self.alternatives(name).items() if weight >= KIND)

    def _weighed(self, concept: Concept, kind: tuple[str, ...] | None, same: float) -> Iterator[tuple[str, float]]:
        """Everything of one concept with its weight, for who typed the concept itself or one `kind` of it."""
        is_kind = kind is not None
        yield from ((wanted, BROADER if is_kind else same) for wanted in concept.same)
        for one in concept.kinds:
            yield from ((wanted, same if one is kind else SIBLING if is_kind else KIND) for wanted in one)
        yield from ((wanted, SIBLING if is_kind else NEAR) for wanted in concept.near)
        if not is_kind:
            yield from ((wanted, FAR) for name in concept.near for wanted in self.also.get(name, ()))
        yield from ((need_token(code), NEED) for code in concept.needs)
        yield from ((need_token(code), DISTANT) for code in concept.helps)
        if not is_kind:
            yield from ((need_token(code), DISTANT) for name in concept.near for code in self.needs_of.get(name, ()))


def _is_of_one_root(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return " " not in one + other and len(short) >= SHORTEST_ROOT and len(long) - len(short) <= LONGEST_ENDING and long.startswith(short)


_SAID_PLAINLY = {
    **dict.fromkeys(("him", "me", "us"), "them"),
    **dict.fromkeys(("he", "she", "i", "we", "you"), "they"),
    **dict.fromkeys(("himself", "herself", "myself", "themselves", "yourself", "hisself"), "themself"),
    **dict.fromkeys(("mom", "mummy", "mam", "mother"), "mum"), **dict.fromkeys(("daddy", "father"), "dad"),
    **dict.fromkeys(("gran", "granny", "grandma", "nanna", "nana", "grandmother"), "nan"),
    **dict.fromkeys(("grandpa", "grandfather"), "grandad"),
}
SOMEONE = (
    "mum", "dad", "nan", "grandad", "brother", "sister", "uncle", "auntie", "aunt", "cousin", "parent", "parents", "grandparent", "friend",
    "best friend", "stepdad", "stepmum", "baby brother", "baby sister", "little brother", "little sister",
)
"""Who is meant by SOMEONE in lexicon.txt."""
_NOT_ONE_OF_MANY = frozenset(
    "dad dads end ends key glass spot period sign root parents talks minds date dates train model number beat beats deck stage good "
    "kind custom note notes art tap box pad cap kick boot mate move moves change changes "
    "bill breaks camp crowd discuss dream electric end feeling generation god junior lie minds pair pot present reads routines shout stable tune "
    "swear talks trial upsets writes younger smell indoor friend sum".split()
)
"""Everyday words that mean something else than their plurals, or their singulars, do here."""
FILLERS = frozenset(
    "a an the is are was were be been being am has have had really so very too just quite bit always often keeps keep all "
    "his her hers my our their your".split()
)


def plainly(typed: Sequence[str]) -> list[str]:
    """Words as the lexicon compares them: whose mum it is does not matter, nor how very often. Fillers go, unless all are."""
    kept = [_SAID_PLAINLY.get(word, word) for word in typed if word not in FILLERS]
    return kept or list(typed)


def need_token(code: str) -> str:
    """The one word that stands for a need in the index: Emotional:anxiety is needanxiety."""
    return "need" + code.partition(":")[2].replace("-", "")


@dataclass(frozen=True)
class Line:
    """One concept as people write it, before stems: what lexicon.txt and the page of search words both hold. `typed` is only ever
    typed; each of `kinds` may have several names with an equals sign between."""

    name: str
    same: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()
    is_soft: bool = False
    kinds: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()


@cache
def shipped_lines() -> tuple[tuple[Line, ...], frozenset[str]]:
    """The concepts of lexicon.txt in its order, and the phrases that are only ever typed. Raises LexiconFault."""
    typed_only: set[str] = set()
    lines: list[Line] = []
    for number, line in enumerate((_HERE / "lexicon.txt").read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, colon, rest = text.partition(":")
        if not colon:
            raise LexiconFault(f"lexicon.txt line {number} has no colon: {text[:60]}")
        if name == "typed only":
            typed_only |= {phrase(word) for word in _listed(rest)}
        else:
            lines.append(read_line(text))
    return tuple(lines), frozenset(typed_only)


def read_line(text: str) -> Line:
    """“name: same > kinds | near ! needs ~ helps”."""
    name, _, rest = text.partition(":")
    name = name.strip()
    meaning, _, help_text = rest.partition("~")
    meaning, _, need_text = meaning.partition("!")
    meaning, _, near_text = meaning.partition("|")
    same_text, _, kind_text = meaning.partition(">")
    said = _listed(same_text)
    return Line(
        name.removesuffix("?"), tuple(p for p in said if not _is_bracketed(p)), tuple(_listed(near_text)), tuple(_listed(need_text)),
        tuple(_listed(help_text)), name.endswith("?"), tuple(_listed(kind_text)), tuple(p[1:-1] for p in said if _is_bracketed(p)),
    )


def _is_bracketed(text: str) -> bool:
    return text.startswith("(") and text.endswith(")")


def _spelled_out(text: str) -> list[str]:
    """“SOMEONE died” for everyone it may be said of."""
    return [text.replace("SOMEONE", who) for who in SOMEONE] if "SOMEONE" in text else [text]


@cache
def lexicon() -> Lexicon:
    """The shipped one, read once. Raises LexiconFault."""
    return build(*shipped_lines())


def build(lines: Iterable[Line], typed_only: frozenset[str]) -> Lexicon:
    """Lines made ready to look things up in. Pure."""
    concepts: list[Concept] = []
    by_words: dict[str, list[int]] = {}
    by_stems: dict[str, list[int]] = {}
    known: set[str] = set()
    only: set[str] = set()

    def note(alias: str) -> None:
        parts = words(alias)
        known.update(parts)
        plain = plainly(parts)
        for table, key in ((by_words, " ".join(plain)), (by_stems, " ".join(map(stem, plain)))):
            if len(concepts) not in table.setdefault(key, []):
                table[key].append(len(concepts))

    for line in lines:
        kinds = [[name.strip() for name in kind.split("=")] for kind in line.kinds]
        typed = [text for alias in line.typed for text in _spelled_out(alias)]
        for alias in (line.name, *line.same, *typed, *(name for kind in kinds for name in kind)):
            note(alias)
        only.update(map(phrase, typed))
        same = _searched((line.name, *line.same), typed_only)
        of_kinds = tuple(tuple(p for p in _searched(kind, typed_only) if p not in same) for kind in kinds)
        near = tuple(p for p in _searched(line.near, frozenset()) if p not in same)
        concepts.append(Concept(line.name, same, near, line.needs, line.helps, line.is_soft, tuple(filter(None, of_kinds))))
    searched = {p for concept in concepts for p in (*concept.same, *(name for kind in concept.kinds for name in kind))}
    return Lexicon(
        tuple(concepts),
        {key: tuple(found) for key, found in by_words.items()},
        {key: tuple(found) for key, found in by_stems.items()},
        _gists(by_words),
        typed_only | frozenset(only - searched),
        frozenset(known) | _SAID_PLAINLY.keys(),
        {phrase(concept.name): concept.needs for concept in concepts if concept.needs},
        max((len(key.split(" ")) for key in by_words), default=1),
        {phrase(concept.name): tuple(p for p in concept.same[1:] if " " not in p)[:ALSO] for concept in concepts},
    )


def _gists(by_words: Mapping[str, Sequence[int]]) -> dict[str, tuple[int, ...]]:
    """Not two words of which one means something else by itself: “speaks polish” must not swallow Polish."""
    everyday = plain_words().all
    found: dict[str, list[int]] = defaultdict(list)
    for key, numbers in by_words.items():
        parts = key.split(" ")
        others = [by_words[word] for word in parts if word in by_words and word not in everyday]
        said = gist(said_plainly(parts))
        if said.count(" ") > 1 or all(set(other) & set(numbers) for other in others):
            found[said] += (number for number in numbers if number not in found[said])
    found.pop("", None)
    return {key: tuple(numbers) for key, numbers in found.items()}


def _searched(texts: Iterable[str], typed_only: frozenset[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(p for p in map(phrase, texts) if p and p not in typed_only))


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
