"""Stripe's webhooks (signed, so without a token), and the way of a partner to Stripe's own pages."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person
from app.extensions import csrf
from app.notifications.emails import address_of
from app.payments import policies, queries
from app.payments.gateway import BadSignature, Event, Refused, Unsure
from app.payments.models import Payee
from app.payments.routes.base import blueprint
from app.payments.services import news, sending
from app.shared.web import allow, current_person, paced, public

MOST = 256 * 1024  # bytes; an event is a few thousand


@blueprint.post("/stripe/webhook")
@public
@paced("webhooks", 200, 1)
def stripe_webhook() -> ResponseReturnValue:
    """Snapshot events. Kept and answered; nothing is done here."""
    return _take(is_thin=False)


@blueprint.post("/stripe/thin")
@public
@paced("webhooks", 200, 1)
def stripe_thin() -> ResponseReturnValue:
    """Thin events, about accounts."""
    return _take(is_thin=True)


for endpoint in (stripe_webhook, stripe_thin):
    csrf.exempt(endpoint)  # a signature instead


def _take(*, is_thin: bool) -> ResponseReturnValue:
    settings = current_app.config["SETTINGS"]
    if not sending.is_set_up():
        return Response("not set up", 404)
    if request.content_length is None or request.content_length > MOST:
        return Response("too long", 413)
    body, signature = request.get_data(cache=False), request.headers.get("Stripe-Signature", "")
    gateway = sending.gateway()
    try:
        event: Event = (
            gateway.read_thin_event(body, signature, settings.stripe_thin_secrets) if is_thin
            else gateway.read_event(body, signature, settings.stripe_webhook_secrets)
        )
    except BadSignature:
        return Response("bad signature", 400)
    if event.is_live != gateway.is_live:
        return Response("wrong mode", 400)
    news.keep(event, body.decode())
    return Response("kept", 200)


@blueprint.route("/payees/<uuid:payee_id>/stripe", methods=["GET", "POST"])
@allow(policies.can_propose_details, payee=queries.get_payee)
def payee_stripe(payee: Payee) -> ResponseReturnValue:
    """The way to Stripe's own page. Its address opens once, so coming back here makes another."""
    me: Person = current_person()
    payee_id, link = payee.id, ""
    if not sending.is_set_up():
        flash(_("Stripe is not set up here."), "refused")
        return redirect(url_for("payments.payee", payee_id=payee_id), 303)
    if request.method == "POST":
        try:
            link = news.open_account(
                payee_id=payee_id, email=me.email, actor=me, refresh_url=address_of("payments.payee_stripe", payee_id=payee_id),
                return_url=address_of("payments.payee_stripe", payee_id=payee_id),
            )
        except (Unsure, Refused):
            flash(_("Stripe does not answer just now. Nothing was changed: try again in a minute."), "refused")
        news.ask_about(payee_id=payee_id)
    return render_template("payments/payee_stripe.html", payee=queries.get_payee(payee_id, me), link=link)
