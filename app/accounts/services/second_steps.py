"""The second step: setting up an app for codes, taking the step at sign-in, and showing again that it is oneself before weighty things."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts import policies, queries, totp
from app.accounts.models import AuthenticatorApp, Passkey, Person, RecoveryCode, SignIn
from app.accounts.passwords import verify_password
from app.accounts.services import sign_ins, throttles
from app.accounts.services.sign_ins import TooLate, end_all_sign_ins, hash_token
from app.audit import services as audit
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Forbidden, Invalid, NotFound

RECOVERY_CODES = 10


class WrongCode(Invalid):
    """Wrong, too old, used already: the three look the same."""

    code = "wrong_code"

    def __init__(self) -> None:
        super().__init__(_("That code is not right, or has been used. Codes change every 30 seconds: type the one that shows now."), field="code")


def start(*, actor: Person) -> AuthenticatorApp:
    """Make a seed to be shown; it counts once `confirm` has seen a code of it. Raises Invalid when there is one that counts."""
    with atomic():
        lock_row(Person, actor.id)
        app = queries.find_app(actor.id)
        if app is not None and app.confirmed_at is not None:
            raise Invalid(_("You have an authenticator app already. Take it away first."))
        sealed = totp.seal(totp.new_seed(), actor.id)
        if app is None:
            app = AuthenticatorApp(person_id=actor.id, sealed_seed=sealed)
            db.session.add(app)
        app.sealed_seed = sealed
        audit.record("accounts.second_step.started", subject=app, actor=actor)
    return app


def seed_of(app: AuthenticatorApp) -> bytes | None:
    return totp.unseal(app.sealed_seed, app.person_id)


def confirm(*, code: str, actor: Person, sign_in_id: uuid.UUID, address: str) -> list[str]:
    """The app shows the right codes: from now on they are asked for. Every other session ends. The recovery codes, shown once.

    Raises WrongCode, TooManyTries, NotFound when nothing was started.
    """
    throttles.count_try(email=actor.email, address=address, person_id=actor.id)
    with atomic():
        person = lock_row(Person, actor.id)
        app = queries.find_app(person.id)
        if app is None or app.confirmed_at is not None:
            raise NotFound
        _use_code(app, code)
        app.confirmed_at = clock.now()
        end_all_sign_ins(person.id, but=sign_in_id)
        here = lock_row(SignIn, sign_in_id)
        here.is_strong, here.confirmed_at = True, clock.now()
        throttles.forgive(email=person.email, address=address)
        audit.record("accounts.second_step.set", subject=app, actor=person)
        return first_codes(person)


def renew_recovery_codes(*, actor: Person) -> list[str]:
    """Ten new ones; the old ones are dead."""
    with atomic():
        person = lock_row(Person, actor.id)
        if not queries.has_second_step(person.id):
            raise NotFound
        audit.record("accounts.recovery_codes.renewed", subject=person, actor=person)
        return _new_codes(person)


def remove(*, actor: Person) -> None:
    """Take one's own app away; with the last second step go the recovery codes. Where it is asked of everybody, the next page asks to
    set one up. Raises NotFound."""
    with atomic():
        person = lock_row(Person, actor.id)
        app = queries.find_app(person.id)
        if app is None:
            raise NotFound(_("There is no app to take away."))
        db.session.delete(app)
        audit.record("accounts.second_step.removed", subject=person, actor=actor)
        forget_if_last(person)


def remove_for(*, person_id: uuid.UUID, actor: Person | None) -> None:
    """Somebody has lost telephone, keys and recovery codes: they sign in with the password alone, once, and set up a new second step.
    They are signed out everywhere. `actor` None is the command line. Raises NotFound where there is none, and Forbidden where the
    person also works outside the actor's reach."""
    with atomic():
        person = queries.get_person(person_id, actor) if actor is not None else lock_row(Person, person_id)
        if actor is not None and not policies.can_answer_for(actor, person):
            raise Forbidden(_("Only somebody who looks after all of this person's roles can do this."))
        lock_row(Person, person.id)
        if not queries.has_second_step(person.id):
            raise NotFound(_("There is no second step to take away."))
        for kept in (AuthenticatorApp, Passkey):
            db.session.execute(sa.delete(kept).where(kept.person_id == person.id))
        audit.record("accounts.second_step.removed", subject=person, actor=actor)
        forget_if_last(person)
        end_all_sign_ins(person.id)


def forget_if_last(person: Person) -> None:
    """Without a second step there are no recovery codes, and no session that took one. Inside the caller's transaction."""
    db.session.flush()
    if not queries.has_second_step(person.id):
        db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
        db.session.execute(sa.update(SignIn).where(SignIn.person_id == person.id).values(is_strong=False))


def take(*, token: str, code: str, address: str) -> str:
    """The second step of a sign-in that waits for it. The token of the session that begins now.

    Raises WrongCode, TooLate, TooManyTries.
    """
    waiting = queries.find_waiting_sign_in(hash_token(token))
    if waiting is None:
        raise TooLate
    person_id, email = waiting.person_id, waiting.person.email
    throttles.count_try(email=email, address=address, person_id=person_id)
    _show_code(person_id, code)
    return sign_ins.let_in(sign_in_id=waiting.id, address=address, how="code")


def show_again(*, sign_in_id: uuid.UUID, password: str, code: str, actor: Person, address: str) -> None:
    """It is still the person who signed in: by a code where they have an app, else by the password.

    Raises WrongCode, Invalid (at the password), TooManyTries.
    """
    email, known = actor.email, actor.password_hash
    throttles.count_try(email=email, address=address, person_id=actor.id)
    if queries.has_second_step(actor.id):
        _show_code(actor.id, code)
    elif not verify_password(known, password):
        raise Invalid(_("That is not your password."), field="password")
    sign_ins.confirm(sign_in_id=sign_in_id, address=address, how="code or password")


def first_codes(person: Person) -> list[str]:
    """Recovery codes for whoever has none left, to be shown now; else none. Inside the caller's transaction."""
    return [] if queries.count_recovery_codes(person.id) else _new_codes(person)


def _show_code(person_id: uuid.UUID, code: str) -> None:
    """Use up a code of the app, or a recovery code; a refused one is in the trail. Raises WrongCode."""
    try:
        with atomic():
            person = lock_row(Person, person_id)
            app = queries.find_app(person_id)
            if len("".join(c for c in code if c.isalnum())) > 6:
                _use_recovery_code(person, code)
            elif app is not None and app.confirmed_at is not None:
                _use_code(app, code)
            else:
                raise WrongCode
    except WrongCode:
        with atomic():
            person = lock_row(Person, person_id)
            audit.record("accounts.second_step.refused", subject=person, actor=person)
        raise


def _use_code(app: AuthenticatorApp, code: str) -> None:
    seed = totp.unseal(app.sealed_seed, app.person_id)
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
