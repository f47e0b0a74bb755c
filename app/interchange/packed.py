"""ZIP files that a stranger has packed: every part is measured before and while it is unpacked. Pure. docs/imports.md lists the limits."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.interchange.problems import Unusable

MOST_PARTS = 2_000
MOST_UNPACKED = 200 * 1024 * 1024
"""Bytes that all parts together may have once unpacked."""
MOST_RATIO = 150
"""Unpacked to packed, of one part beyond the first megabyte. Sheets that people keep reach 40; a bomb has 1,000."""
BLOCK = 256 * 1024
BROKEN = _l("This Excel file is broken. Open it in Excel, save it again and send that, or save it as “CSV UTF-8”.")


def open_packed(content: bytes) -> zipfile.ZipFile:
    """A ZIP whose parts are few, small and not packed beyond belief. Raises Unusable."""
    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
        parts = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
        raise Unusable(_("This ZIP file is broken. Pack it again.")) from error
    if len(parts) > MOST_PARTS:
        raise Unusable(_("This file has %(number)s parts inside; at most %(most_parts)s are read.", number=f"{len(parts):,}", most_parts=f"{MOST_PARTS:,}"))
    if any(part.flag_bits & 1 for part in parts):
        raise Unusable(_("This file is locked with a password. Save it without one."))
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unusable(_("Unpacked, this file would be larger than %(most_unpacked)s MB. It was not opened.", most_unpacked=MOST_UNPACKED // 1024 // 1024))
    for part in parts:
        _require_ratio(part.file_size, part.compress_size)
    return packed


def _require_ratio(unpacked: int, packed: int) -> None:
    if unpacked > 1024 * 1024 and unpacked > MOST_RATIO * max(packed, 1):
        raise Unusable(_("This file is packed beyond belief, as no spreadsheet is. It was not opened."))


def unpack(packed: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """One part, block by block. What it says of its own size is not believed. Raises Unusable."""
    try:
        part = packed.getinfo(name)
        done = 0
        with packed.open(part) as stream:
            while block := stream.read(BLOCK):
                done += len(block)
                _require_ratio(done, part.compress_size)
                if done > MOST_UNPACKED:
                    raise Unusable(_("Unpacked, this file would be larger than %(most_unpacked)s MB. It was not opened.", most_unpacked=MOST_UNPACKED // 1024 // 1024))
                yield block
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise Unusable(str(BROKEN)) from error
