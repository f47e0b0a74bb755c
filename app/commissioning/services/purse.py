"""A commission's money: reserving, committing, earning, giving back. Who pays is worked out in queries/proposals.py.

The caller holds the locks of the funds.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person, Zone
from app.catalogue.models import Session
from app.children.models import Child
from app.commissioning import split
from app.commissioning.models import EARNED, Account, Commission, Fund, FundShare, Journal
from app.commissioning.queries.money import Balances, commission_balances, envelope_pence, spoken_for
from app.commissioning.queries.proposals import reserved
from app.commissioning.refusals import EnvelopeFull, NotEnoughMoney
from app.commissioning.services import ledger
from app.commissioning.services.ledger import About, Line, moved
from app.shared.db import db
from app.shared.money import pounds
from app.shared.money import split as split_pence

Parts = list[tuple[Fund, int]]


def about(commission: Commission, session_id: uuid.UUID | None = None) -> About:
    return About(
        year=commission.year, child_id=commission.child_id, commission_id=commission.id, session_id=session_id,
        organisation_id=commission.organisation_id, school_id=commission.child.school_id,
    )


def require_envelope(child: Child, zone: Zone, year: int, total: int, *, already: int = 0) -> None:
    """Raises EnvelopeFull with what is free. `already` of what is spoken for is this request's own. Under the envelope's lock."""
    whole = envelope_pence(child, zone, year)
    free = whole - (spoken_for(child.id, year).all - already)
    if total > free:
        raise EnvelopeFull(
            _(
                "This costs %(total)s, and %(free)s of this child’s %(whole)s for the year is free. Ask for fewer sessions, or ask your Zone manager to change the envelope and say why.",
                total=pounds(total), free=pounds(max(0, free)), whole=pounds(whole),
            ), field="sessions",
        )


def missing_money(proposal: split.Proposal) -> NotEnoughMoney:
    """"£300 left", and what would help."""
    left = proposal.found
    return NotEnoughMoney(
        _(
            "%(left)s in the funds that may pay for this, and it costs %(total)s: %(shortfall)s is missing. The request stays open.",
            left=proposal.left_words, total=pounds(proposal.total), shortfall=pounds(proposal.shortfall),
        ), left_pence=left,
    )


# --- postings ------------------------------------------------------------------------------------


def reserve(commission: Commission, proposal: split.Proposal, actor: Person | None) -> None:
    """AVAILABLE -> REQUESTED by a complete proposal, kept as the commission's shares."""
    if not proposal.is_complete:
        raise ValueError("only a complete split is reserved")
    funds = funds_of(part.fund.id for part in proposal.paying)
    new = [(funds[part.fund.id], part.pence) for part in proposal.paying]
    before = {fund_id: pence for fund_id, pence in reserved(commission).items() if pence}
    lines = moved(Account.AVAILABLE, Account.REQUESTED, new, about(commission))
    if before:
        old_funds = funds_of(before)
        lines = moved(Account.REQUESTED, Account.AVAILABLE, [(old_funds[i], p) for i, p in before.items()], about(commission)) + lines
    post_event(commission, "resplit" if before else "reserve", lines, actor)
    standing = {share.fund_id: share for share in commission.shares}
    for fund, pence in new:
        share = standing.pop(fund.id, None)
        if share is not None:
            share.pence = pence
        else:
            db.session.add(FundShare(commission_id=commission.id, fund_id=fund.id, pence=pence))
    for share in standing.values():
        db.session.delete(share)
    db.session.flush()
    db.session.expire(commission, ["shares"])


def commit(commission: Commission, actor: Person) -> None:
    """REQUESTED -> COMMITTED."""
    lines = moved(Account.REQUESTED, Account.COMMITTED, [(s.fund, s.pence) for s in commission.shares], about(commission))
    post_event(commission, "commit", lines, actor)


def uncommit(commission: Commission, actor: Person | None) -> None:
    """COMMITTED -> REQUESTED: the approval was taken back before anything followed."""
    lines = moved(Account.COMMITTED, Account.REQUESTED, [(s.fund, s.pence) for s in commission.shares], about(commission))
    post_event(commission, "uncommit", lines, actor)


def reserve_again(commission: Commission, actor: Person) -> None:
    """AVAILABLE -> REQUESTED by the shares that stood when it was declined. Raises NotEnoughMoney where they are gone."""
    lines = moved(Account.AVAILABLE, Account.REQUESTED, [(s.fund, s.pence) for s in commission.shares], about(commission))
    if lines:
        post_event(commission, "reserve", lines, actor)


def give_back(commission: Commission, actor: Person | None) -> int:
    """Whatever is still requested or committed becomes available again, in the funds it came from. Answers the pence."""
    now = commission_balances(commission.id)
    funds = funds_of(now)
    back = 0
    for account, kind in ((Account.REQUESTED, "unreserve"), (Account.COMMITTED, "release")):
        parts = [(funds[fund_id], accounts[account]) for fund_id, accounts in now.items() if accounts[account]]
        if parts:
            post_event(commission, kind, moved(account, Account.AVAILABLE, parts, about(commission)), actor)
            back += sum(pence for _, pence in parts)
    return back


