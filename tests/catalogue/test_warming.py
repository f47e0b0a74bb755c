"""What a process reads once is read before anybody waits for it, and only where a Zone is large."""

from __future__ import annotations

import gc
import logging

import pytest
from flask import Flask

from app.catalogue.search import places_now, views, warming
from tests import factories


@pytest.fixture(autouse=True)
def collected() -> object:
    yield
    gc.unfreeze()
    views.forget()


def test_a_large_zone_is_opened_and_kept_out_of_the_collectors_way(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "LEAST", 3)
    large, small = factories.make_zone(), factories.make_zone()
    for zone, many in ((large, 3), (small, 2)):
        organisation = factories.make_organisation(zone)
        for _ in range(many):
            factories.make_offering(organisation)
    assert views.large_zones() == {large.id: 3}
    assert views.write(large.id) is not None
    views.forget()
    gc.unfreeze()
    warming.read_once()
    assert set(views._bases) == set(places_now._places) == {large.id}
    assert gc.get_freeze_count() > 0


def test_nothing_is_read_where_no_zone_is_large(app: Flask) -> None:
    factories.make_offering(factories.make_organisation(factories.make_zone()))
    gc.unfreeze()
    warming.read_once()
    assert (views._bases, gc.get_freeze_count()) == ({}, 0)


def test_a_start_beside_a_database_without_tables_goes_on(tmp_path: object, caplog: pytest.LogCaptureFixture) -> None:
    from app import create_app
    from config import Settings

    with caplog.at_level(logging.WARNING):
        warming.begin(create_app(Settings.from_environment({"KITH_DATA_DIR": str(tmp_path)}))).join()
    assert "nothing was read beforehand" in caplog.text
