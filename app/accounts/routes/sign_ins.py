"""Signing in and out."""

from __future__ import annotations

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts import sessions
from app.accounts.forms import SignInForm
from app.accounts.policies import is_signed_in
from app.accounts.routes.blueprint import blueprint
from app.accounts.services import sign_ins
from app.accounts.services.throttles import account_mark
from app.shared.refusals import note_refusal
from app.shared.web import allow, public, safe_next


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    onward = safe_next(request.args.get("next")) or "/"
    if current_user.is_authenticated:
        return redirect(onward, 303)
    form = SignInForm()
    if form.validate_on_submit():
        try:
            row, token = sign_ins.sign_in(
                email=form.email.data or "", password=form.password.data or "",
                address=request.remote_addr or "", browser=request.user_agent.string,
            )
        except sign_ins.SignInRefused as refusal:
            note_refusal(422, f"sign-in to account {account_mark(form.email.data or '')}")
            form.refuse(refusal)
        else:
            waits = row.waits_until is not None
            sessions.begin(token)
            return redirect(url_for("accounts.sign_in_second", next=request.args.get("next")) if waits else onward, 303)
    status = 422 if request.method == "POST" else 200
    return render_template("accounts/sign_in.html", form=form, done=request.args.get("done")), status


@blueprint.post("/sign-out")
@allow(is_signed_in)
def sign_out() -> ResponseReturnValue:
    token = sessions.token()
    if token is not None:
        sign_ins.sign_out(token=token)
    session.clear()
    response = redirect(url_for("accounts.sign_in", done="out"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