def earn(
    commission: Commission, owed: int, *, freed: int = 0, key: str, kind: str, actor: Person | None,
    session: Session | None = None, reference: str = "", is_half: bool = False, is_new: bool = False, now: Balances | None = None,
) -> Journal:
    """COMMITTED -> ACCRUED what is owed, and -> AVAILABLE what falls through, in the proportions of what each fund still has.

    `now` is the commission's balances where the caller has just read them. Never more than is committed. Nothing is lost to rounding: taking until nothing is left empties every fund.
    """
    parts = committed(commission, now, at=session.starts_at if session else None)
    owed = min(owed, sum(left for _, left in parts))
    freed = min(freed, sum(left for _, left in parts) - owed)
    taken = _taken(commission, parts, owed + freed)
    earned = split.part_of_session(taken, owed)
    funds = [fund for fund, _ in parts]
    for_what = about(commission, session.id if session else None)
    lines = moved(Account.COMMITTED, Account.ACCRUED, zip(funds, earned, strict=True), for_what)
    lines += moved(
        Account.COMMITTED, Account.AVAILABLE, [(f, t - e) for f, t, e in zip(funds, taken, earned, strict=True)], for_what
    )
    return ledger.post(
        key=key, kind=kind, zone_id=commission.zone_id, lines=lines, actor=actor, reference=reference, is_half=is_half,
        is_new=is_new,
    )


def _taken(commission: Commission, parts: Parts, pence: int) -> list[int]:
    """What each of these funds gives of `pence`: in proportion of what it has left, and one that has stopped only its part of before."""
    fair = _before_it_stopped(commission.shares, pence)
    before = [min(left, fair.get(fund.id, 0)) for fund, left in parts]
    going = [0 if fund.id in fair else left for fund, left in parts]
    now = split.part_of_session(going, min(pence - sum(before), sum(going)))
    taken = [b + n for b, n in zip(before, now, strict=True)]
    still = [left - t for (_, left), t in zip(parts, taken, strict=True)]
    return [t + s for t, s in zip(taken, split.part_of_session(still, pence - sum(taken)), strict=True)]


def _before_it_stopped(shares: Sequence[FundShare], pence: int) -> dict[uuid.UUID, int]:
    """Of `pence` for a session held before a fund stopped, that fund's part, by fund; together never more than `pence`."""
    found: dict[uuid.UUID, int] = {}
    for share in shares:
        if share.stopped_at is not None:
            found[share.fund_id] = min(share.part_before(pence), pence - sum(found.values()))
    return found


def commit_again(commission: Commission, session: Session, pence: int, *, key: str, actor: Person | None) -> None:
    """A session delivered before the end is owed after the rest went back: AVAILABLE -> COMMITTED, in the original shares."""
    shares = [share for share in commission.shares if share.pays_at(session.starts_at)]
    going = [share for share in shares if share.stopped_at is None]
    parts = _before_it_stopped(shares, pence) if going else {}
    rest = pence - sum(parts.values())
    weights = [share.pence for share in going or shares]
    parts |= {share.fund_id: part for share, part in zip(going or shares, split_pence(rest, weights), strict=True)}
    lines = moved(Account.AVAILABLE, Account.COMMITTED, [(share.fund, parts[share.fund_id]) for share in shares], about(commission))
    ledger.post(key=key, kind="recommit", zone_id=commission.zone_id, actor=actor, lines=lines)


def take_back(commission: Commission, journal: Journal, *, key: str, actor: Person | None) -> None:
    """Undo one journal line by line. What takes its place is posted next; then `ledger.require_sound`."""
    lines: Sequence[Line] = ledger.undo_lines(journal, list(funds_of(p.fund_id for p in journal.postings).values()))
    ledger.post(
        key=key, kind="undo", zone_id=commission.zone_id, lines=lines, actor=actor, reference=journal.reference, is_half=True
    )


def committed(commission: Commission, now: Balances | None = None, *, at: datetime | None = None) -> Parts:
    """What each fund that pays for a session then (without one: now) still has committed, in the order of the shares."""
    now = commission_balances(commission.id) if now is None else now
    return [(share.fund, now[share.fund_id][Account.COMMITTED]) for share in commission.shares if share.pays_at(at)]


def accrued(now: Balances) -> int:
    """Earned so far by the commission with these balances, paid or not."""
    return sum(accounts[account] for accounts in now.values() for account in EARNED)


def post_event(commission: Commission, kind: str, lines: Sequence[Line], actor: Person | None) -> None:
    """One of the events that can happen again in a commission's life: numbered, so that each has its own key."""
    prefix = f"commission:{commission.id}:{kind}:"
    number = db.session.scalar(sa.select(sa.func.count(Journal.id)).where(Journal.key.startswith(prefix))) or 0
    ledger.post(key=f"{prefix}{number + 1}", kind=kind, zone_id=commission.zone_id, lines=lines, actor=actor)


def funds_of(fund_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Fund]:
    statement = sa.select(Fund).where(Fund.id.in_(set(fund_ids)))
    return {fund.id: fund for fund in db.session.scalars(statement).unique()}
