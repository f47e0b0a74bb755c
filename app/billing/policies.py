"""Who draws up, agrees, verifies and approves statements. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.billing.models import Statement, StatementLine
from app.catalogue.models import Organisation
from app.children.policies import is_link_worker_of
from app.shared.money import pounds


def can_list_statements(person: Person) -> bool:
    return bool(person.is_authenticated) and person.has_role(
        Role.PARTNER_ADMIN, Role.ZONE_MANAGER, Role.BUDGET_HOLDER, Role.LINK_WORKER
    )


def can_see_statement(person: Person, statement: Statement) -> bool:
    """Everybody whom queries.get_statement lets find it."""
    return True


def answers_for(person: Person, organisation_id: uuid.UUID, zone_id: uuid.UUID) -> bool:
    """Is an administrator of that organisation in that Zone."""
    return any(
        g.role is Role.PARTNER_ADMIN and g.organisation_id == organisation_id and g.zone_id == zone_id for g in person.live_grants
    )


def can_draw_up(person: Person, organisation: Organisation) -> bool:
    """The partner, whenever it likes, and the Zone manager."""
    return person.manages(organisation.zone_id) or answers_for(person, organisation.id, organisation.zone_id)


def can_agree(person: Person, statement: Statement) -> bool:
    return answers_for(person, statement.organisation_id, statement.zone_id)


def can_refresh(person: Person, statement: Statement) -> bool:
    return person.manages(statement.zone_id) or can_agree(person, statement)


def can_query(person: Person, line: StatementLine) -> bool:
    return can_agree(person, line.statement)


def can_answer(person: Person, line: StatementLine) -> bool:
    return person.manages(line.statement.zone_id)


def can_manage(person: Person, statement: Statement) -> bool:
    """Stop it, let it go on, ask money back: the Zone manager."""
    return person.manages(statement.zone_id)


def can_verify(person: Person, statement: Statement) -> bool:
    """The Zone manager, or the Link Worker of every child on it: nobody else's child is seen for it."""
    return can_manage(person, statement) or (
        bool(statement.lines) and all(is_link_worker_of(person, line.child) for line in statement.lines)
    )


def can_approve(person: Person, statement: Statement) -> bool:
    """Holds a budget here at all; whether this one is theirs to approve, `why_not_approve` says."""
    return bool(_budgets(person, statement.zone_id))


def can_prepare_run(person: Person) -> bool:
    return bool(person.is_authenticated) and person.has_role(Role.ZONE_MANAGER)


def why_not_verify(person: Person, statement: Statement) -> str:
    if statement.organisation_id in person.organisation_ids():
        return _("You work for this organisation, so somebody else verifies.")
    return ""


def why_not_approve(person: Person, statement: Statement, total_pence: int, interests: Collection[uuid.UUID] = ()) -> str:
    """Why this person may not approve it to be paid; "" when they may."""
    budgets = _budgets(person, statement.zone_id)
    if not budgets:
        return _("A budget holder of the whole Zone approves this.")
    if person.id == statement.verified_by_id:
        return _("You verified it, so somebody else approves.")
    if statement.organisation_id in interests or statement.organisation_id in person.organisation_ids():
        return _("You have an interest in this organisation, so somebody else approves.")
    limits = [limit for limit in budgets if limit is not None]
    if len(limits) == len(budgets) and total_pence > max(limits):
        return _("%(total)s is over your limit of %(limit)s.", total=pounds(total_pence), limit=pounds(max(limits)))
    return ""


def _budgets(person: Person, zone_id: uuid.UUID) -> list[int | None]:
    """The limits of this person's budgets for the whole Zone; None is no limit."""
    return [
        g.limit_pence for g in person.live_grants
        if g.role is Role.BUDGET_HOLDER and g.zone_id == zone_id and g.school_id is None and g.fund_id is None
    ]
