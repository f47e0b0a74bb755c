"""What happened to an organisation or an offering, in sentences, from the audit trail."""

from __future__ import annotations

from typing import Any

from app.audit import queries as trail
from app.audit.models import AuditEntry
from app.shared.db import Row
from app.shared.view import when

SAID = {
    "catalogue.organisation.added": "Added",
    "catalogue.organisation.edited": "Details changed",
    "catalogue.organisation.imported": "Came from a file",
    "catalogue.organisation.moved": "Became {to}",
    "catalogue.offering.added": "Written as a draft",
    "catalogue.offering.edited": "Changed",
    "catalogue.offering.copied": "Copied from another offering",
    "catalogue.offering.published": "Published",
    "catalogue.offering.paused": "Paused",
    "catalogue.offering.closed": "Closed",
    "catalogue.offering.confirmed": "Checked: still right",
    "catalogue.offering.imported": "Came from a file",
}


def history_of(subject: Row, limit: int = 8) -> list[dict[str, Any]]:
    """The newest entries, newest first, as the timeline component takes them."""
    entries = list(trail.list_entries_for(subject))[-limit:]
    return [_said(entry) for entry in reversed(entries)]


def _said(entry: AuditEntry) -> dict[str, Any]:
    sentence = SAID.get(entry.action, entry.action.rpartition(".")[2].replace("_", " ").capitalize())
    return {
        "when": when(entry.at), "title": sentence.format(to=(entry.to_state or "").replace("_", " ")), "by": entry.actor_name,
        "note": entry.reason or None, "tone": "quiet",
    }
