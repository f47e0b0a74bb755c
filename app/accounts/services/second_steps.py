"""The second step: setting up an app for codes, taking the step at sign-in, and showing again that it is oneself before weighty things."""

from __future__ import annotations

import secrets
import uuid

import sqlalchemy as sa

from app.accounts import policies, queries, totp
from app.accounts.models import AuthenticatorApp, Person, RecoveryCode, SignIn
from app.accounts.passwords import verify_password
from app.accounts.services import throttles
from app.accounts.services.sign_ins import end_all_sign_ins, hash_token
from app.audit import services as audit
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Forbidden, Invalid, NotFound

RECOVERY_CODES = 10


class WrongCode(Invalid):
    """Wrong, too old, used already: the three look the same."""

    code = "wrong_code"

    def __init__(self) -> None:
        super().__init__("That code is not right, or has been used. Codes change every 30 seconds: type the one that shows now.", field="code")


class TooLate(Invalid):
    code = "sign_in_too_late"

    def __init__(self) -> None:
        super().__init__("That took too long. Please sign in again from the start.")


def start(*, actor: Person, secret: str) -> AuthenticatorApp:
    """Make a seed to be shown; it counts once `confirm` has seen a code of it. Raises Invalid when there is one that counts."""
    with atomic():
        lock_row(Person, actor.id)
        app = queries.find_app(actor.id)
        if app is not None and app.confirmed_at is not None:
            raise Invalid("You have an authenticator app already. Take it away first.")
        sealed = totp.seal(totp.new_seed(), actor.id, secret)
        if app is None:
            app = AuthenticatorApp(person_id=actor.id, sealed_seed=sealed)
            db.session.add(app)
        app.sealed_seed = sealed
        audit.record("accounts.second_step.started", subject=app, actor=actor)
    return app


def seed_of(app: AuthenticatorApp, secret: str) -> bytes | None:
    return totp.unseal(app.sealed_seed, app.person_id, secret)


def confirm(*, code: str, actor: Person, sign_in_id: uuid.UUID, address: str, secret: str) -> list[str]:
    """The app shows the right codes: from now on they are asked for. Every other session ends. The recovery codes, shown once.

    Raises WrongCode, TooManyTries, NotFound when nothing was started.
    """
    throttles.count_try(email=actor.email, address=address, person_id=actor.id)
    with atomic():
        person = lock_row(Person, actor.id)
        app = queries.find_app(person.id)
        if app is None or app.confirmed_at is not None:
            raise NotFound
        _use_code(app, code, secret)
        app.confirmed_at = clock.now()
        end_all_sign_ins(person.id, but=sign_in_id)
        here = lock_row(SignIn, sign_in_id)
        here.is_strong, here.confirmed_at = True, clock.now()
        throttles.forgive(email=person.email, address=address)
        audit.record("accounts.second_step.set", subject=app, actor=person)
        return _new_codes(person)


def renew_recovery_codes(*, actor: Person) -> list[str]:
    """Ten new ones; the old ones are dead."""
    with atomic():
        person = lock_row(Person, actor.id)
        if not queries.has_second_step(person.id):
            raise NotFound
        audit.record("accounts.recovery_codes.renewed", subject=person, actor=person)
        return _new_codes(person)


def remove(*, actor: Person) -> None:
    """Take one's own app away, with the recovery codes. Where a second step is asked of everybody, the next page asks to set it up."""
    with atomic():
        _remove(lock_row(Person, actor.id), actor)


def remove_for(*, person_id: uuid.UUID, actor: Person | None) -> None:
    """Somebody has lost telephone and recovery codes: they sign in with the password alone, once, and set up a new app. They are
    signed out everywhere. `actor` None is the command line. Raises Forbidden where the person also works outside the actor's reach."""
    with atomic():
        person = queries.get_person(person_id, actor) if actor is not None else lock_row(Person, person_id)
        if actor is not None and not policies.can_answer_for(actor, person):
            raise Forbidden("Only somebody who looks after all of this person's roles can do this.")
        _remove(lock_row(Person, person.id), actor)
        end_all_sign_ins(person.id)


