from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app.introductions import hooks
from tests.introductions.world import World, make_world


@pytest.fixture
def world(app: Flask) -> World:
    return make_world()


@pytest.fixture
def above() -> Iterator[Any]:
    """What the rooms above answer and hear, for one test: an empty registry, put back afterwards."""
    before = hooks._registry
    hooks._registry = hooks._Registry()
    yield hooks._registry
    hooks._registry = before
