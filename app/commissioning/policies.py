"""Who may do what with money, places and commissions. Pure: what is asked of the database is already on the arguments."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app.accounts.models import Person, Role, RoleGrant
from app.catalogue.models import Cohort
from app.children import policies as children
from app.children.models import Child
from app.commissioning.models import Brief, BriefOffer, Commission, CommissionState, Fund, Variation, Waiting
from app.introductions.models import Introduction
from app.shared.money import pounds


def can_request(person: Person, introduction: Introduction) -> bool:
    """The child's Link Worker (lead or cover) or the Zone manager."""
    return children.can_work_with_child(person, introduction.child)


def can_see_commission(person: Person, commission: Commission) -> bool:
    """Everybody whom queries.get_commission lets find it."""
    return True


def can_see_commissions(person: Person) -> bool:
    return bool(person.is_authenticated) and person.has_role(
        Role.PARTNER_ADMIN, Role.LINK_WORKER, Role.ZONE_MANAGER, Role.BUDGET_HOLDER
    )


def works_with_child_of(person: Person, commission: Commission) -> bool:
    return children.can_work_with_child(person, commission.child)


can_answer_question = can_suspend = can_write_closing_note = works_with_child_of


def is_partner_admin_of(person: Person, commission: Commission) -> bool:
    return any(
        g.role is Role.PARTNER_ADMIN and g.organisation_id == commission.organisation_id and g.zone_id == commission.zone_id
        for g in person.live_grants
    )


can_confirm = is_partner_admin_of


def decides_about(person: Person, commission: Commission) -> bool:
    """A budget holder whose Zone, and school where the grant names one, this is. Whether they may say yes: why_not_decide."""
    return bool(_grants_here(person, commission))


def can_cancel(person: Person, commission: Commission) -> bool:
    """The child's Link Worker, Zone manager and budget holder; the partner once the money is promised to it."""
    if works_with_child_of(person, commission) or decides_about(person, commission):
        return True
    return is_partner_admin_of(person, commission) and commission.state in (CommissionState.APPROVED, CommissionState.CONFIRMED)


def can_end_early(person: Person, commission: Commission) -> bool:
    return works_with_child_of(person, commission) or is_partner_admin_of(person, commission)


def can_complete(person: Person, commission: Commission) -> bool:
    return works_with_child_of(person, commission)


def can_close(person: Person, commission: Commission) -> bool:
    """The Zone manager, after the Link Worker's note."""
    return person.manages(commission.zone_id)


def can_answer_offer(person: Person, waiting: Waiting) -> bool:
    return children.can_work_with_child(person, waiting.child)


def can_see_statement(person: Person, child: Child) -> bool:
    return children.can_work_with_child(person, child)


def can_change_envelope(person: Person, child: Child) -> bool:
    return person.manages(child.zone_id)


def can_see_funds(person: Person) -> bool:
    return bool(person.is_authenticated) and person.has_role(Role.ZONE_MANAGER, Role.BUDGET_HOLDER)


def can_see_fund(person: Person, fund: Fund) -> bool:
    """Everybody whom queries.get_fund lets find it."""
    return True


def can_see_fund_lines(person: Person, fund: Fund) -> bool:
    """More than totals: what moved, and for which child's reference. Not its funder, nor a budget holder of another school."""
    return person.manages(fund.zone_id) or any(
        g.role is Role.BUDGET_HOLDER and g.zone_id == fund.zone_id and g.fund_id in (None, fund.id)
        and (g.school_id is None or g.school_id == fund.school_id)
        for g in person.live_grants
    )


def can_add_fund(person: Person) -> bool:
    return bool(person.is_authenticated) and person.has_role(Role.ZONE_MANAGER)


def can_manage_fund(person: Person, fund: Fund) -> bool:
    return person.manages(fund.zone_id)


def can_see_approvals(person: Person) -> bool:
    return bool(person.is_authenticated) and person.has_role(Role.BUDGET_HOLDER)


def can_declare_interest(person: Person) -> bool:
    return can_see_approvals(person)


def can_set_steps(person: Person) -> bool:
    return bool(person.is_authenticated) and person.has_role(Role.ZONE_MANAGER)


def can_change_capacity(person: Person, cohort: Cohort) -> bool:
    offering = cohort.offering
    return person.manages(offering.zone_id) or offering.organisation_id in person.organisation_ids(Role.PARTNER_ADMIN)


def can_decide_change(person: Person, variation: Variation) -> bool:
    return decides_about(person, variation.commission)


def can_withdraw_change(person: Person, variation: Variation) -> bool:
    return works_with_child_of(person, variation.commission)


def can_write_brief(person: Person, child: Child) -> bool:
    return children.can_work_with_child(person, child)


def can_run_brief(person: Person, brief: Brief) -> bool:
    return children.can_work_with_child(person, brief.child)


