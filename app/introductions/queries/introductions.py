"""Finding introductions. Whatever names a person goes through `visible_to`; outside it an introduction is not there."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, lazyload, selectinload

from app.accounts.models import Person, Role
from app.catalogue.models import Cohort, Offering
from app.children.models import Child, Consent
from app.children.queries import visible_to as visible_children
from app.introductions.confidential import tells_of_the_child
from app.introductions.models import (
    OPEN_STATES,
    Introduction,
    IntroductionState,
    Linking,
    Signpost,
    StillGoing,
)
from app.introductions.policies import PARTNER_SEES
from app.shared import clock
from app.shared.db import db, the_one
from app.shared.errors import NotFound

PER_PAGE = 25


# --- who may see which ---------------------------------------------------------------------------

def visible_to(person: Person) -> sa.ColumnElement[bool]:
    """The introductions this person may see today, as a condition on Introduction.

    Those of the children they may see (a school lead: without what tells of the child); a partner's own, from asked on, while consent
    covers them or nothing is shared.
    """
    if not person.is_authenticated:
        return sa.false()
    mine: sa.ColumnElement[bool] = Introduction.child_id.in_(sa.select(Child.id).where(visible_children(person)))
    if person.has_role(Role.SCHOOL_LEAD):
        fully = Introduction.child_id.in_(sa.select(Child.id).where(visible_children(person, but=Role.SCHOOL_LEAD)))
        mine = sa.or_(fully, sa.and_(mine, Introduction.offering_id.not_in(_that_tell(mine))))
    return sa.or_(mine, asked_of(person))


def _that_tell(introduced: sa.ColumnElement[bool]) -> list[uuid.UUID]:
    """The offerings among these introductions that tell of a child."""
    ids = sa.select(Introduction.offering_id).where(introduced)
    return [offering.id for offering in db.session.scalars(sa.select(Offering).where(Offering.id.in_(ids)).options(lazyload("*"))) if tells_of_the_child(offering)]


def asked_of(person: Person) -> sa.ColumnElement[bool]:
    """What a partner may see of its own organisation's introductions."""
    theirs = [
        sa.and_(Introduction.organisation_id == grant.organisation_id, Introduction.zone_id == grant.zone_id)
        for grant in person.live_grants
        if grant.role in (Role.PARTNER_ADMIN, Role.PRACTITIONER)
    ]
    if not theirs:
        return sa.false()
    going = [state for state in PARTNER_SEES if state is not IntroductionState.CLOSED]
    shown = sa.or_(
        Introduction.state.in_(going),
        sa.and_(Introduction.state == IntroductionState.CLOSED, Introduction.settled_on.is_not(None)),
    )
    return sa.and_(sa.or_(*theirs), shown, sa.or_(Introduction.is_shared.is_(False), is_covered(clock.today())))


def is_covered(on: date) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        Consent.child_id == Introduction.child_id, Consent.organisation_id == Introduction.organisation_id,
        Consent.is_live_on(on),
    )


def get_introduction(introduction_id: uuid.UUID, person: Person) -> Introduction:
    """With the child, the way in and who may work with them, in one statement. Raises NotFound outside the person's sight, exactly as if there were none."""
    statement = (
        sa.select(Introduction).where(Introduction.id == introduction_id, visible_to(person)).options(*_PAGE)
    )
    return the_one(statement)


def get_introduction_by_id(introduction_id: uuid.UUID) -> Introduction:
    """For verbs whose caller has been permitted already, and for the clock. Raises NotFound."""
    found = db.session.get(Introduction, introduction_id)
    if found is None:
        raise NotFound
    return found


def is_visible(introduction_id: uuid.UUID, person: Person) -> bool:
    return db.session.scalar(sa.select(Introduction.id).where(Introduction.id == introduction_id, visible_to(person))) is not None


