"""Payees and where their money goes; never an account in full."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person
from app.payments import policies, queries
from app.payments.forms import ConfirmForm, DetailsForm
from app.payments.models import BankDetail, Payee
from app.payments.routes.base import blueprint
from app.payments.services import payees as verbs
from app.payments.services import sending
from app.shared.web import act, allow, confirm_first, current_person, submit


@blueprint.get("/payees")
@allow(policies.can_see_payments)
def payees() -> ResponseReturnValue:
    found = [(payee, queries.current_detail(payee), queries.coming_detail(payee) or queries.proposed_detail(payee))
             for payee in queries.list_payees(current_person())]
    return render_template("payments/payee_list.html", found=found)


@blueprint.route("/payees/<uuid:payee_id>", methods=["GET", "POST"])
@allow(policies.can_see_payee, payee=queries.get_payee)
@confirm_first
def payee(payee: Payee) -> ResponseReturnValue:
    me: Person = current_person()
    payee_id, form = payee.id, DetailsForm()
    given = submit(form, lambda: verbs.propose_details(
        payee_id=payee_id, account_name=form.account_name.data or "", sort_code=form.sort_code.data or "", account=form.account.data or "", actor=me,
    ))
    if given is not None:
        flash(_("Thank you. Somebody else confirms it before any money goes there."), "success")
        return redirect(url_for("payments.payee", payee_id=payee_id), 303)
    payee = queries.get_payee(payee_id, me)
    proposed = queries.proposed_detail(payee)
    page = render_template(
        "payments/payee_show.html", payee=payee, form=form, current=queries.current_detail(payee), coming=queries.coming_detail(payee),
        proposed=proposed, may_give=policies.can_propose_details(me, payee),
        may_confirm=proposed is not None and policies.can_decide_details(me, proposed), me_id=me.id, cooling_days=verbs.COOLING_OFF.days,
        is_staff=policies.can_see_payments(me), has_stripe=sending.is_set_up(),
    )
    return page, 422 if request.method == "POST" else 200


@blueprint.route("/bank-details/<uuid:detail_id>/confirm", methods=["GET", "POST"])
@allow(policies.can_decide_details, detail=queries.get_detail)
@confirm_first
def details_confirm(detail: BankDetail) -> ResponseReturnValue:
    me, detail_id, payee_id, form = current_person(), detail.id, detail.payee_id, ConfirmForm()
    done = submit(form, lambda: verbs.confirm_details(detail_id=detail_id, checked_how=form.checked_how.data or "", actor=me))
    if done is None:
        page = render_template("payments/details_confirm.html", form=form, detail=detail, cooling_days=verbs.COOLING_OFF.days)
        return page, 422 if request.method == "POST" else 200
    flash(_("Confirmed. The partner is told, and can stop it."), "success")
    return redirect(url_for("payments.payee", payee_id=payee_id), 303)


@blueprint.post("/bank-details/<uuid:detail_id>/stop")
@allow(policies.can_stop_details, detail=queries.get_detail)
def details_stop(detail: BankDetail) -> ResponseReturnValue:
    me, detail_id, payee_id = current_person(), detail.id, detail.payee_id
    return act(lambda: verbs.stop_details(detail_id=detail_id, actor=me), url_for("payments.payee", payee_id=payee_id), done=_("Stopped. What counted before goes on counting."))
