"""What a person reads when Kith refuses, finds nothing, or breaks: each a page with a sentence, never a trace."""

from __future__ import annotations

import uuid
from typing import Any, cast

import sqlalchemy as sa
from flask import Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from app.shared.db import db
from app.shared.errors import DomainError, TooMany, where_it_broke

NOTED = {403, 404, 429}
"""Refusals that may be somebody trying doors: each is a line in the server's log."""


def note_refusal(status: int, why: str) -> None:
    """Who (an id), where (the endpoint), what: never what was typed or whose page it was."""
    person = getattr(current_user, "id", None) if current_user else None
    current_app.logger.warning("refused: %s %s, %s %s, person %s, from %s", status, why, request.method, request.endpoint, person or "-", request.remote_addr)


def install(app: Flask) -> None:
    """Every kind of refusal has its answer."""

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
        return _error_page(400, _("This page was open too long, or was sent from somewhere else. Go back, reload it and try again."), "csrf")

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        if isinstance(error.response, BaseResponse):
            return cast(Response, error.response)
        return _error_page(error.code or 500, "", "")

    @app.errorhandler(sa.exc.IntegrityError)
    def conflict(error: sa.exc.IntegrityError) -> ResponseReturnValue:
        app.logger.warning("the database refused: %s", type(error.orig).__name__)
        db.session.rollback()
        return _error_page(409, _("Somebody did the same thing a moment before you. Nothing was changed: reload and look."), "conflict")

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
