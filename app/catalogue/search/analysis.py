"""Text to words to stems, the same for what is written in the catalogue and for what is typed. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_POSSESSIVE = re.compile(r"(?<=\w)['’`]s\b")
_APOSTROPHE = re.compile(r"(?<=\w)['’`](?=\w)|(?<=\w)['’`](?!\w)")
_ONE_TO_ONE = re.compile(r"\b(?:1\s*(?::|-|–|to|-to-|2|-2-)\s*1|121|one(?:\s|-)(?:to|on|2)(?:\s|-)one|1 on 1)\b")
_REWRITTEN = (  # what must be in the text before the pattern is worth trying, the pattern, what it becomes
    (("1", "one"), _ONE_TO_ONE, " onetoone "),
    (("martial",), re.compile(r"\bmartial arts?\b"), "martialart"),
    (("not",), re.compile(r"\bcan ?not\b"), "cant"), (("not",), re.compile(r"\bwill not\b"), "wont"),
    (("not",), re.compile(r"\bdo not\b"), "dont"), (("not",), re.compile(r"\bdoes not\b"), "doesnt"),
    (("not",), re.compile(r"\bis not\b"), "isnt"), (("not",), re.compile(r"\bdid not\b"), "didnt"),
)
_APART = {
    **dict.fromkeys(("animation", "animations", "animate", "animated", "animator"), "animat"),
    **dict.fromkeys(("university", "universities"), "universiti"),
    **dict.fromkeys(("boxing", "boxer", "boxers"), "boxing"),
    **dict.fromkeys(("engineer", "engineers", "engineering"), "engineer"),
    **dict.fromkeys(("mindful", "mindfulness"), "mindful"),
    **{word: word.removesuffix("s") for word in ("outing", "outings", "evening", "evenings", "experiment", "experiments", "gamer", "gamers")},
    **{word: word for word in (
        "ealing", "training", "paste", "uni", "arsenal", "sats", "anime", "gaming", "housing", "hospitality", "business", "gifted",
        "making", "improv", "physics", "typing", "extremism", "extremist", "friendly", "poorly",
    )},
    **{f"{word}{s}": word for s in ("", "s") for word in (
        "maker", "director", "reporter", "developer", "traveller", "explorer", "influencer", "politic", "politician",
    )},
}
"""Words that Snowball would take for another: animal, universe, boxes, engine, mind, out, even, experience, games, EAL, trains, past,
sat, house, hospital, busy, gift, make, improve, physical, type, extreme, friend, poor, make, direct, report, develop, travel, explore, influence, polite."""
_MARKS = re.compile(r"['’`&]")
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})
_MEMORY = 60_000

_stemmer = Stemmer.Stemmer("english")


def fold(text: str) -> str:
    """Small letters, no accents, no apostrophes; "&" is "and"; one-to-one is one word, however written, and so is cannot."""
    text = text.lower()
    if not text.isascii():
        text = text.translate(_LETTERS)
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    if _MARKS.search(text):
        text = _POSSESSIVE.sub("", text)
        text = _APOSTROPHE.sub("", text).replace("&", " and ")
    for needed, pattern, written in _REWRITTEN:
        for part in needed:
            if part in text:
                text = pattern.sub(written, text)
                break
    return text


def words(text: str) -> list[str]:
    """The words in order. "drop-in" gives drop, in; see `joined` for the word without its hyphen."""
    return _split(fold(text))[0]


def joined(text: str) -> list[str]:
    """Hyphenated words written as one: "self-esteem" gives selfesteem."""
    return _split(fold(text))[1]


def _split(folded: str) -> tuple[list[str], list[str]]:
    found = _WORD.findall(folded)
    if "-" not in folded:
        return found, []
    together = [w.replace("-", "") for w in found if "-" in w]
    return [part for w in found for part in w.split("-")], [w for w in together if w.isalpha()]


def spoken(texts: Iterable[str]) -> list[str]:
    """All words of several texts, hyphenated ones also as one, for the index."""
    out: list[str] = []
    for text in texts:
        parts, together = _split(fold(text))
        out += parts
        out += together
    return out


@lru_cache(_MEMORY)
def stem(word: str) -> str:
    """Snowball English; words with digits stay as they are."""
    if word in _APART:
        return _APART[word]
    if not word.isalpha() or not word.isascii():
        return word
    stemmed: str = _stemmer.stemWord(word)
    return stemmed


def stems(text: str) -> list[str]:
    return [stem(word) for word in words(text)]


def phrase(text: str) -> str:
    """The stems with blanks between, as the columns of OfferingText hold them."""
    return " ".join(stems(text))


def holds(column: str, wanted: str) -> int:
    """How often the stems `wanted` (one, or a phrase) stand in a column of stems."""
    if " " not in wanted:
        return column.split(" ").count(wanted)
    return f" {column} ".count(f" {wanted} ")


def distinct(found: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(found))
