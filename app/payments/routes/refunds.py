"""Money that goes back to a funder: the second yes, no, and giving it up. It is asked for on the invoice's page."""

from __future__ import annotations

from collections.abc import Callable

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.payments import policies, queries
from app.payments.models import Refund
from app.payments.routes.base import blueprint
from app.payments.services import refunding as verbs
from app.shared.web import act, allow, confirm_first, current_person


def _step(refund: Refund, verb: Callable[[], object], done: str) -> ResponseReturnValue:
    return act(verb, url_for("payments.invoice", invoice_id=refund.invoice_id), done=done)


@blueprint.post("/refunds/<uuid:refund_id>/approve")
@allow(policies.can_see_to_refund, refund=queries.get_refund)
@confirm_first
def refund_approve(refund: Refund) -> ResponseReturnValue:
    me, id_ = current_person(), refund.id
    return _step(refund, lambda: verbs.approve(refund_id=id_, actor=me), _("Your yes is written down. The worker asks Stripe now."))


@blueprint.post("/refunds/<uuid:refund_id>/cancel")
@allow(policies.can_see_to_refund, refund=queries.get_refund)
def refund_cancel(refund: Refund) -> ResponseReturnValue:
    me, id_ = current_person(), refund.id
    return _step(refund, lambda: verbs.cancel(refund_id=id_, actor=me), _("It does not go back."))


@blueprint.post("/refunds/<uuid:refund_id>/give-up")
@allow(policies.can_see_to_refund, refund=queries.get_refund)
def refund_give_up(refund: Refund) -> ResponseReturnValue:
    me, id_ = current_person(), refund.id
    return _step(refund, lambda: verbs.give_up(refund_id=id_, actor=me), _("The worker looks at Stripe a last time."))
