"""Loops over arrays of numbers, compiled for this machine by Numba when they are first called.

Numba takes 0.3 s to import and some 110 MB, so a process pays for it only when it first runs such a loop: a Zone of a few hundred offerings never
does. What was compiled is kept beside the source (or, where that may not be written, in the cache of whoever runs Kith), so only the first process of an
installation compiles. A compiled loop takes arrays and numbers, never objects; it calls no other compiled loop; it gives the GIL up while it runs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_making = threading.Lock()


class Compiled(Generic[P, R]):
    """A function that is compiled at its first call. `plain` is the same in Python, for whoever reads or checks it. `in_any_order`: sums of fractions
    may be added in another order than they are written, which lets a processor add many at once and can move the last digit."""

    def __init__(self, plain: Callable[P, R], *, in_any_order: bool = False) -> None:
        self.plain = plain
        self._loose: bool | set[str] = {"reassoc", "contract", "nsz"} if in_any_order else False
        self._made: Callable[P, R] | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return (self._made or self._make())(*args, **kwargs)

    @property
    def forms(self) -> int:
        """For how many kinds of arguments it was compiled in this process."""
        return len(getattr(self._made, "signatures", ()))

    def _make(self) -> Callable[P, R]:
        import numba

        with _making:
            if self._made is None:
                try:
                    self._made = numba.njit(cache=True, nogil=True, fastmath=self._loose)(self.plain)
                except RuntimeError:  # nowhere to keep what was compiled: each process compiles for itself
                    self._made = numba.njit(nogil=True, fastmath=self._loose)(self.plain)
            return self._made


def compiled(plain: Callable[P, R]) -> Compiled[P, R]:
    return Compiled(plain)


def compiled_in_any_order(plain: Callable[P, R]) -> Compiled[P, R]:
    return Compiled(plain, in_any_order=True)
