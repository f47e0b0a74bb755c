"""Hangs the mail gateway on the app, and registers the sweeps and e-mails of this room and of those below."""

from __future__ import annotations

from flask import Flask, current_app

from app.accounts.services import passkeys, sign_ins, throttles
from app.audit import seals
from app.notifications import invitations, worker
from app.notifications.emails import EXTENSION
from app.notifications.gateway import gateway_for
from app.notifications.sweeps import register_sweep


def connect(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    app.extensions[EXTENSION] = gateway_for(settings.smtp_url, settings.data_dir)
    invitations.connect()
    register_sweep("notifications.forget_done", worker.forget_done)
    register_sweep("audit.seal", _seal)
    register_sweep("accounts.forget_old_tries", throttles.forget_old_tries)
    register_sweep("accounts.forget_old_challenges", passkeys.forget_old_challenges)
    register_sweep("accounts.forget_old_sign_ins", sign_ins.forget_old_sign_ins)


def _seal() -> None:
    """The trail of the app whose worker this is."""
    seals.seal_all(secret=str(current_app.secret_key), head_file=seals.head_file(current_app.config["SETTINGS"]))
