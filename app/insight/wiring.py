"""Gives every page its menu, worked out once for each request."""

from __future__ import annotations

from typing import Any

from flask import Flask, g
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from app.accounts.models import Person
from app.insight import navigation
from app.insight.queries.counts import waiting
from app.shared.web import current_person

NOBODY: dict[str, Any] = {"nav": [], "me": None, "zone_is_demo": False}


def connect(app: Flask) -> None:
    @app.context_processor
    def shell() -> dict[str, Any]:
        try:
            if not current_user or not current_user.is_authenticated:
                return NOBODY
            return _shell_of(current_person())
        except SQLAlchemyError:  # the page that says the database is away has to be drawn without it
            return NOBODY


def _shell_of(person: Person) -> dict[str, Any]:
    kept: dict[str, Any] = g.setdefault("kith_shell", {})
    if kept.get("person_id") != person.id:
        kept.update(
            person_id=person.id, nav=navigation.entries(person, waiting(person)), me=navigation.me(person),
            zone_is_demo=navigation.is_demo(person),
        )
    return {name: kept[name] for name in NOBODY}
