"""All children of a Zone at once: for whom there is nothing good and which rule would have to give, which offerings are on nobody's
list, and how the first places could be shared out. A survey to look at; it introduces nobody.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.matching.columns import Array
from app.matching.hearing import hear
from app.matching.placing import Options, Placed, share_out, wanted_most
from app.matching.profile import Profile
from app.matching.ranking import first_of, rank
from app.matching.shelf import Shelf, shelf_of
from app.matching.weights import in_force
from app.shared import collector

GOOD = 1.1
"""From this score on an offering is a good fit (queries.fit_word)."""
LONG, LISTED = 30, 10
"""Options of a child when places are shared out, and what would stand on the child's page."""


@dataclass
class Unheard:
    """A child of whom too little is written down: nothing can be said to fit, and nothing to be missing.

    `lacks`: "words" (nothing the child loves, needs or wants), or "times" (nothing good was found, and when the child is free is unknown,
    so whatever has a fixed time was ruled out).
    """

    child: str
    lacks: str


@dataclass
class Near:
    """A child for whom there is nothing good: how many offerings fit at all, and what loosening each rule would bring, the most first."""

    child: str
    need: str
    eligible: int
    gives: list[tuple[str, int]]


@dataclass
class Survey:
    """`lists`: by child's id the first offerings with their scores; a child who is not heard yet has none. `fits` and `listed` count, part by part of the shelf, how many
    children an offering fits, and on how many pages it would stand."""

    shelf: Shelf
    lists: dict[str, Options] = field(default_factory=dict)
    free: dict[uuid.UUID, int | None] = field(default_factory=dict)
    nothing: list[Near] = field(default_factory=list)
    unheard: list[Unheard] = field(default_factory=list)
    fits: list[Array] = field(default_factory=list)
    listed: list[Array] = field(default_factory=list)

    def place(self) -> Placed:
        return share_out(self.lists, self.free)

    def nobodys(self) -> Iterator[tuple[uuid.UUID, bool]]:
        """Offerings with a place free that stand on nobody's list, and whether they would fit anybody."""
        for part, fits, listed in zip(self.shelf.parts, self.fits, self.listed, strict=True):
            waiting = (listed == 0) & ~part.hidden & (part.free != 0)
            for at in np.flatnonzero(waiting).tolist():
                yield part.columns.ids[at], bool(fits[at])


def survey(zone_id: uuid.UUID, children: Iterable[tuple[str, Profile]], progress: Callable[[int], None] | None = None) -> Survey:
    """`children` each with the id the answer names them by. `progress` is told after each how many are done."""
    shelf = shelf_of(zone_id)
    out = Survey(shelf, fits=[np.zeros(part.columns.size, np.int32) for part in shelf.parts],
                 listed=[np.zeros(part.columns.size, np.int32) for part in shelf.parts])
    weights = in_force(shelf.mark.hundredths)
    with collector.kept_off():
        for done, (child, profile) in enumerate(children, 1):
            _take(out, child, profile, weights)
            if progress is not None:
                progress(done)
    return out


def _take(out: Survey, child: str, profile: Profile, weights: Mapping[str, float]) -> None:
    heard = hear(profile, out.shelf.reader, out.shelf.table)
    found = rank(out.shelf, profile, "", weights, counted=False, heard=heard, is_patient=True)
    chosen = first_of(found, LONG)
    for fits, ranking in zip(out.fits, found.rankings, strict=True):
        fits[ranking.positions] += 1
    if not profile.is_heard:
        out.lists[child] = []
        out.unheard.append(Unheard(child, "words"))
        return
    options = []
    for number, turn in enumerate(chosen):
        part, at = found.position(turn)
        id_ = out.shelf.parts[part].columns.ids[at]
        out.free[id_] = found.places(*found.row(turn))
        if turn.score >= GOOD:
            options.append((id_, turn.score))
        if number < LISTED:
            out.listed[part][at] += 1
    out.lists[child] = options
    if not options and not profile.windows:
        out.unheard.append(Unheard(child, "times"))
    elif not options:
        near = rank(out.shelf, profile, "", weights, heard=heard)
        first = min(profile.needs, key=lambda need: need[1])[0] if profile.needs else ""
        gives = sorted(near.would_open.items(), key=lambda item: (-item[1], item[0]))
        out.nothing.append(Near(child, first, near.eligible, [(rule, count) for rule, count in gives if rule != "refused"]))


MOST_KEPT = 200


def as_kept(found: Survey) -> dict[str, Any]:
    """What is stored of a survey: ids, rules and numbers."""
    placed = found.place()
    nobodys = list(found.nobodys())
    reach = [part.columns.organisations[number] for part, listed in zip(found.shelf.parts, found.listed, strict=True)
             for number in np.unique(part.columns.organisation[listed > 0]).tolist()]
    every = {id_ for part in found.shelf.parts for id_ in part.columns.organisations}
    return {
        "nothing": [{"child": near.child, "need": near.need, "eligible": near.eligible, "gives": near.gives[:3]} for near in found.nothing],
        "unheard": [{"child": one.child, "lacks": one.lacks} for one in found.unheard],
        "nobodys": [{"offering": str(id_), "fits": fits} for id_, fits in nobodys[:MOST_KEPT]], "nobodys_count": len(nobodys),
        "considered": found.shelf.considered, "partners": len(every), "partners_shown": len(set(reach)),
        "suggested": len(placed.suggested), "places": {child: str(id_) for child, id_ in placed.suggested.items()}, "first": placed.first, "without": list(placed.without),
        "wanted_most": [[str(id_), count, free] for id_, count, free in wanted_most(found.lists, found.free)[:20]],
    }
