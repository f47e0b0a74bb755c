"""What a parent or carer has agreed may be shared, and taking it back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.accounts.models import Person
from app.audit.services import record
from app.catalogue.models import PartnerState
from app.children import hooks, queries
from app.children.models import SHAREABLE, Child, Consent
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid

LONGEST = timedelta(days=731)  # two years, one leap day included
HOW = ("in person", "by telephone", "on paper", "by video call", "through an interpreter")


def give_consent(
    *,
    child_id: uuid.UUID,
    carer_id: uuid.UUID,
    organisation_id: uuid.UUID,
    fields: Sequence[str],
    given_on: date,
    ends_on: date,
    actor: Person,
    how: str = "in person",
    language: str = "en",
) -> Consent:
    """What may be shared with one organisation until a day. A newer consent replaces the earlier one for that organisation.

    Raises Invalid, at the field, when the carer has no parental responsibility, nothing or something unknown is to be shared,
    the day given lies ahead, or the end lies more than two years after it.
    """
    with atomic():
        child = queries.get_child_by_id(child_id)
        carer = queries.get_carer(carer_id, child_id)
        organisation = queries.organisation_in_zone(organisation_id, child.zone_id)
        _check(child, carer.has_parental_responsibility, carer.name, organisation.state, organisation.name, fields, given_on, ends_on)
        if how not in HOW:
            raise Invalid(f"“{how}” is not one of: {', '.join(HOW)}.", field="how")
        for earlier in child.consents:
            if earlier.organisation_id == organisation_id and earlier.withdrawn_at is None:
                earlier.withdrawn_at = clock.now()
                earlier.withdrawn_why = "A newer consent took its place."
        chosen = set(fields)
        consent = Consent(
            child_id=child_id, organisation_id=organisation_id, carer_id=carer_id, fields=[f for f in SHAREABLE if f in chosen],
            given_on=given_on, ends_on=ends_on, how=how, language=language, recorded_by_id=actor.id,
        )
        db.session.add(consent)
        record("children.consent.given", subject=consent, actor=actor, zone_id=child.zone_id, organisation=organisation_id,
               carer=carer_id, fields=consent.fields, given_on=given_on, ends_on=ends_on)
        return consent


def _check(
    child: Child, may_consent: bool, carer: str, state: PartnerState, organisation: str, fields: Sequence[str], given_on: date,
    ends_on: date,
) -> None:
    if not may_consent:
        raise Invalid(
            f"{carer} has no parental responsibility for {child.called}, so cannot consent. Ask somebody who has.",
            code="no_parental_responsibility", field="carer_id",
        )
    if state is PartnerState.LEFT:
        raise Invalid(f"{organisation} has left Kith, so nothing can be shared with them.", field="organisation_id")
    unknown = [name for name in fields if name not in SHAREABLE]
    if unknown or not fields:
        said = f"“{unknown[0]}” cannot be shared." if unknown else "Choose at least one thing that may be shared."
        raise Invalid(said, field="fields")
    if given_on > clock.today():
        raise Invalid("Consent cannot have been given on a day that is still to come.", field="given_on")
    if ends_on < clock.today():
        raise Invalid("This consent would have ended already. Choose a day from today on.", field="ends_on")
    if ends_on - given_on > LONGEST:
        raise Invalid("A consent lasts two years at most. Choose an earlier last day.", field="ends_on")


@dataclass(frozen=True)
class ConsentPreview:
    """What withdrawing would do, said before it is done."""

    consent: Consent
    organisation: str
    ends: list[str]


def preview_withdrawal(*, consent_id: uuid.UUID, child_id: uuid.UUID) -> ConsentPreview:
    """What withdrawing this consent ends. Reads only."""
    consent = queries.get_consent(consent_id, child_id)
    child = queries.get_child_by_id(child_id)
    name = queries.organisation_names([consent.organisation_id]).get(consent.organisation_id, "")
    ends = [line for lines in hooks.what_consent_carries(child, consent.organisation_id) for line in lines]
    return ConsentPreview(consent, name, ends)


def withdraw_consent(*, consent_id: uuid.UUID, child_id: uuid.UUID, why: str, actor: Person) -> Consent:
    """Cut what is shared, at once, and end what stands on it, in one transaction. Never refused; twice is once."""
    with atomic():
        consent = queries.get_consent(consent_id, child_id)
        if consent.withdrawn_at is not None:
            return consent
        child = queries.get_child_by_id(child_id)
        consent.withdrawn_at = clock.now()
        consent.withdrawn_why = why.strip()
        record("children.consent.withdrawn", subject=consent, actor=actor, zone_id=child.zone_id,
               organisation=consent.organisation_id)
        hooks.on_consent_withdrawn(child, consent.organisation_id, actor)
        return consent
