"""`kith check`: silent on a Zone where everything was done by its verbs; loud on each rule broken behind their back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask

from app.accounts.models import RoleGrant
from app.attendance.models import Mark, MarkKind
from app.audit.models import AuditEntry, Seal
from app.catalogue.models import Cohort, Organisation, Session, SessionState
from app.children.models import Consent
from app.commissioning.models import Account, Commission, CommissionState, Decision, Journal, Place, Posting
from app.insight import checks
from app.insight.checks import reach, trail
from app.insight.cli import check
from app.introductions.models import Introduction, Linking, View, Viewpoint
from app.shared import clock
from app.shared.append_only import append_only_undo_ddl, guards_of
from app.shared.db import atomic, db
from tests import factories
from tests.insight.town import Town, open_town


@pytest.fixture
def town(app: Flask) -> Town:
    factories.make_organisation(factories.make_zone(), name="Elsewhere")
    return open_town()


def run(app: Flask) -> Result:
    return CliRunner().invoke(check, obj=app)


def test_every_invariant_holds_where_everything_was_done_by_its_verb(app: Flask, town: Town) -> None:
    answer = run(app)
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert answer.stdout == f"Every invariant holds: {len(checks.every_check())} checked\n"


def test_an_empty_database_holds_them_too(app: Flask) -> None:
    assert run(app).exit_code == 0


def test_it_writes_nothing(app: Flask, town: Town) -> None:
    before = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
    run(app)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == before


def test_what_time_alone_brings_about_is_said_and_is_no_fault(app: Flask, town: Town) -> None:
    with clock.freeze(clock.now() + timedelta(days=400)):
        answer = run(app)
    assert answer.exit_code == 0
    assert "Worth knowing" in answer.stderr


# --- each rule broken behind the verbs' back -----------------------------------------------------


def _ungarded(change: Callable[[], Any], *tables: str) -> None:
    """Change what only ever grows, as somebody with the database's password might, and put the guards back."""
    dialect = db.engine.dialect.name
    with atomic():
        for table in tables:
            for statement in append_only_undo_ddl(table, dialect):
                db.session.execute(sa.text(statement))
        change()
        db.session.flush()
        for table in tables:
            for statement in guards_of(table, dialect):
                db.session.execute(sa.text(statement))


def _set(model: Any, row_id: Any, **values: Any) -> None:
    with atomic():
        db.session.execute(sa.update(model).where(model.id == row_id).values(**values))


def break_ceiling(town: Town) -> None:
    from app.accounts.models import Zone

    _set(Zone, town.scene.zone.id, full_yearly_cost_pence=10_000)


def break_zone(town: Town) -> None:
    elsewhere = sa.select(Organisation.id).where(Organisation.name == "Elsewhere").scalar_subquery()
    with atomic():
        db.session.execute(sa.update(RoleGrant).where(RoleGrant.person_id == town.scene.partner.id).values(organisation_id=elsewhere))


def break_consent(town: Town) -> None:
    with atomic():
        db.session.execute(sa.update(Consent).values(withdrawn_at=clock.now()))


def break_childs_yes(town: Town) -> None:
    with atomic():
        db.session.execute(sa.delete(View).where(View.viewpoint == Viewpoint.CHILD))


def break_carers_support(town: Town) -> None:
    with atomic():
        db.session.execute(sa.delete(View).where(View.viewpoint == Viewpoint.CARER))


def break_yes_came_later(town: Town) -> None:
    with atomic():
        db.session.execute(sa.update(View).values(created_at=clock.now() + timedelta(days=60)))


def break_linking(town: Town) -> None:
    with atomic():
        db.session.execute(sa.delete(Linking))


def break_state(town: Town) -> None:
    _set(Commission, town.commissions[town.children[2].id].id, state=CommissionState.IN_DELIVERY)


def break_introductions_state(town: Town) -> None:
    _set(Introduction, town.introduction(town.children[2]).id, state="agreed")


def break_session_state(town: Town) -> None:
    _set(Session, town.session(0).id, state=SessionState.SCHEDULED)


def break_trail(town: Town) -> None:
    ids = sa.select(Introduction.id).where(Introduction.id == town.introduction(town.children[0]).id)
    _ungarded(lambda: db.session.execute(sa.delete(AuditEntry).where(AuditEntry.subject_id.in_(ids))), "audit_entry")


def break_seal(town: Town) -> None:
    """A seal that does not fit its line, as a line that was changed after its sealing leaves it."""
    with atomic():
        first = db.session.scalar(sa.select(sa.func.min(AuditEntry.id)))
        db.session.add(Seal(seq=1, of_table="audit_entry", row_id=first, hash="0" * 64))


def break_key(town: Town) -> None:
    """Numbers that were sealed with a key that is not here, as a copy from another Kith would have them."""
    with atomic():
        db.session.execute(sa.text("UPDATE carer SET phone = '~0badcafe.AAAA'"))


def break_guard(town: Town) -> None:
    with atomic():
        for statement in append_only_undo_ddl("posting", db.engine.dialect.name):
            db.session.execute(sa.text(statement))


