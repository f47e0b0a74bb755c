"""Sealing what must not lie open in the database: AES-256-GCM, bound to what it belongs to, with keys that can be renewed.

A sealed text is the key's mark (4 bytes), a nonce (12) and the rest. KITH_DATA_KEYS names the keys, the one in use first; older ones
still open what they sealed. Without it the key comes from KITH_SECRET_KEY.
"""

from __future__ import annotations

import hashlib
import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


class CannotOpen(RuntimeError):
    """Sealed with a key that is not here any more, or moved from where it belongs."""


def seal(values: dict[str, str], belongs_to: str) -> bytes:
    """`belongs_to` names the row: sealed text that is copied to another does not open there."""
    mark, key = _keys()[0]
    nonce = os.urandom(12)
    return mark + nonce + AESGCM(key).encrypt(nonce, json.dumps(values, sort_keys=True).encode(), belongs_to.encode())


def unseal(sealed: bytes, belongs_to: str) -> dict[str, str]:
    """Raises CannotOpen."""
    for mark, key in _keys():
        if sealed[:4] == mark:
            try:
                opened = AESGCM(key).decrypt(sealed[4:16], sealed[16:], belongs_to.encode())
            except InvalidTag as error:
                raise CannotOpen("it does not belong here, or was changed") from error
            values: dict[str, str] = json.loads(opened)
            return values
    raise CannotOpen("the key it was sealed with is not among KITH_DATA_KEYS")


def _keys() -> list[tuple[bytes, bytes]]:
    settings = current_app.config["SETTINGS"]
    return [_derived(text) for text in (settings.data_keys or (settings.secret_key,))]


def _derived(text: str) -> tuple[bytes, bytes]:
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"kith data").derive(text.encode())
    return hashlib.sha256(key).digest()[:4], key
