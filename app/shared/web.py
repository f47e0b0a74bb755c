"""What every page shares: default deny, refusals as pages, security headers, submitting a form to a service.

A route reads: `@allow(policy, child=loader)` permits, `submit(form, verb)` or `act(verb, back)` calls one service, the route answers.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from flask import Flask, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from app.shared.db import Base, Row, atomic, db
from app.shared.errors import DomainError, Forbidden, NotFound, TooMany, where_it_broke
from app.shared.forms import KithForm
from app.shared.once import OnceKey

T = TypeVar("T")
View = Callable[..., ResponseReturnValue]

CSP = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'", "connect-src 'self'",
    "manifest-src 'self'", "worker-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
))
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), display-capture=(), browsing-topics=()",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-Frame-Options": "DENY",
}


def public(view: View) -> View:
    """This page is for anybody, signed in or not."""
    view.kith_policy = "public"  # type: ignore[attr-defined]
    return view


def allow(policy: Callable[..., bool], **loaders: Callable[..., Any]) -> Callable[[View], View]:
    """Declare who may use an endpoint.

    Each `name=loader` takes the URL's `<name>_id` and calls `loader(id, person)`, which raises NotFound outside the person's
    sight. Then `policy(person, *loaded)` must say yes, else 403. The view gets the loaded things by name.
    """

    def declare(view: View) -> View:
        @functools.wraps(view)
        def guarded(**kwargs: Any) -> ResponseReturnValue:
            person = current_person()
            loaded = {name: loader(kwargs.pop(f"{name}_id"), person) for name, loader in loaders.items()}
            if not policy(person, *loaded.values()):
                raise Forbidden
            return view(**loaded, **kwargs)

        guarded.kith_policy = policy.__name__  # type: ignore[attr-defined]
        # What decides, for the matrix in tests/architecture.
        guarded.kith_guard = (policy, tuple(loaders.items()))  # type: ignore[attr-defined]
        return guarded

    return declare


def confirm_first(view: View) -> View:
    """Weighty: whoever has not shown for ten minutes that it is them is asked again before this runs. Stands under `@allow(...)`."""
    view.kith_asks_again = True  # type: ignore[attr-defined]
    return view


def exporting(view: View) -> View:
    """Hands out children's data as a file: asked again like `confirm_first`, and only so many in an hour."""
    view.kith_counts = True  # type: ignore[attr-defined]
    return confirm_first(view)


def paced(name: str, times: int, minutes: int) -> Callable[[View], View]:
    """Only so many times in so many minutes for one person, or for one place where nobody is signed in (accounts/pacing.py)."""

    def declare(view: View) -> View:
        view.kith_pace = (name, times, minutes)  # type: ignore[attr-defined]
        return view

    return declare


def pace_of(endpoint: str) -> tuple[str, int, int] | None:
    return getattr(current_app.view_functions[endpoint], "kith_pace", None)


def counts(endpoint: str) -> bool:
    return bool(getattr(current_app.view_functions[endpoint], "kith_counts", False))


def asks_again(endpoint: str) -> bool:
    return bool(getattr(current_app.view_functions[endpoint], "kith_asks_again", False))


def policy_of(endpoint: str) -> str | None:
    """The name of the endpoint's policy, "public", or None where none was declared."""
    return getattr(current_app.view_functions[endpoint], "kith_policy", None)


def signed_in(person: Any) -> bool:
    """The policy of pages that any signed-in person has."""
    return bool(person.is_authenticated)


def submit(form: KithForm, verb: Callable[[], T], *, first: Callable[[], object] | None = None) -> T | None:
    """Validate the form and run the verb once for this form key; None means: show the form again, 422.

    A refusal lands on the form, what was typed stays. A form sent twice runs the verb once and gets the first answer again.
    NotFound and Forbidden pass through. `first` only reads, before the verb waits for its turn to write: what it refuses costs nobody a turn.
    """
    if not form.validate_on_submit():
        return None
    key = (form.once.data or "")[:64]
    try:
        if first is not None:
            first()
        return _once(key, verb)
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        form.refuse(refusal)
        return None


def _once(key: str, verb: Callable[[], T]) -> T:
    if not key or not current_user.is_authenticated:
        with atomic():
            return verb()
    actor_id = current_user.id
    try:
        with atomic():
            earlier = db.session.get(OnceKey, (actor_id, key))
            if earlier is not None:
                return cast(T, _first_result(earlier))
            used = OnceKey(actor_id=actor_id, key=key)
            db.session.add(used)
            db.session.flush()
            result = verb()
            if isinstance(result, Row):
                db.session.flush()
                used.result_table, used.result_id = result.__tablename__, result.id
            return result
    except sa.exc.IntegrityError as error:
        if "once_key" not in str(error.orig):
            raise
        earlier = db.session.get(OnceKey, (actor_id, key))
        if earlier is None:
            raise
        return cast(T, _first_result(earlier))


def _first_result(earlier: OnceKey) -> object:
    if earlier.result_id is None:
        return True
    for mapper in Base.registry.mappers:
        if mapper.local_table.name == earlier.result_table:  # type: ignore[attr-defined]
            return db.session.get(mapper.class_, earlier.result_id)
    return True


