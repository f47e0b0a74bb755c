"""Which files a table of postcodes is in: one, a folder of them (Code-Point Open comes so), or a ZIP. Streamed, never read whole."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TextIO

from flask_babel import gettext as _

from app.interchange.packed import MOST_PARTS
from app.interchange.problems import Unusable

MOST_BYTES = 6 * 1024 * 1024 * 1024
"""Of one table once unpacked: the ONS Postcode Directory with all its columns has 1.4 GB."""
_NO_DATA = re.compile(r"(^|[/\\])(doc|documents?|user guide|metadata|multi_csv)[/\\]|header|codelist|readme|licen[cs]e", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """One CSV file. `size` in bytes, for saying how far it is; `lines` are read while it is open."""

    name: str
    size: int
    lines: TextIO
    raw: IO[bytes]

    def tell(self) -> int:
        try:
            return self.raw.tell()
        except (OSError, ValueError):
            return 0


@contextmanager
def open_parts(path: Path) -> Iterator[Iterator[Part]]:
    """The parts one after the other, each closed before the next. Raises Unusable for what cannot be read."""
    try:
        if path.is_dir():
            yield _of_folder(path)
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                yield _of_zip(packed)
        else:
            yield _of_file(path)
    except OSError as error:
        raise Unusable(_("%(path)s cannot be read: %(error)s.", path=path.name, error=(error.strerror or _("it is not a file")).lower())) from error
    except zipfile.BadZipFile as error:
        raise Unusable(_("%(path)s is a broken ZIP file.", path=path.name)) from error


def total_size(path: Path) -> int:
    """Bytes to read; 0 where nobody knows."""
    try:
        if path.is_dir():
            return sum(file.stat().st_size for file in _files(path))
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                return sum(part.file_size for part in _parts(packed))
        return path.stat().st_size
    except (OSError, zipfile.BadZipFile):
        return 0


def _text(raw: IO[bytes]) -> TextIO:
    return io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="")


def _of_file(path: Path) -> Iterator[Part]:
    with path.open("rb") as raw:
        yield Part(path.name, path.stat().st_size, _text(raw), raw)


def _files(folder: Path) -> list[Path]:
    found = sorted(file for file in folder.rglob("*") if file.suffix.lower() == ".csv" and file.is_file())
    return [file for file in found if not _NO_DATA.search(str(file.relative_to(folder)))]


def _of_folder(folder: Path) -> Iterator[Part]:
    files = _files(folder)
    if not files:
        raise Unusable(_("There is no CSV file of postcodes in %(folder)s.", folder=folder.name))
    for file in files:
        yield from _of_file(file)


def _parts(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    found = [part for part in packed.infolist() if part.filename.lower().endswith(".csv") and not _NO_DATA.search(part.filename)]
    return sorted(found, key=lambda part: part.filename)


def _of_zip(packed: zipfile.ZipFile) -> Iterator[Part]:
    parts = _parts(packed)
    if not parts:
        raise Unusable(_("There is no CSV file of postcodes in the ZIP file."))
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        raise Unusable(_("This ZIP file is larger than any table of postcodes."))
    for part in parts:
        with packed.open(part) as raw:
            yield Part(part.filename, part.file_size, _text(raw), raw)
