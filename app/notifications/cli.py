"""`kith worker`: handle the outbox and run the sweeps; look at what got stuck."""

from __future__ import annotations

import logging
import signal
import threading
import uuid

import click

from app.cli import app_of
from app.notifications import queries, services, worker
from app.shared import clock
from app.shared.errors import NotFound


def register(group: click.Group) -> None:
    group.add_command(worker_command)


@click.command("worker")
@click.option("--once", is_flag=True, help="Handle what is due, run the sweeps once, and stop.")
@click.option("--dead", is_flag=True, help="List the messages that were given up or may have been sent.")
@click.option("--requeue", metavar="ID", help="Try such a message again (an id of --dead, or 'all').")
@click.pass_context
def worker_command(ctx: click.Context, *, once: bool, dead: bool, requeue: str | None) -> None:
    """Send what waits in the outbox, and do what the clock asks, until told to stop."""
    with app_of(ctx).app_context():
        if requeue is not None:
            _requeue(requeue)
        elif dead:
            _list_stuck()
        else:
            _work(once=once)


def _work(*, once: bool) -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    handled = worker.run(once=once, stop=stop)
    if once:
        click.echo(f"{handled} messages handled.")


def _list_stuck() -> None:
    stuck = queries.list_stuck_messages()
    for message in stuck:
        made = clock.london(message.created_at)
        click.echo(f"{message.id}\t{message.state}\t{message.topic}\t{message.attempts} tries\t{made:%Y-%m-%d %H:%M}\t{message.last_error}")
    if not stuck:
        click.echo("Nothing is stuck.")


def _requeue(which: str) -> None:
    if which == "all":
        ids = [message.id for message in queries.list_stuck_messages()]
    else:
        try:
            ids = [uuid.UUID(which)]
        except ValueError:
            raise NotFound(f"“{which}” is not the id of a message; `kith worker --dead` lists them.") from None
    for message_id in ids:
        services.requeue(message_id=message_id)
    click.echo(f"{len(ids)} messages queued again.")
