"""The tables of the catalogue, one file per noun.

organisations: Organisation, Practitioner, Document. offerings: Offering, Tariff. cohorts: Cohort, Session.
postcodes: Postcode. search: OfferingText.
"""

from app.catalogue.models.cohorts import (
    SESSION_MOVES,
    CancelledBy,
    Cohort,
    CohortState,
    Session,
    SessionState,
)
from app.catalogue.models.offerings import (
    ACCESSIBILITY,
    AREAS,
    DEFAULT_PAYABLE,
    NEEDS,
    OFFERING_KIND_WORDS,
    OFFERING_MOVES,
    Delivery,
    Gender,
    Offering,
    OfferingKind,
    OfferingState,
    Season,
    Tariff,
)
from app.catalogue.models.organisations import (
    DOCUMENT_MOVES,
    PARTNER_MOVES,
    REQUIRED_DOCUMENTS,
    STOP_DOCUMENTS,
    Document,
    DocumentKind,
    DocumentState,
    Organisation,
    OrganisationKind,
    PartnerState,
    Practitioner,
)
from app.catalogue.models.postcodes import Postcode
from app.catalogue.models.search import OfferingText

__all__ = [
    "ACCESSIBILITY", "AREAS", "DEFAULT_PAYABLE", "DOCUMENT_MOVES", "NEEDS", "OFFERING_KIND_WORDS", "OFFERING_MOVES",
    "PARTNER_MOVES", "REQUIRED_DOCUMENTS", "SESSION_MOVES", "STOP_DOCUMENTS", "CancelledBy", "Cohort", "CohortState", "Delivery",
    "Document", "DocumentKind", "DocumentState", "Gender", "Offering", "OfferingKind", "OfferingState", "OfferingText",
    "Organisation", "OrganisationKind", "PartnerState", "Postcode", "Practitioner", "Season", "Session", "SessionState", "Tariff",
]
