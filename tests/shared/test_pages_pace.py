"""How often one may ask: a plain page and Retry-After, for a person or a place, counted in the database for all processes together."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.accounts.models import Role, Throttle
from app.accounts.services import throttles
from app.shared import clock
from app.shared.db import db
from tests import factories
from tests.support.client import StrictClient
from tests.support.people import sign_in

PACE = 40


@pytest.fixture
def slow(app: Flask) -> Iterator[Flask]:
    """Forty requests a minute; the other limits shrink with it."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, requests_a_minute=PACE)
    yield app
    app.config["SETTINGS"] = before


def test_a_person_or_a_place_that_asks_too_often_waits_and_nobody_else(client: StrictClient, slow: Flask) -> None:
    start = clock.now()
    client.reviews = False
    person, other = (factories.make_person(Role.LINK_WORKER, factories.make_zone()) for _ in range(2))
    with clock.freeze(start):
        client.environ_base["REMOTE_ADDR"] = "203.0.113.50"
        asked = [client.get("/help").status_code for _ in range(PACE + 5)]
        assert asked == [200] * asked.index(429) + [429] * (len(asked) - asked.index(429))
        assert PACE * 0.9 <= asked.index(429) <= PACE * 1.1
        told = client.get("/help")
        assert 1 <= int(told.headers["Retry-After"]) <= 61 and "A little too fast" in told.get_data(as_text=True)
        client.environ_base["REMOTE_ADDR"] = "203.0.113.51"
        sign_in(client, person)
        assert 429 in [client.get("/help").status_code for _ in range(PACE + 5)]
        sign_in(client, other)
        assert client.get("/help").status_code == 200, "somebody else at the same place"
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Throttle).where(Throttle.key.like("pace:all:%"))) >= 2  # type: ignore[operator]
    with clock.freeze(start + timedelta(seconds=61)):
        sign_in(client, person)
        assert client.get("/help").status_code == 200, "a minute later"


def test_processes_count_together(client: StrictClient, slow: Flask) -> None:
    """Two apps on one database stand for two processes: together they give what one alone may, and a tenth for each."""
    with clock.freeze(clock.now()):
        second = create_app(replace(slow.config["SETTINGS"]))
        with second.app_context():
            two = StrictClient(second)
            codes = []
            for _ in range(PACE):
                for one in (client, two):
                    one.reviews = False
                    one.environ_base["REMOTE_ADDR"] = "203.0.113.60"
                    codes.append(one.get("/help").status_code)
            assert codes.count(200) <= PACE * 1.3
            db.session.remove()
            db.engine.dispose()


def test_files_links_and_webhooks_have_limits_of_their_own(client: StrictClient, slow: Flask) -> None:
    client.reviews = False
    with clock.freeze(clock.now()):
        for last, (path, limit) in enumerate((("/answer/made-up", 8), ("/choose-password/made-up", 8), ("/sign-in/passkey/ask", 26), ("/stripe/webhook", 26))):
            client.environ_base["REMOTE_ADDR"] = f"203.0.113.{70 + last}"
            send = client.get if path.endswith("made-up") else client.post
            codes = [send(path).status_code for _ in range(limit + 1)]
            assert 429 not in codes[:limit] and codes[limit] == 429, path
        manager = factories.make_person(Role.ZONE_MANAGER, factories.make_zone())
        client.environ_base["REMOTE_ADDR"] = "203.0.113.99"
        sign_in(client, manager)
        school = factories.make_school(manager.grants[0].zone)
        codes = []
        for _ in range(17):
            codes.append(client.post(f"/schools/{school.id}/days/import", data={"file": (io.BytesIO(b"x"), "x.csv")}, content_type="multipart/form-data").status_code)
        assert codes[:16] == [422] * 16 and codes[16] == 429, "sixteen files an hour at this pace"


def test_a_count_is_kept_as_long_as_its_window(client: StrictClient, slow: Flask) -> None:
    """Files of children's data are counted by the hour: the sweep of old counters leaves them alone."""
    start, person_id = clock.now(), factories.make_person(Role.LINK_WORKER, factories.make_zone()).id
    with clock.freeze(start):
        for _ in range(throttles.EXPORTS):
            throttles.count_export(person_id=person_id)
    with clock.freeze(start + timedelta(minutes=45)):
        throttles.forget_old_tries()
        with pytest.raises(throttles.TooManyFiles) as refusal:
            throttles.count_export(person_id=person_id)
        assert 0 < refusal.value.wait <= 15 * 60 + 1
    with clock.freeze(start + timedelta(hours=4)):
        throttles.forget_old_tries()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Throttle)) == 0
