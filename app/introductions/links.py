"""The one-purpose links of an asking e-mail: each opens one thing (yes, no, a question back) for one person of one organisation, until
the question is answered or runs out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer

from app.accounts.models import Person
from app.introductions import policies, queries
from app.introductions.models import Introduction, IntroductionState
from app.shared import clock
from app.shared.db import db
from app.shared.errors import NotFound

DEAD = _l("This link does not work any more: the question was answered, taken back, or is too old. Sign in to Kith to see what is asked of you.")


class Purpose(StrEnum):
    AGREE = "agree"
    DECLINE = "decline"
    ASK = "ask"


@dataclass(frozen=True)
class Answerer:
    introduction: Introduction
    person: Person
    purpose: Purpose


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="introductions.answer")


def make(introduction: Introduction, person: Person, purpose: Purpose = Purpose.AGREE) -> str:
    """The token for this purpose, person, organisation and time of asking. It holds ids only."""
    asked = introduction.asked_at.isoformat() if introduction.asked_at else ""
    return _serializer().dumps([purpose.value, str(introduction.id), str(person.id), str(introduction.organisation_id), asked])


def read(token: str) -> Answerer:
    """Whose answer to what. Raises NotFound once it is answered, lapsed or asked anew, consent is gone, or the person has left."""
    try:
        what, introduction_id, person_id, organisation_id, asked = _serializer().loads(token)
        purpose = Purpose(what)
        person = db.session.get(Person, uuid.UUID(person_id))
        key = uuid.UUID(introduction_id)
    except (BadSignature, ValueError, TypeError):
        raise NotFound(DEAD) from None
    if person is None or not person.is_active:
        raise NotFound(DEAD)
    try:
        introduction = queries.get_introduction(key, person)
    except NotFound:
        raise NotFound(DEAD) from None
    good = (
        str(introduction.organisation_id) == organisation_id
        and introduction.state is IntroductionState.ASKED and introduction.asked_at is not None
        and introduction.asked_at.isoformat() == asked and policies.can_answer(person, introduction)
        and introduction.answer_by_on is not None and clock.today() <= introduction.answer_by_on
    )
    if not good:
        raise NotFound(DEAD)
    return Answerer(introduction, person, purpose)
