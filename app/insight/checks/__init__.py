"""What must always hold, as far as the data can show it: PRODUCT.md's ten things across the rooms, read only.

Each check answers the first line that breaks its rule, in words and by id, or None. Commissioning brings its own (money, places);
these are the ones that only somebody who reads every room can make. `kith check` runs them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from app.billing import invariants as billing
from app.commissioning import invariants
from app.insight.checks import reach, registers, trail
from app.shared import resealing
from app.shared.db import db

Check = Callable[[], str | None]


@contextmanager
def one_moment() -> Iterator[None]:
    """Every check reads the same moment, also while people are at work (SQLite's read transactions do so by themselves)."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield
    finally:
        db.session.rollback()


CHECKS: Sequence[tuple[str, Check]] = (
    ("no funder is beyond the ceiling unless a second person said why", reach.no_funder_beyond_the_ceiling_without_a_reason),
    ("nothing crosses a Zone", reach.nothing_crosses_a_zone),
    ("what is shared stands on a consent", reach.shared_introductions_stand_on_consent),
    ("an arranged introduction had the child's yes and a carer's support", reach.arranged_introductions_had_everybodys_say),
    ("every meeting is counted as a linking", reach.met_introductions_are_counted_once),
    ("every state is where its trail leads", trail.states_are_where_their_trail_leads),
    ("every introduction and commission has a trail", trail.every_introduction_and_commission_has_a_trail),
    ("what only grows is guarded by the database", trail.what_only_grows_is_guarded),
    ("no line of the trail was changed after it was sealed", trail.nothing_sealed_was_changed),
    ("every sealed value has its key", resealing.missing),
    ("no revision of a mark is missing", registers.marks_have_every_revision),
    ("marked sessions were held", registers.marked_sessions_were_held),
    ("a session of a child is billed once", registers.a_session_of_a_child_is_billed_once),
    ("marks owe what the ledger says", registers.marks_owe_what_the_ledger_says),
)


def every_check() -> list[tuple[str, Check]]:
    """Commissioning's, billing's and those above, in order."""
    return [*invariants.CHECKS, *billing.CHECKS, *CHECKS]


def broken(checks: Iterable[tuple[str, Check]]) -> tuple[str, str] | None:
    """(rule, line) of the first that does not hold."""
    for name, check in checks:
        line = check()
        if line is not None:
            return name, line
    return None


def worth_knowing() -> list[tuple[str, str]]:
    """What time alone can bring about: said, but no fault of the data."""
    return [(name, line) for name, check in invariants.REPORTS if (line := check()) is not None]
