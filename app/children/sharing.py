"""What a partner may know of a child: exactly what a live consent covers. Partner pages read nothing else.

Where the child has approved a one-page profile, everything a partner reads about what the child is like comes from it and from nothing
newer: interests, own words, what helps, what does not, and what the child is working on (in place of the record's needs). Name, age,
must-know, trusted adult and telephone number are facts of the record.

That the child was introduced to the organisation is the introductions room's to ask; here only consent speaks.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.children import book
from app.children.book import approved_pages
from app.children.models import Child, Consent, Need, OnePage, Relationship, Voice, Warmth
from app.shared.db import db


@dataclass(frozen=True)
class SharedChild:
    """Fields not covered by the consent are empty, and `covers` says which are. The reference is always there."""

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
    return _covered(child, consent, _words(child, kept.approved, kept.voices, kept.live_needs), kept.ties, is_approved=kept.approved is not None)


def shared_views(child_ids: Iterable[uuid.UUID], organisation_id: uuid.UUID, on: date) -> dict[uuid.UUID, SharedChild]:
    """The same for many children at once; children without a live consent are left out."""
    statement = (
        sa.select(Consent)
        .where(
            Consent.child_id.in_(set(child_ids)), Consent.organisation_id == organisation_id, Consent.is_live_on(on),
        )
        .options(
            selectinload(Consent.child).options(
                selectinload(Child.voices), selectinload(Child.needs), selectinload(Child.relationships),
            )
        )
        .order_by(Consent.given_on, Consent.created_at, Consent.id.desc())
    )
    newest = {consent.child_id: consent for consent in db.session.scalars(statement).unique()}
    pages = approved_pages(list(newest)) if newest else {}
    return {
        child_id: _covered(
            consent.child, consent, _words(consent.child, pages.get(child_id), consent.child.voices, consent.child.live_needs),
            consent.child.relationships, is_approved=child_id in pages,
        ) for child_id, consent in newest.items()
    }


@dataclass(frozen=True)
class _Words:
    """What the child is like: by the page the child approved, else as it is on record."""

    interests: tuple[str, ...]
    own_words: str
    what_helps: str
    what_does_not: str
    needs: tuple[str, ...]


def _words(child: Child, page: OnePage | None, voices: Sequence[Voice], needs: Sequence[Need]) -> _Words:
    if page is not None:
        return _Words(tuple(page.likes), page.about_me, page.helps, page.does_not, tuple(page.working_on))
    return _Words(
        tuple(child.interests), voices[0].words if voices else "", child.what_helps, child.what_does_not,
        tuple(need.word for need in needs),
    )


def _covered(child: Child, consent: Consent, words: _Words, ties: Sequence[Relationship], *, is_approved: bool) -> SharedChild:
    covers = frozenset(consent.fields)

    def only(name: str, value: str) -> str:
        return value if name in covers else ""

    trusted = next((tie.name for tie in ties if tie.is_trusted_adult and tie.warmth is not Warmth.ENDED), "")
    return SharedChild(
        child_id=child.id, reference=child.reference, covers=covers, ends_on=consent.ends_on,
        first_name=only("first_name", child.called),
        age=child.age_now if "age" in covers else None, school_year=only("age", child.school_year),
        interests=words.interests if "interests" in covers else (), own_words=only("own_words", words.own_words),
        what_helps=only("what_helps", words.what_helps), what_does_not=only("what_helps", words.what_does_not),
        must_know=only("must_know", child.must_know), trusted_adult=only("trusted_adult", trusted),
        contact_name=only("contact", consent.carer.name if consent.carer else ""),
        contact_phone=only("contact", consent.carer.phone if consent.carer else ""),
        needs=words.needs if "needs" in covers else (), is_approved_by_child=is_approved,
    )
