"""What happened to an organisation or an offering, in sentences, from the audit trail: who changed what, when, before and after."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.audit import queries as trail
from app.audit.models import AuditEntry
from app.catalogue import words
from app.catalogue.languages import language_name
from app.catalogue.models import OFFERING_KIND_WORDS
from app.catalogue.slots import say_slots
from app.shared.db import Row
from app.shared.money import pounds
from app.shared.view import full_date, when

SAID = {
    "catalogue.organisation.added": "Added",
    "catalogue.organisation.edited": "Details changed",
    "catalogue.organisation.imported": "Came from a file",
    "catalogue.organisation.moved": "Became {to}",
    "catalogue.organisation.confirmed": "Checked: still right",
    "catalogue.organisation.counter_signed": "Signed by the safeguarding lead",
    "catalogue.agreement.signed": "Agreement signed, version {number}",
    "catalogue.contact.added": "Contact added: {name}",
    "catalogue.contact.edited": "Contact changed: {name}",
    "catalogue.contact.removed": "Contact taken away: {name}",
    "catalogue.site.added": "Place added: {name}",
    "catalogue.site.edited": "Place changed",
    "catalogue.site.closed": "Place no longer used",
    "catalogue.site.reopened": "Place used again",
    "catalogue.photo.added": "Photo added",
    "catalogue.photo.described": "Photo described anew",
    "catalogue.photo.removed": "Photo taken away",
    "catalogue.practitioner.added": "Somebody who meets children added",
    "catalogue.practitioner.edited": "Somebody who meets children changed",
    "catalogue.document.submitted": "Document sent in",
    "catalogue.document.verified": "Document checked",
    "catalogue.document.rejected": "Document sent back",
    "catalogue.document.waived": "Document waived for a while",
    "catalogue.offering.added": "Written as a draft",
    "catalogue.offering.edited": "Changed",
    "catalogue.offering.copied": "Copied from another offering",
    "catalogue.offering.published": "Published",
    "catalogue.offering.paused": "Paused",
    "catalogue.offering.closed": "Closed",
    "catalogue.offering.confirmed": "Checked: still right",
    "catalogue.offering.imported": "Came from a file",
    "catalogue.merge.kept": "Another record became part of this one",
    "catalogue.merge.joined": "Became part of another record",
    "catalogue.merge.reversed": "The merge was undone",
    "catalogue.merge.restored": "On its own again",
    "catalogue.merge.dismissed": "Found not to be the same as another",
    "catalogue.merge.reconsidered": "Perhaps the same as another after all",
    "catalogue.tariff.set": "New price",
    "catalogue.proposal.made": "Change proposed",
    "catalogue.proposal.accepted": "Proposed change accepted",
    "catalogue.proposal.returned": "Proposed change sent back",
    "catalogue.proposal.withdrawn": "Proposed change taken back",
    "catalogue.cohort.added": "Group added",
    "catalogue.cohort.edited": "Group changed",
    "catalogue.cohort.closed": "Group closed to new children",
    "catalogue.cohort.reopened": "Group open again",
    "catalogue.cohort.outside_places_set": "Places taken by others changed",
    "catalogue.cohort.sessions_planned": "Sessions planned: {count}",
    "commissioning.cohort.resized": "Number of places changed",
    "catalogue.series.added": "Regular meeting added",
    "catalogue.series.edited": "Regular meeting changed",
    "catalogue.series.ended": "Regular meeting ended",
}

FIELDS = {
    "name": "Name", "kind": "Kind", "about": "About", "contact_name": "Who to ask for", "email": "E-mail address", "phone": "Telephone",
    "website": "Website", "address": "Address", "postcode": "Postcode", "title": "Title", "description": "What happens there",
    "interests": "Interests", "needs": "Needs", "age_min": "Youngest age", "age_max": "Oldest age", "year_min": "Youngest school year",
    "year_max": "Oldest school year", "eligibility": "Who can come", "is_private": "Made for particular children", "site_id": "Place",
    "town": "Town", "postcode_area": "Postcode area", "region": "Area", "latitude": "Latitude", "longitude": "Longitude",
    "is_place_approximate": "Place is approximate", "place_found_by": "Place found by", "delivery": "Where",
    "home_visit_radius_km": "Home visits, km", "slots": "When it meets", "is_by_arrangement": "Times agreed for each child",
    "season": "Time of year", "cost_pence": "What the family pays", "languages": "Languages", "gender": "For", "is_step_free": "Step-free",
    "must_parent_stay": "Parent has to stay", "accessibility": "Access", "sibling_min_age": "Youngest brother or sister",
    "group_size": "Children in the room", "how_to_get_there": "How to get there", "access_note": "About access",
    "referrals_last_year": "Children sent last year", "starts_on": "First day", "ends_on": "Last day", "practitioner_id": "Who runs it",
    "venue": "Room or door", "works_alone": "Works alone", "left_on": "Last day here", "purposes": "What for", "note": "Note", "alt": "Description",
    "state": "State", "basis": "The price is for", "is_one_to_one": "One to one", "price_pence": "Price", "setup_pence": "Set-up",
    "notice_percent": "Notice charge, percent",
    "day": "Weekday", "start": "From", "end": "To", "every_weeks": "Every so many weeks", "school_id": "Whose terms",
}
"""Fields by the words that the forms have for them."""

HIDDEN = frozenset({"is_place_approximate", "place_found_by", "postcode_area"})
"""Worked out by Kith from what stands beside it."""

_ENUMS: dict[str, Mapping[Any, str]] = {
    "delivery": words.DELIVERIES, "gender": words.GENDERS, "season": {**words.SEASONS, **words.SERIES_SEASONS},
    "kind": {**words.ORGANISATION_KINDS, **OFFERING_KIND_WORDS}, "state": words.OFFERING_STATES,
    "basis": words.TARIFF_BASES,
}
_LISTS: dict[str, Callable[[str], str]] = {
    "needs": words.need_word, "languages": language_name, "accessibility": lambda item: words.FEATURES.get(item, item),
    "purposes": lambda item: words.PURPOSES.get(item, item), "interests": str,
}
NOTHING = "nothing"
SUBJECTS = ("organisation", "offering", "site", "practitioner", "document", "cohort", "series", "tariff")
Names = Mapping[str, str]


@dataclass(frozen=True)
class Change:
    """One field: what it said and what it says."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Happening:
    """One entry, for the page of the whole history."""

    id: int
    when: str
    title: str
    by: str
    reason: str
    changes: tuple[Change, ...]
    other_id: uuid.UUID | None


