"""The worker: claims messages under a lease, has them handled, and runs the sweeps every minute.

Any number may run at once. A message is claimed with FOR UPDATE SKIP LOCKED (on SQLite under the one writer's lock) and a fresh
token; only the holder of that token may complete it, so a worker that was believed dead cannot finish what another took over.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from datetime import timedelta

import sqlalchemy as sa

from app.notifications import handlers, sweeps
from app.notifications.handlers import Job, MaybeDone, NotDone, Policy
from app.notifications.models import OutboxMessage, OutboxState
from app.shared import clock
from app.shared.db import Busy, atomic, db
from app.shared.errors import where_it_broke

log = logging.getLogger("kith.worker")
LEASE = timedelta(seconds=60)
TRIES = 10
LONGEST_PAUSE = 300  # seconds between two tries of one message
IDLE = 1.0  # seconds between two looks at an empty outbox
AFTER_TROUBLE = 5.0  # seconds after the database was away
SWEEP_EVERY = 60.0  # seconds
KEPT = timedelta(days=90)
_HANDED_OUT = (OutboxState.LEASED, OutboxState.SENDING)


def run(once: bool = False, stop: threading.Event | None = None) -> int:
    """Work until `stop` is set (finishing the message in hand), or with `once` until nothing is due. How many were handled.

    Inside an app context. With `once` the sweeps run first, so that what they post is handled too.
    """
    stop = stop or threading.Event()
    handled, swept = 0, float("-inf")
    while not stop.is_set():
        try:
            if time.monotonic() - swept >= SWEEP_EVERY and not (once and swept > 0):
                swept = time.monotonic()
                sweeps.run_sweeps()
            worked = work_one()
        except (Busy, sa.exc.OperationalError) as trouble:
            db.session.remove()
            if once:
                raise
            log.warning("the database is not answering (%s); trying again", type(trouble).__name__)
            stop.wait(AFTER_TROUBLE)
            continue
        handled += worked
        if not worked:
            if once:
                break
            stop.wait(IDLE)
    return handled


def work_one() -> bool:
    """Handle the message that has been due longest. False when none is due."""
    token = str(uuid.uuid4())
    job = claim(token)
    if job is None:
        return False
    try:
        _handle(job, token)
    except NotDone as failure:
        _fail(job, token, failure.why, is_final=failure.is_final)
    except MaybeDone as doubt:
        _doubt(job, token, doubt.why)
    except (Busy, sa.exc.OperationalError):
        raise  # the lease runs out, and the message is taken up again
    except Exception as error:  # noqa: BLE001  whatever a handler does, the next message must have its turn
        log.error("message %s (%s) failed: %s", job.id, job.topic, where_it_broke(error))
        _fail(job, token, type(error).__name__)  # the text of an error may hold what a log must not
    finally:
        db.session.remove()
    return True


def claim(token: str) -> Job | None:
    """Lease one message that is due: queued, or left behind by a worker that died. None when nothing is due."""
    now = clock.now()
    lapsed = OutboxMessage.lease_until < now
    due = sa.or_(
        sa.and_(OutboxMessage.state == OutboxState.QUEUED, OutboxMessage.run_at <= now),
        sa.and_(OutboxMessage.state.in_(_HANDED_OUT), lapsed),
    )
    if db.session.scalar(sa.select(OutboxMessage.id).where(due).limit(1)) is None:  # a look costs no write lock
        db.session.rollback()
        return None
    with atomic():
        # A 'hold' message whose sender died: perhaps sent, perhaps not. And one that has killed its worker ten times.
        db.session.execute(
            sa.update(OutboxMessage)
            .where(OutboxMessage.state == OutboxState.SENDING, lapsed)
            .values(state=OutboxState.UNCERTAIN, lease_token=None, last_error="the worker stopped while sending")
        )
        db.session.execute(
            sa.update(OutboxMessage)
            .where(OutboxMessage.state == OutboxState.LEASED, lapsed, OutboxMessage.attempts >= TRIES)
            .values(state=OutboxState.DEAD, lease_token=None, last_error="the worker stopped each time")
        )
        chosen = db.session.scalar(
            sa.select(OutboxMessage.id)
            .where(due, OutboxMessage.state != OutboxState.SENDING)
            .order_by(OutboxMessage.run_at, OutboxMessage.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if chosen is None:
            return None
        row = db.session.execute(
            sa.update(OutboxMessage)
            .where(OutboxMessage.id == chosen)
            .values(
                state=OutboxState.LEASED, lease_until=now + LEASE, lease_token=token, attempts=OutboxMessage.attempts + 1
            )
            .returning(OutboxMessage.id, OutboxMessage.topic, OutboxMessage.payload, OutboxMessage.attempts)
        ).one()
    return Job(row.id, row.topic, row.payload, row.attempts)


def _handle(job: Job, token: str) -> None:
    handler = handlers.find(job.topic)
    if handler is None:
        raise NotDone(f"nobody handles {job.topic}")
    if handler.policy is Policy.DATABASE:
        with atomic():
            if _complete(job, token):
                handler.run(job)
        return
    if handler.policy is Policy.HOLD:
        with atomic():
            if not _set(job, token, OutboxState.SENDING):
                return
    handler.run(job)
    with atomic():
        _complete(job, token)


def _set(job: Job, token: str, state: OutboxState, **values: object) -> bool:
    """Move the message on, if it is still ours."""
    result = db.session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.id == job.id, OutboxMessage.lease_token == token, OutboxMessage.state.in_(_HANDED_OUT))
        .values(state=state, **values)
        .execution_options(synchronize_session=False)
    )
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def _complete(job: Job, token: str) -> bool:
    return _set(job, token, OutboxState.DONE, lease_token=None, last_error="")


def _fail(job: Job, token: str, why: str, *, is_final: bool = False) -> None:
    with atomic():
        if is_final or job.attempt >= TRIES:
            _set(job, token, OutboxState.DEAD, lease_token=None, last_error=why[:300])
            log.error("message %s (%s) is given up: %s", job.id, job.topic, why)
        else:
            again = clock.now() + timedelta(seconds=min(LONGEST_PAUSE, 2**job.attempt))
            _set(job, token, OutboxState.QUEUED, lease_token=None, run_at=again, last_error=why[:300])


def _doubt(job: Job, token: str, why: str) -> None:
    handler = handlers.find(job.topic)
    if handler is not None and handler.policy is Policy.RESEND:
        _fail(job, token, why)
        return
    with atomic():
        _set(job, token, OutboxState.UNCERTAIN, lease_token=None, last_error=why[:300])
        log.error("message %s (%s) may or may not have been sent: %s", job.id, job.topic, why)


def forget_done() -> None:
    """Remove messages done long ago."""
    with atomic():
        db.session.execute(
            sa.delete(OutboxMessage).where(OutboxMessage.state == OutboxState.DONE, OutboxMessage.run_at < clock.now() - KEPT)
        )
