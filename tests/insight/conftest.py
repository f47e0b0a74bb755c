"""A Monday in term, as for registers."""

from __future__ import annotations

from tests.attendance.conftest import club, monday

__all__ = ["club", "monday"]
