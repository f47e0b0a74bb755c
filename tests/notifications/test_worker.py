"""The outbox and its worker: promised with the change, done once it is committed, never lost, doubled only where it is allowed."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Zone
from app.notifications import handlers, queries, services, sweeps, worker
from app.notifications.handlers import Job, MaybeDone, NotDone, Policy
from app.notifications.models import OutboxMessage, OutboxState
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import DomainError, NotFound
from tests import factories
from tests.support.databases import Database

TOPIC = "tests.something"


class Effects:
    """What the handler of TOPIC did; `then` may raise."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.then = lambda job: None

    def __call__(self, job: Job) -> None:
        self.jobs.append(job)
        self.then(job)


@pytest.fixture
def effects(app: Flask) -> Iterator[Effects]:
    effects = Effects()
    handlers.register(TOPIC, effects)
    yield effects
    handlers._handlers.pop(TOPIC, None)


def use(effects: Effects, policy: Policy) -> Effects:
    handlers.register(TOPIC, effects, policy=policy)
    return effects


def promise(*dedupes: str, **given: object) -> None:
    with atomic():
        for dedupe in dedupes or ("one",):
            services.post(topic=TOPIC, payload={"n": dedupe}, dedupe=dedupe, **given)  # type: ignore[arg-type]


def the_message() -> OutboxMessage:
    db.session.rollback()
    return db.session.scalars(sa.select(OutboxMessage)).one()


NAME = "Amara"


def fail(*_: object) -> None:
    raise RuntimeError(f"{NAME} cannot be found")


# --- promising -----------------------------------------------------------------------------------


def test_a_promise_outside_a_transaction_is_refused(app: Flask) -> None:
    with pytest.raises(RuntimeError):
        services.post(topic=TOPIC, payload={}, dedupe="one")


def test_a_promise_vanishes_with_the_change_it_belongs_to(app: Flask) -> None:
    def change() -> None:
        with atomic():
            services.post(topic=TOPIC, payload={}, dedupe="one")
            raise KeyError

    with pytest.raises(KeyError):
        change()
    assert not queries.count_messages()


def test_a_promise_made_twice_is_one(effects: Effects) -> None:
    promise("one", "one")
    promise("one", "two")
    assert worker.run(once=True) == 2
    assert sorted(job.payload["n"] for job in effects.jobs) == ["one", "two"]


def test_a_promise_made_at_the_same_moment_by_two_is_one(app: Flask, effects: Effects) -> None:
    def one(_: int) -> None:
        with app.app_context():
            promise("one")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(8)))
    assert worker.run(once=True) == 1


def test_a_later_promise_waits_for_its_time(effects: Effects) -> None:
    promise(run_at=clock.now() + timedelta(hours=1))
    assert worker.run(once=True) == 0
    with clock.freeze(clock.now() + timedelta(hours=1, seconds=1)):
        assert worker.run(once=True) == 1


def test_what_is_due_longest_comes_first(effects: Effects) -> None:
    now = clock.now()
    promise("later", run_at=now - timedelta(seconds=5))
    promise("sooner", run_at=now - timedelta(seconds=9))
    worker.run(once=True)
    assert [job.payload["n"] for job in effects.jobs] == ["sooner", "later"]


# --- doing ---------------------------------------------------------------------------------------


def test_an_effect_in_the_database_commits_with_its_message_or_not_at_all(effects: Effects) -> None:
    def rename_then_fail(job: Job) -> None:
        zone = db.session.scalars(sa.select(Zone)).one()
        zone.name = "renamed"
        db.session.flush()
        if job.attempt == 1:
            fail()

    factories.make_zone(name="as it was")
    effects.then = rename_then_fail
    promise()
    worker.run(once=True)
    assert the_message().state is OutboxState.QUEUED
    assert db.session.scalars(sa.select(Zone.name)).one() == "as it was"
    with clock.freeze(clock.now() + timedelta(seconds=3)):
        worker.run(once=True)
    assert the_message().state is OutboxState.DONE
    assert db.session.scalars(sa.select(Zone.name)).one() == "renamed"