_LISTED = (joinedload(Introduction.child).joinedload(Child.school),)
_PAGE = (*_LISTED, joinedload(Introduction.child).joinedload(Child.caseload), joinedload(Introduction.cohort).joinedload(Cohort.practitioner))


# --- lists ---------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Group:
    """A stretch of the path, as the list shows it. `todo` says what the person is asked to do there, in one line."""

    key: str
    title: str
    states: tuple[IntroductionState, ...]
    todo: str = ""


_S = IntroductionState
GROUPS = (
    Group("asked", _l("Waiting for an answer"), (_S.ASKED,), _l("The organisation has ten school days to answer.")),
    Group("next", _l("No, or no answer: what next?"), (_S.DECLINED, _S.LAPSED), _l("Look at the next best match, begin again, or close it.")),
    Group("ready", _l("Ready to ask"), (_S.READY,), _l("The child and home are behind it.")),
    Group("agreed", _l("Agreed: arrange the meeting"), (_S.AGREED,), _l("A day, a place, and an adult the child trusts.")),
    Group("arranged", _l("Arranged"), (_S.ARRANGED,), _l("After they meet, write down the child’s own words.")),
    Group("listening", _l("Ideas and listening"), (_S.IDEA, _S.LISTENING), _l("What does the child think? And who is at home?")),
    Group("not-yet", _l("Not yet"), (_S.NOT_YET,), _l("No hurry: a child who is asked again later is not late.")),
    Group("going", _l("Met and going"), (_S.MET, _S.JOINED), _l("Three times, and wanting to go on: then it is settled.")),
    Group("settled", _l("Settled"), (_S.SETTLED,), _l("Close it with the outcome and the next step.")),
    Group("over", _l("Closed and ended"), (_S.CLOSED, _S.ENDED)),
)
PARTNER_GROUPS = (
    Group("asked", _l("Asked of you"), (_S.ASKED,), _l("A Link Worker waits for your answer.")),
    Group("agreed", _l("Agreed"), (_S.AGREED, _S.ARRANGED), _l("Next: the first meeting.")),
    Group("going", _l("Coming to you"), (_S.MET, _S.JOINED, _S.SETTLED)),
    Group("over", _l("Closed"), (_S.CLOSED,), _l("Settled with you, and closed with Kith.")),
)
_BY_WAIT = (Introduction.asked_at.is_(None), Introduction.asked_at, Introduction.created_at, Introduction.id)


def count_by_state(person: Person, *, only_asked: bool = False) -> dict[IntroductionState, int]:
    """How many introductions this person may see, by state."""
    statement = sa.select(Introduction.state, sa.func.count()).where(_scope(person, only_asked)).group_by(Introduction.state)
    return {row[0]: row[1] for row in db.session.execute(statement)}


def _scope(person: Person, only_asked: bool) -> sa.ColumnElement[bool]:
    return asked_of(person) if only_asked else visible_to(person)


def list_for_person(
    person: Person, states: Collection[IntroductionState] = OPEN_STATES, *, limit: int | None = None, offset: int = 0,
    only_asked: bool = False,
) -> Sequence[Introduction]:
    """What this person may see in those states, longest waiting first (what is over: newest first)."""
    statement = sa.select(Introduction).where(_scope(person, only_asked), Introduction.state.in_(tuple(states))).options(*_LISTED)
    over = not any(state in OPEN_STATES for state in states)
    order = (Introduction.created_at.desc(), Introduction.id) if over else _BY_WAIT
    return db.session.scalars(statement.order_by(*order).limit(limit).offset(offset)).unique().all()


