"""Rows of somebody's own table turned into rows of Kith's format by a column mapping. Pure.

What comes out is read by the same reader as Kith's own files, so every rule of the format holds, and a wrong cell is said by the
name of its own column.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.catalogue.models import OfferingKind
from app.interchange import cells, timetables, understanding
from app.interchange.mapping import SHUT, ColumnMapping, Rule, plain
from app.interchange.problems import Problem, Wrong, shown
from app.interchange.sheets import SEVERAL, Sheet
from app.interchange.targets import BY_COST, BY_NAME, Shape, Target, known_word
from app.shared.forms import POSTCODE, tidy_postcode
from app.shared.tongue import in_english
from app.shared.view import plural


@dataclass
class Translated:
    """One row in the words of Kith's format, and which of the source's columns each came from."""

    row: int
    cells: dict[str, str]
    origins: dict[str, str]
    beyond: dict[str, str]


class Translator:
    """Turns rows into Kith's format. `notes()` says afterwards what was left out without making a row wrong."""

    def __init__(self, sheet: Sheet, mapping: ColumnMapping) -> None:
        self.rules = [(BY_NAME[name], rule) for name, rule in mapping.rules.items() if rule.says_something]
        self.origins = {target.name: _origin(target, rule) for target, rule in self.rules}
        self.at = {title: at for at, title in enumerate(sheet.titles)}
        self.unknown: dict[str, Counter[str]] = {}
        self.untimed = 0

    def preview(self, name: str, line: Sequence[str]) -> tuple[str, bool]:
        """What one of Kith's columns would be in this row, and whether that is wrong."""
        target, rule = next((one for one in self.rules if one[0].name == name), (BY_NAME[name], Rule()))
        items = self._items(target, rule, line)
        try:
            if target.shape is Shape.TIMES:
                text, unread = self._sessions(items, line)
                return (text.replace("|", ", "), False) if text or not unread else (f"not certain: {unread}", True)
            text = self._read(target, items) if items else ""
        except Wrong:
            return " ".join(items), True
        return (text or rule.constant).replace("|", ", "), False

    def reference(self, line: Sequence[str]) -> list[str]:
        """The row's id, also when the rest of it is wrong."""
        rule = next((rule for target, rule in self.rules if target.name == "id"), None)
        text = _one(self._items(BY_NAME["id"], rule, line)) if rule else ""
        return [" ".join(text.split())] if text else []

    def translate(self, row: int, line: Sequence[str], problems: list[Problem]) -> Translated | None:
        """None when a cell is wrong; what is wrong is noted."""
        before = len(problems)
        out = Translated(row, {}, {}, {})
        unread_times = ""
        for target, rule in self.rules:
            items = self._items(target, rule, line)
            text = ""
            try:
                if target.shape is Shape.TIMES:
                    text, unread_times = self._sessions(items, line)
                elif items:
                    text = self._read(target, items)
            except Wrong as wrong:
                problems.append(Problem(
                    row, self.origins[target.name], shown(wrong.found if wrong.found is not None else " ".join(items)), wrong.allowed
                ))
                continue
            text = text or ("" if rule.constant == BY_COST else rule.constant)
            out.origins[target.name] = self.origins[target.name]
            (out.beyond if target.is_beyond else out.cells)[target.name] = text
        if len(problems) > before:
            return None
        self._finish(out, unread_times)
        return out

    def _items(self, target: Target, rule: Rule, line: Sequence[str]) -> list[str]:
        """What the columns say, said anew where the mapping says so; several from several rows or parts."""
        texts = [line[self.at[title]] for title in rule.columns if title in self.at]
        titles = [title for title in rule.columns if title in self.at]
        if not any(texts):
            return []
        if any(SEVERAL in text for text in texts):
            deep = max(text.count(SEVERAL) + 1 for text in texts)
            spread = [parts if len(parts := text.split(SEVERAL)) == deep else [text] * deep for text in texts]
            rows = [list(row) for row in zip(*spread, strict=True)]
        else:
            rows = [texts]
        between = "\n" if rule.join == "line" else rule.join
        is_shut = target.shape is Shape.TIMES and rule.is_titled  # “Monday: closed” says nothing about the other days
        joined = [
            between.join(
                f"{_short_title(title)} {text}" if rule.is_titled else text
                for title, text in zip(titles, row, strict=True) if text and not (is_shut and plain(text) in SHUT)
            )
            for row in rows
        ]
        items = [part for text in dict.fromkeys(joined) for part in _parts(target, rule, text)]
        said = [rule.values.get(plain(item), item) for item in items] if rule.values else items
        return [one for item in dict.fromkeys(said) for one in (item.split("|") if target.shape is Shape.CHOICES else [item]) if one.strip()]

    def _read(self, target: Target, items: list[str]) -> str:
        match target.shape:
            case Shape.TEXT:
                return _one(items) if target.name in {"id", "title", "provider", "postcode", "postcode_area", "town", "region"} else ", ".join(items)
            case Shape.PROSE:
                return "\n\n".join(items)
            case Shape.LIST:
                return "|".join(item.strip().replace("|", "/")[: cells.LONGEST_ITEM] for item in items[: cells.MOST_ITEMS])
            case Shape.YEARS:
                return self._years(target, items)
            case Shape.CHOICES:
                return "|".join(dict.fromkeys(filter(None, (self._known(target, item) for item in items))))
            case Shape.CHOICE:
                if (known := known_word(target.name, items[0])) is None:
                    allowed = "; ".join(str(words) for words in (target.choices or {}).values())
                    raise Wrong(f"a value that the mapping or Kith knows; Kith has: {allowed}", items[0])
                return "" if known == BY_COST else known
            case Shape.FLAG:
                said = {understanding.flag(item) for item in items}
                if None in said:
                    raise Wrong("Yes or No, or a value that the mapping knows", next(i for i in items if understanding.flag(i) is None))
                return "True" if "True" in said else "False"
            case Shape.YOUNGEST | Shape.OLDEST:
                return _age(target, items)
            case Shape.PRICE:
                return _price(items)
            case Shape.COUNT:
                if (number := understanding.count(items[0])) is None:
                    raise Wrong("one whole number, like 12 or 12 places", items[0])
                return number
            case _:
                return items[0].strip()

    def _known(self, target: Target, item: str) -> str | None:
        known = known_word(target.name, item)
        if known is None and target.name == "languages" and re.fullmatch(r"[a-z]{2,3}", item.strip().lower()):
            known = item.strip().lower()
        if known is None:
            self.unknown.setdefault(target.name, Counter())[item.strip()[:60]] += 1
        return known

    def _years(self, target: Target, items: list[str]) -> str:
        """`5 6`; what is no school years is left out and counted, for the ages say who may come."""
        found = [(item, understanding.school_years(item)) for item in items]
        for item, span in found:
            if span is None:
                self.unknown.setdefault(target.name, Counter())[item.strip()[:60]] += 1
        spans = [span for _, span in found if span is not None]
        return f"{min(low for low, _ in spans)} {max(high for _, high in spans)}" if spans else ""

    def _sessions(self, items: list[str], line: Sequence[str]) -> tuple[str, str]:
        """Certain ones as Kith writes them, and the text of the others. A season of its own says in which part of the year they are."""
        season = next((rule for target, rule in self.rules if target.name == "term"), None)
        is_holiday = season is not None and known_word("term", _one(self._items(BY_NAME["term"], season, line)) or season.constant) == "holiday"
        found: list[str] = []
        unread: list[str] = []
        for item in items:
            slots = timetables.slots(item, "holiday" if is_holiday else "term")
            if slots is not None:
                found += [slot.text() for slot in slots]
            elif (own := _own_slots(item)) is not None:
                found += own
            else:
                unread.append(item)
        return "|".join(dict.fromkeys(found)), "; ".join(unread)

    def _finish(self, out: Translated, unread_times: str) -> None:
        """What follows from other columns."""
        if unread_times:
            self.untimed += 1
            said = out.cells.get("description", "")
            out.cells["description"] = f"{said}\n\nWhen: {unread_times}".strip()
        kind = next((rule for target, rule in self.rules if target.name == "kind"), None)
        if kind is not None and not out.cells.get("kind") and kind.constant == BY_COST:
            is_free = out.cells.get("cost_gbp", "") in {"0", "0.0", "0.00"}
            out.cells["kind"] = OfferingKind.COMMUNITY_ASSET if is_free else OfferingKind.PAID_COMMUNITY
        if "step_free" not in out.cells and "step-free" in out.cells.get("accessibility", "").split("|"):
            out.cells["step_free"] = "True"
        _tidy_postcode(out)
        if "home_visit_radius_km" in out.cells and out.cells.get("delivery") != "home":
            out.cells["home_visit_radius_km"] = ""
        if out.cells.get("capacity") and not out.cells.get("places_left"):
            out.cells["places_left"] = out.cells["capacity"]

    def notes(self) -> list[str]:
        notes = [
            f"{in_english(BY_NAME[name].label)}: left out what stands for none of Kith’s: "
            + ", ".join(f"{shown(value)} ({plural(number, 'row')})" for value, number in counts.most_common(8))
            + (f" and {len(counts) - 8:,} more" if len(counts) > 8 else "") + "."
            for name, counts in self.unknown.items()
        ]
        if self.untimed:
            notes.append(f"Days and times of {plural(self.untimed, 'row')} were not certain; they stand in the description instead.")
        return notes