def test_tries_back_off_to_five_minutes_and_end_after_ten(effects: Effects) -> None:
    effects.then = fail
    promise()
    pauses, now = [], clock.now()
    for _ in range(10):
        with clock.freeze(now):
            assert worker.run(once=True) == 1
            assert worker.run(once=True) == 0
        message = the_message()
        pauses.append((message.run_at - now).total_seconds())
        now = message.run_at if message.state is OutboxState.QUEUED else now
    assert pauses[:9] == [2, 4, 8, 16, 32, 64, 128, 256, 300]
    assert the_message().state is OutboxState.DEAD
    with clock.freeze(now + timedelta(days=1)):
        assert worker.run(once=True) == 0
    assert [message.state for message in queries.list_stuck_messages()] == [OutboxState.DEAD]


def test_what_is_kept_and_logged_of_a_failure_quotes_nothing(effects: Effects, caplog: pytest.LogCaptureFixture) -> None:
    effects.then = fail
    promise()
    worker.run(once=True)
    assert the_message().last_error == "RuntimeError"
    assert "failed" in caplog.text and NAME not in caplog.text


def test_a_failure_for_good_is_not_tried_again(effects: Effects) -> None:
    def refuse(job: Job) -> None:
        raise NotDone("no such recipient", is_final=True)

    use(effects, Policy.RESEND).then = refuse
    promise()
    worker.run(once=True)
    assert (the_message().state, the_message().last_error) == (OutboxState.DEAD, "no such recipient")


def test_a_message_that_nobody_handles_is_tried_again_and_then_shown(app: Flask) -> None:
    promise()
    worker.run(once=True)
    assert the_message().state is OutboxState.QUEUED
    assert the_message().last_error == f"nobody handles {TOPIC}"


def test_one_message_that_fails_does_not_stop_the_next(effects: Effects) -> None:
    effects.then = lambda job: fail() if job.payload["n"] == "bad" else None
    promise("bad", "good")
    assert worker.run(once=True) == 2
    assert queries.count_messages() == {OutboxState.QUEUED: 1, OutboxState.DONE: 1}


# --- leases and fences ---------------------------------------------------------------------------


def test_a_message_under_lease_is_left_alone_until_the_lease_runs_out(effects: Effects) -> None:
    promise()
    assert worker.claim("a") is not None
    assert worker.claim("b") is None
    with clock.freeze(clock.now() + worker.LEASE + timedelta(seconds=1)):
        taken_over = worker.claim("b")
    assert taken_over is not None and taken_over.attempt == 2


@pytest.mark.parametrize("policy", [Policy.DATABASE, Policy.HOLD])
def test_whoever_lost_the_lease_cannot_do_or_finish_the_message(effects: Effects, policy: Policy) -> None:
    use(effects, policy)
    promise()
    first = worker.claim("a")
    assert first is not None
    with clock.freeze(clock.now() + worker.LEASE + timedelta(seconds=1)):
        second = worker.claim("b")
        assert second is not None
        worker._handle(first, "a")
        assert not effects.jobs
        worker._handle(second, "b")
        worker._fail(first, "a", "too late")
    assert len(effects.jobs) == 1
    assert the_message().state is OutboxState.DONE


def test_a_message_that_stops_its_worker_ten_times_is_given_up(effects: Effects) -> None:
    promise()
    now = clock.now()
    for _ in range(10):
        with clock.freeze(now):
            assert worker.claim(str(uuid.uuid4())) is not None
        now += worker.LEASE + timedelta(seconds=1)
    with clock.freeze(now):
        assert worker.claim("eleventh") is None
    assert (the_message().state, the_message().last_error) == (OutboxState.DEAD, "the worker stopped each time")


def test_an_outside_effect_is_repeated_with_the_same_id_when_its_completion_was_lost(effects: Effects) -> None:
    use(effects, Policy.RESEND)
    promise()
    first = worker.claim("a")
    assert first is not None
    effects(first)  # the effect happened; then the power went
    with clock.freeze(clock.now() + worker.LEASE + timedelta(seconds=1)):
        worker.run(once=True)
    assert [job.id for job in effects.jobs] == [first.id, first.id]
    assert the_message().state is OutboxState.DONE


def test_a_hold_message_whose_sender_died_is_uncertain_and_never_sent_again(effects: Effects) -> None:
    class PowerCut(BaseException):
        pass

    def cut(job: Job) -> None:
        raise PowerCut

    use(effects, Policy.HOLD).then = cut
    promise()
    with pytest.raises(PowerCut):
        worker.run(once=True)
    assert the_message().state is OutboxState.SENDING
    with clock.freeze(clock.now() + worker.LEASE + timedelta(seconds=1)):
        assert worker.run(once=True) == 0
    assert the_message().state is OutboxState.UNCERTAIN
    assert len(effects.jobs) == 1
    assert [message.state for message in queries.list_stuck_messages()] == [OutboxState.UNCERTAIN]