def act(verb: Callable[[], object], back: str, *, done: str = "") -> ResponseReturnValue:
    """A one-button POST: run the verb, say what happened, go back (303). A refusal is said in the same place."""
    try:
        with atomic():
            verb()
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        flash(refusal.sentence, "refused")
    else:
        if done:
            flash(done, "success")
    return redirect(back, 303)


def current_person() -> Any:
    """The signed-in Person (typed in accounts.sessions for those who need it)."""
    return current_user._get_current_object()  # noqa: SLF001  the way Flask-Login documents


NOTED = {403, 404, 429}
"""Refusals that may be somebody trying doors: each is a line in the server's log."""


def note_refusal(status: int, why: str) -> None:
    """Who (an id), where (the endpoint), what: never what was typed or whose page it was."""
    person = getattr(current_user, "id", None) if current_user else None
    current_app.logger.warning("refused: %s %s, %s %s, person %s, from %s", status, why, request.method, request.endpoint, person or "-", request.remote_addr)


def is_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"


def safe_next(target: str | None) -> str | None:
    """A path of our own to go on to, or None: never another host."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or any(c in target for c in "\r\n\t\\"):
        return None
    return target


def install(app: Flask) -> None:
    """Default deny, handlers and headers."""

    @app.before_request
    def check_host() -> None:
        allowed = app.config["SETTINGS"].allowed_hosts
        if allowed and request.host.rsplit(":", 1)[0] not in allowed and request.host not in allowed:
            abort(400, "This address is not one of Kith's.")

    @app.before_request
    def refuse_long_forms() -> None:
        """Werkzeug measures the fields of a form with files; one without is read whole, up to the size of the largest upload."""
        is_plain = request.mimetype == "application/x-www-form-urlencoded"
        if is_plain and (request.content_length or 0) > app.config["MAX_FORM_MEMORY_SIZE"]:
            abort(413)

    @app.before_request
    def refuse_nul() -> None:
        """No person types a NUL, and PostgreSQL stores none."""
        values = (value for source in (request.args, request.form) for _, several in source.lists() for value in several)
        if "\x00" in request.path or any("\x00" in value for value in values):
            abort(400)

    @app.before_request
    def default_deny() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        policy = policy_of(request.endpoint)
        if policy is None:
            raise Forbidden("This page has no policy, so nobody may see it.")
        if policy == "public" or current_user.is_authenticated:
            return None
        sign_in = url_for("accounts.sign_in", next=request.full_path.rstrip("?") if request.method == "GET" else None)
        if is_htmx():
            return Response(status=204, headers={"HX-Redirect": sign_in})
        return redirect(sign_in, 303)

    @app.after_request
    def harden(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if app.config["SETTINGS"].is_production:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.add("Vary", "HX-Request")
        return response

    @app.errorhandler(DomainError)
    def refused(refusal: DomainError) -> ResponseReturnValue:
        if refusal.status in NOTED:
            note_refusal(refusal.status, refusal.code)
        answer = app.make_response(_error_page(refusal.status, refusal.sentence, refusal.code))
        if isinstance(refusal, TooMany):
            answer.headers["Retry-After"] = str(refusal.wait)
            answer.headers["HX-Reswap"] = "none"  # a list that was being typed for stays as it is
        return answer

    @app.errorhandler(CSRFError)
    def forged(error: CSRFError) -> ResponseReturnValue:
        note_refusal(400, "csrf")
        return _error_page(400, "This page was open too long, or was sent from somewhere else. Go back, reload it and try again.", "csrf")

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        if isinstance(error.response, BaseResponse):
            return cast(Response, error.response)
        return _error_page(error.code or 500, "", "")

    @app.errorhandler(sa.exc.IntegrityError)
    def conflict(error: sa.exc.IntegrityError) -> ResponseReturnValue:
        app.logger.warning("the database refused: %s", type(error.orig).__name__)
        db.session.rollback()
        return _error_page(409, "Somebody did the same thing a moment before you. Nothing was changed: reload and look.", "conflict")

    @app.errorhandler(OverflowError)
    @app.errorhandler(sa.exc.DataError)
    def too_large(error: Exception) -> ResponseReturnValue:
        """A number in an address or a form that no database holds."""
        app.logger.warning("a value that cannot be kept: %s", type(error).__name__)
        db.session.rollback()
        return _error_page(400, "", "cannot_be_kept")

    def log_exception(exc_info: Any) -> None:
        """In production without the error's text, which may quote what somebody wrote."""
        if app.config["SETTINGS"].is_production:
            app.logger.error("broke: %s %s\nTraceback (most recent call last):\n%s", request.method, request.endpoint, where_it_broke(exc_info[1]))
        else:
            Flask.log_exception(app, exc_info)

    app.log_exception = log_exception  # type: ignore[method-assign]

    @app.errorhandler(500)
    def broken(error: Exception) -> ResponseReturnValue:
        db.session.rollback()
        return _error_page(500, "", "broken")


def _error_page(status: int, sentence: str, code: str) -> ResponseReturnValue:
    known = {400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503}
    page = {405: 404, 422: 409}.get(status, status) if status in known else (500 if status >= 500 else 400)
    html = render_template(f"errors/{page}.html", sentence=sentence, code=code, status=status, reference=uuid.uuid4().hex[:8])
    response = current_app.make_response((html, status))
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response
