"""Hangs this room's own tabs and next steps where the rooms above hang theirs, and tells templates how to name things."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask_babel import lazy_gettext as _l

from app.catalogue import hooks as catalogue
from app.children import merging, names, panels, policies
from app.children import next as next_steps
from app.children.models import Child
from app.children.naming import possessive
from app.children.services import handover, photos
from app.notifications.sweeps import register_sweep
from app.shared.web import current_person


def connect(app: Flask) -> None:
    merging.register()
    panels.register_tab("children.circle", 20, _l("Circle"), policies.can_see_child)
    panels.register_tab("children.plan", 30, _l("Plan"), policies.can_see_child)
    panels.register_tab("children.one_page", 50, _l("One page"), policies.can_see_child)
    panels.register_tab("children.progress", 50, _l("Progress"), policies.can_see_child)
    panels.register_tab("children.consents", 70, _l("Sharing"), policies.can_see_consents)
    panels.register_tab("children.notes", 60, _l("Notes"), policies.can_see_child)
    panels.register_next("children", 900, next_steps.ask)
    register_sweep("hand-overs", handover.sweep)
    register_sweep("photos of children", photos.sweep)
    catalogue.register_names(names.names_of_zone, names.first_names_seen_by)
    app.jinja_env.filters["possessive"] = possessive
    app.jinja_env.globals["child_tabs"] = child_tabs


def child_tabs(child: Child) -> list[dict[str, Any]]:
    """The tabs of a child's pages for whoever is looking; call it on any page that belongs to one child."""
    return panels.tabs_of(child, current_person(), request.endpoint or "")
