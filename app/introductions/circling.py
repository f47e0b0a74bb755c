"""What an introduction does to the child's circle: a partner or a place comes in when they have met, comes nearer when it is settled,
and has ended when it has ended. Nobody has to write it down twice."""

from __future__ import annotations

from datetime import date

from app.accounts.models import Person
from app.catalogue.models import OfferingKind
from app.children.models import Closeness, RelationshipKind, Warmth
from app.children.services import join_circle
from app.introductions.models import EndReason, Introduction, IntroductionState
from app.shared import clock

_S = IntroductionState
_STANDING = {
    _S.MET: (Closeness.FAR, Warmth.NEW), _S.JOINED: (Closeness.NEAR, Warmth.NEW), _S.SETTLED: (Closeness.NEAR, Warmth.WARM),
    _S.ENDED: (Closeness.FAR, Warmth.ENDED),
}


def follow(introduction: Introduction, actor: Person | None) -> None:
    """After a move, in its transaction. States that change nothing between people change nothing here; what ends before they have met
    was never in the circle."""
    standing = _STANDING.get(introduction.state)
    if introduction.end_reason is EndReason.PROGRAMME_END:
        return  # the programme ends; the relationship need not
    if introduction.end_reason is EndReason.COMMISSION_ENDED:
        standing = (Closeness.NEAR, Warmth.FADING)
    if standing is not None:
        _stand(introduction, *standing, _day(introduction), actor)


def fades(introduction: Introduction, actor: Person) -> None:
    """Months later it does not go on: it is no more than a memory."""
    _stand(introduction, Closeness.FAR, Warmth.ENDED, clock.today(), actor)


def _stand(introduction: Introduction, closeness: Closeness, warmth: Warmth, on: date, actor: Person | None) -> None:
    name, who, kind = _named(introduction)
    join_circle(
        child_id=introduction.child_id, origin_id=introduction.id, name=name, who=who, kind=kind, closeness=closeness, warmth=warmth, on=on,
        actor=actor,
    )


def _named(introduction: Introduction) -> tuple[str, str, RelationshipKind]:
    """A person where one is named, else the place."""
    title, organisation = introduction.offering.title, introduction.organisation.name
    if introduction.offering.kind is OfferingKind.COMMUNITY_ASSET:
        return organisation[:120], title[:120], RelationshipKind.PLACE
    if introduction.practitioner is not None:
        return introduction.practitioner.name[:120], title[:120], RelationshipKind.PARTNER
    return organisation[:120], title[:120], RelationshipKind.PARTNER


def _day(introduction: Introduction) -> date:
    days = {_S.MET: introduction.met_on, _S.JOINED: introduction.joined_on, _S.SETTLED: introduction.settled_on, _S.ENDED: introduction.ended_on}
    return min(days.get(introduction.state) or clock.today(), clock.today())
