"""Where one introduction stands: what everybody said, the warmth check, and what is missing before each move.

Verbs ask under their lock and pages ask to say why not: one answer for both, so that a button is never offered that would refuse.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from app.catalogue import queries as catalogue
from app.catalogue.models import Offering, OfferingState, PartnerState
from app.children.models import (
    ChildState,
    Closeness,
    Consent,
    Refusal,
    RelationshipKind,
    Warmth,
)
from app.children.sharing import OF_THE_PAGE
from app.introductions import guards, hooks, warmth
from app.introductions.guards import Gap
from app.introductions.models import Introduction, IntroductionState, View, Viewpoint
from app.introductions.policies import LOCAL_ASSETS
from app.introductions.queries.record import Record, read_record
from app.shared import clock
from app.shared.view import long_day

BEFORE_ASKED = (IntroductionState.IDEA, IntroductionState.LISTENING, IntroductionState.NOT_YET, IntroductionState.READY)


@dataclass(frozen=True)
class Standing:
    """One reading of an introduction. Nothing here is kept: read it again after anything changed."""

    introduction: Introduction
    record: Record
    child: warmth.Said
    carers: tuple[warmth.Said, ...]
    teacher: warmth.Said | None
    check: warmth.Answer
    contact: str

    @property
    def consent(self) -> Consent | None:
        return self.record.consent

    @property
    def refusal(self) -> Refusal | None:
        return self.record.refusal

    @property
    def link_worker(self) -> str:
        return self.record.lead

    @property
    def is_refused(self) -> bool:
        return self.refusal is not None and self.refusal.is_childs_no

    @property
    def lacks_page(self) -> bool:
        """Something is to be shared that only the child's own page tells, and the child has said yes to none."""
        return self.introduction.is_shared and self.record.page is None and self.consent is not None and not OF_THE_PAGE.isdisjoint(self.consent.fields)

    @functools.cached_property
    def is_requested(self) -> bool:
        """Money is needed, and asked for."""
        return self.introduction.offering.needs_money and hooks.commission_requested(self.introduction)

    @functools.cached_property
    def is_approved(self) -> bool:
        return self.introduction.offering.needs_money and hooks.commission_approved(self.introduction)

    @functools.cached_property
    def attended(self) -> int:
        """How often the child went: by the registers, or, for a local asset, as the Link Worker was told if that is more."""
        told = self.introduction.visits_told or 0 if not self.introduction.offering.needs_money else 0
        return max(hooks.attended_count(self.introduction), told)


def read(introduction: Introduction) -> Standing:
    """Ask the database once for all of it."""
    record = read_record(introduction)
    child = _said(introduction.child.called, _last(record.views, Viewpoint.CHILD))
    carers = _carers(record)
    teacher = _teachers(record.views)
    contact = _contact(introduction)
    check = warmth.check(warmth.Inputs(
        today=clock.today(), child=child, carers=carers, teacher=teacher,
        link_worker=record.lead.split()[0] if record.lead else _("the Link Worker"), known_days=record.known_days,
        heard_lately=record.heard, is_close=_closeness(record), contact=contact, has_met_contact=introduction.has_met_contact,
        who_goes_along=introduction.who_goes_along, earlier=tuple(record.earlier),
        is_refused=record.refusal is not None and record.refusal.is_childs_no,
    ))
    return Standing(introduction, record, child, carers, teacher, check, contact)


def _carers(record: Record) -> tuple[warmth.Said, ...]:
    homes, views = record.homes, record.views
    relations = [home.relation.strip().lower() for home in homes]
    said = []
    for home in homes:
        relation = home.relation.strip()
        called = relation[:1].upper() + relation[1:] if relation and relations.count(relation.lower()) == 1 else home.name
        last = next((v for v in reversed(views) if v.viewpoint is Viewpoint.CARER and v.carer_id == home.id), None)
        if not home.may_be_told and last is None:
            continue  # nobody asks them; what they have said already counts
        said.append(_said(called, last, has_say=home.has_say))
    return tuple(said)


def _teachers(views: Sequence[View]) -> warmth.Said | None:
    last = _last(views, Viewpoint.TEACHER)
    return _said(last.said_by or _("Teacher"), last) if last else None


def _last(views: Sequence[View], viewpoint: Viewpoint) -> View | None:
    return next((view for view in reversed(views) if view.viewpoint is viewpoint), None)


def _said(who: str, view: View | None, *, has_say: bool = True) -> warmth.Said:
    if view is None:
        return warmth.Said(who, has_say=has_say)
    by = _("to %(heard_by)s, %(how)s, %(said_on)s", heard_by=heard_by(view), how=view.how, said_on=long_day(view.said_on))
    return warmth.Said(who, view.stance, view.words, view.said_on, by, has_say)


def heard_by(view: View) -> str:
    """Whom they said it to, by the first name."""
    return view.told_to or view.asked_by.name.split()[0]


