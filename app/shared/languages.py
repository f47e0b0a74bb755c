"""The languages of what a family is given on paper: gettext catalogues by Flask-Babel, English where a sentence has no translation.

Kith's own pages are in English. `render_paper` writes a paper in a family's language; what people said and wrote stays
as it was said. docs/languages.md says how a sentence gets from a template to a translator and back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.core import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, render_template
from flask_babel import Babel, Domain, force_locale, get_locale

from app.shared import view

CATALOGUES = Path(__file__).resolve().parent.parent / "translations"


@dataclass(frozen=True)
class Language:
    """`code` of BCP 47; `own` as its speakers call it; `checked_by` a person who reads it, "" while it is as the machine made it."""

    code: str
    name: str
    own: str
    direction: str = "ltr"
    checked_by: str = ""

    @property
    def is_machine_made(self) -> bool:
        return self.code != "en" and not self.checked_by


PAPERS = {
    one.code: one
    for one in (
        Language("en", "English", "English"),
        Language("ar", "Arabic", "العربية", direction="rtl"),
        Language("so", "Somali", "Soomaali"),
    )
}
"""The languages a paper can be printed in, English first."""


def paper_language(code: str | None) -> Language:
    """The language of that code; English for one that is not known here."""
    return PAPERS.get(code or "", PAPERS["en"])


def render_paper(template: str, code: str | None, **context: Any) -> str:
    """A page with a paper on it, in the language asked for; the template has `paper` (that Language) and `papers` (all there are)."""
    paper = paper_language(code)
    with force_locale(paper.code):
        return render_template(template, paper=paper, papers=PAPERS.values(), **context)


def paper_date(on: date) -> str:
    """A whole date as the language of the paper writes it: "22 November 2026"."""
    return _written(on, "d MMMM y", view.full_date)


def paper_month(on: date) -> str:
    """"September 2026", as the language of the paper writes it."""
    return _written(on, "MMMM y", view.month)


def _written(on: date, pattern: str, in_english: Callable[[date], str]) -> str:
    locale = get_locale()
    return in_english(on) if locale is None or locale.language == "en" else format_date(on, pattern, locale=locale)


class _Catalogues(Domain):  # type: ignore[misc]
    """Reads the .po files as they are: nothing has to be compiled before Kith can run."""

    def get_translations(self) -> NullTranslations:
        locale = get_locale()
        return catalogue(locale.language) if locale is not None else NullTranslations()


class _Babel(Babel):  # type: ignore[misc]
    @cached_property
    def domain_instance(self) -> Domain:
        return _Catalogues()


@lru_cache(maxsize=len(PAPERS))
def catalogue(code: str) -> NullTranslations:
    """The sentences of a language; none for English, which the templates speak."""
    path = catalogue_path(code)
    if code == "en" or not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=Locale.parse(code)))
    compiled.seek(0)
    return Translations(compiled)


def catalogue_path(code: str) -> Path:
    return CATALOGUES / code / "LC_MESSAGES" / "messages.po"


def register(app: Flask) -> None:
    """`{% trans %}`, `_()` and the filters `paper_date` and `paper_month` in every template. Called once by create_app."""
    _Babel(app, default_locale="en", default_timezone="Europe/London")
    app.jinja_env.filters.update(paper_date=paper_date, paper_month=paper_month)
