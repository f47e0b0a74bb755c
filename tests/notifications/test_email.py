"""E-mail: what leaves the house, how, and what becomes of it when the mail server does not want it."""

from __future__ import annotations

import email
import inspect
import mailbox
import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import links
from app.accounts import queries as accounts
from app.accounts.models import Person, Role, Zone
from app.accounts.services import passwords, people
from app.notifications import gateway, worker
from app.notifications.gateway import MaildirGateway, SmtpGateway, gateway_for
from app.notifications.handlers import MaybeDone, NotDone
from app.notifications.models import OutboxMessage, OutboxState
from app.shared import clock
from app.shared.db import db
from config import SettingsRefused
from tests import factories
from tests.fakes.mail import FakeMail, fake_mail
from tests.fakes.smtp import SmtpSink, smtp_sink
from tests.support.client import StrictClient


@pytest.fixture
def mail(app: Flask) -> Iterator[FakeMail]:
    with fake_mail(app) as mail:
        yield mail


@pytest.fixture
def zone(app: Flask) -> Zone:
    return factories.make_zone(name="West London")


@pytest.fixture
def manager(zone: Zone) -> Person:
    return factories.make_person(Role.ZONE_MANAGER, zone)


def invite(manager: Person, zone: Zone, address: str = "sam@example.org", name: str = "Sam Oduya") -> Person:
    return people.add_person(
        name=name, email=address, phone="", zone_id=zone.id, role=Role.LINK_WORKER, scope=people.Scope(), actor=manager
    )


def a_message(to: str = "Sam <sam@example.org>") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Kith <kith@localhost>", to, "A new role at Kith"
    message.set_content("Hello")
    return message


def body(message: EmailMessage) -> str:
    return str(message.get_content())


# --- the letters ---------------------------------------------------------------------------------


def test_an_invitation_carries_a_link_that_works(client: StrictClient, mail: FakeMail, manager: Person, zone: Zone) -> None:
    invite(manager, zone)
    worker.run(once=True)
    (message,) = mail.sent
    assert (message["To"], message["Subject"]) == ("Sam Oduya <sam@example.org>", "Your account at Kith")
    link = re.search(r"http://127\.0\.0\.1:5000(/choose-password/\S+)", body(message))
    assert link is not None
    assert client.post(link[1], data={"password": "seven brown horses run"}).status_code == 303


def test_no_working_link_lies_in_the_outbox(app: Flask, manager: Person, zone: Zone) -> None:
    invite(manager, zone)
    payload = db.session.scalars(sa.select(OutboxMessage.payload)).one()
    assert set(payload) == {"person_id", "kind"}


def test_an_invitation_is_not_sent_any_more_when_it_is_pointless(app: Flask, mail: FakeMail, manager: Person, zone: Zone) -> None:
    gone, set_already = invite(manager, zone), invite(manager, zone, "other@example.org")
    people.leave(person_id=gone.id, actor=manager)
    passwords.choose_password(
        token=links.make_token(set_already, str(app.secret_key)), password="seven brown horses run", secret=str(app.secret_key)
    )
    assert worker.run(once=True) == 2
    assert not mail.sent
    assert set(db.session.scalars(sa.select(OutboxMessage.state))) == {OutboxState.DONE}


def test_a_new_password_link_says_that_somebody_asked(app: Flask, mail: FakeMail, manager: Person, zone: Zone) -> None:
    person = factories.make_person(Role.LINK_WORKER, zone)
    passwords.make_link(person_id=person.id, actor=manager, secret=str(app.secret_key))
    worker.run(once=True)
    assert "made you a link to choose a new password" in body(mail.sent[0])


def test_somebody_with_an_account_is_told_of_a_new_role(mail: FakeMail, manager: Person, zone: Zone) -> None:
    person = factories.make_person(Role.SAFEGUARDING_LEAD, zone)
    people.add_role(person_id=person.id, zone_id=zone.id, role=Role.LINK_WORKER, scope=people.Scope(), actor=manager)
    worker.run(once=True)
    assert "Link Worker, in West London" in body(mail.sent[0])
    assert "choose-password" not in body(mail.sent[0])


def test_somebody_whom_another_zone_knows_is_asked(mail: FakeMail, manager: Person, zone: Zone) -> None:
    person = factories.make_person(Role.SAFEGUARDING_LEAD, factories.make_zone())
    invite(manager, zone, person.email)
    worker.run(once=True)
    assert "West London asks whether you work there, too, as Link Worker" in body(mail.sent[0])
    assert "choose-password" not in body(mail.sent[0])


def test_an_ended_role_is_not_announced(mail: FakeMail, manager: Person, zone: Zone) -> None:
    person = factories.make_person(Role.SAFEGUARDING_LEAD, zone)
    grant = people.add_role(person_id=person.id, zone_id=zone.id, role=Role.LINK_WORKER, scope=people.Scope(), actor=manager)
    people.end_role(grant_id=grant.id, actor=manager)
    worker.run(once=True)
    assert not mail.sent


