"""What a change does to a commission: its sessions, its price, its dates, and the difference in its money.

The caller holds the locks of the commission, its funds and both groups.
"""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.models import Person
from app.catalogue.models import Cohort, Tariff
from app.commissioning import split
from app.commissioning.models import (
    Account,
    Commission,
    CommissionState,
    FundShare,
    PlaceState,
    Variation,
)
from app.commissioning.queries import proposals
from app.commissioning.queries.money import commission_balances, delivery_days, purpose_of
from app.commissioning.refusals import CannotConfirm
from app.commissioning.services import delivery, documents, pricing, purse, seats
from app.commissioning.services.ledger import moved
from app.shared import clock
from app.shared.db import db
from app.shared.errors import Invalid
from app.shared.money import pounds

_S = CommissionState


def difference(commission: Commission, sessions: int, tariff: Tariff | None) -> int:
    """What `sessions` in all, at the price of `tariff` (None: the one it was made on), costs more than is paid for now, in pence; less is
    below nil.

    Sessions with a register keep what they are worth: a new price is for those to come. Raises Invalid where it cannot be.
    """
    covered = commission.total_pence - commission.uncovered_pence
    if tariff is None:
        return commission.total_for(sessions) - covered
    if commission.state is _S.SUSPENDED:
        raise Invalid(_("While it is paused its price stays. Somebody has to pay first, then the price can change."), field="at_todays_price")
    done, worth = pricing.counted(commission)
    setup = tariff.setup_pence if commission.state is not _S.IN_DELIVERY else commission.setup_pence
    if commission.state is _S.IN_DELIVERY and not done:
        raise Invalid(_("Take the first register, then change the price."), field="at_todays_price")
    if done and tariff.basis is not commission.basis:
        raise Invalid(
            _("Sessions were held at a price of another kind (for each session, or for the place). End this early and ask anew for the rest."),
            field="at_todays_price",
        )
    if done >= sessions:
        raise Invalid(ngettext(
            "All %(num)s session have a register, so a new price is for none of them.",
            "All %(num)s sessions have a register, so a new price is for none of them.", sessions,
        ), field="at_todays_price")
    if tariff.is_per_place:
        if tariff.price_pence < worth:
            raise Invalid(_("%(worth)s of the place is earned or fell through already.", worth=pounds(worth)), field="at_todays_price")
        return setup + tariff.price_pence - covered
    return setup + worth + (sessions - done) * tariff.price_pence - covered


def apply(commission: Commission, variation: Variation, actor: Person, proposal: split.Proposal | None = None) -> None:
    """Make it so: the money first, then what it buys, then when. `proposal` says who pays the difference, where there is one to pay."""
    if proposal is not None:
        _put_on(commission, proposal, actor)
    elif variation.pence < 0:
        _take_away(commission, variation, actor)
    done, worth = pricing.counted(commission)  # before anything changes: the database holds that total and price agree
    commission.total_pence += variation.pence - commission.uncovered_pence
    commission.sessions, commission.uncovered_pence = variation.sessions, 0
    if variation.tariff is not None:
        _reprice(commission, variation.tariff, done, worth)
    db.session.flush()
    if variation.cohort is not None:
        _move(commission, variation.cohort, actor)
    db.session.flush()
    db.session.expire(commission, ["shares", "place", "tariff", "cohort"])


def _reprice(commission: Commission, tariff: Tariff, done: int, worth: int) -> None:
    if commission.state is not _S.IN_DELIVERY:
        commission.setup_pence = tariff.setup_pence
    commission.tariff_id, commission.basis, commission.price_pence = tariff.id, tariff.basis, tariff.price_pence
    commission.kept_sessions, commission.kept_pence = (0, 0) if tariff.is_per_place else (done, worth)


# --- dates ---------------------------------------------------------------------------------------


