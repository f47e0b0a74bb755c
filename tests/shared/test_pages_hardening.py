"""What a hostile browser, proxy or address tries, each once: the answer stands beside the attempt."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.accounts.models import Role, SignIn
from app.shared.db import db
from config import Settings
from tests import factories
from tests.support.client import StrictClient
from tests.support.databases import TEST_SECRET, Database
from tests.support.people import sign_in

NEVER_SERVED = ("/.git/config", "/.env", "/config.py", "/metrics", "/openapi.json", "/console", "/static/../config.py", "/static/%2e%2e/config.py", "/static/")


def test_behind_one_proxy_in_production(database: Database) -> None:
    """Cookies, HTTPS, hosts and addresses as they are served in earnest; what a browser makes up of them counts for nothing."""
    settings = Settings(
        environment="production", secret_key=TEST_SECRET, database_url=database.url, data_dir=database.settings.data_dir,
        allowed_hosts=("kith.example",), allow_sqlite=True, trusted_proxies=1,
    )
    app = create_app(settings)
    with app.app_context():
        person = factories.make_person(Role.ZONE_MANAGER, factories.make_zone())
        client = StrictClient(app)
        proxied = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "kith.example"}
        page = client.get("/sign-in", headers={**proxied, "Host": "inside:8000"})
        assert page.status_code == 200
        assert client.get("/sign-in", headers={**proxied, "X-Forwarded-Host": "evil.example"}).status_code == 400
        cookie = page.headers["Set-Cookie"]
        assert cookie.startswith("__Host-kith=") and all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
        assert "Domain" not in cookie
        again = client.get("/sign-in", base_url="https://kith.example", headers=proxied)
        typed = {
            "email": person.email, "password": factories.PASSWORD,
            "csrf_token": re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', again.get_data(as_text=True))[0],
        }
        forged = client.post("/sign-in", base_url="https://kith.example", headers=proxied | {"Referer": "https://evil.example/"}, data=typed, csrf=False)
        assert forged.status_code == 400, "a form sent from another site, even with the token"
        answer = client.post("/sign-in", base_url="https://kith.example", headers=proxied | {"Referer": "https://kith.example/sign-in"}, data=typed, csrf=False)
        assert answer.status_code == 303
        assert db.session.scalars(sa.select(SignIn.address)).one() == "203.0.113.9", "the address is the proxy's word, not the browser's"
        db.session.remove()
        db.engine.dispose()


def test_each_attempt_has_its_answer(client: StrictClient, app: Flask) -> None:
    client.reviews = False
    person = factories.make_person(Role.ZONE_MANAGER, factories.make_zone())
    for path in NEVER_SERVED:
        assert client.get(path).status_code in (303, 404), path
    for target in ("//evil.example", "https:evil.example", "/\\evil.example", "/%0d%0aSet-Cookie:%20x=1", "javascript:alert(1)", "/\r\nX: y"):
        with client.session_transaction() as session:
            session.clear()
        answer = client.post("/sign-in", query_string={"next": target}, data={"email": person.email, "password": factories.PASSWORD})
        where = answer.headers["Location"]
        assert where.startswith("/") and not where.startswith(("//", "/\\")) and "\n" not in where, target
        assert "x=1" not in str(answer.headers.getlist("Set-Cookie")), target
    sign_in(client, person)
    for method, path, data, expected in (
        ("TRACE", "/", {}, 405), ("PUT", "/people/new", {}, 405), ("DELETE", "/zone", {}, 405),
        ("POST", "/people/new", {"name": "x" * 2_000_000}, 413),
        ("GET", "/people?q=%00", {}, 400), ("GET", "/people?page=99999999999999999999", {}, 400), ("GET", "/people?page=-1", {}, 200),
        ("GET", "/people?q=%25%27%22%3Cscript%3E", {}, 200), ("GET", "/people/../../etc/passwd", {}, 404),
    ):
        answer = client.open(path, method=method, data=data)
        shown = 404 if answer.status_code == 405 and expected == 405 else answer.status_code
        assert shown in (expected, 404 if expected == 405 else expected), (method, path, answer.status_code)
        assert "<script>" not in answer.get_data(as_text=True).replace("<script src", ""), path
        assert "Traceback" not in answer.get_data(as_text=True), path
    assert client.get("/account").headers["Cache-Control"] == "no-store"
