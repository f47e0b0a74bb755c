"""How the worker asks Stripe: what it is about to do is committed first, nothing is open meanwhile, and a doubt is no answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from app.notifications.handlers import NotDone
from app.payments.answers import Refused, Unsure
from app.shared import clock
from app.shared.db import db

KEY_LASTS = timedelta(hours=23)
Claim = TypeVar("Claim")


def is_fresh(key_made_at: datetime | None) -> bool:
    """Stripe still knows a key of that age, so that sending it again is the same."""
    return key_made_at is not None and clock.now() - key_made_at < KEY_LASTS


def committed(claim: Callable[[uuid.UUID], Claim | None], id_: uuid.UUID) -> Claim | None:
    """What is to be done with this one, as it was committed; nothing stays open while Stripe thinks. None: nothing is."""
    found = claim(id_)
    db.session.rollback()
    return found


@contextmanager
def looking() -> Iterator[None]:
    """That Stripe would not let us look says nothing of what is there: only what it was asked to do can it refuse."""
    try:
        yield
    except Refused as refusal:
        raise Unsure(f"could not look: {refusal.code}") from refusal


@contextmanager
def or_not_done() -> Iterator[None]:
    """Of a job of the worker: a doubt is asked about again, a definite no is a person's."""
    try:
        yield
    except Unsure as doubt:
        raise NotDone(doubt.why) from doubt
    except Refused as refusal:
        raise NotDone(refusal.code, is_final=True) from refusal
