"""The pages of statements."""

from app.billing.routes import paying, statements
from app.billing.routes.base import blueprint

__all__ = ["blueprint", "paying", "statements"]
