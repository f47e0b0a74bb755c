"""What a school's file would do, row by row: whose row it is, what is new, what differs. A person decides what is in doubt. Pure."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from app.children import measuring
from app.children.school_models import Informant
from app.interchange.problems import Problem
from app.interchange.school_columns import TARGETS
from app.interchange.school_rows import SchoolRow, alike

LEAVE, NEW, FILE, KEEP = "leave", "new", "file", "keep"


@dataclass(frozen=True)
class Known:
    """Somebody of this school whom Kith knows: `token` is child:ID or pupil:ID, `keys` the numbers the school's files gave."""

    token: str
    first_names: tuple[str, ...]
    last_name: str
    born_on: date | None
    school_year: str
    keys: frozenset[str]

    @property
    def is_child(self) -> bool:
        return self.token.startswith("child:")

    @property
    def id(self) -> uuid.UUID:
        return uuid.UUID(self.token.partition(":")[2])

    @property
    def words(self) -> str:
        born = _(", born %(born_on)s", born_on=f"{self.born_on:%-d %B %Y}") if self.born_on else ""
        where = _("on the programme") if self.is_child else _("on the selection list")
        return f"{self.first_names[0]} {self.last_name}{born} ({where})".replace(" ,", ",")


@dataclass(frozen=True)
class There:
    """A figure that stands already for that day."""

    id: uuid.UUID
    tenths: int
    by: str
    on: date


@dataclass(frozen=True)
class Difference:
    """The file says one thing, somebody wrote another. `takes_file` only when a person chose so."""

    name: str
    row: int
    code: str
    words: str
    file: str
    kept: There
    kept_words: str
    takes_file: bool


@dataclass(frozen=True)
class Doubt:
    """Nobody but a person can say whose row this is. `choice` is what was said, blank while nothing was."""

    name: str
    row: SchoolRow
    why: str
    candidates: tuple[Known, ...]
    may_be_new: bool
    choice: str


@dataclass(frozen=True)
class Step:
    """A row that comes in: whose (None: a new pupil), and the figures to write, each with the one it takes the place of."""

    row: SchoolRow
    who: Known | None
    fresh: Mapping[str, There | None]


@dataclass(frozen=True)
class Plan:
    steps: tuple[Step, ...]
    doubts: tuple[Doubt, ...]
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]
    same: int
    rows: int

    @property
    def fresh(self) -> int:
        return sum(len(step.fresh) for step in self.steps)

    @property
    def new_pupils(self) -> int:
        return sum(step.who is None for step in self.steps)

    @property
    def waiting(self) -> int:
        return sum(not doubt.choice for doubt in self.doubts)

    @property
    def print(self) -> str:
        """Changes when what would happen changes."""
        return _print(
            f"{s.row.row}|{s.who.token if s.who else 'new'}|{sorted((c, s.row.figures[c], str(t and t.id)) for c, t in s.fresh.items())}"
            for s in self.steps
        )

    @property
    def ground(self) -> str:
        """The same, a person's choices in this file aside: it changes only when somebody changed something in Kith meanwhile."""
        asked = {doubt.row.row for doubt in self.doubts}
        differs = {(d.row, d.code) for d in self.differences}
        return _print([
            *(f"{s.row.row}|{s.who.token if s.who else 'new'}|{sorted(c for c in s.fresh if (s.row.row, c) not in differs)}"
              for s in self.steps if s.row.row not in asked),
            *(f"{d.row.row}|{[c.token for c in d.candidates]}" for d in self.doubts),
            *(f"{d.name}|{d.kept.id}" for d in self.differences if d.row not in asked),
        ])


