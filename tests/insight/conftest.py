"""A Monday in term, as for registers, and a club with room to grow."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.attendance.club import Club, open_club
from tests.attendance.conftest import monday

__all__ = ["club", "monday"]


@pytest.fixture
def club(app: Flask) -> Club:
    """The club with one child, Amara, and places for many."""
    club = open_club(capacity=12)
    club.join(first_name="Amara", last_name="Okafor")
    return club
