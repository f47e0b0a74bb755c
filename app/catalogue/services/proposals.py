"""What a partner changes about what children see is proposed: written down as before and after, and put on the Zone manager's list."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from app.accounts.models import Person, Role
from app.accounts.queries import people_with
from app.audit import services as audit
from app.catalogue import changes, proposed, queries
from app.catalogue.models import (
    DEFAULT_PAYABLE,
    OPEN_PROPOSALS,
    PROPOSAL_MOVES,
    Offering,
    OfferingState,
    Organisation,
    Photo,
    Proposal,
    ProposalKind,
    ProposalState,
    TariffBasis,
)
from app.catalogue.services import offerings, organisations, photos, powers, tariffs
from app.catalogue.services.offerings import OfferingFacts
from app.catalogue.services.organisations import OrganisationFacts
from app.notifications import services as notifications
from app.shared.db import Row, atomic, db, lock_row

TASK, RETURNED = "proposal", "proposal_returned"
Values = Mapping[str, Any]


def asks_first(subject: Offering | Organisation, actor: Person) -> bool:
    """What children see already is changed by the Zone manager alone; whoever runs it proposes."""
    return proposed.is_shown(subject) and not actor.manages(subject.zone_id)


def save_offering(*, offering_id: uuid.UUID, facts: OfferingFacts, version: int, actor: Person, why: str = "") -> Offering:
    """Everything at once, or what is for the partner to say at once and the rest as a proposal.

    Raises Stale when somebody saved since `version` was shown, Invalid at the field that cannot be.
    """
    with atomic():
        offering = queries.get_offering(offering_id, actor)
        powers.runs(actor, offering)
        if not asks_first(offering, actor):
            return offerings.edit_offering(offering_id=offering_id, facts=facts, version=version, actor=actor)
        offerings.require_sense(asdict(facts))
        standing = {name: getattr(offering, name) for name in proposed.SEEN_OF_OFFERING}
        wanted = {name: getattr(facts, name) for name in proposed.SEEN_OF_OFFERING}
        offerings.edit_offering(offering_id=offering_id, facts=replace(facts, **standing), version=version, actor=actor)
        propose(ProposalKind.WORDS, offering, standing, wanted, offering.organisation, actor=actor, offering=offering, why=why)
        return offering


def save_organisation(*, organisation_id: uuid.UUID, facts: OrganisationFacts, actor: Person, why: str = "") -> Organisation:
    """The same for an organisation: how to reach it is changed at once, its name, kind and what it says about itself are proposed."""
    with atomic():
        organisation = queries.get_organisation(organisation_id, actor)
        powers.runs(actor, organisation)
        if not asks_first(organisation, actor):
            return organisations.edit_organisation(organisation_id=organisation_id, facts=facts, actor=actor)
        standing = {name: getattr(organisation, name) for name in proposed.SEEN_OF_ORGANISATION}
        wanted = {name: getattr(facts, name) for name in proposed.SEEN_OF_ORGANISATION}
        organisations.require_name(organisation.zone_id, facts.name, but=organisation_id)
        organisations.edit_organisation(organisation_id=organisation_id, facts=replace(facts, **standing), actor=actor)
        propose(ProposalKind.WORDS, organisation, standing, wanted, organisation, actor=actor, why=why)
        return organisation


def publish(*, offering_id: uuid.UUID, actor: Person, version: int | None = None) -> Offering:
    """Live at once where children have seen it before or the Zone manager says so; a draft is proposed, once all is there."""
    with atomic():
        offering = queries.get_offering(offering_id, actor)
        powers.runs(actor, offering)
        if offering.state is not OfferingState.DRAFT or actor.manages(offering.zone_id):
            return offerings.publish_offering(offering_id=offering_id, actor=actor, version=version)
        offerings.require_publishable(offering, version)
        propose(
            ProposalKind.PUBLISH, offering, {"state": OfferingState.DRAFT}, {"state": OfferingState.LIVE}, offering.organisation,
            actor=actor, offering=offering,
        )
        return offering


def add_photo(
    *, content: bytes, alt: str, actor: Person, organisation_id: uuid.UUID | None = None, offering_id: uuid.UUID | None = None
) -> Photo:
    """Shown at once, or waiting where a partner adds it to what children see. Raises Invalid at `file` or `alt`."""
    with atomic():
        of = queries.get_organisation(organisation_id, actor) if organisation_id else queries.get_offering(offering_id, actor)  # type: ignore[arg-type]
        powers.runs(actor, of)
        photo = photos.add_photo(
            content=content, alt=alt, actor=actor, organisation_id=organisation_id, offering_id=offering_id,
            is_waiting=asks_first(of, actor),
        )
        if photo.is_waiting:
            _propose_photo(photo, actor)
        return photo


def describe_photo(*, photo_id: uuid.UUID, alt: str, actor: Person) -> Photo:
    """Other words for those who cannot see it: at once, or proposed. A photo that was sent back goes to the Zone manager again."""
    with atomic():
        photo = queries.get_photo(photo_id, actor)
        of = queries.shown_by(photo)
        powers.runs(actor, of)
        if photo.is_waiting or not asks_first(of, actor):
            photos.describe_photo(photo_id=photo_id, alt=alt, actor=actor)
            if photo.is_waiting:
                _propose_photo(photo, actor)
            return photo
        photos.require_words(alt)
        propose(
            ProposalKind.WORDS, photo, {"alt": photo.alt}, {"alt": alt.strip()}, _organisation(of), actor=actor,
            offering=of if isinstance(of, Offering) else None,
        )
        return photo


def remove_photo(*, photo_id: uuid.UUID, actor: Person) -> None:
    """At once, whoever does it: a picture that should not be there is gone. What was proposed about it goes along."""
    with atomic():
        photo = queries.get_photo(photo_id, actor)
        powers.runs(actor, queries.shown_by(photo))
        let_go_of(photo, actor)
        photos.remove_photo(photo_id=photo_id, actor=actor)


def propose_price(
    *, offering_id: uuid.UUID, price_pence: int, setup_pence: int, notice_percent: int, payable: Values, basis: TariffBasis,
    is_one_to_one: bool, starts_on: date | None, actor: Person, why: str = "",
) -> Proposal | None:
    """Other terms for a place, from the day they are accepted or a later one. None when they are those in force. Raises Invalid."""
    with atomic():
        offering = queries.get_offering(offering_id, actor)
        powers.runs(actor, offering)
        tariffs.require_terms(offering, price_pence=price_pence, setup_pence=setup_pence, notice_percent=notice_percent, payable=payable)
        standing = queries.price_today(offering_id)
        wanted = {
            "basis": basis.value, "is_one_to_one": is_one_to_one, "price_pence": price_pence, "setup_pence": setup_pence,
            "notice_percent": notice_percent, **{mark: payable[mark] for mark in DEFAULT_PAYABLE if mark in payable},
        }
        before = {name: standing.get(name) for name in wanted}
        if starts_on is not None and before != wanted:
            before["starts_on"], wanted["starts_on"] = standing.get("starts_on"), starts_on.isoformat()
        return propose(
            ProposalKind.PRICE, offering, before, wanted, offering.organisation, actor=actor, offering=offering, why=why,
        )


def _propose_photo(photo: Photo, actor: Person) -> None:
    of = queries.shown_by(photo)
    propose(
        ProposalKind.PHOTO, photo, {"alt": ""}, {"alt": photo.alt}, _organisation(of), actor=actor,
        offering=of if isinstance(of, Offering) else None,
    )


def _organisation(of: Offering | Organisation) -> Organisation:
    return of.organisation if isinstance(of, Offering) else of


def propose(
    kind: ProposalKind, subject: Row, standing: Values, wanted: Values, organisation: Organisation, *, actor: Person,
    offering: Offering | None = None, why: str = "",
) -> Proposal | None:
    """Write down what differs. What was proposed before about the same, and not accepted, is replaced; the same again is one proposal.

    Nothing that differs takes back what was proposed: None.
    """
    before = {name: changes.pack_value(value) for name, value in standing.items() if value != wanted[name]}
    after = {name: changes.pack_value(wanted[name]) for name in before}
    lock_row(Organisation, organisation.id)
    earlier = queries.find_open_proposal(kind, subject.id)
    if earlier is not None and earlier.is_waiting and (earlier.before, earlier.after) == (before, after):
        return earlier
    if earlier is not None:
        let_go(earlier, ProposalState.REPLACED if after else ProposalState.WITHDRAWN, actor, "Another proposal took its place")
    if not after:
        return None
    made = Proposal(
        zone_id=organisation.zone_id, organisation_id=organisation.id, offering_id=offering.id if offering else None, kind=kind,
        subject_type=subject.__tablename__, subject_id=subject.id, before=before, after=after, why=why.strip(), made_by_id=actor.id,
    )
    db.session.add(made)
    db.session.flush()
    db.session.refresh(made)
    audit.record(
        "catalogue.proposal.made", subject=offering or organisation, actor=actor, reason=made.why, proposal=made.id, kind=kind,
        replaces=earlier.id if earlier else None, fields=list(after), changes=changes.pairs(before, after),
    )
    for manager in people_with(Role.ZONE_MANAGER, organisation.zone_id):
        notifications.open_task(
            person_id=manager.id, kind=TASK, subject=made, title=f"{organisation.name} · A change to {made.about}",
            text=f"{proposed.summary(made)}. Proposed by {actor.name}.", action="Compare and answer", icon="file-text", url=f"/proposals/{made.id}",
        )
    return made


def let_go(proposal: Proposal, to: ProposalState, actor: Person, why: str) -> None:
    """It waits no longer. Everybody's tasks about it close."""
    moved = (proposal.state, to)
    PROPOSAL_MOVES.require(*moved)
    proposal.state = to
    notifications.close_tasks(kind={TASK, RETURNED}, subject=proposal, why=why)
    if to is ProposalState.WITHDRAWN:
        audit.record("catalogue.proposal.withdrawn", subject=proposal.offering or proposal.organisation, actor=actor, moved=moved, proposal=proposal.id)
    db.session.flush()


def let_go_of(subject: Row, actor: Person) -> None:
    """What is proposed about a row that goes away goes with it."""
    for proposal in queries.list_proposals_about(subject.id):
        if proposal.state in OPEN_PROPOSALS:
            let_go(proposal, ProposalState.WITHDRAWN, actor, "It is gone")
