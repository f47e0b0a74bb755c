"""Photos as files: what was uploaded is decoded and written anew, so that nothing but the picture is left of it.

Where and when it was taken, with what, a thumbnail of what was cut away, a second file glued to the end: all of that goes.
Files lie in the data folder, which no web server reads, under random names.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from flask_babel import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from app.shared.drawers import Drawer
from app.shared.errors import Invalid

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_FILE = 6 * 1024 * 1024
LARGEST_SIDE = 1600
SMALLEST_SIDE = 200
MOST_PIXELS = 50_000_000
PHOTOS = Drawer("photos", ("jpg",))


@dataclass(frozen=True)
class Picture:
    """A JPEG of our own writing."""

    content: bytes
    width: int
    height: int


def read_picture(content: bytes, field: str = "file", *, side: int = LARGEST_SIDE) -> Picture:
    """By what the file is, not by what it is called; decoded once, its longer side at most `side`. Raises Invalid at `field` with what
    would do instead."""
    if len(content) > LARGEST_FILE:
        raise Invalid(_("This file has %(size)s MB; %(most)s MB is the most. Choose a smaller one.", size=f"{len(content) / 1048576:.0f}", most=LARGEST_FILE // 1048576), field=field)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what Pillow only warns of (a picture that would fill the memory) is refused here
            with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise Invalid(_("This picture has too many pixels. Choose a smaller one."), field=field)
                turned = ImageOps.exif_transpose(opened)
                least = min(turned.size) * min(1, LARGEST_SIDE / max(turned.size))
                turned.thumbnail((side, side))
                flat = _on_white(turned)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Warning, Image.DecompressionBombError) as error:
        raise Invalid(_("This is not a photo that can be shown here. Choose a JPEG, PNG or WebP picture."), field=field) from error
    if round(least) < SMALLEST_SIDE:
        raise Invalid(_("This picture is too small to be seen well: %(smallest_side)s pixels is the least on each side.", smallest_side=SMALLEST_SIDE), field=field)
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=82, optimize=True, progressive=True)
    return Picture(out.getvalue(), *flat.size)


def _on_white(image: Image.Image) -> Image.Image:
    """Just the pixels, in a new picture: nothing else that the file carried comes along."""
    seen = image.convert("RGBA")
    flat = Image.new("RGB", seen.size, "white")
    flat.paste(seen, mask=seen.getchannel("A"))
    return flat
