"""One's own account: roles, password, where one is signed in. And choosing a password with a link."""

from __future__ import annotations

import uuid

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import links, queries, sessions
from app.accounts.forms import ChangePasswordForm, ChoosePasswordForm
from app.accounts.models import Person
from app.accounts.policies import is_account_asked, is_signed_in
from app.accounts.routes.blueprint import blueprint
from app.accounts.services import asked as asking
from app.accounts.services import passwords, sign_ins
from app.accounts.shown import grant_lines
from app.shared.errors import Invalid
from app.shared.web import act, allow, confirm_first, paced, public


@blueprint.route("/account", methods=["GET", "POST"])
@allow(is_signed_in)
def account() -> ResponseReturnValue:
    me, here = sessions.current_person(), sessions.current_sign_in()
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            passwords.change_password(
                current=form.current.data or "", password=form.password.data or "", actor=me,
                keep=here.id if here else None, address=request.remote_addr or "",
            )
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash(_("Your password is changed. Everywhere else you are signed out."), "success")
            return redirect(url_for("accounts.account"), 303)
    page = render_template(
        "accounts/account_show.html", form=form, person=me, here=here, lines=grant_lines([me])[me.id],
        sign_ins=queries.list_sign_ins(me.id, **sessions.limits()), has_second_step=queries.has_second_step(me.id),
        asked=[(one.id, grant_lines([one])[one.id]) for one in queries.list_asked(me)],
    )
    return page, 422 if request.method == "POST" else 200


@blueprint.post("/account/sign-ins/<uuid:sign_in_id>/end")
@allow(is_signed_in)
@confirm_first
def sign_in_end(sign_in_id: uuid.UUID) -> ResponseReturnValue:
    me = sessions.current_person()
    return act(
        lambda: sign_ins.end_sign_in(sign_in_id=sign_in_id, actor=me), url_for("accounts.account"), done=_("That browser is signed out.")
    )


@blueprint.post("/account/asked/<uuid:asked_id>")
@allow(is_account_asked, asked=queries.get_asked)
def answer_asked(asked: Person) -> ResponseReturnValue:
    """Yes or no to a Zone that asks for somebody with this address."""
    me, asked_id = sessions.current_person(), asked.id
    if request.form.get("answer") == "yes":
        return act(lambda: asking.say_yes(asked_id=asked_id, actor=me), url_for("accounts.account"), done=_("The role is yours."))
    return act(lambda: asking.say_no(asked_id=asked_id, actor=me), url_for("accounts.account"), done=_("You said no. They see nothing of your account."))


@blueprint.route("/choose-password/<token>", methods=["GET", "POST"])
@public
@paced("links", 60, 15)
def choose_password(token: str) -> ResponseReturnValue:
    secret = str(current_app.secret_key)
    person = links.read_token(token, secret)
    form = ChoosePasswordForm()
    if form.validate_on_submit():
        try:
            passwords.choose_password(token=token, password=form.password.data or "", secret=secret)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for("accounts.sign_in", done="password"), 303)
    page = render_template("accounts/password_choose.html", form=form, email=person.email, name=person.name)
    return page, 422 if request.method == "POST" else 200
