"""E-mails to organisations. They say that a question waits and where; never a child's name, a need or a word of the child's."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import gettext as _

from app.accounts.models import Person
from app.introductions import links
from app.introductions.models import Introduction, IntroductionState, Message
from app.introductions.queries import is_visible
from app.notifications.emails import Letter
from app.shared.db import db
from app.shared.view import long_day


def asked(payload: dict[str, Any]) -> Letter | None:
    """A Link Worker asks. With a link to sign in and read, and three that answer at once: yes, no, a question back."""
    found = _still_asked(payload)
    if found is None:
        return None
    introduction, person = found
    return Letter(
        person.name, person.email, _("A question about %(offering)s", offering=introduction.offering.title), "introduction_asked", _values(introduction, person)
    )


def nudged(payload: dict[str, Any]) -> Letter | None:
    """The question still waits."""
    found = _still_asked(payload)
    if found is None:
        return None
    introduction, person = found
    return Letter(
        person.name, person.email, _("Still waiting for your answer: %(offering)s", offering=introduction.offering.title), "introduction_nudged",
        _values(introduction, person),
    )


def _still_asked(payload: dict[str, Any]) -> tuple[Introduction, Person] | None:
    """None when it was answered meanwhile, asked anew, or is not theirs to see any more."""
    introduction = db.session.get(Introduction, uuid.UUID(payload["introduction"]))
    person = db.session.get(Person, uuid.UUID(payload["person"]))
    if introduction is None or person is None or not person.is_active or introduction.state is not IntroductionState.ASKED:
        return None
    same = introduction.asked_at is not None and introduction.asked_at.isoformat() == payload["asked_at"]
    return (introduction, person) if same and is_visible(introduction.id, person) else None


def _values(introduction: Introduction, person: Person) -> dict[str, Any]:
    return {
        "offering": introduction.offering.title, "link_worker": introduction.started_by.name,
        "answer_by": long_day(introduction.answer_by_on), "path": f"/introductions/{introduction.id}",
        **{f"{purpose}_path": f"/answer/{links.make(introduction, person, purpose)}" for purpose in links.Purpose},
    }


def message_waits(payload: dict[str, Any]) -> Letter | None:
    """Somebody wrote, asked or answered. Not a word of it: only who, about which offering, and where to read it."""
    message = db.session.get(Message, uuid.UUID(payload["message"]))
    person = db.session.get(Person, uuid.UUID(payload["person"]))
    if message is None or person is None or not person.is_active or not is_visible(message.introduction_id, person):
        return None
    introduction = db.session.get_one(Introduction, message.introduction_id)
    return Letter(person.name, person.email, _("A message about %(offering)s", offering=introduction.offering.title), "introduction_message", {
        "offering": introduction.offering.title, "writer": message.written_by.name, "path": f"/introductions/{introduction.id}",
        "is_question": message.is_question,
    })
