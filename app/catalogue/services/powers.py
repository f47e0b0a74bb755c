"""Who may: every verb of this room asks again what its page has asked, with the same policy. Nobody (None) is Kith by itself: the clock, a
command, a file."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from app.accounts.models import Person
from app.catalogue import policies
from app.catalogue.models import Document, Offering, Organisation, Session
from app.catalogue.models.finding import SavedSearch
from app.shared.errors import permit


def runs(actor: Person | None, of: Offering | Organisation) -> None:
    """What an organisation says about itself and what it offers: its administrator, or the Zone manager."""
    permit(actor is None or _runs(actor, of), _("Only the organisation’s administrator or the Zone manager does this."))


def _runs(actor: Person, of: Offering | Organisation) -> bool:
    return policies.can_edit_offering(actor, of) if isinstance(of, Offering) else policies.can_edit_organisation(actor, of)


def confirms(actor: Person | None, of: Offering | Organisation) -> None:
    permit(actor is None or _confirms(actor, of), _("Only those who run it, a Link Worker or the Zone manager say that it is still right."))


def _confirms(actor: Person, of: Offering | Organisation) -> bool:
    return policies.can_confirm_offering(actor, of) if isinstance(of, Offering) else policies.can_confirm_organisation(actor, of)


def manages(actor: Person | None, zone_id: uuid.UUID) -> None:
    permit(actor is None or actor.manages(zone_id), _("Only the Zone manager does this."))


def checks(actor: Person, document: Document) -> None:
    permit(policies.can_check_document(actor, document), _("Only the Zone manager or the safeguarding lead checks documents."))


def holds(actor: Person | None, session: Session) -> None:
    """The first mark of its register says that a session took place: whoever takes the register."""
    permit(
        actor is None or policies.can_hold_session(actor, session), _("Only the organisation whose session it is, or the Zone manager, does this."),
    )


def keeps_words(actor: Person | None) -> None:
    permit(actor is None or policies.can_edit_words(actor), _("Only an administrator changes the words of search."))


def searches(actor: Person, zone_id: uuid.UUID) -> None:
    permit(zone_id in actor.zone_ids(), _("You have no role in this Zone."))


def keeps_search(actor: Person, saved: SavedSearch) -> None:
    permit(policies.can_use_saved_search(actor, saved), _("This search is somebody else’s."))
