"""The room's blueprint."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("payments", __name__)
