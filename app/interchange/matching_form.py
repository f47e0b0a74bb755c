"""The page on which columns are matched: what it offers, what it shows of the file, and reading back what was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms.validators import InputRequired, Length

from app.interchange.forms import printable
from app.interchange.joins import Join, Link
from app.interchange.mapping import (
    JOINS,
    MOST_TOGETHER,
    PARTS,
    SEPARATORS,
    ColumnMapping,
    Rule,
    value_key,
)
from app.interchange.sheets import Sheet
from app.interchange.targets import GROUPS, TARGETS, Shape, Target, known_word
from app.interchange.translating import Translator
from app.shared.forms import KithForm, TidyStringField

MOST_ASKED = 40
LONGEST_CONSTANT = 200


class MappingForm(KithForm):
    """The name under which the mapping is kept, and whose file this is. What was chosen for the columns is read by `read_choices`."""

    name = TidyStringField(
        _l("Keep this mapping as"), [InputRequired(_l("Give the mapping a name, so that it is found again.")), Length(max=80, message=_l("At most 80 characters."))],
        description=_l("The next file with these columns finds it by itself."),
    )
    source = TidyStringField(
        _l("Where does it come from?"), [InputRequired(_l("Say where the file comes from.")), Length(max=60, message=_l("At most 60 characters."))],
        description=_l("A short name, the same every time. A record is known by this name and its reference."),
    )

    validate_name = validate_source = printable


@dataclass(frozen=True)
class Asked:
    """One value of the file, and what it stands for."""

    said: str
    means: str
    is_known: bool


@dataclass(frozen=True)
class Choice:
    """One of Kith's columns on the page. `columns` has one empty place more than is chosen; `shown` are (text, is it wrong)."""

    target: Target
    rule: Rule
    columns: list[str]
    asked: list[Asked]
    shown: list[tuple[str, bool]]
    is_missing: bool

    @property
    def is_used(self) -> bool:
        return self.rule.says_something

    @property
    def has_more(self) -> bool:
        plain = Rule(columns=self.rule.columns, values=self.rule.values, constant=self.rule.constant)
        return self.rule != plain

    @property
    def constants(self) -> list[tuple[str, str]]:
        """What may always be the same, where that is a choice."""
        if self.target.shape is Shape.FLAG:
            return [("", _("Nothing")), ("True", _("Yes")), ("False", _("No"))]
        if self.target.choices is not None:
            return [("", _("Nothing")), *self.target.choices.items()]
        return []


def offer(outline: Mapping[str, Any], mapping: ColumnMapping) -> list[tuple[str, list[Choice]]]:
    """Everything that can be chosen, by group."""
    sheet = Sheet("", list(outline["titles"]), [])
    translator = Translator(sheet, mapping)
    missing = {target.name for target in mapping.missing()}
    by_group: dict[str, list[Choice]] = {group: [] for group in GROUPS}
    for target in TARGETS:
        rule = mapping.rules.get(target.name, Rule())
        rule = Rule.from_dict({**rule.as_dict(), "columns": [title for title in rule.columns if title in outline["titles"]]})
        room = [*rule.columns, ""] if len(rule.columns) < MOST_TOGETHER else list(rule.columns)
        shown = [translator.preview(target.name, line) for line in outline["lines"]] if rule.says_something else []
        by_group[target.group].append(Choice(
            target, rule, room, _asked(target, rule, outline), [(text[:120], is_wrong) for text, is_wrong in shown], target.name in missing
        ))
    return list(by_group.items())


def _asked(target: Target, rule: Rule, outline: Mapping[str, Any]) -> list[Asked]:
    if target.shape not in {Shape.CHOICE, Shape.CHOICES} or rule.is_titled:
        return []
    how = "many" if target.shape is Shape.CHOICES else "one"
    values = dict.fromkeys(value for title in rule.columns for value in outline["values"].get(title, {}).get(how, []))
    asked = []
    for value in list(values)[:MOST_ASKED]:
        known = known_word(target.name, value) or ""
        asked.append(Asked(value, rule.values.get(value_key(value), known), bool(known)))
    return asked


def read_choices(form: MultiDict[str, str], outline: Mapping[str, Any], before: ColumnMapping) -> ColumnMapping:
    """What was chosen. What the page did not ask stays as it was; what is not on offer is ignored."""
    titles = set(outline["titles"])
    rules: dict[str, Rule] = {}
    for target in TARGETS:
        name = target.name
        if f"{name}.constant" not in form:
            if name in before.rules:
                rules[name] = before.rules[name]
            continue
        columns = tuple(dict.fromkeys(title for title in form.getlist(f"{name}.column") if title in titles))[:MOST_TOGETHER]
        split, join = form.get(f"{name}.split", ""), form.get(f"{name}.join", " ")
        constant = " ".join(form.get(f"{name}.constant", "").split())[:LONGEST_CONSTANT]
        if target.choices is not None and constant not in target.choices:
            constant = ""
        old = before.rules.get(name, Rule())
        values = dict(old.values) if old.columns == columns else {}
        values.update(_values(form, target))
        rule = Rule(
            columns=columns, join=join if join in JOINS else " ", is_titled=f"{name}.titled" in form,
            split=split if split in SEPARATORS else "", part=_part(form.get(f"{name}.part", "0")),
            values={said: means for said, means in values.items() if means != (known_word(name, said) or "")} if target.choices else {},
            constant=constant,
        )
        if rule.says_something:
            rules[name] = rule
    return ColumnMapping(rules, read_join(form, outline, before.join), before.sheets, before.preset)


def _values(form: MultiDict[str, str], target: Target) -> dict[str, str]:
    found = {}
    for at in range(MOST_ASKED):
        said, means = form.get(f"{target.name}.said.{at}"), form.get(f"{target.name}.means.{at}")
        if said is None or means is None:
            break
        if means == "" or means in (target.choices or {}):
            found[value_key(said[:120])] = means
    return found


def _part(text: str) -> int:
    return int(text) if text.lstrip("-").isdigit() and len(text) < 4 and int(text) in PARTS else 0


def read_join(form: MultiDict[str, str], outline: Mapping[str, Any], before: Join | None) -> Join | None:
    """How several tables hang together."""
    tables = {table["name"]: table["titles"] for table in outline["sheets"]}
    main = form.get("join.main", "")
    if len(tables) < 2 or main not in tables:
        return before
    links = []
    for at, (name, titles) in enumerate(tables.items()):
        if name == main:
            continue
        here, there = form.get(f"join.{at}.main", ""), form.get(f"join.{at}.column", "")
        links.append(Link(name, here if here in tables[main] else "", there if there in titles else ""))
    return Join(main, tuple(links))


def links_by_sheet(join: Join | None) -> dict[str, Link]:
    return {link.sheet: link for link in join.links} if join else {}

