"""What must hold in the database, whatever the code did: pure SQL, read only. `kith check` runs them all.

Each answers the first line that breaks its rule, in words, or None. PRODUCT.md's numbers stand beside the rules they check.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from app.catalogue.models import Cohort, Tariff, TariffBasis
from app.catalogue.queries import document_gaps
from app.children.models import Child
from app.commissioning.models import (
    EARNED,
    PROMISED_STATES,
    WAITING_STATES,
    Account,
    Commission,
    CommissionState,
    Fund,
    FundShare,
    Journal,
    Place,
    PlaceState,
    Posting,
    SessionPrice,
)
from app.commissioning.queries.money import sum_of
from app.commissioning.queries.places import is_live
from app.commissioning.services.ledger import NEVER_BELOW_NIL, OF_A_COMMISSION
from app.shared import clock
from app.shared.db import db

Check = Callable[[], str | None]
_S = CommissionState
_pence = sa.func.sum(Posting.pence)
_SPENT = (Account.COMMITTED, *EARNED)


def journals_balance() -> str | None:
    statement = sa.select(Posting.journal_id, _pence).group_by(Posting.journal_id).having(_pence != 0)
    row = db.session.execute(statement.order_by(Posting.journal_id).limit(1)).first()
    return f"journal {row[0]} is out by {row[1]}p" if row else None


def money_stays_in_its_zone() -> str | None:
    statement = (
        sa.select(Posting.id).join(Journal, Journal.id == Posting.journal_id).join(Fund, Fund.id == Posting.fund_id)
        .where(Fund.zone_id != Journal.zone_id).order_by(Posting.id).limit(1)
    )
    found = db.session.scalar(statement)
    return f"posting {found} moves another Zone's money" if found is not None else None


def no_fund_below_nil() -> str | None:
    """Rule 2."""
    for accounts in NEVER_BELOW_NIL:
        statement = (
            sa.select(Posting.fund_id, _pence).where(Posting.account.in_(accounts))
            .group_by(Posting.fund_id).having(_pence < 0).order_by(Posting.fund_id).limit(1)
        )
        row = db.session.execute(statement).first()
        if row:
            return f"fund {row[0]} has {row[1]}p {accounts[0].value}"
    return None


def no_share_below_nil() -> str | None:
    for accounts in OF_A_COMMISSION:
        statement = (
            sa.select(Posting.commission_id, Posting.fund_id, _pence)
            .where(Posting.account.in_(accounts), Posting.commission_id.is_not(None))
            .group_by(Posting.commission_id, Posting.fund_id).having(_pence < 0)
            .order_by(Posting.commission_id, Posting.fund_id).limit(1)
        )
        row = db.session.execute(statement).first()
        if row:
            return f"commission {row[0]} has {row[2]}p {accounts[0].value} of fund {row[1]}"
    return None


def no_cohort_over_capacity() -> str | None:
    """Rule 1."""
    live = sa.func.count(Place.id)
    statement = (
        sa.select(Cohort.id, live, Cohort.capacity, Cohort.outside_places)
        .join(Place, Place.cohort_id == Cohort.id).where(is_live(clock.now()))
        .group_by(Cohort.id).having(live + Cohort.outside_places > Cohort.capacity).order_by(Cohort.id).limit(1)
    )
    row = db.session.execute(statement).first()
    return f"cohort {row[0]} has {row[1]} live places and {row[3]} outside of {row[2]}" if row else None


def one_live_place_per_child_and_cohort() -> str | None:
    states = (PlaceState.HELD, PlaceState.FIRM, PlaceState.TAKEN)
    statement = (
        sa.select(Place.cohort_id, Place.child_id).where(Place.state.in_(states))
        .group_by(Place.cohort_id, Place.child_id).having(sa.func.count() > 1).order_by(Place.cohort_id, Place.child_id).limit(1)
    )
    row = db.session.execute(statement).first()
    return f"cohort {row[0]} has two places of child {row[1]}" if row else None


def promised_commissions_have_a_place() -> str | None:
    wanted = {
        _S.APPROVED: PlaceState.FIRM, _S.CONFIRMED: PlaceState.TAKEN, _S.IN_DELIVERY: PlaceState.TAKEN,
        _S.SUSPENDED: PlaceState.TAKEN,
    }
    right = sa.or_(*(sa.and_(Commission.state == state, Place.state == place) for state, place in wanted.items()))
    statement = (
        sa.select(Commission.id, Commission.state).outerjoin(Place, Place.id == Commission.place_id)
        .where(Commission.state.in_(PROMISED_STATES), sa.or_(Place.id.is_(None), ~right)).order_by(Commission.id).limit(1)
    )
    row = db.session.execute(statement).first()
    return f"commission {row[0]} is {row[1].value} without its place" if row else None


def sessions_are_worth_what_their_tariff_says() -> str | None:
    """An equal part of what was left, and all parts of a place together never more than its price: no penny too many."""
    left = Tariff.price_pence - SessionPrice.before_pence
    statement = (
        sa.select(SessionPrice.session_id, SessionPrice.commission_id, SessionPrice.pence)
        .join(Tariff, Tariff.id == SessionPrice.tariff_id)
        .where(sa.or_(left < 0, SessionPrice.pence != (left + SessionPrice.over_sessions - 1) // SessionPrice.over_sessions))
        .order_by(SessionPrice.commission_id, SessionPrice.session_id).limit(1)
    )
    row = db.session.execute(statement).first()
    if row:
        return f"session {row[0]} of commission {row[1]} is worth {row[2]}p, and its tariff says otherwise"
    worth = sa.func.sum(SessionPrice.pence)
    too_much = db.session.execute(
        sa.select(Commission.id, worth, Commission.price_pence).join(SessionPrice, SessionPrice.commission_id == Commission.id)
        .where(Commission.basis == TariffBasis.PLACE).group_by(Commission.id, Commission.price_pence)
        .having(worth > Commission.price_pence).order_by(Commission.id).limit(1)
    ).first()
    return f"the sessions of commission {too_much[0]} are worth {too_much[1]}p and the place costs {too_much[2]}p" if too_much else None


def shares_sum_to_the_total() -> str | None:
    """A split and what nobody pays for have no penny too many or too few; only a request that waits for money has none."""
    given = sa.func.coalesce(sa.func.sum(FundShare.pence), 0)
    statement = (
        sa.select(Commission.id, Commission.total_pence - Commission.uncovered_pence, given)
        .outerjoin(FundShare, FundShare.commission_id == Commission.id).group_by(Commission.id)
        .having(sa.and_(
            given != Commission.total_pence - Commission.uncovered_pence, sa.or_(given > 0, Commission.state.in_(PROMISED_STATES))
        ))
        .order_by(Commission.id).limit(1)
    )
    row = db.session.execute(statement).first()
    return f"commission {row[0]} costs {row[1]}p and its shares give {row[2]}p" if row else None


def commissions_agree_with_the_ledger() -> str | None:
    """Waiting: what is reserved is what the shares say. Promised: committed, earned, fallen through and what nobody pays for make the total.
    Over: nothing is held."""
    fell_through = sa.func.coalesce(
        sa.func.sum(sa.case(
            (sa.and_(Posting.account == Account.AVAILABLE, Journal.kind.in_(("accrual", "undo"))), Posting.pence), else_=0
        )), 0,
    )
    sums = (
        sa.select(
            Posting.commission_id.label("id"), sum_of(Account.REQUESTED).label("asked"), sum_of(Account.COMMITTED).label("committed"),
            sum_of(*EARNED).label("earned"), fell_through.label("fell_through"),
        )
        .join(Journal, Journal.id == Posting.journal_id).where(Posting.commission_id.is_not(None))
        .group_by(Posting.commission_id).subquery()
    )
    shares = (
        sa.select(FundShare.commission_id.label("id"), sa.func.sum(FundShare.pence).label("pence"))
        .group_by(FundShare.commission_id).subquery()
    )
    asked, committed, earned, fell = (sa.func.coalesce(c, 0) for c in (sums.c.asked, sums.c.committed, sums.c.earned, sums.c.fell_through))
    wrong = sa.or_(
        sa.and_(Commission.state.in_(WAITING_STATES), sa.or_(
            asked != sa.func.coalesce(shares.c.pence, 0), committed != 0, earned != 0)),
        sa.and_(Commission.state.in_(PROMISED_STATES), sa.or_(
            asked != 0, committed + earned + fell + Commission.uncovered_pence != Commission.total_pence)),
        sa.and_(Commission.state.in_((_S.REJECTED, _S.EXPIRED, _S.CANCELLED)), sa.or_(asked != 0, committed != 0, earned != 0)),
        sa.and_(Commission.state.in_((_S.DELIVERED, _S.ENDED_EARLY, _S.CLOSED)), sa.or_(
            asked != 0, committed != 0, earned > Commission.total_pence)),
    )
    statement = (
        sa.select(Commission.id, Commission.state, asked, committed, earned)
        .outerjoin(sums, sums.c.id == Commission.id).outerjoin(shares, shares.c.id == Commission.id)
        .where(wrong).order_by(Commission.id).limit(1)
    )
    row = db.session.execute(statement).first()
    return f"commission {row[0]} is {row[1].value} with {row[2]}p asked, {row[3]}p committed and {row[4]}p earned" if row else None


def what_has_stopped_promises_nothing() -> str | None:
    """A fund for another school than the child's has set nothing aside and promised nothing, but where it stopped and keeps its part of
    sessions held before that."""
    stands = sa.func.coalesce(sa.func.sum(Posting.pence), 0)
    statement = (
        sa.select(FundShare.commission_id, Fund.name, stands)
        .join(Fund, Fund.id == FundShare.fund_id).join(Commission, Commission.id == FundShare.commission_id)
        .join(Child, Child.id == Commission.child_id)
        .join(Posting, sa.and_(
            Posting.commission_id == FundShare.commission_id, Posting.fund_id == Fund.id,
            Posting.account.in_((Account.REQUESTED, Account.COMMITTED)),
        ))
        .where(Fund.school_id.is_not(None), Fund.school_id.is_distinct_from(Child.school_id), FundShare.stopped_at.is_(None))
        .group_by(FundShare.commission_id, Fund.name).having(stands != 0).order_by(FundShare.commission_id).limit(1)
    )
    row = db.session.execute(statement).first()
    return f"commission {row[0]} of a child elsewhere still has {row[2]}p of {row[1]}" if row else None


def statements_add_up_to_the_funds() -> str | None:
    """What all children's statements say is asked, promised and used of a fund is what the fund says."""
    spoken = (Account.REQUESTED, *_SPENT)
    statement = (
        sa.select(Posting.fund_id, _pence).where(Posting.account.in_(spoken), Posting.child_id.is_(None))
        .group_by(Posting.fund_id).having(_pence != 0).order_by(Posting.fund_id).limit(1)
    )
    row = db.session.execute(statement).first()
    if row:
        return f"fund {row[0]} has {row[1]}p on no child's statement"
    of_wrong_child = (
        sa.select(Posting.id).join(Commission, Commission.id == Posting.commission_id)
        .where(sa.or_(Posting.child_id != Commission.child_id, Posting.year != Commission.year)).order_by(Posting.id).limit(1)
    )
    found = db.session.scalar(of_wrong_child)
    return f"posting {found} stands on another child's or year's statement than its commission" if found is not None else None


