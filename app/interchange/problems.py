"""What reading a file gives: rows that are right, problems by row and column, notes about the whole file."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from app.shared.errors import DomainError

T = TypeVar("T")
WHOLE_ROW = "the whole row"
SHOWN = 60
"""How much of a wrong cell is shown."""


class Unusable(DomainError):
    """The whole file cannot be read: nothing of it is taken."""

    code = "unusable_file"
    status = 422

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="file")


class Wrong(ValueError):
    """One cell is wrong: what is allowed, and the part of it that was wrong where that is not the whole."""

    def __init__(self, allowed: str, found: str | None = None) -> None:
        super().__init__(allowed)
        self.allowed = allowed
        self.found = found


@dataclass(frozen=True)
class Problem:
    """One thing wrong. `row` is counted as a person counts: in a CSV file the header is row 1, in a list the first is 1."""

    row: int
    column: str
    found: str
    allowed: str

    @property
    def sentence(self) -> str:
        what = f"found {self.found}" if self.found else "found nothing"
        return f"Row {self.row}, {self.column}: {what}; allowed: {self.allowed}."


@dataclass
class Reading(Generic[T]):
    """`rows` are (row number, value) and may all be taken; `columns` are those the file has.

    `seen` are the ids that stand in the file, also in rows that are wrong: what is wrong is not missing.
    """

    rows: list[tuple[int, T]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    columns: frozenset[str] = frozenset()
    seen: set[str] = field(default_factory=set)

    @property
    def has_unread_rows(self) -> bool:
        """Rows of which not even the id could be read."""
        return any(problem.column == WHOLE_ROW for problem in self.problems)

    @property
    def wrong_rows(self) -> int:
        """Rows, not cells: one row may have several problems."""
        return len({problem.row for problem in self.problems})


def shown(found: object) -> str:
    """A wrong value in quotes, short, on one line and printable whatever it was."""
    text = found if isinstance(found, str) else repr(found)
    clipped = text[: SHOWN + 1]
    printable = "".join(c if _is_printable(c) else "�" for c in clipped)
    if not printable.strip():
        return f"“{printable}”" if printable else ""
    return f"“{printable[:SHOWN]}{'…' if len(text) > SHOWN else ''}”"


def _is_printable(character: str) -> bool:
    return character == " " or unicodedata.category(character)[0] not in "CZ"


def words(choices: Sequence[str]) -> str:
    """"a, b or c"."""
    return ", ".join(choices[:-1]) + f" or {choices[-1]}" if len(choices) > 1 else "".join(choices)
