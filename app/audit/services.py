"""Writing the trail. `record` belongs inside a verb's own transaction; `note_sight` is a transaction of its own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Protocol

import sqlalchemy as sa

from app.audit.models import AuditEntry, Sight
from app.shared import clock
from app.shared.db import Row, atomic, db, is_writing, numbered
from app.shared.tongue import in_english

SYSTEM = "Kith, by itself"
numbered(AuditEntry)


class Actor(Protocol):
    """What the trail needs to know of a person; `accounts.Person` is one."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def name(self) -> str: ...


def record(
    action: str,
    *,
    subject: Row,
    actor: Actor | None,
    zone_id: uuid.UUID | None = None,
    child_id: uuid.UUID | None = None,
    moved: tuple[str, str] | None = None,
    reason: str = "",
    **details: Any,
) -> AuditEntry:
    """Write one entry beside the change it describes. `actor` None means the clock did it.

    `zone_id` and `child_id` are taken from the subject where it has them. Details hold ids, amounts in pence, dates and
    codes (values are made JSON-safe); never a name or what somebody said.
    """
    if not is_writing():
        raise RuntimeError("an audit entry belongs inside the transaction of the change it describes")
    if subject in db.session.new:
        db.session.flush()  # a new subject gets its key here, and what the database refuses is refused now
    entry = AuditEntry(
        at=clock.now(),
        actor_id=actor.id if actor is not None else None,
        actor_name=actor.name if actor is not None else SYSTEM,
        actor_role=in_english(getattr(actor, "role_word", "")) if actor is not None else "",
        action=action,
        subject_type=subject.__tablename__,
        subject_id=subject.id,
        zone_id=zone_id or getattr(subject, "zone_id", None),
        child_id=child_id or getattr(subject, "child_id", None) or (subject.id if subject.__tablename__ == "child" else None),
        from_state=moved[0] if moved else None,
        to_state=moved[1] if moved else None,
        reason=reason,
        details={key: _plain(value) for key, value in details.items() if value is not None},
    )
    db.session.add(entry)
    return entry


def _plain(value: Any) -> Any:
    if isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return in_english(value)


def note_sight(*, person: Actor, child_id: uuid.UUID, what: str, why: str = "") -> None:
    """Write down that `person` looked at a child's record. The one write that a GET may cause."""
    with atomic():
        db.session.add(Sight(person_id=person.id, child_id=child_id, what=what, why=why))


def note_sights(*, person: Actor, child_ids: Sequence[uuid.UUID], what: str, why: str = "") -> None:
    """The same for a list of children shown on one page; nothing for an empty list."""
    if not child_ids:
        return
    with atomic():
        looks = [{"person_id": person.id, "child_id": child_id, "what": what, "why": why} for child_id in child_ids]
        db.session.execute(sa.insert(Sight), looks)  # one statement, however many children
