"""The test client as a strict reviewer of every answer."""

from __future__ import annotations

import os
import re
from contextlib import nullcontext
from hashlib import blake2b
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask, template_rendered
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from jinja2 import Template
from werkzeug.test import TestResponse

from app.extensions import db

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
KEEP = os.environ.get("KITH_KEEP_PAGES")
"""A folder in which each page template's first page is kept, for tests.browser.look_over --kept to open in a browser."""


class StrictClient(FlaskClient):
    """Fails on invalid HTML, a double id, inline script or style, a POST form without its CSRF token, and on changes that a
    request left uncommitted. Sends the CSRF token by itself; `csrf=False` leaves it out.

    The test's own session is rolled back around each request, so that both see what is really in the database.
    """

    reviews = True  # a walk over hundreds of refusals looks at each answer's status alone

    def __init__(self, app: Flask) -> None:
        super().__init__(app, app.response_class, use_cookies=True)

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        assert not (db.session.new or db.session.dirty or db.session.deleted), "the test has changes it did not commit"
        db.session.rollback()
        if csrf and kwargs.get("method", "GET").upper() not in SAFE_METHODS:
            kwargs["headers"] = {**dict(kwargs.get("headers") or {}), "X-CSRFToken": self.csrf_token()}
        noting = template_rendered.connected_to(_note, self.application) if KEEP else nullcontext()
        with self.application.app_context(), noting:  # a `g` and a database session of the request's own, as in production
            response = super().open(*args, **kwargs)
        db.session.rollback()
        if KEEP and response.mimetype == "text/html":
            keep(Path(KEEP), response)
        if self.reviews and response.mimetype == "text/html" and response.data:
            review(response.get_data(as_text=True), response.request.path)
        return response

    def csrf_token(self) -> str:
        """The token that this session's forms would carry."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", uuid4().hex)
        secret = self.application.config.get("WTF_CSRF_SECRET_KEY", self.application.secret_key)
        signed = URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(raw)
        return signed if isinstance(signed, str) else signed.decode()


_rendered: list[str] = []


def _note(sender: Flask, template: Template, **context: object) -> None:
    _rendered.append(template.name or "")


def keep(folder: Path, response: TestResponse) -> None:
    """The first page of each template as it was answered: its path in the first line, then the policy it came with."""
    if not _rendered:
        return
    page = folder / _rendered[-1].replace("/", "+")
    _rendered.clear()
    if not page.exists():
        folder.mkdir(parents=True, exist_ok=True)
        page.write_text(f"{response.request.path}\n{response.headers['Content-Security-Policy']}\n{response.get_data(as_text=True)}")


_sound: set[bytes] = set()
"""Shapes of pages that were read and are sound."""

_WORDS = re.compile(r"(?<=>)[^<>&\x00-\x08\x0b-\x1f\x7f-\x9f]+(?=<)")
_GIVEN = re.compile(r"(\s[a-z][a-z0-9-]*)=\"([^\"&\x00-\x08\x0b-\x1f\x7f-\x9f]+)\"")
_TELLING = frozenset({"type", "method", "name"})
"""Attributes whose value says whether a page is sound; of all others it matters only that they are there, and not empty."""
_ID = re.compile(r"\sid=(\"[^\"]*\"|.)", re.IGNORECASE)


def shape_of(html: str) -> str:
    """The page without its words and values: two pages of one shape are sound together, but for a double id."""
    html = _WORDS.sub(lambda words: " " if words[0].isspace() else "x", html)
    return _GIVEN.sub(lambda given: given[0] if given[1].strip() in _TELLING else given[1] + '="x"', html)


def review(html: str, where: str) -> None:
    """Raise AssertionError naming everything that is wrong with a page.

    To parse a page takes longer than to make some: one whose shape was read before in this process is only looked through for double ids.
    """
    shape, ids = blake2b(shape_of(html).encode(), digest_size=16).digest(), _ID.findall(html)
    if shape in _sound and len(set(ids)) == len(ids) and all(len(one) > 1 for one in ids):
        return
    _read(html, where)
    _sound.add(shape)


def _read(html: str, where: str) -> None:
    # A fragment for htmx has no doctype and is parsed as what it becomes: part of a page.
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    is_page = html.lstrip()[:9].lower() == "<!doctype"
    page = parser.parse(html) if is_page else parser.parseFragment(html)
    faults = [f"line {position[0]}: {code} {details}" for position, code, details in parser.errors]
    ids: set[str] = set()
    for element in page.iter():
        if isinstance(element.tag, str):  # a comment's is not
            faults += _faults_of(element, ids)
    assert not faults, f"{where}: " + "; ".join(dict.fromkeys(faults))


def _faults_of(element: Element, ids: set[str]) -> list[str]:
    """What is wrong with one element, given the ids before it."""
    faults = []
    tag, given = element.tag, element.attrib
    if (name := given.get("id")) is not None:
        if name in ids:
            faults.append(f"id {name!r} twice")
        ids.add(name)
    if "style" in given or tag == "style":
        faults.append(f"inline style on <{tag}>")
    faults += [f"inline handler {name}" for name in given if isinstance(name, str) and name.startswith("on")]
    if tag == "script" and "src" not in given and given.get("type") != "application/json":
        faults.append("inline script")
    if tag == "form" and given.get("method", "get").lower() == "post" and not any(
        field.get("name") == "csrf_token" and field.get("value") for field in element.iter("input")
    ):
        faults.append(f"form {given.get('action')} has no CSRF token")
    return faults
