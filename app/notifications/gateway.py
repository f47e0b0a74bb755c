"""E-mail out of the house: SMTP where KITH_SMTP_URL names a server, else a maildir in the data folder to read with one's eyes."""

from __future__ import annotations

import ipaddress
import mailbox
import smtplib
import ssl
import threading
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from app.notifications.handlers import MaybeDone, NotDone
from config import SettingsRefused

TIMEOUT = 20.0  # seconds; well within the worker's lease
SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class MailGateway(Protocol):
    """Sends one message. Raises NotDone or MaybeDone, with texts that hold no address."""

    def send(self, message: EmailMessage) -> None: ...


class SmtpGateway:
    """`smtp://host:25` (TLS when offered), `smtp+starttls://user:password@host:587`, `smtps://user:password@host:465`.

    A password is never sent in clear to another machine.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise SettingsRefused("KITH_SMTP_URL looks like smtp+starttls://user:password@mail.example.org:587.")
        self.scheme = parts.scheme
        self.host = parts.hostname
        self.port = parts.port or SCHEMES[parts.scheme]
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "")

    def send(self, message: EmailMessage) -> None:
        try:
            server = self._connect()
        except smtplib.SMTPAuthenticationError as error:
            raise NotDone(f"the mail server refused our name and password ({error.smtp_code})") from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotDone(f"the mail server cannot be reached ({type(error).__name__})") from error
        with server:
            try:
                server.send_message(message)
            except smtplib.SMTPRecipientsRefused as error:
                codes = sorted({code for code, _ in error.recipients.values()})
                raise NotDone(f"the mail server refused the recipient ({codes})", is_final=min(codes) >= 500) from error
            except smtplib.SMTPSenderRefused as error:
                raise NotDone(f"the mail server refused our own address ({error.smtp_code})") from error
            except smtplib.SMTPDataError as error:
                raise NotDone(f"the mail server refused the message ({error.smtp_code})", is_final=error.smtp_code >= 500) from error
            except (OSError, smtplib.SMTPException) as error:
                raise MaybeDone(f"the mail server went away while sending ({type(error).__name__})") from error

    def _connect(self) -> smtplib.SMTP:
        tls = ssl.create_default_context()
        if self.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=tls)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            if self.scheme != "smtps":
                server.ehlo_or_helo_if_needed()
                secured = self.scheme == "smtp+starttls" or (server.has_extn("starttls") and not _is_this_machine(self.host))
                if secured:
                    server.starttls(context=tls)
                elif self.user and not _is_this_machine(self.host):
                    raise NotDone("the mail server offers no encryption, so it gets no password; use smtp+starttls or smtps")
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class MaildirGateway:
    """Each message becomes a file in a maildir, for a machine without a mail server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._one_at_a_time = threading.Lock()

    def send(self, message: EmailMessage) -> None:
        try:
            with self._one_at_a_time:
                self.folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                mailbox.Maildir(str(self.folder), create=True).add(message)
        except OSError as error:
            raise NotDone(f"the mail folder cannot be written ({type(error).__name__})") from error


def gateway_for(smtp_url: str, data_dir: Path) -> MailGateway:
    """The gateway the settings ask for. Raises SettingsRefused with what KITH_SMTP_URL should look like."""
    return SmtpGateway(smtp_url) if smtp_url else MaildirGateway(data_dir / "mail")
