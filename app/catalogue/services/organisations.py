"""Organisations: add, edit, move along the partner's states."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.accounts.queries import people_with
from app.audit import services as audit
from app.catalogue import changes, policies, queries
from app.catalogue.evidence import DocumentsLapsed, Gap, GapCause
from app.catalogue.models import (
    AGREED_KINDS,
    PARTNER_MOVES,
    CounterSignature,
    Organisation,
    OrganisationKind,
    PartnerState,
)
from app.catalogue.services import powers
from app.notifications import services as notifications
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import DomainError, Forbidden, Invalid, NotFound
from app.shared.paths import link

NEEDS_A_REASON = (PartnerState.RESTRICTED, PartnerState.SUSPENDED, PartnerState.LEFT)
REVIEW, COUNTER_SIGN = "review_partner", "counter_sign"
NEEDS_DOCUMENTS = (PartnerState.APPROVED, PartnerState.LIVE)


class NotCounterSigned(DomainError):
    """Work alone with children needs the safeguarding lead's signature."""

    code = "not_counter_signed"


@dataclass(frozen=True)
class OrganisationFacts:
    """What may be written about an organisation."""

    name: str
    kind: OrganisationKind = OrganisationKind.PARTNER
    about: str = ""
    contact_name: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    address: str = ""
    postcode: str = ""


def add_organisation(
    *, zone_id: uuid.UUID, facts: OrganisationFacts, actor: Person | None, state: PartnerState = PartnerState.APPLYING,
    source: str = "kith", source_ref: str | None = None,
) -> Organisation:
    """A new organisation of a Zone; a partner starts by applying, a library or council team may be live at once.

    Raises Invalid at `name` when the Zone has one of that name.
    """
    with atomic():
        powers.manages(actor, zone_id)
        require_name(zone_id, facts.name)
        organisation = Organisation(
            zone_id=zone_id, state=state, source=source, source_ref=source_ref or str(uuid.uuid4()), **asdict(facts)
        )
        db.session.add(organisation)
        audit.record("catalogue.organisation.added", subject=organisation, actor=actor, kind=facts.kind, state=state)
        return organisation


def edit_organisation(*, organisation_id: uuid.UUID, facts: OrganisationFacts, actor: Person) -> Organisation:
    """Raises Invalid at `name` when another organisation of the Zone has that name."""
    with atomic():
        organisation = _get(organisation_id)
        powers.runs(actor, organisation)
        require_name(organisation.zone_id, facts.name, but=organisation.id)
        changed = changes.apply(organisation, asdict(facts))
        if changed:
            audit.record("catalogue.organisation.edited", subject=organisation, actor=actor, fields=list(changed), changes=changed)
        return organisation


def confirm_organisation(*, organisation_id: uuid.UUID, actor: Person) -> Organisation:
    """Somebody looked today and everything on its page is still right; pressed twice is said once."""
    with atomic():
        organisation = _get(organisation_id)
        powers.confirms(actor, organisation)
        if (organisation.confirmed_on, organisation.confirmed_by_id) != (clock.today(), actor.id):
            organisation.confirmed_on, organisation.confirmed_by_id = clock.today(), actor.id
            audit.record("catalogue.organisation.confirmed", subject=organisation, actor=actor, on=clock.today())
        return organisation


def move_organisation(*, organisation_id: uuid.UUID, to: PartnerState, actor: Person, reason: str = "") -> Organisation:
    """Along PARTNER_MOVES. Nothing blocks a restriction, a suspension or leaving, but each needs a reason.

    To be approved or live, what is required of it must be current today. Raises IllegalMove, Invalid at `reason`,
    DocumentsLapsed.
    """
    with atomic():
        organisation = _get(organisation_id)
        powers.manages(actor, organisation.zone_id)
        PARTNER_MOVES.require(organisation.state, to)
        if to in NEEDS_A_REASON and not reason.strip():
            raise Invalid(_("Say why: the organisation and your colleagues will ask."), field="reason")
        if to in NEEDS_DOCUMENTS:
            today = clock.today()
            gaps = queries.document_gaps(organisation.id, on=today, through=today)
            if gaps:
                raise DocumentsLapsed(organisation, gaps)
            require_counter_signature(organisation)
        moved = (organisation.state, to)
        organisation.state = to
        audit.record("catalogue.organisation.moved", subject=organisation, actor=actor, moved=moved, reason=reason.strip())
        if moved[0] is PartnerState.IN_REVIEW:
            notifications.close_tasks(kind={REVIEW, COUNTER_SIGN}, subject=organisation, why="The review is over")
        return organisation


def require_counter_signature(organisation: Organisation) -> None:
    """Raises NotCounterSigned when a partner works alone with children and the safeguarding lead has not looked at it yet."""
    if organisation.kind is not OrganisationKind.PARTNER or organisation.state not in (PartnerState.IN_REVIEW, PartnerState.APPROVED):
        return
    if queries.works_alone(organisation.id) and queries.find_counter_signature(organisation.id) is None:
        raise NotCounterSigned(_("%(organisation)s works alone with children, so the Zone’s safeguarding lead signs first.", organisation=organisation.name))