def break_revision(town: Town) -> None:
    _ungarded(lambda: db.session.execute(sa.delete(Mark).where(Mark.revision == 1, Mark.kind == MarkKind.ABSENT_UNTOLD)), "mark")


def break_held(town: Town) -> None:
    def unhold() -> None:
        db.session.execute(sa.update(Session).where(Session.id == session_id).values(state=SessionState.SCHEDULED))
        db.session.execute(sa.delete(AuditEntry).where(AuditEntry.subject_id == session_id))

    session_id = town.session(0).id
    _ungarded(unhold, "audit_entry")


def break_mark(town: Town) -> None:
    _ungarded(lambda: db.session.execute(sa.update(Mark).where(Mark.kind == MarkKind.ATTENDED).values(percent=50)), "mark")


def break_mark_away(town: Town) -> None:
    session_id = town.session(0).id
    _ungarded(lambda: db.session.execute(sa.delete(Mark).where(Mark.session_id == session_id)), "mark")


def break_billed_twice(town: Town) -> None:
    amara, bilal = town.children[:2]
    _ungarded(
        lambda: db.session.execute(
            sa.update(Posting).where(Posting.child_id == bilal.id, Posting.session_id == town.session(1).id)
            .values(child_id=amara.id)
        ), "posting",
    )


def break_journal(town: Town) -> None:
    _ungarded(
        lambda: db.session.execute(sa.update(Posting).where(Posting.account == Account.BANK).values(pence=Posting.pence - 1)), "posting"
    )


def break_capacity(town: Town) -> None:
    _set(Cohort, town.scene.cohort.id, capacity=1)


CHILDS_SAY = "an arranged introduction had the child's yes and a carer's support"
BREAKS: list[tuple[Callable[[Town], None], str]] = [
    (break_ceiling, "no funder is beyond the ceiling unless a second person said why"),
    (break_zone, "nothing crosses a Zone"),
    (break_consent, "what is shared stands on a consent"),
    (break_childs_yes, CHILDS_SAY),
    (break_carers_support, CHILDS_SAY),
    (break_yes_came_later, CHILDS_SAY),
    (break_linking, "every meeting is counted as a linking"),
    (break_state, "every state is where its trail leads"),
    (break_introductions_state, "every state is where its trail leads"),
    (break_session_state, "every state is where its trail leads"),
    (break_trail, "every introduction and commission has a trail"),
    (break_seal, "no line of the trail was changed after it was sealed"),
    (break_key, "every sealed value has its key"),
    (break_guard, "what only grows is guarded by the database"),
    (break_revision, "no revision of a mark is missing"),
    (break_held, "marked sessions were held"),
    (break_mark, "marks owe what the ledger says"),
    (break_mark_away, "marks owe what the ledger says"),
    (break_billed_twice, "a session of a child is billed once"),
    (break_journal, "every journal sums to nil"),
    (break_capacity, "no cohort is over capacity"),
]


class Undo(Exception):
    """Takes a harm back: everything rolls back with it, guards and all."""


def broken_by(harm: Callable[[Town], None], town: Town) -> dict[str, str]:
    """The rules that do not hold after it, each with its line."""
    found: dict[str, str] = {}
    with contextlib.suppress(Undo), atomic():
        harm(town)
        db.session.flush()
        found.update({name: line for name, do in checks.every_check() if (line := do()) is not None})
        raise Undo
    return found


def test_every_broken_rule_is_named(app: Flask, town: Town) -> None:
    missed = {harm.__name__: found for harm, rule in BREAKS if rule not in (found := broken_by(harm, town))}
    assert missed == {}
    assert run(app).exit_code == 0  # each harm was taken back


def test_every_rule_of_this_room_has_a_harm_that_breaks_it() -> None:
    assert {name for name, _ in checks.CHECKS} == {rule for _, rule in BREAKS} & {name for name, _ in checks.CHECKS}


def test_the_command_names_the_rule_and_the_row_in_one_line_and_exits_1(app: Flask, town: Town) -> None:
    break_linking(town)
    answer = run(app)
    assert (answer.exit_code, answer.stdout) == (1, "")
    ids = [str(town.introduction(child).id) for child in town.children[:2]]
    assert answer.stderr == (
        f"Broken: every meeting is counted as a linking: introduction {min(ids)} is joined and no linking was counted.\n"
    )


def test_a_second_persons_reason_lets_a_funder_pass_the_ceiling(app: Flask, town: Town) -> None:
    break_ceiling(town)
    assert reach.no_funder_beyond_the_ceiling_without_a_reason() is not None
    for commission in db.session.scalars(sa.select(Commission)).unique().all():
        with atomic():
            db.session.add(Decision(
                commission_id=commission.id, person_id=town.scene.second.id, kind="override", reason="Nobody else gives for drums."
            ))
    assert reach.no_funder_beyond_the_ceiling_without_a_reason() is None


def test_a_place_that_was_never_moved_needs_no_move_in_its_trail(app: Flask, town: Town) -> None:
    child = town.scene.child()
    introduction = town.scene.introduction(child)
    _ = db.session.scalars(sa.select(Place)).unique().all(), db.session.scalars(sa.select(Journal)).all()
    town.scene.request(introduction)
    assert trail.states_are_where_their_trail_leads() is None