def require_other_dates(commission: Commission, cohort: Cohort, sessions: int) -> None:
    """Raises Invalid, NoPlaceLeft, AlreadyHeld, DocumentsLapsed or CannotConfirm where the child cannot go to this group instead."""
    if cohort.offering_id != commission.offering_id or cohort.id == commission.cohort_id:
        raise Invalid(_("Choose another group of the same offering."), field="cohort")
    if commission.state not in (_S.APPROVED, _S.CONFIRMED):
        raise Invalid(_("Once sessions are held the group stays. End this early and ask for the other group for the rest."), field="cohort")
    days = delivery_days(cohort, sessions)
    if clock.school_year(days[0]) != commission.year:
        raise Invalid(_("Those dates are in another school year, with an envelope of its own. Cancel this and ask anew."), field="cohort")
    fitting = {fund.id for fund in proposals.fitting_funds(commission.child, purpose_of(commission.child, commission.need_code, days))}
    for share in commission.shares:
        if share.fund_id not in fitting:
            raise Invalid(_("%(fund)s cannot pay for those dates. Cancel this and ask anew, so that another fund can.", fund=share.fund.name), field="cohort")
    documents.require_documents(cohort, through=days[1])
    seats.require_room(cohort, commission.child)


def _move(commission: Commission, cohort: Cohort, actor: Person) -> None:
    """A place in the other group in the same state; the one that was left goes to whoever waits for it."""
    require_other_dates(commission, cohort, commission.sessions)
    left = commission.place
    assert left is not None
    place = seats.add_firm(cohort, commission.child, introduction_id=commission.introduction_id, actor=actor)
    db.session.flush()
    if commission.state is _S.CONFIRMED:
        seats.move(place, PlaceState.TAKEN, actor)
    commission.place_id, commission.cohort_id = place.id, cohort.id
    db.session.flush()
    db.session.expire(commission, ["place", "cohort"])
    if commission.state is _S.CONFIRMED and (missing := delivery.why_not_confirm(commission, commission.practitioner_id)):
        raise CannotConfirm(" ".join(missing), field="cohort")
    over = PlaceState.ENDED if left.state is PlaceState.TAKEN else PlaceState.RELEASED
    seats.move(left, over, actor, "The child goes to another group")


# --- money ---------------------------------------------------------------------------------------


def _take_away(commission: Commission, variation: Variation, actor: Person) -> None:
    """COMMITTED -> AVAILABLE what falls away, in the proportions of what each fund still has; the shares follow."""
    now = commission_balances(commission.id)
    parts = [(share.fund, now[share.fund_id][Account.COMMITTED]) for share in commission.shares]
    going = [left if share.stopped_at is None else 0 for share, (_, left) in zip(commission.shares, parts, strict=True)]
    taken = split.part_of_session(going if sum(going) >= -variation.pence else [left for _, left in parts], -variation.pence)
    lines = moved(Account.COMMITTED, Account.AVAILABLE, [(fund, t) for (fund, _), t in zip(parts, taken, strict=True)], purse.about(commission))
    purse.post_event(commission, "vary", lines, actor)
    by_fund = {fund.id: t for (fund, _), t in zip(parts, taken, strict=True)}
    for share in commission.shares:
        share.pence -= by_fund[share.fund_id]
        if share.pence == 0:
            db.session.delete(share)


def _put_on(commission: Commission, proposal: split.Proposal, actor: Person) -> None:
    """AVAILABLE -> COMMITTED the difference; the shares grow by it."""
    funds = purse.funds_of(part.fund.id for part in proposal.paying)
    lines = moved(
        Account.AVAILABLE, Account.COMMITTED, [(funds[part.fund.id], part.pence) for part in proposal.paying], purse.about(commission)
    )
    purse.post_event(commission, "vary", lines, actor)
    standing = {share.fund_id: share for share in commission.shares}
    for part in proposal.paying:
        if part.fund.id in standing:
            share = standing[part.fund.id]
            share.pence += part.pence
            share.stopped_at, share.stopped_pence, share.stopped_of_pence = None, 0, 0
        else:
            db.session.add(FundShare(commission_id=commission.id, fund_id=part.fund.id, pence=part.pence))
