"""Whatever bytes and words strangers send, each reader answers, or refuses in a sentence of its own; nothing breaks.

Files of imports have closer tests of the kind in tests/interchange/test_any_bytes.py, children's records in tests/children, answers of
passkeys in tests/accounts/test_pages_passkeys.py. Here is every other reader of what people and programs send.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.accounts import links as password_links
from app.accounts import term_dates, totp
from app.accounts.models import PasskeyUse
from app.accounts.services import passkeys
from app.attendance import forms as registers
from app.billing import receipts
from app.catalogue import addresses, files, lexicon_files, pictures, slots
from app.catalogue import links as still_right
from app.catalogue.search.lexicon import read_line
from app.children import languages, records
from app.interchange import school_columns, school_rows
from app.interchange.sheets import read_sheets
from app.introductions import links as answers
from app.payments.gateway import BadSignature, StripeGateway
from app.shared import clock, gathered
from app.shared.errors import DomainError
from app.shared.money import parse_pounds
from app.shared.web import safe_next

FUNDS = {"the fund": uuid.UUID(int=1)}
WORDS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from([
        "£", "-", "1", "99", "9" * 30, "e9", ".", ",", ":", "pm", "/", "29/02/2027", "2026-13-45", "\x00", "‮", "=", "+", "&", "q", "page", "age", "within", "near",
        "fund,amount,received_on,reference\n", "the fund", '"', "\r\n", "٣", "½", "null", "[", "{", "}", "%PDF-", "BEGIN:VEVENT", "DTSTART:", "P1D", "\\", "//", "javascript:",
    ]), max_size=12).map("".join),
)
BYTES = st.one_of(
    st.binary(max_size=120), WORDS.map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.tuples(st.sampled_from([b"PK\x03\x04", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"%PDF-", b"\xd0\xcf\x11\xe0", b"RIFF\x00\x00\x00\x00WEBP", b"BEGIN:VCALENDAR\r\n", b"concept,alias\r\n", b"{"]), st.binary(max_size=80)).map(b"".join),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["children", "first_name", "needs", "id", "data", "enum", "text", "x"]), inner, max_size=4), max_leaves=8,
)
OF_BYTES: dict[str, Callable[[bytes], object]] = {
    "term dates": term_dates.read, "a photo": pictures.read_picture, "a paper": files.read_file, "search words, csv": lambda c: lexicon_files.read(c, "csv"),
    "search words, openactive": lambda c: lexicon_files.read(c, "openactive"),
    "a file to be matched": lambda c: [read_sheets([(name, c)]) for name in ("x.csv", "x.xlsx", "x.json", "x.zip", "x")],
}
OF_WORDS: dict[str, Callable[[str], object]] = {
    "receipts": lambda t: receipts.read(t, FUNDS), "pounds": parse_pounds, "a time": slots.read_time, "a search word": read_line,
    "an address of a search": lambda t: addresses.read_text(t, None), "near": addresses.near_of, "a language": languages.find_code,
    "a day of a school's file": lambda t: school_rows.read_day(t, date(2026, 11, 22)), "a name": school_rows.split_name,
    "titles of columns": lambda t: (school_columns.guess(t.split(","), "sims"), school_columns.guess_preset(t.split(","))),
    "where to go on": safe_next, "a code": lambda t: totp.find_step(b"x" * 20, t, clock.now(), 0), "a recovery code": lambda t: totp.hash_recovery_code(t, FUNDS["the fund"]),
    "marks of a phone": lambda t: registers.read_sent(MultiDict({f"mark-{t}": "attended", f"mark-{uuid.UUID(int=2)}": "attended", f"seen-{uuid.UUID(int=2)}": t})),
    "a list that was gathered": gathered.read_list,
}
OF_TOKENS: dict[str, Callable[[str], object]] = {
    "a link to a password": lambda t: password_links.read_token(t, "secret"), "a link to an answer": answers.read, "a link of a partner": still_right.read,
    "a challenge": lambda t: passkeys._use_challenge(t, PasskeyUse.SIGN_IN, None),
}
REFUSALS = (DomainError, ValueError)
"""A ValueError is what some readers of one value say; their forms make a sentence of it (WTForms does so for every field)."""
EASY = settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


def ask(readers: dict[str, Callable[[Any], object]], given: object, refusals: tuple[type[Exception], ...] = REFUSALS) -> None:
    for what, read in readers.items():
        try:
            read(given)
        except refusals:
            continue
        except BaseException as error:
            error.add_note(f"{what} breaks on {given!r}")
            raise


@EASY
@given(BYTES)
def test_any_bytes(content: bytes) -> None:
    ask(OF_BYTES, content, (DomainError,))


@EASY
@given(WORDS)
def test_any_words(text: str) -> None:
    ask(OF_WORDS, text)


@EASY
@given(JSON)
def test_any_json(data: object) -> None:
    ask({"children's records": records.read_records, "a child's record": records.read_record}, data, (DomainError,))


def test_any_token_and_any_signature(app: Flask) -> None:
    gateway = StripeGateway("rk_test_x")

    @EASY
    @given(WORDS, BYTES)
    def try_it(text: str, body: bytes) -> None:
        ask(OF_TOKENS, text, (DomainError,))
        for read in (gateway.read_event, gateway.read_thin_event):
            with pytest.raises(BadSignature):
                read(body, text, ("whsec_a", "whsec_b"))

    try_it()
