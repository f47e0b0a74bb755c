"""E-mail as messages of the outbox: a topic's `compose` makes the text when it is sent, from ids, or says there is no more to send.

E-mail leaves the house, so it never carries a child's name, a need, or anything a child said: it says that something waits, and
where.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template

from app.notifications import handlers
from app.notifications.gateway import MailGateway
from app.notifications.handlers import Job, Policy
from app.shared import clock
from app.shared.db import db

EXTENSION = "kith_mail"


@dataclass(frozen=True)
class Letter:
    """What `compose` answers: to whom, and a template of templates/email/ (NAME.txt) with what it needs."""

    to_name: str
    to_address: str
    subject: str
    template: str
    values: dict[str, Any]


Compose = Callable[[dict[str, Any]], Letter | None]


def register_email(topic: str, compose: Compose, *, policy: Policy = Policy.RESEND) -> None:
    """Let `compose(payload)` write the e-mail of a topic when it is sent; None when it is no longer wanted.

    RESEND: never lost, in rare cases doubled. HOLD: never doubled, in rare cases held for a person to decide.
    """

    def send(job: Job) -> None:
        letter = compose(job.payload)
        message = None if letter is None else write(letter, job)
        db.session.rollback()  # no transaction stays open while the mail server thinks
        if message is not None:
            gateway().send(message)

    if policy is Policy.DATABASE:
        raise ValueError("an e-mail cannot be taken back: RESEND or HOLD")
    handlers.register(topic, send, policy=policy)


def address_of(endpoint: str, **values: Any) -> str:
    """The full address of one of Kith's pages, also where no request is being answered."""
    path = current_app.url_map.bind("kith.invalid").build(endpoint, values)
    return f"{current_app.config['SETTINGS'].base_url}{path}"


def gateway() -> MailGateway:
    found: MailGateway = current_app.extensions[EXTENSION]
    return found


def write(letter: Letter, job: Job) -> EmailMessage:
    """The message as it goes out. Its Message-ID is the same at every try."""
    settings = current_app.config["SETTINGS"]
    host = urlsplit(settings.base_url).hostname or "localhost"
    message = EmailMessage()
    message["From"] = formataddr(("Kith", settings.mail_from))
    message["To"] = formataddr((letter.to_name, letter.to_address))
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<outbox-{job.id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    body = render_template(
        f"email/{letter.template}.txt", base_url=settings.base_url, charity=settings.charity_name, to_name=letter.to_name,
        **letter.values,
    )
    message.set_content(body)
    return message
