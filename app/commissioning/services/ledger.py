"""Posting to the ledger. Credit-positive lines that sum to nil, idempotent by the journal's key, never edited.

The caller holds the locks of the funds it posts to (services.locks): only then are the balances checked here binding.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.commissioning.models import EARNED, Account, Fund, Journal, Posting
from app.commissioning.queries.money import balances, balances_of_commissions
from app.commissioning.refusals import JournalConflict, NotEnoughMoney
from app.shared.db import db, is_writing
from app.shared.money import pounds

NEVER_BELOW_NIL: tuple[tuple[Account, ...], ...] = (
    (Account.PLEDGED,), (Account.AVAILABLE,), (Account.REQUESTED,), (Account.COMMITTED,), EARNED,
)
"""Of each fund: these accounts, or these together, are nil or more."""
OF_A_COMMISSION: tuple[tuple[Account, ...], ...] = ((Account.REQUESTED,), (Account.COMMITTED,), EARNED)
"""The same of each fund's share in a commission."""


@dataclass(frozen=True)
class About:
    """What a line is for."""

    year: int
    child_id: uuid.UUID | None = None
    commission_id: uuid.UUID | None = None
    session_id: uuid.UUID | None = None
    organisation_id: uuid.UUID | None = None
    school_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Line:
    """`pence` into (positive) or out of (negative) an account of a fund."""

    account: Account
    fund: Fund
    pence: int
    about: About


def moved(source: Account, target: Account, parts: Iterable[tuple[Fund, int]], about: About) -> list[Line]:
    """The lines that take each fund's pence out of `source` and into `target`."""
    lines = []
    for fund, pence in parts:
        if pence:
            lines += [Line(source, fund, -pence, about), Line(target, fund, pence, about)]
    return lines


def post(
    *, key: str, kind: str, zone_id: uuid.UUID, lines: Sequence[Line], actor: Person | None, reference: str = "",
    is_half: bool = False, is_new: bool = False,
) -> Journal:
    """Write one event. The same key with the same lines again is a no-op and answers the journal that stands.

    Raises JournalConflict for the same key with other lines, NotEnoughMoney when an account would fall below nil, ValueError
    for lines that do not balance or belong to another Zone. An event without lines says that nothing was owed. `is_half`: more
    follows that belongs to it, and the caller looks at the balances with `require_sound` in the end. `is_new`: the caller knows, under
    its locks, that nothing was written with this key; many such are sent to the database together.
    """
    if not is_writing():
        raise RuntimeError("the ledger is written inside the transaction of the change it follows from")
    if sum(line.pence for line in lines) != 0:
        raise ValueError("a journal's lines sum to nil")
    if any(line.fund.zone_id != zone_id for line in lines):
        raise ValueError("money does not leave its Zone")
    lines = [line for line in lines if line.pence]
    standing = None if is_new else find_journal(key)
    if standing is not None:
        if _content(standing) != Counter(map(_content_of, lines)) or standing.reference != reference:
            raise JournalConflict(_("This was written into the ledger before, with other amounts. Nothing was changed."))
        return standing
    journal = Journal(key=key, kind=kind, zone_id=zone_id, actor_id=actor.id if actor else None, reference=reference)
    journal.postings = [
        Posting(
            account=line.account, fund_id=line.fund.id, pence=line.pence, funder=line.fund.funder,
            year=line.about.year, child_id=line.about.child_id, commission_id=line.about.commission_id,
            session_id=line.about.session_id, organisation_id=line.about.organisation_id, school_id=line.about.school_id,
        )
        for line in lines
    ]
    db.session.add(journal)
    if not is_half:
        db.session.flush()
        _refuse_below_nil(lines)
    return journal


def find_journal(key: str) -> Journal | None:
    return db.session.scalars(sa.select(Journal).where(Journal.key == key)).one_or_none()


def undo_lines(journal: Journal, funds: Sequence[Fund]) -> list[Line]:
    """The lines that take a journal back."""
    by_id = {fund.id: fund for fund in funds}
    return [
        Line(p.account, by_id[p.fund_id], -p.pence,
             About(p.year, p.child_id, p.commission_id, p.session_id, p.organisation_id, p.school_id))
        for p in journal.postings
    ]


def _refuse_below_nil(lines: Sequence[Line]) -> None:
    funds = {line.fund.id: line.fund for line in lines}
    moved_here: Counter[tuple[uuid.UUID, Account]] = Counter()
    for line in lines:
        moved_here[line.fund.id, line.account] += line.pence
    now = balances(funds)
    for fund_id, fund in funds.items():
        for accounts in NEVER_BELOW_NIL:
            stands = sum(now[fund_id][account] for account in accounts)
            if stands < 0:
                left = stands - sum(moved_here[fund_id, account] for account in accounts)
                raise NotEnoughMoney(_below(fund, accounts[0], left), left_pence=left)
    for commission_id in {line.about.commission_id for line in lines if line.about.commission_id}:
        _refuse_commission_below_nil(commission_id)


def require_sound(funds: Iterable[Fund], *commission_ids: uuid.UUID) -> None:
    """After several postings that belong together: nothing of these funds or of these commissions is below nil.

    Raises NotEnoughMoney with how much is missing.
    """
    funds = {fund.id: fund for fund in funds}.values()
    now = balances(fund.id for fund in funds)
    for fund in funds:
        missing = -min(0, *(sum(now[fund.id][account] for account in accounts) for accounts in NEVER_BELOW_NIL))
        if missing:
            raise NotEnoughMoney(_("%(fund)s is %(missing)s short of what this needs. The Zone manager can bring money in first.", fund=fund.name, missing=pounds(missing)))
    _refuse_commission_below_nil(*commission_ids)


def _refuse_commission_below_nil(*commission_ids: uuid.UUID) -> None:
    for of_fund in (fund for found in balances_of_commissions(commission_ids).values() for fund in found.values()):
        if any(sum(of_fund[account] for account in accounts) < 0 for accounts in OF_A_COMMISSION):
            raise NotEnoughMoney(_("A fund would give more to this commission than it promised. Nothing was changed."))


def _below(fund: Fund, account: Account, left: int) -> str:
    if account is Account.AVAILABLE:
        return _("%(fund)s has %(left)s left.", fund=fund.name, left=pounds(left))
    if account is Account.PLEDGED:
        return _("%(funder)s has %(left)s of its promise to %(fund)s still to pay.", funder=fund.funder, left=pounds(left), fund=fund.name)
    return _("%(fund)s has %(left)s %(account)s and no more.", fund=fund.name, left=pounds(left), account=account.value)


def _content(journal: Journal) -> Counter[tuple[object, ...]]:
    return Counter(
        (p.account, p.fund_id, p.pence, p.year, p.child_id, p.commission_id, p.session_id) for p in journal.postings
    )


def _content_of(line: Line) -> tuple[object, ...]:
    about = line.about
    return (line.account, line.fund.id, line.pence, about.year, about.child_id, about.commission_id, about.session_id)
