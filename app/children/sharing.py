"""What a partner may know of a child: exactly what a live consent covers. Partner pages read nothing else.

What the child is like (interests, own words, what helps, what does not, what the child is working on) comes from the one-page profile
the child approved, and from nothing else: without such a page it stays empty, whatever is on record and whatever consent covers. Name, age,
must-know, trusted adult and telephone number are what those who look after the child need on the day: facts of the record.

That the child was introduced to the organisation is the introductions room's to ask; here only consent speaks.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.children import book
from app.children.book import approved_pages
from app.children.models import Carer, Child, Consent, OnePage, Relationship, Warmth
from app.shared.db import db

OF_THE_PAGE = frozenset({"interests", "own_words", "what_helps", "needs"})
"""What a consent can cover that only the child's own page tells."""


@dataclass(frozen=True)
class SharedChild:
    """Fields not covered by the consent are empty, and `covers` says which are. The reference is always there.

    `is_approved_by_child` False: there is no page of the child's yet, so nothing of what the child is like is here.
    """

    child_id: uuid.UUID
    reference: str
    covers: frozenset[str]
    ends_on: date
    first_name: str = ""
    age: int | None = None
    school_year: str = ""
    interests: tuple[str, ...] = ()
    own_words: str = ""
    what_helps: str = ""
    what_does_not: str = ""
    must_know: str = ""
    trusted_adult: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    needs: tuple[str, ...] = ()
    is_approved_by_child: bool = False

    @property
    def called(self) -> str:
        """The first name where it is shared, else the reference."""
        return self.first_name or self.reference


def shared_view(child: Child, organisation_id: uuid.UUID, on: date) -> SharedChild | None:
    """None without a consent that covers this organisation on that day. One statement."""
    kept = book.read(child)
    consent = next((one for one in kept.consents if one.organisation_id == organisation_id and one.covers(on)), None)
    if consent is None:
        return None
    return _covered(child, consent, kept.approved, kept.ties)


def shared_views(child_ids: Iterable[uuid.UUID], organisation_id: uuid.UUID, on: date) -> dict[uuid.UUID, SharedChild]:
    """The same for many children at once; children without a live consent are left out."""
    statement = (
        sa.select(Consent)
        .where(
            Consent.child_id.in_(set(child_ids)), Consent.organisation_id == organisation_id, Consent.is_live_on(on),
        )
        .options(
            selectinload(Consent.child).selectinload(Child.relationships)
        )
        .order_by(Consent.given_on, Consent.created_at, Consent.id.desc())
    )
    newest = {consent.child_id: consent for consent in db.session.scalars(statement).unique()}
    pages = approved_pages(list(newest)) if newest else {}
    return {
        child_id: _covered(consent.child, consent, pages.get(child_id), consent.child.relationships) for child_id, consent in newest.items()
    }


def _covered(child: Child, consent: Consent, page: OnePage | None, ties: Sequence[Relationship]) -> SharedChild:
    covers, contact = frozenset(consent.fields), _contact(consent.carer)

    def only(name: str, value: str) -> str:
        return value if name in covers else ""

    def only_of_page(name: str, field: str) -> Any:
        return getattr(page, field) if page is not None and name in covers else None

    trusted = next((tie.name for tie in ties if tie.is_trusted_adult and tie.warmth is not Warmth.ENDED), "")
    return SharedChild(
        child_id=child.id, reference=child.reference, covers=covers, ends_on=consent.ends_on,
        first_name=only("first_name", child.called),
        age=child.age_now if "age" in covers else None, school_year=only("age", child.school_year_now),
        interests=tuple(only_of_page("interests", "likes") or ()), own_words=only_of_page("own_words", "about_me") or "",
        what_helps=only_of_page("what_helps", "helps") or "", what_does_not=only_of_page("what_helps", "does_not") or "",
        must_know=only("must_know", child.must_know), trusted_adult=only("trusted_adult", trusted),
        contact_name=only("contact", contact.name if contact else ""), contact_phone=only("contact", contact.phone if contact else ""),
        needs=tuple(only_of_page("needs", "working_on") or ()), is_approved_by_child=page is not None,
    )


def _contact(giver: Carer | None) -> Carer | None:
    """Whoever agreed, and only their own number; nobody where they must not know where the child is, until somebody else agrees."""
    return None if giver is None or giver.may_not_know_where else giver
