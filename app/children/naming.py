"""What to call a child, to whom. Pure."""

from __future__ import annotations

from app.accounts.models import Person
from app.children import policies
from app.children.models import Child


def reference_line(child: Child) -> str:
    """"Year 5, St Aldhelm's, K-7F2Q": the child for budget holders, funders and anything that leaves Kith."""
    parts = [child.school_year_now, child.school.name if child.school else "", child.reference]
    return ", ".join(part for part in parts if part)


def name_for(person: Person, child: Child) -> str:
    """The child's name for those who may see the child, the reference for everybody else."""
    return child.short_name if policies.can_see_child(person, child) else reference_line(child)


def possessive(name: str) -> str:
    """"Amara's", "Idris'"."""
    return f"{name}’" if name.endswith("s") else f"{name}’s"
