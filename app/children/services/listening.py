"""What the child said, and what was noticed."""

from __future__ import annotations

import uuid
from datetime import date

from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit.services import record
from app.children import queries
from app.children.models import ListeningNote, NoteKind, Voice
from app.children.services import powers
from app.children.services.tags import suggest_tags
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid


def record_voice(
    *, child_id: uuid.UUID, words: str, said_on: date, actor: Person | None, heard_by_id: uuid.UUID | None = None,
    source: str = "kith",
) -> Voice:
    """Keep the child's words as they were said. Raises Invalid when there are none, or the day lies ahead."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.listens_to(actor, child)
        if not words.strip():
            raise Invalid(_("Write what the child said, in the child’s words."), field="words")
        if said_on > clock.today():
            raise Invalid(_("It cannot have been said on a day that is still to come."), field="said_on")
        heard_by = heard_by_id or (actor.id if actor else None)
        voice = Voice(child_id=child_id, words=words, said_on=said_on, heard_by_id=heard_by, source=source)
        db.session.add(voice)
        record("children.voice.recorded", subject=voice, actor=actor, zone_id=child.zone_id, said_on=said_on, source=source)
        return voice


def add_note(
    *, child_id: uuid.UUID, kind: NoteKind, text: str, noted_on: date, actor: Person | None, is_private: bool = False
) -> ListeningNote:
    """What is well received, what is not, what motivates, which barriers. A private one stays with the Link Worker."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.listens_to(actor, child)
        if is_private:
            powers.keeps_private_notes(actor, child)
        if not text.strip():
            raise Invalid(_("Write what you noticed."), field="text")
        if noted_on > clock.today():
            raise Invalid(_("It cannot have been noticed on a day that is still to come."), field="noted_on")
        note = ListeningNote(
            child_id=child_id, kind=kind, text=text.strip(), noted_on=noted_on, noted_by_id=actor.id if actor else None,
            is_private=is_private,
        )
        db.session.add(note)
        tags = suggest_tags(note, child)
        record("children.note.added", subject=note, actor=actor, zone_id=child.zone_id, kind=kind.value, private=is_private, tags=len(tags))
        return note