def _own_slots(text: str) -> list[str] | None:
    """Sessions as Kith's own format writes them, with bars between."""
    try:
        return [cells.slot_text(cells.slot(part.strip())) for part in text.split("|")]
    except Wrong:
        return None


def _origin(target: Target, rule: Rule) -> str:
    label = in_english(target.label)
    return f"{' + '.join(rule.columns)} (as {label})" if rule.columns else f"{label}, always the same"


def _short_title(title: str) -> str:
    return title.partition(": ")[2] or title


def _parts(target: Target, rule: Rule, text: str) -> list[str]:
    """Split as the rule says; lists that say nothing are told apart at ; or | or lines, else at commas."""
    if rule.split:
        parts = text.splitlines() if rule.split == "line" else text.split(rule.split)
        if rule.part == 0:
            return [part.strip() for part in parts if part.strip()]
        at = rule.part - 1 if rule.part > 0 else rule.part
        return [parts[at].strip()] if -len(parts) <= at < len(parts) and parts[at].strip() else []
    if target.shape in {Shape.LIST, Shape.CHOICES} and plain(text) not in rule.values:
        mark = r"[;|\n]" if re.search(r"[;|\n]", text) else ","
        return [part.strip() for part in re.split(mark, text) if part.strip()]
    if target.shape is Shape.TIMES and "\n" in text and timetables.slots(text) is None:
        return [part.strip() for part in text.splitlines() if part.strip()]
    return [text.strip()] if text.strip() else []


