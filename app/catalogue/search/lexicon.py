"""The lexicon: what people type, and what it may be called in the catalogue. Plain data in lexicon.txt and plain_words.txt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from app.catalogue.search.analysis import phrase, stem, words

_HERE = Path(__file__).resolve().parent

SAME = 0.85
"""How much another word for the same thing counts, beside 1 for the word itself."""
NEAR = 0.4
NEED = 0.5
DISTANT = 0.3


class LexiconFault(ValueError):
    """A line of lexicon.txt cannot be read; the text names it."""


@dataclass(frozen=True)
class Concept:
    """One line of the lexicon. `same` and `near` are phrases of stems, `needs` codes like Emotional:anxiety that it is about,
    `helps` those it may help with. A soft concept (after school) counts but is not required."""

    name: str
    same: tuple[str, ...]
    near: tuple[str, ...]
    needs: tuple[str, ...]
    helps: tuple[str, ...] = ()
    is_soft: bool = False


@dataclass(frozen=True)
class Lexicon:
    """What is in force: the shipped lines, with those of the installation laid over them (`overlay`).

    Concepts by what may be typed: as written (`by_words`) and, failing that, by stems (`by_stems`)."""

    concepts: tuple[Concept, ...]
    by_words: Mapping[str, tuple[int, ...]]
    by_stems: Mapping[str, tuple[int, ...]]
    typed_only: frozenset[str]
    known_words: frozenset[str]
    needs_of: Mapping[str, tuple[str, ...]]
    longest: int

    @cached_property
    def by_length(self) -> dict[int, list[str]]:
        """Its words and the everyday ones, by length: what a misspelt word may have been."""
        buckets: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self.known_words | plain_words().all):
            if word.isalpha() and word.isascii():
                buckets[len(word)].append(word)
        return dict(buckets)

    @cached_property
    def in_order(self) -> list[str]:
        return sorted(self.known_words)

    def find(self, typed: str) -> tuple[Concept, ...]:
        """The concepts of a phrase as typed (folded, blanks between)."""
        parts = plainly(typed.split(" "))
        found = self.by_words.get(" ".join(parts)) or self.by_stems.get(" ".join(map(stem, parts)), ())
        return tuple(self.concepts[i] for i in found)

    def alternatives(self, typed: str, same: float = SAME) -> dict[str, float]:
        """Other phrases of stems to look for when `typed` was typed, each with its weight."""
        out: dict[str, float] = {}
        for concept in self.find(typed):
            weighed = [(p, same) for p in concept.same] + [(p, NEAR) for p in concept.near]
            weighed += [(need_token(code), NEED) for code in concept.needs]
            weighed += [(need_token(code), DISTANT) for code in concept.helps]
            weighed += [(need_token(code), DISTANT) for name in concept.near for code in self.needs_of.get(name, ())]
            for wanted, weight in weighed:
                out[wanted] = max(weight, out.get(wanted, 0.0))
        return out


_SAID_PLAINLY = {
    **dict.fromkeys(("him", "me", "us"), "them"),
    **dict.fromkeys(("he", "she", "i", "we", "you"), "they"),
    **dict.fromkeys(("himself", "herself", "myself", "themselves", "yourself", "hisself"), "themself"),
    **dict.fromkeys(("mom", "mummy", "mam", "mother"), "mum"), **dict.fromkeys(("daddy", "father"), "dad"),
    **dict.fromkeys(("gran", "granny", "grandma", "nanna", "nana", "grandmother"), "nan"),
    **dict.fromkeys(("grandpa", "grandfather"), "grandad"),
}
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
    """One concept as people write it, before stems: what lexicon.txt and the page of search words both hold."""

    name: str
    same: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()
    is_soft: bool = False


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
            lines.append(_read_line(name.strip(), rest))
    return tuple(lines), frozenset(typed_only)


def _read_line(name: str, rest: str) -> Line:
    meaning, _, help_text = rest.partition("~")
    meaning, _, need_text = meaning.partition("!")
    same_text, _, near_text = meaning.partition("|")
    return Line(
        name.removesuffix("?"), tuple(_listed(same_text)), tuple(_listed(near_text)), tuple(_listed(need_text)),
        tuple(_listed(help_text)), name.endswith("?"),
    )


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
    for line in lines:
        typed = [line.name, *line.same]
        same = tuple(dict.fromkeys(p for p in map(phrase, typed) if p and p not in typed_only))
        near = tuple(dict.fromkeys(p for p in map(phrase, line.near) if p and p not in same))
        for alias in typed:
            parts = words(alias)
            known.update(parts)
            plain = plainly(parts)
            for table, key in ((by_words, " ".join(plain)), (by_stems, " ".join(map(stem, plain)))):
                if len(concepts) not in table.setdefault(key, []):
                    table[key].append(len(concepts))
        concepts.append(Concept(line.name, same, near, line.needs, line.helps, line.is_soft))
    return Lexicon(
        tuple(concepts),
        {key: tuple(found) for key, found in by_words.items()},
        {key: tuple(found) for key, found in by_stems.items()},
        typed_only,
        frozenset(known),
        {phrase(concept.name): concept.needs for concept in concepts if concept.needs},
        max((len(key.split(" ")) for key in by_words), default=1),
    )


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


@dataclass(frozen=True)
class PlainWords:
    """Everyday words: `empty` say nothing in a search, `weak` little, and none of `all` is a misspelling."""

    empty: frozenset[str]
    weak: frozenset[str]
    all: frozenset[str]


@cache
def plain_words() -> PlainWords:
    kinds: dict[str, set[str]] = {"empty": set(), "weak": set(), "plain": set()}
    kind = "plain"
    for line in (_HERE / "plain_words.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        head, colon, rest = line.partition(":")
        if colon and head in kinds:
            kind, line = head, rest
        for word in line.split():
            kinds[kind].update(words(word))
    weak_stems = {stem(w) for w in kinds["weak"]}
    return PlainWords(
        frozenset(kinds["empty"]), frozenset(kinds["weak"] | weak_stems), frozenset().union(*kinds.values())
    )
