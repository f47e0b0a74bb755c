"""A child's statement for one school year, added up: the totals, whether they agree, and the same as rows of a file. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.commissioning.queries.statements import Bought, ChildMoney
from app.shared.money import amount, pounds

COLUMNS = (
    "school year", "child", "what", "who", "sessions", "held", "came", "price", "price is for", "used", "promised", "asked for",
    "each time the child came",
)


@dataclass(frozen=True)
class Statement:
    money: ChildMoney
    lines: Sequence[Bought]

    @property
    def used(self) -> int:
        return sum(line.used for line in self.lines)

    @property
    def promised(self) -> int:
        return sum(line.promised for line in self.lines)

    @property
    def asked(self) -> int:
        return sum(line.asked for line in self.lines)

    @property
    def held(self) -> int:
        return sum(line.held or 0 for line in self.lines)

    @property
    def came(self) -> int:
        return sum(line.came or 0 for line in self.lines)

    @property
    def each(self) -> int | None:
        """What each time the child came has cost over everything, the free included, in whole pence."""
        return round(self.used / self.came) if self.came else None

    @property
    def adds_up(self) -> bool:
        """What was bought, what stands against the envelope and what the funders gave agree to the penny."""
        spoken = self.money.spoken
        return (self.used, self.promised, self.asked) == (spoken.used, spoken.promised, spoken.asked) and self.money.given == spoken.all

    @property
    def is_over_ceiling(self) -> bool:
        largest = self.money.largest
        return largest is not None and largest.pence * 100 > self.money.ceiling * self.money.base


def times(pence: int, price: int) -> str:
    """"9 × £12" where that is exactly the sum; "" where it is not (a half-owed session, a setting-up charge, nothing)."""
    return f"{pence // price} × {pounds(price)}" if pence and price and pence % price == 0 else ""


def divided(pence: int, times_came: int) -> str:
    """"£108 ÷ 8"."""
    return f"{pounds(pence)} ÷ {times_came}" if pence and times_came else ""


def rows(statement: Statement, reference: str) -> list[list[str]]:
    """The statement as a file: amounts in pounds with two places, the child by the reference, the last row sums up."""
    year = f"{statement.money.year}/{(statement.money.year + 1) % 100:02d}"
    found = [
        [year, reference, line.title, line.organisation, str(line.sessions), _count(line.held), _count(line.came),
         amount(line.price_pence), _for(line), amount(line.used), amount(line.promised), amount(line.asked), amount(line.each)]
        for line in statement.lines
    ]
    return [*found, [
        year, reference, "In all", "", "", str(statement.held), str(statement.came), "", "", amount(statement.used),
        amount(statement.promised), amount(statement.asked), amount(statement.each),
    ]]


def _for(line: Bought) -> str:
    return "" if line.commission_id is None else "the place" if line.is_per_place else "a session"


def _count(number: int | None) -> str:
    return "" if number is None else str(number)
