"""What was typed, without anything that says of whom: for the log of what was not found. Pure.

A word stays when search knows it (the lexicon, everyday English, the Zone's catalogue) and no child or relative there is called so.
An unknown word stays too, for that is what a log of misses is for, unless it looks like a name: a common given name, close to a
name of the Zone, beside a name, with a capital amid small letters, or with digits. Numbers, dates, e-mail addresses, telephone
numbers and references go; of a postcode only the district stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path

from rapidfuzz.distance import OSA

from app.catalogue.search.analysis import words
from app.catalogue.search.everyday import plain_words

GONE = "…"
_HERE = Path(__file__).resolve().parent
_EMAIL = re.compile(r"\S+@\S+")
_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_DATE = re.compile(r"\b\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4}\b")
_PHONE = re.compile(r"\+?\d[\d\s()\-]{5,}\d")
_POSTCODE = re.compile(r"\b([A-Za-z]{1,2}\d[A-Za-z\d]?)\s*\d[A-Za-z]{2}\b")
_REFERENCE = re.compile(r"\b[A-Za-z]-[A-Za-z0-9]{4}\b")
_LONG_CODE = re.compile(r"\b(?=\w*\d)\w{7,}\b")
_NEAR_NAME = 5
"""Letters a name must have for a slip in it to be looked for."""


@cache
def given_names() -> frozenset[str]:
    """Common given names of children in Britain, small letters."""
    lines = (_HERE / "given_names.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


def without_names(typed: str, names: Collection[str], is_known: Callable[[str], bool]) -> str:
    """`names` are words of names in the Zone, small letters; `is_known` says whether search knows a word."""
    text = typed
    for pattern in (_EMAIL, _LINK, _DATE, _LONG_CODE, _PHONE, _REFERENCE):
        text = pattern.sub(f" {GONE} ", text)
    text = _POSTCODE.sub(r"\1", text)
    tokens = text.split()
    capitals = _capitals_tell(tokens)
    out: list[str] = []
    for i, token in enumerate(tokens):
        after_name = bool(out) and out[-1] == GONE and tokens[i - 1] != GONE
        if token == GONE or _is_name(token, set(names), is_known, has_capital=capitals and i > 0, after_name=after_name):
            if not out or out[-1] != GONE:
                out.append(GONE)
        else:
            out.append(token)
    return " ".join(out)


def _capitals_tell(tokens: list[str]) -> bool:
    """A capital means something where others have none; a telephone sets the first by itself."""
    later = [token for token in tokens[1:] if token[:1].isalpha()]
    return any(token[0].islower() for token in later) or (len(later) == 1 and tokens[0][:1].islower())


def _is_name(token: str, names: set[str], is_known: Callable[[str], bool], *, has_capital: bool, after_name: bool) -> bool:
    parts = words(token)
    if not parts:
        return False
    empty = plain_words().empty
    if any(form in names and form not in empty for part in parts for form in _forms(part)):
        return True
    unknown = [part for part in parts if not is_known(part)]
    if not unknown:
        return after_name and len(token.strip(".,")) == 1 and token[:1].isupper()
    for part in unknown:
        if after_name or (has_capital and token[:1].isupper() and not token.isupper()):
            return True
        if any(form in given_names() for form in _forms(part)) or _is_close(part, names):
            return True
    return False


def _forms(word: str) -> tuple[str, ...]:
    """Amaras is Amara's."""
    return (word, word[:-1]) if word.endswith("s") and len(word) > 3 else (word,)


def _is_close(word: str, names: set[str]) -> bool:
    """A slip in a name of the Zone, or a name that something is written on to."""
    for name in names:
        if len(name) < _NEAR_NAME:
            continue
        if word.startswith(name) or (abs(len(word) - len(name)) <= 1 and OSA.distance(word, name, score_cutoff=1) <= 1):
            return True
    return False
