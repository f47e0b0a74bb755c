"""Kith. `create_app` wires the rooms together and decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import extensions
from app.shared import assets, doors, languages, refusals, view
from app.shared import db as database
from config import Settings

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    "audit", "accounts", "notifications", "payments", "catalogue", "children", "safeguarding", "matching", "introductions", "commissioning", "attendance",
    "billing", "interchange", "insight", "keeping",
)
"""From the floor up."""


def create_app(settings: Settings | None = None, overrides: Mapping[str, Any] | None = None) -> Flask:
    """A Kith ready to serve. Raises SettingsRefused when the environment asks for something unsafe."""
    settings = settings or Settings.from_environment()
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(settings.flask())
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = database.engine_options(settings.database_url, settings.threads)
    app.config.update(overrides or {})
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    load_models()
    database.db.init_app(app)
    database.install(app)
    extensions.migrate.init_app(app, database.db, directory=str(ROOT / "migrations"), render_as_batch=True)
    extensions.login_manager.init_app(app)
    extensions.csrf.init_app(app)
    extensions.compress.init_app(app)
    languages.register(app)
    view.register(app)
    doors.install(app)
    refusals.install(app)
    _open_rooms(app)
    if not settings.is_production:
        import_module("app.styleguide").install(app)
    app.wsgi_app = assets.StaticFiles(app.wsgi_app, ROOT / "static" / "dist")  # type: ignore[method-assign]
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app


def load_models() -> None:
    """Every table, so that keys between rooms resolve."""
    import_module("app.shared.once")
    for room in ROOMS:
        if find_spec(f"app.{room}.models"):
            import_module(f"app.{room}.models")


def _open_rooms(app: Flask) -> None:
    """Each room brings `routes.blueprint`, and may bring `wiring.connect(app)` for callbacks to the rooms above it."""
    for room in ROOMS:
        if find_spec(f"app.{room}.routes"):
            app.register_blueprint(import_module(f"app.{room}.routes").blueprint)
        if find_spec(f"app.{room}.wiring"):
            import_module(f"app.{room}.wiring").connect(app)
