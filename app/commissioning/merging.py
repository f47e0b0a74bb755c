"""What of this room goes along when two organisations or two offerings become one. Ledger lines never do: they say what was."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask_babel import ngettext

from app.catalogue.merging import by_column, register_mover
from app.catalogue.models import Merge, MergeKind
from app.commissioning.models import BriefInvite, BriefOffer, Commission, DeclaredInterest
from app.shared.db import db


def register() -> None:
    register_mover(by_column(
        Commission, ("commission", "commissions"), organisation=Commission.organisation_id, offering=Commission.offering_id,
        stops_undo=_since_then,
    ))
    register_mover(by_column(
        BriefInvite, ("invitation to a brief", "invitations to briefs"), organisation=BriefInvite.organisation_id, once_per=BriefInvite.brief_id,
    ))
    register_mover(by_column(BriefOffer, ("offer to a brief", "offers to briefs"), organisation=BriefOffer.organisation_id, once_per=BriefOffer.brief_id))
    register_mover(by_column(
        DeclaredInterest, ("declared interest", "declared interests"), organisation=DeclaredInterest.organisation_id,
        once_per=DeclaredInterest.person_id,
    ))


def _since_then(merge: Merge) -> str:
    """A place that was asked for after the merge, in a group that would go back, would be left between the two."""
    groups = [uuid.UUID(id_) for id_ in merge.moved.get("cohort", ())]
    if merge.kind is not MergeKind.OFFERING or not groups:
        return ""
    asked = db.session.scalar(
        sa.select(sa.func.count()).select_from(Commission)
        .where(Commission.cohort_id.in_(groups), Commission.created_at >= merge.created_at)
    )
    if not asked:
        return ""
    return ngettext(
        "%(number)s place was asked for since in a group that would go back. They belong to the offering as it is now, so it stays merged.",
        "%(number)s places were asked for since in a group that would go back. They belong to the offering as it is now, so it stays merged.",
        asked, number=f"{asked:,}",
    )
