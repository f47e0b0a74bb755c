"""Schools and the days on which they are open."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts import hooks, policies, queries, term_dates
from app.accounts.models import Closure, Person, School, Term
from app.audit import services as audit
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Forbidden, Invalid, NotFound


def save_school(
    *,
    zone_id: uuid.UUID,
    name: str,
    town: str,
    ward: str,
    postcode: str,
    position: tuple[float, float] | None,
    actor: Person,
    school_id: uuid.UUID | None = None,
) -> School:
    """Add a school, or change one. Its place on the map is `position`, else that of its postcode where Kith knows it.

    Raises Invalid (naming the field), Forbidden, NotFound.
    """
    with atomic():
        zone = queries.get_zone(zone_id)
        if not policies.can_manage_zone(actor, zone):
            raise Forbidden
        taken = sa.select(School.id).where(School.zone_id == zone_id, sa.func.lower(School.name) == name.lower())
        if school_id is not None:
            taken = taken.where(School.id != school_id)
        if db.session.scalar(taken) is not None:
            raise Invalid(_("There is a school called %(name)s already.", name=name), field="name")
        school = School(zone_id=zone_id) if school_id is None else _managed(school_id, actor)
        moved = school.postcode != postcode or school.latitude is None
        school.name, school.town, school.ward, school.postcode = name, town, ward, postcode
        found = position or (hooks.locate(postcode) if moved else None)
        if found is not None:
            school.latitude, school.longitude = found
        elif moved:
            school.latitude = school.longitude = None  # better no place than the old one
        if school_id is None:
            db.session.add(school)
        action = "accounts.school.added" if school_id is None else "accounts.school.changed"
        audit.record(action, subject=school, actor=actor, has_position=school.latitude is not None)
    return school


def add_term(*, school_id: uuid.UUID, name: str, starts_on: date, ends_on: date, actor: Person) -> Term:
    """Raises Invalid when it overlaps another term."""
    with atomic():
        school = _managed(school_id, actor)
        _require_order(starts_on, ends_on)
        for term in school.terms:
            if term.starts_on <= ends_on and starts_on <= term.ends_on:
                raise Invalid(_("These days overlap “%(term)s”. Take that term away first, or choose other days.", term=term.name), field="starts_on")
        term = Term(name=name, starts_on=starts_on, ends_on=ends_on)
        school.terms.append(term)
        audit.record("accounts.term.added", subject=term, actor=actor, zone_id=school.zone_id, starts_on=starts_on, ends_on=ends_on)
    return term


def add_closure(*, school_id: uuid.UUID, name: str, starts_on: date, ends_on: date, actor: Person) -> Closure:
    """Closures may overlap: a training day next to half-term is no contradiction."""
    with atomic():
        school = _managed(school_id, actor)
        _require_order(starts_on, ends_on)
        closure = Closure(name=name, starts_on=starts_on, ends_on=ends_on)
        school.closures.append(closure)
        audit.record(
            "accounts.closure.added", subject=closure, actor=actor, zone_id=school.zone_id, starts_on=starts_on, ends_on=ends_on
        )
    return closure


@dataclass(frozen=True)
class Imported:
    """What a file of days changed. `replaced`: terms on record that its terms overlapped, and that gave way."""

    terms: int
    closures: int
    known: int
    replaced: int


def import_days(*, school_id: uuid.UUID, content: bytes, actor: Person) -> Imported:
    """Terms and closed days from a CSV or iCalendar file. The same file again changes nothing; its terms replace those they overlap.

    Raises Invalid, naming the line; then nothing at all has changed.
    """
    found = term_dates.read(content)
    terms = [one for one in found if one.is_term]
    for earlier, later in itertools.pairwise(terms):
        if later.starts_on <= earlier.ends_on:
            raise Invalid(_("“%(earlier)s” and “%(later)s” in this file overlap. A term is open days only; leave the longer one out.", earlier=earlier.name, later=later.name), field="file")
    with atomic():
        school = _managed(school_id, actor)
        known = {(term.name, term.starts_on, term.ends_on) for term in school.terms}
        known |= {(closure.name, closure.starts_on, closure.ends_on) for closure in school.closures}
        fresh = [one for one in found if (one.name, one.starts_on, one.ends_on) not in known]
        replaced = [
            term for term in school.terms
            if any(one.is_term and term.starts_on <= one.ends_on and one.starts_on <= term.ends_on for one in fresh)
        ]
        for term in replaced:
            school.terms.remove(term)
        for one in fresh:
            if one.is_term:
                school.terms.append(Term(name=one.name, starts_on=one.starts_on, ends_on=one.ends_on))
            else:
                school.closures.append(Closure(name=one.name, starts_on=one.starts_on, ends_on=one.ends_on))
        counted = Imported(sum(one.is_term for one in fresh), sum(not one.is_term for one in fresh), len(found) - len(fresh), len(replaced))
        audit.record(
            "accounts.school_days.imported", subject=school, actor=actor, terms=counted.terms, closures=counted.closures,
            known=counted.known, replaced=counted.replaced,
        )
        return counted


def remove_term(*, school_id: uuid.UUID, term_id: uuid.UUID, actor: Person) -> None:
    """Nothing happens when it is gone already."""
    with atomic():
        school = _managed(school_id, actor)
        for term in [term for term in school.terms if term.id == term_id]:
            audit.record("accounts.term.removed", subject=term, actor=actor, zone_id=school.zone_id, starts_on=term.starts_on)
            school.terms.remove(term)


def remove_closure(*, school_id: uuid.UUID, closure_id: uuid.UUID, actor: Person) -> None:
    """Nothing happens when it is gone already."""
    with atomic():
        school = _managed(school_id, actor)
        for closure in [closure for closure in school.closures if closure.id == closure_id]:
            audit.record("accounts.closure.removed", subject=closure, actor=actor, zone_id=school.zone_id, starts_on=closure.starts_on)
            school.closures.remove(closure)


def _managed(school_id: uuid.UUID, actor: Person) -> School:
    school = lock_row(School, school_id)
    if not policies.can_manage_school(actor, school):
        raise NotFound
    return school


def _require_order(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise Invalid(_("The last day cannot be before the first."), field="ends_on")
    if (ends_on - starts_on).days > 366:
        raise Invalid(_("That is longer than a year. Check the two days."), field="ends_on")
