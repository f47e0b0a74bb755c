"""The language a page is written in, for what Python says on it. docs/languages.md tells which sentences are offered for translation."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from babel.core import Locale
from flask_babel import force_locale, get_locale
from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape


def other_language() -> Locale | None:
    """The language of the page where it is another than English; None in English, and where there is no page."""
    locale = get_locale()
    return None if locale is None or locale.language == "en" else locale


def in_english(sentence: str) -> str:
    """As it is kept in the database, whoever's page asked for it."""
    with force_locale("en"):
        return str(sentence)


def later(say: Callable[[], str]) -> str:
    """What is made of a sentence that waits for its language, when it is shown: typed as the str it becomes."""
    return cast(str, LazyString(say))


def capital(words: str) -> str:
    """The same words as the beginning of a label."""
    return later(lambda: words[:1].upper() + words[1:])


def _escaped(sentence: LazyString) -> Markup:
    return escape(str(sentence))


def is_text(value: object) -> bool:
    """`is string` in templates: a sentence that waits for its language is text like any other."""
    return isinstance(value, (str, LazyString))


LazyString.__html__ = _escaped  # as it comes it counts as markup, and its quotes and ampersands would go out as they are
