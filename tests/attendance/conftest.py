"""A Monday in term; the club meets from tomorrow on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.shared import clock
from tests.attendance.club import Club, open_club
from tests.commissioning.scene import MONDAY


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.freeze(MONDAY):
        yield


@pytest.fixture
def club(app: Flask) -> Club:
    """The club with one child, Amara."""
    club = open_club(capacity=12)
    club.join(first_name="Amara", last_name="Okafor")
    return club
