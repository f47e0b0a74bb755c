"""Bring the catalogues of app/translations up to what the templates and the code say: new sentences come in empty, gone ones go.

    python -m scripts.languages        every catalogue there is
    python -m scripts.languages cy     and begin the pages in Welsh

A sentence that is empty is shown in English. Translators edit the .po files (any gettext editor opens them).
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.core import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po, write_po

from app.shared.languages import CATALOGUES, PAPER_TEMPLATES, PAPERS, catalogue_path
from config import ROOT

TEMPLATES = ROOT / "templates"
OPTIONS = {
    "extensions": "jinja2.ext.do", "newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true", "trimmed": "true", "silent": "false",
}
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2), "lazy_pgettext": ((1, "c"), 2)}


def of_papers() -> Catalog:
    """Every sentence of what a family is given on paper."""
    return _said([TEMPLATES / name for name in PAPER_TEMPLATES])


def of_pages() -> Catalog:
    """Every sentence that a template or the code offers for translation, but those of the papers."""
    papers = {TEMPLATES / name for name in PAPER_TEMPLATES}
    templates = [path for path in sorted(TEMPLATES.rglob("*.html")) if path not in papers]
    return _said([*templates, *sorted((ROOT / "app").rglob("*.py"))])


def _said(paths: list[Path]) -> Catalog:
    found = Catalog(project="Kith")
    for path in paths:
        method = "jinja2.ext:babel_extract" if path.suffix == ".html" else "python"
        options = OPTIONS if path.suffix == ".html" else None
        name = str(path.relative_to(TEMPLATES if path.suffix == ".html" else ROOT))
        for line, message, comments, context in extract_from_file(method, path, keywords=KEYWORDS, options=options):
            found.add(message, locations=[(name, line)], auto_comments=comments, context=context)
    return found


def written(code: str, domain: str = "messages") -> Catalog:
    """What translators have written in that language."""
    path = catalogue_path(code, domain)
    if not path.exists():
        return Catalog(locale=Locale.parse(code), project="Kith", fuzzy=False)
    with path.open("rb") as source:
        return read_po(source, locale=Locale.parse(code))


def bring_up(code: str, domain: str, said: Catalog) -> str:
    """Write the catalogue anew; says what is left to translate."""
    catalogue = written(code, domain)
    catalogue.update(said, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    path = catalogue_path(code, domain)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        write_po(out, catalogue, width=120, omit_header=False, sort_output=True, include_lineno=False)
    return f"{path.relative_to(ROOT)}: {sum(not _is_said(one.string) for one in catalogue if one.id)} of {len(catalogue)} to translate"


def main(new: list[str]) -> int:
    papers = of_papers()
    for code in PAPERS:
        if code != "en":
            print(bring_up(code, "messages", papers))
    begun = {path.parent.parent.name for path in CATALOGUES.glob("*/LC_MESSAGES/pages.po")}
    codes = sorted(begun | set(new))
    pages = of_pages() if codes else Catalog()
    for code in codes:
        print(bring_up(code, "pages", pages))
    return 0


def _is_said(string: str | tuple[str, ...] | list[str]) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
