"""Hangs the clearing away of old uploads on the worker's clock."""

from __future__ import annotations

from flask import Flask

from app.interchange.services import drafts
from app.notifications.sweeps import register_sweep


def connect(app: Flask) -> None:
    register_sweep("interchange.forget_drafts", drafts.forget_drafts)
