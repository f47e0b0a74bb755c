"""A fund's last day has passed: what it promised to sessions after that day goes back to it, and somebody says who pays from now.

It pays for every session held until then, also where the register comes late (`stopping.py`). A fund that only has nothing left stops
nothing: what it promised is set aside, and what more is asked for is put to other funds.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from app.commissioning.models import LIVE_STATES, Commission, Fund, FundShare
from app.commissioning.queries.money import list_open_funds
from app.commissioning.services import stopping
from app.commissioning.services.locks import lock_for
from app.shared import clock
from app.shared.db import atomic, db

WHY = "The last day of {funds} has passed."


def stop_what_has_ended() -> int:
    """The clock: each commission that such a fund still pays for, in a transaction of its own. How many there were."""
    stopped = 0
    for commission_id, zone_id in _found():
        with atomic():
            funds = [fund.id for fund in list_open_funds(zone_id)]
            commission = lock_for(commissions=[commission_id], funds=funds)[commission_id]
            ended = [share for share in commission.shares if share.stopped_at is None and share.fund.ends_on < clock.today()]
            if ended and commission.state in LIVE_STATES:
                stopping.stop(commission, ended, why=WHY.format(funds=stopping.in_words(ended)), actor=None)
                stopped += 1
    return stopped


def _found() -> Sequence[tuple[uuid.UUID, uuid.UUID]]:
    statement = (
        sa.select(Commission.id, Commission.zone_id).join(FundShare, FundShare.commission_id == Commission.id).join(Fund, Fund.id == FundShare.fund_id)
        .where(Fund.ends_on < clock.today(), FundShare.stopped_at.is_(None), Commission.state.in_(LIVE_STATES))
        .distinct().order_by(Commission.id)
    )
    found = [(row.id, row.zone_id) for row in db.session.execute(statement)]
    db.session.rollback()
    return found
