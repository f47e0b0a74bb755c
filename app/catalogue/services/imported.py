"""What a file or a feed says of one offering, and what became of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from app.catalogue.models import OfferingKind, OrganisationKind
from app.catalogue.services.contacts import ContactFacts
from app.catalogue.services.offerings import OfferingFacts
from app.catalogue.services.organisations import OrganisationFacts
from app.catalogue.services.sites import SiteFacts
from app.shared.errors import DomainError

ORGANISATION_KIND = {
    OfferingKind.COMMISSIONED: OrganisationKind.PARTNER,
    OfferingKind.STATUTORY: OrganisationKind.STATUTORY,
    OfferingKind.COMMUNITY_ASSET: OrganisationKind.COMMUNITY,
    OfferingKind.PAID_COMMUNITY: OrganisationKind.COMMUNITY,
}


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class ImportedOffering:
    """One offering as its source has it. `ref` is the source's own key; `provider` the organisation's name.

    `organisation` is what else is known of the organisation: used when it is new. So is `site`, where it meets, and `contact`, whom to ask. `capacity` None: the source says nothing of
    places, so there is no group to make or change; `places_left` None: it does not say how many are free.
    """

    ref: str
    provider: str
    facts: OfferingFacts
    capacity: int | None = None
    places_left: int | None = None
    referrals_last_year: int = 0
    organisation: OrganisationFacts | None = None
    site: SiteFacts | None = None
    contact: ContactFacts | None = None


@dataclass(frozen=True)
class Imported:
    """What became of one row. `refusal` says why it was refused, with the field it is about."""

    ref: str
    outcome: Outcome
    offering_id: uuid.UUID | None = None
    refusal: DomainError | None = None