def _print(said: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def make_plan(
    rows: Sequence[SchoolRow], problems: Sequence[Problem], known: Sequence[Known], standing: Mapping[tuple[str, str, Informant], There],
    choices: Mapping[str, str],
) -> Plan:
    """`standing` are figures of the file's day by (token, code, informant); `choices` {"row-4": token | new | leave, "row-4-reading": file}."""
    steps: list[Step] = []
    doubts: list[Doubt] = []
    differences: list[Difference] = []
    found = list(problems)
    taken: dict[str, int] = {}
    same = 0
    for row in rows:
        who, doubt, problem = _whose(row, known, choices)
        if problem is not None:
            found.append(problem)
            continue
        if doubt is not None:
            doubts.append(doubt)
            if doubt.choice in ("", LEAVE):
                continue
        mark = who.token if who is not None else f"new:{row.key or (alike(row.name), row.born_on)}"
        if mark in taken:
            found.append(Problem(row.row, "the whole row", row.called, f"one row for each child; row {taken[mark]} is the same one"))
            continue
        taken[mark] = row.row
        fresh: dict[str, There | None] = {}
        for code, tenths in row.figures.items():
            informant = TARGETS[code].informant
            there = standing.get((who.token, code, informant)) if who is not None and informant is not None else None
            if there is not None and there.tenths == tenths:
                same += 1
                continue
            if there is not None:
                name = f"row-{row.row}-{code}"
                takes = choices.get(name) == FILE
                differences.append(Difference(
                    name, row.row, code, f"{row.called}: {measuring.FIGURES[code].words}", measuring.say(code, tenths), there,
                    measuring.say(code, there.tenths), takes,
                ))
                if not takes:
                    continue
            fresh[code] = there
        steps.append(Step(row, who, fresh))
    return Plan(tuple(steps), tuple(doubts), tuple(differences), tuple(sorted(found, key=lambda p: p.row)), same, len(rows))


def _whose(row: SchoolRow, known: Sequence[Known], choices: Mapping[str, str]) -> tuple[Known | None, Doubt | None, Problem | None]:
    by_key = [one for one in known if row.key and row.key in one.keys]
    by_name = [one for one in known if _is_called(row, one)]
    exact = [one for one in by_name if one.born_on is not None and one.born_on == row.born_on]
    if len(by_key) == 1:
        one = by_key[0]
        says_otherwise = row.name and not _is_called(row, one) and one.born_on is not None and row.born_on is not None and one.born_on != row.born_on
        if not says_otherwise:
            return one, None, None
        return _ask(row, _("The number is known, but under another name and birthday."), [one, *exact], known, choices)
    if len(exact) == 1 and not (row.key and exact[0].keys):
        return exact[0], None, None
    if exact:
        why = _("Another number is known for this child.") if len(exact) == 1 else _("Several children have this name and birthday.")
        return _ask(row, why, exact, known, choices)
    near = by_name or [one for one in known if row.born_on is not None and one.born_on == row.born_on and _is_near(row, one)]
    if near:
        why = _("The name is known, but not with this birthday.") if by_name else _("The birthday is known, with a name much like it.")
        return _ask(row, why, near, known, choices)
    if not row.name or row.born_on is None:
        return None, None, Problem(
            row.row, "the whole row", row.called, "somebody whom Kith knows by this number, or a name and a birthday for the selection list"
        )
    return None, None, None


def _ask(
    row: SchoolRow, why: str, candidates: Sequence[Known], known: Sequence[Known], choices: Mapping[str, str]
) -> tuple[Known | None, Doubt | None, Problem | None]:
    once = tuple({one.token: one for one in candidates}.values())
    may_be_new = bool(row.name) and row.born_on is not None and not any(row.key in one.keys for one in known)
    name = f"row-{row.row}"
    allowed = {LEAVE, *(one.token for one in once), *({NEW} if may_be_new else set())}
    choice = choices.get(name, "")
    choice = choice if choice in allowed else ""
    who = next((one for one in once if one.token == choice), None)
    return who, Doubt(name, row, why, once, may_be_new, choice), None


def _is_called(row: SchoolRow, one: Known) -> bool:
    firsts = {alike(name) for name in one.first_names if name}
    return bool(row.name) and alike(row.last_name) == alike(one.last_name) and alike(row.first_name) in firsts


def _is_near(row: SchoolRow, one: Known) -> bool:
    """The same surname, or the same first name."""
    firsts = {alike(name) for name in one.first_names if name}
    return alike(row.last_name) == alike(one.last_name) or alike(row.first_name) in firsts
