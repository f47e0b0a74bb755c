"""How states and kinds are said on screen."""

from __future__ import annotations

from app.catalogue.models import (
    CancelledBy,
    ContactPurpose,
    Delivery,
    DocumentKind,
    DocumentState,
    Gender,
    OfferingState,
    OrganisationKind,
    PartnerState,
    Season,
    SeriesSeason,
    SessionState,
    TariffBasis,
)

ORGANISATION_KINDS = {
    OrganisationKind.PARTNER: "Delivery partner",
    OrganisationKind.COMMUNITY: "Community provider",
    OrganisationKind.STATUTORY: "Statutory body",
}
PARTNER_STATES = {
    PartnerState.INVITED: "Invited",
    PartnerState.APPLYING: "Applying",
    PartnerState.IN_REVIEW: "In review",
    PartnerState.APPROVED: "Approved",
    PartnerState.LIVE: "Live",
    PartnerState.RESTRICTED: "Restricted: no new work",
    PartnerState.SUSPENDED: "Suspended: all work stops",
    PartnerState.LEFT: "Left",
}
DOCUMENT_KINDS = {
    DocumentKind.PUBLIC_LIABILITY: "Public liability insurance",
    DocumentKind.SAFEGUARDING_POLICY: "Safeguarding policy",
    DocumentKind.DBS: "DBS check",
    DocumentKind.RISK_ASSESSMENT: "Risk assessment",
    DocumentKind.DATA_AGREEMENT: "Data agreement",
    DocumentKind.SHARED_VALUES: "Shared values",
    DocumentKind.BEHAVIOUR_AGREEMENT: "Behaviour agreement",
}
DOCUMENT_STATES = {
    DocumentState.SUBMITTED: "Waiting to be checked",
    DocumentState.VERIFIED: "Checked",
    DocumentState.REJECTED: "Sent back",
    DocumentState.WAIVED: "Waived for now",
}
OFFERING_STATES = {
    OfferingState.DRAFT: "Draft",
    OfferingState.LIVE: "Live",
    OfferingState.PAUSED: "Paused",
    OfferingState.CLOSED: "Closed",
}
DELIVERIES = {
    Delivery.VENUE: "At a place",
    Delivery.ONLINE: "Online",
    Delivery.HOME: "At the child’s home",
    Delivery.SCHOOL: "In school",
}
SEASONS = {
    Season.TERM: "Term time",
    Season.HOLIDAY: "School holidays",
    Season.BOTH: "Term time and holidays",
    Season.ALL_YEAR: "All year round",
}
GENDERS = {Gender.ANY: "Everyone", Gender.GIRLS: "Girls only", Gender.BOYS: "Boys only"}
SESSION_STATES = {
    SessionState.SCHEDULED: "Planned",
    SessionState.HELD: "Held",
    SessionState.CLOSED: "Closed",
    SessionState.CANCELLED: "Cancelled",
    SessionState.MOVED: "Moved",
}
TARIFF_BASES = {TariffBasis.SESSION: "Each session", TariffBasis.PLACE: "The whole place, whatever its sessions"}
CANCELLED_BY = {
    CancelledBy.PARTNER: "the partner",
    CancelledBy.PROGRAMME: "us",
    CancelledBy.SCHOOL: "the school",
    CancelledBy.WEATHER: "the weather",
}
FEATURES = {
    "step-free": "Step-free",
    "quiet-space": "Quiet space",
    "accessible-toilet": "Accessible toilet",
    "send-trained-staff": "Staff trained in SEND",
    "transport-provided": "Transport provided",
    "bsl-interpreter": "BSL interpreter",
}
DAYS = {
    "Mon": "Monday", "Tue": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
}

TIME_WORDS = {
    "early": "Before 9am", "daytime": "9am to 3pm", "afternoon": "3pm to 5.30pm", "evening": "From 5.30pm",
}


def need_word(code: str) -> str:
    """Emotional:self-esteem is “self-esteem”, Academic:stem “STEM”."""
    word = code.partition(":")[2]
    return {"stem": "STEM", "english-language": "English language"}.get(word, word if "self-" in word else word.replace("-", " "))


SERIES_SEASONS = {
    SeriesSeason.TERM: "In school terms",
    SeriesSeason.HOLIDAY: "In the school holidays",
    SeriesSeason.ALL_YEAR: "All year round",
}
PURPOSES: dict[str, str] = {
    ContactPurpose.INTRODUCTIONS: "Introducing a child",
    ContactPurpose.SAFEGUARDING: "Safeguarding",
    ContactPurpose.BOOKINGS: "Places and times",
    ContactPurpose.MONEY: "Invoices and payment",
    ContactPurpose.ACCESS: "Access and special needs",
    ContactPurpose.GENERAL: "Anything else",
}
SCHOOL_YEARS = range(-1, 14)
"""Nursery to Year 13."""


def school_year(number: int) -> str:
    """-1 is Nursery, 0 Reception, 4 Year 4."""
    return {-1: "Nursery", 0: "Reception"}.get(number, f"Year {number}")


def school_years(youngest: int | None, oldest: int | None) -> str:
    """Years 3 to 6, Reception to Year 2, Year 9; nothing when nobody said."""
    if youngest is None or oldest is None:
        return ""
    if youngest == oldest:
        return school_year(youngest)
    return f"Years {youngest} to {oldest}" if youngest > 0 else f"{school_year(youngest)} to {school_year(oldest)}"
