"""Hangs the holds on a child's pages, and has the worker take what was confirmed."""

from __future__ import annotations

from flask import Flask

from app.children import panels
from app.keeping import policies, retention
from app.notifications.sweeps import register_sweep


def connect(app: Flask) -> None:
    panels.register_tab("keeping.hold", 97, "Keep or erase", policies.can_hold)
    register_sweep("keeping.retention", retention.sweep)
