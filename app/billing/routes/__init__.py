"""The pages of statements."""

from app.billing.routes import books, invoices, paying, statements
from app.billing.routes.base import blueprint

__all__ = ["blueprint", "books", "invoices", "paying", "statements"]
