"""Insight's pages are for anybody signed in; what stands on them is narrowed by role in queries."""

from typing import Any

from app.shared.web import signed_in

__all__ = ["has_a_role", "signed_in"]


def has_a_role(person: Any) -> bool:
    """Holds a role that is in force: whoever has none has nothing to look up."""
    return bool(person.is_authenticated and person.live_grants)
