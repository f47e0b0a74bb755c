"""What every verb does: take the row under its lock, refuse what is stale or done already, move, tell the trail and the lists."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.accounts.queries import people_with
from app.audit import queries as trail
from app.audit import services as audit
from app.children import queries as children
from app.introductions import circling, hooks, queries
from app.introductions.models import INTRODUCTION_MOVES, Introduction, IntroductionState
from app.introductions.words import ACTION_WORDS, STATE_WORDS
from app.notifications.models import Urgency
from app.notifications.services import close_tasks, open_task
from app.shared import clock
from app.shared.db import Row, db, lock_row
from app.shared.errors import DomainError, Forbidden, Invalid, Stale
from app.shared.paths import link
from app.shared.view import ago, sentence_list

TAKEN_OVER = "introduction_taken_over"
"""The task of a Link Worker to whom a child was handed over; done with whatever they do there first."""


class Already(DomainError):
    """It was done before: the sentence says by whom. Nothing changed now."""

    code = "already"


def take(
    introduction_id: uuid.UUID, *, to: IntroductionState | None = None, seen_version: int | None = None, tells_above: bool = False
) -> Introduction:
    """The introduction, locked and read fresh, if it may move `to` that state. Inside atomic() only.

    `tells_above`: the move may reach the rooms above, whose rows come first in the global order. Raises NotFound, Already (it is
    there), Stale (it moved since `seen_version` was on the screen), IllegalMove.
    """
    if tells_above:
        hooks.lock_before([introduction_id])
    introduction = lock_row(Introduction, introduction_id)
    require_may_move(introduction, to=to, seen_version=seen_version)
    return introduction


def require_may_move(introduction: Introduction, *, to: IntroductionState | None, seen_version: int | None) -> None:
    """Under its lock: it is not there already, did not change since it was on the screen, and the table leads there."""
    if to is not None and introduction.state is to:
        raise Already(_("This is %(state_words)s already: %(last_change)s.", state_words=STATE_WORDS[to].lower(), last_change=_last_change(introduction)))
    require_unchanged(introduction, seen_version)
    if to is not None:
        INTRODUCTION_MOVES.require(introduction.state, to)


def require_unchanged(introduction: Introduction, seen_version: int | None) -> None:
    """Raises Stale with what changed since, and who changed it."""
    if seen_version is not None and seen_version != introduction.version:
        raise Stale(
            _("This introduction moved on while your page was open: %(changes_since)s. Nothing was changed now. Look at it again, then decide.", changes_since=_changes_since(introduction, seen_version))
        )


def _changes_since(introduction: Introduction, version: int) -> str:
    newer = [entry for entry in trail.list_entries_for(introduction) if int(entry.details.get("version", 0)) > version]
    told = [f"{e.actor_name} · {ACTION_WORDS.get(e.action, e.action).lower()} ({ago(e.at)})" for e in newer[-3:]]
    return sentence_list(told, "then") if told else _("somebody changed it")


def _last_change(introduction: Introduction) -> str:
    newest = next((e for e in reversed(trail.list_entries_for(introduction)) if e.to_state == introduction.state), None)
    return _("%(actor_name)s did that %(at)s", actor_name=newest.actor_name, at=ago(newest.at)) if newest else _("somebody did that before")


def move(
    introduction: Introduction, to: IntroductionState, *, actor: Person | None, done: str, reason: str = "", **details: Any
) -> None:
    """Move it, and write the trail beside it. What the new state needs is on the row already."""
    was = introduction.state
    INTRODUCTION_MOVES.require(was, to)
    introduction.state = to
    note(introduction, actor=actor, done=done, moved=(was, to), reason=reason, **details)
    circling.follow(introduction, actor)


def note(
    introduction: Introduction, *, actor: Person | None, done: str, moved: tuple[str, str] | None = None, reason: str = "",
    **details: Any,
) -> None:
    """One entry of the trail, with the version that it made."""
    db.session.flush()
    audit.record(
        f"introductions.introduction.{done}", subject=introduction, actor=actor, moved=moved, reason=reason,
        version=introduction.version, offering=introduction.offering_id, organisation=introduction.organisation_id, **details,
    )
    taken_up(introduction, actor)


def taken_up(introduction: Introduction, actor: Person | None) -> None:
    """Whoever it was handed over to has begun with it."""
    if actor is not None:
        close_tasks(kind=TAKEN_OVER, subject=introduction, why="Taken up", person_id=actor.id)


def permit(is_allowed: bool, introduction: Introduction, who: str = "") -> None:
    """Raises Forbidden, naming who can."""
    if not is_allowed:
        raise Forbidden(who or _("Only the child’s Link Worker can do this%(named)s.", named=_named(introduction)))


def _named(introduction: Introduction) -> str:
    lead = children.find_lead(introduction.child_id)
    return f": {lead.name}" if lead else ""


def words(typed: str, sentence: str, field: str) -> str:
    """What was typed, without blanks around it. Raises Invalid at the field when nothing is left."""
    tidy = typed.strip()
    if not tidy:
        raise Invalid(sentence, field=field)
    return tidy


def not_ahead(day: date, sentence: str, field: str) -> date:
    if day > clock.today():
        raise Invalid(sentence, field=field)
    return day


# --- tasks ---------------------------------------------------------------------------------------


def tell_link_workers(
    introduction: Introduction, kind: str, what: str, text: str, *, action: str, icon: str, urgency: Urgency = Urgency.WEEK,
    subject: Row | None = None, endpoint: str = "introductions.introduction", due_on: date | None = None, but: uuid.UUID | None = None,
    **args: object,
) -> None:
    """One task on the list of each of the child's Link Workers (`but` not whoever caused it); a Zone manager's where the child has none."""
    child = introduction.child
    people: Sequence[uuid.UUID] = sorted(child.link_worker_ids)
    if not people:
        people = [person.id for person in people_with(Role.ZONE_MANAGER, introduction.zone_id)]
    for person_id in people:
        if person_id == but:
            continue
        open_task(
            person_id=person_id, zone_id=introduction.zone_id, kind=kind, subject=subject or introduction, child_id=child.id,
            title=f"{child.short_name} · {what}", text=text, action=action, icon=icon, urgency=urgency, due_on=due_on,
            url=link(endpoint, introduction_id=introduction.id, **args),
        )


def tell_partner(
    introduction: Introduction, kind: str, title: str, text: str, *, action: str, icon: str, urgency: Urgency, subject: Row | None = None,
) -> None:
    """One task for each of the organisation's people. It never names the child."""
    for person in queries.partner_people(introduction):
        open_task(
            person_id=person.id, zone_id=introduction.zone_id, kind=kind, subject=subject or introduction, title=title, text=text,
            action=action, icon=icon, urgency=urgency, url=link("introductions.introduction", introduction_id=introduction.id),
        )


def nothing_left_to_do(introduction: Introduction, why: str) -> None:
    """Take everything about it off everybody's list."""
    close_tasks(kind=None, subject=introduction, why=why)
