"""E-mails about an organisation's papers."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import gettext as _

from app.accounts.models import Person
from app.catalogue import links
from app.catalogue.models import Document, Organisation
from app.catalogue.policies import signs_for_partner
from app.catalogue.services.confirming import STILL_RIGHT_EVERY
from app.catalogue.words import DOCUMENT_KINDS
from app.notifications.emails import Letter
from app.shared import clock
from app.shared.db import db
from app.shared.view import long_day


def runs_out(payload: dict[str, Any]) -> Letter | None:
    """A document runs out soon; None when it has gone, or the person has left."""
    document, person = db.session.get(Document, uuid.UUID(payload["document"])), db.session.get(Person, uuid.UUID(payload["person"]))
    if document is None or document.expires_on is None or document.expires_on < clock.today() or person is None or not person.is_active:
        return None
    word = DOCUMENT_KINDS[document.kind]
    path = f"/organisations/{document.organisation_id}/documents/new?kind={document.kind}"
    if document.practitioner_id:
        path += f"&practitioner_id={document.practitioner_id}"
    return Letter(person.name, person.email, _("%(word)s: last day %(expires_on)s", word=word, expires_on=long_day(document.expires_on)), "document_runs_out", {
        "word": word, "organisation": document.organisation.name, "whose": document.practitioner.name if document.practitioner else "",
        "last_day": long_day(document.expires_on), "path": path,
    })


def still_right(payload: dict[str, Any]) -> Letter | None:
    """Once a month; None when somebody has said so meanwhile."""
    organisation, person = db.session.get(Organisation, uuid.UUID(payload["organisation"])), db.session.get(Person, uuid.UUID(payload["person"]))
    if organisation is None or person is None or not person.is_active or not signs_for_partner(person, organisation):
        return None
    if organisation.confirmed_on is not None and organisation.confirmed_on > clock.today() - STILL_RIGHT_EVERY:
        return None
    return Letter(person.name, person.email, _("Is this still right? %(organisation)s", organisation=organisation.name), "still_right", {
        "organisation": organisation.name, "path": f"/still-right/{links.make(organisation, person)}",
        "edit_path": f"/organisations/{organisation.id}",
    })
