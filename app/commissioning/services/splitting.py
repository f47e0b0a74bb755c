"""An approver says which funds pay for a request, within the rules: restrictions, days, what is left, and the ceiling."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask_babel import gettext as _

from app.accounts.models import Person
from app.commissioning import split
from app.commissioning.models import Commission, CommissionState, DecisionKind
from app.commissioning.queries import proposals
from app.commissioning.refusals import CeilingPassed, MayNotDecide, NotEnoughMoney
from app.commissioning.services import judging, purse
from app.commissioning.services.common import note
from app.shared.db import atomic, db
from app.shared.errors import Invalid
from app.shared.money import pounds
from app.shared.view import sentence_list


def change_split(
    *, commission_id: uuid.UUID, parts: Mapping[uuid.UUID, int], actor: Person, seen_version: int | None = None
) -> Commission:
    """Set aside `parts` (pence by fund) in place of what was proposed; they sum to the request's total.

    Raises Invalid for a sum that is not the total or a fund that may not pay (and says why), NotEnoughMoney, CeilingPassed where
    the proposed split keeps to the ceiling and this does not, MayNotDecide, HoldLapsed, Stale, IllegalMove.
    """
    with atomic():
        commission = judging.take(commission_id, seen_version)
        judging.require_waiting(commission, CommissionState.APPROVED)
        judging.require_decider(actor, commission)
        if judging.said(commission, DecisionKind.APPROVE):
            raise MayNotDecide(_("Somebody has said yes to the split that stands. Ask a question instead, and both start again."))
        by_hand = _checked(commission, {fund_id: pence for fund_id, pence in parts.items() if pence})
        purse.reserve(commission, by_hand, actor)
        judging.require_decider(actor, commission)  # again: other funds pay now
        note(
            commission, actor=actor, done="split_changed",
            parts=[{"fund": str(part.fund.id), "pence": part.pence} for part in by_hand.parts],
        )
        db.session.expire(commission, ["shares"])
        return commission


def _checked(commission: Commission, parts: Mapping[uuid.UUID, int]) -> split.Proposal:
    fresh = proposals.propose_for(commission)
    facts = {part.fund.id: part for part in fresh.parts}
    purpose = proposals.purpose_for(commission)
    for fund_id, pence in parts.items():
        if fund_id not in facts or pence < 0:
            raise Invalid(_("Choose among the funds on this page, with whole pence."))
        fund = facts[fund_id].fund
        if why_not := split.misfit(fund, purpose):
            raise Invalid(_("%(fund)s cannot pay for this. %(why_not)s", fund=fund.name, why_not=why_not), field=f"fund_{fund_id.hex}")
        if pence > fund.left:
            raise NotEnoughMoney(_("%(fund)s has %(left)s left.", fund=fund.name, left=pounds(fund.left)), left_pence=fund.left)
    total = sum(parts.values())
    if total != commission.total_pence:
        gap = commission.total_pence - total
        word = _("%(amount)s is missing", amount=pounds(gap)) if gap > 0 else _("%(amount)s too much", amount=pounds(-gap))
        raise Invalid(_("The parts come to %(total)s, and this costs %(price)s: %(word)s.", total=pounds(total), price=pounds(commission.total_pence), word=word))
    over = proposals.beyond_ceiling(commission, {facts[id_].fund: pence for id_, pence in parts.items()})
    if over and not fresh.over:
        raise CeilingPassed(_("This takes %(over)s past the ceiling of this child’s year, and it need not: choose other parts.", over=sentence_list(over)))
    return split.Proposal(commission.total_pence, tuple(
        split.Part(facts[id_].fund, pence, _("Chosen by hand."), facts[id_].fund.left) for id_, pence in parts.items()
    ), over)
