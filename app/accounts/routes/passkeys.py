"""Passkeys: adding, naming, taking away; signing in with one; as the second step; showing again that it is oneself.

Each is two requests. The script asks for a challenge (JSON), the browser's key signs it, and an ordinary form brings the answer.
"""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import passkeys, queries, sessions
from app.accounts.forms import NewPasskeyForm, PasskeyForm, PasskeyNameForm
from app.accounts.models import Passkey, PasskeyUse
from app.accounts.passkeys import PasskeyRefused, Place
from app.accounts.policies import is_own_passkey, is_signed_in
from app.accounts.routes.blueprint import blueprint
from app.accounts.services import passkeys as services
from app.accounts.services.sign_ins import TooLate, hash_token
from app.accounts.shown import browser_name
from app.shared.errors import Invalid, NotFound
from app.shared.refusals import note_refusal
from app.shared.web import act, allow, confirm_first, paced, public, safe_next

CHALLENGE = "passkey"


def _place() -> Place:
    place = passkeys.place_of(current_app.config["SETTINGS"])
    if place is None:
        raise NotFound
    return place


def _token() -> str:
    """The token of the challenge that this browser was given last; it is good for one answer."""
    found = session.pop(CHALLENGE, "")
    return found if isinstance(found, str) else ""


def _json(text: str) -> Response:
    return Response(text, mimetype="application/json")


@blueprint.post("/sign-in/passkey/ask")
@public
@paced("passkeys", 200, 15)
def passkey_sign_in_ask() -> ResponseReturnValue:
    """A challenge: after the right password for the keys of that person, else for whatever key the browser has."""
    place, token = _place(), sessions.token()
    waiting = queries.find_waiting_sign_in(hash_token(token)) if token else None
    known = [key.credential_id for key in queries.list_passkeys(waiting.person_id)] if waiting else []
    use, person_id = (PasskeyUse.SECOND_STEP, waiting.person_id) if waiting else (PasskeyUse.SIGN_IN, None)
    session[CHALLENGE], challenge = services.ask(use=use, person_id=person_id)
    return _json(passkeys.questions_for_known(place, challenge, known))


@blueprint.post("/sign-in/passkey")
@public
def passkey_sign_in() -> ResponseReturnValue:
    """A key alone, or as the second step where the password was right."""
    place, half, form = _place(), sessions.token(), PasskeyForm()
    is_second = half is not None and queries.find_waiting_sign_in(hash_token(half)) is not None
    back = url_for("accounts.sign_in_second" if is_second else "accounts.sign_in", next=request.args.get("next"))
    address, answer = request.remote_addr or "", form.answer.data or ""
    form.validate_on_submit()
    try:
        if is_second:
            newer = services.take(sign_in_token=half or "", token=_token(), answer=answer, place=place, address=address)
        else:
            newer = services.sign_in(token=_token(), answer=answer, place=place, address=address, browser=request.user_agent.string)
    except (PasskeyRefused, TooLate) as refusal:
        note_refusal(422, "passkey")
        flash(refusal.sentence, "refused")
        return redirect(back, 303)
    sessions.begin(newer)
    return redirect(safe_next(request.args.get("next")) or "/", 303)


@blueprint.route("/account/passkeys/new", methods=["GET", "POST"])
@allow(is_signed_in)
@confirm_first
def passkey_new() -> ResponseReturnValue:
    me, here, place, form = sessions.current_person(), sessions.current_sign_in(), _place(), NewPasskeyForm()
    if not form.is_submitted():
        form.name.data = browser_name(request.user_agent.string)
    if form.validate_on_submit() and here is not None:
        try:
            codes = services.add(
                token=_token(), answer=form.answer.data or "", name=form.name.data or "", place=place, actor=me, sign_in_id=here.id,
            )
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            if codes:
                return render_template("accounts/recovery_codes.html", codes=codes)
            flash(_("Your passkey is added. Everywhere else you are signed out."), "success")
            return redirect(url_for("accounts.second_step"), 303)
    return render_template("accounts/passkey_new.html", form=form), 422 if request.method == "POST" else 200


@blueprint.post("/account/passkeys/ask")
@allow(is_signed_in)
def passkey_ask() -> ResponseReturnValue:
    """A challenge: `for=add` for a new key, else for showing again that it is oneself with one of one's own."""
    me, place = sessions.current_person(), _place()
    known = [key.credential_id for key in queries.list_passkeys(me.id)]
    if request.args.get("for") == "add":
        session[CHALLENGE], challenge = services.ask(use=PasskeyUse.ADD, person_id=me.id)
        return _json(passkeys.questions_for_new(place, me.id, me.email, me.name, challenge, known))
    session[CHALLENGE], challenge = services.ask(use=PasskeyUse.CONFIRM, person_id=me.id)
    return _json(passkeys.questions_for_known(place, challenge, known))


@blueprint.post("/account/confirm/passkey")
@allow(is_signed_in)
def passkey_confirm() -> ResponseReturnValue:
    me, here, place, form = sessions.current_person(), sessions.current_sign_in(), _place(), PasskeyForm()
    onward, again = safe_next(request.args.get("next")) or "/", request.args.get("again")
    if here is None:
        raise NotFound
    form.validate_on_submit()
    address = request.remote_addr or ""
    try:
        services.show_again(sign_in_id=here.id, token=_token(), answer=form.answer.data or "", place=place, actor=me, address=address)
    except PasskeyRefused as refusal:
        flash(refusal.sentence, "refused")
        return redirect(url_for("accounts.confirm", next=onward, again=again), 303)
    if again:
        flash(_("Thank you. Now press the button again."), "notice")
    return redirect(onward, 303)


@blueprint.route("/account/passkeys/<uuid:passkey_id>", methods=["GET", "POST"])
@allow(is_own_passkey, passkey=queries.get_passkey)
def passkey(passkey: Passkey) -> ResponseReturnValue:
    """Its name."""
    me, passkey_id, form = sessions.current_person(), passkey.id, PasskeyNameForm(obj=passkey)
    if form.validate_on_submit():
        services.rename(passkey_id=passkey_id, name=form.name.data or "", actor=me)
        return redirect(url_for("accounts.second_step"), 303)
    return render_template("accounts/passkey_edit.html", form=form, passkey=passkey), 422 if request.method == "POST" else 200


@blueprint.post("/account/passkeys/<uuid:passkey_id>/remove")
@allow(is_own_passkey, passkey=queries.get_passkey)
@confirm_first
def passkey_remove(passkey: Passkey) -> ResponseReturnValue:
    me, here, passkey_id = sessions.current_person(), sessions.current_sign_in(), passkey.id
    if here is None:
        raise NotFound
    return act(
        lambda: services.remove(passkey_id=passkey_id, actor=me, sign_in_id=here.id), url_for("accounts.second_step"),
        done=_("That passkey opens Kith no more. Everywhere else you are signed out."),
    )
