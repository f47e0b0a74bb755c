"""What exports and imports read: children by their source's ids, whole Zones in the order they came, and one's own drafts."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import defer, selectinload

from app.accounts.models import Person
from app.catalogue.exchange import natural
from app.catalogue.models import Offering, OfferingState
from app.children.models import Child, ChildState
from app.children.queries import visible_to
from app.interchange.models import ImportDraft, ImportMapping
from app.shared import clock
from app.shared.db import db, in_parts
from app.shared.errors import NotFound

_WHOLE_RECORD = (selectinload(Child.voices), selectinload(Child.needs))


def list_imported_children(zone_id: uuid.UUID, source: str, refs: Iterable[str]) -> dict[str, Child]:
    """The children of that source by its own ids, with what the format speaks of."""
    wanted = list(dict.fromkeys(refs))
    found: dict[str, Child] = {}
    for part in in_parts(wanted):
        statement = (
            sa.select(Child)
            .where(Child.zone_id == zone_id, Child.source == source, Child.source_ref.in_(part))
            .options(*_WHOLE_RECORD)
        )
        found.update({child.source_ref: child for child in db.session.scalars(statement)})
    return found


def list_children_to_export(zone_id: uuid.UUID, person: Person | None) -> Sequence[Child]:
    """The active children of a Zone in the order they came, those that `person` may see; None is the command line, which sees all."""
    statement = sa.select(Child).where(Child.zone_id == zone_id, Child.state == ChildState.ACTIVE).options(*_WHOLE_RECORD)
    if person is not None:
        statement = statement.where(visible_to(person))
    return sorted(db.session.scalars(statement), key=lambda child: (child.created_at, natural(child.source_ref), child.id))


def find_mapping(zone_id: uuid.UUID, name: str) -> ImportMapping | None:
    """By its name, in any capitals."""
    wanted = " ".join(name.split()).lower()
    return next((kept for kept in list_mappings([zone_id]) if kept.name.lower() == wanted), None)


def find_mapping_by_print(zone_id: uuid.UUID, header_print: str) -> ImportMapping | None:
    """The one that was last changed, of those for files of this look."""
    statement = (
        sa.select(ImportMapping).where(ImportMapping.zone_id == zone_id, ImportMapping.header_print == header_print)
        .order_by(ImportMapping.changed_at.desc(), ImportMapping.id).limit(1)
    )
    return db.session.scalars(statement).one_or_none()


def list_mappings(zone_ids: Collection[uuid.UUID]) -> Sequence[ImportMapping]:
    """By name."""
    statement = sa.select(ImportMapping).where(ImportMapping.zone_id.in_(zone_ids)).order_by(ImportMapping.name, ImportMapping.id)
    return db.session.scalars(statement).all()


def get_mapping(mapping_id: uuid.UUID, person: Person) -> ImportMapping:
    """Of a Zone that the person manages. Raises NotFound."""
    kept = db.session.get(ImportMapping, mapping_id)
    if kept is None or not person.manages(kept.zone_id):
        raise NotFound(_("This mapping is gone."))
    return kept


def list_not_seen(zone_ids: Collection[uuid.UUID]) -> Sequence[Offering]:
    """The offerings that their source no longer has, those that went first at the top."""
    statement = (
        sa.select(Offering)
        .where(
            Offering.zone_id.in_(zone_ids), Offering.not_seen_since_on.is_not(None), Offering.state != OfferingState.CLOSED,
            Offering.merged_into_id.is_(None),
        )
        .order_by(Offering.not_seen_since_on, Offering.source, Offering.title, Offering.id)
    )
    return db.session.scalars(statement).unique().all()


def get_draft(draft_id: uuid.UUID, person: Person) -> ImportDraft:
    """One's own, of a Zone one still manages, not yet out of date. Raises NotFound. The file itself is read when it is asked for."""
    statement = (
        sa.select(ImportDraft).where(ImportDraft.id == draft_id, ImportDraft.person_id == person.id, ImportDraft.expires_at > clock.now())
        .options(defer(ImportDraft.content))
    )
    draft = db.session.scalars(statement).one_or_none()
    if draft is None or not person.manages(draft.zone_id):
        raise NotFound(_("This upload is gone: it waited for more than a day, or it was not yours. Upload the file again."))
    return draft


def list_drafts(person: Person) -> Sequence[ImportDraft]:
    """One's own uploads that wait for a decision, newest first."""
    statement = (
        sa.select(ImportDraft)
        .where(ImportDraft.person_id == person.id, ImportDraft.expires_at > clock.now(), ImportDraft.used_at.is_(None))
        .options(defer(ImportDraft.content)).order_by(ImportDraft.created_at.desc(), ImportDraft.id)
    )
    return [draft for draft in db.session.scalars(statement) if person.manages(draft.zone_id)]
