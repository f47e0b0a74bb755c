"""Counting failed sign-ins, per account at an address and per address, files of children's data, and requests; across all processes.

A stranger cannot lock somebody out: the limit of an account holds for one address at a time. Many addresses trying one account
together only slow that account down, and not at an address where its owner has signed in before.
"""

from __future__ import annotations

import hashlib
import ipaddress
import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts.models import SignIn, Throttle
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import TooMany

WINDOW = timedelta(minutes=15)
LIMIT = 10
ACCOUNT_LIMIT = 50
SLOW = timedelta(seconds=10)
EXPORTS, EXPORT_WINDOW = 30, timedelta(hours=1)
KEPT = timedelta(hours=3)  # longer than any window


class TooManyTries(TooMany):
    """Tried too often; the sentence and `wait` say when to try again."""

    code = "too_many_tries"

    def __init__(self, again_at: datetime) -> None:
        super().__init__(
            _("There were too many tries to sign in. You can try again at %(time)s.", time=f"{clock.london(again_at + timedelta(seconds=59)):%H:%M}"), _until(again_at)
        )


class TooManyFiles(TooMany):
    """Nobody's work needs so many files of children's data in an hour; whoever has stolen a session does."""

    code = "too_many_files"

    def __init__(self, again_at: datetime) -> None:
        super().__init__(_("That is more files than anybody needs in an hour. You can go on at %(time)s.", time=f"{clock.london(again_at):%H:%M}"), _until(again_at))


def _until(again_at: datetime) -> float:
    return (again_at - clock.now()).total_seconds()


def count_try(*, email: str, address: str, person_id: uuid.UUID | None) -> None:
    """Count this try before the password is looked at, so that tries at the same moment are all counted.

    Raises TooManyTries. `forgive` takes the count back when the try succeeds.
    """
    account, place = _hashed(email), _place(address)
    with atomic():
        tried = [_bump(f"pair:{account[:32]}:{_hashed(place)[:32]}", WINDOW), _bump(f"from:{_hashed(place)}", WINDOW)]
        over = [starts_at + WINDOW for tries, starts_at in tried if tries > LIMIT]
        if not over:
            tries, _until_when = _bump(f"who:{account}", WINDOW)
            if tries > ACCOUNT_LIMIT and not _is_known_place(person_id, address):
                turns, starts_at = _bump(f"slow:{account}", SLOW)
                over = [starts_at + SLOW] if turns > 1 else []
    if over:
        raise TooManyTries(max(over))


def count_key(*, address: str) -> None:
    """One more answer of a passkey from there; whose it is shows only later. Raises TooManyTries."""
    with atomic():
        tries, starts_at = _bump(f"from:{_hashed(_place(address))}", WINDOW)
    if tries > LIMIT:
        raise TooManyTries(starts_at + WINDOW)


def forgive_key(*, address: str) -> None:
    """It was right. Inside the caller's transaction."""
    _take_back(f"from:{_hashed(_place(address))}")


def count_export(*, person_id: uuid.UUID) -> None:
    """One more file of children's data for this person. Raises TooManyFiles after EXPORTS in an hour."""
    with atomic():
        tries, starts_at = _bump(f"files:{person_id}", EXPORT_WINDOW)
    if tries > EXPORTS:
        raise TooManyFiles(starts_at + EXPORT_WINDOW)


def forgive(*, email: str, address: str) -> None:
    """The password was right: these tries do not count. Inside the caller's transaction."""
    account, place = _hashed(email), _place(address)
    db.session.execute(sa.delete(Throttle).where(Throttle.key == f"pair:{account[:32]}:{_hashed(place)[:32]}"))
    _take_back(f"from:{_hashed(place)}", f"who:{account}")


def _take_back(*keys: str) -> None:
    db.session.execute(sa.update(Throttle).where(Throttle.key.in_(keys), Throttle.tries > 0).values(tries=Throttle.tries - 1))


def forget_old_tries() -> None:
    """Counters whose window is long over."""
    with atomic():
        db.session.execute(sa.delete(Throttle).where(Throttle.window_starts_at < clock.now() - KEPT))


def count_requests(*, key: str, window: timedelta, by: int) -> tuple[int, datetime]:
    """So many more requests under that key: how many there are in its window now, and when the window began."""
    with atomic():
        return _bump(key, window, by)


def account_mark(email: str) -> str:
    """For the server's log: the same for every try at an account, there or not, and nobody's address."""
    return _hashed(email)[:12]


def key_of(name: str, person_id: uuid.UUID | None, address: str) -> str:
    """Whose requests are counted together: one person's, else one place's."""
    return f"pace:{name}:{person_id or _hashed(_place(address))[:32]}"


def _bump(key: str, window: timedelta, by: int = 1) -> tuple[int, datetime]:
    """Add to the key's count, or begin a new window; one statement, so that nobody's try is lost."""
    now = clock.now()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    is_over = Throttle.window_starts_at <= now - window
    statement = insert(Throttle).values(id=uuid.uuid4(), created_at=now, key=key, window_starts_at=now, tries=by)
    row = db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[Throttle.key],
            set_={
                "tries": sa.case((is_over, by), else_=Throttle.tries + by),
                "window_starts_at": sa.case((is_over, now), else_=Throttle.window_starts_at),
            },
        ).returning(Throttle.tries, Throttle.window_starts_at)
    ).one()
    return row.tries, row.window_starts_at


def _hashed(text: str) -> str:
    return hashlib.sha256(text.strip().lower().encode()).hexdigest()


def _place(address: str) -> str:
    """One visitor's network: an IPv4 address, or the /64 that an IPv6 visitor can change within at will."""
    try:
        given = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((given, 64), strict=False)) if given.version == 6 else address


def _is_known_place(person_id: uuid.UUID | None, address: str) -> bool:
    known = sa.exists().where(SignIn.person_id == person_id, SignIn.address == address)
    return person_id is not None and bool(db.session.scalar(sa.select(known)))
