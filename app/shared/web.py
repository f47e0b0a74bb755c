"""What every route shares: who may, and submitting a form to a service. doors.py is what every request passes, refusals.py what is said when it may not.

A route reads: `@allow(policy, child=loader)` permits, `submit(form, verb)` or `act(verb, back)` calls one service, the route answers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from flask import current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.shared.db import Base, Row, atomic, db
from app.shared.errors import DomainError, Forbidden, NotFound
from app.shared.forms import KithForm
from app.shared.once import OnceKey
from app.shared.refusals import note_refusal

T = TypeVar("T")
View = Callable[..., ResponseReturnValue]

def public(view: View) -> View:
    """This page is for anybody, signed in or not."""
    view.kith_policy = "public"  # type: ignore[attr-defined]
    return view


def allow(policy: Callable[..., bool], **loaders: Callable[..., Any]) -> Callable[[View], View]:
    """Declare who may use an endpoint.

    Each `name=loader` takes the URL's `<name>_id` and calls `loader(id, person)`, which raises NotFound outside the person's
    sight. Then `policy(person, *loaded)` must say yes, else 403. The view gets the loaded things by name.
    """

    def declare(view: View) -> View:
        @functools.wraps(view)
        def guarded(**kwargs: Any) -> ResponseReturnValue:
            person = current_person()
            loaded = {name: loader(kwargs.pop(f"{name}_id"), person) for name, loader in loaders.items()}
            if not policy(person, *loaded.values()):
                raise Forbidden
            return view(**loaded, **kwargs)

        guarded.kith_policy = policy.__name__  # type: ignore[attr-defined]
        # What decides, for the matrix in tests/architecture.
        guarded.kith_guard = (policy, tuple(loaders.items()))  # type: ignore[attr-defined]
        return guarded

    return declare


def confirm_first(view: View) -> View:
    """Weighty: whoever has not shown for ten minutes that it is them is asked again before this runs. Stands under `@allow(...)`."""
    view.kith_asks_again = True  # type: ignore[attr-defined]
    return view


def exporting(view: View) -> View:
    """Hands out children's data as a file: asked again like `confirm_first`, and only so many in an hour."""
    view.kith_counts = True  # type: ignore[attr-defined]
    return confirm_first(view)


def paced(name: str, times: int, minutes: int) -> Callable[[View], View]:
    """Only so many times in so many minutes for one person, or for one place where nobody is signed in (accounts/pacing.py)."""

    def declare(view: View) -> View:
        view.kith_pace = (name, times, minutes)  # type: ignore[attr-defined]
        return view

    return declare


def pace_of(endpoint: str) -> tuple[str, int, int] | None:
    return getattr(current_app.view_functions[endpoint], "kith_pace", None)


def counts(endpoint: str) -> bool:
    return bool(getattr(current_app.view_functions[endpoint], "kith_counts", False))


def asks_again(endpoint: str) -> bool:
    return bool(getattr(current_app.view_functions[endpoint], "kith_asks_again", False))


def policy_of(endpoint: str) -> str | None:
    """The name of the endpoint's policy, "public", or None where none was declared."""
    return getattr(current_app.view_functions[endpoint], "kith_policy", None)


def signed_in(person: Any) -> bool:
    """The policy of pages that any signed-in person has."""
    return bool(person.is_authenticated)


def submit(form: KithForm, verb: Callable[[], T], *, first: Callable[[], object] | None = None) -> T | None:
    """Validate the form and run the verb once for this form key; None means: show the form again, 422.

    A refusal lands on the form, what was typed stays. A form sent twice runs the verb once and gets the first answer again.
    NotFound and Forbidden pass through. `first` only reads, before the verb waits for its turn to write: what it refuses costs nobody a turn.
    """
    if not form.validate_on_submit():
        if form.is_submitted():
            note_refusal(422, f"form {type(form).__name__}: {', '.join(sorted(map(str, form.errors)))}")
        return None
    key = (form.once.data or "")[:64]
    try:
        if first is not None:
            first()
        return _once(key, verb)
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        note_refusal(422, refusal.code)
        form.refuse(refusal)
        return None


def _once(key: str, verb: Callable[[], T]) -> T:
    if not key or not current_user.is_authenticated:
        with atomic():
            return verb()
    actor_id = current_user.id
    try:
        with atomic():
            earlier = db.session.get(OnceKey, (actor_id, key))
            if earlier is not None:
                return cast(T, _first_result(earlier))
            used = OnceKey(actor_id=actor_id, key=key)
            db.session.add(used)
            db.session.flush()
            result = verb()
            if isinstance(result, Row):
                db.session.flush()
                used.result_table, used.result_id = result.__tablename__, result.id
            return result
    except sa.exc.IntegrityError as error:
        if "once_key" not in str(error.orig):
            raise
        earlier = db.session.get(OnceKey, (actor_id, key))
        if earlier is None:
            raise
        return cast(T, _first_result(earlier))


def _first_result(earlier: OnceKey) -> object:
    if earlier.result_id is None:
        return True
    for mapper in Base.registry.mappers:
        if mapper.local_table.name == earlier.result_table:  # type: ignore[attr-defined]
            return db.session.get(mapper.class_, earlier.result_id)
    return True


def act(verb: Callable[[], object], back: str, *, done: str = "") -> ResponseReturnValue:
    """A one-button POST: run the verb, say what happened, go back (303). A refusal is said in the same place."""
    try:
        with atomic():
            verb()
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        note_refusal(409, refusal.code)
        flash(refusal.sentence, "refused")
    else:
        if done:
            flash(str(done), "success")
    return redirect(back, 303)


def current_person() -> Any:
    """The signed-in Person (typed in accounts.sessions for those who need it)."""
    return current_user._get_current_object()  # noqa: SLF001  the way Flask-Login documents


def is_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"


def safe_next(target: str | None) -> str | None:
    """A path of our own to go on to, or None: never another host."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or any(c in target for c in "\r\n\t\\"):
        return None
    return target
