"""Reads of the catalogue. `get_` raises NotFound outside a person's sight, `find_` may be None, `list_` has a steady order."""

from app.catalogue.queries.documents import (
    document_gaps,
    get_document,
    list_expiring_documents,
    list_standings,
    list_waiting_documents,
    needs_documents,
    organisations_with_gaps,
)
from app.catalogue.queries.offerings import (
    find_current_tariff,
    find_offering_by_source,
    get_cohort,
    get_offering,
    get_organisation_in_full,
    get_session,
    list_cohorts,
    list_offerings,
    list_offerings_in_full,
    list_offerings_to_check,
    list_sessions,
    list_tariffs,
    locate,
    next_sessions,
    offerings_visible_to,
    zone_terms,
)
from app.catalogue.queries.organisations import (
    choices_of_organisations,
    count_live_offerings,
    get_organisation,
    get_practitioner,
    list_organisations,
    list_practitioners,
    name_of,
    organisations_visible_to,
)

__all__ = [
    "choices_of_organisations", "count_live_offerings", "document_gaps", "find_current_tariff", "find_offering_by_source",
    "get_cohort", "get_document", "get_offering", "get_organisation", "get_organisation_in_full", "get_practitioner", "get_session",
    "list_cohorts", "list_expiring_documents", "list_offerings", "list_offerings_in_full", "list_offerings_to_check", "list_organisations",
    "list_practitioners", "list_sessions", "list_standings", "list_tariffs", "list_waiting_documents", "locate", "name_of", "needs_documents", "next_sessions",
    "offerings_visible_to", "organisations_visible_to", "organisations_with_gaps", "zone_terms",
]
