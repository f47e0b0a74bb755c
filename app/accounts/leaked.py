"""Passwords that were leaked from elsewhere, of twelve characters and more, as a Bloom filter: no password lies in Kith.

`leaked.bin` was made from 1.4 million of them by scripts/distil_passwords.py. One in a hundred good passwords is refused with them, and its
owner chooses another.
"""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("leaked.bin")
PROBES = 7


def places(password: str, bits: int) -> Iterator[int]:
    """Where a password's bits stand; capitals count as small letters."""
    digest = hashlib.sha256(password.casefold().encode()).digest()
    first, step = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big") | 1
    return ((first + turn * step) % bits for turn in range(PROBES))


@cache
def _bits() -> mmap.mmap:
    with FILE.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def is_leaked(password: str) -> bool:
    bits = _bits()
    return all(bits[place >> 3] & (1 << (place & 7)) for place in places(password, len(bits) * 8))
