"""Lets the clock draw up statements, hears what became of their payments, takes them along when organisations become one."""

from __future__ import annotations

from flask import Flask

from app.billing import merging
from app.billing.services import monthly, paying
from app.notifications.sweeps import register_sweep
from app.payments.hooks import register_listener


def connect(app: Flask) -> None:
    merging.register()
    register_listener("billing", paying.hear)
    register_sweep("billing.monthly", monthly)