def counter_sign(*, organisation_id: uuid.UUID, words: str, actor: Person) -> CounterSignature:
    """The safeguarding lead has looked at an organisation that works alone with children. Raises Invalid at `words`, Forbidden."""
    with atomic():
        organisation = _get(organisation_id)
        if not policies.can_counter_sign(actor, organisation):
            raise Forbidden(_("Only the Zone’s safeguarding lead signs this."))
        if not words.strip():
            raise Invalid(_("Say what you looked at: whoever asks later reads it."), field="words")
        signed = CounterSignature(organisation_id=organisation_id, person_id=actor.id, words=words.strip()[:2_000])
        db.session.add(signed)
        notifications.close_tasks(kind=COUNTER_SIGN, subject=organisation, why="Signed")
        audit.record("catalogue.organisation.counter_signed", subject=organisation, actor=actor, reason=words.strip())
        return signed


def look_at_work_alone(organisation: Organisation) -> None:
    """A partner that has joined begins to work alone with a child (a practitioner, 1:1, therapy): the safeguarding leads are asked as they
    would have been when it joined. Nothing happens when one has signed, or nobody works alone."""
    if organisation.kind is not OrganisationKind.PARTNER or organisation.state not in (PartnerState.LIVE, PartnerState.RESTRICTED):
        return
    if queries.works_alone(organisation.id) and queries.find_counter_signature(organisation.id) is None:
        _ask_guards(organisation, f"{organisation.name} · Works alone with a child", "They joined without 1:1 work, so nobody has signed for it yet")


def _ask_guards(organisation: Organisation, title: str, text: str) -> None:
    for person in people_with(Role.SAFEGUARDING_LEAD, organisation.zone_id):
        if policies.can_counter_sign(person, organisation):
            notifications.open_task(
                person_id=person.id, kind=COUNTER_SIGN, subject=organisation, title=title, action="Look and sign", text=text,
                icon="shield-check", url=link("catalogue.counter_sign", organisation_id=organisation.id),
            )


def send_for_review(*, organisation_id: uuid.UUID, actor: Person) -> Organisation:
    """The partner says that its application is complete; Zone managers look at it now. Raises IllegalMove, DocumentsLapsed for what
    was not even sent in."""
    with atomic():
        organisation = _get(organisation_id)
        powers.runs(actor, organisation)
        if organisation.state is PartnerState.INVITED:
            _move_to(organisation, PartnerState.APPLYING, actor)
        PARTNER_MOVES.require(organisation.state, PartnerState.IN_REVIEW)
        missing = _not_sent_in(organisation)
        if missing:
            raise DocumentsLapsed(organisation, missing)
        _move_to(organisation, PartnerState.IN_REVIEW, actor)
        title, text = f"{organisation.name} · Wants to join", "Their papers and people are in, and wait for a second pair of eyes"
        for person in people_with(Role.ZONE_MANAGER, organisation.zone_id):
            notifications.open_task(
                person_id=person.id, kind=REVIEW, subject=organisation, title=title, action="Look at it", text=text, icon="clipboard-check",
                url=link("catalogue.organisation", organisation_id=organisation_id),
            )
        if queries.works_alone(organisation_id):
            _ask_guards(organisation, title, text)
        return organisation


def _not_sent_in(organisation: Organisation) -> list[Gap]:
    """What the partner still owes its application: papers that were not even sent, and texts of the Zone that it has not signed. That the
    charity signs too comes with the review."""
    today = clock.today()
    signed = {one.agreement_id for one in queries.list_signatures(organisation.id) if one.is_partner}
    to_sign = {text.kind for text in queries.current_agreements(organisation.zone_id) if text.id not in signed}
    return [
        gap for gap in queries.document_gaps(organisation.id, on=today, through=today)
        if gap.cause is not GapCause.UNCHECKED and (gap.kind not in AGREED_KINDS or gap.kind in to_sign)
    ]


def _move_to(organisation: Organisation, to: PartnerState, actor: Person) -> None:
    moved = (organisation.state, to)
    organisation.state = to
    audit.record("catalogue.organisation.moved", subject=organisation, actor=actor, moved=moved, reason="")


def _get(organisation_id: uuid.UUID) -> Organisation:
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound
    return organisation


def require_name(zone_id: uuid.UUID, name: str, but: uuid.UUID | None = None) -> None:
    """Raises Invalid at `name` when another organisation of the Zone has it."""
    statement = sa.select(Organisation.id).where(
        Organisation.zone_id == zone_id, sa.func.lower(Organisation.name) == name.lower(), Organisation.state != PartnerState.LEFT
    )
    if but is not None:
        statement = statement.where(Organisation.id != but)
    if db.session.scalar(statement.limit(1)) is not None:
        raise Invalid(_("There is already an organisation called %(name)s in this Zone.", name=name), code="name_taken", field="name")
