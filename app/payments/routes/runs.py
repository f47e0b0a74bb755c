"""Payment runs: the list, one with its payments and files, and what the bank did."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.accounts.queries import get_zone, list_own_zones
from app.payments import policies, queries
from app.payments.files import books
from app.payments.files.books import Bill
from app.payments.forms import ReturnedForm
from app.payments.models import (
    LIVE_TAKE_BACKS,
    BankFile,
    Payment,
    PaymentRun,
    PaymentState,
    RunState,
    TakeBackState,
)
from app.payments.rails import rail_of
from app.payments.routes.base import blueprint
from app.payments.services import runs as verbs
from app.payments.services import sending
from app.payments.services.taking import can_be_given_up
from app.payments.words import (
    BACK_TONES,
    BACK_WORDS,
    RUN_TONES,
    RUN_WORDS,
    STATE_TONES,
    STATE_WORDS,
    WAY_WORDS,
    held_words,
)
from app.shared import clock
from app.shared.forms import seen_version
from app.shared.web import act, allow, confirm_first, current_person, submit


@blueprint.get("/payment-runs")
@allow(policies.can_see_payments)
def runs() -> ResponseReturnValue:
    me: Person = current_person()
    return render_template(
        "payments/run_list.html", runs=queries.list_runs(me), words=RUN_WORDS, tones=RUN_TONES, zones=list_own_zones(me, Role.ZONE_MANAGER),
        may_settle=policies.can_change_settings(me), has_invoices=sending.is_set_up(),
    )


@blueprint.get("/payment-runs/<uuid:run_id>")
@allow(policies.can_see_run, run=queries.get_run)
def run(run: PaymentRun) -> ResponseReturnValue:
    me: Person = current_person()
    backs = queries.list_take_backs(run.id)
    return render_template(
        "payments/run_show.html", backs=backs, back_states=TakeBackState, back_words=BACK_WORDS, back_tones=BACK_TONES, way_words=WAY_WORDS,
        waiting_back={b.payment_id: True for b in backs if b.state in LIVE_TAKE_BACKS}, can_be_given_up=can_be_given_up,
        why_not_back={b.id: policies.why_not_approve_back(me, b) for b in backs}, run=run, words=STATE_WORDS, tones=STATE_TONES, run_words=RUN_WORDS, run_tones=RUN_TONES, held=held_words,
        states=PaymentState, run_states=RunState, rail=rail_of(run.rail), may_settle=policies.can_settle(me, run), xero_parts=books.xero_parts(len(run.payments)),
        may_approve=policies.can_approve_run(me, run), why_not=policies.why_not_approve(me, run),
    )


def _back(run: PaymentRun, verb: Callable[[], object], done: str) -> ResponseReturnValue:
    return act(verb, url_for("payments.run", run_id=run.id), done=done)


@blueprint.post("/payment-runs/<uuid:run_id>/approve")
@allow(policies.can_approve_run, run=queries.get_run)
@confirm_first
def run_approve(run: PaymentRun) -> ResponseReturnValue:
    me, run_id, seen = current_person(), run.id, seen_version()
    return _back(run, lambda: verbs.approve(run_id=run_id, seen_version=seen, actor=me), _("Your yes is written down."))


@blueprint.post("/payment-runs/<uuid:run_id>/cancel")
@allow(policies.can_settle, run=queries.get_run)
def run_cancel(run: PaymentRun) -> ResponseReturnValue:
    me, run_id = current_person(), run.id
    return _back(run, lambda: verbs.cancel_run(run_id=run_id, actor=me), _("The run is cancelled. What it would have paid is free for another."))


@blueprint.post("/payment-runs/<uuid:run_id>/all-paid")
@allow(policies.can_settle, run=queries.get_run)
def run_all_paid(run: PaymentRun) -> ResponseReturnValue:
    me, run_id = current_person(), run.id
    return _back(run, lambda: verbs.mark_all_paid(run_id=run_id, actor=me), _("All that was on its way is paid."))


@blueprint.post("/bank-files/<uuid:bank_file_id>/fetch")
@allow(policies.can_settle_file, bank_file=queries.get_file)
@confirm_first
def file_fetch(bank_file: BankFile) -> ResponseReturnValue:
    """A POST, because every fetching is written into the trail."""
    name, content = verbs.fetch_file(file_id=bank_file.id, actor=current_person())
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type="text/csv; charset=us-ascii" if name.endswith(".csv") else "text/plain; charset=us-ascii", headers=headers)


@blueprint.post("/bank-files/<uuid:bank_file_id>/uploaded")
@allow(policies.can_settle_file, bank_file=queries.get_file)
def file_uploaded(bank_file: BankFile) -> ResponseReturnValue:
    me, file_id = current_person(), bank_file.id
    return _back(bank_file.run, lambda: verbs.mark_uploaded(file_id=file_id, actor=me), _("Written down. Say what was paid when the bank’s statement shows it."))


@blueprint.post("/payments/<uuid:payment_id>/paid")
@allow(policies.can_settle_payment, payment=queries.get_payment)
def payment_paid(payment: Payment) -> ResponseReturnValue:
    me, payment_id = current_person(), payment.id
    return _back(payment.run, lambda: verbs.mark_paid(payment_id=payment_id, actor=me), _("%(payee)s is paid.", payee=payment.payee.name))


@blueprint.route("/payments/<uuid:payment_id>/returned", methods=["GET", "POST"])
@allow(policies.can_settle_payment, payment=queries.get_payment)
def payment_returned(payment: Payment) -> ResponseReturnValue:
    me, payment_id, run_id, form = current_person(), payment.id, payment.run_id, ReturnedForm()
    done = submit(form, lambda: verbs.mark_returned(payment_id=payment_id, code=form.code.data or "", actor=me))
    if done is None:
        page = render_template("payments/payment_returned.html", form=form, payment=payment)
        return page, 422 if request.method == "POST" else 200
    flash(_("It is owed again, and held. Put right what was wrong, then send it out again."), "success")
    return redirect(url_for("payments.run", run_id=run_id), 303)


@blueprint.post("/payments/<uuid:payment_id>/again")
@allow(policies.can_settle_payment, payment=queries.get_payment)
def payment_again(payment: Payment) -> ResponseReturnValue:
    me, payment_id = current_person(), payment.id
    return _back(payment.run, lambda: verbs.try_again(payment_id=payment_id, actor=me), _("It goes out again, as a new attempt."))


@blueprint.post("/payments/<uuid:payment_id>/cancel")
@allow(policies.can_settle_payment, payment=queries.get_payment)
def payment_cancel(payment: Payment) -> ResponseReturnValue:
    me, payment_id, in_draft = current_person(), payment.id, payment.state is PaymentState.DRAFT
    verb = verbs.remove_payment if in_draft else verbs.cancel_payment
    return _back(payment.run, lambda: verb(payment_id=payment_id, actor=me), _("It is taken out. What it would have paid is free for another run."))


@blueprint.post("/payments/<uuid:payment_id>/let-go")
@allow(policies.can_let_go, payment=queries.get_payment)
def payment_let_go(payment: Payment) -> ResponseReturnValue:
    me, payment_id = current_person(), payment.id
    done = _("Written down. A second person lets it go.") if payment.held_by_id is None else _("Let go: the worker looks at Stripe once more first.")
    return _back(payment.run, lambda: sending.let_go(payment_id=payment_id, actor=me), done)


def _bills(run: PaymentRun) -> list[Bill]:
    zone = get_zone(run.zone_id)
    started = clock.london(run.started_at or run.created_at).date()
    return [
        Bill(
            payment.payee.name, f"K{payment.payee_id.hex[:7].upper()}", payment.reference, started,
            clock.london(payment.paid_at).date() if payment.paid_at else None, payment.pence, zone.name,
        )
        for payment in run.payments if payment.state is not PaymentState.CANCELLED
    ]


def _attachment(content: bytes, name: str) -> Response:
    return Response(content, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'})


@blueprint.get("/payment-runs/<uuid:run_id>/xero.csv")
@allow(policies.can_see_run, run=queries.get_run)
def run_xero(run: PaymentRun) -> ResponseReturnValue:
    codes, part = queries.settings_of(run.zone_id).codes, max(1, min(request.args.get("part", 1, type=int), 1_000))
    content = books.xero(_bills(run), account_code=codes.get("xero_account", ""), tax_type=codes.get("xero_tax", "No VAT"), part=part)
    return _attachment(content, f"xero-run-{run.number}{f'-{part}' if part > 1 else ''}.csv")


@blueprint.get("/payment-runs/<uuid:run_id>/sage.csv")
@allow(policies.can_see_run, run=queries.get_run)
def run_sage(run: PaymentRun) -> ResponseReturnValue:
    codes = queries.settings_of(run.zone_id).codes
    content = books.sage(_bills(run), nominal=codes.get("sage_nominal", ""), tax_code=codes.get("sage_tax", "T9"))
    return _attachment(content, f"sage-run-{run.number}.csv")
