"""Gives every page its menu."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_login import current_user

from app.insight import navigation
from app.shared.web import current_person


def connect(app: Flask) -> None:
    @app.context_processor
    def shell() -> dict[str, Any]:
        if not current_user or not current_user.is_authenticated:
            return {"nav": [], "me": None, "zone_is_demo": False}
        person = current_person()
        return {"nav": navigation.entries(person), "me": navigation.me(person), "zone_is_demo": navigation.is_demo(person)}
