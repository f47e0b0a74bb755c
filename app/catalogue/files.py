"""Documents as files: told by what they are, kept in the data folder under random names, which no web server reads.

A picture is decoded and written anew (pictures.py), so nothing but the picture is left of it. A PDF is kept as it came and only ever
handed out as a download that may run nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask_babel import gettext as _

from app.catalogue import pictures
from app.shared.drawers import Drawer
from app.shared.errors import Invalid

LARGEST = pictures.LARGEST_FILE
TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg"}
PAPERS = Drawer("papers", tuple(TYPES), is_sealed=True)


@dataclass(frozen=True)
class File:
    """What will be kept; `ending` is pdf or jpg."""

    content: bytes
    ending: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def read_file(content: bytes, field: str = "file") -> File:
    """By its content, not its name. Raises Invalid at `field` with what would do instead."""
    if not content:
        raise Invalid(_("This file is empty. Choose another."), field=field)
    if len(content) > LARGEST:
        raise Invalid(_("This file has %(size)s MB; %(most)s MB is the most.", size=f"{len(content) / 1048576:.0f}", most=LARGEST // 1048576), field=field)
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:
            raise Invalid(_("This PDF is cut off. Save it again and choose that."), field=field)
        return File(content, "pdf")
    try:
        return File(pictures.read_picture(content, field).content, "jpg")
    except Invalid as refusal:
        raise Invalid(_("Choose a PDF, or a clear photo of the paper (JPEG, PNG or WebP)."), field=field) from refusal
