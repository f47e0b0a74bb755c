"""The second step of signing in, setting it up, and showing again that it is oneself."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import policies, queries, sessions, totp
from app.accounts.forms import CodeForm, ShowAgainForm
from app.accounts.models import Person
from app.accounts.passkeys import place_of
from app.accounts.policies import is_signed_in
from app.accounts.qr import qr_code
from app.accounts.routes.blueprint import blueprint
from app.accounts.services import second_steps
from app.accounts.services.sign_ins import TooLate, hash_token
from app.shared.errors import Invalid, NotFound
from app.shared.refusals import note_refusal
from app.shared.web import act, allow, confirm_first, public, safe_next


def what_opens(token: str) -> dict[str, bool]:
    """Which ways the person whose password was right has, for the page that asks for the second step."""
    waiting = queries.find_waiting_sign_in(hash_token(token))
    assert waiting is not None
    return {"has_app": queries.has_app(waiting.person_id), "has_passkey": bool(queries.list_passkeys(waiting.person_id))}


@blueprint.route("/sign-in/second-step", methods=["GET", "POST"])
@public
def sign_in_second() -> ResponseReturnValue:
    """Only for a browser whose password was right within the last ten minutes; every other is sent to the beginning."""
    onward, token = safe_next(request.args.get("next")) or "/", sessions.token()
    if token is None or queries.find_waiting_sign_in(hash_token(token)) is None:
        return redirect(url_for("accounts.sign_in", next=request.args.get("next")), 303)
    form = CodeForm()
    if form.validate_on_submit():
        try:
            newer = second_steps.take(token=token, code=form.code.data or "", address=request.remote_addr or "")
        except TooLate as refusal:
            session.clear()
            flash(refusal.sentence, "refused")
            return redirect(url_for("accounts.sign_in", next=request.args.get("next")), 303)
        except Invalid as refusal:
            note_refusal(422, "second step")
            form.refuse(refusal)
        else:
            sessions.begin(newer)
            return redirect(onward, 303)
    return render_template("accounts/second_step_take.html", form=form, **what_opens(token)), 422 if request.method == "POST" else 200


@blueprint.route("/account/second-step", methods=["GET", "POST"])
@allow(is_signed_in)
def second_step() -> ResponseReturnValue:
    """What one has; while it is being set up, the picture to scan and the field for the first code."""
    me, here = sessions.current_person(), sessions.current_sign_in()
    app, form = queries.find_app(me.id), CodeForm()
    if form.validate_on_submit() and here is not None:
        try:
            codes = second_steps.confirm(
                code=form.code.data or "", actor=me, sign_in_id=here.id, address=request.remote_addr or "",
            )
        except second_steps.WrongCode as refusal:
            form.refuse(refusal)
        else:
            return render_template("accounts/recovery_codes.html", codes=codes) if codes else redirect(url_for("accounts.second_step"), 303)
    seed = second_steps.seed_of(app) if app is not None and app.confirmed_at is None else None
    page = render_template(
        "accounts/second_step_show.html", form=form, app=app, seed=totp.readable(seed) if seed else None,
        picture=qr_code(totp.address_for_app(seed, me.email)) if seed else None, left=queries.count_recovery_codes(me.id),
        passkeys=queries.list_passkeys(me.id), can_add=place_of(current_app.config["SETTINGS"]) is not None,
        must=current_app.config["SETTINGS"].requires_second_step and policies.must_take_second_step(me),
    )
    return page, 422 if request.method == "POST" else 200


@blueprint.post("/account/second-step/start")
@allow(is_signed_in)
@confirm_first
def second_step_start() -> ResponseReturnValue:
    me = sessions.current_person()
    return act(lambda: second_steps.start(actor=me), url_for("accounts.second_step"))


@blueprint.post("/account/second-step/recovery-codes")
@allow(is_signed_in)
@confirm_first
def recovery_codes_renew() -> ResponseReturnValue:
    return render_template("accounts/recovery_codes.html", codes=second_steps.renew_recovery_codes(actor=sessions.current_person()))


@blueprint.post("/account/second-step/remove")
@allow(is_signed_in)
@confirm_first
def second_step_remove() -> ResponseReturnValue:
    me = sessions.current_person()
    return act(lambda: second_steps.remove(actor=me), url_for("accounts.second_step"), done=_("The app is taken away."))


@blueprint.post("/people/<uuid:person_id>/second-step/remove")
@allow(policies.can_answer_for, person=queries.get_person)
@confirm_first
def person_second_step_remove(person: Person) -> ResponseReturnValue:
    me, person_id = sessions.current_person(), person.id
    return act(
        lambda: second_steps.remove_for(person_id=person_id, actor=me), url_for("accounts.person", person_id=person_id),
        done=_("Done. They are signed out everywhere, and set up a new app when they sign in."),
    )


@blueprint.route("/account/confirm", methods=["GET", "POST"])
@allow(is_signed_in)
def confirm() -> ResponseReturnValue:
    """Before something weighty: is it still you?"""
    me, here = sessions.current_person(), sessions.current_sign_in()
    onward = safe_next(request.args.get("next")) or "/"
    form = ShowAgainForm()
    form.narrow(has_second_step=queries.has_second_step(me.id))
    if here is None:
        raise NotFound
    if form.validate_on_submit():
        try:
            second_steps.show_again(
                sign_in_id=here.id, password=form.typed("password"), code=form.typed("code"), actor=me,
                address=request.remote_addr or "",
            )
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            if request.args.get("again"):
                flash(_("Thank you. Now press the button again."), "notice")
            return redirect(onward, 303)
    page = render_template(
        "accounts/confirm.html", form=form, email=me.email, onward=onward, has_app=queries.has_app(me.id), has_passkey=bool(queries.list_passkeys(me.id)),
    )
    return page, 422 if request.method == "POST" else 200
