"""Lets the clock draw up statements, and takes them along when organisations become one."""

from __future__ import annotations

from flask import Flask

from app.billing import merging
from app.billing.services import monthly
from app.notifications.sweeps import register_sweep


def connect(app: Flask) -> None:
    merging.register()
    register_sweep("billing.monthly", monthly)
