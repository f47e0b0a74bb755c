"""Which words are names of children and of the people around them: so that rooms below can keep them out of what they write down."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterable

import sqlalchemy as sa

from app.accounts.models import Person
from app.children.models import Carer, Child
from app.children.queries import visible_to
from app.shared.db import db

_NO_NAMES = frozenset("mum mummy dad daddy mother father mrs mr ms miss dr aunt auntie aunty uncle nan nanna gran granny grandma grandad foster carer and".split())
"""How people write a carer down whose name they do not use."""
_WORD = re.compile(r"[^\W\d_]+")


def names_of_zone(zone_id: uuid.UUID) -> frozenset[str]:
    """Every part of the names of the Zone's children (also of those who have left) and of their carers, small letters."""
    children = db.session.execute(sa.select(Child.first_name, Child.last_name, Child.known_as).where(Child.zone_id == zone_id))
    carers = db.session.scalars(sa.select(Carer.name).join(Child, Child.id == Carer.child_id).where(Child.zone_id == zone_id))
    return _parts([*(text for row in children for text in row), *carers])


def first_names_seen_by(person: Person) -> frozenset[str]:
    """First names of the children this person may see today."""
    rows = db.session.execute(sa.select(Child.first_name, Child.known_as).where(visible_to(person)))
    return _parts(text for row in rows for text in row)


def _parts(texts: Iterable[str]) -> frozenset[str]:
    plain = (unicodedata.normalize("NFKD", text.casefold()) for text in texts)
    joined = ("".join(c for c in text if not unicodedata.combining(c) and c not in "'’") for text in plain)
    return frozenset(word for text in joined for word in _WORD.findall(text) if len(word) > 1 and word not in _NO_NAMES)
