"""Every component of the styleguide as a picture, beside the one that is kept: what changed is shown, and fails nothing.

    python -m tests.browser.photographs     keeps the pictures of the last test run: look at build/styleguide first

The letters of another machine's fonts differ by a hair, so a difference says "look", not "wrong".
"""

from __future__ import annotations

import io
import shutil
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Page

from config import ROOT

KEPT = ROOT / "docs" / "pictures" / "styleguide"
NOW = ROOT / "build" / "styleguide"
REPORT = NOW / "README.md"
WIDEST = 640
"""Pixels: kept pictures are for seeing a change, not for reading."""
NOTABLE = 0.4
"""Of 255: the mean difference of all points, from which two pictures count as different."""


@dataclass(frozen=True)
class Seen:
    """One part at one width; `by` is None where no picture of it is kept, or one of another size."""

    name: str
    by: float | None

    @property
    def is_other(self) -> bool:
        return self.by is None or self.by >= NOTABLE


def photograph(page: Page, width: int) -> list[Seen]:
    """The parts of the page that is open, each compared and put into build/styleguide."""
    whole = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    parts = page.locator("main .stack--l > section").evaluate_all(
        "parts => parts.map(part => { const r = part.getBoundingClientRect();"
        " return [part.getAttribute('aria-label'), r.left + scrollX, r.top + scrollY, r.right + scrollX, r.bottom + scrollY] })"
    )
    NOW.mkdir(parents=True, exist_ok=True)
    return [_compare(f"{name.lower().replace(' ', '-')}-{width}", whole.crop((int(left), int(top), int(right) + 1, int(bottom) + 1)))
            for name, left, top, right, bottom in parts]


def _compare(name: str, found: Image.Image) -> Seen:
    if found.width > WIDEST:
        found = found.resize((WIDEST, round(found.height * WIDEST / found.width)), Image.Resampling.BOX)
    found = found.convert("RGB")
    found.save(NOW / f"{name}.webp", quality=60, method=4)
    kept = KEPT / f"{name}.webp"
    if not kept.is_file():
        return Seen(name, None)
    with Image.open(kept) as before, Image.open(NOW / f"{name}.webp") as now:
        if before.size != now.size:
            return Seen(name, None)
        difference = ImageChops.difference(before.convert("RGB"), now.convert("RGB"))
        if difference.getbbox() is None:
            return Seen(name, 0.0)
        difference.point(lambda value: min(255, value * 4)).save(NOW / f"{name}-difference.webp", quality=60)
        return Seen(name, sum(ImageStat.Stat(difference).mean) / 3)


def report(seen: list[Seen]) -> str:
    """What to look at, as a page that shows old and new beside each other."""
    other = [one for one in seen if one.is_other]
    lines = [f"# The styleguide: {len(other)} of {len(seen)} pictures differ from those that are kept", ""]
    for one in other:
        told = "new, or of another size" if one.by is None else f"differs by {one.by:.1f} of 255"
        lines += [f"## {one.name}: {told}", f"![as kept](../../docs/pictures/styleguide/{one.name}.webp) ![now]({one.name}.webp)", ""]
    REPORT.write_text("\n".join(lines))
    return lines[0].removeprefix("# ")


def keep() -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.glob("*.webp"):
        old.unlink()
    for made in NOW.glob("*.webp"):
        if not made.stem.endswith("-difference"):
            shutil.copy(made, KEPT)


if __name__ == "__main__":
    keep()
