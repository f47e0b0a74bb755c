"""What is told of an offering beside what rules and score compare: its title, its interests and needs as the partner wrote them. Read with the columns, so that
nothing is read again for an offering of which nothing has changed. Pure.

What many offerings share is kept once and numbered; titles lie one after the other in one array of bytes. 100,000 offerings take some 6 MB.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from app.matching.columns import NO_DATE, Array, Columns
from app.matching.profile import Candidate

SHARED = ("interests", "needs", "accessibility", "organisation", "town", "postcode_area")
"""Of each of these a row has the number of what is said, in a list of all that is said."""
MOST_MADE = 4_000
"""Records made of rows that one part keeps."""
_RAW = "utf-8"


@dataclass(eq=False)
class Facts:
    """Beside the rows of Columns. The title of row n: bytes `starts[n]` to `starts[n + 1]` of `titles`. `numbers[row, at]`: which of `shared[SHARED[at]]`."""

    titles: Array
    starts: Array
    numbers: Array
    shared: dict[str, list[Any]]
    _made: dict[int, Candidate] = field(default_factory=dict)

    def candidate(self, columns: Columns, at: int) -> Candidate:
        """The offering of one row, as reading.to_check has it; kept for a while, for the same are shown to many children."""
        made = self._made.get(at)
        if made is None:
            if len(self._made) >= MOST_MADE:
                self._made.clear()
            made = self._made[at] = self._make(columns, at)
        return made

    def _make(self, columns: Columns, at: int) -> Candidate:
        who, terms, week = columns.whos[columns.who[at]], columns.terms[columns.term[at]], columns.weeks[columns.week[at]]
        interests, needs, accessibility, organisation, town, area = (
            self.shared[name][number] for name, number in zip(SHARED, self.numbers[at].tolist(), strict=True))
        confirmed = int(columns.confirmed[at])
        return Candidate(
            id=columns.ids[at], ref=columns.refs[at], title=bytes(self.titles[self.starts[at] : self.starts[at + 1]]).decode(_RAW),
            organisation_id=columns.organisations[columns.organisation[at]], organisation=organisation, kind=columns.kinds[columns.kind[at]],
            interests=interests, needs=needs, age_min=who.age_min, age_max=who.age_max, town=town, postcode_area=area,
            latitude=_known(columns.latitude[at]), longitude=_known(columns.longitude[at]), delivery=who.delivery,
            home_visit_radius_km=_known(columns.home_km[at]), slots=week.slots, is_by_arrangement=week.is_by_arrangement, cost_pence=terms.cost_pence,
            languages=terms.languages, gender=who.gender, is_step_free=who.is_step_free, must_parent_stay=who.must_parent_stay,
            accessibility=accessibility, sibling_min_age=terms.sibling_min_age, group_size=terms.group_size,
            confirmed_on=None if confirmed == NO_DATE else date.fromordinal(confirmed), audiences=who.audiences,
        )


def _known(number: Any) -> float | None:
    return None if math.isnan(number) else float(number)


def facts_of(rows: Sequence[Candidate]) -> Facts:
    titles = [row.title.encode(_RAW) for row in rows]
    starts = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(title) for title in titles], out=starts[1:])
    shared: dict[str, dict[Any, int]] = {name: {} for name in SHARED}
    numbers = np.empty((len(rows), len(SHARED)), np.int32)
    for column, (name, known) in enumerate(shared.items()):
        numbers[:, column] = [known.setdefault(getattr(row, name), len(known)) for row in rows]
    return Facts(np.frombuffer(b"".join(titles), np.uint8), starts, numbers, {name: list(known) for name, known in shared.items()})


def from_lists(lists: Mapping[str, list[Any]], titles: Array, starts: Array, numbers: Array) -> Facts:
    """`shared` as JSON gave it back: each word is kept once again."""
    same: dict[str, str] = {}
    words = {name: [tuple(same.setdefault(word, word) for word in told) for told in lists[name]] for name in ("interests", "needs", "accessibility")}
    shared: dict[str, list[Any]] = {**lists, **words, "accessibility": [frozenset(told) for told in words["accessibility"]]}
    return Facts(titles, starts, numbers, shared)
