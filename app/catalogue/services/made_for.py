"""A programme made for one child, from the offer that a brief was answered with."""

from __future__ import annotations

import uuid
from datetime import date

from flask_babel import gettext as _

from app.accounts.models import Person
from app.catalogue import policies
from app.catalogue.models import Cohort, OfferingState, Organisation
from app.catalogue.services import cohorts, offerings, tariffs
from app.shared.db import atomic, db
from app.shared.errors import NotFound, permit


def make_for_child(
    *, organisation_id: uuid.UUID, facts: offerings.OfferingFacts, price_pence: int, setup_pence: int, starts_on: date, ends_on: date,
    practitioner_id: uuid.UUID | None, actor: Person,
) -> Cohort:
    """Live, priced as it was offered, with a group of one. The brief has asked whose child it is; here only somebody who works with
    children of the Zone makes one. Raises Forbidden, Invalid."""
    with atomic():
        organisation = db.session.get(Organisation, organisation_id)
        if organisation is None:
            raise NotFound
        permit(policies.can_make_for_child(actor, organisation), _("Only a Link Worker or the Zone manager has something made for a child."))
        made = offerings.begin(organisation, facts, actor, OfferingState.LIVE)
        db.session.flush()
        tariffs.begin_tariff(made, price_pence=price_pence, setup_pence=setup_pence, actor=actor)
        cohort = cohorts.begin_cohort(
            made, capacity=1, name="For one child", starts_on=starts_on, ends_on=ends_on, practitioner_id=practitioner_id, actor=actor,
        )
        db.session.flush()
        return cohort
