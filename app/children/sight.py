"""Every look at a child's record is written down, once for each request. Pages of the rooms above that show a child call it too."""

from __future__ import annotations

from flask import g

from app.audit.services import note_sight
from app.children.models import Child
from app.shared.web import current_person


def note_look(child: Child, what: str) -> None:
    """`what` names the page ("child's page"), never what stands on it."""
    seen: set[object] = g.setdefault("children_looked_at", set())
    if child.id not in seen:
        seen.add(child.id)
        note_sight(person=current_person(), child_id=child.id, what=what)
