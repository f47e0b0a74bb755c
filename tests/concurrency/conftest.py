"""A Monday in term, as in tests/commissioning, and a Zone to race in."""

from __future__ import annotations

from tests.commissioning.conftest import monday, scene

__all__ = ["monday", "scene"]
