"""What people type: read as it is meant, refused with what is allowed, kept on the page."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms.validators import InputRequired, NumberRange, Optional

from app.shared.errors import DomainError
from app.shared.forms import (
    AddressField,
    DayField,
    KithForm,
    PhoneField,
    PostcodeField,
    PoundsField,
    TidyStringField,
    WholeNumberField,
    tidy_postcode,
)


class AForm(KithForm):
    class Meta(KithForm.Meta):  # type: ignore[misc]
        csrf = False

    name = TidyStringField("Name", [Optional()])
    email = AddressField("E-mail", [Optional()])
    phone = PhoneField("Phone", [Optional()])
    postcode = PostcodeField("Postcode", [Optional()])
    price = PoundsField("Price", [Optional()])
    day = DayField("Day", [Optional()])
    number = WholeNumberField("Number", [Optional(), NumberRange(1, 9, "1 to 9")])


class Needed(KithForm):
    class Meta(KithForm.Meta):  # type: ignore[misc]
        csrf = False

    price = PoundsField("Price", [InputRequired("how much?")])
    day = DayField("Day", [InputRequired("when?")])
    number = WholeNumberField("Number", [InputRequired("how many?"), NumberRange(1, 9, "1 to 9")])


def filled(app: Flask, kind: type[KithForm] = AForm, **typed: str) -> Any:
    with app.test_request_context(method="POST"):
        form = kind(formdata=MultiDict(typed))
        form.validate()
        return form


@pytest.mark.parametrize(("field", "typed", "data"), [
    ("name", "  Sam \t  Oduya ", "Sam Oduya"),
    ("email", "  Sam@Example.ORG ", "sam@example.org"),
    ("phone", "02079460018", "020 7946 0018"), ("phone", "+44 7700 900123", "07700 900123"), ("phone", "+33 1 42 68 53 00", "+33 1 42 68 53 00"),
    ("postcode", "w105bn", "W10 5BN"), ("postcode", " w10  5bn", "W10 5BN"), ("postcode", "gir0aa", "GIR 0AA"),
    ("price", "£1,200.50", 120_050), ("price", "", None),
    ("day", "2026-11-23", date(2026, 11, 23)), ("day", " ", None),
    ("number", " 7 ", 7), ("number", "", None),
])
def test_what_is_typed_is_read_as_it_is_meant(app: Flask, field: str, typed: str, data: object) -> None:
    form = filled(app, **{field: typed})
    assert form[field].data == data
    assert not form.errors


@pytest.mark.parametrize(("field", "typed", "says"), [
    ("email", "sam", "name@example.org"), ("email", "sam@", "name@example.org"),
    ("phone", "12", "is not a telephone number"), ("phone", "call me", "is not a telephone number"),
    ("postcode", "nowhere", "It looks like W10 5BN."), ("postcode", "W10 5B", "is not a UK postcode"), ("postcode", "W10 5CI", "is not a UK postcode"),
    ("price", "lots", "is not an amount of money"), ("price", "-3", "is not an amount of money"),
    ("day", "23/11/2026", "That is not a day."), ("day", "2026-02-30", "That is not a day."),
    ("number", "seven", "Type a whole number"), ("number", "7.5", "Type a whole number"), ("number", "10", "1 to 9"),
])
def test_what_cannot_be_read_is_refused_once_and_stays_as_typed(app: Flask, field: str, typed: str, says: str) -> None:
    form = filled(app, **{field: typed})
    assert len(form[field].errors) == 1
    assert says in form[field].errors[0]
    assert typed in form[field]._value() or field == "phone"


@pytest.mark.parametrize(("field", "says"), [("price", "how much?"), ("day", "when?"), ("number", "how many?")])
def test_what_is_missing_is_asked_for_in_its_own_words(app: Flask, field: str, says: str) -> None:
    assert list(filled(app, Needed, **{field: ""})[field].errors) == [says]


def test_a_refusal_lands_at_its_field_or_at_the_head(app: Flask) -> None:
    with app.test_request_context(method="POST"):
        form = AForm(formdata=MultiDict({"name": "Sam"}))
        form.validate()
        form.refuse(DomainError("That is taken.", field="name"))
        form.refuse(DomainError("Not today."))
        form.refuse(DomainError("Not that.", field="not_a_field"))
        assert list(form.name.errors) == ["That is taken."]
        assert form.form_errors == ["Not today.", "Not that."]


def test_each_drawn_form_has_a_key_of_its_own(app: Flask) -> None:
    with app.test_request_context():
        keys = {AForm().once.data for _ in range(5)}
    assert len(keys) == 5 and all(len(key) == 32 for key in keys if key)


@pytest.mark.parametrize(("typed", "tidy"), [("w3 7dd", "W3 7DD"), ("ec1a1bb", "EC1A 1BB"), ("x", "X")])
def test_a_postcode_is_kept_with_its_one_blank(typed: str, tidy: str) -> None:
    assert tidy_postcode(typed) == tidy
