"""Briefs: telling partners of a gap, taking their offers, asking child and parent, awarding one. FLOWS: the award makes the commission."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.accounts.queries import people_with
from app.audit import services as audit
from app.catalogue.models import OfferingKind, Organisation, PartnerState, Practitioner
from app.catalogue.services.made_for import make_for_child
from app.catalogue.services.offerings import OfferingFacts
from app.children import policies as children
from app.children.models import Child, ChildState
from app.commissioning import policies
from app.commissioning.anonymity import risks
from app.commissioning.models import (
    BRIEF_MOVES,
    OFFER_MOVES,
    SAYS,
    Brief,
    BriefInvite,
    BriefOffer,
    BriefState,
    Commission,
    OfferState,
)
from app.commissioning.queries.briefs import find_own_offer, is_asked, known_of
from app.commissioning.refusals import CouldIdentify, NotReady
from app.commissioning.services import requests
from app.commissioning.services.common import words
from app.introductions import services as introductions
from app.notifications import services as notifications
from app.notifications.models import Urgency
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import IllegalMove, Invalid, NotFound, Stale, permit
from app.shared.view import day

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONGEST_OPEN = timedelta(days=60)
SPARE_WEEKS = 8
"""Weeks beyond the sessions that a run made from an offer may take: holidays and half-terms fall into it."""


@dataclass(frozen=True)
class BriefFacts:
    """What is written in a brief. The first four are read by partners."""

    title: str
    text: str
    days: str
    area: str
    need_code: str
    sessions: int
    budget_pence: int
    offers_until: date
    goal: str
    why: str
    free_alternatives: str


def publish_brief(*, child: Child, facts: BriefFacts, invited: Sequence[uuid.UUID], actor: Person) -> Brief:
    """Tell these partners, or (none named) all live ones, of what is missing.

    Refused while anything in it could identify the child. Raises CouldIdentify, Invalid at the field, NotReady, Forbidden.
    """
    with atomic():
        permit(children.can_work_with_child(actor, child), _("Only the child’s Link Worker or the Zone manager writes a brief."))
        if child.state is not ChildState.ACTIVE:
            raise NotReady(_("This child is no longer on the programme."))
        _require_sense(child, facts)
        known = known_of(child)
        if any(risks(text, known) for text in (facts.title, facts.text, facts.days, facts.area)):
            raise CouldIdentify(_("Some words could tell a partner which child this is. They are lit below: take them out, then send it."))
        standing = db.session.scalars(sa.select(Brief).where(
            Brief.child_id == child.id, Brief.need_code == facts.need_code, Brief.state == BriefState.OPEN
        )).unique().first()
        if standing is not None:
            raise Invalid(_("There is an open brief for this need already. Close that first."), field="need")
        asked = _live(child.zone_id, invited)
        brief = Brief(
            zone_id=child.zone_id, child_id=child.id, year_group=child.school_year_now, is_for_all=not invited, written_by_id=actor.id,
            title=facts.title.strip(), text=facts.text.strip(), days=facts.days.strip(), area=facts.area.strip(), need_code=facts.need_code,
            sessions=facts.sessions, budget_pence=facts.budget_pence, offers_until=facts.offers_until, goal=facts.goal.strip(),
            why=facts.why.strip(), free_alternatives=facts.free_alternatives.strip(),
        )
        db.session.add(brief)
        db.session.flush()
        if invited:
            db.session.add_all(BriefInvite(brief_id=brief.id, organisation_id=o.id) for o in asked)
        audit.record(
            "commissioning.brief.published", subject=brief, actor=actor, zone_id=brief.zone_id, child_id=child.id,
            asked=len(asked), is_for_all=brief.is_for_all,
        )
        for organisation in asked:
            _tell_partner(brief, organisation.id, "A brief you could answer", f"{brief.title}: offers until {day(brief.offers_until)}", "Read it")
        return brief


def _require_sense(child: Child, facts: BriefFacts) -> None:
    words(facts.title, _("Give it a title."), "title")
    words(facts.text, _("Say what is needed."), "text")
    words(facts.goal, _("Say what the child wants to reach."), "goal")
    words(facts.why, _("Say why this, for this child, now."), "why")
    words(facts.free_alternatives, _("Say which free alternatives you looked at."), "free_alternatives")
    if facts.need_code not in {need.code for need in child.live_needs}:
        raise Invalid(_("Choose one of the child’s own needs."), field="need")
    if not 1 <= facts.sessions <= requests.MOST_SESSIONS:
        raise Invalid(_("Between 1 and %(most)s sessions.", most=requests.MOST_SESSIONS), field="sessions")
    if not clock.today() < facts.offers_until <= clock.today() + LONGEST_OPEN:
        raise Invalid(_("Choose a day in the next two months."), field="offers_until")


def _live(zone_id: uuid.UUID, invited: Sequence[uuid.UUID]) -> list[Organisation]:
    statement = sa.select(Organisation).where(Organisation.zone_id == zone_id, Organisation.state == PartnerState.LIVE)
    if invited:
        statement = statement.where(Organisation.id.in_(invited))
    found = list(db.session.scalars(statement.order_by(Organisation.name, Organisation.id)).unique())
    if len(found) < len(set(invited)):
        raise Invalid(_("Choose among the live partners."), field="invited")
    return found


def close_brief(*, brief_id: uuid.UUID, reason: str, actor: Person | None) -> Brief:
    """Not needed any more: whoever offered gets a kind no. Raises Invalid, IllegalMove, Forbidden."""
    with atomic():
        brief = lock_row(Brief, brief_id)
        if actor is not None:
            permit(policies.can_run_brief(actor, brief), _("Only the child’s Link Worker or the Zone manager closes this."))
        brief.end_reason = words(reason, _("Say why: those who offered read it."), "reason")
        _move(brief, BriefState.CLOSED, actor, "closed", brief.end_reason)
        for offer in brief.offers:
            if offer.state is OfferState.OFFERED:
                _decline(offer, actor)
        notifications.close_tasks(kind="brief", subject=brief, why="It is closed")
        return brief


@dataclass(frozen=True)
class OfferFacts:
    practitioner_id: uuid.UUID
    price_pence: int
    setup_pence: int
    sessions: int
    starts_on: date
    starts: str
    ends: str
    words: str


def make_offer(*, brief_id: uuid.UUID, organisation_id: uuid.UUID, facts: OfferFacts, actor: Person) -> BriefOffer:
    """One organisation's offer; another one by it takes the first one's place. Nobody at another organisation sees it.

    Raises Invalid at the field, IllegalMove when it is too late, Forbidden, NotFound where it was not asked.
    """
    with atomic():
        brief = lock_row(Brief, brief_id)
        permit(policies.is_admin_of(actor, organisation_id), _("Only the partner’s administrator makes an offer."))
        if not is_asked(brief, organisation_id):
            raise NotFound
        if not brief.takes_offers:
            raise IllegalMove(_("This brief takes no offers any more."))
        _require_offer(brief, organisation_id, facts)
        earlier = find_own_offer(brief.id, organisation_id)
        if earlier is not None:
            _move_offer(earlier, OfferState.WITHDRAWN, actor, "withdrawn")
            db.session.flush()
        offer = BriefOffer(
            brief_id=brief.id, organisation_id=organisation_id, practitioner_id=facts.practitioner_id, price_pence=facts.price_pence,
            setup_pence=facts.setup_pence, sessions=facts.sessions, starts_on=facts.starts_on, weekday=WEEKDAYS[facts.starts_on.weekday()],
            starts=facts.starts, ends=facts.ends, words=facts.words.strip(), offered_by_id=actor.id, offered_at=clock.now(),
        )
        db.session.add(offer)
        db.session.flush()
        audit.record(
            "commissioning.offer.made", subject=offer, actor=actor, zone_id=brief.zone_id, brief=brief.id, organisation=organisation_id,
            total_pence=offer.total_pence,
        )
        notifications.close_tasks(kind="brief", subject=brief, why="Answered", person_id=actor.id)
        for person_id in sorted(brief.child.link_worker_ids):
            notifications.open_task(
                person_id=person_id, kind="brief_offer", subject=brief, zone_id=brief.zone_id, child_id=brief.child_id,
                title=f"{brief.child.short_name} · An offer for your brief", text=brief.title, action="Compare", icon="scale",
                url=f"/briefs/{brief.id}", urgency=Urgency.WEEK,
            )
        return offer


def _require_offer(brief: Brief, organisation_id: uuid.UUID, facts: OfferFacts) -> None:
    practitioner = db.session.get(Practitioner, facts.practitioner_id)
    if practitioner is None or practitioner.organisation_id != organisation_id:
        raise Invalid(_("Choose one of your own people."), field="practitioner")
    if not 1 <= facts.sessions <= requests.MOST_SESSIONS:
        raise Invalid(_("Between 1 and %(most)s sessions.", most=requests.MOST_SESSIONS), field="sessions")
    if facts.starts_on <= clock.today():
        raise Invalid(_("Choose a first day that is still to come."), field="starts_on")
    if not facts.starts < facts.ends:
        raise Invalid(_("It must end after it starts."), field="ends")


def withdraw_offer(*, offer_id: uuid.UUID, actor: Person) -> BriefOffer:
    """The partner thinks again. Raises IllegalMove, Forbidden."""
    with atomic():
        offer = _locked_offer(offer_id)
        permit(policies.is_admin_of(actor, offer.organisation_id), _("Only the partner’s administrator takes an offer back."))
        _move_offer(offer, OfferState.WITHDRAWN, actor, "withdrawn")
        return offer


def say_of_offer(*, offer_id: uuid.UUID, child_says: str, parent_says: str, their_words: str, actor: Person) -> BriefOffer:
    """What the child, and the parent or carer, think of one offer. Raises Invalid, IllegalMove, Forbidden."""
    with atomic():
        offer = _locked_offer(offer_id)
        permit(policies.can_run_brief(actor, offer.brief), _("Only those who work with the child write this down."))
        if offer.state is not OfferState.OFFERED:
            raise IllegalMove(_("This offer does not stand any more."))
        if child_says not in ("", *SAYS) or parent_says not in ("", *SAYS):
            raise Invalid(_("Choose one of the answers."), field="child_says")
        offer.child_says, offer.parent_says, offer.their_words = child_says, parent_says, their_words.strip()
        audit.record(
            "commissioning.offer.talked_over", subject=offer, actor=actor, zone_id=offer.brief.zone_id, child_id=offer.brief.child_id,
            child_says=child_says, parent_says=parent_says,
        )
        return offer


def award(*, offer_id: uuid.UUID, actor: Person, seen_version: int | None = None) -> Commission:
    """This one: a group of one at the offered price is made, the introduction begins, and its place and money are asked for.

    Nothing of it happens if any of it cannot: documents, envelope and so on refuse as they do for every request. The others get a
    kind no. Raises NotReady until the child and the parent or carer have not said no to it, and what `request` raises.
    """
    with atomic():
        offer = _locked_offer(offer_id)
        brief = offer.brief
        permit(policies.can_run_brief(actor, brief), _("Only the child’s Link Worker or the Zone manager decides this."))
        if seen_version is not None and seen_version != brief.version:
            raise Stale(_("This brief moved on while your page was open. Nothing was changed now: look again."))
        if offer.state is not OfferState.OFFERED:
            raise IllegalMove(_("This offer does not stand any more."))
        if not offer.is_welcome:
            raise NotReady(_("Ask the child, and the parent or carer, what they think of this offer first. A no from either cannot be awarded."))
        commission = _commission(brief, offer, actor)
        brief.commission_id = commission.id
        _move_offer(offer, OfferState.AWARDED, actor, "awarded")
        _move(brief, BriefState.AWARDED, actor, "awarded")
        for other in brief.offers:
            if other.state is OfferState.OFFERED:
                _decline(other, actor)
        _tell_partner(
            brief, offer.organisation_id, "Your offer was chosen", f"{brief.title}: the money is asked for now. You hear when it is approved",
            "See it",
        )
        notifications.close_tasks(kind="brief_offer", subject=brief, why="Decided")
        return commission


def _commission(brief: Brief, offer: BriefOffer, actor: Person) -> Commission:
    child, last = brief.child, offer.starts_on + timedelta(weeks=offer.sessions + SPARE_WEEKS)
    cohort = make_for_child(
        organisation_id=offer.organisation_id, actor=actor, price_pence=offer.price_pence, setup_pence=offer.setup_pence,
        starts_on=offer.starts_on, ends_on=last, practitioner_id=offer.practitioner_id,
        facts=OfferingFacts(
            title=brief.title, kind=OfferingKind.COMMISSIONED, description=offer.words or brief.text, needs=[brief.need_code],
            age_min=max(0, child.age - 1), age_max=min(25, child.age + 1), eligibility="Made for one brief.", is_private=True,
            slots=[{"day": offer.weekday, "start": offer.starts, "end": offer.ends}], group_size=1, region=child.region,
        ),
    )
    introduction = introductions.start(child_id=child.id, offering_id=cohort.offering_id, why=brief.why, actor=actor)
    db.session.flush()
    introductions.begin_listening(introduction_id=introduction.id, actor=actor)
    return requests.request(
        introduction_id=introduction.id, cohort_id=cohort.id, sessions=offer.sessions, need_code=brief.need_code, goal=brief.goal,
        why=brief.why, free_alternatives=brief.free_alternatives, actor=actor,
    )


def _locked_offer(offer_id: uuid.UUID) -> BriefOffer:
    offer = db.session.get(BriefOffer, offer_id)
    if offer is None:
        raise NotFound
    lock_row(Brief, offer.brief_id)
    db.session.refresh(offer)
    return offer


def _move(brief: Brief, to: BriefState, actor: Person | None, done: str, reason: str = "") -> None:
    was = brief.state
    BRIEF_MOVES.require(was, to)
    brief.state = to
    audit.record(
        f"commissioning.brief.{done}", subject=brief, actor=actor, zone_id=brief.zone_id, child_id=brief.child_id, moved=(was, to),
        reason=reason,
    )


def _move_offer(offer: BriefOffer, to: OfferState, actor: Person | None, done: str) -> None:
    was = offer.state
    OFFER_MOVES.require(was, to)
    offer.state = to
    audit.record(
        f"commissioning.offer.{done}", subject=offer, actor=actor, zone_id=offer.brief.zone_id, moved=(was, to),
        organisation=offer.organisation_id,
    )


def _decline(offer: BriefOffer, actor: Person | None) -> None:
    """A kind no: nobody is told who was chosen, or for how much."""
    _move_offer(offer, OfferState.DECLINED, actor, "declined")
    _tell_partner(
        offer.brief, offer.organisation_id, "Thank you for your offer",
        f"{offer.brief.title}: it was not chosen this time. The child and the family decided; your next offer is as welcome", "Read it",
    )


def _tell_partner(brief: Brief, organisation_id: uuid.UUID, title: str, text: str, action: str) -> None:
    for person in people_with(Role.PARTNER_ADMIN, brief.zone_id, organisation_id=organisation_id):
        notifications.close_tasks(kind="brief", subject=brief, why="News", person_id=person.id)
        notifications.open_task(
            person_id=person.id, kind="brief", subject=brief, zone_id=brief.zone_id, title=title, text=text, action=action, icon="megaphone",
            url=f"/briefs/{brief.id}", urgency=Urgency.WEEK, due_on=brief.offers_until if brief.takes_offers else None,
        )
