"""An administrator sees what got stuck, and why, and has it tried again; nobody else does."""

from __future__ import annotations

import uuid

from flask import Flask

from app.accounts.models import Role
from app.notifications import handlers, worker
from app.notifications.handlers import Job, NotDone
from app.notifications.models import OutboxMessage, OutboxState
from app.notifications.services import post
from app.shared.db import atomic, db
from tests import factories
from tests.support.client import StrictClient
from tests.support.people import sign_in


def test_a_message_that_was_given_up_is_seen_and_tried_again(app: Flask, client: StrictClient) -> None:
    tries: list[int] = []

    def refuse(job: Job) -> None:
        tries.append(job.attempt)
        raise NotDone("the mail server refused the recipient ([550])", is_final=True)

    handlers.register("test.refused", refuse)
    with atomic():
        post(topic="test.refused", payload={"id": "secret-thing"}, dedupe=str(uuid.uuid4()))
    with app.app_context():
        worker.run(once=True)
    administrator, manager = factories.make_person(Role.ADMINISTRATOR), factories.make_person(Role.ZONE_MANAGER, factories.make_zone())
    stuck = db.session.query(OutboxMessage).filter_by(topic="test.refused").one()
    sign_in(client, manager)
    assert client.get("/stuck-messages").status_code == client.post(f"/stuck-messages/{stuck.id}/again").status_code == 403
    sign_in(client, administrator)
    page = client.get("/stuck-messages").get_data(as_text=True)
    assert "test.refused" in page and "refused the recipient" in page and "secret-thing" not in page
    assert client.post(f"/stuck-messages/{stuck.id}/again").status_code == 303
    db.session.rollback()
    assert db.session.get_one(OutboxMessage, stuck.id).state is OutboxState.QUEUED
    with app.app_context():
        worker.run(once=True)
    assert len(tries) == 2