def first_of_each(person: Person, groups: Collection[Group], few: int, *, only_asked: bool = False) -> dict[str, list[Introduction]]:
    """The first `few` of each group of open states, longest waiting first, by the group's key. One statement, however many groups."""
    ids = [
        sa.select(Introduction.id).where(_scope(person, only_asked), Introduction.state.in_(group.states)).order_by(*_BY_WAIT).limit(few).subquery()
        for group in groups
    ]
    if not ids:
        return {}
    wanted = sa.union_all(*(sa.select(one.c.id) for one in ids)).subquery()
    statement = sa.select(Introduction).where(Introduction.id.in_(sa.select(wanted.c.id))).options(*_LISTED).order_by(*_BY_WAIT)
    found = db.session.scalars(statement).unique().all()
    return {group.key: [one for one in found if one.state in group.states] for group in groups}


def list_for_child(child_id: uuid.UUID) -> Sequence[Introduction]:
    """Every introduction of a child, newest first. The caller has been permitted to see the child."""
    statement = (
        sa.select(Introduction).where(Introduction.child_id == child_id).options(
            lazyload(Introduction.child), selectinload(Introduction.checks)  # whoever asks has the child in hand
        )
        .order_by(Introduction.created_at.desc(), Introduction.id)
    )
    return db.session.scalars(statement).unique().all()


def list_open_of_children(child_ids: Iterable[uuid.UUID]) -> Sequence[Introduction]:
    """Open introductions of several children at once."""
    statement = sa.select(Introduction).where(Introduction.child_id.in_(set(child_ids)), Introduction.state.in_(OPEN_STATES))
    return db.session.scalars(statement.order_by(*_BY_WAIT)).unique().all()


def list_on_the_way(introduction: Introduction, person: Person, states: Collection[IntroductionState]) -> Sequence[Introduction]:
    """Other children's introductions to the same offering, in those states, within the person's sight; by name."""
    statement = sa.select(Introduction).where(
        Introduction.offering_id == introduction.offering_id, Introduction.child_id != introduction.child_id,
        Introduction.state.in_(tuple(states)), visible_to(person),
    ).options(*_LISTED).limit(50)
    return sorted(db.session.scalars(statement).unique(), key=lambda one: one.child.short_name)


def open_introduction(child_id: uuid.UUID, offering_id: uuid.UUID) -> Introduction | None:
    """The open introduction of this child to this offering, if there is one; there is never a second."""
    statement = sa.select(Introduction).where(
        Introduction.child_id == child_id, Introduction.offering_id == offering_id, Introduction.state.in_(OPEN_STATES)
    ).options(lazyload("*"))  # most ask only whether there is one
    return db.session.scalars(statement).unique().one_or_none()


def open_offering_ids(child_id: uuid.UUID) -> set[uuid.UUID]:
    """The offerings this child has an open introduction to."""
    statement = sa.select(Introduction.offering_id).where(
        Introduction.child_id == child_id, Introduction.state.in_(OPEN_STATES)
    )
    return set(db.session.scalars(statement))


def list_open_with_organisation(child_id: uuid.UUID, organisation_id: uuid.UUID) -> Sequence[Introduction]:
    statement = sa.select(Introduction).where(
        Introduction.child_id == child_id, Introduction.organisation_id == organisation_id, Introduction.state.in_(OPEN_STATES)
    )
    return db.session.scalars(statement.order_by(Introduction.id)).unique().all()


def list_signposts(child_id: uuid.UUID) -> Sequence[Signpost]:
    """Newest first."""
    statement = sa.select(Signpost).where(Signpost.child_id == child_id).order_by(Signpost.given_on.desc(), Signpost.id)
    return db.session.scalars(statement).unique().all()


def find_linking(child_id: uuid.UUID, offering_id: uuid.UUID) -> Linking | None:
    statement = sa.select(Linking).where(Linking.child_id == child_id, Linking.offering_id == offering_id)
    return db.session.scalars(statement).one_or_none()


def get_check(check_id: uuid.UUID, introduction_id: uuid.UUID) -> StillGoing:
    """Raises NotFound when it is not this introduction's."""
    check = db.session.get(StillGoing, check_id)
    if check is None or check.introduction_id != introduction_id:
        raise NotFound
    return check
