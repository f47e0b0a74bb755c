"""One cell at a time: pure readers that answer a value or raise Wrong with what is allowed, and the way back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TypeVar

from app.interchange.languages import is_language
from app.interchange.problems import Wrong, words
from app.shared.errors import Invalid
from app.shared.money import parse_pounds

E = TypeVar("E", bound=StrEnum)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SEASONS = ("term", "holiday")
DEAREST_PENCE = 1_000_000
"""£10,000: no family pays more for a session, so more is a slip of the keyboard."""
MOST_ITEMS = 60
LONGEST_ITEM = 120

_WHOLE = re.compile(r"\d{1,9}(\.0+)?", re.ASCII)
_DEGREES = re.compile(r"[+-]?\d{1,3}(\.\d{1,20})?([eE][+-]?\d{1,2})?", re.ASCII)
_AMOUNT = re.compile(r"\d{1,6}(\.\d{1,10})?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
_SLOT = re.compile(r"([A-Za-z]{3})\s+(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})\s+([A-Za-z]+)", re.ASCII)
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean(raw: str) -> str:
    """The cell without outer blanks, and without the apostrophe that `safe` put before what a spreadsheet would compute."""
    text = raw.strip(" \r\n\t\u00a0\ufeff")
    return text[1:] if _ESCAPED.match(text) else text


def safe(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula; `clean` takes the apostrophe away again."""
    return f"'{text}" if _FORMULA.match(text) else text


def is_storable(text: str) -> bool:
    """No NUL or other control character, and nothing that was not UTF-8 in the file."""
    return _UNSTORABLE.search(text) is None


def require_storable(text: str) -> None:
    if not is_storable(text):
        raise Wrong("text in UTF-8, without NUL or other control characters")


def line(text: str, longest: int) -> str:
    """Text on one line: inner runs of blanks become one."""
    require_storable(text)
    tidy = " ".join(text.split())
    if len(tidy) > longest:
        raise Wrong(f"at most {longest} characters; these are {len(tidy):,}")
    return tidy


def prose(text: str, longest: int) -> str:
    """Text that may have several lines."""
    require_storable(text)
    tidy = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(tidy) > longest:
        raise Wrong(f"at most {longest:,} characters; these are {len(tidy):,}")
    return tidy


def whole(text: str, low: int, high: int) -> int:
    """A whole number; `9.0` is how some spreadsheets write 9."""
    value = int(text.partition(".")[0]) if _WHOLE.fullmatch(text) else -1
    if not low <= value <= high:
        raise Wrong(f"a whole number from {low} to {high:,}")
    return value


def pence(text: str) -> int:
    try:
        value = parse_pounds(text)
    except Invalid:
        value = -1
    if not 0 <= value <= DEAREST_PENCE:
        raise Wrong("pounds and pence, like 0 or 3.50, at most 10,000")
    return value


def pounds_text(value: int) -> str:
    """0 -> "0", 350 -> "3.50": what `pence` reads back."""
    return f"{value // 100}.{value % 100:02d}" if value % 100 else str(value // 100)


def degrees(text: str, limit: int) -> float:
    value = float(text) if _DEGREES.fullmatch(text) else 999.0
    if not -limit <= value <= limit:
        raise Wrong(f"degrees from -{limit} to {limit}, like {'51.5205' if limit == 90 else '-0.2107'}")
    return value


def kilometres(text: str) -> float:
    value = float(text) if _AMOUNT.fullmatch(text) else 0.0
    if not 0 < value <= 200:
        raise Wrong("kilometres, more than 0 and at most 200")
    return value


def number_text(value: float) -> str:
    """The shortest digits that read back as the same number; whole numbers without a point."""
    if value == int(value):
        return str(int(value))
    plain = repr(value)
    return f"{value:.12f}".rstrip("0") if "e" in plain else plain


def flag(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise Wrong("True or False")
    return text.lower() == "true"


def choice(kind: type[E]) -> Callable[[str], E]:
    """One of an enum's values, in any capitals."""
    by_word = {member.value: member for member in kind}

    def read(text: str) -> E:
        if text.lower() not in by_word:
            raise Wrong(words(list(by_word)))
        return by_word[text.lower()]

    return read


def bars(text: str) -> list[str]:
    """The words between bars, in their order, each once."""
    require_storable(text)
    items = list(dict.fromkeys(item for part in text.split("|") if (item := " ".join(part.split()))))
    return check_items(items)


def check_items(items: list[str]) -> list[str]:
    if len(items) > MOST_ITEMS:
        raise Wrong(f"at most {MOST_ITEMS} between bars; these are {len(items):,}")
    if any(len(item) > LONGEST_ITEM for item in items):
        raise Wrong(f"at most {LONGEST_ITEM} characters each")
    return items


def among(items: list[str], allowed: Sequence[str]) -> list[str]:
    """The items as the format writes them; any capitals are understood."""
    by_word = {word.lower(): word for word in allowed}
    for item in items:
        if item.lower() not in by_word:
            raise Wrong(words(list(allowed)), item)
    return list(dict.fromkeys(by_word[item.lower()] for item in items))


def needs(items: list[str], known: Sequence[str]) -> list[str]:
    """`Area:need`, each one of the 23."""
    by_word = {need.lower(): need for need in known}
    for item in items:
        if item.lower() not in by_word:
            raise Wrong(_allowed_needs(item, known), item)
    return list(dict.fromkeys(by_word[item.lower()] for item in items))


def _allowed_needs(item: str, known: Sequence[str]) -> str:
    """What could have been meant: the needs of the area that was named, else how a need is written."""
    area = item.partition(":")[0].strip().lower()
    same_area = [need for need in known if need.lower().startswith(f"{area}:")]
    if same_area:
        return words(same_area)
    named = [need for need in known if need.partition(":")[2] == item.lower()]
    if named:
        return f"Area:need, so {words(named)}"
    return "Area:need with the area Social, Emotional or Academic, like Social:friendships"


def languages(items: list[str]) -> list[str]:
    for item in items:
        if not is_language(item.lower()):
            raise Wrong("ISO 639 codes, like en, pt or so; bsl for British Sign Language", item)
    return list(dict.fromkeys(item.lower() for item in items))


def clock(text: str) -> str:
    """HH:MM."""
    found = _CLOCK.fullmatch(text)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise Wrong("a time from 00:00 to 23:59, like 15:45", text)
    return f"{int(found[1]):02d}:{found[2]}"


def slot(text: str) -> dict[str, str]:
    """`Tue 16:00-17:30 term`."""
    found = _SLOT.fullmatch(text)
    if not found or found[1].title() not in DAYS or found[4].lower() not in SEASONS:
        raise Wrong("day, times and term or holiday, like Tue 16:00-17:30 term; bars between several", text)
    start, end = clock(found[2]), clock(found[3])
    if start >= end:
        raise Wrong("an end after the beginning, like Tue 16:00-17:30 term", text)
    return {"day": found[1].title(), "start": start, "end": end, "season": found[4].lower()}


def slot_text(value: dict[str, str]) -> str:
    return f"{value['day']} {value['start']}-{value['end']} {value['season']}"
