"""Locks registers that are on an agreed statement, lets the clock draw up statements, hears what became of their payments and of invoices to funders, takes them along when organisations become one."""

from __future__ import annotations

from flask import Flask

from app.attendance.hooks import register_billed
from app.billing import merging
from app.billing.queries import billed_pairs
from app.billing.services import giving_back, invoicing, monthly, paying, taking_back
from app.notifications.sweeps import register_sweep
from app.payments.hooks import (
    register_back_listener,
    register_listener,
    register_paid_listener,
    register_refund_listener,
)


def connect(app: Flask) -> None:
    merging.register()
    register_billed(billed_pairs)
    register_listener("billing", paying.hear)
    register_back_listener("billing", taking_back.hear)
    register_paid_listener("billing", invoicing.hear_paid)
    register_refund_listener("billing", giving_back.hear)
    register_sweep("billing.monthly", monthly)
