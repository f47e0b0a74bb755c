"""Codes of an authenticator app: RFC 6238 with SHA-1, six digits, thirty seconds, as every app has them. Pure but for the random seed.

The seed is kept sealed under the data keys (app/shared/sealing.py), bound to its person: a copy of the database alone makes no codes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import uuid
from datetime import datetime
from urllib.parse import quote

from app.shared.sealing import CannotOpen, row_bound, seal_bytes, unseal_bytes

STEP = 30  # seconds
DRIFT = 1  # steps that a telephone's clock may be off, either way
_ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"


def new_seed() -> bytes:
    return secrets.token_bytes(20)


def step_at(at: datetime) -> int:
    return int(at.timestamp()) // STEP


def code_of(seed: bytes, step: int) -> str:
    """The six digits of that thirty seconds."""
    digest = hmac.digest(seed, step.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 1_000_000:06d}"


def find_step(seed: bytes, code: str, at: datetime, after: int) -> int | None:
    """The step whose code this is, if it is now or one off, and later than `after`, the last that was used. Every step is compared."""
    digits, now = "".join(code.split()), step_at(at)
    found = [step for step in range(now - DRIFT, now + DRIFT + 1) if hmac.compare_digest(code_of(seed, step).encode(), digits.encode())]
    return next((step for step in found if step > after), None)


def address_for_app(seed: bytes, email: str) -> str:
    """What the QR code says."""
    return f"otpauth://totp/Kith:{quote(email)}?secret={readable(seed).replace(' ', '')}&issuer=Kith"


def readable(seed: bytes) -> str:
    """The seed to be typed, in groups of four."""
    text = base64.b32encode(seed).decode().rstrip("=")
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def seal(seed: bytes, person_id: uuid.UUID) -> bytes:
    return seal_bytes(seed, _belongs_to(person_id))


def unseal(sealed: bytes, person_id: uuid.UUID) -> bytes | None:
    """None when its key is gone, or it was sealed for somebody else."""
    try:
        return unseal_bytes(sealed, _belongs_to(person_id))
    except CannotOpen:
        return None


def _belongs_to(person_id: uuid.UUID) -> str:
    return f"authenticator_app:{person_id}"


row_bound("authenticator_app.sealed_seed", lambda row: _belongs_to(row.person_id), "id", "person_id")


def new_recovery_code() -> str:
    """Like K7QF-29XB-MT4D-HW63-CPNR-8YJA: 114 bits, so that a plain hash of it tells nothing, without letters that are read as others."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(6))


def hash_recovery_code(code: str, person_id: uuid.UUID) -> str:
    tidy = "".join(c for c in code.upper() if c.isalnum())
    return hashlib.sha256(f"{person_id} {tidy}".encode()).hexdigest()
