"""The blueprint that every page of this room hangs on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("attendance", "app.attendance")
