"""What an import did, or would do: the same report on a page, on a terminal and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.interchange.merging import Outcome
from app.interchange.problems import Problem

MOST_SHOWN = 200
"""More problems than these are counted on a terminal, and listed in full only in JSON."""

MOST_LISTED = 200
"""Rows on a page."""

MOST_KEPT = 25_000
"""Problems kept with an upload, for the table that its owner takes home to put the file right: every row of the longest file, and some twice."""


MOST_KINDS = 40


@dataclass(frozen=True)
class Taken:
    """One right row and what becomes of it. `label` is for those who may see the record; it stays out of JSON."""

    row: int
    ref: str
    label: str
    outcome: Outcome
    changed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass
class Report:
    """`problems` name rows that were left out; `notes` are about the whole file."""

    what: str
    zone: str = ""
    source: str = ""
    is_dry_run: bool = False
    taken: list[Taken] = field(default_factory=list)
    problems: Sequence[Problem] = ()
    wrong: int = 0
    notes: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, outcome: Outcome) -> int:
        return self.counts.get(outcome, 0) + sum(taken.outcome is outcome for taken in self.taken)

    @property
    def created(self) -> int:
        return self.count(Outcome.CREATED)

    @property
    def updated(self) -> int:
        return self.count(Outcome.UPDATED)

    @property
    def unchanged(self) -> int:
        return self.count(Outcome.UNCHANGED)

    @property
    def to_write(self) -> int:
        return self.created + self.updated

    def as_dict(self) -> dict[str, Any]:
        return {
            "what": self.what, "zone": self.zone, "source": self.source, "dry_run": self.is_dry_run,
            "created": self.created, "updated": self.updated, "unchanged": self.unchanged, "wrong": self.wrong,
            "kept": [{"row": t.row, "id": t.ref, "fields": list(t.kept)} for t in self.taken if t.kept],
            "problems": [{"row": p.row, "column": p.column, "found": p.found, "allowed": p.allowed} for p in self.problems],
            "notes": self.notes,
        }

    def as_page(self) -> dict[str, Any]:
        """For a page and for keeping: the counts in full, the lists cut to what somebody reads. Labels are names: never log this."""
        told = [taken for taken in self.taken if taken.outcome is not Outcome.UNCHANGED or taken.kept]
        return {
            "created": self.created, "updated": self.updated, "unchanged": self.unchanged, "wrong": self.wrong,
            "notes": self.notes, "told": len(told), "problem_count": len(self.problems), "by_column": self._by_column(),
            "problems": [[p.row, p.column, p.found, p.allowed] for p in self.problems[:MOST_KEPT]],
            "rows": [
                {"row": t.row, "ref": t.ref, "label": t.label, "outcome": t.outcome, "changed": list(t.changed), "kept": list(t.kept)}
                for t in told[:MOST_LISTED]
            ],
        }

    def _by_column(self) -> list[list[Any]]:
        """Each thing that is allowed and was not kept to: column, how many cells, the first of them (row, found), what is allowed; the most first."""
        first: dict[tuple[str, str], Problem] = {}
        for problem in self.problems:
            first.setdefault((problem.column, problem.allowed), problem)
        counts = Counter((problem.column, problem.allowed) for problem in self.problems)
        return [[column, count, first[column, allowed].row, first[column, allowed].found, allowed] for (column, allowed), count in counts.most_common(MOST_KINDS)]

    def as_lines(self) -> Iterator[str]:
        """For a person at a terminal."""
        would = "would be " if self.is_dry_run else ""
        yield f"{self.what.capitalize()}: {self.created:,} {would}created, {self.updated:,} {would}updated, {self.unchanged:,} unchanged, {self.wrong:,} wrong."
        if self.is_dry_run:
            yield "This was a dry run: nothing was written."
        yield from self.notes
        for taken in self.taken:
            if taken.kept:
                yield f"Row {taken.row}, {taken.ref}: edited in Kith since the last import, so left as it is: {', '.join(taken.kept)}."
        shown = self.problems[:MOST_SHOWN]
        yield from (problem.sentence for problem in shown)
        if self.wrong and len(self.problems) > len(shown):
            yield f"... and {len(self.problems) - len(shown):,} more. With --format json all are listed."
