"""A Monday in term; an office that pays over Stripe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.shared import clock
from tests.commissioning.scene import MONDAY
from tests.payments.shop import Shop, open_shop


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.freeze(MONDAY):
        yield


@pytest.fixture
def shop(app: Flask) -> Iterator[Shop]:
    with open_shop(app) as shop:
        yield shop
