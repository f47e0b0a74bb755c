"""Codes of an authenticator app: RFC 6238 with SHA-1, six digits, thirty seconds, as every app has them. Pure but for the random seed.

The seed is kept sealed (AES-256-GCM) with a key made from KITH_SECRET_KEY, bound to its person: a copy of the database alone makes no codes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import uuid
from datetime import datetime
from urllib.parse import quote

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

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


def seal(seed: bytes, person_id: uuid.UUID, secret: str) -> bytes:
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(_key(secret)).encrypt(nonce, seed, person_id.bytes)


def unseal(sealed: bytes, person_id: uuid.UUID, secret: str) -> bytes | None:
    """None when it was sealed with another KITH_SECRET_KEY, or for somebody else."""
    try:
        return AESGCM(_key(secret)).decrypt(sealed[:12], sealed[12:], person_id.bytes)
    except InvalidTag:
        return None


def new_recovery_code() -> str:
    """Like K7QF-29XB-MT4D: 57 bits, without letters that are read as others."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


def hash_recovery_code(code: str, person_id: uuid.UUID) -> str:
    tidy = "".join(c for c in code.upper() if c.isalnum())
    return hashlib.sha256(f"{person_id} {tidy}".encode()).hexdigest()


def _key(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"kith.accounts.totp").derive(secret.encode())
