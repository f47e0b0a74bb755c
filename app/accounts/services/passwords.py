"""Choosing and changing a password. Hashing happens before the transaction begins."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from app.accounts import hooks, leaked, links, policies, queries
from app.accounts.models import Person
from app.accounts.passwords import hash_password, verify_password
from app.accounts.services import throttles
from app.accounts.services.sign_ins import end_all_sign_ins
from app.audit import services as audit
from app.shared.db import atomic, lock_row
from app.shared.errors import Forbidden, Invalid

SHORTEST, LONGEST = 12, 128
OBVIOUS = (
    "password", "passw0rd", "passwort", "letmein", "welcome", "qwertyuiop", "qwerty", "asdfghjkl", "zxcvbnm", "iloveyou", "admin",
    "administrator", "monkey", "dragon", "football", "liverpool", "arsenal", "chelsea", "sunshine", "princess", "superman", "batman",
    "trustno1", "changeme", "secret", "default", "login", "master", "hello", "whatever", "abc123", "charlie", "summer", "winter",
    "spring", "autumn", "kith", "linkworker", "zonemanager", "zone", "school", "children", "charity", "london", "wigan",
)
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1q2w3e4r5t6y7u8i9o0p")


class WrongPassword(Invalid):
    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__(_("That is not the password you have now."), field="current")


def require_good_password(password: str, person: Person) -> None:
    """Raises Invalid when it is too short, too long, or easily guessed. No rule about kinds of letters."""
    if len(password) < SHORTEST:
        raise Invalid(_("Use at least %(shortest)s characters. Three or four words in a row are easy to remember.", shortest=SHORTEST), field="password")
    if len(password) > LONGEST:
        raise Invalid(_("Use at most %(longest)s characters.", longest=LONGEST), field="password")
    if is_easily_guessed(password, person.name, person.email):
        raise Invalid(
            _("That password is easy to guess. Leave out your name, Kith and common passwords; three or four words in a row are good."),
            field="password",
        )
    if leaked.is_leaked(password):
        raise Invalid(_("That password stands on lists of passwords that were stolen elsewhere. Three or four words in a row are good."), field="password")


def is_easily_guessed(password: str, *about: str) -> bool:
    """Little is left of it once common passwords, words of the person and of Kith, runs and repeats are taken out."""
    rest = "".join(c for c in password.lower() if c.isalnum())
    own = [word for text in about for word in "".join(c if c.isalnum() else " " for c in text.lower()).split() if len(word) >= 3]
    taken = rest
    for word in sorted({*OBVIOUS, *own}, key=len, reverse=True):
        taken = taken.replace(word, "")
    return len(set(rest)) < 5 or len(_without_runs(taken)) < 5


def _without_runs(text: str) -> str:
    """Stretches of four or more along the alphabet, the digits or a keyboard's row (either way) count as nothing."""
    out, i = "", 0
    while i < len(text):
        run = max(_run_length(text[i:], row) for known in _ROWS for row in (known, known[::-1]))
        if run >= 4:
            i += run
        else:
            out += text[i]
            i += 1
    return out


def _run_length(text: str, row: str) -> int:
    length = 0
    while length < len(text) and text[: length + 1] in row:
        length += 1
    return length


def choose_password(*, token: str, password: str, secret: str) -> Person:
    """Use a link: set the password it was made for, and end every session the person has. Raises LinkSpent and Invalid."""
    person = links.read_token(token, secret)
    if person.asked_id is not None:  # only its owner's own account opens Kith
        raise links.LinkSpent
    require_good_password(password, person)
    person_id, hashed = person.id, hash_password(password)
    with atomic():
        lock_row(Person, person_id)
        person = links.read_token(token, secret)  # again under the lock: a link works once, also when sent twice at once
        person.password_hash = hashed
        end_all_sign_ins(person_id)
        audit.record("accounts.password.chosen", subject=person, actor=person)
    return person


def change_password(*, current: str, password: str, actor: Person, keep: uuid.UUID | None, address: str) -> None:
    """Change one's own password; every other session but `keep` ends. Raises WrongPassword, Invalid, TooManyTries."""
    require_good_password(password, actor)
    person_id, email, known = actor.id, actor.email, actor.password_hash
    throttles.count_try(email=email, address=address, person_id=person_id)
    if not verify_password(known, current):
        raise WrongPassword
    hashed = hash_password(password)
    with atomic():
        person = lock_row(Person, person_id)
        if person.password_hash != known:
            raise WrongPassword
        throttles.forgive(email=email, address=address)
        person.password_hash = hashed
        end_all_sign_ins(person_id, but=keep)
        audit.record("accounts.password.changed", subject=person, actor=person)


def make_link(*, person_id: uuid.UUID, actor: Person, secret: str) -> str:
    """A new link for somebody who lost the first one or forgot the password; it is sent to them, too. The token.

    Raises NotFound, and Forbidden where the person also works outside the actor's reach.
    """
    with atomic():
        person = queries.get_person(person_id, actor)
        if not policies.can_answer_for(actor, person) or not person.is_active:
            raise Forbidden(_("Only somebody who looks after all of this person's roles can do this."))
        hooks.tell_link(person, hooks.LinkKind.FORGOTTEN if person.password_hash else hooks.LinkKind.INVITED)
        audit.record("accounts.link.made", subject=person, actor=actor)
        return links.make_token(person, secret)
