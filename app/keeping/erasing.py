"""Erasing one child: the preview, and the verb. Money, counts and the trail hold on to a pseudonym; nothing else holds on to the child."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import redacting
from app.audit import services as audit
from app.children.models import Child, ChildState
from app.children.queries import REFERENCE_LETTERS
from app.commissioning.models import LIVE_STATES, Commission
from app.introductions.models import OPEN_STATES, Introduction
from app.keeping import plan, policies, queries
from app.keeping.models import Erasure
from app.notifications.models import OutboxMessage
from app.safeguarding.copies import BENEATH
from app.shared.db import Base, atomic, db, in_parts, lock_row
from app.shared.errors import DomainError, Forbidden, Invalid

SAID_SO = (("mark", "reason"), ("statement_line", "query"))
"""That there was a reason or a question counts for something: a word stands for it."""


class CannotErase(DomainError):
    """Something stands against it: a hold, or work that is not ended."""

    code = "cannot_erase"
    status = 409


@dataclass(frozen=True)
class Preview:
    """`goes` and `emptied`: table and number of rows. `stands_against`: why it cannot be done now, in sentences."""

    goes: Sequence[tuple[str, int]]
    emptied: Sequence[tuple[str, int]]
    stays: Sequence[str]
    stands_against: Sequence[str]


def preview(child: Child) -> Preview:
    """What an erasure would do today. Nothing is written."""
    ids = _ids(child.id)
    said = {name: len(found) for name, found in ids.items() if found}
    return Preview(
        goes=[(_word(name), said[name]) for name in plan.GOES if name in said], emptied=[(_word(name), said[name]) for name in plan.BLANK if name in said],
        stays=list(plan.STAYS.values()), stands_against=_against(child),
    )


def erase(*, child_id: uuid.UUID, reference: str, why: str, actor: Person | None, run_id: uuid.UUID | None = None) -> Erasure:
    """The child's name, words, notes, contacts and figures go for good. `actor` None: a rule of time that somebody confirmed.

    Raises Forbidden, Invalid (at the reference or the reason), CannotErase.
    """
    with atomic():
        child = lock_row(Child, child_id)
        if actor is not None and not policies.can_erase(actor, child):
            raise Forbidden(_("The Zone manager answers requests to erase."))
        if reference.strip().upper() != child.reference.upper():
            raise Invalid(_("Type the child’s reference as it stands above."), field="reference")
        if not why.strip():
            raise Invalid(_("Say who asked for it, and when."), field="why")
        why_not = _against(child)
        if why_not:
            raise CannotErase(" ".join(why_not))
        own_words = {word.casefold() for word in (child.first_name, child.last_name, child.known_as, child.reference) if word}
        ids = _ids(child.id)
        _empty_outbox(child.id)
        _delete(ids, child.id)
        _blank(ids)
        _empty_child(child)
        lines = redacting.take_out(child_id=child.id, subject_ids={one for found in ids.values() for one in found}, own_words=own_words)
        erasure = Erasure(
            zone_id=child.zone_id, child_id=child.id, pseudonym=child.reference, why=why.strip(), erased_by_id=actor.id if actor else None, run_id=run_id,
        )
        db.session.add(erasure)
        entry = audit.record("keeping.child.erased", subject=erasure, actor=actor, redacted=redacting.digest_of(lines), lines=len(lines))
        redacting.vouch(entry, lines)
    return erasure


def against(child_id: uuid.UUID) -> list[str]:
    """Why this child cannot be erased today, in sentences; none: it can."""
    return _against(db.session.get_one(Child, child_id))


def _against(child: Child) -> list[str]:
    found = [_("It is held: %(why)s.", why=hold.why) for hold in queries.live_holds(child.id)]
    if child.state is ChildState.ACTIVE:
        found.append(_("The child is on the programme still: end that first, so that nobody waits."))
    if db.session.scalar(sa.select(sa.func.count(Introduction.id)).where(Introduction.child_id == child.id, Introduction.state.in_(OPEN_STATES))):
        found.append(_("An introduction is open still."))
    live = sa.select(sa.func.count(Commission.id)).where(Commission.child_id == child.id, Commission.state.in_(LIVE_STATES))
    if db.session.scalar(live):
        found.append(_("A commission is not closed, so money may move still."))
    if child.source == plan.EMPTY_CHILD["source"]:
        found.append(_("It is erased already."))
    return found


def _ids(child_id: uuid.UUID) -> dict[str, list[uuid.UUID]]:
    """The keys of every row of the child's, by table; those that name the child only through another come after it."""
    found: dict[str, list[uuid.UUID]] = {}
    through = {**BENEATH, "variation": "commission", "decision": "commission", "brief_offer": "brief", "note_tag": "listening_note", "measure": "pupil"}
    for table in Base.metadata.sorted_tables:
        if (table.name not in plan.GOES and table.name not in plan.BLANK) or "id" not in table.c:
            continue
        wanted = [c == child_id for c in table.columns for fk in c.foreign_keys if fk.column.table.name == "child"]
        if "child_id" in table.c and not wanted:
            wanted = [table.c.child_id == child_id]
        parent = through.get(table.name)
        ids: set[uuid.UUID] = set()
        if wanted:
            ids |= set(db.session.scalars(sa.select(table.c.id).where(sa.or_(*wanted))))
        if parent and found.get(parent):
            key = next(c for c in table.columns for fk in c.foreign_keys if fk.column.table.name == parent)
            for part in in_parts(found[parent]):
                ids |= set(db.session.scalars(sa.select(table.c.id).where(key.in_(part))))
        found[table.name] = sorted(ids)
    return found


