"""One line of a bank's file, whichever bank it is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Paying:
    """Whom, how much, under which reference. Pence; sort code and account in digits."""

    name: str
    sort_code: str
    account: str
    pence: int
    reference: str


@dataclass(frozen=True)
class Originator:
    """The charity's own account, and its Bacs service user number where it has one."""

    name: str
    sort_code: str
    account: str
    service_user: str = ""


@dataclass(frozen=True)
class Batch:
    """What a file is made of: the same batch makes the same bytes."""

    lines: tuple[Paying, ...]
    on: date
    serial: str
    originator: Originator | None = None

    @property
    def pence(self) -> int:
        return sum(line.pence for line in self.lines)
