"""Practitioners: the named people at an organisation who meet children."""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.catalogue import changes
from app.catalogue.models import Organisation, Practitioner
from app.catalogue.services import powers
from app.catalogue.services.organisations import look_at_work_alone
from app.shared.db import atomic, db
from app.shared.errors import Invalid, NotFound


def add_practitioner(
    *, organisation_id: uuid.UUID, name: str, actor: Person | None, title: str = "", works_alone: bool = False,
    person_id: uuid.UUID | None = None,
) -> Practitioner:
    """Raises Invalid at `name` when the organisation has one of that name."""
    with atomic():
        organisation = db.session.get(Organisation, organisation_id)
        if organisation is None:
            raise NotFound
        powers.runs(actor, organisation)
        _require_name(organisation_id, name)
        practitioner = Practitioner(
            organisation_id=organisation_id, name=name, title=title, works_alone=works_alone, person_id=person_id
        )
        db.session.add(practitioner)
        audit.record(
            "catalogue.practitioner.added", subject=practitioner, actor=actor, zone_id=organisation.zone_id, works_alone=works_alone
        )
        if works_alone:
            look_at_work_alone(organisation)
        return practitioner


def edit_practitioner(
    *, practitioner_id: uuid.UUID, name: str, title: str, works_alone: bool, left_on: date | None, actor: Person
) -> Practitioner:
    """Also says that somebody has left. Raises Invalid at `name`."""
    with atomic():
        practitioner = db.session.get(Practitioner, practitioner_id)
        if practitioner is None:
            raise NotFound
        powers.runs(actor, practitioner.organisation)
        _require_name(practitioner.organisation_id, name, but=practitioner_id)
        given = {"name": name, "title": title, "works_alone": works_alone, "left_on": left_on}
        changed = changes.apply(practitioner, given)
        if changed:
            audit.record(
                "catalogue.practitioner.edited", subject=practitioner, actor=actor, zone_id=practitioner.organisation.zone_id,
                fields=list(changed), changes=changed, works_alone=works_alone, left_on=left_on,
            )
        if "works_alone" in changed:
            look_at_work_alone(practitioner.organisation)
        return practitioner


def _require_name(organisation_id: uuid.UUID, name: str, but: uuid.UUID | None = None) -> None:
    statement = sa.select(Practitioner.id).where(
        Practitioner.organisation_id == organisation_id, sa.func.lower(Practitioner.name) == name.lower()
    )
    if but is not None:
        statement = statement.where(Practitioner.id != but)
    if db.session.scalar(statement) is not None:
        raise Invalid(_("There is already a %(name)s at this organisation. Add a second name to tell them apart.", name=name), field="name")
