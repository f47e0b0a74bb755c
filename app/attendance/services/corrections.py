"""Correcting a mark, and deciding what a third absence without notice is owed."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from app.accounts.models import Person
from app.attendance import policies
from app.attendance.models import Mark, MarkKind
from app.attendance.services import marking as desks
from app.attendance.services import settling
from app.attendance.services.marking import Desk, Marking
from app.audit import services as audit
from app.commissioning.models import Place
from app.shared.db import atomic
from app.shared.errors import Forbidden, Invalid, NotFound


def correct_mark(
    *, session_id: uuid.UUID, child_id: uuid.UUID, marking: Marking, reason: str, actor: Person, percent: int | None = None
) -> Mark:
    """Put a new revision beside the old one, with a reason; money moves by the difference.

    By the child's Link Worker or the Zone manager, before the lock or after it. `percent` is their decision, and only where the
    rule leaves it to them (a third absence without notice). Raises Invalid, RegistersDisagree, NotFound, Forbidden.
    """
    with atomic():
        desk = desks.open_desk(session_id, [child_id], actor)
        place, before = desk.places.get(child_id), desk.marks.get(child_id)
        if place is None or before is None:
            raise NotFound(_("There is no mark to correct yet. The register has to be taken first."))
        if not policies.can_correct_mark(actor, desk.session, place.child):
            raise Forbidden(_("Only the child’s Link Worker or the Zone manager corrects a register."))
        if marking.kind is MarkKind.SESSION_CANCELLED:
            raise Invalid(_("A session is cancelled as a whole, not for one child."), field="kind")
        if not reason.strip():
            raise Invalid(_("Say why: the old mark stays beside the new one, with your reason."), field="reason")
        if before.revision != marking.seen_revision:
            raise desks.disagreement([(place.child.short_name, before)])
        require_percent(desk, place, marking, percent)
        changed = marking._replace(note=marking.note.strip() or before.note)
        if changed.says(before) and percent in (None, before.percent) and (percent is None or before.is_corrected):
            raise Invalid(_("That is what it says already. Choose what it should be."), field="kind")
        mark = desks.write(
            desk, place, changed, actor=actor, client_key=uuid.uuid4().hex, reason=reason.strip(), percent=percent
        )
        desks.require_sound(desk)
        settling.close_disagreements(session_id, child_id, actor)
        audit.record(
            "attendance.mark.corrected", subject=mark, actor=actor, zone_id=place.child.zone_id, reason=reason.strip(),
            moved=(before.kind, mark.kind), session=session_id, revision=mark.revision, percent=mark.percent,
            percent_before=before.percent,
        )
        return mark


def require_percent(desk: Desk, place: Place, marking: Marking, percent: int | None) -> None:
    _percent, must_decide = desks.owed_for(desk, place, marking)
    if must_decide and percent is None:
        raise Invalid(_("A third absence without notice: choose what the partner is owed for it."), field="percent")
    if percent is not None and not must_decide:
        raise Invalid(
            _("What is owed for this mark comes from the tariff. Only a third absence without notice is yours to decide."), field="percent"
        )
    if percent is not None and not 0 <= percent <= 100:
        raise Invalid(_("A session is owed between nothing and in full."), field="percent")
