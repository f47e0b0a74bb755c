"""The languages Kith speaks: that of its pages (KITH_LANGUAGE), and those of what a family is given on paper. Gettext catalogues by Flask-Babel.

A sentence without a translation is said in English. What people said and wrote stays as it was said. docs/languages.md says how a sentence gets
from a template to a translator and back.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import flask_babel
from babel.core import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Flask, render_template
from flask.globals import _cv_app
from flask_babel import Babel, Domain, force_locale, get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from app.shared import view
from config import SettingsRefused

CATALOGUES = Path(__file__).resolve().parent.parent / "translations"
INVENTED = "en_XA"
"""English in brackets and accents: whoever develops sees at once what is not offered for translation."""


_SPOKEN: ContextVar[str | None] = ContextVar("spoken", default=None)
"""What `speaking` says: asked for each sentence of a page, and quicker than Flask-Babel's own, which goes through `g`."""


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

PAPER_TEMPLATES = (
    "children/_plan_sheet.html", "children/_one_page.html", "components/circle_picture.html", "components/machine_made.html", "components/stars.html",
)
"""What a paper is made of: each sentence of these has its translation in every language of PAPERS."""


def paper_language(code: str | None) -> Language:
    """The language of that code; English for one that is not known here."""
    return PAPERS.get(code or "", PAPERS["en"])


def render_paper(template: str, code: str | None, **context: Any) -> str:
    """A page with a paper on it; the template has `paper` (the Language asked for) and `papers` (all there are), and writes the paper in
    `{% call speaking(paper.code) %}`: the page around it stays in its own language."""
    return render_template(template, paper=paper_language(code), papers=PAPERS.values(), **context)


def speaking(code: str, caller: Callable[[], Markup]) -> Markup:
    """What stands inside, in that language."""
    before = _SPOKEN.set(code)
    try:
        with force_locale(code):
            return caller()
    finally:
        _SPOKEN.reset(before)


def paper_date(on: date) -> str:
    """A whole date as the language of the paper writes it: "22 November 2026"."""
    return _written(on, "d MMMM y", view.full_date)


def paper_month(on: date) -> str:
    """"September 2026", as the language of the paper writes it."""
    return _written(on, "MMMM y", view.month)


def _written(on: date, pattern: str, in_english: Callable[[date], str]) -> str:
    locale = get_locale()
    return in_english(on) if locale is None or locale.language == "en" else format_date(on, pattern, locale=locale)


# --- catalogues ----------------------------------------------------------------------------------


def catalogue_path(code: str, domain: str = "messages") -> Path:
    """Of the papers ("messages") or of everything else ("pages")."""
    return CATALOGUES / code / "LC_MESSAGES" / f"{domain}.po"


@lru_cache(maxsize=16)
def catalogue(code: str) -> NullTranslations:
    """The sentences of a language, its papers and its pages; none for English, which the templates speak. The files are read as they are:
    nothing has to be compiled before Kith can run."""
    found = NullTranslations()
    for domain in ("pages", "messages"):
        path = catalogue_path(code, domain)
        if code == "en" or not path.exists():
            continue
        compiled = BytesIO()
        with path.open("rb") as source:
            write_mo(compiled, read_po(source, locale=Locale.parse(code)))
        compiled.seek(0)
        one = Translations(compiled)
        found = found.merge(one) if isinstance(found, Translations) else one
    return found


class InventedTranslations(NullTranslations):
    """Made in memory: "[Ŵáîťš ƒöŕ ýöü]"."""

    _ACCENTS = str.maketrans("ABCDEFGHIJKLNORSTUWYZabcdefghijklnorstuwyz", "ÁßÇÐÉƑĜĤÎĴĶĻÑÖŔŠŤÛŴÝŽáƀçðéƒĝĥîĵķļñöŕšťüŵýž")
    _KEPT = re.compile(r"(%\(\w+\)[sd]|%%|<[^>]*>|&\w+;)")

    def gettext(self, message: str) -> str:
        parts = self._KEPT.split(message)
        return f"[{''.join(part if at % 2 else part.translate(self._ACCENTS) for at, part in enumerate(parts))}]"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    ugettext, ungettext = gettext, ngettext


def _said_where() -> SimpleNamespace | None:
    """Where Flask-Babel keeps the language of this request; None outside of any. Its own way there goes through `g` three times for a sentence, three times
    over, which was a third of what a list of matches takes."""
    context = _cv_app.get(None)
    if context is None:
        return None
    known: dict[str, Any] = vars(context.g)
    kept: SimpleNamespace | None = known.get("_flask_babel")
    if kept is None:
        kept = known["_flask_babel"] = SimpleNamespace()
    return kept


