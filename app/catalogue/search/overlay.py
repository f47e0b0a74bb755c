"""What an installation has changed in the lexicon, laid over the shipped lines. Additions and omissions are kept, not copies: when
the shipped line gets better, an installation that changed one word of it gets the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import sqlalchemy as sa

from app.catalogue.models.words import LexiconConcept
from app.catalogue.search.analysis import words
from app.catalogue.search.lexicon import Lexicon, Line, build, lexicon, shipped_lines
from app.shared.db import db


@dataclass(frozen=True)
class Laid:
    """One concept as the installation changed it. `without` are phrases of the shipped line that it does not want."""

    name: str
    same: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    is_on: bool = True


def key_of(name: str) -> str:
    """Two names that differ only in capitals, accents, hyphens or blanks are one concept."""
    return " ".join(words(name))


def laid_over(lines: Sequence[Line], changes: Iterable[Laid]) -> list[Line]:
    """The lines in force. Pure. A shipped name takes what is added to it (in each of its lines, where it has several); a new one
    is a line of its own; one that is switched off is gone."""
    by_name = {key_of(change.name): change for change in changes}
    out: list[Line] = []
    known = set[str]()
    for line in lines:
        change = by_name.get(key_of(line.name))
        known.add(key_of(line.name))
        if change is None:
            out.append(line)
        elif change.is_on:
            out.append(merged(line, change))
    out += [Line(c.name, c.same, c.near, c.needs) for name, c in by_name.items() if name not in known and c.is_on]
    return out


def merged(line: Line, change: Laid) -> Line:
    unwanted = {key_of(phrase) for phrase in change.without}

    def together(shipped: tuple[str, ...], added: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*(p for p in shipped if key_of(p) not in unwanted), *added)))

    return replace(
        line, same=together(line.same, change.same), near=together(line.near, change.near), needs=together(line.needs, change.needs),
        kinds=together(line.kinds, ()), typed=together(line.typed, ()),
    )


def as_laid(row: LexiconConcept) -> Laid:
    return Laid(row.name, tuple(row.same), tuple(row.near), tuple(row.needs), tuple(row.without), row.is_on)


def with_changes(changes: Iterable[Laid]) -> Lexicon:
    """The lexicon as it would be. Pure."""
    lines, typed_only = shipped_lines()
    return build(laid_over(lines, changes), typed_only)


_kept: tuple[int, Lexicon] | None = None
_lock = Lock()


def lexicon_in_force(mark: int) -> Lexicon:
    """The one that belongs to that sum of stamps (LexiconChange); read from the database when this process has another."""
    global _kept
    if mark == 0:
        return lexicon()
    with _lock:
        if _kept is not None and _kept[0] == mark:
            return _kept[1]
    rows: Sequence[Any] = db.session.scalars(sa.select(LexiconConcept).order_by(LexiconConcept.name)).all()
    made = with_changes(map(as_laid, rows))
    with _lock:
        _kept = (mark, made)
    return made
