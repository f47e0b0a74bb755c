"""The pages about children, by noun."""

from app.children.routes import (
    caseload,
    child,
    circle,
    consents,
    listening,
    moving,
    one_page,
    photos,
    plan,
    plans,
    progress,
    selection,
)
from app.children.routes.blueprint import blueprint

__all__ = ["blueprint", "caseload", "child", "circle", "consents", "listening", "moving", "one_page", "photos", "plan", "plans", "progress", "selection"]