def _delete(ids: dict[str, list[uuid.UUID]], child_id: uuid.UUID) -> None:
    if ids["measure"]:  # a figure may name the one that took its place
        table = Base.metadata.tables["measure"]
        for part in in_parts(ids["measure"]):
            db.session.execute(sa.update(table).where(table.c.id.in_(part)).values(replaced_by_id=None))
    ties = Base.metadata.tables["relationship"]  # another child's circle may say that this friend is a child of Kith
    db.session.execute(sa.update(ties).where(ties.c.other_child_id == child_id).values(other_child_id=None))
    for table in reversed(Base.metadata.sorted_tables):
        if table.name in plan.GOES and table.name not in ids:
            db.session.execute(sa.delete(table).where(table.c.child_id == child_id))
        elif table.name in plan.GOES:
            for part in in_parts(ids[table.name]):
                db.session.execute(sa.delete(table).where(table.c.id.in_(part)))


def _blank(ids: dict[str, list[uuid.UUID]]) -> None:
    for name, columns in plan.BLANK.items():
        table = Base.metadata.tables[name]
        for part in in_parts(ids[name]):
            db.session.execute(sa.update(table).where(table.c.id.in_(part)).values(dict.fromkeys(columns, "")))
    for name, column in SAID_SO:
        table = Base.metadata.tables[name]
        for part in in_parts(ids[name]):
            db.session.execute(sa.update(table).where(table.c.id.in_(part), table.c[column] != "").values({column: "Erased"}))


def _empty_child(child: Child) -> None:
    for name, value in plan.EMPTY_CHILD.items():
        setattr(child, name, value)
    child.reference = _pseudonym(child.zone_id)
    child.source_ref = str(uuid.uuid4())
    db.session.flush()


def _pseudonym(zone_id: uuid.UUID) -> str:
    while True:
        name = "X-" + "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(6))
        if not db.session.scalar(sa.select(sa.func.count(Child.id)).where(Child.zone_id == zone_id, Child.reference == name)):
            return name


def _empty_outbox(child_id: uuid.UUID) -> None:
    """Letters and messages that name the child by its key, sent or not."""
    mine = sa.cast(OutboxMessage.payload, sa.String).contains(str(child_id))
    db.session.execute(sa.delete(OutboxMessage).where(mine))


def _word(name: str) -> str:
    return name.replace("_", " ")
