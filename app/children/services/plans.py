"""Needs and goals, by SEA area."""

from __future__ import annotations

import uuid
from datetime import date

from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit.services import record
from app.catalogue.models import NEEDS
from app.children import queries
from app.children.models import Goal, GoalReview, Need
from app.children.services import powers
from app.children.services.profile import check_area
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid, NotFound


def set_need(
    *, child_id: uuid.UUID, code: str, priority: int, actor: Person | None, starting_point: str = "", position: int | None = None
) -> Need:
    """Add one of the 23 needs, or change its priority and starting point; one that had ended comes back."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.works_with(actor, child)
        if code not in NEEDS:
            raise Invalid(_("“%(code)s” is not one of the %(number)s needs.", code=code, number=len(NEEDS)), field="code")
        if priority not in (1, 2, 3):
            raise Invalid(_("Priority is 1, 2 or 3."), field="priority")
        need = next((known for known in child.needs if known.code == code), None)
        if need is None:
            place = position if position is not None else max((known.position for known in child.needs), default=-1) + 1
            need = Need(code=code, priority=priority, starting_point=starting_point.strip(), position=place)
            child.needs.append(need)
        else:
            need.priority, need.starting_point, need.ended_on = priority, starting_point.strip(), None
            need.position = position if position is not None else need.position
        record("children.need.set", subject=need, actor=actor, zone_id=child.zone_id, child_id=child_id, priority=priority)
        return need


def end_need(*, child_id: uuid.UUID, need_id: uuid.UUID, actor: Person | None) -> Need:
    """This got better, or is no longer what matters; it stays in the record with its last day."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.works_with(actor, child)
        need = db.session.get(Need, need_id)
        if need is None or need.child_id != child_id:
            raise NotFound
        if need.ended_on is None:
            need.ended_on = clock.today()
            record("children.need.ended", subject=need, actor=actor, zone_id=child.zone_id)
        return need


def set_goal(
    *, child_id: uuid.UUID, area: str, words: str, actor: Person | None, set_on: date | None = None, starting_point: str = ""
) -> Goal:
    """What the child wants to reach, in the child's words, in one SEA area, with where things stand."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.works_with(actor, child)
        if not words.strip():
            raise Invalid(_("Write the goal in the child’s words."), field="words")
        goal = Goal(
            child_id=child_id, area=check_area(area), words=words.strip(), set_on=set_on or clock.today(), starting_point=starting_point.strip(),
        )
        if goal.set_on > clock.today():
            raise Invalid(_("A goal cannot have been set on a day that is still to come."), field="set_on")
        db.session.add(goal)
        record("children.goal.set", subject=goal, actor=actor, zone_id=child.zone_id, area=goal.area)
        return goal


def review_goal(
    *, child_id: uuid.UUID, goal_id: uuid.UUID, stars: int | None, words: str, actor: Person | None, is_seen_by_child: bool = True,
    is_reached: bool = False,
) -> Goal:
    """How far the child has come: one to five stars, or the child's words, or both. Earlier reviews stay. Raises Invalid."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.works_with(actor, child)
        goal = _goal(goal_id, child_id)
        said = words.strip()
        if stars is not None and stars not in range(1, 6):
            raise Invalid(_("Choose one to five stars."), field="stars")
        if stars is None and not said:
            raise Invalid(_("Choose stars, or write what the child said about it."), field="stars")
        review = GoalReview(
            stars=stars, words=said, reviewed_on=clock.today(), is_seen_by_child=is_seen_by_child, heard_by_id=actor.id if actor else None,
        )
        goal.reviews.append(review)
        goal.stars, goal.review_words, goal.reviewed_on = stars, said, clock.today()
        goal.reached_on = clock.today() if is_reached else None
        record("children.goal.reviewed", subject=goal, actor=actor, zone_id=child.zone_id, stars=stars,
               reached=is_reached)
        return goal


def _goal(goal_id: uuid.UUID, child_id: uuid.UUID) -> Goal:
    goal = db.session.get(Goal, goal_id)
    if goal is None or goal.child_id != child_id:
        raise NotFound
    return goal
