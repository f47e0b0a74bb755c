"""How things are said on a page: dates, money, names, forms' errors, addresses and built files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from flask import Flask
from markupsafe import Markup
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from app.shared import assets, clock, view

NOW = datetime(2026, 11, 20, 15, 45, tzinfo=UTC)


@pytest.fixture(autouse=True)
def friday_afternoon() -> Iterator[None]:
    with clock.freeze(NOW):
        yield


def test_a_day_leaves_this_year_out_and_names_another() -> None:
    assert view.day(date(2026, 11, 20)) == "Fri 20 Nov"
    assert view.day(date(2025, 9, 5)) == "Fri 5 Sep 2025"
    assert view.long_day(date(2026, 11, 20)) == "Friday 20 November"
    assert view.full_date(date(2026, 11, 20)) == "20 November 2026"
    assert view.month(date(2026, 11, 1)) == "November 2026"


def test_an_instant_is_said_in_london_time() -> None:
    assert view.clock_time(datetime(2026, 7, 1, 14, 45, tzinfo=UTC)) == "3.45pm"
    assert view.clock_time(datetime(2026, 11, 20, 15, 0, tzinfo=UTC)) == "3pm"
    assert view.clock_time(time(0, 0)) == "midnight"
    assert view.clock_time(time(12, 0)) == "midday"
    assert view.clock_time(time(12, 5)) == "12.05pm"
    assert view.day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == "Wed 1 Jul"


def test_when_says_near_days_in_words() -> None:
    assert view.when(NOW) == "Today 3.45pm"
    assert view.when(datetime(2026, 11, 19, 9, 0, tzinfo=UTC)) == "Yesterday 9am"
    assert view.when(datetime(2026, 11, 21, 9, 30, tzinfo=UTC)) == "Tomorrow 9.30am"
    assert view.when(datetime(2026, 11, 16, 15, 45, tzinfo=UTC)) == "Mon 16 Nov, 3.45pm"
    assert view.when(datetime(2025, 11, 16, 15, 45, tzinfo=UTC)) == "Sun 16 Nov 2025, 3.45pm"


@pytest.mark.parametrize(("then", "said"), [
    (datetime(2026, 11, 20, 15, 44, 30, tzinfo=UTC), "just now"),
    (datetime(2026, 11, 20, 15, 40, tzinfo=UTC), "5 minutes ago"),
    (datetime(2026, 11, 20, 13, 0, tzinfo=UTC), "2 hours ago"),
    (datetime(2026, 11, 19, 23, 0, tzinfo=UTC), "yesterday"),
    (datetime(2026, 11, 20, 18, 0, tzinfo=UTC), "today"),
    (date(2026, 11, 17), "3 days ago"),
    (date(2026, 11, 1), "2 weeks ago"),
    (date(2026, 9, 1), "on Tue 1 Sep"),
    (date(2026, 11, 21), "tomorrow"),
    (date(2026, 11, 25), "in 5 days"),
])
def test_ago_is_the_rough_distance(then: date | datetime, said: str) -> None:
    assert view.ago(then) == said


def test_nothing_known_is_said_as_nothing() -> None:
    for say in (view.day, view.long_day, view.full_date, view.month, view.clock_time, view.when, view.ago):
        assert say(None) == ""


def test_numbers_agree_with_their_nouns() -> None:
    assert view.plural(1, "place") == "1 place"
    assert view.plural(0, "place") == "0 places"
    assert view.plural(1200, "child", "children") == "1,200 children"


def test_lists_read_as_sentences() -> None:
    assert view.sentence_list([]) == ""
    assert view.sentence_list(["Mum"]) == "Mum"
    assert view.sentence_list(["Mum", "Tobi", "Nan"]) == "Mum, Tobi and Nan"
    assert view.sentence_list(["yes", "no"], "or") == "yes or no"
    assert view.sentence("mum said yes") == "Mum said yes."
    assert view.sentence("Really?") == "Really?"


def test_somebody_is_greeted_by_their_name_not_their_title() -> None:
    assert [view.given_name(name) for name in ("Dr Hana Weiss", "Theo Brown", "Dr", "")] == ["Hana", "Theo", "Dr", ""]


def test_initials_take_the_first_and_the_last_word() -> None:
    assert view.initials("Joanne Price") == "JP"
    assert view.initials("Amara (Ama) Obi-Okafor") == "AO"
    assert view.initials("Cher") == "C"
    assert view.initials("") == ""


def test_a_little_is_never_said_as_nothing_nor_nearly_all_as_all() -> None:
    assert view.percent(0.42) == "42%"
    assert view.percent(50400, 280000) == "18%"
    assert view.percent(1, 1000) == "under 1%"
    assert view.percent(999, 1000) == "99%"
    assert view.percent(0, 0) == "0%"
    assert view.percent(1) == "100%"


class Contact(Form):
    phone = StringField("Phone", [InputRequired("Type a phone number.")])


class EveryKind(Form):
    name = StringField("Name", [InputRequired("Type a name.")])
    words = TextAreaField("Words")
    places = IntegerField("Places")
    school = SelectField("School", choices=[SelectChoice("a", "A")], default="a")
    view = RadioField("View", choices=[SelectChoice("yes", "Yes")], validators=[InputRequired("Choose one.")])
    days = SelectMultipleField("Days", choices=[SelectChoice("tue", "Tuesday")], validators=[InputRequired("Choose a day.")])
    boxes = SelectMultipleField("Boxes", choices=[SelectChoice("a", "A")], widget=ListWidget(), option_widget=CheckboxInput())
    once = HiddenField("Once", [InputRequired("Load the page again.")])
    agreed = BooleanField("Agreed")
    contact = FormField(Contact)
    others = FieldList(FormField(Contact), min_entries=1)


def test_every_field_is_drawn_in_its_own_way() -> None:
    form = EveryKind()
    kinds = {field.name: view.field_kind(field) for field in form if field.name not in {"contact", "others"}}
    assert kinds == {
        "name": "text", "words": "textarea", "places": "number", "school": "select", "view": "radios",
        "days": "checkboxes", "boxes": "checkboxes", "once": "hidden", "agreed": "checkbox",
    }


def test_each_error_links_to_the_first_box_it_is_about() -> None:
    form = EveryKind()
    form.validate()
    form.form_errors.append("The dates overlap.")
    assert [(error.href, error.text) for error in view.form_errors(form)] == [
        (None, "The dates overlap."),
        ("#name", "Type a name."),
        ("#view-0", "Choose one."),
        ("#days-0", "Choose a day."),
        (None, "Load the page again."),
        ("#contact-phone", "Type a phone number."),
        ("#others-0-phone", "Type a phone number."),
    ]


def test_page_numbers_leave_gaps_only_where_two_or_more_are_left_out() -> None:
    assert view.page_numbers(1, 1) == [1]
    assert view.page_numbers(2, 4) == [1, 2, 3, 4]
    assert view.page_numbers(4, 6) == [1, 2, 3, 4, 5, 6]
    assert view.page_numbers(5, 12) == [1, None, 4, 5, 6, None, 12]


@pytest.fixture
def pages(tmp_path: Path) -> Flask:
    app = Flask("pages", root_path=str(tmp_path / "app"))
    app.add_url_rule("/find/<zone>", "find", lambda zone: zone)
    view.register(app)
    return app


def test_an_address_keeps_its_other_arguments(pages: Flask) -> None:
    with pages.test_request_context("/find/west?need=a&need=b&page=3&q=x"):
        assert view.with_args(page=4) == "/find/west?need=a&need=b&page=4&q=x"
        assert view.with_args(page=None, q=None) == "/find/west?need=a&need=b"
        assert view.without_arg("need", "a") == "/find/west?need=b&q=x"
        assert view.without_arg("q", "x") == "/find/west?need=a&need=b"


def test_pages_without_built_assets_say_what_to_run(pages: Flask) -> None:
    with pytest.raises(assets.AssetsNotBuilt, match="npm run build"):
        pages.jinja_env.globals["asset"]("app.css")


@pytest.fixture
def built(tmp_path: Path, pages: Flask) -> Flask:
    dist = tmp_path / "static" / "dist"
    dist.mkdir(parents=True)
    manifest = {"files": {"app.css": "app-12345678.css", "icons.svg": "icons-ABCDEF12.svg"}, "icons": ["heart"]}
    (dist / "manifest.json").write_text(json.dumps(manifest))
    return pages


def test_built_files_are_named_by_their_hash_and_kept_for_good(built: Flask) -> None:
    address = built.jinja_env.globals["asset"]("app.css")
    assert address == "/static/app-12345678.css"
    assert assets.is_hashed_name("", address)
    assert not assets.is_hashed_name("", "/static/manifest.json")
    assert not assets.is_hashed_name("", "/static/app.css")


def test_an_icon_is_a_decoration_unless_it_has_words(built: Flask) -> None:
    icon = built.jinja_env.globals["icon"]
    assert 'aria-hidden="true"' in icon("heart")
    assert 'aria-label="Loved &lt;b&gt;"' in icon("heart", label="Loved <b>")
    with pytest.raises(assets.NoSuchIcon, match=r"static/src/icons\.json"):
        icon("hart")


def test_a_column_in_which_nothing_is_said_is_left_out_of_a_table() -> None:
    rows = [["Big Steps", ("£12", None), "", Markup("\n")], ["Canal Coders", ("", None), None, ""]]
    assert view.said_columns(rows, 4) == [0, 1]
    assert view.said_columns([["", 0, ("", "a note")]], 3) == [0, 1, 2]
    assert view.said_columns([], 3) == [0, 1, 2]
