"""What of this room goes along when two organisations or two offerings become one."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask_babel import ngettext

from app.catalogue.merging import by_column, register_mover
from app.catalogue.models import Merge, MergeKind
from app.introductions.models import IS_OPEN, Introduction, Linking, Signpost
from app.shared.db import db


def register() -> None:
    register_mover(by_column(
        Introduction, ("introduction", "introductions"), organisation=Introduction.organisation_id, offering=Introduction.offering_id,
        stops=_open_to_both, stops_undo=_since_then,
    ))
    register_mover(by_column(Linking, ("linking", "linkings"), offering=Linking.offering_id, once_per=Linking.child_id))
    register_mover(by_column(Signpost, ("signpost", "signposts"), offering=Signpost.offering_id))


def _open_to_both(kind: MergeKind, kept_id: uuid.UUID, gone_id: uuid.UUID) -> str:
    """A child has one open introduction to an offering. Says how many children, never which."""
    if kind is not MergeKind.OFFERING:
        return ""
    there = sa.select(Introduction.child_id).where(IS_OPEN, Introduction.offering_id == kept_id)
    both = db.session.scalar(
        sa.select(sa.func.count()).select_from(Introduction)
        .where(IS_OPEN, Introduction.offering_id == gone_id, Introduction.child_id.in_(there))
    )
    if not both:
        return ""
    return ngettext(
        "%(number)s child has an open introduction to both. End one of the two first, then merge.",
        "%(number)s children have an open introduction to both. End one of the two first, then merge.", both, number=f"{both:,}",
    )


def _since_then(merge: Merge) -> str:
    """An introduction that was begun after the merge, in a group that would go back, would be left between the two."""
    groups = [uuid.UUID(id_) for id_ in merge.moved.get("cohort", ())]
    if merge.kind is not MergeKind.OFFERING or not groups:
        return ""
    begun = db.session.scalar(
        sa.select(sa.func.count()).select_from(Introduction)
        .where(Introduction.offering_id == merge.kept_id, Introduction.cohort_id.in_(groups), Introduction.created_at >= merge.created_at)
    )
    if not begun:
        return ""
    return ngettext(
        "%(number)s introduction was begun since in a group that would go back. They belong to the offering as it is now, so it stays merged.",
        "%(number)s introductions were begun since in a group that would go back. They belong to the offering as it is now, so it stays merged.",
        begun, number=f"{begun:,}",
    )
