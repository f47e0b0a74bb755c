"""The pages of payments."""

from app.payments.routes import payees, runs, settings, stripe, taking
from app.payments.routes.base import blueprint

__all__ = ["blueprint", "payees", "runs", "settings", "stripe", "taking"]