def history_of(subject: Row, limit: int = 8) -> list[dict[str, Any]]:
    """The newest entries, newest first, as the timeline component takes them."""
    return [_line(entry) for entry in trail.list_entries_of([subject.id], types=[subject.__tablename__], limit=limit)]


def whole_history(subject_ids: Sequence[uuid.UUID], names: Names, *, before_id: int | None = None, limit: int = 50) -> list[Happening]:
    """The newest first, of all these together. `names` says what ids stand for (sites, people)."""
    return [_happening(entry, names) for entry in trail.list_entries_of(subject_ids, types=SUBJECTS, before_id=before_id, limit=limit)]


def _line(entry: AuditEntry) -> dict[str, Any]:
    fields = [FIELDS.get(name, name) for name in (entry.details.get("fields") or ()) if name not in HIDDEN]
    note = entry.reason or (", ".join(fields[:6]) + (" and more" if len(fields) > 6 else "")) or None
    return {"when": when(entry.at), "title": _title(entry), "by": entry.actor_name, "note": note, "tone": "quiet"}


def _title(entry: AuditEntry) -> str:
    said = SAID.get(entry.action) or entry.action.partition(".")[2].replace(".", " ").replace("_", " ").capitalize()
    values = defaultdict(str, entry.details, to=(entry.to_state or "").replace("_", " "))
    return said.format_map(values).rstrip(": ")


def _happening(entry: AuditEntry, names: Names) -> Happening:
    pairs = dict(entry.details.get("changes") or {})
    if "before" in entry.details and "after" in entry.details:
        pairs["places taken by others"] = [entry.details["before"], entry.details["after"]]
    if "from_capacity" in entry.details:
        pairs["places in all"] = [entry.details["from_capacity"], entry.details["to_capacity"]]
    if entry.action == "catalogue.tariff.set":
        what = "The place" if entry.details.get("basis") == "place" else "A session"
        pairs[what] = ["", pounds(entry.details["price_pence"])]
    if entry.from_state and entry.to_state:
        pairs["State"] = [entry.from_state.replace("_", " "), entry.to_state.replace("_", " ")]
    changes = tuple(
        Change(FIELDS.get(name, name[0].upper() + name[1:].replace("_", " ")), say(name, before, names), say(name, after, names))
        for name, (before, after) in pairs.items() if name not in HIDDEN
    )
    other = entry.details.get("other")
    by = f"{entry.actor_name}, {entry.actor_role}" if entry.actor_role else entry.actor_name
    return Happening(entry.id, when(entry.at), _title(entry), by, entry.reason, changes, uuid.UUID(other) if other else None)


def say(name: str, value: Any, names: Names) -> str:
    """A kept value in words."""
    if value in ("", None) or value == []:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "slots":
        return "; ".join(say_slots(value))
    if isinstance(value, list):
        return ", ".join(_LISTS.get(name, str)(str(item)) for item in value)
    if name in _ENUMS:
        return _ENUMS[name].get(value, str(value))
    if name.endswith("_pence"):
        return pounds(int(value))
    if name.endswith("_on"):
        return full_date(date.fromisoformat(value))
    if name in ("year_min", "year_max"):
        return words.school_year(int(value))
    if name == "day":
        return list(words.DAYS.values())[int(value)]
    return names.get(str(value), str(value))
