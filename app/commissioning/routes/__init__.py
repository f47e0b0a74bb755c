"""The pages of commissioning, by noun."""

from app.commissioning.routes.base import blueprint

__all__ = ["blueprint"]
