"""What a parent or carer has agreed may be shared, and taking it back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit.services import record
from app.catalogue.models import PartnerState
from app.children import hooks, queries, school_queries
from app.children.models import SHAREABLE, Child, Consent
from app.children.services import disagreement, photos, powers
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

    Raises Invalid, at the field, when the carer has no parental responsibility or must not know where the child is, nothing or something unknown is to be shared,
    the day given lies ahead, or the end lies more than two years after it.
    """
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.works_with(actor, child)
        carer = queries.get_carer(carer_id, child_id)
        organisation = queries.organisation_in_zone(organisation_id, child.zone_id)
        if not carer.has_parental_responsibility:
            raise Invalid(
                _("%(carer)s has no parental responsibility for %(child)s, so cannot consent. Ask somebody who has.", carer=carer.name, child=child.called),
                code="no_parental_responsibility", field="carer_id",
            )
        if carer.may_not_know_where:
            raise Invalid(
                _("%(carer)s must not know where %(child)s is, and a consent names who is met. Ask somebody else with parental responsibility.", carer=carer.name, child=child.called),
                code="may_not_know_where", field="carer_id",
            )
        check_consent(organisation.state, organisation.name, fields, given_on, ends_on, how)
        disagreement.forget_own_no(child, organisation_id, carer_id, actor)
        return keep_consent(
            child, organisation_id, carer_id=carer_id, fields=fields, given_on=given_on, ends_on=ends_on, how=how, language=language, actor=actor,
        )


def keep_consent(
    child: Child, organisation_id: uuid.UUID, *, carer_id: uuid.UUID | None, fields: Sequence[str], given_on: date, ends_on: date, how: str,
    language: str, actor: Person,
) -> Consent:
    """Put it in the place of the earlier one. It waits where another carer says no. Inside a verb, after its checks."""
    for earlier in child.consents:
        if earlier.organisation_id == organisation_id and earlier.withdrawn_at is None:
            earlier.withdrawn_at = clock.now()
            earlier.withdrawn_why = "A newer consent took its place."
    chosen = set(fields)
    waits = bool(school_queries.standing_objections(child.id, organisation_id))
    consent = Consent(
        child_id=child.id, organisation_id=organisation_id, carer_id=carer_id, fields=[f for f in SHAREABLE if f in chosen],
        given_on=given_on, ends_on=ends_on, how=how, language=language, recorded_by_id=actor.id, waits_since=clock.now() if waits else None,
    )
    db.session.add(consent)
    record("children.consent.given", subject=consent, actor=actor, zone_id=child.zone_id, organisation=organisation_id,
           carer=carer_id, fields=consent.fields, given_on=given_on, ends_on=ends_on, waits=waits)
    photos.drop_uncovered(child, actor)
    return consent


def check_consent(
    state: PartnerState, organisation: str, fields: Sequence[str], given_on: date, ends_on: date, how: str,
) -> None:
    """Raises Invalid at the field for what nobody can consent to."""
    if state is PartnerState.LEFT:
        raise Invalid(_("%(organisation)s has left Kith, so nothing can be shared with them.", organisation=organisation), field="organisation_id")
    unknown = [name for name in fields if name not in SHAREABLE]
    if unknown or not fields:
        said = _("“%(field)s” cannot be shared.", field=unknown[0]) if unknown else _("Choose at least one thing that may be shared.")
        raise Invalid(said, field="fields")
    if given_on > clock.today():
        raise Invalid(_("Consent cannot have been given on a day that is still to come."), field="given_on")
    if ends_on < clock.today():
        raise Invalid(_("This consent would have ended already. Choose a day from today on."), field="ends_on")
    if ends_on - given_on > LONGEST:
        raise Invalid(_("A consent lasts two years at most. Choose an earlier last day."), field="ends_on")
    if how not in HOW:
        raise Invalid(_("“%(how)s” is not one of: %(ways)s.", how=how, ways=", ".join(HOW)), field="how")


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
        child = queries.get_child_by_id(child_id)
        powers.speaks_for(actor, child)
        consent = queries.get_consent(consent_id, child_id)
        if consent.withdrawn_at is not None:
            return consent
        _cut(child, consent, why, actor)
        hooks.on_consent_withdrawn(child, consent.organisation_id, actor)
        return consent


def _cut(child: Child, consent: Consent, why: str, actor: Person) -> None:
    consent.withdrawn_at = clock.now()
    consent.withdrawn_why = why.strip()
    record("children.consent.withdrawn", subject=consent, actor=actor, zone_id=child.zone_id, organisation=consent.organisation_id)
    photos.drop_uncovered(child, actor)


def preview_withdrawing_all(*, child_id: uuid.UUID) -> list[ConsentPreview]:
    """What stopping to share with everybody ends, one organisation at a time. Reads only."""
    return [preview_withdrawal(consent_id=consent.id, child_id=child_id) for consent in _standing(queries.get_child_by_id(child_id))]


def withdraw_all_consents(*, child_id: uuid.UUID, why: str, actor: Person) -> list[Consent]:
    """Everything that is shared with anybody stops, in one transaction. Never refused; twice is once."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.speaks_for(actor, child)
        standing = _standing(child)
        for consent in standing:
            _cut(child, consent, why, actor)
        for organisation_id in sorted({consent.organisation_id for consent in standing}):
            hooks.on_consent_withdrawn(child, organisation_id, actor)
        return standing


def _standing(child: Child) -> list[Consent]:
    """Not withdrawn and not over, also those that wait or have not begun."""
    today = clock.today()
    return [consent for consent in child.consents if consent.withdrawn_at is None and consent.ends_on >= today]
