"""One child of formats/children.json: read strictly, every fault named by column, and written back with the same keys in the same order.

Pure. A record that is wrong stops only itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.catalogue.models import NEEDS
from app.children.record_values import Window, is_number, is_whole, read_window, said

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
_UNPRINTABLE = re.compile("[\x00\ud800-\udfff]")
MANY_KM = 2000
LAST_PRIORITY = 3
"""The format sets no limit; what comes after the third need counts as the third."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one value: `row` counts from 1, `column` as in the format ("constraints.max_km")."""

    row: int
    id: str
    column: str
    found: str
    allowed: str

    def __str__(self) -> str:
        who = f" ({self.id})" if self.id else ""
        return f"row {self.row}{who}, {self.column}: found {self.found}, allowed: {self.allowed}"


@dataclass(frozen=True)
class ChildRecord:
    """A child as the exchange format knows one. Money in whole pence, distances in kilometres."""

    id: str
    first_name: str
    age: int
    school_year: str = ""
    gender: str = ""
    region: str = ""
    town: str = ""
    lat: float | None = None
    lon: float | None = None
    own_words: str = ""
    link_worker_note: str = ""
    interests: tuple[str, ...] = ()
    needs: tuple[tuple[str, int], ...] = ()
    goals: str = ""
    barriers: str = ""
    max_km: float = 5.0
    windows: tuple[Window, ...] = ()
    holidays_ok: bool = False
    online_ok: bool = False
    max_cost_pence: int = 0
    languages: tuple[str, ...] = ("en",)
    step_free: bool = False
    girls_only: bool = False
    sibling_ages: tuple[int, ...] = ()
    max_group: int | None = None
    quiet_required: bool = False
    parent_cannot_stay: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Keys and order of the format's sample."""
        return {
            "id": self.id, "first_name": self.first_name, "age": self.age, "school_year": self.school_year,
            "gender": self.gender, "region": self.region, "town": self.town, "lat": self.lat, "lon": self.lon,
            "own_words": self.own_words, "link_worker_note": self.link_worker_note, "interests": list(self.interests),
            "needs": [{"code": code, "priority": priority} for code, priority in self.needs],
            "goals": self.goals, "barriers": self.barriers,
            "constraints": {
                "max_km": self.max_km, "windows": [window.as_dict() for window in self.windows],
                "holidays_ok": self.holidays_ok, "online_ok": self.online_ok, "max_cost_gbp": _gbp(self.max_cost_pence),
                "languages": list(self.languages), "step_free": self.step_free, "girls_only": self.girls_only,
                "sibling_ages": list(self.sibling_ages), "max_group": self.max_group,
                "quiet_required": self.quiet_required, "parent_cannot_stay": self.parent_cannot_stay,
            },
        }


def _gbp(pence: int) -> int | float:
    return pence // 100 if pence % 100 == 0 else pence / 100


def read_records(data: object) -> tuple[list[tuple[int, ChildRecord]], list[Fault]]:
    """The good records with their row, and what is wrong with the others. The second record of one id is a fault."""
    if not isinstance(data, list):
        return [], [Fault(0, "", "file", said(data), "a list of children")]
    good: list[tuple[int, ChildRecord]] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for row, raw in enumerate(data, 1):
        record, wrong = read_record(raw, row)
        faults += wrong
        if record is None:
            continue
        if record.id in seen:
            faults.append(Fault(row, record.id, "id", said(record.id), f"an id of its own; row {seen[record.id]} has this one"))
            continue
        seen[record.id] = row
        good.append((row, record))
    return good, faults


def read_record(raw: object, row: int = 1) -> tuple[ChildRecord | None, list[Fault]]:
    """One record, or None and every fault in it."""
    if not isinstance(raw, Mapping):
        return None, [Fault(row, "", "row", said(raw), "one child in braces { }")]
    reader = _Reader(raw, row)
    rules = reader.inner("constraints")
    lat, lon = reader.degrees("lat", 90), reader.degrees("lon", 180)
    if (lat is None) != (lon is None) and not reader.faults:
        reader.fault("lon" if lon is None else "lat", None, "both lat and lon, or neither")
    record = ChildRecord(
        id=reader.text("id", 200, required=True, numbers=True), first_name=reader.text("first_name", 80, required=True),
        age=reader.whole("age", 0, 25), school_year=reader.text("school_year", 20), gender=reader.text("gender", 20),
        region=reader.text("region", 120), town=reader.text("town", 120), lat=lat, lon=lon,
        own_words=reader.text("own_words", 4000), link_worker_note=reader.text("link_worker_note", 4000),
        interests=reader.texts("interests", 120), needs=reader.needs(), goals=reader.text("goals", 4000),
        barriers=reader.text("barriers", 4000),
        max_km=rules.kilometres(), windows=rules.windows(), holidays_ok=rules.yes_no("holidays_ok"),
        online_ok=rules.yes_no("online_ok"), max_cost_pence=rules.pence("max_cost_gbp"), languages=rules.languages(),
        step_free=rules.yes_no("step_free"), girls_only=rules.yes_no("girls_only"),
        sibling_ages=rules.whole_list("sibling_ages", 0, 25), max_group=rules.whole_or_none("max_group", 1, 10_000),
        quiet_required=rules.yes_no("quiet_required"), parent_cannot_stay=rules.yes_no("parent_cannot_stay"),
    )
    return (None if reader.faults else record), reader.faults


