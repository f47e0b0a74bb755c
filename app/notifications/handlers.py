"""Which function does the work of which topic. Rooms register theirs in `wiring.connect`."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Policy(StrEnum):
    """What happens when the worker dies half-way.

    DATABASE: the effect is rows, committed together with the message: exactly once.
    RESEND: an effect outside, never lost, in rare cases doubled (with the same key, e.g. Message-ID).
    HOLD: an effect outside, never doubled; in rare cases uncertain, and then shown to a person who decides.
    """

    DATABASE = "database"
    RESEND = "resend"
    HOLD = "hold"


@dataclass(frozen=True)
class Job:
    """One message as its handler sees it. `id` is the same at every try."""

    id: uuid.UUID
    topic: str
    payload: dict[str, Any]
    attempt: int


class NotDone(Exception):
    """The effect certainly did not happen. `is_final`: trying again is pointless. The text holds no personal data."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.is_final = is_final


class MaybeDone(Exception):
    """The effect may have happened, or not. The text holds no personal data."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Handler:
    run: Callable[[Job], None]
    policy: Policy


_handlers: dict[str, Handler] = {}


def register(topic: str, run: Callable[[Job], None], *, policy: Policy = Policy.DATABASE) -> None:
    """Let `run` do the work of `topic`. With Policy.DATABASE it runs inside the transaction that completes the message."""
    _handlers[topic] = Handler(run, policy)


def find(topic: str) -> Handler | None:
    return _handlers.get(topic)
