"""The Zone manager's answer to a proposal, and taking one back."""

from __future__ import annotations

import uuid
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.models import Person, Role
from app.accounts.queries import people_with
from app.audit import services as audit
from app.catalogue import changes, policies, queries
from app.catalogue.models import (
    DEFAULT_PAYABLE,
    PROPOSAL_MOVES,
    Offering,
    Organisation,
    Photo,
    Proposal,
    ProposalKind,
    ProposalState,
    TariffBasis,
)
from app.catalogue.services import offerings, organisations, photos, proposals
from app.catalogue.services.tariffs import set_tariff
from app.notifications import services as notifications
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Invalid, Stale, permit

WHO = _l("The Zone manager answers this, and nobody answers what they proposed themselves.")


def accept_proposal(*, proposal_id: uuid.UUID, actor: Person, seen: str, word: str = "") -> Proposal:
    """It is so from now on. `seen` is the mark of what stood on the page (`proposed.digest`): what has changed since is looked at first.

    Raises Stale, IllegalMove, Forbidden, and whatever the change itself is refused with.
    """
    with atomic():
        proposal = _take(proposal_id, actor)
        PROPOSAL_MOVES.require(proposal.state, ProposalState.ACCEPTED)
        if seen != queries.seen_mark(proposal):
            raise Stale(_("It has changed since you opened this page. Look at what it says now before you answer."))
        _carry_out(proposal, actor)
        _answer(proposal, ProposalState.ACCEPTED, actor, word)
        notifications.close_tasks(kind=proposals.TASK, subject=proposal, why="Accepted")
        return proposal


def return_proposal(*, proposal_id: uuid.UUID, word: str, actor: Person) -> Proposal:
    """Not like this: the word says why, and goes on the list of whoever answers for the organisation. Raises Invalid at `word`."""
    with atomic():
        proposal = _take(proposal_id, actor)
        PROPOSAL_MOVES.require(proposal.state, ProposalState.RETURNED)
        if not word.strip():
            raise Invalid(_("Say what would make it right: they read it."), field="word")
        _answer(proposal, ProposalState.RETURNED, actor, word)
        notifications.close_tasks(kind=proposals.TASK, subject=proposal, why="Sent back")
        for person in people_with(Role.PARTNER_ADMIN, proposal.zone_id, organisation_id=proposal.organisation_id):
            notifications.open_task(
                person_id=person.id, kind=proposals.RETURNED, subject=proposal, title=f"{proposal.about} · Your change came back",
                text=proposal.word, action="Read and go on", icon="undo-2", url=f"/proposals/{proposal.id}",
            )
        return proposal


def withdraw_proposal(*, proposal_id: uuid.UUID, actor: Person) -> Proposal:
    """Everything stays as it is; a photo that only waited goes. Raises IllegalMove, Forbidden."""
    with atomic():
        proposal = _locked(proposal_id, actor)
        permit(policies.can_withdraw_proposal(actor, proposal), _("Only the organisation takes back what it proposed."))
        proposals.let_go(proposal, ProposalState.WITHDRAWN, actor, "Taken back")
        if proposal.kind is ProposalKind.PHOTO:
            photos.remove_photo(photo_id=proposal.subject_id, actor=actor)
        return proposal


def _locked(proposal_id: uuid.UUID, actor: Person) -> Proposal:
    """Read fresh, under the lock of its organisation."""
    proposal = queries.get_proposal(proposal_id, actor)
    lock_row(Organisation, proposal.organisation_id)
    db.session.refresh(proposal)
    return proposal


def _take(proposal_id: uuid.UUID, actor: Person) -> Proposal:
    proposal = _locked(proposal_id, actor)
    permit(policies.can_answer_proposal(actor, proposal), WHO)
    return proposal


def _answer(proposal: Proposal, to: ProposalState, actor: Person, word: str) -> None:
    moved = (proposal.state, to)
    proposal.state, proposal.word = to, word.strip()
    proposal.decided_by_id, proposal.decided_at = actor.id, clock.now()
    is_so = to is ProposalState.ACCEPTED
    audit.record(
        f"catalogue.proposal.{to}", subject=proposal.offering or proposal.organisation, actor=actor, moved=moved, reason=proposal.word,
        proposal=proposal.id, fields=list(proposal.after) if is_so else None,
        changes=changes.pairs(proposal.before, proposal.after) if is_so else None,
    )


def _carry_out(proposal: Proposal, actor: Person) -> None:
    if proposal.kind is ProposalKind.PHOTO:
        db.session.get_one(Photo, proposal.subject_id).is_waiting = False
    elif proposal.kind is ProposalKind.PUBLISH:
        offerings.publish_offering(offering_id=proposal.subject_id, actor=actor)
    elif proposal.kind is ProposalKind.PRICE:
        _set_price(proposal, actor)
    else:
        _write_words(proposal)


def _write_words(proposal: Proposal) -> None:
    subject = queries.subject_of(proposal)
    values = changes.unpack(type(subject), proposal.after)
    if isinstance(subject, Offering):
        offerings.require_sense({**offerings.facts_of(subject), **values})
    elif isinstance(subject, Organisation) and "name" in values:
        organisations.require_name(subject.zone_id, values["name"], but=subject.id)
    changes.apply(subject, values)
    db.session.flush()


def _set_price(proposal: Proposal, actor: Person) -> None:
    """The terms in force with what was proposed over them; a day that has passed meanwhile is today."""
    terms = {**queries.price_today(proposal.subject_id), **proposal.after}
    wanted = proposal.after.get("starts_on")
    set_tariff(
        offering_id=proposal.subject_id, price_pence=terms["price_pence"], setup_pence=terms["setup_pence"],
        notice_percent=terms["notice_percent"], payable={mark: terms.get(mark, share) for mark, share in DEFAULT_PAYABLE.items()},
        basis=TariffBasis(terms["basis"]), is_one_to_one=terms["is_one_to_one"],
        starts_on=max(date.fromisoformat(wanted), clock.today()) if wanted else None, actor=actor,
    )
