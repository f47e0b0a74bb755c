"""References that name no child."""

from __future__ import annotations

import secrets
import uuid

import sqlalchemy as sa
from flask_babel import gettext as _

from app.children.models import (
    Child,
)
from app.shared.db import db
from app.shared.errors import DomainError

REFERENCE_LETTERS = "23456789CDFGHJKMNPQRTVWXY"
"""Nothing that is read or heard as something else, and no vowels, so that no reference is a word."""


def free_reference(zone_id: uuid.UUID) -> str:
    """A reference like K-7F2Q that no child of the Zone has. Inside the transaction that uses it."""
    for _attempt in range(200):
        reference = "K-" + "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(4))
        taken = sa.select(Child.id).where(Child.zone_id == zone_id, Child.reference == reference)
        if db.session.scalar(taken) is None:
            return reference
    raise DomainError(_("This Zone has run out of references for children."), code="no_reference_left")
