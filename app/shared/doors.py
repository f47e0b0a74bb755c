"""What every request passes before a route sees it, and what every answer carries: hosts, sizes, default deny, security headers."""

from __future__ import annotations

from flask import Flask, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.shared.errors import Forbidden
from app.shared.web import is_htmx, policy_of

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


def install(app: Flask) -> None:
    """Default deny, limits and headers."""

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
            raise Forbidden(_("This page has no policy, so nobody may see it."))
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
