"""What happened to a commission, in sentences, newest first, as the timeline component takes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _

from app.audit.models import AuditEntry
from app.commissioning.words import ACTION_WORDS
from app.shared.money import pounds
from app.shared.view import when

NOT_TOLD = frozenset({"commissioning.commission.accrued"})
"""Each session's money has a place of its own on the page."""


def history_of(entries: Sequence[AuditEntry], *, say: Callable[[str], str] = lambda text: text) -> list[dict[str, Any]]:
    """`say` is applied to every reason: it keeps the child's name out for those who see a reference."""
    told = [entry for entry in entries if entry.action not in NOT_TOLD]
    return [_told(entry, say, is_newest=n == 0) for n, entry in enumerate(reversed(told))]


def _told(entry: AuditEntry, say: Callable[[str], str], *, is_newest: bool) -> dict[str, Any]:
    pence = entry.details.get("total_pence") or entry.details.get("free_pence")
    title = ACTION_WORDS.get(entry.action, entry.action.rpartition(".")[2].replace("_", " ").capitalize())
    if entry.action.endswith((".requested", ".approved")) and pence:
        title = f"{title}: {pounds(int(pence))}"
    elif pence:
        title = _("%(title)s. %(amount)s came back", title=title, amount=pounds(int(pence)))
    return {
        "when": when(entry.at), "title": title, "by": entry.actor_name, "note": say(entry.reason) or None,
        "tone": "now" if is_newest else "quiet",
    }
