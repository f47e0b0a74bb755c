"""Gives every page its menu, worked out once for each request."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Flask, g
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.local import LocalProxy

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
            person_id=person.id, nav=_later(lambda: navigation.entries(person, waiting(person))), me=navigation.me(person),
            zone_is_demo=navigation.is_demo(person),
        )
    return {name: kept[name] for name in NOBODY}


def _later(read: Callable[[], list[navigation.Entry]]) -> Any:
    """The menu, counted when a page first draws it: parts of a page, as searching asks for them, have none."""

    @cache
    def entries() -> list[navigation.Entry]:
        try:
            return read()
        except SQLAlchemyError:
            return []

    return LocalProxy(entries)
