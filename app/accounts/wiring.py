"""Hangs the sessions on the app."""

from __future__ import annotations

from flask import Flask

from app.accounts import sessions


def connect(app: Flask) -> None:
    sessions.connect(app)
