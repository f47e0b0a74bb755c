"""Who would pay for a request, worked out from the funds as they are. Under the funds' locks the answer is binding."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from app.accounts.models import Zone
from app.children.models import Child
from app.commissioning import split
from app.commissioning.models import Account, Commission, Fund
from app.commissioning.queries.money import (
    ceiling_for,
    commission_balances,
    delivery_days,
    fund_facts,
    list_open_funds,
    purpose_of,
)
from app.shared.db import db


def fitting_funds(child: Child, purpose: split.Purpose) -> list[Fund]:
    """The open funds of the child's Zone whose restrictions and days fit, whatever is left in them."""
    funds = list_open_funds(child.zone_id)
    facts = {fact.id: fact for fact in fund_facts(funds)}
    return [fund for fund in funds if not split.misfit(facts[fund.id], purpose)]


def propose(
    child: Child, zone: Zone, *, total: int, year: int, purpose: split.Purpose, commission: Commission | None = None
) -> split.Proposal:
    """The split of a sum over all the Zone's open funds, within the ceiling; beyond it only for what would else be missing.

    For a commission, its own reservation counts as still there, and not as spoken for.
    """
    own = reserved(commission) if commission else {}
    facts = fund_facts(list_open_funds(zone.id), plus=own)
    ceiling = ceiling_for(zone, child.id, year, total=total, but_not=commission.id if commission else None)
    within = split.propose(total, facts, purpose, ceiling)
    if within.is_complete:
        return within
    beyond = split.propose(total, facts, purpose, ceiling, past_ceiling=True)
    return beyond if beyond.is_complete else within


def propose_for(commission: Commission) -> split.Proposal:
    zone = db.session.get_one(Zone, commission.zone_id)
    return propose(
        commission.child, zone, total=commission.total_pence, year=commission.year, purpose=purpose_for(commission),
        commission=commission,
    )


def purpose_for(commission: Commission) -> split.Purpose:
    days = delivery_days(commission.cohort, commission.sessions)
    return purpose_of(commission.child, commission.need_code, days)


def beyond_ceiling(commission: Commission, parts: Mapping[split.FundFacts, int]) -> tuple[str, ...]:
    """The funders whom these parts would take past the ceiling of the child's year."""
    by_funder: dict[str, int] = {}
    for fund, pence in parts.items():
        by_funder[fund.funder] = by_funder.get(fund.funder, 0) + pence
    return _beyond(commission, by_funder)


def _beyond(commission: Commission, by_funder: Mapping[str, int]) -> tuple[str, ...]:
    zone = db.session.get_one(Zone, commission.zone_id)
    ceiling = ceiling_for(zone, commission.child_id, commission.year, total=commission.total_pence, but_not=commission.id)
    return tuple(sorted(funder for funder, pence in by_funder.items() if pence > ceiling.room(funder)))


def standing_split(commission: Commission) -> split.Proposal:
    """The split that stands on the commission, measured again today: each share still fits, and who is beyond the ceiling."""
    purpose = purpose_for(commission)
    facts = {fact.id: fact for fact in fund_facts([share.fund for share in commission.shares], plus=reserved(commission))}
    parts, by_funder = [], dict[str, int]()
    for share in commission.shares:
        why = split.misfit(facts[share.fund_id], purpose)
        parts.append(split.Part(facts[share.fund_id], 0 if why else share.pence, why, facts[share.fund_id].left))
        by_funder[share.fund.funder] = by_funder.get(share.fund.funder, 0) + share.pence
    return split.Proposal(commission.total_pence, tuple(parts), _beyond(commission, by_funder))


def reserved(commission: Commission) -> dict[uuid.UUID, int]:
    return {fund_id: accounts[Account.REQUESTED] for fund_id, accounts in commission_balances(commission.id).items()}
