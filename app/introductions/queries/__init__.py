"""Reading introductions: found and listed within sight, what the warmth check asks, the organisation, what the clock looks for."""

from app.introductions.queries.due import (
    Waiting,
    list_checks_due,
    list_meetings_past,
    list_to_ask_again,
    list_waiting,
)
from app.introductions.queries.introductions import (
    GROUPS,
    PARTNER_GROUPS,
    PER_PAGE,
    Group,
    asked_of,
    count_by_state,
    find_linking,
    get_check,
    get_introduction,
    get_introduction_by_id,
    is_visible,
    list_for_child,
    list_for_person,
    list_open_of_children,
    list_open_with_organisation,
    list_signposts,
    open_introduction,
    open_offering_ids,
    visible_to,
)
from app.introductions.queries.known import known_offerings
from app.introductions.queries.listening import find_lead_name, list_trusted_adults
from app.introductions.queries.organisations import (
    PartnerLoad,
    find_practitioner,
    partner_load,
    partner_people,
)
from app.introductions.queries.record import Companion, Record, read_record

__all__ = [
    "GROUPS", "PARTNER_GROUPS", "PER_PAGE", "Companion", "Group", "PartnerLoad", "Record", "Waiting", "asked_of", "count_by_state",
    "find_lead_name", "find_linking", "find_practitioner", "get_check", "get_introduction", "get_introduction_by_id", "is_visible",
    "known_offerings", "list_checks_due", "list_for_child", "list_for_person", "list_meetings_past", "list_open_of_children",
    "list_open_with_organisation", "list_signposts", "list_to_ask_again", "list_trusted_adults", "list_waiting", "open_introduction",
    "open_offering_ids", "partner_load", "partner_people", "read_record", "visible_to",
]
