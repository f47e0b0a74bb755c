"""Puts the best matches on the child's page, and their tab beside it."""

from __future__ import annotations

from flask import Flask, render_template
from markupsafe import Markup

from app.accounts.models import Person
from app.children import panels, policies
from app.children.models import Child, ChildState
from app.matching import exposure, sentence_model, sentences, shelf, surveys
from app.matching.routes import shown
from app.notifications.handlers import Policy, register
from app.notifications.sweeps import register_sweep

ON_THE_PAGE = 3


def connect(app: Flask) -> None:
    later = panels.Later("What could help next", "See what fits", "matching.matches", _may_match)
    panels.register_panel("matches", 50, _panel, later=later)
    register_sweep("matching", exposure.forget)
    register_sweep("matching.shelves", shelf.renew)
    register_sweep("matching.sentences", sentences.renew)
    app.extensions[sentence_model.EXTENSION] = sentence_model.installed()
    register(surveys.TOPIC, surveys.run_survey, policy=Policy.RESEND)
    panels.register_tab("matching.matches", 10, "Matches", policies.can_work_with_child)


def _may_match(person: Person, child: Child) -> bool:
    return policies.can_work_with_child(person, child) and child.state is ChildState.ACTIVE


def _panel(child: Child, person: Person) -> Markup | str:
    return Markup(render_template("matching/_panel.html", child=child, **shown(child, ON_THE_PAGE)))  # noqa: S704  our own template
