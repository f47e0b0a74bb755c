"""Every look at a child's record is written down, once for each request. Pages of the rooms above that show a child call it too."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import Response, after_this_request, g

from app.accounts.models import Person, Role
from app.audit.services import note_sight
from app.children.models import Child
from app.shared.web import current_person


@dataclass(frozen=True)
class _Looker:
    id: uuid.UUID
    name: str


def _why(looker: Person, child: Child) -> str:
    """The reason of an administrator's urgent look; everybody else looks as part of their work."""
    if not looker.has_role(Role.ADMINISTRATOR):
        return ""
    return next((f"urgent look: {look.why}" for look in child.urgent_looks if look.person_id == looker.id and look.is_live), "")


def note_look(child: Child, what: str) -> None:
    """`what` names the page ("child's page"), never what stands on it.

    Written when the page is drawn and before it leaves: a look that cannot be written down shows nothing, and what was read for the
    page is not read twice.
    """
    seen: set[object] = g.setdefault("children_looked_at", set())
    if child.id in seen:
        return
    seen.add(child.id)
    looker = current_person()
    why = _why(looker, child)
    person, child_id = _Looker(looker.id, ""), child.id

    @after_this_request
    def write(response: Response) -> Response:
        note_sight(person=person, child_id=child_id, what=what, why=why)
        return response
