"""Several tables that belong together, made one: each row of the main one with what hangs on it in the others. Pure.

A cell that comes from several rows holds their values with SEVERAL between them, one for each row and also for blank ones, so that
a day and its times stay side by side. Rows without a partner are named.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from app.interchange.problems import Problem, shown
from app.interchange.sheets import SEVERAL, Sheet
from app.shared.view import plural

NAMED = 8
MOST_HANGING = 200
"""Rows of another table on one row of the main one; beyond it is no list of times but a wrong reference."""

_REFERENCE = re.compile(r"\b(id|ids|ref|refs|reference|key|code|number|no|urn|uid|uprn)\b")
_MAIN_NAME = re.compile(r"service|activit|provision|offer|programme|session|record|opportunit", re.IGNORECASE)
_SURE = 62


@dataclass(frozen=True)
class Link:
    """One other table: which column of the main one and which of its own must be the same. Blank: it does not belong."""

    sheet: str
    main_column: str
    column: str


@dataclass(frozen=True)
class Join:
    main: str
    links: tuple[Link, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {"main": self.main, "links": [[link.sheet, link.main_column, link.column] for link in self.links]}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Join:
        return cls(str(kept.get("main", "")), tuple(Link(*map(str, link)) for link in kept.get("links", [])))


def header_print(titles: Iterable[str]) -> str:
    """The same for the same columns in any order and any capitals."""
    told = "\x1f".join(sorted(" ".join(title.lower().split()) for title in titles))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def sheets_print(sheets: Sequence[Sheet]) -> str:
    """The fingerprint of what the files look like, whatever they are called."""
    prints = sorted(header_print(sheet.titles) for sheet in sheets)
    return prints[0] if len(prints) == 1 else hashlib.sha256("".join(prints).encode()).hexdigest()[:32]


def rename_by_print(sheets: Sequence[Sheet], names: Mapping[str, str]) -> None:
    """Last month's file had another name: give each table the name that it had in the mapping, known by its header."""
    wanted = {print_: name for name, print_ in names.items()}
    for sheet in sheets:
        sheet.name = wanted.get(header_print(sheet.titles), sheet.name)


def guess_join(sheets: Sequence[Sheet]) -> Join:
    """The main table is the one with the offerings; each other hangs on it by the columns that are most alike in name and values."""
    main = max(sheets, key=lambda sheet: (_main_score(sheet, sheets), len(sheet.rows)))
    links = [_guess_link(main, other) for other in sheets if other is not main]
    return Join(main.name, tuple(links))


def _main_score(sheet: Sheet, sheets: Sequence[Sheet]) -> int:
    titles = " | ".join(sheet.titles).lower()
    score = 4 if _MAIN_NAME.search(sheet.name) else 0
    score += sum(2 for word in ("title", "service name", "activity", "description", "age") if word in titles)
    others = [other for other in sheets if other is not sheet]
    return score + sum(1 for other in others if _guess_link(sheet, other).column)


def _guess_link(main: Sheet, other: Sheet) -> Link:
    best = (float(_SURE), "", "")
    for here in _references(main):
        for there in _references(other):
            alike = fuzz.token_sort_ratio(_full(here, main.name), _full(there, other.name))
            mine, theirs = _values(main, here), _values(other, there)
            if not mine or not theirs:
                continue
            shared = len(mine & theirs) / min(len(mine), len(theirs))
            is_key = len(mine) == len(main.rows) or len(theirs) == len(other.rows)
            score = (0.6 * alike + 40 * shared) if is_key and shared > 0 else 0.0
            if score > best[0]:
                best = (score, here, there)
    return Link(other.name, best[1], best[2])


def _references(sheet: Sheet) -> list[str]:
    found = [title for title in sheet.titles if _REFERENCE.search(_words(title))]
    return found[:12]


def _words(title: str) -> str:
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", title)
    return " ".join(re.findall(r"[a-z0-9]+", split.lower()))


def _full(title: str, sheet: str) -> str:
    """“ID” in the table “venues” is the “venue id”."""
    words = _words(title).replace("reference", "id").replace(" ref", " id").replace(" number", " id")
    if words in {"id", "ref", "key", "code", "number", "no", "uid"}:
        return f"{_words(sheet).rstrip('s')} id"
    return words


