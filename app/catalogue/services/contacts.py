"""Contacts: whom to ask at an organisation, and what about."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.catalogue import changes
from app.catalogue.models import Contact, ContactPurpose, Organisation
from app.catalogue.services import powers
from app.shared.db import atomic, db
from app.shared.errors import Invalid, NotFound


@dataclass(frozen=True)
class ContactFacts:
    """What may be written about a contact; `purposes` are values of ContactPurpose."""

    name: str
    title: str = ""
    purposes: list[str] = field(default_factory=list)
    email: str = ""
    phone: str = ""
    note: str = ""


def add_contact(*, organisation_id: uuid.UUID, facts: ContactFacts, actor: Person | None) -> Contact:
    """Raises Invalid at the field that cannot be."""
    with atomic():
        organisation = db.session.get(Organisation, organisation_id)
        if organisation is None:
            raise NotFound
        powers.runs(actor, organisation)
        _require_sense(organisation_id, facts)
        contact = Contact(organisation_id=organisation_id, **asdict(facts))
        db.session.add(contact)
        db.session.flush()
        audit.record("catalogue.contact.added", subject=organisation, actor=actor, contact=contact.id, name=facts.name)
        return contact


def edit_contact(*, contact_id: uuid.UUID, facts: ContactFacts, actor: Person) -> Contact:
    """Raises Invalid at the field that cannot be."""
    with atomic():
        contact = _get(contact_id)
        powers.runs(actor, contact.organisation)
        _require_sense(contact.organisation_id, facts, but=contact_id)
        changed = changes.apply(contact, asdict(facts))
        if changed:
            audit.record(
                "catalogue.contact.edited", subject=contact.organisation, actor=actor, contact=contact_id, name=contact.name,
                fields=list(changed), changes=changed,
            )
        return contact


def remove_contact(*, contact_id: uuid.UUID, actor: Person) -> None:
    """Not there to be asked any more: the row goes, the trail says when and who took it away."""
    with atomic():
        contact = _get(contact_id)
        powers.runs(actor, contact.organisation)
        audit.record("catalogue.contact.removed", subject=contact.organisation, actor=actor, contact=contact_id, name=contact.name)
        db.session.delete(contact)


def _get(contact_id: uuid.UUID) -> Contact:
    contact = db.session.get(Contact, contact_id)
    if contact is None:
        raise NotFound
    return contact


def _require_sense(organisation_id: uuid.UUID, facts: ContactFacts, but: uuid.UUID | None = None) -> None:
    if not facts.name.strip():
        raise Invalid(_("Type a name, or what the desk is called."), field="name")
    if not facts.email and not facts.phone:
        raise Invalid(_("Type an e-mail address or a telephone number: otherwise nobody can ask."), field="phone")
    if unknown := set(facts.purposes) - set(ContactPurpose):
        raise Invalid(_("Nobody is asked about %(purposes)s.", purposes=", ".join(sorted(unknown))), field="purposes")
    statement = sa.select(Contact.id).where(Contact.organisation_id == organisation_id, sa.func.lower(Contact.name) == facts.name.lower())
    if but is not None:
        statement = statement.where(Contact.id != but)
    if db.session.scalar(statement) is not None:
        raise Invalid(_("%(name)s is already a contact here.", name=facts.name), code="name_taken", field="name")
