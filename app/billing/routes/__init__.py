"""The pages of statements."""

from app.billing.routes import statements
from app.billing.routes.base import blueprint

__all__ = ["blueprint", "statements"]