def _values(sheet: Sheet, title: str) -> set[str]:
    return {key for cell in sheet.column(title) if (key := _key(cell))}


def _key(cell: str) -> str:
    return cell.strip().casefold()


def join_sheets(sheets: Sequence[Sheet], join: Join) -> Sheet:
    """One table: the main one's columns, then the others' as “table: column”. Rows without a partner are in the notes."""
    by_name = {sheet.name: sheet for sheet in sheets}
    main = by_name.get(join.main, sheets[0])
    whole = Sheet(main.name, list(main.titles), [(row, list(cells)) for row, cells in main.rows], list(main.problems), list(main.notes))
    for link in join.links:
        other = by_name.get(link.sheet)
        if other is None or other is main:
            continue
        whole.notes += [f"{other.name}: {note}" for note in other.notes]
        whole.notes += [f"{other.name}, row {problem.row}: {problem.found}. It was left out." for problem in other.problems[:NAMED]]
        if link.main_column in main.titles and link.column in other.titles:
            _hang(whole, main, other, link)
        else:
            whole.notes.append(f"{other.name} was left out: no column says how it belongs to {main.name}.")
    return whole


def _hang(whole: Sheet, main: Sheet, other: Sheet, link: Link) -> None:
    """Not everything has times or a picture of its own; but who names a provider ought to find it."""
    at, there = main.at(link.main_column), other.at(link.column)
    hanging: dict[str, list[tuple[int, list[str]]]] = defaultdict(list)
    for row, cells in other.rows:
        hanging[_key(cells[there])].append((row, cells))
    blank = [""] * len(other.titles)
    met: set[str] = set()
    alone: list[str] = []
    for row, cells in whole.rows:
        key = _key(cells[at])
        found = [cells_ for _, cells_ in hanging.get(key, [])][:MOST_HANGING] if key else []
        if found:
            met.add(key)
        elif key:
            alone.append(f"row {row} ({shown(cells[at])})")
        cells += [_together(column) for column in zip(*found, strict=True)] if found else blank
    whole.titles += [f"{other.name}: {title}" for title in other.titles]
    lost = [f"row {row} ({shown(cells[there]) or 'blank'})" for key, rows in hanging.items() if key not in met for row, cells in rows]
    if lost:
        whole.notes.append(
            f"{other.name}: {plural(len(lost), 'row')} left out, because no row of {main.name} has that {link.main_column}: {_some(lost)}."
        )
    if alone and len(hanging) == len(other.rows):  # each of the other stands for one thing, so nobody should be without
        whole.notes.append(
            f"{main.name}: {plural(len(alone), 'row')} with a {link.main_column} that {other.name} does not have: {_some(alone)}."
        )


def _together(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else (SEVERAL.join(values) if any(values) else "")


def _some(items: Sequence[str]) -> str:
    return ", ".join(items[:NAMED]) + (f" and {len(items) - NAMED:,} more" if len(items) > NAMED else "")


def gather_rows(sheet: Sheet, key: str, parent: str) -> Sheet:
    """A table whose rows hang on earlier rows of itself: `parent` names the row they belong to by its `key`."""
    at, up = sheet.at(key), sheet.at(parent)
    by_key: dict[str, list[list[str]]] = {}
    whole = Sheet(sheet.name, list(sheet.titles), [], list(sheet.problems), list(sheet.notes))
    tops: list[tuple[int, str]] = []
    for row, cells in sheet.rows:
        if cells[up].strip():
            continue
        if (name := _key(cells[at])) in by_key:
            whole.problems.append(Problem(row, key, shown(cells[at]), f"each {key} once in a file"))
            continue
        tops.append((row, name))
        by_key[name] = [cells]
    lost = []
    for row, cells in sheet.rows:
        if reference := _key(cells[up]):
            if reference in by_key:
                by_key[reference].append(cells)
            else:
                lost.append(f"row {row} ({shown(cells[up])})")
    for row, name in tops:
        gathered = by_key[name][:MOST_HANGING]
        together = [_together(column) for column in zip(*gathered, strict=True)]
        together[at], together[up] = gathered[0][at], ""
        whole.rows.append((row, together))
    if lost:
        whole.notes.append(f"{plural(len(lost), 'row')} left out, because no row has the {key} that their {parent} names: {_some(lost)}.")
    return whole
