"""Every component on one living page: clean at every width, whole without colour, without motion and in large letters, and photographed."""

from __future__ import annotations

import re
import shutil

from config import ROOT
from tests.browser import photographs
from tests.browser.media import check_every_medium
from tests.journeys.walking import NewPage
from tests.support.browser import SIZES, check_at_every_width, resize
from tests.support.live import Live, watch_of

COMPONENTS = ROOT / "templates" / "components"


def test_every_component_stands_on_the_living_page() -> None:
    shown = (ROOT / "templates" / "styleguide.html").read_text()
    missing = [path.name for path in COMPONENTS.glob("*.html") if f"components/{path.name}" not in shown and not _is_part_of_another(path.name)]
    assert missing == []


def _is_part_of_another(name: str) -> bool:
    """Shown there as a part of one that is."""
    return any(f"components/{name}" in path.read_text() for path in COMPONENTS.glob("*.html"))


def test_components_hold_in_every_way_of_looking_and_are_photographed(live: Live, new_page: NewPage) -> None:
    page = new_page("desktop")
    page.goto("/styleguide")
    check_at_every_width(page, "styleguide", watch=watch_of(page))
    check_every_medium(page, "styleguide")
    shutil.rmtree(photographs.NOW, ignore_errors=True)
    seen = []
    for viewport in ("desktop", "phone"):
        resize(page, viewport)  # type: ignore[arg-type]
        seen += photographs.photograph(page, SIZES[viewport][0])  # type: ignore[index]
    assert len(seen) > 20
    said = photographs.report(seen)
    assert re.match(r"The styleguide: \d+ of \d+ pictures differ", said)