@pytest.mark.parametrize(("policy", "error", "state"), [
    (Policy.HOLD, NotDone("the server is away"), OutboxState.QUEUED),
    (Policy.HOLD, MaybeDone("the server went away"), OutboxState.UNCERTAIN),
    (Policy.RESEND, NotDone("the server is away"), OutboxState.QUEUED),
    (Policy.RESEND, MaybeDone("the server went away"), OutboxState.QUEUED),
])
def test_what_follows_a_failure_depends_on_the_policy(effects: Effects, policy: Policy, error: Exception, state: OutboxState) -> None:
    def break_(job: Job) -> None:
        raise error

    use(effects, policy).then = break_
    promise()
    worker.run(once=True)
    assert (the_message().state, the_message().last_error) == (state, str(error))


def test_many_workers_share_the_work_and_do_each_message_once(app: Flask, effects: Effects) -> None:
    use(effects, Policy.RESEND)
    promise(*(f"m{n}" for n in range(30)))

    def work(_: int) -> int:
        with app.app_context():
            return worker.run(once=True)

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(work, range(4)))
    assert sum(shares) == 30
    assert sorted(job.payload["n"] for job in effects.jobs) == sorted(f"m{n}" for n in range(30))


def test_without_the_lock_two_workers_on_postgresql_would_take_the_same_message(app: Flask, database: Database) -> None:
    """The twin of the test above: SQLite has one writer at a time, PostgreSQL needs FOR UPDATE SKIP LOCKED."""
    promise("one", "two")
    first_due = sa.select(OutboxMessage.id).order_by(OutboxMessage.run_at, OutboxMessage.id).limit(1)
    with db.engine.connect() as one, db.engine.connect() as two:
        assert one.scalar(first_due) == two.scalar(first_due)
    if database.kind == "postgresql":
        locked = first_due.with_for_update(skip_locked=True)
        with atomic():
            mine = db.session.scalar(locked)
            with db.engine.connect() as other:
                assert other.scalar(locked) not in (mine, None)


def test_told_to_stop_it_finishes_the_message_in_hand(app: Flask, effects: Effects) -> None:
    stop = threading.Event()
    effects.then = lambda job: stop.set()
    promise("one", "two")
    assert worker.run(stop=stop) == 1
    assert queries.count_messages() == {OutboxState.DONE: 1, OutboxState.QUEUED: 1}


# --- sweeps and housekeeping ---------------------------------------------------------------------


def test_sweeps_run_before_the_messages_and_one_failing_stops_nothing(
    app: Flask, effects: Effects, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sweeps, "_sweeps", {})
    sweeps.register_sweep("broken", fail)
    sweeps.register_sweep("posts", lambda: promise("by the clock"))
    assert worker.run(once=True) == 1
    assert [job.payload["n"] for job in effects.jobs] == ["by the clock"]
    assert "the sweep broken failed" in caplog.text and NAME not in caplog.text


def test_the_real_sweeps_all_run(app: Flask) -> None:
    assert sweeps.run_sweeps() == []


def test_messages_done_long_ago_are_removed_and_stuck_ones_stay(effects: Effects) -> None:
    effects.then = lambda job: fail() if job.payload["n"] == "bad" else None
    with clock.freeze(clock.now() - timedelta(days=100)):
        promise("good", "bad")
        worker.run(once=True)
    promise("new")
    worker.forget_done()
    assert sorted(db.session.scalars(sa.select(OutboxMessage.dedupe))) == ["bad", "new"]


def test_a_stuck_message_is_tried_again_when_somebody_asks(effects: Effects) -> None:
    def refuse(job: Job) -> None:
        raise NotDone("no", is_final=True)

    use(effects, Policy.RESEND).then = refuse
    promise()
    worker.run(once=True)
    services.requeue(message_id=the_message().id)
    effects.then = lambda job: None
    assert worker.run(once=True) == 1
    assert the_message().state is OutboxState.DONE
    with pytest.raises(DomainError):
        services.requeue(message_id=the_message().id)
    with pytest.raises(NotFound):
        services.requeue(message_id=uuid.uuid4())
