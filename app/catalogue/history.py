"""What happened to an organisation or an offering, in sentences, from the audit trail: who changed what, when, before and after."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

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
    "catalogue.organisation.added": _l("Added"),
    "catalogue.organisation.edited": _l("Details changed"),
    "catalogue.organisation.imported": _l("Came from a file"),
    "catalogue.organisation.moved": _l("Became {to}"),
    "catalogue.organisation.confirmed": _l("Checked: still right"),
    "catalogue.organisation.counter_signed": _l("Signed by the safeguarding lead"),
    "catalogue.agreement.signed": _l("Agreement signed, version {number}"),
    "catalogue.contact.added": _l("Contact added: {name}"),
    "catalogue.contact.edited": _l("Contact changed: {name}"),
    "catalogue.contact.removed": _l("Contact taken away: {name}"),
    "catalogue.site.added": _l("Place added: {name}"),
    "catalogue.site.edited": _l("Place changed"),
    "catalogue.site.closed": _l("Place no longer used"),
    "catalogue.site.reopened": _l("Place used again"),
    "catalogue.photo.added": _l("Photo added"),
    "catalogue.photo.described": _l("Photo described anew"),
    "catalogue.photo.removed": _l("Photo taken away"),
    "catalogue.practitioner.added": _l("Somebody who meets children added"),
    "catalogue.practitioner.edited": _l("Somebody who meets children changed"),
    "catalogue.document.submitted": _l("Document sent in"),
    "catalogue.document.verified": _l("Document checked"),
    "catalogue.document.rejected": _l("Document sent back"),
    "catalogue.document.waived": _l("Document waived for a while"),
    "catalogue.offering.added": _l("Written as a draft"),
    "catalogue.offering.edited": _l("Changed"),
    "catalogue.offering.copied": _l("Copied from another offering"),
    "catalogue.offering.published": _l("Published"),
    "catalogue.offering.paused": _l("Paused"),
    "catalogue.offering.closed": _l("Closed"),
    "catalogue.offering.confirmed": _l("Checked: still right"),
    "catalogue.offering.imported": _l("Came from a file"),
    "catalogue.merge.kept": _l("Another record became part of this one"),
    "catalogue.merge.joined": _l("Became part of another record"),
    "catalogue.merge.reversed": _l("The merge was undone"),
    "catalogue.merge.restored": _l("On its own again"),
    "catalogue.merge.dismissed": _l("Found not to be the same as another"),
    "catalogue.merge.reconsidered": _l("Perhaps the same as another after all"),
    "catalogue.tariff.set": _l("New price"),
    "catalogue.proposal.made": _l("Change proposed"),
    "catalogue.proposal.accepted": _l("Proposed change accepted"),
    "catalogue.proposal.returned": _l("Proposed change sent back"),
    "catalogue.proposal.withdrawn": _l("Proposed change taken back"),
    "catalogue.cohort.added": _l("Group added"),
    "catalogue.cohort.edited": _l("Group changed"),
    "catalogue.cohort.closed": _l("Group closed to new children"),
    "catalogue.cohort.reopened": _l("Group open again"),
    "catalogue.cohort.outside_places_set": _l("Places taken by others changed"),
    "catalogue.cohort.sessions_planned": _l("Sessions planned: {count}"),
    "commissioning.cohort.resized": _l("Number of places changed"),
    "catalogue.series.added": _l("Regular meeting added"),
    "catalogue.series.edited": _l("Regular meeting changed"),
    "catalogue.series.ended": _l("Regular meeting ended"),
}

FIELDS = {
    "name": _l("Name"), "kind": _l("Kind"), "about": _l("About"), "contact_name": _l("Who to ask for"), "email": _l("E-mail address"), "phone": _l("Telephone"),
    "website": _l("Website"), "address": _l("Address"), "postcode": _l("Postcode"), "title": _l("Title"), "description": _l("What happens there"),
    "interests": _l("Interests"), "needs": _l("Needs"), "age_min": _l("Youngest age"), "age_max": _l("Oldest age"), "year_min": _l("Youngest school year"),
    "year_max": _l("Oldest school year"), "eligibility": _l("Who can come"), "is_private": _l("Made for particular children"), "site_id": _l("Place"),
    "town": _l("Town"), "postcode_area": _l("Postcode area"), "region": _l("Area"), "latitude": _l("Latitude"), "longitude": _l("Longitude"),
    "is_place_approximate": _l("Place is approximate"), "place_found_by": _l("Place found by"), "delivery": _l("Where"),
    "home_visit_radius_km": _l("Home visits, km"), "slots": _l("When it meets"), "is_by_arrangement": _l("Times agreed for each child"),
    "season": _l("Time of year"), "cost_pence": _l("What the family pays"), "languages": _l("Languages"), "gender": _l("For"), "is_step_free": _l("Step-free"),
    "must_parent_stay": _l("Parent has to stay"), "accessibility": _l("Access"), "sibling_min_age": _l("Youngest brother or sister"),
    "group_size": _l("Children in the room"), "how_to_get_there": _l("How to get there"), "access_note": _l("About access"),
    "referrals_last_year": _l("Children sent last year"), "starts_on": _l("First day"), "ends_on": _l("Last day"), "practitioner_id": _l("Who runs it"),
    "venue": _l("Room or door"), "works_alone": _l("Works alone"), "left_on": _l("Last day here"), "purposes": _l("What for"), "note": _l("Note"), "alt": _l("Description"),
    "state": _l("State"), "basis": _l("The price is for"), "is_one_to_one": _l("One to one"), "price_pence": _l("Price"), "setup_pence": _l("Set-up"),
    "notice_percent": _l("Notice charge, percent"),
    "day": _l("Weekday"), "start": _l("From"), "end": _l("To"), "every_weeks": _l("Every so many weeks"), "school_id": _l("Whose terms"),
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


def fields_of(entry: AuditEntry) -> list[str]:
    """What one entry says was changed, in the words of the forms."""
    return [str(FIELDS.get(name, name)) for name in (entry.details.get("fields") or ()) if name not in HIDDEN]


def _line(entry: AuditEntry) -> dict[str, Any]:
    fields = fields_of(entry)
    note = entry.reason or (", ".join(fields[:6]) + (_(" and more") if len(fields) > 6 else "")) or None
    return {"when": when(entry.at), "title": _title(entry), "by": entry.actor_name, "note": note, "tone": "quiet"}


def _title(entry: AuditEntry) -> str:
    said = SAID.get(entry.action) or entry.action.partition(".")[2].replace(".", " ").replace("_", " ").capitalize()
    values = defaultdict(str, entry.details, to=(entry.to_state or "").replace("_", " "))
    return said.format_map(values).rstrip(": ")


def _happening(entry: AuditEntry, names: Names) -> Happening:
    pairs = dict(entry.details.get("changes") or {})
    if "before" in entry.details and "after" in entry.details:
        pairs[_("places taken by others")] = [entry.details["before"], entry.details["after"]]
    if "from_capacity" in entry.details:
        pairs[_("places in all")] = [entry.details["from_capacity"], entry.details["to_capacity"]]
    if entry.action == "catalogue.tariff.set":
        what = _("The place") if entry.details.get("basis") == "place" else _("A session")
        pairs[what] = ["", pounds(entry.details["price_pence"])]
    if entry.from_state and entry.to_state:
        pairs[_("State")] = [entry.from_state.replace("_", " "), entry.to_state.replace("_", " ")]
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
        return _("yes") if value else _("no")
    if name == "slots":
        return "; ".join(say_slots(value))
    if isinstance(value, list):
        return ", ".join(str(_LISTS.get(name, str)(str(item))) for item in value)
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
