"""Time in the demo: events in order, each in its own frozen moment and its own transaction."""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from app.accounts.calendar import SchoolDays
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import DomainError


class Story:
    """A queue of moments. What is refused is counted and the story goes on: real life has refusals too."""

    def __init__(self, until: datetime, between_fortnights: Callable[[], None]) -> None:
        self.until = until
        self.between_fortnights = between_fortnights
        self.refused: Counter[str] = Counter()
        self.told = 0
        self._moments: list[tuple[datetime, int, Callable[[], None]]] = []
        self._number = itertools.count()

    def at(self, instant: datetime, happens: Callable[[], None]) -> None:
        """Remember it, unless it lies in the future."""
        if instant <= self.until:
            heapq.heappush(self._moments, (instant, next(self._number), happens))

    def tell(self, progress: Callable[[datetime], None] = lambda instant: None) -> None:
        """Live through it all, oldest first; what happens may plan what happens next.

        A fortnight is one transaction, each event a savepoint in it: a refused event leaves no trace, and loading stays quick.
        Between fortnights the clocks run, in transactions of their own as they do in the worker.
        """
        while self._moments:
            fortnight_ends = self._moments[0][0] + timedelta(days=14)
            with clock.freeze(self._moments[0][0]):
                self.between_fortnights()
            with atomic():
                while self._moments and self._moments[0][0] < fortnight_ends:
                    instant, _, happens = heapq.heappop(self._moments)
                    progress(instant)
                    with clock.freeze(instant):
                        self._live(happens)

    def _live(self, happens: Callable[[], None]) -> None:
        try:
            with db.session.begin_nested():
                happens()
            self.told += 1
        except DomainError as refusal:
            self.refused[f"{type(refusal).__name__}: {refusal.sentence[:60]}"] += 1


def school_morning(days: SchoolDays, day: date, hour: int, minute: int = 0) -> datetime:
    """That London time on the first school day from `day` on."""
    for _ in range(120):
        if days.is_school_day(day):
            break
        day += timedelta(days=1)
    return clock.at_london(day, time(hour, minute))
