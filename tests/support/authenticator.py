"""A key in software: what a telephone or a stick does for WebAuthn, so that passkeys are tested through the real pages.

Each switch is one thing that a dishonest key, page or copy might do.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED, MAY_SYNC, SYNCED = 0x01, 0x04, 0x40, 0x08, 0x10


def to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def to_bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One key pair. `count` None: a key that does not count, as those kept in a cloud do."""

    origin: str = "http://localhost:5000"
    host: str = "localhost"
    count: int | None = 0
    verifies: bool = True
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user: bytes = b""

    def create(self, options: dict[str, Any]) -> str:
        """What navigator.credentials.create() would answer to these options."""
        self.user = to_bytes(options["user"]["id"])
        numbers = self.private.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        attested = secrets.token_bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cose
        data = self._data(ATTESTED) + attested
        return self._answer({
            "clientDataJSON": to_text(self._client("webauthn.create", options["challenge"])),
            "attestationObject": to_text(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
        })

    def get(self, options: dict[str, Any]) -> str:
        """What navigator.credentials.get() would answer."""
        if self.count is not None:
            self.count += 1
        data, client = self._data(), self._client("webauthn.get", options["challenge"])
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({
            "clientDataJSON": to_text(client), "authenticatorData": to_text(data), "signature": to_text(signature), "userHandle": to_text(self.user),
        })

    def _data(self, more: int = 0) -> bytes:
        flags = PRESENT | more | (VERIFIED if self.verifies else 0) | (MAY_SYNC | SYNCED if self.count is None else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + (self.count or 0).to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        key = to_text(self.credential_id)
        return json.dumps({"id": key, "rawId": key, "type": "public-key", "response": response, "clientExtensionResults": {}})
