"""Who may: every verb of this room asks again what its page has asked, with the same policy. Nobody (None) is Kith by itself: the clock, a
command, a file."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from app.accounts.models import Person
from app.children import policies
from app.children.models import Child
from app.shared.errors import permit


def works_with(actor: Person | None, child: Child) -> None:
    permit(actor is None or policies.can_work_with_child(actor, child), _("Only the child’s Link Worker or the Zone manager does this."))


def listens_to(actor: Person | None, child: Child) -> None:
    permit(
        actor is None or policies.can_listen_to_child(actor, child),
        _("Only the child’s Link Worker, the school’s lead or the Zone manager writes this down."),
    )


def keeps_private_notes(actor: Person | None, child: Child) -> None:
    permit(actor is None or policies.can_see_private_notes(actor, child), _("Private notes are the Link Worker’s alone."))


def speaks_for(actor: Person | None, child: Child) -> None:
    """Who may say no for the child, and stop what is shared."""
    permit(
        actor is None or policies.can_withdraw_consent(actor, child),
        _("Only the child’s Link Worker, a safeguarding lead or the Zone manager does this."),
    )


def manages(actor: Person | None, zone_id: uuid.UUID) -> None:
    permit(actor is None or actor.manages(zone_id), _("Only the Zone manager does this."))