def take(*, token: str, code: str, address: str, secret: str) -> str:
    """The second step of a sign-in that waits for it. The token of the session that begins now.

    Raises WrongCode, TooLate, TooManyTries.
    """
    waiting = queries.find_waiting_sign_in(hash_token(token))
    if waiting is None:
        raise TooLate
    person_id, email = waiting.person_id, waiting.person.email
    throttles.count_try(email=email, address=address, person_id=person_id)
    _show_code(person_id, code, secret)
    newer = secrets.token_urlsafe(32)
    with atomic():
        row = lock_row(SignIn, waiting.id)
        if row.waits_until is None or row.ended_at is not None:
            raise TooLate
        row.token_hash, row.waits_until, row.is_strong = hash_token(newer), None, True
        row.last_seen_at = row.confirmed_at = clock.now()
        throttles.forgive(email=email, address=address)
        audit.record("accounts.sign_in.started", subject=row, actor=row.person, second_step=True)
    return newer


def show_again(*, sign_in_id: uuid.UUID, password: str, code: str, actor: Person, address: str, secret: str) -> None:
    """It is still the person who signed in: by a code where they have an app, else by the password.

    Raises WrongCode, Invalid (at the password), TooManyTries.
    """
    email, known = actor.email, actor.password_hash
    throttles.count_try(email=email, address=address, person_id=actor.id)
    if queries.has_second_step(actor.id):
        _show_code(actor.id, code, secret)
    elif not verify_password(known, password):
        raise Invalid("That is not your password.", field="password")
    with atomic():
        row = lock_row(SignIn, sign_in_id)
        row.confirmed_at = clock.now()
        throttles.forgive(email=email, address=address)
        audit.record("accounts.sign_in.confirmed", subject=row, actor=row.person)


def _show_code(person_id: uuid.UUID, code: str, secret: str) -> None:
    """Use up a code of the app, or a recovery code; a refused one is in the trail. Raises WrongCode."""
    try:
        with atomic():
            person = lock_row(Person, person_id)
            app = queries.find_app(person_id)
            if app is None or app.confirmed_at is None:
                raise WrongCode
            if len("".join(c for c in code if c.isalnum())) > 6:
                _use_recovery_code(person, code)
            else:
                _use_code(app, code, secret)
    except WrongCode:
        with atomic():
            person = lock_row(Person, person_id)
            audit.record("accounts.second_step.refused", subject=person, actor=person)
        raise


def _use_code(app: AuthenticatorApp, code: str, secret: str) -> None:
    seed = totp.unseal(app.sealed_seed, app.person_id, secret)
    step = totp.find_step(seed, code, clock.now(), app.last_step) if seed is not None else None
    if step is None:
        raise WrongCode
    app.last_step = step


def _use_recovery_code(person: Person, code: str) -> None:
    row = db.session.scalar(sa.select(RecoveryCode).where(
        RecoveryCode.person_id == person.id, RecoveryCode.code_hash == totp.hash_recovery_code(code, person.id), RecoveryCode.used_at.is_(None),
    ))
    if row is None:
        raise WrongCode
    row.used_at = clock.now()
    audit.record("accounts.recovery_code.used", subject=row, actor=person)


def _new_codes(person: Person) -> list[str]:
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [totp.new_recovery_code() for _ in range(RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(person_id=person.id, code_hash=totp.hash_recovery_code(code, person.id)) for code in codes)
    return codes


def _remove(person: Person, actor: Person | None) -> None:
    app = queries.find_app(person.id)
    if app is None:
        raise NotFound("There is no second step to take away.")
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    db.session.delete(app)
    db.session.execute(sa.update(SignIn).where(SignIn.person_id == person.id).values(is_strong=False))
    audit.record("accounts.second_step.removed", subject=person, actor=actor)
