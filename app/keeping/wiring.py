"""Hangs the holds on a child's pages, and has the worker take what was confirmed and make what is handed over."""

from __future__ import annotations

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l

from app.children import panels
from app.keeping import policies, retention, services
from app.notifications.handlers import Policy, register
from app.notifications.sweeps import register_sweep


def connect(app: Flask) -> None:
    panels.register_tab("keeping.hold", 97, _l("Keep or erase"), policies.can_hold)
    register_sweep("keeping.retention", retention.sweep)
    register_sweep("keeping.hand_overs", lambda: services.sweep(current_app.config["SETTINGS"].data_dir))
    # RESEND: reading a Zone takes long and no lock, and a second try harms nothing.
    register(services.TOPIC, lambda job: services.make(job, current_app.config["SETTINGS"]), policy=Policy.RESEND)
