"""Files that extend the lexicon, read into entries: OpenActive's activity list (JSON-LD) and a CSV of concept,alias. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from flask_babel import gettext as _

from app.catalogue.search.analysis import words
from app.catalogue.search.everyday import plain_words
from app.shared.errors import Invalid

Format = Literal["openactive", "csv"]
MOST_BYTES = 4_000_000
MOST_ROWS = 20_000
LONGEST = 60


@dataclass(frozen=True)
class Entry:
    """One concept of a file: what it is called, other words for it, words near it. `row` as a person counts."""

    row: int
    name: str
    same: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    row: int
    column: str
    found: str
    allowed: str


@dataclass
class WordsFile:
    """`rows` that were looked at, what they say, and what is wrong with which."""

    rows: int = 0
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def fault(self, row: int, column: str, found: object, allowed: str) -> None:
        self.problems.append(Problem(row, column, " ".join(str(found).split())[:80], allowed))


def fault_of(phrase: str) -> str:
    """Why people's search cannot use this as another word for something; nothing when it can."""
    found = words(phrase)
    if not found or not any(c.isalnum() for c in phrase):
        return _("must have a letter or a digit")
    if len(phrase) > LONGEST:
        return _("must have %(longest)s characters at most", longest=LONGEST)
    if len("".join(found)) < 2:
        return _("must have two letters at least")
    if all(word in plain_words().empty for word in found):
        return _("says nothing by itself in a search")
    return ""


def read(content: bytes, form: Format) -> WordsFile:
    """Raises Invalid when the file as a whole cannot be used."""
    if len(content) > MOST_BYTES:
        raise Invalid(_("That file is too big: at most %(most_bytes)s MB.", most_bytes=MOST_BYTES // 1000000), field="file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(_("That file is not UTF-8 text. Save it as UTF-8 and bring it again."), field="file") from error
    return _read_openactive(text) if form == "openactive" else _read_csv(text)


# --- concept,alias ----------------------------------------------------------------------------------


def _read_csv(text: str) -> WordsFile:
    out = WordsFile()
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip().casefold() for cell in next(reader, [])]
        if header.count("concept") != 1 or header.count("alias") != 1:
            raise Invalid(_("The first row must name the columns concept and alias, each once."), field="file")
        concept_at, alias_at = header.index("concept"), header.index("alias")
        for number, cells in enumerate(reader, 2):
            if not any(cell.strip() for cell in cells):
                continue
            out.rows += 1
            if out.rows > MOST_ROWS:
                raise Invalid(_("At most %(most_rows)s rows, please.", most_rows=f"{MOST_ROWS:,}"), field="file")
            padded = [*cells, *[""] * len(header)]
            _take_pair(out, number, _tidy(padded[concept_at]), _tidy(padded[alias_at]))
    except csv.Error as error:
        raise Invalid(_("That is not a CSV file: %(error)s.", error=error), field="file") from error
    return out


def _take_pair(out: WordsFile, row: int, concept: str, alias: str) -> None:
    faults = [(column, value, fault_of(value)) for column, value in (("concept", concept), ("alias", alias))]
    wrong = [one for one in faults if one[2]]
    for column, value, why in wrong:
        out.fault(row, column, value, why)
    if not wrong:
        out.entries.append(Entry(row, concept, (alias,)))


def _tidy(text: str) -> str:
    text = " ".join(text.split())
    return text[1:].strip() if text[:2] in ("'=", "'+", "'-", "'@") else text


# --- OpenActive -------------------------------------------------------------------------------------


def _read_openactive(text: str) -> WordsFile:
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise Invalid(_("That is not JSON: %(error)s.", error=error), field="file") from error
    concepts = raw.get("concept", raw.get("@graph")) if isinstance(raw, dict) else raw
    if not isinstance(concepts, list) or not concepts:
        raise Invalid(_("There are no concepts in that file: OpenActive’s list has them under “concept”."), field="file")
    if len(concepts) > MOST_ROWS:
        raise Invalid(_("At most %(most_rows)s concepts, please.", most_rows=f"{MOST_ROWS:,}"), field="file")
    out = WordsFile(rows=len(concepts))
    known: dict[str, tuple[int, str, tuple[str, ...], Mapping[str, Any]]] = {}
    for row, one in enumerate(concepts, 1):
        _take_concept(out, row, one, known)
    near = _neighbours(out, known)
    for id_, (row, name, same, _one) in known.items():
        out.entries.append(Entry(row, name, same, tuple(known[other][1] for other in near[id_])))
    return out


def _take_concept(out: WordsFile, row: int, one: Any, known: dict[str, Any]) -> None:
    if not isinstance(one, dict):
        out.fault(row, "concept", one, _("must be an object"))
        return
    id_ = one.get("id") or one.get("@id")
    labels = [_tidy(label) for label in _texts(one.get("prefLabel"))]
    if not isinstance(id_, str) or not id_:
        out.fault(row, "id", id_ or "", _("each concept has one"))
    elif id_ in known:
        out.fault(row, "id", id_, _("stands in concept %(known)s already", known=known[id_][0]))
    elif not labels:
        out.fault(row, "prefLabel", "", _("each concept has one"))
    elif fault_of(labels[0]):
        out.fault(row, "prefLabel", labels[0], fault_of(labels[0]))
    else:
        others = []
        for label in map(_tidy, _texts(one.get("altLabel"))):
            if fault_of(label):
                out.fault(row, "altLabel", label, fault_of(label))
            else:
                others.append(label)
        known[id_] = (row, labels[0], tuple(others), one)


def _neighbours(out: WordsFile, known: Mapping[str, Any]) -> dict[str, list[str]]:
    """What stands above, below and beside each concept, whichever of the two says so; in the order of the file."""
    near: dict[str, dict[str, None]] = {id_: {} for id_ in known}
    for id_, (row, _name, _same, one) in known.items():
        for column in ("broader", "narrower", "related"):
            for other in _ids(one.get(column)):
                if other == id_:
                    continue
                if other not in known:
                    out.fault(row, column, other, _("is not in the file; left out"))
                    continue
                near[id_][other] = None
                near[other][id_] = None
    return {id_: list(others) for id_, others in near.items()}


def _texts(value: Any) -> list[str]:
    """A text, {"@value": text}, {"en": text}, or a list of those."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, dict):
        chosen = value.get("@value", value.get("en"))
        return [chosen] if isinstance(chosen, str) else []
    return []


def _ids(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [id_ for item in value for id_ in _ids(item)]
    if isinstance(value, dict):
        return _ids(value.get("id") or value.get("@id"))
    return []
