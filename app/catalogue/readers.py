"""Who may still read an offering that is closed, paused for ever or made for particular children: whoever knows a child there.

The catalogue knows nothing of children. `introductions.wiring` registers which offerings a person knows through the children
within their sight; until it does, nobody knows any.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

import sqlalchemy as sa

from app.accounts.models import Person

Known = Callable[[Person], "sa.Select[tuple[uuid.UUID]] | None"]


def _none_known(person: Person) -> sa.Select[tuple[uuid.UUID]] | None:
    return None


_known: Known = _none_known


def register_known(known: Known) -> None:
    """`known(person)` is a SELECT of the ids of offerings, or None for somebody who can know none."""
    global _known
    _known = known


def known_offerings(person: Person) -> sa.Select[tuple[uuid.UUID]] | None:
    """A SELECT of the ids of the offerings that this person knows through a child within their sight."""
    return _known(person)