def no_confirmed_place_with_lapsed_documents() -> str | None:
    """Rule 6, as a report: places are confirmed only with current documents, so a lapse since then has to be acted on."""
    statement = (
        sa.select(Commission.organisation_id).distinct().where(Commission.state.in_((_S.CONFIRMED, _S.IN_DELIVERY)))
        .order_by(Commission.organisation_id)
    )
    today = clock.today()
    for organisation_id in db.session.scalars(statement).all():
        gaps = document_gaps(organisation_id, on=today, through=today)
        if gaps:
            return f"organisation {organisation_id} has confirmed places and lapsed documents: {gaps[0].sentence}"
    return None


CHECKS: Sequence[tuple[str, Check]] = (
    ("every journal sums to nil", journals_balance),
    ("money stays in its Zone", money_stays_in_its_zone),
    ("no fund is below nil", no_fund_below_nil),
    ("no share of a commission is below nil", no_share_below_nil),
    ("no cohort is over capacity", no_cohort_over_capacity),
    ("one live place per child and cohort", one_live_place_per_child_and_cohort),
    ("promised commissions have their place", promised_commissions_have_a_place),
    ("shares sum to the total", shares_sum_to_the_total),
    ("sessions are worth what their tariff says", sessions_are_worth_what_their_tariff_says),
    ("commissions agree with the ledger", commissions_agree_with_the_ledger),
    ("a school's fund promises nothing to a child elsewhere", what_has_stopped_promises_nothing),
    ("children's statements add up to the funds", statements_add_up_to_the_funds),
)
"""What must never break: `kith check` exits 1 on the first broken line."""
REPORTS: Sequence[tuple[str, Check]] = (
    ("confirmed places have current documents", no_confirmed_place_with_lapsed_documents),
)
"""What time alone can bring about: worth saying, not a fault of the data."""


def broken() -> list[tuple[str, str]]:
    """(rule, first line that breaks it) for every rule that does not hold."""
    return [(name, line) for name, check in CHECKS if (line := check()) is not None]
