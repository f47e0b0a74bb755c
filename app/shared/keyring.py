"""The keys that seal data: several at a time, the first in use, the others only to open what they sealed.

They come from KITH_DATA_KEYS, from the file KITH_DATA_KEYS_FILE names, or (never in production) from a file that Kith makes in its data
directory. A key is any text of 32 characters or more; its mark (four bytes of a hash) stands before everything it has sealed. The key made
from KITH_SECRET_KEY, which sealed bank details in earlier versions, still opens and never seals while there is another.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.shared import clock
from app.shared.errors import Invalid
from app.shared.paths import new_file
from config import Settings

OWN_FILE = "data-keys"
OF_EARLIER = "KITH_SECRET_KEY"
SHORTEST = 32  # characters


@dataclass(frozen=True)
class Key:
    """`mark` is how a sealed value says which key it needs. `made_at` only where the file says so."""

    mark: bytes
    cipher: AESGCM
    source: str
    made_at: datetime | None = None

    @property
    def name(self) -> str:
        """The mark as people read it."""
        return self.mark.hex()


class KeysMissing(RuntimeError):
    """There is no key to seal with."""


def ring(settings: Settings) -> Sequence[Key]:
    """Every key, the one in use first. A file is read again when it has changed: adding a key needs no new start."""
    if settings.data_keys:
        return _of_texts(settings.data_keys, "KITH_DATA_KEYS", settings.secret_key)
    path = key_file(settings)
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        if settings.is_production:
            raise KeysMissing(f"there is no file of data keys at {path}") from None
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make_own(path)
        changed = path.stat().st_mtime_ns
    return _of_file(path, changed, settings.secret_key)


_opening: dict[int, tuple[Settings, dict[bytes, Key]]] = {}


def find(settings: Settings, mark: bytes) -> Key | None:
    """The key of that mark. Only one not seen before costs a look at the file: opening happens on every page."""
    kept = _opening.get(id(settings))
    if kept is None or kept[0] is not settings or mark not in kept[1]:
        kept = _opening[id(settings)] = (settings, {key.mark: key for key in ring(settings)})
    return kept[1].get(mark)


def key_file(settings: Settings) -> Path:
    return settings.data_keys_file or settings.data_dir / OWN_FILE


def new_key() -> str:
    return secrets.token_urlsafe(32)


def add_to_file(settings: Settings, at: datetime) -> None:
    """A new key, first in the file: what is sealed from now on is sealed with it. Raises Invalid where the keys are no file."""
    path = _writable(settings)
    ring(settings)
    _write(path, [_line(new_key(), at), *_lines(path)])


def drop_from_file(settings: Settings, name: str) -> None:
    """Take the key of that mark out of the file. Whoever calls has made sure that nothing needs it."""
    path = _writable(settings)
    _write(path, [line for line in _lines(path) if _derived(_split(line)[0])[0].hex() != name])
    _opening.clear()


def _writable(settings: Settings) -> Path:
    if settings.data_keys:
        raise Invalid("The keys come from KITH_DATA_KEYS: put a new one first there (or take an unused one out), and start Kith again.")
    return key_file(settings)


def _make_own(path: Path) -> None:
    """Two processes that start at once end with one file: the second finds the first one's."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    _fill(beside, [_line(new_key(), clock.now())])
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()


def _write(path: Path, lines: Sequence[str]) -> None:
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    _fill(beside, lines)
    beside.replace(path)


def _fill(path: Path, lines: Sequence[str]) -> None:
    with new_file(path) as file:
        file.write(("\n".join(lines) + "\n").encode())
        file.flush()
        os.fsync(file.fileno())


def _line(text: str, at: datetime) -> str:
    return f"{text} {at.astimezone(UTC).isoformat(timespec='seconds')}"


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]


def _split(line: str) -> tuple[str, datetime | None]:
    """The key, and when it was made where the line ends in an instant."""
    text, _, last = line.rpartition(" ")
    try:
        return text.strip(), datetime.fromisoformat(last)
    except ValueError:
        return line, None


@lru_cache(maxsize=16)
def _of_file(path: Path, changed: int, secret: str) -> tuple[Key, ...]:
    keys = [_key(text, path.name, made_at) for text, made_at in map(_split, _lines(path))]
    if not keys:
        raise KeysMissing(f"the file of data keys at {path} has none")
    return (*keys, _key(secret, OF_EARLIER))


@lru_cache(maxsize=16)
def _of_texts(texts: tuple[str, ...], source: str, secret: str) -> tuple[Key, ...]:
    return (*(_key(text, source) for text in texts), _key(secret, OF_EARLIER))


def _key(text: str, source: str, made_at: datetime | None = None) -> Key:
    mark, raw = _derived(text)
    return Key(mark, AESGCM(raw), source, made_at)


@lru_cache(maxsize=64)
def _derived(text: str) -> tuple[bytes, bytes]:
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"kith data").derive(text.encode())
    return hashlib.sha256(key).digest()[:4], key
