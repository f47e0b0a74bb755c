"""News that travels up: rooms above hang themselves here in `wiring.connect`; each is called in the verb's own transaction.

A callback is kept once however often the app is made: it is known by its module and name.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Generic, ParamSpec, TypeVar

from app.accounts.models import Person, School
from app.children.models import Child

P = ParamSpec("P")
T = TypeVar("T")


class Hook(Generic[P, T]):
    """A list of callbacks in the order they were hung."""

    def __init__(self) -> None:
        self._callbacks: dict[str, Callable[P, T]] = {}

    def append(self, callback: Callable[P, T]) -> None:
        """Hang one; hanging the same function again changes nothing."""
        self._callbacks[f"{callback.__module__}.{callback.__qualname__}"] = callback

    def remove(self, callback: Callable[P, T]) -> None:
        self._callbacks.pop(f"{callback.__module__}.{callback.__qualname__}", None)

    def __iter__(self) -> Iterator[Callable[P, T]]:
        return iter(list(self._callbacks.values()))

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[T]:
        """Call them all; what each answered."""
        return [callback(*args, **kwargs) for callback in self]


on_consent_withdrawn: Hook[[Child, uuid.UUID, Person], None] = Hook()
"""(child, organisation_id, actor): access is cut already; end what stands on that consent. Must not refuse."""

what_consent_carries: Hook[[Child, uuid.UUID], list[str]] = Hook()
"""(child, organisation_id) -> plain sentences: what withdrawing would end. For the preview; writes nothing."""

on_new_lead: Hook[[Child, uuid.UUID, Person | None], None] = Hook()
"""(child, person_id, actor): another Link Worker takes over what is under way."""

before_school_changes: Hook[[Child], None] = Hook()
"""(child): lock what the change may change, before the child's own row is written."""

on_school_changed: Hook[[Child, Person], None] = Hook()
"""(child, actor): the child is at another school, or none, from now on. Must not refuse."""

what_moving_does: Hook[[Child, School | None], list[str]] = Hook()
"""(child, school) -> plain sentences: what a change to that school would do. For the preview; writes nothing."""

before_child_leaves: Hook[[Child], None] = Hook()
"""(child): lock what the leaving may end, before the child's own row is written."""

on_child_left: Hook[[Child, Person, bool], None] = Hook()
"""(child, actor, has_moved): the child's programme here has ended, or goes on in another Zone; end what is open."""

what_leaving_ends: Hook[[Child], list[str]] = Hook()
"""(child) -> plain sentences: what the child's leaving would end. For the preview; writes nothing."""
