"""A child who can decide alone: the Link Worker's note on why, and the safeguarding lead's signature, without which it counts for nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from app.accounts import queries as accounts
from app.accounts.models import Person, Role
from app.audit.services import record
from app.children import policies, queries, school_queries
from app.children.models import SHAREABLE
from app.children.school_models import GillickNote, GillickState
from app.children.services.consents import check_consent, keep_consent
from app.notifications.models import Urgency
from app.notifications.services import close_tasks, open_task
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import DomainError, Forbidden, Invalid, NotFound
from app.shared.states import Moves

TASK = "consent.gillick"
_G = GillickState
MOVES: Moves[GillickState] = Moves("note", {_G.NOTED: {_G.COUNTERSIGNED, _G.TURNED_DOWN}})


def note_gillick(
    *, child_id: uuid.UUID, organisation_id: uuid.UUID, fields: Sequence[str], given_on: date, ends_on: date, how: str, language: str,
    understood: str, why_not_parent: str, actor: Person,
) -> GillickNote:
    """Write down that the child understands what would be shared and decides alone. Nothing is shared on it yet.

    Raises NotFound, Forbidden, and Invalid at the field.
    """
    with atomic():
        child = queries.get_child_by_id(child_id)
        if not policies.can_work_with_child(actor, child):
            raise Forbidden
        organisation = queries.organisation_in_zone(organisation_id, child.zone_id)
        check_consent(organisation.state, organisation.name, fields, given_on, ends_on, how)
        if not understood.strip():
            raise Invalid(_("Write how you know that the child understands, in what the child said."), field="understood")
        if not why_not_parent.strip():
            raise Invalid(_("Write why no parent or carer decides, and what was done to bring them in."), field="why_not_parent")
        chosen = set(fields)
        note = GillickNote(
            child_id=child_id, organisation_id=organisation_id, fields=[f for f in SHAREABLE if f in chosen], given_on=given_on, ends_on=ends_on,
            how=how, language=language, understood=understood.strip(), why_not_parent=why_not_parent.strip(), noted_by_id=actor.id,
        )
        db.session.add(note)
        record("children.gillick.noted", subject=note, actor=actor, zone_id=child.zone_id, organisation=organisation_id, fields=note.fields)
        leads = [p for p in accounts.people_with(Role.SAFEGUARDING_LEAD, child.zone_id, school_id=child.school_id) if p.id != actor.id]
        for lead in leads:
            open_task(
                person_id=lead.id, kind=TASK, subject=note, child_id=child_id, zone_id=child.zone_id, icon="pen-line",
                title="A child’s own consent waits for you", text="It counts when you have signed it too.", action="Read it",
                url=f"/children/{child_id}/own-consents/{note.id}", urgency=Urgency.NOW,
            )
        return note


def countersign_gillick(*, note_id: uuid.UUID, child_id: uuid.UUID, words: str, actor: Person) -> GillickNote:
    """The safeguarding lead agrees: from now on it is a consent like any other, given by the child.

    Raises NotFound, Forbidden (also for whoever wrote the note), IllegalMove when it was decided, DomainError when its days are over.
    """
    with atomic():
        note = _decide(note_id, child_id, _G.COUNTERSIGNED, actor)
        child = queries.get_child_by_id(child_id)
        if note.ends_on < clock.today():
            raise DomainError(_("The days of this consent are over. A new note is needed."), code="too_late")
        consent = keep_consent(
            child, note.organisation_id, carer_id=None, fields=note.fields, given_on=note.given_on, ends_on=note.ends_on, how=note.how,
            language=note.language, actor=actor,
        )
        consent.recorded_by_id = note.noted_by_id  # who heard the child; who signed stands on the note
        db.session.flush()
        _sign(note, _G.COUNTERSIGNED, words, actor, consent.id)
        return note


def turn_down_gillick(*, note_id: uuid.UUID, child_id: uuid.UUID, words: str, actor: Person) -> GillickNote:
    """The safeguarding lead does not agree, and says why. Nothing was shared, and nothing is."""
    with atomic():
        note = _decide(note_id, child_id, _G.TURNED_DOWN, actor)
        if not words.strip():
            raise Invalid(_("Say why, and what should happen instead."), field="words")
        _sign(note, _G.TURNED_DOWN, words, actor, None)
        return note


def _decide(note_id: uuid.UUID, child_id: uuid.UUID, there: GillickState, actor: Person) -> GillickNote:
    child = queries.get_child_by_id(child_id)
    if not policies.can_countersign(actor, child):
        raise Forbidden(_("Only a safeguarding lead signs this."))
    note = lock_row(GillickNote, note_id)
    if note.child_id != child_id:
        raise NotFound
    if note.noted_by_id == actor.id:
        raise Forbidden(_("Whoever wrote the note cannot sign it as well: that is what two people are for."))
    MOVES.require(note.state, there)
    return school_queries.get_gillick_note(note_id, child_id)


def _sign(note: GillickNote, there: GillickState, words: str, actor: Person, consent_id: uuid.UUID | None) -> None:
    before = note.state
    note.state, note.decided_by_id, note.decided_at = there, actor.id, clock.now()
    note.decision_note, note.consent_id = words.strip(), consent_id
    db.session.flush()
    close_tasks(kind=TASK, subject=note, why="Decided.")
    child = queries.get_child_by_id(note.child_id)
    record("children.gillick.decided", subject=note, actor=actor, zone_id=child.zone_id, moved=(before.value, there.value), consent=consent_id)
