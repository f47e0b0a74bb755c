"""Hangs the sessions on the app, and the words of this room on its templates."""

from __future__ import annotations

from flask import Flask, current_app

from app.accounts import pacing, sessions
from app.accounts.passkeys import place_of
from app.accounts.shown import browser_name


def connect(app: Flask) -> None:
    pacing.connect(app)
    sessions.connect(app)
    app.jinja_env.filters["browser"] = browser_name
    app.jinja_env.globals["passkey_host"] = _passkey_host


def _passkey_host() -> str:
    """The name that keys are bound to; empty where there is none to be had."""
    place = place_of(current_app.config["SETTINGS"])
    return place.host if place is not None else ""
