"""The twin of the mail gateways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from flask import Flask

from app.notifications.emails import EXTENSION


class FakeMail:
    """Keeps what is sent. `before` is called with each message first, and may raise as a real gateway does."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.before: Callable[[EmailMessage], None] | None = None

    def send(self, message: EmailMessage) -> None:
        if self.before is not None:
            self.before(message)
        self.sent.append(message)


@contextmanager
def fake_mail(app: Flask) -> Iterator[FakeMail]:
    """Send the app's e-mail here while the block lasts."""
    real, fake = app.extensions[EXTENSION], FakeMail()
    app.extensions[EXTENSION] = fake
    try:
        yield fake
    finally:
        app.extensions[EXTENSION] = real
