"""A child's money for one school year, to the penny: what may be spent, what stands against it, who gave, what it bought."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import CeilingBase, Zone
from app.catalogue.models import Offering
from app.children.models import Child
from app.commissioning import hooks
from app.commissioning.models import EARNED, Account, Commission, Envelope, Place, Posting
from app.commissioning.queries.commissions import list_for_child
from app.commissioning.queries.money import (
    ASKED,
    PROMISED,
    USED,
    Spoken,
    balances_of_commissions,
    by_funder,
    ceiling_base,
    envelope_pence,
    spoken_for,
)
from app.introductions.models import Introduction, IntroductionState
from app.shared import clock
from app.shared.db import db
from app.shared.money import pounds

COLOURS = ("plum", "sky", "leaf", "amber", "teal", "coral")


@dataclass(frozen=True)
class Giver:
    funder: str
    pence: int
    colour: str


@dataclass(frozen=True)
class Bought:
    """One line of what the money bought. `held` and `came` are None where no register says."""

    title: str
    organisation: str
    commission_id: uuid.UUID | None
    sessions: int
    price_pence: int
    used: int
    promised: int
    asked: int
    held: int | None
    came: int | None
    is_per_place: bool = False
    is_repriced: bool = False

    @property
    def price_words(self) -> str:
        if self.commission_id is None:
            return _("free")
        price = pounds(self.price_pence)
        if self.is_per_place:
            return _("%(price)s for the place", price=price)
        return _("%(price)s now", price=price) if self.is_repriced else _("%(price)s each", price=price)

    @property
    def price_to_count_in(self) -> int:
        """What of the sums may be a multiple: the price of a session; 0 where sessions are not all worth the same."""
        return 0 if self.is_per_place or self.is_repriced else self.price_pence

    @property
    def each(self) -> int | None:
        """What each time the child came has cost, in whole pence; None before the first time."""
        return round(self.used / self.came) if self.came else None


@dataclass(frozen=True)
class ChildMoney:
    """All parts of a year. `envelope` = used + promised + asked + free, always."""

    year: int
    envelope: int
    spoken: Spoken
    givers: tuple[Giver, ...]
    base: int
    base_words: str
    ceiling: int

    @property
    def free(self) -> int:
        return self.envelope - self.spoken.all

    @property
    def starts_on(self) -> date:
        return date(self.year, 9, 1)

    @property
    def ends_on(self) -> date:
        return date(self.year + 1, 8, 31)

    @property
    def given(self) -> int:
        return sum(giver.pence for giver in self.givers)

    @property
    def largest(self) -> Giver | None:
        return max(self.givers, key=lambda g: g.pence, default=None)


@dataclass(frozen=True)
class MoneyBar:
    """A year in one bar. `envelope` = used + promised + asked + free, always."""

    envelope: int
    spoken: Spoken
    ends_on: date

    @property
    def free(self) -> int:
        return self.envelope - self.spoken.all


def money_bar(child: Child) -> MoneyBar:
    """This school year in one statement. The caller has checked that this person may see the child's money."""
    year = clock.school_year(clock.today())
    zone = db.session.get_one(Zone, child.zone_id)

    def summed(group: Sequence[Account]) -> sa.ScalarSelect[int]:
        return sa.select(sa.func.coalesce(sa.func.sum(Posting.pence), 0)).where(
            Posting.child_id == child.id, Posting.year == year, Posting.account.in_(group)
        ).scalar_subquery()

    own = sa.select(Envelope.pence).where(Envelope.child_id == child.id, Envelope.year == year).scalar_subquery()
    envelope, *sums = db.session.execute(sa.select(own, *(summed(group) for group in (ASKED, PROMISED, USED)))).one()
    return MoneyBar(zone.envelope_pence if envelope is None else envelope, Spoken(*(int(pence) for pence in sums)), date(year + 1, 8, 31))


def child_money(child: Child, year: int | None = None) -> ChildMoney:
    """The caller has checked that this person may see the child's money."""
    year = clock.school_year(clock.today()) if year is None else year
    zone = db.session.get_one(Zone, child.zone_id)
    given = by_funder(child.id, year)
    base = ceiling_base(zone, sum(given.values()))
    full = zone.ceiling_base is CeilingBase.FULL_YEARLY_COST
    return ChildMoney(
        year=year, envelope=envelope_pence(child, zone, year), spoken=spoken_for(child.id, year),
        givers=tuple(Giver(funder, pence, COLOURS[n % len(COLOURS)]) for n, (funder, pence) in enumerate(given.items())),
        base=base, base_words=_("Full cost of the year") if full else _("All that was bought"), ceiling=zone.ceiling_percent,
    )


def what_it_bought(child: Child, year: int) -> list[Bought]:
    """The year's commissions that cost or may cost something, then what is free, each with how often the child came."""
    commissions = list(list_for_child(child.id, year))
    money = balances_of_commissions(c.id for c in commissions)
    free = _free_ones(child.id, year)
    marks = hooks.came([*(c.place_id for c in commissions if c.place_id), *(place_id for _, place_id in free if place_id)])
    lines = []
    for commission in commissions:
        sums = {account: sum(of_fund[account] for of_fund in money[commission.id].values()) for account in Account}
        used, promised, asked = sum(sums[account] for account in EARNED), sums[Account.COMMITTED], sums[Account.REQUESTED]
        if used or promised or asked:
            held, came = marks.get(commission.place_id, (None, None)) if commission.place_id else (None, None)
            lines.append(Bought(
                commission.offering.title, commission.organisation.name, commission.id, commission.sessions, commission.price_pence,
                used, promised, asked, held, came, commission.is_per_place, bool(commission.kept_sessions),
            ))
    for introduction, place_id in free:
        held, came = marks.get(place_id, (None, None)) if place_id else (None, None)
        lines.append(Bought(
            introduction.offering.title, introduction.organisation.name, None, held or 0, 0, 0, 0, 0, held, came,
        ))
    return lines


def _free_ones(child_id: uuid.UUID, year: int) -> Sequence[tuple[Introduction, uuid.UUID | None]]:
    """Introductions to what costs nothing that the child has joined, with the place if there is one."""
    statement = (
        sa.select(Introduction, Place.id)
        .join(Offering, Offering.id == Introduction.offering_id)
        .outerjoin(Place, sa.and_(Place.introduction_id == Introduction.id, Place.taken_at.is_not(None)))
        .where(
            Introduction.child_id == child_id, Offering.kind != "commissioned",
            Introduction.state.in_((IntroductionState.JOINED, IntroductionState.SETTLED, IntroductionState.CLOSED)),
            Introduction.joined_on.between(date(year, 9, 1), date(year + 1, 8, 31)),
        )
        .order_by(Introduction.joined_on, Introduction.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement).unique()]


def years_of(child_id: uuid.UUID) -> list[int]:
    """The school years in which something was bought or asked for, and this one, newest first."""
    known = set(db.session.scalars(sa.select(Commission.year).distinct().where(Commission.child_id == child_id)))
    return sorted(known | {clock.school_year(clock.today())}, reverse=True)
