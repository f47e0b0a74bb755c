"""Money that is taken back: the second yes, no, and giving it up; and the way to having a whole payment back."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.payments import policies, queries
from app.payments.forms import WholeBackForm
from app.payments.models import Payment, Rail, TakeBack, Way
from app.payments.routes.base import blueprint
from app.payments.services import taking as verbs
from app.shared.web import act, allow, confirm_first, current_person, submit

ASKED = _l("Written down. A budget holder approves it now.")


def _step(taken: TakeBack, verb: Callable[[], object], done: str) -> ResponseReturnValue:
    return act(verb, url_for("payments.run", run_id=taken.payment.run_id), done=done)


@blueprint.route("/payments/<uuid:payment_id>/take-back", methods=["GET", "POST"])
@allow(policies.can_settle_payment, payment=queries.get_payment)
def payment_take_back(payment: Payment) -> ResponseReturnValue:
    """The whole of it. What corrections took off is asked back from their statement."""
    me, payment_id, run_id, form = current_person(), payment.id, payment.run_id, WholeBackForm()
    way = Way.STRIPE if payment.run.rail is Rail.STRIPE else Way.BANK
    done = submit(form, lambda: verbs.ask(payment_id=payment_id, way=way, reference=form.reference.data or "", actor=me))
    if done is None:
        page = render_template("payments/payment_take_back.html", form=form, payment=payment, is_stripe=way is Way.STRIPE)
        return page, 422 if request.method == "POST" else 200
    flash(ASKED, "success")
    return redirect(url_for("payments.run", run_id=run_id), 303)


@blueprint.post("/take-backs/<uuid:take_back_id>/approve")
@allow(policies.can_see_to_take_back, take_back=queries.get_take_back)
@confirm_first
def take_back_approve(take_back: TakeBack) -> ResponseReturnValue:
    me, id_ = current_person(), take_back.id
    done = _("Your yes is written down. The worker asks Stripe now.") if take_back.way is Way.STRIPE else _("Your yes is written down, and the money with it.")
    return _step(take_back, lambda: verbs.approve(take_back_id=id_, actor=me), done)


@blueprint.post("/take-backs/<uuid:take_back_id>/cancel")
@allow(policies.can_see_to_take_back, take_back=queries.get_take_back)
def take_back_cancel(take_back: TakeBack) -> ResponseReturnValue:
    me, id_ = current_person(), take_back.id
    return _step(take_back, lambda: verbs.cancel(take_back_id=id_, actor=me), _("It is not taken back. A credit is taken off the next payment."))


@blueprint.post("/take-backs/<uuid:take_back_id>/give-up")
@allow(policies.can_see_to_take_back, take_back=queries.get_take_back)
def take_back_give_up(take_back: TakeBack) -> ResponseReturnValue:
    me, id_ = current_person(), take_back.id
    return _step(take_back, lambda: verbs.give_up(take_back_id=id_, actor=me), _("The worker looks at Stripe a last time."))
