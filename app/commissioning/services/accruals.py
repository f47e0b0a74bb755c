"""What a session earns: COMMITTED -> ACCRUED, once per session and child, and again only by taking the earlier back."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from app.accounts.models import Person
from app.catalogue.models import Session
from app.commissioning.models import PROMISED_STATES, Account, Commission, CommissionState, Journal
from app.commissioning.queries.commissions import find_session_price, list_session_journals
from app.commissioning.queries.money import Balances, commission_balances
from app.commissioning.refusals import JournalConflict
from app.commissioning.services import ledger, purse
from app.commissioning.services.common import note
from app.commissioning.services.locks import lock_for
from app.commissioning.services.pricing import fixed_price
from app.shared.db import atomic, db
from app.shared.errors import IllegalMove, Invalid, NotFound
from app.shared.money import share as share_of

_S = CommissionState
MAY_EARN = frozenset({_S.IN_DELIVERY, _S.SUSPENDED, _S.DELIVERED, _S.ENDED_EARLY, _S.CLOSED})


def accrue(
    *, commission_id: uuid.UUID, session_id: uuid.UUID, percent: int, revision: int, actor: Person | None
) -> Journal:
    """Owe `percent` of one session's price (pricing.py) to the partner, by the commission's shares; the rest of that price is free again.

    The same revision again is a no-op; a newer one takes the older back and posts its own. Never more than was committed in all;
    nothing for a session while delivery stood still. After the end, what is owed is committed again from what went back.
    Raises JournalConflict for the same revision with another percent or an older one, NotEnoughMoney, Invalid, IllegalMove.
    """
    with atomic():
        commission = lock_for(commissions=[commission_id], only_money=True)[commission_id]
        session = db.session.get(Session, session_id)
        if session is None:
            raise NotFound
        return accrue_locked(commission, session, percent=percent, revision=revision, actor=actor)


def accrue_locked(
    commission: Commission, session: Session, *, percent: int, revision: int, actor: Person | None, is_first: bool = False,
    now: Balances | None = None, check: bool = True,
) -> Journal:
    """What `accrue` does, for a caller who holds the locks of the commission and its funds and has read it since.

    `is_first`: nothing was posted for this session and child before; `now`: the commission's balances, just read. Without `check` the
    caller looks at the balances with `require_sound` in the end.
    """
    if not 0 <= percent <= 100:
        raise Invalid(_("A session is owed between nothing and in full."), field="percent")
    if revision < 1:
        raise Invalid(_("Revisions are counted from 1."))
    if session.cohort_id != commission.cohort_id and find_session_price(commission.id, session.id) is None:
        raise Invalid(_("This session is not one of this commission’s group."))
    if commission.state not in MAY_EARN:
        raise IllegalMove(_("Nothing is owed before the first session is held."))
    reference = f"{percent}%"
    prefix = f"commission:{commission.id}:session:{session.id}"
    earlier = {} if is_first else list_session_journals(commission.id, session.id)
    standing = earlier.get(revision)
    if standing is not None:
        if standing.reference != reference:
            raise JournalConflict(_("This register was posted before with another amount. Send a new revision."))
        return standing
    if earlier and max(earlier) > revision:
        raise JournalConflict(_("A newer revision of this register is posted already."))
    for number, journal in earlier.items():
        if ledger.find_journal(f"{prefix}:undo:{number}") is None:
            purse.take_back(commission, journal, key=f"{prefix}:undo:{number}", actor=actor)
    now = commission_balances(commission.id) if now is None or earlier else now
    paused = any(pause.covers(session.held_on) for pause in commission.suspensions)
    full = 0 if paused else fixed_price(commission, session, is_first=is_first)
    price = min(full, commission.total_pence - purse.accrued(now))
    owed = min(price, share_of(full, percent, 100))
    is_over = commission.state not in PROMISED_STATES
    missing = owed - sum(left for _, left in purse.committed(commission, now, at=session.starts_at))
    if is_over and missing > 0:
        purse.commit_again(commission, session, missing, key=f"{prefix}:recommit:{revision}", actor=actor)
        now = commission_balances(commission.id)
    journal = purse.earn(
        commission, owed, freed=price - owed, key=f"{prefix}:deliver:{revision}", kind="accrual", actor=actor,
        session=session, reference=reference, is_half=bool(earlier) or not check, is_new=is_first, now=now,
    )
    if is_over:
        purse.give_back(commission, actor)
    if earlier and check:
        ledger.require_sound([share.fund for share in commission.shares], commission.id)
    note(
        commission, actor=actor, done="accrued", session=session.id, percent=percent, revision=revision,
        pence=earned_by(journal),
    )
    return journal


def earned_by(journal: Journal) -> int:
    """What one journal of a session earned, in pence."""
    return sum(p.pence for p in journal.postings if p.account is Account.ACCRUED)
