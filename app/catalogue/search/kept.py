"""What was worked out about words that were typed, so that who types them again need not wait for it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")
MOST = 2_000
"""Things remembered with the words of a Zone: some 5 kB each."""


class Kept:
    """Answers by what was asked, as long as what they were worked out from stands: it belongs to one Vocabulary, which is another after
    every change in its Zone or its lexicon. Threads may share it: at worst two work out the same. None is no answer and is not kept."""

    def __init__(self, most: int = MOST) -> None:
        self._found: dict[Hashable, Any] = {}
        self._most = most

    def __len__(self) -> int:
        return len(self._found)

    def of(self, asked: Hashable, work_out: Callable[[], T]) -> T:
        """The answer, worked out at most once for as long as it is remembered; whoever gets it leaves it as it is."""
        found: T | None = self._found.get(asked)
        if found is None:
            found = work_out()
            if found is not None:
                if len(self._found) >= self._most:
                    self._found.clear()
                self._found[asked] = found
        return found

    def clear(self) -> None:
        self._found.clear()