def test_a_message_has_the_same_id_at_every_try(mail: FakeMail, manager: Person, zone: Zone) -> None:
    seen = []

    def note(message: EmailMessage) -> None:
        seen.append(message["Message-ID"])
        if len(seen) < 3:
            raise MaybeDone("the mail server went away")

    mail.before = note
    invite(manager, zone)
    for minutes in range(3):
        with clock.freeze(clock.now() + timedelta(minutes=minutes)):
            worker.run(once=True)
    assert len(seen) == 3 and len(set(seen)) == 1
    assert re.fullmatch(r"<outbox-[0-9a-f-]{36}@127\.0\.0\.1>", seen[0])


def test_no_transaction_is_open_while_the_mail_server_thinks(mail: FakeMail, manager: Person, zone: Zone) -> None:
    open_then = []
    mail.before = lambda message: open_then.append(db.session.registry().in_transaction())
    invite(manager, zone)
    worker.run(once=True)
    assert open_then == [False]


@pytest.mark.parametrize("name", ["Sam, the Second", "Zoë “Z” O'Neill", "Sam\r\nBcc: everybody@example.org", "<script>alert(1)</script>"])
def test_a_name_stays_a_name(mail: FakeMail, manager: Person, zone: Zone, name: str) -> None:
    invite(manager, zone, name=name)
    worker.run(once=True)
    for message in mail.sent:
        raw = email.message_from_bytes(message.as_bytes(), policy=default)
        assert raw["Bcc"] is None
        assert [str(address.addr_spec) for address in raw["To"].addresses] == ["sam@example.org"]


# --- gateways ------------------------------------------------------------------------------------


def test_the_gateways_and_their_twin_have_one_signature() -> None:
    real = inspect.signature(gateway.MailGateway.send)
    for twin in (SmtpGateway.send, MaildirGateway.send, FakeMail.send):
        assert inspect.signature(twin) == real


def test_without_a_mail_server_messages_become_files(tmp_path: Path) -> None:
    sender = gateway_for("", tmp_path)
    for _ in range(2):
        sender.send(a_message())
    kept = list(mailbox.Maildir(str(tmp_path / "mail")))
    assert [message["Subject"] for message in kept] == ["A new role at Kith"] * 2


def test_a_folder_that_cannot_be_written_is_no_loss(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")
    with pytest.raises(NotDone):
        gateway_for("", tmp_path).send(a_message())


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp+ssl://x"])
def test_a_mail_address_of_another_shape_is_refused_at_the_start(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused) as refused:
        gateway_for(url, tmp_path)
    assert "smtp+starttls://" in str(refused.value)


def test_the_mail_server_gets_the_message(tmp_path: Path) -> None:
    with smtp_sink() as sink:
        gateway_for(f"smtp://127.0.0.1:{sink.port}", tmp_path).send(a_message())
    assert "Subject: A new role at Kith" in sink.received[0]


@pytest.mark.parametrize(("verb", "answer", "error", "is_final"), [
    ("RCPT", "550 no such person", NotDone, True),
    ("RCPT", "450 come back later", NotDone, False),
    ("MAIL", "530 who are you", NotDone, False),
    ("END", "554 looks like spam", NotDone, True),
    ("END", "451 disk full", NotDone, False),
    ("END", "", MaybeDone, None),
    ("EHLO", "", NotDone, False),
])
def test_what_the_mail_server_says_decides_what_happens_next(
    tmp_path: Path, verb: str, answer: str, error: type[Exception], is_final: bool | None
) -> None:
    with smtp_sink() as sink:
        sink.answers[verb] = answer
        with pytest.raises(error) as raised:
            gateway_for(f"smtp://127.0.0.1:{sink.port}", tmp_path).send(a_message())
    assert getattr(raised.value, "is_final", None) is is_final
    assert "sam@example.org" not in str(raised.value)


def test_nobody_at_the_address_is_a_try_for_later(tmp_path: Path, sink_port: int) -> None:
    with pytest.raises(NotDone) as raised:
        gateway_for(f"smtp://127.0.0.1:{sink_port}", tmp_path).send(a_message())
    assert not raised.value.is_final


@pytest.fixture
def sink_port() -> int:
    """A port where nobody listens any more."""
    sink = SmtpSink()
    port = sink.port
    sink.server_close()
    return port


def test_a_password_is_not_sent_in_clear_to_another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "_is_this_machine", lambda host: False)
    with smtp_sink() as sink:
        with pytest.raises(NotDone) as raised:
            gateway_for(f"smtp://user:pass%40word@127.0.0.1:{sink.port}", tmp_path).send(a_message())
        assert not any(command.startswith("AUTH") for command in sink.commands)
    assert "no encryption" in str(raised.value)


def test_the_app_sends_through_what_its_settings_name(app: Flask, manager: Person, zone: Zone, tmp_path: Path) -> None:
    with smtp_sink() as sink:
        app.extensions["kith_mail"] = gateway_for(f"smtp://127.0.0.1:{sink.port}", tmp_path)
        try:
            invite(manager, zone)
            worker.run(once=True)
        finally:
            app.extensions["kith_mail"] = gateway_for("", app.config["SETTINGS"].data_dir)
    assert "Subject: Your account at Kith" in sink.received[0]
    assert accounts.find_person("sam@example.org") is not None
