"""Passkeys: adding, naming and taking them away; signing in with one, alone or after the password; showing again that it is oneself."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts import passkeys, queries
from app.accounts.models import Passkey, PasskeyChallenge, PasskeyUse, Person, SignIn
from app.accounts.passkeys import PasskeyRefused, Place
from app.accounts.services import second_steps, sign_ins, throttles
from app.accounts.services.sign_ins import TooLate, end_all_sign_ins, hash_token
from app.audit import services as audit
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Invalid

MOST = 10
_COPIED = (
    _l("Kith has seen a copy of this passkey and no longer accepts it. Sign in another way, take it away on your account page, "
    "and tell your Zone manager.")
)


def ask(*, use: PasskeyUse, person_id: uuid.UUID | None) -> tuple[str, bytes]:
    """A challenge for one answer, within minutes: the token for the browser's session, and the bytes to be signed."""
    token, challenge = secrets.token_urlsafe(32), secrets.token_bytes(32)
    with atomic():
        db.session.add(PasskeyChallenge(
            token_hash=hash_token(token), purpose=use, person_id=person_id, challenge=challenge,
            expires_at=clock.now() + timedelta(seconds=passkeys.ANSWER_WITHIN),
        ))
    return token, challenge


def add(*, token: str, answer: str, name: str, place: Place, actor: Person, sign_in_id: uuid.UUID) -> list[str]:
    """Keep the public half of a new key; every other session ends. The recovery codes, if these are the first.

    Raises PasskeyRefused, Invalid when there are too many.
    """
    new = passkeys.read_new(answer, place, _use_challenge(token, PasskeyUse.ADD, actor.id))
    with atomic():
        person = lock_row(Person, actor.id)
        if len(queries.list_passkeys(person.id)) >= MOST:
            raise Invalid(_("You have %(most)s passkeys. Take one away first.", most=MOST))
        if queries.find_passkey(new.credential_id) is not None:
            raise PasskeyRefused
        row = Passkey(
            person_id=person.id, name=name, credential_id=new.credential_id, public_key=new.public_key, sign_count=new.sign_count,
            is_synced=new.is_synced,
        )
        db.session.add(row)
        here = lock_row(SignIn, sign_in_id)
        here.is_strong, here.confirmed_at = True, clock.now()
        end_all_sign_ins(person.id, but=sign_in_id)
        audit.record("accounts.passkey.added", subject=row, actor=person)
        return second_steps.first_codes(person)


def rename(*, passkey_id: uuid.UUID, name: str, actor: Person) -> None:
    with atomic():
        row = queries.get_passkey(passkey_id, actor)
        row.name = name
        audit.record("accounts.passkey.renamed", subject=row, actor=actor)


def remove(*, passkey_id: uuid.UUID, actor: Person, sign_in_id: uuid.UUID) -> None:
    """Take one of one's own keys away; whoever signed in elsewhere is out, for it may be the key that was stolen."""
    with atomic():
        person = lock_row(Person, actor.id)
        row = queries.get_passkey(passkey_id, person)
        audit.record("accounts.passkey.removed", subject=row, actor=person)
        db.session.delete(row)
        second_steps.forget_if_last(person)
        end_all_sign_ins(person.id, but=sign_in_id)


def sign_in(*, token: str, answer: str, place: Place, address: str, browser: str) -> str:
    """Sign in with a key alone: having it and unlocking it are two steps. The token of the session.

    Raises PasskeyRefused, with one sentence for a key that is not known, and TooManyTries.
    """
    throttles.count_key(address=address)
    challenge, named = _use_challenge(token, PasskeyUse.SIGN_IN, None), passkeys.named_in(answer)
    key = queries.find_passkey(named)
    owner = None if key is None else db.session.get(Person, key.person_id)
    if key is None or owner is None or not owner.is_active:
        raise PasskeyRefused
    _check(key, answer, place, challenge)
    session = secrets.token_urlsafe(32)
    with atomic():
        person = lock_row(Person, owner.id)
        if not person.is_active:
            raise PasskeyRefused
        row = SignIn(
            person_id=person.id, token_hash=hash_token(session), address=address[:60], browser=browser[:200], is_strong=True,
            confirmed_at=clock.now(),
        )
        db.session.add(row)
        throttles.forgive_key(address=address)
        audit.record("accounts.sign_in.started", subject=row, actor=person, second_step="passkey alone")
    return session


def take(*, sign_in_token: str, token: str, answer: str, place: Place, address: str) -> str:
    """A key as the second step of a sign-in that waits for it. The token of the session that begins now.

    Raises PasskeyRefused, TooLate, TooManyTries.
    """
    waiting = queries.find_waiting_sign_in(hash_token(sign_in_token))
    if waiting is None:
        raise TooLate
    _show(waiting.person, PasskeyUse.SECOND_STEP, token, answer, place, address)
    return sign_ins.let_in(sign_in_id=waiting.id, address=address, how="passkey")


def show_again(*, sign_in_id: uuid.UUID, token: str, answer: str, place: Place, actor: Person, address: str) -> None:
    """It is still the person who signed in. Raises PasskeyRefused, TooManyTries."""
    _show(actor, PasskeyUse.CONFIRM, token, answer, place, address)
    sign_ins.confirm(sign_in_id=sign_in_id, address=address, how="passkey")


def forget_old_challenges() -> None:
    """Those that were never answered."""
    with atomic():
        db.session.execute(sa.delete(PasskeyChallenge).where(PasskeyChallenge.expires_at < clock.now()))


def _show(person: Person, use: PasskeyUse, token: str, answer: str, place: Place, address: str) -> None:
    """One of this person's keys answers; a refusal is in the trail. Raises PasskeyRefused, TooManyTries."""
    person_id = person.id
    throttles.count_try(email=person.email, address=address, person_id=person_id)
    try:
        challenge, named = _use_challenge(token, use, person_id), passkeys.named_in(answer)
        key = queries.find_passkey(named)
        if key is None or key.person_id != person_id:
            raise PasskeyRefused
        _check(key, answer, place, challenge)
    except PasskeyRefused:
        with atomic():
            owner = lock_row(Person, person_id)
            audit.record("accounts.second_step.refused", subject=owner, actor=owner)
        raise


def _use_challenge(token: str, use: PasskeyUse, person_id: uuid.UUID | None) -> bytes:
    """The bytes of that challenge, which is gone from now on, whatever comes of the answer. Raises PasskeyRefused."""
    with atomic():
        row = db.session.scalar(sa.select(PasskeyChallenge).where(PasskeyChallenge.token_hash == hash_token(token)).with_for_update())
        if row is not None:
            db.session.delete(row)
    if row is None or row.purpose is not use or row.person_id != person_id or row.expires_at <= clock.now():
        raise PasskeyRefused
    return row.challenge


def _check(key: Passkey, answer: str, place: Place, challenge: bytes) -> None:
    """The answer is that key's, and its counter has grown. Raises PasskeyRefused."""
    count = passkeys.read_known(answer, place, challenge, key.public_key)
    with atomic():
        row = lock_row(Passkey, key.id)
        is_copied = row.copied_at is not None or passkeys.counts_backwards(before=row.sign_count, now=count)
        if is_copied and row.copied_at is None:
            row.copied_at = clock.now()
            audit.record("accounts.passkey.copied", subject=row, actor=None)
        if not is_copied:
            row.sign_count, row.last_used_at = count, clock.now()
    if is_copied:
        raise PasskeyRefused(_COPIED)