def _one(items: Sequence[str]) -> str:
    return items[0] if items else ""


def _age(target: Target, items: list[str]) -> str:
    known = []
    for item in items:
        found = understanding.ages(item)
        if found is None:
            raise Wrong("ages, like 5-11 years, 8+, under 5s or KS2, or a value that the mapping knows", item)
        known.append(found)
    if target.shape is Shape.YOUNGEST:
        return str(min(low for low, _ in known))
    return str(max(high for _, high in known))


def _price(items: list[str]) -> str:
    prices = {price for item in items if (price := understanding.price(item)) is not None}
    if len(prices) != 1 or any(understanding.price(item) is None for item in items):
        raise Wrong("one price a session, like £3.50 or Free, or a value that the mapping knows", "; ".join(items))
    return prices.pop()


def _tidy_postcode(out: Translated) -> None:
    """A whole postcode says its area too; what is none is kept out of the way, for the town still places it."""
    given = out.beyond.get("postcode", "")
    if not given:
        return
    tidy = tidy_postcode(given)
    if POSTCODE.match(tidy):
        out.beyond["postcode"] = tidy
        out.cells["postcode_area"] = out.cells.get("postcode_area") or tidy.partition(" ")[0]
    else:
        out.beyond["postcode"] = ""
        out.cells["postcode_area"] = out.cells.get("postcode_area") or given.upper()[:10]
