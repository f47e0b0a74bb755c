"""What of this room goes along when two organisations or two offerings become one."""

from __future__ import annotations

from app.catalogue.merging import by_column, register_mover
from app.children.models import Consent, Refusal


def register() -> None:
    register_mover(by_column(Consent, ("consent", "consents"), organisation=Consent.organisation_id))
    register_mover(by_column(Refusal, ("child’s no", "children’s noes"), offering=Refusal.offering_id, once_per=Refusal.child_id))
