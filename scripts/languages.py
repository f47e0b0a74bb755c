"""Bring the catalogues of app/translations up to what the templates say: new sentences come in empty, gone ones go.

    python -m scripts.languages

A sentence that is empty is shown in English; a test names it. Translators edit the .po files (any gettext editor opens them).
"""

from __future__ import annotations

import sys

from babel.core import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from app.shared.languages import PAPERS, catalogue_path
from config import ROOT

METHODS = [("**.html", "jinja2.ext.babel_extract")]
OPTIONS = {"**.html": {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}


def said() -> Catalog:
    """Every sentence that the templates offer for translation, with where it stands."""
    found = Catalog(project="Kith")
    for name, line, message, comments, context in extract_from_dir(ROOT / "templates", METHODS, OPTIONS):
        found.add(message, locations=[(name, line)], auto_comments=comments, context=context)
    return found


def written(code: str) -> Catalog:
    """What translators have written in that language."""
    path = catalogue_path(code)
    if not path.exists():
        return Catalog(locale=Locale.parse(code), project="Kith", fuzzy=False)
    with path.open("rb") as source:
        return read_po(source, locale=Locale.parse(code))


def main() -> int:
    for code in PAPERS:
        if code == "en":
            continue
        catalogue = written(code)
        catalogue.update(said(), no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        path = catalogue_path(code)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as out:
            write_po(out, catalogue, width=120, omit_header=False, sort_output=True, include_lineno=False)
        print(f"{path.relative_to(ROOT)}: {sum(not _is_said(one.string) for one in catalogue if one.id)} to translate")
    return 0


def _is_said(string: str | tuple[str, ...] | list[str]) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


if __name__ == "__main__":
    sys.exit(main())
