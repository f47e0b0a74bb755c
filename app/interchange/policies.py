"""Who may bring files in and take them out. Pure: no database, no Flask."""

from __future__ import annotations

import uuid

from app.accounts.models import Person
from app.accounts.policies import is_zone_manager
from app.interchange.models import ImportDraft, ImportMapping


def can_import(person: Person) -> bool:
    """Has a Zone to bring files into: a Zone manager."""
    return is_zone_manager(person)


def can_import_into(person: Person, zone_id: uuid.UUID) -> bool:
    return person.manages(zone_id)


def can_use_draft(person: Person, draft: ImportDraft) -> bool:
    return draft.person_id == person.id and person.manages(draft.zone_id)


def can_use_mapping(person: Person, mapping: ImportMapping) -> bool:
    return person.manages(mapping.zone_id)


def can_export_children(person: Person) -> bool:
    """All the children of a Zone at once: nobody but the Zone's manager."""
    return is_zone_manager(person)
