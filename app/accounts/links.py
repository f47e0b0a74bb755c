"""Single-use links to choose a password.

A link is signed and names a person and a fingerprint of the password they had when it was made. Choosing a password changes the
fingerprint, so every link made before is dead. It lasts seven days.
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from app.accounts.models import Person
from app.shared import clock
from app.shared.db import db
from app.shared.errors import NotFound

LASTS = timedelta(days=7)
_SALT = "kith.accounts.choose-a-password"


class LinkSpent(NotFound):
    """Used, too old, or never made by us: the three look the same."""

    code = "link_spent"

    def __init__(self) -> None:
        super().__init__(_("This link has been used already, or is more than a week old. Ask your Zone manager for a new one."))


class _Signer(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def make_token(person: Person, secret: str) -> str:
    return str(_serializer(secret).dumps([person.id.hex, _fingerprint(person)]))


def read_token(token: str, secret: str) -> Person:
    """The person a good link is for. Raises LinkSpent."""
    try:
        loaded: Any = _serializer(secret).loads(token, max_age=int(LASTS.total_seconds()))
        person_id, fingerprint = uuid.UUID(loaded[0]), loaded[1]
    except (BadSignature, ValueError, TypeError, IndexError, AttributeError) as error:
        raise LinkSpent from error
    person = db.session.get(Person, person_id)
    if person is None or not person.is_active or _fingerprint(person) != fingerprint:
        raise LinkSpent
    return person


def _fingerprint(person: Person) -> str:
    return hashlib.sha256(f"{person.id} {person.email} {person.password_hash or ''}".encode()).hexdigest()[:24]


def _serializer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt=_SALT, signer=_Signer)
