"""A Monday in term."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.shared import clock
from tests.commissioning.scene import MONDAY


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.freeze(MONDAY):
        yield