def can_see_brief(person: Person, brief: Brief) -> bool:
    """Everybody whom queries.get_brief lets find it."""
    return True


def can_see_briefs(person: Person) -> bool:
    return bool(person.is_authenticated) and person.has_role(Role.PARTNER_ADMIN, Role.LINK_WORKER, Role.ZONE_MANAGER)


def is_admin_of(person: Person, organisation_id: uuid.UUID) -> bool:
    return organisation_id in person.organisation_ids(Role.PARTNER_ADMIN)


def can_offer(person: Person, brief: Brief) -> bool:
    return person.has_role(Role.PARTNER_ADMIN)


def can_withdraw_offer(person: Person, offer: BriefOffer) -> bool:
    return is_admin_of(person, offer.organisation_id)


def can_decide_offer(person: Person, offer: BriefOffer) -> bool:
    return can_run_brief(person, offer.brief)


# --- saying yes ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class StandIn:
    """Somebody who gave on what they may decide: whoever stands in may do no more than they could themselves."""

    person_id: uuid.UUID
    name: str
    interests: frozenset[uuid.UUID]
    still_holds: bool


def why_not_decide(
    person: Person, commission: Commission, *, interests: Collection[uuid.UUID] = (), fund_ids: Collection[uuid.UUID] | None = None,
    total_pence: int | None = None, stands_in: Mapping[uuid.UUID, StandIn] | None = None, only_own: bool = False, only_for: uuid.UUID | None = None,
) -> str | None:
    """Why this person may not say yes to (or decline, or ask about) this request; None when they may.

    `fund_ids` are the funds it would be paid from, where they are not on the commission yet. `total_pence`: what it would come to in
    all, where that changes. `stands_in`: whose the person's grants are that are not their own, by grant; `only_own` and `only_for` look at some of the grants alone.
    """
    theirs = stands_in or {}
    here = [
        g for g in _grants_here(person, commission)
        if (g.id not in theirs if only_own else only_for is None or (g.id in theirs and theirs[g.id].person_id == only_for))
    ]
    if not here:
        return _("You hold no budget for this child’s Zone or school.")
    if person.id == commission.requested_by_id:
        return _("You asked for this yourself, so somebody else decides.")
    if commission.organisation_id in interests:
        return _("You have declared an interest in %(organisation)s, so somebody else decides.", organisation=commission.organisation.name)
    why_not = _why_not_for_them(here, theirs, commission)
    here = [g for g in here if g.id not in theirs or _why_not_for(theirs[g.id], commission) is None]
    if not here:
        return why_not
    paying = set(fund_ids) if fund_ids is not None else {share.fund_id for share in commission.shares}
    whole = [g for g in here if g.fund_id is None]
    own_funds = {g.fund_id for g in here if g.fund_id is not None}
    if not whole and not (paying and paying <= own_funds):
        return _("It is paid from a fund that is not yours to decide about.")
    deciding = whole or [g for g in here if g.fund_id in paying]
    limits, total = [g.limit_pence for g in deciding], commission.total_pence if total_pence is None else total_pence
    if all(limit is not None and total > limit for limit in limits):
        most = max(limit for limit in limits if limit is not None)
        return _("%(total)s is over your limit of %(most)s: somebody with a higher limit decides.", total=pounds(total), most=pounds(most))
    return None


def _why_not_for_them(here: Sequence[RoleGrant], theirs: Mapping[uuid.UUID, StandIn], commission: Commission) -> str | None:
    """The first reason why a grant that was given on does not help here."""
    return next((why for g in here if g.id in theirs and (why := _why_not_for(theirs[g.id], commission))), None)


def _why_not_for(whom: StandIn, commission: Commission) -> str | None:
    if not whom.still_holds:
        return _("%(person)s, for whom you stand in, does not hold this budget any more.", person=whom.name)
    if whom.person_id == commission.requested_by_id:
        return _("%(person)s, for whom you stand in, asked for this, so somebody else decides.", person=whom.name)
    if commission.organisation_id in whom.interests:
        return _("%(person)s, for whom you stand in, has an interest in %(organisation)s, so somebody else decides.", person=whom.name, organisation=commission.organisation.name)
    return None


def limit_of(person: Person, commission: Commission) -> int | None:
    """The most this person may say yes to here; None for no limit."""
    limits = [g.limit_pence for g in _grants_here(person, commission)]
    return None if not limits or any(limit is None for limit in limits) else max(limit for limit in limits if limit is not None)


def _grants_here(person: Person, commission: Commission) -> list[RoleGrant]:
    return [
        g for g in person.live_grants
        if g.role is Role.BUDGET_HOLDER and g.zone_id == commission.zone_id
        and (g.school_id is None or g.school_id == commission.child.school_id)
    ]
