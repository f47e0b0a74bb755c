"""What of this room goes along when two organisations or two offerings become one."""

from __future__ import annotations

from app.catalogue.merging import by_column, register_mover
from app.children.models import Consent, Refusal
from app.children.school_models import ConsentObjection, GillickNote


def register() -> None:
    register_mover(by_column(Consent, ("consent", "consents"), organisation=Consent.organisation_id))
    register_mover(by_column(
        ConsentObjection, ("carer’s no", "carers’ noes"), organisation=ConsentObjection.organisation_id, once_per=ConsentObjection.carer_id,
    ))
    register_mover(by_column(GillickNote, ("child’s own consent", "children’s own consents"), organisation=GillickNote.organisation_id))
    register_mover(by_column(Refusal, ("child’s no", "children’s noes"), offering=Refusal.offering_id, once_per=Refusal.child_id))
