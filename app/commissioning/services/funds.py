"""Funds: opening one, writing down what a funder promises and what has arrived (PAYMENTS 2.5, rows 1, 2 and 2b), closing one."""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person, School, Zone
from app.audit import services as audit
from app.catalogue.models import AREAS
from app.commissioning.models import Account, Fund, Journal
from app.commissioning.queries.money import balance, balances
from app.commissioning.refusals import JournalConflict, NotEnoughMoney, StillAskedFor
from app.commissioning.services import ledger
from app.commissioning.services.common import words
from app.commissioning.services.ledger import About, Line
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import IllegalMove, Invalid
from app.shared.money import pounds


def open_fund(
    *, zone_id: uuid.UUID, name: str, funder: str, starts_on: date, ends_on: date, actor: Person, purpose: str = "",
    school_id: uuid.UUID | None = None, ward: str = "", postcode_area: str = "", year_from: int | None = None,
    year_to: int | None = None, gender: str = "", need_area: str = "",
) -> Fund:
    """Open a fund with its restrictions; an empty one restricts nothing. It holds nothing until money arrives.

    Raises Invalid with the field: a name the Zone has, days or years out of order, a school of another Zone, an unknown area.
    """
    with atomic():
        _check_fund(zone_id, name, funder, starts_on, ends_on, year_from, year_to)
        if school_id is not None and (school := db.session.get(School, school_id)) is not None and school.zone_id != zone_id:
            raise Invalid(_("That school is in another Zone."), field="school")
        if need_area and need_area not in AREAS:
            raise Invalid(_("A need area is one of %(names)s.", names=", ".join(AREAS)), field="need_area")
        fund = Fund(
            zone_id=zone_id, name=name.strip(), funder=funder.strip(), purpose=purpose.strip(), school_id=school_id,
            ward=ward.strip(), postcode_area=postcode_area.strip().upper(), year_from=year_from, year_to=year_to,
            gender=gender.strip().lower(), need_area=need_area, starts_on=starts_on, ends_on=ends_on,
        )
        db.session.add(fund)
        audit.record(
            "commissioning.fund.opened", subject=fund, actor=actor, zone_id=zone_id, name=fund.name, funder=fund.funder,
            starts_on=starts_on, ends_on=ends_on,
        )
        return fund


def _check_fund(
    zone_id: uuid.UUID, name: str, funder: str, starts_on: date, ends_on: date, year_from: int | None, year_to: int | None
) -> None:
    db.session.get_one(Zone, zone_id)
    if not name.strip():
        raise Invalid(_("Give the fund a name."), field="name")
    if not funder.strip():
        raise Invalid(_("Say whose money it is."), field="funder")
    if db.session.scalar(sa.select(Fund.id).where(Fund.zone_id == zone_id, Fund.name == name.strip())) is not None:
        raise Invalid(_("This Zone already has a fund of that name."), field="name")
    if ends_on < starts_on:
        raise Invalid(_("The last day comes before the first."), field="ends_on")
    if year_from is not None and year_to is not None and year_to < year_from:
        raise Invalid(_("The oldest year comes before the youngest."), field="year_to")


def pledge(*, fund_id: uuid.UUID, pence: int, reference: str, actor: Person) -> Journal:
    """Write down a funder's promise under the reference of its letter. It can be spent only when it arrives.

    The same promise written twice is one. Raises Invalid, JournalConflict for the same reference with another amount.
    """
    with atomic():
        fund = lock_row(Fund, fund_id)
        reference = _checked(fund, pence, reference)
        about = About(year=clock.school_year(clock.today()))
        key = f"pledge:{fund.id}:{reference}:issue"
        return _write(fund, key, "pledge", "pledged", reference, pence, actor, [
            Line(Account.RECEIVABLE, fund, -pence, about), Line(Account.PLEDGED, fund, pence, about),
        ])


def receive(*, fund_id: uuid.UUID, pence: int, reference: str, actor: Person | None) -> Journal:
    """Write down money that has reached the bank, under the bank's reference: from now on it can be spent. `actor` None is the worker.

    The same receipt written twice is one. Raises NotEnoughMoney when more arrives than was promised, Invalid,
    JournalConflict for the same reference with another amount.
    """
    with atomic():
        fund = lock_row(Fund, fund_id)
        reference = _checked(fund, pence, reference)
        about = About(year=clock.school_year(clock.today()))
        key = f"receipt:{fund.id}:{reference}"
        if ledger.find_journal(key) is None and (promised := balance(fund.id, Account.PLEDGED)) < pence:
            raise NotEnoughMoney(
                _("%(funder)s has %(promised)s of its promise still to pay. If more has come, write the larger promise down first.", funder=fund.funder, promised=pounds(promised)), left_pence=promised,
            )
        return _write(fund, key, "receipt", "received", reference, pence, actor, [
            Line(Account.BANK, fund, -pence, about), Line(Account.RECEIVABLE, fund, pence, about),
            Line(Account.PLEDGED, fund, -pence, about), Line(Account.AVAILABLE, fund, pence, about),
        ])


