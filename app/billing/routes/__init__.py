"""The pages of statements."""

from app.billing.routes import books, paying, statements
from app.billing.routes.base import blueprint

__all__ = ["blueprint", "books", "paying", "statements"]
