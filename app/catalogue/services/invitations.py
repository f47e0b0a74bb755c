"""Asking a partner to join: the organisation by its name, and an account for whoever answers for it. The e-mail with the link to choose
a password goes with the account."""

from __future__ import annotations

import uuid

from app.accounts.models import Person, Role
from app.accounts.services.people import Scope, add_person
from app.catalogue.models import Organisation, OrganisationKind, PartnerState
from app.catalogue.services import powers
from app.catalogue.services.organisations import OrganisationFacts, add_organisation
from app.shared.db import atomic, db


def invite_partner(*, zone_id: uuid.UUID, name: str, contact_name: str, email: str, actor: Person) -> Organisation:
    """Raises Invalid at the field that cannot be: a name the Zone has, an address somebody uses already."""
    with atomic():
        powers.manages(actor, zone_id)
        organisation = add_organisation(
            zone_id=zone_id, actor=actor, state=PartnerState.INVITED,
            facts=OrganisationFacts(name=name, kind=OrganisationKind.PARTNER, contact_name=contact_name, email=email),
        )
        db.session.flush()
        add_person(
            name=contact_name, email=email, phone="", zone_id=zone_id, role=Role.PARTNER_ADMIN,
            scope=Scope(organisation_id=organisation.id), actor=actor,
        )
        return organisation
