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
from app.catalogue.queries.heirs import heir_of
from app.catalogue.queries.merges import (
    are_many,
    find_look,
    get_merge,
    get_not_duplicate,
    list_duplicates,
    list_merges,
    list_records,
    list_told_apart,
    record_of,
)
from app.catalogue.queries.offerings import (
    find_current_tariff,
    find_offering_by_source,
    get_cohort,
    get_offering,
    get_offering_or_merged,
    get_organisation_in_full,
    get_series,
    get_session,
    list_cohorts,
    list_offerings,
    list_offerings_in_full,
    list_offerings_to_check,
    list_series,
    list_sessions,
    list_tariffs,
    locate,
    next_sessions,
    offerings_visible_to,
    school_year,
    zone_terms,
)
from app.catalogue.queries.organisations import (
    choices_of_organisations,
    count_live_offerings,
    get_organisation,
    get_organisation_or_merged,
    get_practitioner,
    list_organisations,
    list_practitioners,
    name_of,
    names_of,
    organisations_visible_to,
)
from app.catalogue.queries.sites import (
    find_spot,
    get_contact,
    get_photo,
    get_site,
    list_contacts,
    list_photos,
    list_sites,
)
from app.catalogue.queries.trails import trail_of_offering, trail_of_organisation

__all__ = [
    "are_many", "choices_of_organisations", "count_live_offerings", "document_gaps", "find_current_tariff",
    "find_look", "find_offering_by_source", "find_spot", "get_cohort", "get_contact", "get_document", "get_merge",
    "get_not_duplicate", "get_offering", "get_offering_or_merged", "get_organisation", "get_organisation_in_full",
    "get_organisation_or_merged", "get_photo", "get_practitioner", "get_series", "get_session", "get_site", "heir_of",
    "list_cohorts", "list_contacts", "list_duplicates", "list_expiring_documents", "list_merges", "list_offerings",
    "list_offerings_in_full", "list_offerings_to_check", "list_organisations", "list_photos", "list_practitioners",
    "list_records", "list_series", "list_sessions", "list_sites", "list_standings", "list_tariffs", "list_told_apart",
    "list_waiting_documents", "locate", "name_of", "names_of", "needs_documents", "next_sessions",
    "offerings_visible_to", "organisations_visible_to", "organisations_with_gaps", "record_of", "school_year", "trail_of_offering", "trail_of_organisation",
    "zone_terms",
]
