"""Who may do what with an introduction. Pure: nothing is asked of the database beyond what is on the person and the introduction."""

from __future__ import annotations

from app.accounts.models import Person, Role
from app.catalogue.models import OfferingKind
from app.children import policies as children
from app.children.models import Child
from app.introductions.models import Introduction, IntroductionState

PARTNER_SEES = (
    IntroductionState.ASKED, IntroductionState.AGREED, IntroductionState.ARRANGED, IntroductionState.MET,
    IntroductionState.JOINED, IntroductionState.SETTLED, IntroductionState.CLOSED,
)
"""Before it is asked, and after a no, there is nothing for a partner to see (closed: only what had settled there)."""
LOCAL_ASSETS = (OfferingKind.COMMUNITY_ASSET, OfferingKind.PAID_COMMUNITY)


def can_list_introductions(person: Person) -> bool:
    return bool(person.is_authenticated) and person.has_role(
        Role.LINK_WORKER, Role.ZONE_MANAGER, Role.SCHOOL_LEAD, Role.SAFEGUARDING_LEAD, Role.PARTNER_ADMIN, Role.PRACTITIONER
    )


def can_see_introduction(person: Person, introduction: Introduction) -> bool:
    """Everybody whom queries.get_introduction lets find it."""
    return True


def is_link_worker_of(person: Person, introduction: Introduction) -> bool:
    """Lead of the child, or cover in force."""
    return children.is_link_worker_of(person, introduction.child)


def is_partner_of(person: Person, introduction: Introduction) -> bool:
    """Works for that organisation, in that Zone."""
    return any(
        grant.organisation_id == introduction.organisation_id and grant.zone_id == introduction.zone_id
        and grant.role in (Role.PARTNER_ADMIN, Role.PRACTITIONER)
        for grant in person.live_grants
    )


def is_partner_admin_of(person: Person, introduction: Introduction) -> bool:
    return is_partner_of(person, introduction) and introduction.organisation_id in person.organisation_ids(Role.PARTNER_ADMIN)


def can_start(person: Person, child: Child) -> bool:
    return children.can_work_with_child(person, child)


def can_listen(person: Person, introduction: Introduction) -> bool:
    """Begin, put off, begin again, write down views: the child's Link Worker or the Zone manager."""
    return children.can_work_with_child(person, introduction.child)


can_record_view = can_prepare = can_put_off = can_close = can_answer_check = can_go_together = can_listen


def can_make_ready(person: Person, introduction: Introduction) -> bool:
    """The child's Link Worker alone: nobody else has listened."""
    return is_link_worker_of(person, introduction)


can_ask = can_record_met = can_join = can_settle = can_make_ready


def can_write_to_team(person: Person, introduction: Introduction) -> bool:
    """Whoever sees the child."""
    return children.can_see_child(person, introduction.child)


can_write_to_partner = can_listen


def can_write(person: Person, introduction: Introduction) -> bool:
    return can_write_to_team(person, introduction) or is_partner_of(person, introduction)


def can_answer(person: Person, introduction: Introduction) -> bool:
    return is_partner_of(person, introduction)


def can_answer_for(person: Person, introduction: Introduction) -> bool:
    """Write down what the organisation answered by word of mouth: where no money is at stake, and the Link Worker asked."""
    return is_link_worker_of(person, introduction) and not introduction.offering.needs_money


def can_give_answer(person: Person, introduction: Introduction) -> bool:
    """Either of the two; the verb says no to the second where somebody of the organisation signs in to Kith."""
    return can_answer(person, introduction) or can_answer_for(person, introduction)


def can_arrange(person: Person, introduction: Introduction) -> bool:
    return is_link_worker_of(person, introduction) or is_partner_admin_of(person, introduction)


def can_end(person: Person, introduction: Introduction) -> bool:
    """Nobody who speaks for the child is kept from stopping it."""
    child = introduction.child
    return children.can_work_with_child(person, child) or children.is_safeguarding_lead_of(person, child)
