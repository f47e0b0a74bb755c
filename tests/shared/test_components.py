"""Every component on one page, read by the strict reviewer; and the frame that stands around all pages."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from bs4 import BeautifulSoup
from flask import Flask, flash, render_template
from flask_wtf import CSRFProtect
from werkzeug.datastructures import MultiDict

from app.shared import languages, view
from app.shared.forms import KithForm
from app.styleguide import DATA, EveryField
from config import ROOT
from tests.support.client import review


@pytest.fixture(scope="module")
def app() -> Flask:
    """The frame and the components alone: no rooms, no database, only the addresses the frame links to."""
    alone = Flask("app", root_path=str(ROOT / "app"), template_folder=str(ROOT / "templates"), static_folder=None)
    alone.config.update(SECRET_KEY="for these tests", KITH_CHARITY_NAME="A made-up charity")
    CSRFProtect(alone)
    languages.register(alone)
    view.register(alone)
    alone.add_url_rule("/", "home", lambda: "", methods=["GET", "POST"])
    for name in ("accounts.account", "accounts.sign_in", "accounts.sign_out", "insight.accessibility", "insight.privacy", "insight.help", "safeguarding.concern_new"):
        alone.add_url_rule(f"/{name}", name, lambda: "", methods=["GET", "POST"])
    return alone


@dataclass(frozen=True)
class Entry:
    label: str
    icon: str = "users"
    href: str = "/"
    endpoint: str = ""
    current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Me:
    initials: str = "JP"
    name: str = "Joanne Price"
    role_line: str = "Link Worker, St Aldhelm’s"
    may_raise_concern: bool = True


def page(app: Flask, form: KithForm | None = None, nav: int = 4, **context: object) -> BeautifulSoup:
    menu = [Entry(f"Entry {i}", current=i == nav, count=2 if i == nav else None) for i in range(1, nav + 1)]
    shown = {"nav": menu, "me": Me(), "zone_is_demo": True, **context}
    html = render_template("styleguide.html", form=form or EveryField(), **DATA, **shown)
    review(html, "styleguide")
    return BeautifulSoup(html, "html.parser")


@pytest.fixture
def typed() -> MultiDict[str, str]:
    return MultiDict({"name": "", "words": "I <3 drums", "price": "twelve", "school": "a", "days": "tue"})


def test_every_component_is_valid_html_without_inline_style_or_script(app: Flask) -> None:
    with app.test_request_context("/"):
        assert page(app).find("h1")


def test_what_was_typed_is_kept_beside_its_error(app: Flask, typed: MultiDict[str, str]) -> None:
    with app.test_request_context("/", method="POST", data=typed):
        form = EveryField()
        form.validate()
        shown = page(app, form)
    assert shown.find("textarea", id="words").text.strip() == "I <3 drums"
    assert shown.find("input", id="price")["value"] == "twelve"
    assert shown.find("input", id="days-0").has_attr("checked")


def test_every_error_is_tied_to_its_field_and_linked_from_the_top(app: Flask, typed: MultiDict[str, str]) -> None:
    with app.test_request_context("/", method="POST", data=typed):
        form = EveryField()
        form.validate()
        shown = page(app, form)
    links = [link["href"] for link in shown.select(".govuk-error-summary a")]
    assert links == ["#name", "#price", "#places", "#said_on", "#view-0"]
    assert all(shown.find(id=link[1:]) for link in links)
    box = shown.find("input", id="name")
    assert box["aria-invalid"] == "true"
    assert set(box["aria-describedby"].split()) == {"name-hint", "name-error"}
    assert "Type the first name." in shown.find(id="name-error").text


def test_every_describedby_points_at_something(app: Flask) -> None:
    with app.test_request_context("/"):
        shown = page(app)
    named = [name for element in shown.select("[aria-describedby]") for name in element["aria-describedby"].split()]
    assert named
    assert all(shown.find(id=name) for name in named)


def test_pounds_and_numbers_bring_up_the_right_keyboard(app: Flask) -> None:
    with app.test_request_context("/"):
        shown = page(app)
    assert shown.find("input", id="price")["inputmode"] == "decimal"
    assert shown.find("input", id="places")["inputmode"] == "numeric"
    assert shown.find("input", id="said_on")["type"] == "date"


def test_a_disabled_action_says_why(app: Flask) -> None:
    with app.test_request_context("/"):
        shown = page(app)
    disabled = shown.select('[aria-disabled="true"]')
    assert disabled
    assert all(button.find_parent(class_="cannot").find(class_="cannot__why").text.strip() for button in disabled)


@pytest.mark.parametrize(("entries", "bar", "more"), [(4, 4, 0), (6, 6, 2), (11, 5, 7)])
def test_a_long_menu_keeps_the_rest_under_more(app: Flask, entries: int, bar: int, more: int) -> None:
    with app.test_request_context("/"):
        shown = page(app, nav=entries)
    assert len(shown.select("nav.nav > ul > li:not(.nav__more)")) == bar
    assert len(shown.select(".nav__more li")) == more
    assert shown.select('nav.nav [aria-current="page"]')


def test_the_frame_stands_without_anybody_signed_in(app: Flask) -> None:
    for status in (400, 401, 403, 404, 409, 413, 429, 500, 503):
        with app.test_request_context("/"):
            html = render_template(f"errors/{status}.html", me=None, nav=[])
            review(html, str(status))
            shown = BeautifulSoup(html, "html.parser")
            assert shown.find("h1").text
            assert not shown.select("nav.nav")


def test_a_refusals_own_sentence_is_shown_in_place_of_the_general_one(app: Flask) -> None:
    with app.test_request_context("/"):
        html = render_template("errors/409.html", me=None, sentence="Dan took the last place.")
    assert "Dan took the last place." in html
    assert "Somebody else got there first" not in html


def test_messages_are_spoken_by_their_weight(app: Flask) -> None:
    with app.test_request_context("/"):
        flash("Kept.", "success")
        flash("That place went a moment ago.", "refused")
        shown = page(app)
    assert [(line["role"], line.text.strip()) for line in shown.select(".flash")] == [
        ("status", "Kept."), ("alert", "That place went a moment ago."),
    ]
