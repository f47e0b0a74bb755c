"""The pages of payments."""

from app.payments.routes import invoices, payees, refunds, runs, settings, stripe, taking
from app.payments.routes.base import blueprint

__all__ = ["blueprint", "invoices", "payees", "refunds", "runs", "settings", "stripe", "taking"]