def send_back(*, fund_id: uuid.UUID, pence: int, reference: str, actor: Person | None) -> Journal:
    """Write down that unspent money of a fund that is over went back to its funder, under the bank's reference.

    The same return written twice is one. Raises IllegalMove while the fund can still be spent, NotEnoughMoney for more than is
    left, Invalid, JournalConflict for the same reference with another amount.
    """
    with atomic():
        fund = lock_row(Fund, fund_id)
        if not is_over(fund):
            raise IllegalMove(_("Money goes back when the fund has ended or is closed."))
        reference = _checked(fund, pence, reference, is_return=True)
        about = About(year=clock.school_year(clock.today()))
        key = f"return:{fund.id}:{reference}"
        return _write(fund, key, "return", "returned", reference, pence, actor, [
            Line(Account.AVAILABLE, fund, -pence, about), Line(Account.BANK, fund, pence, about),
        ])


def take_returned(*, fund_id: uuid.UUID, reference: str) -> Journal:
    """What `send_back` wrote under this reference did not go, or came back: the fund has it again. The same written twice is one."""
    with atomic():
        fund = lock_row(Fund, fund_id)
        returned = ledger.find_journal(f"return:{fund.id}:{reference}")
        if returned is None:
            raise Invalid(_("Nothing was sent back under this reference."))
        pence = sum(p.pence for p in returned.postings if p.account is Account.BANK)
        return _write(fund, f"{returned.key}:undone", "return_undone", "return_undone", reference, pence, None, ledger.undo_lines(returned, [fund]))


def is_over(fund: Fund) -> bool:
    return fund.is_closed or fund.ends_on < clock.today()


def close_fund(*, fund_id: uuid.UUID, reason: str, actor: Person) -> Fund:
    """Promise nothing more from this fund, for good. What it has promised is still paid as sessions are held.

    Nothing moves in the ledger: what is unspent stays available, under the fund's name, and is written into the trail, with what
    is committed and what its funder never sent. Raises Invalid, StillAskedFor while a request has money of it set aside.
    """
    with atomic():
        fund = lock_row(Fund, fund_id)
        if fund.is_closed:
            raise Invalid(_("This fund is closed already."))
        reason = words(reason, _("Say why it is closed."), "reason")
        now = balances([fund_id])[fund_id]
        if now[Account.REQUESTED]:
            raise StillAskedFor(
                _("%(amount)s of %(fund)s is asked for in requests that wait for a decision. Decide or withdraw those first.", amount=pounds(now[Account.REQUESTED]), fund=fund.name)
            )
        fund.is_closed = True
        audit.record(
            "commissioning.fund.closed", subject=fund, actor=actor, reason=reason, unspent_pence=now[Account.AVAILABLE],
            committed_pence=now[Account.COMMITTED], unpaid_promise_pence=now[Account.PLEDGED],
        )
        return fund


def _checked(fund: Fund, pence: int, reference: str, *, is_return: bool = False) -> str:
    if pence <= 0:
        raise Invalid(_("Type an amount above nothing."), field="pence")
    if fund.is_closed and not is_return:
        raise Invalid(_("This fund is closed."))
    reference = " ".join(reference.split())
    if not reference:
        raise Invalid(_("Give the letter's or the bank's reference, so that nothing is written down twice."), field="reference")
    if len(reference) > 60:
        raise Invalid(_("Keep the reference to 60 characters."), field="reference")
    return reference


def _write(
    fund: Fund, key: str, kind: str, done: str, reference: str, pence: int, actor: Person | None, lines: list[Line]
) -> Journal:
    """Into the ledger, and into the trail when it was not there yet."""
    is_new = ledger.find_journal(key) is None
    try:
        journal = ledger.post(key=key, kind=kind, zone_id=fund.zone_id, lines=lines, actor=actor, reference=reference)
    except JournalConflict as conflict:
        raise JournalConflict(
            _("“%(reference)s” is already written down for %(fund)s with another amount. Nothing was changed.", reference=reference, fund=fund.name), field="reference"
        ) from conflict
    if is_new:
        audit.record(f"commissioning.fund.{done}", subject=fund, actor=actor, pence=pence, reference=reference)
    return journal
