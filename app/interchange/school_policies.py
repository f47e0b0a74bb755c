"""Who may use a school's file. Pure: no database, no Flask."""

from __future__ import annotations

from app.accounts.models import Person
from app.children.policies import can_bring_school_file
from app.interchange.school_models import SchoolImport


def can_see_school_file(person: Person, file: SchoolImport) -> bool:
    """What became of a file: the Zone's manager, and the school's own leads."""
    return can_bring_school_file(person, file.school)


def can_use_school_file(person: Person, file: SchoolImport) -> bool:
    """Whoever brought it decides about it."""
    return file.person_id == person.id and can_bring_school_file(person, file.school)
