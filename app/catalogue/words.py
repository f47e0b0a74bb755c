"""How states and kinds are said on screen."""

from __future__ import annotations

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

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
from app.shared.tongue import later

ORGANISATION_KINDS = {
    OrganisationKind.PARTNER: _l("Delivery partner"),
    OrganisationKind.COMMUNITY: _l("Community provider"),
    OrganisationKind.STATUTORY: _l("Statutory body"),
}
PARTNER_STATES = {
    PartnerState.INVITED: _l("Invited"),
    PartnerState.APPLYING: _l("Applying"),
    PartnerState.IN_REVIEW: _l("In review"),
    PartnerState.APPROVED: _l("Approved"),
    PartnerState.LIVE: _l("Live"),
    PartnerState.RESTRICTED: _l("Restricted: no new work"),
    PartnerState.SUSPENDED: _l("Suspended: all work stops"),
    PartnerState.LEFT: _l("Left"),
}
DOCUMENT_KINDS = {
    DocumentKind.PUBLIC_LIABILITY: _l("Public liability insurance"),
    DocumentKind.SAFEGUARDING_POLICY: _l("Safeguarding policy"),
    DocumentKind.DBS: _l("DBS check"),
    DocumentKind.RISK_ASSESSMENT: _l("Risk assessment"),
    DocumentKind.DATA_AGREEMENT: _l("Data agreement"),
    DocumentKind.SHARED_VALUES: _l("Shared values"),
    DocumentKind.BEHAVIOUR_AGREEMENT: _l("Behaviour agreement"),
}
DOCUMENT_STATES = {
    DocumentState.SUBMITTED: _l("Waiting to be checked"),
    DocumentState.VERIFIED: _l("Checked"),
    DocumentState.REJECTED: _l("Sent back"),
    DocumentState.WAIVED: _l("Waived for now"),
}
OFFERING_STATES = {
    OfferingState.DRAFT: _l("Draft"),
    OfferingState.LIVE: _l("Live"),
    OfferingState.PAUSED: _l("Paused"),
    OfferingState.CLOSED: _l("Closed"),
}
DELIVERIES = {
    Delivery.VENUE: _l("At a place"),
    Delivery.ONLINE: _l("Online"),
    Delivery.HOME: _l("At the child’s home"),
    Delivery.SCHOOL: _l("In school"),
}
SEASONS = {
    Season.TERM: _l("Term time"),
    Season.HOLIDAY: _l("School holidays"),
    Season.BOTH: _l("Term time and holidays"),
    Season.ALL_YEAR: _l("All year round"),
}
GENDERS = {Gender.ANY: _l("Everyone"), Gender.GIRLS: _l("Girls only"), Gender.BOYS: _l("Boys only")}
SESSION_STATES = {
    SessionState.SCHEDULED: _l("Planned"),
    SessionState.HELD: _l("Held"),
    SessionState.CLOSED: _l("Closed"),
    SessionState.CANCELLED: _l("Cancelled"),
    SessionState.MOVED: _l("Moved"),
}
TARIFF_BASES = {TariffBasis.SESSION: _l("Each session"), TariffBasis.PLACE: _l("The whole place, whatever its sessions")}
CANCELLED_BY = {
    CancelledBy.PARTNER: _l("the partner"),
    CancelledBy.PROGRAMME: "us",
    CancelledBy.SCHOOL: _l("the school"),
    CancelledBy.WEATHER: _l("the weather"),
}
FEATURES = {
    "step-free": _l("Step-free"),
    "quiet-space": _l("Quiet space"),
    "accessible-toilet": _l("Accessible toilet"),
    "send-trained-staff": _l("Staff trained in SEND"),
    "transport-provided": _l("Transport provided"),
    "bsl-interpreter": _l("BSL interpreter"),
}
DAYS = {
    "Mon": _l("Monday"), "Tue": _l("Tuesday"), "Wed": _l("Wednesday"), "Thu": _l("Thursday"), "Fri": _l("Friday"), "Sat": _l("Saturday"), "Sun": _l("Sunday"),
}

TIME_WORDS = {
    "early": _l("Before 9am"), "daytime": _l("9am to 3pm"), "afternoon": _l("3pm to 5.30pm"), "evening": _l("From 5.30pm"),
}


def need_word(code: str) -> str:
    """Emotional:self-esteem is “self-esteem”, Academic:stem “STEM”."""
    word = code.partition(":")[2]
    return {"stem": "STEM", "english-language": "English language"}.get(word, word if "self-" in word else word.replace("-", " "))


SERIES_SEASONS = {
    SeriesSeason.TERM: _l("In school terms"),
    SeriesSeason.HOLIDAY: _l("In the school holidays"),
    SeriesSeason.ALL_YEAR: _l("All year round"),
}
PURPOSES: dict[str, str] = {
    ContactPurpose.INTRODUCTIONS: _l("Introducing a child"),
    ContactPurpose.SAFEGUARDING: _l("Safeguarding"),
    ContactPurpose.BOOKINGS: _l("Places and times"),
    ContactPurpose.MONEY: _l("Invoices and payment"),
    ContactPurpose.ACCESS: _l("Access and special needs"),
    ContactPurpose.GENERAL: _l("Anything else"),
}
SCHOOL_YEARS = range(-1, 14)
"""Nursery to Year 13."""


def school_year(number: int) -> str:
    """-1 is Nursery, 0 Reception, 4 Year 4."""
    return {-1: _("Nursery"), 0: _("Reception")}.get(number, _("Year %(number)s", number=number))


def school_year_later(number: int) -> str:
    """The same for a form, whose choices are listed before there is a page."""
    return later(lambda: school_year(number))


def school_years(youngest: int | None, oldest: int | None) -> str:
    """Years 3 to 6, Reception to Year 2, Year 9; nothing when nobody said."""
    if youngest is None or oldest is None:
        return ""
    if youngest == oldest:
        return school_year(youngest)
    return _("Years %(youngest)s to %(oldest)s", youngest=youngest, oldest=oldest) if youngest > 0 else _("%(first)s to %(last)s", first=school_year(youngest), last=school_year(oldest))


_SMALL = frozenset({"and", "by", "in", "le", "of", "on", "the", "under", "upon", "with"})


def town(name: str) -> str:
    """A town that is kept in small letters, as it is written: Shepherd's Bush, Stoke-on-Trent."""
    return re.sub(r"[^\W\d_][^\s-]*", lambda word: word[0] if word.start() and word[0] in _SMALL else word[0][0].upper() + word[0][1:], name)
