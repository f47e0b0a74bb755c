"""One sealed file: AES-256-GCM in parts of a megabyte, so that neither writing nor reading takes more memory than that.

The file's own key comes from the backup key and a random salt. Each part's nonce is its number and whether it is the last, so a part that was
changed, moved, left out or cut off does not open.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.shared.errors import Invalid

MAGIC = b"KithBackup1\n"
SALT = 32
PART = 1 << 20
TAG = 16
SHORTEST_KEY = 32


class NotWhole(Invalid):
    """The file was changed or cut off, or is sealed with another key."""

    code = "backup_not_whole"


class Sealer(io.RawIOBase):
    """What is written here ends up sealed in `target`; only `finish` makes it whole. `size` is what was written, before it was sealed."""

    def __init__(self, target: IO[bytes], secret: str) -> None:
        super().__init__()
        salt = os.urandom(SALT)
        self._target, self._cipher, self._number, self._waiting, self.size = target, _cipher(secret, salt), 0, bytearray(), 0
        target.write(MAGIC + salt)

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        view = memoryview(content)  # type: ignore[arg-type]
        self._waiting += view
        self.size += view.nbytes
        while len(self._waiting) > PART:  # the last part is written by `finish` alone
            self._write(bytes(self._waiting[:PART]), is_last=False)
            del self._waiting[:PART]
        return view.nbytes

    def finish(self) -> None:
        self._write(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _write(self, part: bytes, *, is_last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, is_last=is_last), part, MAGIC))
        self._number += 1


def opened(source: IO[bytes], secret: str) -> Iterator[bytes]:
    """The parts in order. Raises NotWhole, at the latest after the last part: nothing may be used before the end was reached."""
    if source.read(len(MAGIC)) != MAGIC:
        raise NotWhole("This is no backup of Kith.")
    cipher = _cipher(secret, source.read(SALT))
    number, part = 0, source.read(PART + TAG)
    while True:
        following = source.read(PART + TAG)
        try:
            yield cipher.decrypt(_nonce(number, is_last=not following), part, MAGIC)
        except (InvalidTag, ValueError) as error:
            why = "it is sealed with another KITH_BACKUP_KEY, or was changed" if number == 0 else "it was changed or cut off"
            raise NotWhole(f"This backup does not open: {why}. Nothing was restored.") from error
        if not following:
            return
        number, part = number + 1, following


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _cipher(secret: str, salt: bytes) -> AESGCM:
    if len(secret) < SHORTEST_KEY:
        raise Invalid(f"KITH_BACKUP_KEY must be set, to {SHORTEST_KEY} random characters or more; keep it apart from the backups.")
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"kith backup").derive(secret.encode()))
