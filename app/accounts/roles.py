"""What each role is for and what it is narrowed to. Pure; pages and checks read the same table."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from app.accounts.models import Role


@dataclass(frozen=True)
class RoleShape:
    """`needs` and `may_have` name the scopes of a grant: school, organisation, fund, limit."""

    does: str
    icon: str
    needs: frozenset[str] = frozenset()
    may_have: frozenset[str] = frozenset()

    def has(self, scope: str) -> bool:
        return scope in self.needs or scope in self.may_have


SCOPE_WORDS = {"school": _l("school"), "organisation": _l("organisation"), "fund": _l("fund"), "limit": _l("limit")}
ROLES = {
    Role.LINK_WORKER: RoleShape(
        _l("Walks alongside the children of their caseload: listens, introduces, asks for places."), "footprints",
        may_have=frozenset({"school"}),
    ),
    Role.SCHOOL_LEAD: RoleShape(
        _l("Sees the plans and progress of the children in their own school, and adds the teacher's view."), "school",
        needs=frozenset({"school"}),
    ),
    Role.SAFEGUARDING_LEAD: RoleShape(
        _l("Looks after children's safety, in one school or in the whole Zone."), "shield-check", may_have=frozenset({"school"}),
    ),
    Role.BUDGET_HOLDER: RoleShape(
        _l("Decides about requests for money, up to a limit. Sees a child's reference, never a name."), "wallet",
        may_have=frozenset({"school", "fund", "limit"}),
    ),
    Role.PARTNER_ADMIN: RoleShape(
        _l("Answers for an organisation: places, dates, documents, registers."), "handshake", needs=frozenset({"organisation"}),
    ),
    Role.PRACTITIONER: RoleShape(
        _l("Meets children for an organisation, and takes the register."), "user-round-check", needs=frozenset({"organisation"}),
    ),
    Role.FUNDER: RoleShape(_l("Sees figures about their own money, never a child."), "landmark", needs=frozenset({"fund"})),
    Role.ZONE_MANAGER: RoleShape(_l("Looks after the Zone: schools, people, partners, funds."), "map"),
    Role.ADMINISTRATOR: RoleShape(_l("Makes Zones and their managers. Sees no child."), "key-round"),
}
