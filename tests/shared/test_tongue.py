"""Days, money and sentences in the language of the page, and what is kept in English whoever's page it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from app.shared import clock, languages, money, tongue, view
from app.shared.errors import NotFound

NOW = datetime(2026, 11, 20, 15, 45, tzinfo=UTC)


@pytest.fixture
def app() -> Iterator[Flask]:
    """The languages alone: no rooms, no database."""
    alone = Flask("app")
    alone.config["KITH_LANGUAGE"] = "en"
    languages.register(alone)
    alone.jinja_env.tests["string"] = tongue.is_text
    with clock.freeze(NOW), alone.test_request_context():
        yield alone


@pytest.mark.usefixtures("app")
def test_days_and_money_are_said_as_the_language_of_the_page_writes_them() -> None:
    with force_locale("so"):
        assert view.long_day(date(2026, 11, 20)) == "Jimco 20 Noofeembar"
        assert view.month(NOW) == "Noofeembar 2026"
        assert money.pounds(123450) == "£1,234.50"
        assert view.sentence_list(["a", "b", "c"]) == "a, b iyo c"
    with force_locale("ar"):
        assert view.full_date(NOW) == "20 نوفمبر 2026"
        assert view.clock_time(NOW).endswith("م")
    assert view.long_day(date(2026, 11, 20)) == "Friday 20 November"
    assert view.ago(NOW - timedelta(days=3)) == "3 days ago"
    assert money.pounds(123400) == "£1,234"


def test_a_sentence_that_waits_for_its_language_is_text_like_any_other_in_a_template(app: Flask) -> None:
    sentence = _l("A child's \"own\" words & hers")
    for said in ("{{ one }}", "{{ one ~ '' }}", "{{ [one]|join }}", "{{ '%s'|format(one) }}"):
        assert render_template_string(said, one=sentence) == render_template_string(said, one=str(sentence)), said
    assert render_template_string("{{ 'yes' if one is string }}", one=sentence) == "yes"


@pytest.mark.usefixtures("app")
def test_what_is_kept_is_kept_in_english_and_what_is_refused_is_said_in_the_language_of_the_page() -> None:
    home = _l("Home")
    with force_locale("so"):
        assert str(home) != "Home", "a sentence of the papers"
        assert tongue.in_english(home) == "Home"
        assert type(NotFound().sentence) is str
