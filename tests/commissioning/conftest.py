"""A Monday in term for every test here, and a Zone to commission in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.shared import clock
from tests.commissioning.scene import MONDAY, Scene, build


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.freeze(MONDAY):
        yield


@pytest.fixture
def scene(app: Flask) -> Scene:
    return build()
