"""One first offering for every child where places are short: fewest options first, then whoever would lose most by waiting. Pure.

A suggestion for the Link Workers, who decide; nothing is held by it.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Options = Sequence[tuple[uuid.UUID, float]]


@dataclass(frozen=True)
class Placed:
    """`suggested` by child; `first` of these have the best of their own list. `without` have options, but no place is left in any."""

    suggested: dict[str, uuid.UUID]
    first: int
    without: tuple[str, ...]


def share_out(lists: Mapping[str, Options], places: Mapping[uuid.UUID, int | None]) -> Placed:
    """`lists`: each child's options with their scores, best first. `places` free (None: nobody counts them). One pass, always the same
    for the same lists."""
    left = dict(places)
    suggested: dict[str, uuid.UUID] = {}
    without: list[str] = []
    for child in sorted(lists, key=lambda one: (len(lists[one]), -regret(lists[one]), one)):
        choice = next((option for option, _ in lists[child] if _has_place(left, option)), None)
        if choice is None:
            if lists[child]:
                without.append(child)
            continue
        suggested[child] = choice
        free = left[choice]
        if free is not None:
            left[choice] = free - 1
    first = sum(suggested[child] == lists[child][0][0] for child in suggested)
    return Placed(suggested, first, tuple(without))


def regret(options: Options) -> float:
    """What it costs not to get the first: how much less the second fits."""
    if not options:
        return 0.0
    return options[0][1] - (options[1][1] if len(options) > 1 else 0.0)


def wanted_most(lists: Mapping[str, Options], places: Mapping[uuid.UUID, int | None]) -> list[tuple[uuid.UUID, int, int]]:
    """Offerings that come first for more children than there are places: each with how many children, and the places."""
    firsts = Counter(options[0][0] for options in lists.values() if options)
    return [(option, count, free) for option, count in firsts.most_common() if (free := places.get(option)) is not None and count > free]


def _has_place(left: Mapping[uuid.UUID, int | None], option: uuid.UUID) -> bool:
    free = left.get(option, 0)
    return free is None or free > 0
