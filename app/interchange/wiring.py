"""Hangs the clearing away of old uploads on the worker's clock, and the long uploads on the worker."""

from __future__ import annotations

from flask import Flask

from app.interchange.services import draft_work, drafts, school_files
from app.notifications.handlers import Policy, register
from app.notifications.sweeps import register_sweep


def connect(app: Flask) -> None:
    register_sweep("interchange.forget_drafts", drafts.forget_drafts)
    register_sweep("interchange.forget_school_files", school_files.forget_school_files)
    # RESEND: reading needs no transaction, and the handler's own makes a second try harmless.
    register(draft_work.TOPIC, draft_work.run_draft, policy=Policy.RESEND)
