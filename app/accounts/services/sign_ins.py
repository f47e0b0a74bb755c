"""Signing in, staying in and signing out."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts import queries
from app.accounts.models import Person, SignIn
from app.accounts.passwords import hash_password, needs_rehash, verify_password
from app.accounts.services import throttles
from app.audit import services as audit
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Invalid, NotFound

SEEN_EVERY = timedelta(minutes=5)
SECOND_STEP_WITHIN = timedelta(minutes=10)
KEPT = timedelta(days=90)


class SignInRefused(Invalid):
    """One sentence for a wrong password, an unknown address and somebody who has left."""

    code = "sign_in_refused"

    def __init__(self) -> None:
        super().__init__(_("That e-mail address and password do not go together. Check both and try again."))


class TooLate(Invalid):
    code = "sign_in_too_late"

    def __init__(self) -> None:
        super().__init__(_("That took too long. Please sign in again from the start."))


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(*, email: str, password: str, address: str, browser: str) -> tuple[SignIn, str]:
    """Begin a session: the row, and the token for the cookie. Whoever has a second step is not in before it is taken
    (`row.waits_until`; second_steps.take).

    The password is checked outside any transaction. Raises SignInRefused and TooManyTries, and costs the same whoever is named.
    """
    person = queries.find_person(email)
    known = None if person is None or not person.is_active else person.password_hash
    person_id = None if person is None else person.id
    throttles.count_try(email=email, address=address, person_id=person_id)
    if not verify_password(known, password) or person_id is None or known is None:
        raise SignInRefused
    newer_hash = hash_password(password) if needs_rehash(known) else None
    token = secrets.token_urlsafe(32)
    with atomic():
        person = lock_row(Person, person_id)
        if not person.is_active or person.password_hash != known:
            raise SignInRefused  # left, or changed the password, while this one was being checked
        if newer_hash is not None:
            person.password_hash = newer_hash
        throttles.forgive(email=email, address=address)
        row = SignIn(person_id=person.id, token_hash=hash_token(token), address=address[:60], browser=browser[:200])
        row.waits_until = clock.now() + SECOND_STEP_WITHIN if queries.has_second_step(person.id) else None
        db.session.add(row)
        if row.waits_until is None:
            audit.record("accounts.sign_in.started", subject=row, actor=person)
    return row, token


def let_in(*, sign_in_id: uuid.UUID, address: str, how: str) -> str:
    """The second step of a waiting sign-in is taken. The new token of the session that begins now. Raises TooLate."""
    newer = secrets.token_urlsafe(32)
    with atomic():
        row = lock_row(SignIn, sign_in_id)
        if row.waits_until is None or row.ended_at is not None:
            raise TooLate
        row.token_hash, row.waits_until, row.is_strong = hash_token(newer), None, True
        row.last_seen_at = row.confirmed_at = clock.now()
        throttles.forgive(email=row.person.email, address=address)
        audit.record("accounts.sign_in.started", subject=row, actor=row.person, second_step=how)
    return newer


def confirm(*, sign_in_id: uuid.UUID, address: str, how: str) -> None:
    """The person has just shown again that it is them."""
    with atomic():
        row = lock_row(SignIn, sign_in_id)
        row.confirmed_at = clock.now()
        throttles.forgive(email=row.person.email, address=address)
        audit.record("accounts.sign_in.confirmed", subject=row, actor=row.person, how=how)


def keep_alive(*, sign_in_id: uuid.UUID) -> None:
    """Note that this session is in use; at most once every five minutes."""
    now = clock.now()
    with atomic():
        db.session.execute(
            sa.update(SignIn)
            .where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None), SignIn.last_seen_at <= now - SEEN_EVERY)
            .values(last_seen_at=now)
        )


def sign_out(*, token: str) -> None:
    """End the session of that token; nothing happens when it has ended already."""
    with atomic():
        row = db.session.scalar(sa.select(SignIn).where(SignIn.token_hash == hash_token(token), SignIn.ended_at.is_(None)))
        if row is not None:
            row.ended_at = clock.now()
            audit.record("accounts.sign_in.ended", subject=row, actor=row.person)


def end_sign_in(*, sign_in_id: uuid.UUID, actor: Person) -> None:
    """End one of one's own sessions. Raises NotFound for anybody else's."""
    with atomic():
        row = db.session.get(SignIn, sign_in_id)
        if row is None or row.person_id != actor.id:
            raise NotFound
        if row.ended_at is None:
            row.ended_at = clock.now()
            audit.record("accounts.sign_in.ended", subject=row, actor=actor)


def end_all_sign_ins(person_id: uuid.UUID, *, but: uuid.UUID | None = None) -> None:
    """Every session of that person, except `but`. Inside the caller's transaction, which writes the audit entry."""
    db.session.execute(
        sa.update(SignIn)
        .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.id != but if but else sa.true())
        .values(ended_at=clock.now())
    )


def forget_old_sign_ins() -> None:
    """Sessions that nobody can use any more are kept for some weeks, for questions about who was in, then removed."""
    with atomic():
        db.session.execute(sa.delete(SignIn).where(SignIn.last_seen_at < clock.now() - KEPT))
