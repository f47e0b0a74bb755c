"""The tables of the catalogue, one file per noun.

organisations: Organisation, Contact, Site, Practitioner, Document. offerings: Offering, Tariff. cohorts: Cohort, Series, Session.
papers: Paper, Agreement, Signature, CounterSignature, Lapse. photos: Photo. proposals: Proposal. merges: Merge, NotDuplicate, Alike. postcodes: Postcode. search: OfferingText.
"""

from app.catalogue.models.cohorts import (
    SESSION_MOVES,
    CancelledBy,
    Cohort,
    CohortState,
    Series,
    SeriesSeason,
    Session,
    SessionState,
)
from app.catalogue.models.merges import Alike, AlikeLook, Merge, MergeKind, NotDuplicate
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
    TariffBasis,
)
from app.catalogue.models.organisations import (
    DOCUMENT_MOVES,
    PARTNER_MOVES,
    REQUIRED_DOCUMENTS,
    STOP_DOCUMENTS,
    Contact,
    ContactPurpose,
    Document,
    DocumentKind,
    DocumentState,
    Organisation,
    OrganisationKind,
    PartnerState,
    PlaceFoundBy,
    Practitioner,
    Site,
)
from app.catalogue.models.papers import AGREED_KINDS, Agreement, CounterSignature, Lapse, Paper, Signature
from app.catalogue.models.photos import Photo
from app.catalogue.models.postcodes import Postcode
from app.catalogue.models.proposals import (
    OPEN_PROPOSALS,
    PROPOSAL_MOVES,
    Proposal,
    ProposalKind,
    ProposalState,
)
from app.catalogue.models.search import OfferingText

__all__ = [
    "ACCESSIBILITY", "AGREED_KINDS", "AREAS", "DEFAULT_PAYABLE", "DOCUMENT_MOVES", "NEEDS", "OFFERING_KIND_WORDS", "OFFERING_MOVES",
    "OPEN_PROPOSALS", "PARTNER_MOVES", "PROPOSAL_MOVES", "REQUIRED_DOCUMENTS", "SESSION_MOVES", "STOP_DOCUMENTS", "Agreement", "Alike", "AlikeLook", "CancelledBy", "Cohort", "CohortState", "Contact", "ContactPurpose", "CounterSignature", "Delivery",
    "Document", "DocumentKind", "DocumentState", "Gender", "Lapse", "Merge", "MergeKind", "NotDuplicate", "Offering", "OfferingKind", "OfferingState", "OfferingText",
    "Organisation", "OrganisationKind", "Paper", "PartnerState", "Photo", "PlaceFoundBy", "Postcode",
    "Practitioner", "Proposal", "ProposalKind", "ProposalState", "Season", "Series", "SeriesSeason", "Session", "SessionState", "Signature", "Site", "Tariff", "TariffBasis",
]