flask_babel._get_current_context = _said_where  # type: ignore[attr-defined]  # noqa: SLF001  the one place all its functions ask


_PLAIN = NullTranslations()
"""English as the source has it."""


class _Catalogues(Domain):  # type: ignore[misc]
    def __init__(self, english: NullTranslations) -> None:
        super().__init__()
        self.english = english

    def get_translations(self) -> NullTranslations:
        locale = getattr(_said_where(), "babel_locale", None) or get_locale()
        return self.english if locale is None or locale.language == "en" else catalogue(str(locale))

    def gettext(self, string: str, **words: Any) -> str:
        """As Flask-Babel's; a sentence in English that nothing stands in for is not looked for in a catalogue."""
        translations = self.get_translations()
        said = string if translations is _PLAIN else str(translations.gettext(string))
        return said % words if words else said

    def ngettext(self, singular: str, plural: str, num: int, **words: Any) -> str:
        words.setdefault("num", num)
        return str(self.get_translations().ngettext(singular, plural, num)) % words


class _Babel(Babel):  # type: ignore[misc]
    domain_instance: Domain = None


# --- templates -----------------------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def _whole(translations: NullTranslations, sentence: str) -> Markup:
    """A sentence into which nothing is put."""
    return Markup(translations.gettext(sentence)) % {}  # noqa: S704  a template's own sentence or its translator's


@lru_cache(maxsize=20_000)
def _counted(translations: NullTranslations, one: str, many: str, num: int) -> Markup:
    """A sentence into which only its number is put; a page of results says how many offers each choice gives."""
    return _filled(translations.ngettext(one, many, num), {"num": _number(num)})


def _filled(told: str, words: dict[str, Any]) -> Markup:
    return Markup(told % {name: escape(word) for name, word in words.items()})  # noqa: S704  as above


def _words_for_templates(english: NullTranslations, pages: str) -> dict[str, Callable[..., str]]:
    """`_`, `gettext` and `ngettext` as Jinja's own "newstyle" ones: markup, whose words are escaped as they are put in."""

    def translations_now() -> NullTranslations:
        code = _SPOKEN.get() or pages
        return english if code == "en" else catalogue(code)

    @pass_eval_context
    def gettext(context: EvalContext, sentence: str, /, **words: Any) -> str:
        translations = translations_now()
        if not context.autoescape:
            return str(translations.gettext(sentence)) % words
        return _filled(translations.gettext(sentence), words) if words else _whole(translations, sentence)

    @pass_eval_context
    def ngettext(context: EvalContext, one: str, many: str, num: int, /, **words: Any) -> str:
        if not words and context.autoescape:
            return _counted(translations_now(), one, many, num)
        words.setdefault("num", _number(num))
        told = translations_now().ngettext(one, many, num)
        return _filled(told, words) if context.autoescape else str(told) % words

    return {"_": gettext, "gettext": gettext, "ngettext": ngettext}


def _number(num: int) -> str:
    locale = get_locale()
    return f"{num:,}" if locale is None or locale.language == "en" else str(format_decimal(num, locale=locale))


def _page_language(code: str) -> tuple[NullTranslations, Locale]:
    """What stands for English, and the locale of the pages."""
    if code == INVENTED:
        return InventedTranslations(), Locale("en")
    if code != "en" and not catalogue_path(code, "pages").exists():
        raise SettingsRefused(f"KITH_LANGUAGE is {code!r}, and app/translations has no pages.po of it; `python -m scripts.languages {code}` begins one.")
    return _PLAIN, Locale.parse(code)


def register(app: Flask) -> None:
    """`{% trans %}`, `_()`, `ngettext()`, `speaking` and the filters `paper_date` and `paper_month` in every template. Called once by create_app."""
    code = app.config.get("KITH_LANGUAGE", "en")
    english, locale = _page_language(code)
    _Babel(app, default_locale=str(locale), default_timezone="Europe/London").domain_instance = _Catalogues(english)
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update(
        _words_for_templates(english, str(locale)), speaking=speaking,
        page_lang="en-GB" if code == "en" else code.replace("_", "-"), page_dir=locale.text_direction,
    )
    app.jinja_env.filters.update(paper_date=paper_date, paper_month=paper_month)
