"""The pages of commissioning, by noun."""

from app.commissioning.routes import (
    approvals,
    briefs,
    commissions,
    deciding,
    funds,
    places,
    reports,
    requests,
    settings,
    statements,
    variations,
)
from app.commissioning.routes.base import blueprint

__all__ = ["approvals", "blueprint", "briefs", "commissions", "deciding", "funds", "places", "reports", "requests", "settings", "statements", "variations"]
