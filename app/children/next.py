"""What is next for a child by what this room knows: listen, name needs, ask for goals, ask for consent again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from flask import url_for
from flask_babel import gettext as _

from app.accounts.models import Person, Term
from app.children import policies, queries
from app.children.models import Child
from app.children.panels import NextStep
from app.children.terms import half_term_begin, plan_terms, programme_of
from app.shared import clock
from app.shared.view import day

QUIET_DAYS = 42
ASK_AGAIN_DAYS = 30
SETTLING_DAYS = 14


def ask(person: Person, children: Sequence[Child]) -> Mapping[uuid.UUID, NextStep]:
    """One step for each child that has one. The same reads, however many children."""
    known = queries.plan_facts([child.id for child in children])
    calendars = queries.terms_by_school(child.school_id for child in children)
    steps: dict[uuid.UUID, NextStep] = {}
    for child in children:
        may_work = policies.can_work_with_child(person, child)
        step = _step(child, known[child.id], policies.can_listen_to_child(person, child), may_work)
        if step is None and is_asking_due(child, known[child.id].asked_on, calendars.get(child.school_id, ())):
            step = NextStep(_("Ask in faces: can you ask your Link Worker for help?"), "smile", "info",
                            url_for("children.help_new", child_id=child.id) if may_work else "")
        if step is not None:
            steps[child.id] = step
    return steps


def is_asking_due(child: Child, asked_on: date | None, calendar: Sequence[Term]) -> bool:
    """Has the half term been running for a week, in school, without the child having been asked? A child who is new is given time."""
    today = clock.today()
    begins, ends = programme_of(child)
    terms = plan_terms(begins, ends, calendar)
    if not any(term.is_on(today) for term in terms) or today - begins < timedelta(days=SETTLING_DAYS):
        return False
    begun = half_term_begin(today, terms)
    return today - begun >= timedelta(days=7) and (asked_on is None or asked_on < begun)


def _step(child: Child, facts: queries.PlanFacts, may_listen: bool, may_work: bool) -> NextStep | None:
    today = clock.today()
    if facts.last_heard is None:
        return NextStep(_("Listen first: nothing in the child’s own words yet"), "ear", "gently",
                        url_for("children.voice_new", child_id=child.id) if may_listen else "")
    if not facts.needs:
        return NextStep(_("Say what should get better"), "list-checks", "gently", url_for("children.need_new", child_id=child.id) if may_work else "")
    if facts.consent_ends is not None and facts.consent_ends - today <= timedelta(days=ASK_AGAIN_DAYS):
        return NextStep(_("Ask again about sharing: a consent ends %(consent_ends)s", consent_ends=day(facts.consent_ends)), "shield-check", "gently",
                        url_for("children.consent_new", child_id=child.id) if may_work else "")
    if not facts.goals:
        return NextStep(_("Ask what the child wants to reach"), "goal", "info", url_for("children.goal_new", child_id=child.id) if may_work else "")
    if today - facts.last_heard > timedelta(days=QUIET_DAYS):
        return NextStep(_("Listen again: last heard %(last_heard)s", last_heard=day(facts.last_heard)), "ear", "info",
                        url_for("children.voice_new", child_id=child.id) if may_listen else "")
    return None
