"""A register that was taken without a signal and is sent later, child by child: what agrees is saved, what does not becomes a question."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from flask_babel import gettext as _

from app.accounts.models import Person
from app.attendance import policies, queries
from app.attendance.models import MARK_WORDS, Disagreement, Mark
from app.attendance.services import marking as desks
from app.attendance.services import registers, settling
from app.attendance.services.marking import Desk, Marking, RegisterNotOpen
from app.audit import services as audit
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, Invalid


class Outcome(StrEnum):
    SAVED = "saved"
    SAME = "same"
    DISAGREES = "disagrees"
    REFUSED = "refused"


@dataclass
class Sent:
    """What became of each child's mark, the revision that stands now, and why not where it was refused."""

    outcomes: dict[uuid.UUID, Outcome] = field(default_factory=dict)
    revisions: dict[uuid.UUID, int] = field(default_factory=dict)
    why_not: dict[uuid.UUID, str] = field(default_factory=dict)


def send_register(
    *, session_id: uuid.UUID, marks: Mapping[uuid.UUID, Marking], keys: Mapping[uuid.UUID, str], actor: Person,
    tapped_at: datetime | None = None,
) -> Sent:
    """Each child's mark carries the key of its tap: sent again, it is the same. A mark that somebody else made meanwhile and that says
    something else is not overwritten: both are kept, and the child's Link Worker settles which is right.

    What cannot be saved is answered child by child; nothing of the others is lost for it. Raises Forbidden, NotFound, Invalid.
    """
    tapped = {child_id: registers.tidy(marking) for child_id, marking in marks.items()}
    if any(not 1 <= len(keys.get(child_id, "")) <= registers.KEY_LIMIT for child_id in tapped):
        raise Invalid(_("Each mark needs a key of 1 to %(limit)s characters.", limit=registers.KEY_LIMIT))
    with atomic():
        desk = desks.open_desk(session_id, tapped, actor)
        if not policies.can_take_register(actor, desk.session):
            raise Forbidden(_("Only the organisation that runs the session takes its register, or the Zone manager in its stead."))
        sent = Sent()
        fresh = _sort(desk, tapped, keys, actor, sent)
        for child_id in [c for c, outcome in sent.outcomes.items() if outcome is Outcome.DISAGREES]:
            _ask(desk, child_id, tapped[child_id], keys[child_id], actor, tapped_at)
        if fresh:
            registers.keep(desk, fresh, keys, actor)
        sent.outcomes |= dict.fromkeys(fresh, Outcome.SAVED)
        sent.revisions = {child_id: desk.marks[child_id].revision for child_id in tapped if child_id in desk.marks}
        return sent


def _sort(desk: Desk, tapped: Mapping[uuid.UUID, Marking], keys: Mapping[uuid.UUID, str], actor: Person, sent: Sent) -> dict[uuid.UUID, Marking]:
    """Writes down the outcome of each child that is not simply to be saved; answers those that are."""
    shut = _closed(desk)
    known = desk.keys | queries.disagreement_keys(desk.session.id) if desk.keys else set()  # a disagreement is about a mark
    fresh: dict[uuid.UUID, Marking] = {}
    for child_id, marking in tapped.items():
        mark = desk.marks.get(child_id)
        if (child_id, keys[child_id]) in known or (mark is not None and marking.says(mark)):
            sent.outcomes[child_id] = Outcome.SAME
        elif shut or child_id not in desk.seen:
            sent.outcomes[child_id], sent.why_not[child_id] = Outcome.REFUSED, shut or _("This child is not on the register any more.")
        elif mark is not None and mark.revision != marking.seen_revision:
            sent.outcomes[child_id] = Outcome.DISAGREES
        else:
            fresh[child_id] = marking
    for child_id, why in registers.why_locked(desk, fresh, actor).items():
        sent.outcomes[child_id], sent.why_not[child_id] = Outcome.REFUSED, why
        del fresh[child_id]
    return fresh


def _closed(desk: Desk) -> str:
    """Why the whole register is not open; "" when it is."""
    try:
        desks.require_open(desk.session)
    except RegisterNotOpen as refusal:
        return refusal.sentence
    return ""


def _ask(desk: Desk, child_id: uuid.UUID, marking: Marking, key: str, actor: Person, tapped_at: datetime | None) -> None:
    """Keep what the phone says beside what stands, and put the question on the Link Workers' lists."""
    standing: Mark = desk.marks[child_id]
    found = Disagreement(
        session_id=desk.session.id, child_id=child_id, mark_id=standing.id, kind=marking.kind, is_told_late=marking.is_told_late,
        note=marking.note, client_key=key, tapped_at=tapped_at, sent_by_id=actor.id,
    )
    db.session.add(found)
    db.session.flush()
    settling.tell(found, desk.session, desk.places[child_id])
    audit.record(
        "attendance.register.disagreed", subject=found, actor=actor, zone_id=desk.session.cohort.offering.zone_id,
        session=desk.session.id, standing=MARK_WORDS[standing.kind], sent=MARK_WORDS[marking.kind],
    )
