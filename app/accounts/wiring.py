"""Hangs the sessions on the app, and the words of this room on its templates."""

from __future__ import annotations

from flask import Flask

from app.accounts import sessions
from app.accounts.shown import browser_name


def connect(app: Flask) -> None:
    sessions.connect(app)
    app.jinja_env.filters["browser"] = browser_name
