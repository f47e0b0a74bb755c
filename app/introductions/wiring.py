"""Hangs introductions on what the rooms below call, and its panel on the child's page."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from flask import Flask, render_template, url_for
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from app.accounts.models import Person, Role
from app.catalogue import readers
from app.children import hooks as child_hooks
from app.children import panels
from app.children.models import Child
from app.children.policies import can_see_helpers
from app.children.queries import list_caseload
from app.introductions import letters, merging, policies, queries, services, telling
from app.introductions.confidential import tells_of_the_child
from app.introductions.models import IntroductionState
from app.introductions.services.asking import ASKED_BY_EMAIL, NUDGED_BY_EMAIL
from app.introductions.services.messages import MESSAGE_BY_EMAIL
from app.introductions.words import STATE_LOOKS
from app.matching import people
from app.notifications.emails import register_email
from app.notifications.sweeps import register_sweep
from app.shared.web import current_person

_S = IntroductionState
NEXT = {
    _S.DECLINED: _l("They said no: what next?"), _S.LAPSED: _l("No answer: what next?"), _S.AGREED: _l("Arrange the first meeting"),
    _S.READY: _l("Ready to ask"), _S.MET: _l("Do they go by themselves?"), _S.LISTENING: _l("Listen"), _S.IDEA: _l("An idea to talk about"),
    _S.ASKED: _l("Waiting for an answer"), _S.ARRANGED: _l("A meeting is arranged"),
}
"""The next step of a child's introduction, most pressing first."""


def connect(app: Flask) -> None:
    readers.register_known(queries.known_offerings)
    people.register(queries.FromIntroductions())
    merging.register()
    child_hooks.on_consent_withdrawn.append(services.end_for_consent)
    child_hooks.what_consent_carries.append(services.what_consent_carries)
    child_hooks.on_child_left.append(services.end_for_leaving)
    child_hooks.what_leaving_ends.append(services.what_leaving_ends)
    child_hooks.on_new_lead.append(services.tell_new_lead)
    panels.register_panel("introductions", 30, draw_panel)
    panels.register_next("introductions", 40, next_steps)
    register_email(ASKED_BY_EMAIL, letters.asked)
    register_email(NUDGED_BY_EMAIL, letters.nudged)
    register_email(MESSAGE_BY_EMAIL, letters.message_waits)
    register_sweep("introductions", services.sweep)
    app.jinja_env.globals["introduction_children"] = children_to_introduce


def draw_panel(child: Child, person: Person) -> Markup | str:
    """The child's introductions, those that are open first, and what came of the others."""
    found, signposts = queries.list_for_child(child.id), queries.list_signposts(child.id)
    if not can_see_helpers(person, child):
        found = [one for one in found if not tells_of_the_child(one.offering)]
        signposts = [one for one in signposts if not tells_of_the_child(one.offering)]
    may_start = policies.can_start(person, child)
    if not found and not signposts and not may_start:
        return ""
    return Markup(render_template(  # noqa: S704  our own template, escaped by Jinja
        "introductions/_panel.html", child=child, signposts=signposts, may_start=may_start, line=telling.line,
        going=[i for i in found if i.is_open or i.settled_on], over=[i for i in found if not i.is_open and not i.settled_on],
    ))


def next_steps(person: Person, children: Sequence[Child]) -> Mapping[uuid.UUID, panels.NextStep]:
    """The most pressing introduction of each child, for the caseload."""
    best: dict[uuid.UUID, tuple[int, panels.NextStep]] = {}
    order = {state: rank for rank, state in enumerate(NEXT)}
    open_to = {child.id for child in children if can_see_helpers(person, child)}
    for introduction in queries.list_open_of_children([child.id for child in children]):
        if introduction.child_id not in open_to and tells_of_the_child(introduction.offering):
            continue
        rank = order.get(introduction.state)
        if rank is None or best.get(introduction.child_id, (rank + 1, None))[0] <= rank:
            continue
        tone, icon = STATE_LOOKS[introduction.state]
        url = url_for("introductions.introduction", introduction_id=introduction.id)
        text = f"{NEXT[introduction.state]}: {introduction.offering.title}"
        best[introduction.child_id] = (rank, panels.NextStep(text, icon, tone, url))
    return {child_id: step for child_id, (_, step) in best.items()}


def children_to_introduce() -> Sequence[Child]:
    """The own caseload of whoever is signed in, for the small form on an offering's page; empty for everybody else."""
    person = current_person()
    return list_caseload(person) if person.is_authenticated and person.has_role(Role.LINK_WORKER) else []


