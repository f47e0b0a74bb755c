"""E-mails about accounts: a link to choose a password, and a new role. Accounts stands below and only tells that they are due."""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from app.accounts import hooks, links
from app.accounts.hooks import LinkKind
from app.accounts.models import ROLE_WORDS, Person, RoleGrant
from app.notifications import services
from app.notifications.emails import Letter, address_of, register_email
from app.shared.db import db

LINK = "accounts.link"
ROLE = "accounts.new_role"


def connect() -> None:
    register_email(LINK, _link_letter)
    register_email(ROLE, _role_letter)
    hooks.register_on_link(_post_link)
    hooks.register_on_granted(_post_role)


def _post_link(person: Person, kind: LinkKind) -> None:
    db.session.flush()
    if person.asked_id is not None:  # they have an account and a password: they are asked
        for grant in person.grants[-1:]:
            services.post(topic=ROLE, payload={"grant_id": str(grant.id)}, dedupe=f"{ROLE}:{uuid.uuid4()}")
        return
    services.post(topic=LINK, payload={"person_id": str(person.id), "kind": kind.value}, dedupe=f"{LINK}:{uuid.uuid4()}")


def _post_role(grant: RoleGrant) -> None:
    db.session.flush()
    services.post(topic=ROLE, payload={"grant_id": str(grant.id)}, dedupe=f"{ROLE}:{grant.id}")


def _link_letter(payload: dict[str, Any]) -> Letter | None:
    """The link is made when it is sent, so that no working link lies in the outbox."""
    person = db.session.get(Person, uuid.UUID(payload["person_id"]))
    kind = LinkKind(payload["kind"])
    if person is None or not person.is_active or (kind is LinkKind.INVITED and person.password_hash):
        return None
    link = address_of("accounts.choose_password", token=links.make_token(person, str(current_app.secret_key)))
    subject = _("Your account at Kith") if kind is LinkKind.INVITED else _("A new password for Kith")
    values = {"link": link, "kind": kind.value, "address": person.email}
    return Letter(person.name, person.email, subject, "invitation", values)


def _role_letter(payload: dict[str, Any]) -> Letter | None:
    grant = db.session.get(RoleGrant, uuid.UUID(payload["grant_id"]))
    if grant is None or grant.zone is None or not grant.person.is_active:
        return None
    asked = grant.person.asked_id is not None
    values = {"role": ROLE_WORDS[grant.role], "zone": grant.zone.name, "asked": asked}
    subject = _("You are asked to take a role at Kith") if asked else _("A new role at Kith")
    return Letter(grant.person.name, grant.person.email, subject, "new_role", values)
