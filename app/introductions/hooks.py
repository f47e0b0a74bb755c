"""What introductions ask of, and tell, the rooms above them. `register` is called in those rooms' `wiring.connect`.

Questions have one answerer and a safe default (no commission, nobody attended). News goes to every listener, in the same
transaction as the move. Locks: a verb that may lead to `on_agreed` or `on_ended` calls `lock_before` first, so that cohort, fund,
envelope and commission rows are locked before the Introduction row, as the global order wants.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.accounts.models import Person
from app.introductions.models import Introduction

Asked = Callable[[Introduction], bool]
Agreed = Callable[[Introduction, Person, uuid.UUID], None]
Ended = Callable[[Introduction, Person | None, str], None]


@dataclass
class _Registry:
    commission_requested: Asked = lambda introduction: False
    commission_approved: Asked = lambda introduction: False
    attended_count: Callable[[Introduction], int] = lambda introduction: 0
    what_ends: Callable[[Introduction], list[str]] = lambda introduction: []
    on_agreed: list[Agreed] = field(default_factory=list)
    on_ended: list[Ended] = field(default_factory=list)
    lock_before: list[Callable[[Sequence[uuid.UUID]], None]] = field(default_factory=list)


_registry = _Registry()


def register(
    *,
    commission_requested: Asked | None = None,
    commission_approved: Asked | None = None,
    attended_count: Callable[[Introduction], int] | None = None,
    what_ends: Callable[[Introduction], list[str]] | None = None,
    on_agreed: Agreed | None = None,
    on_ended: Ended | None = None,
    lock_before: Callable[[Sequence[uuid.UUID]], None] | None = None,
) -> None:
    """Give some of the answers, or listen. Registering the same listener again changes nothing."""
    if commission_requested is not None:
        _registry.commission_requested = commission_requested
    if commission_approved is not None:
        _registry.commission_approved = commission_approved
    if attended_count is not None:
        _registry.attended_count = attended_count
    if what_ends is not None:
        _registry.what_ends = what_ends
    if on_agreed is not None and on_agreed not in _registry.on_agreed:
        _registry.on_agreed.append(on_agreed)
    if on_ended is not None and on_ended not in _registry.on_ended:
        _registry.on_ended.append(on_ended)
    if lock_before is not None and lock_before not in _registry.lock_before:
        _registry.lock_before.append(lock_before)


def commission_requested(introduction: Introduction) -> bool:
    """Is money for this introduction asked for (requested, returned with a question, approved or further)?"""
    return _registry.commission_requested(introduction)


def commission_approved(introduction: Introduction) -> bool:
    """Is the money promised (approved, confirmed or in delivery)?"""
    return _registry.commission_approved(introduction)


def attended_count(introduction: Introduction) -> int:
    """Sessions of this offering the child has attended (also late, or left early), by the registers."""
    return _registry.attended_count(introduction)


def what_ends(introduction: Introduction) -> list[str]:
    """What else would stop with it, in sentences for the preview: the commission, the place, the money that comes back."""
    return _registry.what_ends(introduction)


def on_agreed(introduction: Introduction, actor: Person, practitioner_id: uuid.UUID) -> None:
    """The organisation said yes and named a practitioner: its word about the place as well."""
    for listener in _registry.on_agreed:
        listener(introduction, actor, practitioner_id)


def on_ended(introduction: Introduction, actor: Person | None, reason: str) -> None:
    """It will not go on: an EndReason, or `declined` or `lapsed` (which can start again, with a new request).

    A listener must take a second call calmly: what it stops may be what stopped the introduction.
    """
    for listener in _registry.on_ended:
        listener(introduction, actor, reason)


def lock_before(introduction_ids: Sequence[uuid.UUID]) -> None:
    """Lock whatever of the rooms above comes before Introduction in the global order, for these introductions."""
    for listener in _registry.lock_before:
        listener(introduction_ids)
