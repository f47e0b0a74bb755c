"""Password hashing: argon2id at 19 MiB, 2 passes, 1 lane (OWASP ASVS 5.0 appendix C). Never inside a write transaction."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.shared.db import is_writing

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_AT_ONCE = threading.BoundedSemaphore(2)
_NOBODY = _HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    """The argon2id hash to keep. Raises RuntimeError inside a write transaction, which it would hold for too long."""
    if is_writing():
        raise RuntimeError("hash before the transaction begins")
    with _AT_ONCE:
        return _HASHER.hash(password)


def verify_password(kept: str | None, password: str) -> bool:
    """True when the password is right. An unknown account costs as long as a known one."""
    with _AT_ONCE:
        try:
            _HASHER.verify(kept or _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None


def needs_rehash(kept: str) -> bool:
    return _HASHER.check_needs_rehash(kept)