def _contact(introduction: Introduction) -> str:
    if introduction.practitioner is not None:
        return introduction.practitioner.name
    if introduction.cohort is not None and introduction.cohort.practitioner is not None:
        return introduction.cohort.practitioner.name
    return introduction.organisation.contact_name


def _closeness(record: Record) -> bool | None:
    """What the child's circle says of the Link Worker; None where it says nothing certain."""
    for tie in record.ties:
        if tie.kind is RelationshipKind.LINK_WORKER and tie.warmth in (Warmth.WARM, Warmth.NEW):
            return {Closeness.CLOSE: True, Closeness.FAR: False}.get(tie.closeness)
    return None


# --- what is missing -----------------------------------------------------------------------------


def is_local_asset(offering: Offering) -> bool:
    return offering.kind in LOCAL_ASSETS


def gaps_to_begin(introduction: Introduction, standing: Standing) -> list[Gap]:
    """idea (or not yet) -> listening."""
    offering, child, refusal = introduction.offering, introduction.child, standing.refusal
    return guards.to_begin(
        way_of(offering), child=child.called, is_on_programme=child.state is ChildState.ACTIVE, today=clock.today(),
        has_other_open=standing.record.has_other_open,
        refused_on=refusal.said_on if refusal else None, is_childs_no=refusal is not None and refusal.is_childs_no,
    )


def way_of(offering: Offering) -> guards.Way:
    return guards.Way(
        title=offering.title, organisation=offering.organisation.name, is_live=offering.state is OfferingState.LIVE,
        is_local_asset=is_local_asset(offering), confirmed_on=offering.confirmed_on,
    )


def gaps_to_be_ready(introduction: Introduction, standing: Standing) -> list[Gap]:
    """listening -> ready. The check's own word comes last: it repeats, in one line, what else is in the way."""
    gaps = [
        *guards.views(standing.child, standing.carers, today=clock.today(), is_refused=standing.is_refused),
        *_consent(introduction, standing),
    ]
    said = {gap.code for gap in gaps}
    repeats = said & {"child_no", "child_view", "child_view_old", "carers_disagree", "carer_no", "carer_view"}
    return gaps if repeats else [*gaps, *guards.warmth(standing.check.answer, _leads(standing.check))]


def _leads(check: warmth.Answer) -> str:
    return "; ".join(reason.lead for reason in check.reasons) + "."


def _consent(introduction: Introduction, standing: Standing) -> list[Gap]:
    return guards.consent(
        is_shared=introduction.is_shared, has_consent=standing.consent is not None, child=standing.child.who,
        organisation=introduction.organisation.name,
    )


def gaps_in_support(introduction: Introduction, standing: Standing) -> list[Gap]:
    """After ready: has anybody who has a say taken it back, or has consent run out?"""
    return [
        *guards.views(standing.child, standing.carers, today=clock.today(), is_refused=standing.is_refused, oldest=None),
        *_consent(introduction, standing),
    ]


def gaps_to_ask(introduction: Introduction, standing: Standing) -> list[Gap]:
    """ready -> asked."""
    offering = introduction.offering
    waiting = [one.reference for one in standing.record.companions if one.state in BEFORE_ASKED and one.state is not IntroductionState.READY]
    return [
        *gaps_in_support(introduction, standing),
        *guards.together(waiting),
        *guards.to_ask(
            organisation=introduction.organisation.name,
            is_organisation_live=introduction.organisation.state is PartnerState.LIVE,
            has_other_open=standing.record.has_other_open, title=offering.title,
            needs_money=offering.needs_money, is_requested=standing.is_requested,
        ),
    ]


def gaps_to_arrange(introduction: Introduction, standing: Standing) -> list[Gap]:
    """agreed -> arranged."""
    offering = introduction.offering
    return [
        *gaps_in_support(introduction, standing),
        *guards.to_arrange(
            title=offering.title, needs_money=offering.needs_money, is_approved=standing.is_approved,
        ),
    ]


def gaps_in_evidence(introduction: Introduction, on: date) -> list[Gap]:
    """Is what the organisation, and whoever meets the child, must have on record in order on the day they meet?"""
    if introduction.practitioner_id is None:
        return []
    found = catalogue.document_gaps(introduction.organisation_id, on=on, through=on, practitioner_id=introduction.practitioner_id)
    return guards.evidence([gap.sentence for gap in found], introduction.organisation.name)


def for_partner(gaps: list[Gap]) -> list[Gap]:
    """What a partner is told of them: what the family said, and whether it said anything, stays with the Link Worker."""
    private = ("child", "carer", "consent")
    told = [gap for gap in gaps if not gap.code.startswith(private)]
    if len(told) < len(gaps):
        told.insert(0, Gap("paused", _("The Link Worker is talking with the family first."), _("They will be in touch: there is nothing for you to do.")))
    return told
