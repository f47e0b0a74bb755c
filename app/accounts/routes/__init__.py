"""The pages of accounts, by noun."""

from app.accounts.routes import sign_ins
from app.accounts.routes.blueprint import blueprint

__all__ = ["blueprint", "sign_ins"]
