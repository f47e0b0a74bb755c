"""What is said to a browser about passkeys, and whether its answer is true: WebAuthn level 2, through py_webauthn. No database.

Who we are (`Place`) comes from the settings, never from the request: behind any proxy a key answers to that name alone. User
verification (finger, face or PIN) is always asked for and checked, so a passkey is two steps in one. No attestation is asked for:
which make of key somebody has is not our business.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l

from app.shared.errors import Invalid
from config import Settings

ANSWER_WITHIN = 300  # seconds, at the key and at Kith
LONGEST_ANSWER = 20_000


class PasskeyRefused(Invalid):
    """Not ours, not for this, too late, used before, a wrong signature: the same sentence for all."""

    code = "passkey_refused"

    def __init__(self, sentence: str = _l("That passkey did not work here. Try once more, or use another way.")) -> None:
        super().__init__(sentence)


@dataclass(frozen=True)
class Place:
    """The name keys are bound to (`host`), and the address that browsers must be at (`origin`)."""

    host: str
    origin: str


def place_of(settings: Settings) -> Place | None:
    """Where passkeys work: a name (no number) under HTTPS. On one's own machine that name is localhost. None: nowhere."""
    url = urlsplit(settings.base_url)
    host, port = url.hostname or "", f":{url.port}" if url.port else ""
    if host in {"127.0.0.1", "localhost"} and not settings.is_production:
        return Place("localhost", f"{url.scheme}://localhost{port}")
    if url.scheme != "https" or not any(c.isalpha() for c in host) or ":" in host:
        return None
    return Place(host, f"https://{host}{port}")


@dataclass(frozen=True)
class NewKey:
    credential_id: bytes
    public_key: bytes
    sign_count: int
    is_synced: bool


def questions_for_new(place: Place, person_id: uuid.UUID, email: str, name: str, challenge: bytes, known: Sequence[bytes]) -> str:
    """The JSON for navigator.credentials.create(); keys that the person has already are not taken twice."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_registration_options(
        rp_id=place.host, rp_name="Kith", user_id=person_id.bytes, user_name=email, user_display_name=name, challenge=challenge,
        timeout=ANSWER_WITHIN * 1000, attestation=structs.AttestationConveyancePreference.NONE,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED, user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=key) for key in known],
    )
    return webauthn.options_to_json(options)


def questions_for_known(place: Place, challenge: bytes, known: Sequence[bytes]) -> str:
    """The JSON for navigator.credentials.get(); with no `known` the browser offers whatever keys it has for us."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_authentication_options(
        rp_id=place.host, challenge=challenge, timeout=ANSWER_WITHIN * 1000,
        allow_credentials=[structs.PublicKeyCredentialDescriptor(id=key) for key in known],
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def read_new(answer: str, place: Place, challenge: bytes) -> NewKey:
    """Raises PasskeyRefused."""
    import webauthn

    try:
        found = webauthn.verify_registration_response(
            credential=_short(answer), expected_challenge=challenge, expected_rp_id=place.host, expected_origin=place.origin,
            require_user_verification=True,
        )
    except _faults() as error:
        raise PasskeyRefused from error
    return NewKey(found.credential_id, found.credential_public_key, found.sign_count, found.credential_device_type == "multi_device")


def named_in(answer: str) -> bytes:
    """Which key says that it answers. Nothing is proved by it. Raises PasskeyRefused."""
    from webauthn.helpers import parse_authentication_credential_json

    try:
        return parse_authentication_credential_json(_short(answer)).raw_id
    except _faults() as error:
        raise PasskeyRefused from error


def read_known(answer: str, place: Place, challenge: bytes, public_key: bytes) -> int:
    """The answer is by that key, for us, to this challenge, with the person verified. What its counter says. Raises PasskeyRefused."""
    import webauthn

    try:
        found = webauthn.verify_authentication_response(
            credential=_short(answer), expected_challenge=challenge, expected_rp_id=place.host, expected_origin=place.origin,
            credential_public_key=public_key, credential_current_sign_count=0,  # the caller compares: a copy is to be noted
            require_user_verification=True,
        )
    except _faults() as error:
        raise PasskeyRefused from error
    return found.new_sign_count


def counts_backwards(*, before: int, now: int) -> bool:
    """Two keys with one secret: the counter has not grown. Keys that do not count say 0 for ever."""
    return (before > 0 or now > 0) and now <= before


def _short(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused
    return answer


def _faults() -> tuple[type[Exception], ...]:
    """What the library raises for answers that somebody made up: its own refusals, and what its parsers stumble over."""
    from cbor2 import CBORDecodeError
    from cryptography.exceptions import UnsupportedAlgorithm
    from webauthn.helpers.exceptions import WebAuthnException

    return (WebAuthnException, CBORDecodeError, UnsupportedAlgorithm, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)


