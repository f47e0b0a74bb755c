"""The one-purpose link of the monthly e-mail: whoever it was sent to says, with one button, that all is still right."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.accounts.models import Person
from app.catalogue import policies
from app.catalogue.models import Organisation, PartnerState
from app.shared.db import db
from app.shared.errors import NotFound

WORKS_FOR = 45 * 24 * 60 * 60
"""Seconds."""
DEAD = _l("This link does not work any more. Sign in to Kith; your page says what is asked of you.")


@dataclass(frozen=True)
class Asked:
    organisation: Organisation
    person: Person


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="catalogue.still_right")


def make(organisation: Organisation, person: Person) -> str:
    """The token for this person. It holds ids only."""
    return _serializer().dumps([str(organisation.id), str(person.id)])


def read(token: str) -> Asked:
    """Raises NotFound when it is too old, the person runs the organisation no more, or it is not at work."""
    try:
        organisation_id, person_id = _serializer().loads(token, max_age=WORKS_FOR)
        organisation, person = db.session.get(Organisation, uuid.UUID(organisation_id)), db.session.get(Person, uuid.UUID(person_id))
    except (BadSignature, ValueError, TypeError):
        raise NotFound(DEAD) from None
    if organisation is None or person is None or not person.is_active or organisation.state is PartnerState.LEFT:
        raise NotFound(DEAD)
    if not policies.signs_for_partner(person, organisation):
        raise NotFound(DEAD)
    return Asked(organisation, person)
