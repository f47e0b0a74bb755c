"""A column mapping: which columns of somebody's own table become what, and how, as it is kept. Pure. translating.py turns rows by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.interchange.joins import Join, header_print
from app.interchange.problems import Unusable, shown
from app.interchange.sheets import Sheet
from app.interchange.targets import BY_NAME, REQUIRED, Target

MOST_TOGETHER = 8
MOST_VALUES = 400
SHUT = frozenset({"closed", "none", "n/a", "no", "-", "not open", "no session", "no sessions"})
SEPARATORS = {"": _l("As it is"), ";": _l("Semicolon ;"), ",": _l("Comma ,"), "|": _l("Bar |"), "/": _l("Slash /"), "-": _l("Dash -"), "line": _l("Each line"), " ": _l("Blank")}
JOINS = {" ": _l("a blank"), ", ": _l("a comma"), "line": _l("a new line"), "-": _l("a dash"), "/": _l("a slash")}
PARTS = {0: _l("All parts"), 1: _l("The first part"), 2: _l("The second part"), 3: _l("The third part"), -1: _l("The last part")}


@dataclass(frozen=True)
class Rule:
    """Where one of Kith's columns comes from.

    `columns` together (with `join` between them, each with its own title in front if `is_titled`), then `split` and one `part` of
    it, then `values` said anew (known in small letters; blank: leave it out). `constant` is for rows where nothing comes of that.
    """

    columns: tuple[str, ...] = ()
    join: str = " "
    is_titled: bool = False
    split: str = ""
    part: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    constant: str = ""

    @property
    def says_something(self) -> bool:
        return bool(self.columns or self.constant)

    def as_dict(self) -> dict[str, Any]:
        return {
            "columns": list(self.columns), "join": self.join, "is_titled": self.is_titled, "split": self.split, "part": self.part,
            "values": dict(self.values), "constant": self.constant,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Rule:
        return cls(
            columns=tuple(map(str, kept.get("columns", [])))[:MOST_TOGETHER], join=str(kept.get("join", " ")), is_titled=bool(kept.get("is_titled")),
            split=str(kept.get("split", "")), part=int(kept.get("part", 0)),
            values={str(k): str(v) for k, v in dict(kept.get("values", {})).items()}, constant=str(kept.get("constant", "")),
        )


@dataclass(frozen=True)
class ColumnMapping:
    """All rules of one kind of file. `sheets` are the tables by name with the fingerprints of their headers."""

    rules: Mapping[str, Rule]
    join: Join | None = None
    sheets: Mapping[str, str] = field(default_factory=dict)
    preset: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "rules": {name: rule.as_dict() for name, rule in self.rules.items() if rule.says_something},
            "join": self.join.as_dict() if self.join else None, "sheets": dict(self.sheets), "preset": self.preset,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> ColumnMapping:
        return cls(
            rules={name: Rule.from_dict(rule) for name, rule in dict(kept.get("rules", {})).items() if name in BY_NAME},
            join=Join.from_dict(kept["join"]) if kept.get("join") else None,
            sheets={str(k): str(v) for k, v in dict(kept.get("sheets") or {}).items()}, preset=str(kept.get("preset", "")),
        )

    def missing(self) -> list[Target]:
        """Required, and neither a column nor a constant says it."""
        return [BY_NAME[name] for name in REQUIRED if not self.rules.get(name, Rule()).says_something]


def require_columns(sheet: Sheet, mapping: ColumnMapping) -> None:
    wanted = dict.fromkeys(title for rule in mapping.rules.values() for title in rule.columns)
    lacking = [title for title in wanted if title not in sheet.titles]
    if lacking:
        named = ", ".join(shown(title) for title in lacking[:6])
        raise Unusable(ngettext("The mapping speaks of a column that the file does not have: %(named)s.", "The mapping speaks of columns that the file does not have: %(named)s.", len(lacking), named=named))


def sheet_prints(sheets: Sequence[Sheet]) -> dict[str, str]:
    return {sheet.name: header_print(sheet.titles) for sheet in sheets}


@lru_cache(maxsize=10_000)
def plain(text: str) -> str:
    return " ".join(text.lower().split())


def value_key(text: str) -> str:
    """How a value is known in `Rule.values`."""
    return plain(text)
