"""Opens the Stripe rail where a key is set, and lets the worker send, hear and look after payments."""

from __future__ import annotations

from flask import Flask

from app.notifications import handlers
from app.notifications.handlers import Policy
from app.notifications.sweeps import register_sweep
from app.payments.gateway import StripeGateway, check_key
from app.payments.rails import register_rail
from app.payments.rails.stripe import StripeRail
from app.payments.services import (
    invoicing,
    news,
    reconciling,
    refund_sending,
    refunding,
    reversing,
    sending,
    taking,
)


def connect(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    if settings.stripe_key:
        check_key(settings.stripe_key, settings.stripe_api_base, is_production=settings.is_production)
        app.extensions[sending.EXTENSION] = StripeGateway(settings.stripe_key, settings.stripe_api_base)
        register_rail(StripeRail())
    app.jinja_env.globals["asks_by_invoice"] = invoicing.is_open_to
    handlers.register(sending.TOPIC, sending.handle, policy=Policy.RESEND)
    handlers.register(taking.TOPIC, reversing.handle, policy=Policy.RESEND)
    handlers.register(news.TOPIC, news.handle, policy=Policy.RESEND)
    handlers.register(news.ACCOUNT_TOPIC, news.handle_account, policy=Policy.RESEND)
    handlers.register(invoicing.TOPIC, invoicing.handle, policy=Policy.RESEND)
    handlers.register(refunding.TOPIC, refund_sending.handle, policy=Policy.RESEND)
    handlers.register(reconciling.TOPIC, reconciling.look, policy=Policy.RESEND)
    register_sweep("payments", sending.look_after)
    register_sweep("payments.nightly", reconciling.nightly)
