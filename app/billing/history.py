"""What happened to a statement, newest first, as the timeline component takes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.audit.models import AuditEntry
from app.billing.words import ACTION_WORDS
from app.shared.money import pounds
from app.shared.view import when


def history_of(entries: Sequence[AuditEntry]) -> list[dict[str, Any]]:
    return [_told(entry, is_newest=number == 0) for number, entry in enumerate(reversed(entries))]


def _told(entry: AuditEntry, *, is_newest: bool) -> dict[str, Any]:
    pence = entry.details.get("pence")
    title = ACTION_WORDS[entry.action]
    return {
        "when": when(entry.at), "title": f"{title}: {pounds(int(pence))}" if pence is not None else title, "by": entry.actor_name,
        "note": entry.reason or None, "tone": "now" if is_newest else "quiet",
    }
