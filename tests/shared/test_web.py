"""What every page shares: default deny, refusals as pages, headers, and a form sent twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.accounts.models import Closure, Person, Role, School, Zone
from app.shared import doors, web
from app.shared.db import Busy, db
from app.shared.errors import DomainError, Forbidden, Invalid, NotFound
from app.shared.once import OnceKey
from config import Settings
from tests import factories
from tests.support.client import StrictClient
from tests.support.databases import TEST_SECRET, Database
from tests.support.people import sign_in


@pytest.fixture
def with_routes(database: Database) -> Iterator[Callable[..., StrictClient]]:
    """`with_routes(path=view, ...)`: a client of an app that also has those pages."""
    made: list[Flask] = []

    def make(**views: Callable[[], object]) -> StrictClient:
        app = create_app(database.settings)
        for name, view in views.items():
            app.add_url_rule(f"/tests/{name}", f"tests_{name}", view)
        made.append(app)
        app.app_context().push()
        return StrictClient(app)

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


# --- who may come in -----------------------------------------------------------------------------


def test_an_endpoint_without_a_policy_is_nobodys(app: Flask, database: Database) -> None:
    def forgotten() -> str:
        return "secret"

    other = create_app(database.settings)
    other.add_url_rule("/tests/forgotten", "tests_forgotten", forgotten)
    with other.app_context():
        client = StrictClient(other)
        assert client.get("/tests/forgotten").status_code == 403
        sign_in(client, factories.make_person(Role.ZONE_MANAGER, factories.make_zone()))
        response = client.get("/tests/forgotten")
        assert response.status_code == 403 and "secret" not in response.get_data(as_text=True)
        db.session.remove()
        db.engine.dispose()


def test_out_of_sight_is_404_in_sight_without_the_power_is_403(client: StrictClient) -> None:
    zone = factories.make_zone()
    here, elsewhere = factories.make_school(zone), factories.make_school(factories.make_zone())
    sign_in(client, factories.make_person(Role.LINK_WORKER, zone))
    assert client.get(f"/schools/{here.id}").status_code == 403
    out_of_sight, not_there = client.get(f"/schools/{elsewhere.id}"), client.get(f"/schools/{uuid4()}")
    assert out_of_sight.status_code == not_there.status_code == 404


def test_an_htmx_request_after_the_session_is_led_to_sign_in_as_a_whole_page(client: StrictClient) -> None:
    response = client.get("/people", headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert response.headers["HX-Redirect"].startswith("/sign-in?next=")


def test_a_lost_post_is_not_repeated_after_signing_in(client: StrictClient) -> None:
    response = client.post("/people/new")
    assert (response.status_code, response.headers["Location"]) == (303, "/sign-in")


@pytest.mark.parametrize("target", [
    None, "", "people", "//evil.example", "https://evil.example", "/\\evil.example", "/\tevil", "/a\r\nLocation: x", "/a\\b", "javascript:alert(1)",
])
def test_one_goes_on_only_to_a_path_of_our_own(target: str | None) -> None:
    assert web.safe_next(target) is None


@pytest.mark.parametrize("target", ["/", "/people?role=funder&page=2", "/children/a-b"])
def test_a_path_of_our_own_is_gone_on_to(target: str) -> None:
    assert web.safe_next(target) == target


def test_a_host_that_is_not_ours_is_refused(database: Database) -> None:
    settings = Settings(
        environment="test", secret_key=TEST_SECRET, database_url=database.url, data_dir=database.settings.data_dir, allowed_hosts=("kith.example.org",)
    )
    app = create_app(settings)
    with app.app_context():
        client = StrictClient(app)
        assert client.get("/sign-in", headers={"Host": "kith.example.org"}).status_code == 200
        assert client.get("/sign-in", headers={"Host": "kith.example.org:8443"}).status_code == 200
        assert client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400
        db.session.remove()
        db.engine.dispose()


# --- headers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/sign-in", "/people", "/nowhere-at-all"])
def test_every_answer_carries_the_headers(client: StrictClient, path: str) -> None:
    headers = client.get(path).headers
    for name, value in doors.HEADERS.items():
        assert headers[name] == value
    assert headers["Cache-Control"] == "no-store"
    assert "HX-Request" in headers["Vary"]
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_production_asks_browsers_to_stay_with_https_and_marks_the_cookie(database: Database) -> None:
    settings = Settings(
        environment="production", secret_key=TEST_SECRET, database_url=database.url, data_dir=database.settings.data_dir,
        allowed_hosts=("localhost",), allow_sqlite=True,
    )
    app = create_app(settings)
    assert "styleguide" not in app.view_functions
    with app.app_context():
        client = StrictClient(app)
        response = client.get("/sign-in", base_url="https://localhost")
        assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        cookie = response.headers["Set-Cookie"]
        assert cookie.startswith("__Host-kith=") and "Secure" in cookie and "HttpOnly" in cookie
        db.session.remove()
        db.engine.dispose()


# --- refusals as pages ---------------------------------------------------------------------------


@pytest.mark.parametrize(("error", "status", "says"), [
    (NotFound(), 404, "We cannot find that, or it is not yours to see."),
    (Forbidden("Only the lead may."), 403, "Only the lead may."),
    (DomainError("The last place went a moment ago."), 409, "The last place went a moment ago."),
    (Invalid("That is not a day."), 409, "That is not a day."),
    (Busy(), 503, "Kith is very busy"),
])
def test_a_refusal_becomes_a_page_with_its_sentence(
    with_routes: Callable[..., StrictClient], error: DomainError, status: int, says: str
) -> None:
    @web.public
    def refuse() -> str:
        raise error

    response = with_routes(refuse=refuse).get("/tests/refuse")
    assert says in response.get_data(as_text=True)
    assert response.status_code in {status, error.status}
    assert ("Retry-After" in response.headers) is (status == 503)


def test_what_breaks_says_nothing_of_how(with_routes: Callable[..., StrictClient], caplog: pytest.LogCaptureFixture) -> None:
    @web.public
    def broken() -> str:
        raise RuntimeError(" of the ".join(("the secret", "house")))

    client = with_routes(broken=broken)
    settings = client.application.config["SETTINGS"]
    client.application.config["SETTINGS"] = replace(settings, environment="production")  # there the log does not say it either
    try:
        response = client.get("/tests/broken")
    finally:
        client.application.config["SETTINGS"] = settings
    assert "secret of the house" not in caplog.text and "RuntimeError" in caplog.text and "in broken" in caplog.text
    page = response.get_data(as_text=True)
    assert response.status_code == 500
    assert "secret of the house" not in page and "Traceback" not in page


def test_a_page_that_is_not_there_is_404(client: StrictClient) -> None:
    assert client.get("/nowhere-at-all").status_code == 404
    assert client.get("/schools/not-a-key").status_code == 404
    assert client.put("/sign-in").status_code in {404, 405}


# --- a form sent twice ---------------------------------------------------------------------------


@pytest.fixture
def school(app: Flask) -> School:
    return factories.make_school(factories.make_zone(), with_terms=False)


@pytest.fixture
def manager(school: School) -> Person:
    return factories.make_person(Role.ZONE_MANAGER, school.zone)


def closing(key: str, name: str = "Snow") -> dict[str, str]:
    return {"once": key, "name": name, "starts_on": "2026-12-01", "ends_on": "2026-12-01"}


def closures() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Closure)) or 0


def test_a_form_sent_twice_has_one_effect_and_the_same_answer(client: StrictClient, school: School, manager: Person) -> None:
    sign_in(client, manager)
    url = f"/schools/{school.id}/closures/new"
    answers = [client.post(url, data=closing("k1")) for _ in range(3)]
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {(303, f"/schools/{school.id}")}
    assert closures() == 1
    client.post(url, data=closing("k2"))
    assert closures() == 2


def test_a_form_sent_twice_leads_to_what_the_first_one_made(client: StrictClient, school: School, manager: Person) -> None:
    sign_in(client, manager)
    typed = {"once": "k1", "name": "Kingsway", "postcode": "W3 7DD"}
    first, second = client.post("/schools/new", data=typed), client.post("/schools/new", data=typed)
    assert first.headers["Location"] == second.headers["Location"] != f"/schools/{school.id}"


def test_a_refused_form_can_be_put_right_and_sent_with_the_same_key(client: StrictClient, school: School, manager: Person) -> None:
    sign_in(client, manager)
    url = f"/schools/{school.id}/closures/new"
    assert client.post(url, data={**closing("k1"), "ends_on": "2026-11-01"}).status_code == 422
    assert client.post(url, data=closing("k1")).status_code == 303
    assert closures() == 1


def test_one_persons_key_is_nothing_to_another(client: StrictClient, school: School, manager: Person) -> None:
    second = factories.make_person(Role.ZONE_MANAGER, db.session.get_one(Zone, school.zone_id))
    for person in (manager, second):
        sign_in(client, person)
        client.post(f"/schools/{school.id}/closures/new", data=closing("k1"))
    assert closures() == 2


def test_a_form_sent_twice_at_the_same_moment_has_one_effect(app: Flask, school: School, manager: Person) -> None:
    school_id, manager_id = school.id, manager.id

    def send(client: StrictClient) -> int:
        with app.app_context():
            return client.post(f"/schools/{school_id}/closures/new", data=closing("k1")).status_code

    clients = [StrictClient(app) for _ in range(4)]
    for client in clients:
        sign_in(client, db.session.get_one(Person, manager_id))
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(send, clients)) == [303] * 4
    assert closures() == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OnceKey)) == 1


def test_what_a_form_or_a_verb_refuses_is_in_the_log_without_what_was_typed(client: StrictClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING")
    zone = factories.make_zone()
    manager = factories.make_person(Role.ZONE_MANAGER, zone)
    sign_in(client, manager)
    person_id, email = manager.id, manager.email
    client.post(f"/people/new?role=budget_holder&zone={zone.slug}", data={"name": "Zed Canary", "email": "no address"})
    client.post(f"/people/new?role=budget_holder&zone={zone.slug}", data={"name": "Zed Canary", "email": email})
    lines = [record.getMessage() for record in caplog.records if record.getMessage().startswith("refused: 422")]
    assert lines == [
        f"refused: 422 form PersonForm: email, POST accounts.person_new, person {person_id}, from 127.0.0.1",
        f"refused: 422 already_here, POST accounts.person_new, person {person_id}, from 127.0.0.1",
    ]
    assert "Canary" not in caplog.text and email not in caplog.text
