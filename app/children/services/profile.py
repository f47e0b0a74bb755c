"""Adding a child, and what is known of the child."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.audit.services import record
from app.catalogue.models import AREAS
from app.children import queries
from app.children.models import Child
from app.children.services import powers
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid

REFERENCE = re.compile(rf"^K-[{queries.REFERENCE_LETTERS}]{{4}}$")
AUDIENCES = {
    "bereaved": _l("children who have lost somebody"), "young_carers": _l("young carers"), "deaf": _l("deaf children"),
    "refugees": _l("refugees and children seeking asylum"), "autistic": _l("autistic and neurodivergent children"), "lgbtq": _l("LGBTQ+ young people"),
    "out_of_school": _l("children out of school"), "looked_after": _l("children in care"), "disabled": _l("disabled children"),
}
"""Groups that some offerings are made for. A child is only ever matched with those the profile names."""


@dataclass(frozen=True)
class Details:
    """The facts a child is added or changed with; see Child for units."""

    first_name: str
    age: int | None = None
    last_name: str = ""
    known_as: str = ""
    born_on: date | None = None
    school_year: str = ""
    gender: str = ""
    region: str = ""
    town: str = ""
    ward: str = ""
    postcode_area: str = ""
    latitude: float | None = None
    longitude: float | None = None
    programme_starts_on: date | None = None
    programme_ends_on: date | None = None


def add_child(
    *, zone_id: uuid.UUID, school_id: uuid.UUID | None, details: Details, actor: Person | None, reference: str | None = None,
    source: str = "kith", source_ref: str | None = None,
) -> Child:
    """A new child of the Zone. Raises Invalid at the field; the reference is made unless one is given (the demo's)."""
    with atomic():
        powers.manages(actor, zone_id)
        school = None if school_id is None else accounts.find_school(zone_id, school_id)
        if school_id is not None and school is None:
            raise Invalid(_("That school is not in this Zone."), field="school_id")
        if reference is not None and not REFERENCE.match(reference):
            raise Invalid(_("“%(reference)s” is not a reference like K-7F2Q.", reference=reference), field="reference")
        child = Child(
            zone_id=zone_id, school_id=school_id, reference=reference or queries.free_reference(zone_id),
            source=source, source_ref=source_ref or str(uuid.uuid4()), **_facts(details),
        )
        if school is not None and not child.region:
            child.region = school.zone.region
        db.session.add(child)
        record("children.child.added", subject=child, actor=actor, school=school_id, source=source)
        return child


def change_child(*, child_id: uuid.UUID, details: Details, actor: Person) -> Child:
    """The child's facts. Raises Invalid at the field."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.manages(actor, child.zone_id)
        facts = _facts(details)
        if facts["school_year"] == child.school_year_now:  # it has moved up by itself: nothing new was said
            del facts["school_year"]
        elif facts["school_year"] == child.school_year:  # it stays where it was: said anew, for this school year
            child.school_year = ""
        changed = _set(child, facts)
        if changed:
            record("children.child.changed", subject=child, actor=actor, fields=changed)
        return child


def _facts(details: Details) -> dict[str, Any]:
    if not details.first_name.strip():
        raise Invalid(_("Type the child’s first name."), field="first_name")
    facts = {name: getattr(details, name) for name in Details.__dataclass_fields__}
    if details.born_on is not None:
        if details.born_on > clock.today():
            raise Invalid(_("A birthday cannot lie ahead."), field="born_on")
        facts["age"] = Child(age=0, born_on=details.born_on).age_now
    if facts["age"] is None:
        raise Invalid(_("Type the child’s age or birthday."), field="age")
    if not 0 <= facts["age"] <= 25:
        raise Invalid(_("Kith is for children and young people up to 25."), field="born_on" if details.born_on else "age")
    if (details.latitude is None) != (details.longitude is None):
        raise Invalid(_("Give both latitude and longitude, or neither."), field="longitude")
    starts, ends = details.programme_starts_on, details.programme_ends_on
    if starts and ends and ends < starts:
        raise Invalid(_("The programme cannot end before it starts."), field="programme_ends_on")
    return facts


def set_strengths(
    *, child_id: uuid.UUID, strengths: Sequence[str], interests: Sequence[str], aspiration: str, what_helps: str,
    what_does_not: str, must_know: str, actor: Person | None, goals_text: str | None = None, barriers: str | None = None,
    link_worker_note: str | None = None,
) -> Child:
    """What a child's page opens with. Lists keep the child's order; blanks and repeats go. None leaves a text as it is."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.works_with(actor, child)
        given = {
            "strengths": _tidy(strengths), "interests": _tidy(interests), "aspiration": aspiration.strip(),
            "what_helps": what_helps.strip(), "what_does_not": what_does_not.strip(), "must_know": must_know.strip(),
            "goals_text": goals_text, "barriers": barriers, "link_worker_note": link_worker_note,
        }
        changed = _set(child, {name: value for name, value in given.items() if value is not None})
        if changed:
            record("children.strengths.set", subject=child, actor=actor, fields=changed)
        return child


def _tidy(items: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(" ".join(item.split()) for item in items if item.strip()))


@dataclass(frozen=True)
class Practicalities:
    """What a match must never break. `windows` as on Child; pence a session."""

    max_km: float = 5.0
    windows: Sequence[dict[str, Any]] = ()
    are_holidays_ok: bool = False
    is_online_ok: bool = False
    max_cost_pence: int = 0
    languages: Sequence[str] = ("en",)
    needs_step_free: bool = False
    is_girls_only: bool = False
    sibling_ages: Sequence[int] = ()
    max_group: int | None = None
    needs_quiet: bool = False
    parent_cannot_stay: bool = False
    audiences: Sequence[str] = ()


def set_practicalities(*, child_id: uuid.UUID, practicalities: Practicalities, actor: Person | None) -> Child:
    """When, how far, at what cost and with what around the child can take part. Raises Invalid at the field."""
    p = practicalities
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.works_with(actor, child)
        if not 0 < p.max_km <= 2000:
            raise Invalid(_("How far must be more than 0 km."), field="max_km")
        if p.max_cost_pence < 0:
            raise Invalid(_("What the family can pay cannot be less than nothing."), field="max_cost_pence")
        if not p.languages:
            raise Invalid(_("Choose at least one language the child can take part in."), field="languages")
        if p.max_group is not None and p.max_group < 1:
            raise Invalid(_("The largest group is at least 1."), field="max_group")
        unknown = [key for key in p.audiences if key not in AUDIENCES]
        if unknown:
            raise Invalid(_("“%(group)s” is not a group that Kith knows.", group=unknown[0]), field="audiences")
        for window in p.windows:
            if not window["days"] or window["start"] >= window["end"]:
                raise Invalid(_("A time needs at least one day, and must end after it starts."), field="windows")
        values = {name: getattr(p, name) for name in Practicalities.__dataclass_fields__}
        changed = _set(child, {name: list(v) if isinstance(v, (tuple, list)) else v for name, v in values.items()})
        if changed:
            record("children.practicalities.set", subject=child, actor=actor, fields=changed)
        return child


def _set(child: Child, values: dict[str, Any]) -> list[str]:
    """Set what differs; the names of what was set."""
    changed = [name for name, value in values.items() if getattr(child, name) != value]
    for name in changed:
        setattr(child, name, values[name])
    return changed


def check_area(area: str) -> str:
    if area not in AREAS:
        raise Invalid(_("“%(area)s” is not one of %(areas)s.", area=area, areas=", ".join(AREAS)), field="area")
    return area