@dataclass
class _Reader:
    """Takes values out of one mapping; what cannot be used becomes a fault and a harmless value."""

    raw: Mapping[str, Any]
    row: int
    prefix: str = ""
    faults: list[Fault] = field(default_factory=list)

    def fault(self, column: str, found: object, allowed: str) -> None:
        whose = self.raw.get("id") if not self.prefix else ""
        self.faults.append(Fault(self.row, str(whose or ""), self.prefix + column, said(found), allowed))

    def given(self, name: str, usual: object) -> Any:
        """The value; null is the same as nothing said, which means `usual`."""
        value = self.raw.get(name)
        return usual if value is None else value

    def inner(self, name: str) -> _Reader:
        value = self.raw.get(name)
        if not isinstance(value, Mapping):
            self.fault(name, value, "an object with max_km, windows and the other constraints")
            value = {"max_km": 1, "windows": []}
        return _Reader(value, self.row, f"{name}.", self.faults)

    def text(self, name: str, longest: int, *, required: bool = False, numbers: bool = False) -> str:
        value = self.raw.get(name)
        if numbers and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value is None and not required:
            return ""
        if not isinstance(value, str) or _UNPRINTABLE.search(value):
            self.fault(name, value, "text")
            return ""
        if required and not value.strip():
            self.fault(name, value, "text that is not empty")
        elif len(value) > longest:
            self.fault(name, f"{len(value)} characters", f"at most {longest} characters")
        return value

    def texts(self, name: str, longest: int) -> tuple[str, ...]:
        value = self.raw.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(
            isinstance(item, str) and item.strip() and len(item) <= longest and not _UNPRINTABLE.search(item) for item in value
        ):
            self.fault(name, value, f"a list of texts of at most {longest} characters")
            return ()
        return tuple(value)

    def whole(self, name: str, low: int, high: int) -> int:
        value: Any = self.raw.get(name)
        if not is_whole(value) or not low <= value <= high:
            self.fault(name, value, f"a whole number from {low} to {high}")
            return low
        return int(value)

    def whole_or_none(self, name: str, low: int, high: int) -> int | None:
        return None if self.raw.get(name) is None else self.whole(name, low, high)

    def whole_list(self, name: str, low: int, high: int) -> tuple[int, ...]:
        value = self.given(name, [])
        if not isinstance(value, list) or not all(is_whole(item) and low <= item <= high for item in value):
            self.fault(name, value, f"a list of whole numbers from {low} to {high}")
            return ()
        return tuple(int(item) for item in value)

    def yes_no(self, name: str) -> bool:
        value = self.given(name, False)
        if not isinstance(value, bool):
            self.fault(name, value, "true or false")
            return False
        return value

    def degrees(self, name: str, most: int) -> float | None:
        value: Any = self.raw.get(name)
        if value is None:
            return None
        if not is_number(value) or not -most <= value <= most:
            self.fault(name, value, f"degrees from -{most} to {most}")
            return None
        return float(value)

    def kilometres(self) -> float:
        value: Any = self.raw.get("max_km")
        if not is_number(value) or not 0 < value <= MANY_KM:
            self.fault("max_km", value, f"kilometres, more than 0 and at most {MANY_KM}")
            return 1.0
        return float(value)

    def pence(self, name: str) -> int:
        value = self.given(name, 0)
        exact = Decimal(str(value)) * 100 if is_number(value) else Decimal(-1)
        if exact < 0 or exact > 10_000_000 or exact != exact.to_integral_value():
            self.fault(name, value, "pounds, 0 or more, to the penny")
            return 0
        return int(exact)

    def languages(self) -> tuple[str, ...]:
        value = self.given("languages", ["en"])
        if not isinstance(value, list) or not value or not all(isinstance(v, str) and _LANGUAGE.fullmatch(v) for v in value):
            self.fault("languages", value, "a list of language codes such as en, so or bsl")
            return ("en",)
        return tuple(dict.fromkeys(v.lower() for v in value))

    def needs(self) -> tuple[tuple[str, int], ...]:
        value = self.given("needs", [])
        if not isinstance(value, list):
            self.fault("needs", value, "a list of needs, each with code and priority")
            return ()
        read: list[tuple[str, int]] = []
        for item in value:
            code: Any = item.get("code") if isinstance(item, Mapping) else None
            priority: Any = item.get("priority") if isinstance(item, Mapping) else None
            if code not in NEEDS:
                self.fault("needs", item if code is None else code, f"one of the {len(NEEDS)} needs, such as {NEEDS[0]}")
            elif not is_whole(priority) or priority < 1:
                self.fault("needs", f"{code} with priority {said(priority)}", "a priority from 1, which is the first, on")
            elif code in (known for known, _ in read):
                self.fault("needs", f"{code} twice", "each need once")
            else:
                read.append((code, min(int(priority), LAST_PRIORITY)))
        return tuple(read)

    def windows(self) -> tuple[Window, ...]:
        value = self.raw.get("windows")
        if not isinstance(value, list):
            self.fault("windows", value, "a list of windows, each with days, start and end")
            return ()
        read = []
        for item in value:
            window = read_window(item)
            if window is None:
                self.fault("windows", item, 'like {"days": ["Mon", "Tue"], "start": "15:30", "end": "17:30"}, start before end')
            else:
                read.append(window)
        return tuple(read)
