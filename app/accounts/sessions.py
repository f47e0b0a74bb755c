"""The session behind the cookie: which person a request comes from, and how a browser is signed in and out."""

from __future__ import annotations

from datetime import timedelta
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, Request, current_app, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts import policies, queries
from app.accounts.models import Person, SignIn
from app.accounts.services import sign_ins, throttles
from app.extensions import login_manager
from app.shared import clock, web

TOKEN = "sign_in"  # noqa: S105  a key's name
CONFIRMED_FOR = timedelta(minutes=10)
WITHOUT_SECOND_STEP = {
    "accounts.second_step", "accounts.second_step_start", "accounts.recovery_codes_renew", "accounts.confirm", "accounts.sign_out",
    "accounts.account", "accounts.sign_in_end", "accounts.passkey_new", "accounts.passkey_ask", "accounts.passkey_confirm",
}
"""What whoever has yet to set up the second step may do; and the pages that are open to anybody."""


def limits() -> dict[str, timedelta]:
    """How long a session may be idle, and how long it may last."""
    settings = current_app.config["SETTINGS"]
    return {"idle": timedelta(seconds=settings.idle_limit), "absolute": timedelta(seconds=settings.absolute_limit)}


def current_person() -> Person:
    """The signed-in person. Only in views whose policy asks for one."""
    return cast(Person, web.current_person())


def current_sign_in() -> SignIn | None:
    """The session of this request, if it is signed in."""
    return g.get("kith_sign_in") if current_user.is_authenticated else None


def begin(token: str) -> None:
    """Give this browser a session of its own, forgetting whatever it carried before."""
    session.clear()
    session[TOKEN] = token


def token() -> str | None:
    found = session.get(TOKEN)
    return found if isinstance(found, str) else None


def connect(app: Flask) -> None:
    """Let Flask-Login ask the table who is there, and note now and then that a session is in use."""
    login_manager.session_protection = None  # the table decides; nothing else goes into the cookie

    @login_manager.request_loader  # type: ignore[untyped-decorator]
    def load(request: Request) -> Person | None:
        carried = token()
        if carried is None:
            return None
        row = queries.find_sign_in(sign_ins.hash_token(carried), **limits())
        g.kith_sign_in = row
        return row.person if row is not None else None

    @app.before_request
    def ask_for_second_step() -> ResponseReturnValue | None:
        """Where it is asked of everybody, nothing else works before it is set up."""
        row = current_sign_in()
        if row is None or row.is_strong or request.endpoint is None or not app.config["SETTINGS"].requires_second_step:
            return None
        if request.endpoint in WITHOUT_SECOND_STEP or web.policy_of(request.endpoint) == "public" or not policies.must_take_second_step(row.person):
            return None
        return redirect(url_for("accounts.second_step"), 303)

    @app.before_request
    def ask_again() -> ResponseReturnValue | None:
        """Before exports and other weighty things: whoever has not shown it is them for ten minutes does so first."""
        row = current_sign_in()
        if row is None or request.endpoint is None or not web.asks_again(request.endpoint):
            return None
        if (row.confirmed_at or row.created_at) > clock.now() - CONFIRMED_FOR:
            if web.counts(request.endpoint):
                throttles.count_export(person_id=row.person_id)
            return None
        if request.method == "GET":
            return redirect(url_for("accounts.confirm", next=request.full_path.rstrip("?")), 303)
        came = urlsplit(request.referrer or "")
        flash(_("Before this, show that it is still you."), "notice")
        return redirect(url_for("accounts.confirm", next=came.path if came.netloc == request.host else "/", again=1), 303)

    @app.before_request
    def keep_alive() -> None:
        row = current_sign_in()
        if row is not None and row.last_seen_at <= clock.now() - sign_ins.SEEN_EVERY:
            sign_ins.keep_alive(sign_in_id=row.id)
