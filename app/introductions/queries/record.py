"""All that stands around one introduction, read in one statement however much it is: for its page, and for the guards of its verbs.

The models here belong to no session: they are for reading. The statement is made once; only its values change.
"""

from __future__ import annotations

import functools
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from app.accounts.models import Person, Role, RoleGrant
from app.audit.models import AuditEntry
from app.catalogue.models import Offering
from app.children.models import (
    Carer,
    Caseload,
    Child,
    Consent,
    OnePage,
    Refusal,
    Relationship,
    RelationshipKind,
    Voice,
)
from app.introductions.models import (
    OPEN_STATES,
    EndReason,
    Introduction,
    IntroductionState,
    Message,
    StillGoing,
    View,
)
from app.introductions.warmth import Earlier
from app.shared import clock
from app.shared.db import db
from app.shared.gathered import listed, listed_from, made, read_list, value_of

HEARD_WITHIN = timedelta(days=60)
LONGEST_REMEMBERED = timedelta(days=365)
MOST_ENTRIES = 200


@dataclass(frozen=True)
class Home:
    """A parent or carer of the child, as the warmth check needs them. `may_be_told`: not one who must not know where the child is."""

    id: uuid.UUID
    name: str
    relation: str
    has_say: bool
    may_be_told: bool = True


@dataclass(frozen=True)
class Worker:
    """A Link Worker of the child today."""

    id: uuid.UUID
    name: str
    is_lead: bool
    since_on: date


@dataclass(frozen=True)
class Companion:
    """Another child's introduction that goes together with this one."""

    id: uuid.UUID
    child_id: uuid.UUID
    called: str
    reference: str
    state: IntroductionState


@dataclass(frozen=True)
class ChildsPage:
    """The one-page profile that partners get: its version, and the day the child said yes."""

    version: int
    approved_on: date


@dataclass(frozen=True)
class Record:
    """Views, entries and messages oldest first; of each person the last view counts. `has_other_open`: the same child, the same offering."""

    views: list[View]
    checks: list[StillGoing]
    entries: list[AuditEntry]
    messages: list[Message]
    homes: list[Home]
    workers: list[Worker]
    ties: list[Relationship]
    refusal: Refusal | None
    consent: Consent | None
    page: ChildsPage | None
    """What the child said yes to, if there is any; `draft`: a page waits that was not read out yet."""
    has_draft: bool
    earlier: list[Earlier]
    heard: int
    has_other_open: bool
    companions: list[Companion]
    signs_in: bool
    """Somebody of the organisation signs in to Kith."""

    @property
    def lead(self) -> str:
        """The Link Worker's name: the lead before a cover."""
        return self.workers[0].name if self.workers else ""

    @property
    def known_days(self) -> int:
        return max(((clock.today() - worker.since_on).days for worker in self.workers), default=0)

    @property
    def trusted(self) -> list[str]:
        """The names of those whom the child trusts, by the circle."""
        return sorted(tie.name for tie in self.ties if tie.is_trusted_adult)


def read_record(introduction: Introduction) -> Record:
    """One statement. What was changed in this transaction is seen."""
    db.session.flush()
    today = clock.today()
    row = db.session.execute(_statement(db.engine.dialect.name), {
        "introduction_id": introduction.id, "child_id": introduction.child_id, "offering_id": introduction.offering_id,
        "organisation_id": introduction.organisation_id, "zone_id": introduction.zone_id, "party_id": introduction.party_id,
        "today": today, "since": today - HEARD_WITHIN, "remembered": clock.now() - LONGEST_REMEMBERED,
    }).mappings().one()
    carers = {carer.id: carer for carer in _models(Carer, row["carers"])}
    people = {uuid.UUID(raw["id"]): Person(id=uuid.UUID(raw["id"]), name=raw["name"]) for raw in read_list(row["people"])}
    views = sorted(_models(View, row["views"]), key=lambda v: (v.said_on, v.created_at, v.id))
    for view in views:
        set_committed_value(view, "carer", carers.get(view.carer_id))
        set_committed_value(view, "asked_by", people[view.asked_by_id])
    messages = sorted(_models(Message, row["messages"]), key=lambda m: (m.created_at, m.id))
    for message in messages:
        set_committed_value(message, "written_by", people[message.written_by_id])
    consents = sorted(_models(Consent, row["consents"]), key=lambda c: (c.given_on, c.created_at), reverse=True)
    for consent in consents:
        set_committed_value(consent, "carer", carers.get(consent.carer_id))
        set_committed_value(consent, "child", introduction.child)
    pages = sorted(read_list(row["pages"]), key=lambda raw: raw["version"])
    approved = [ChildsPage(raw["version"], date.fromisoformat(raw["approved_on"])) for raw in pages if raw["approved_on"]]
    workers = [Worker(uuid.UUID(raw["person_id"]), raw["name"], raw["kind"] == "lead", date.fromisoformat(raw["starts_on"])) for raw in read_list(row["workers"])]
    return Record(
        views=views, checks=sorted(_models(StillGoing, row["checks"]), key=lambda c: c.due_on),
        entries=sorted(_models(AuditEntry, row["entries"]), key=lambda e: e.id), messages=messages,
        homes=[Home(c.id, c.name, c.relation, c.has_parental_responsibility, not c.may_not_know_where) for c in sorted(carers.values(), key=lambda c: (c.name, c.id))],
        workers=sorted(workers, key=lambda w: (not w.is_lead, w.since_on, w.id)),
        ties=sorted(_models(Relationship, row["ties"]), key=lambda t: (t.since_on, t.id), reverse=True),
        refusal=next(iter(_models(Refusal, row["refusals"])), None), consent=consents[0] if consents else None,
        page=approved[-1] if approved else None, has_draft=len(approved) < len(pages),
        earlier=[_earlier(raw) for raw in sorted(read_list(row["earlier"]), key=lambda raw: raw["met_on"], reverse=True)],
        heard=row["heard"], has_other_open=row["others_open"] > 0, companions=_companions(row["companions"]), signs_in=row["signs_in"] > 0,
    )


def _models(model: Any, value: str | None) -> list[Any]:
    return [made(model, raw) for raw in read_list(value)]


def _earlier(raw: dict[str, Any]) -> Earlier:
    return Earlier(raw["title"], EndReason(raw["end_reason"]) if raw["end_reason"] else None, True, raw["settled_on"] is not None)


def _companions(value: str | None) -> list[Companion]:
    found = [
        Companion(
            value_of(sa.Uuid(), raw["id"]), value_of(sa.Uuid(), raw["child_id"]), raw["known_as"] or raw["first_name"], raw["reference"],
            IntroductionState(raw["state"]),
        ) for raw in read_list(value)
    ]
    return sorted(found, key=lambda one: (one.called, one.reference))


def _value(name: str, kind: Any = None) -> Any:
    return sa.bindparam(name, type_=kind or sa.Uuid())


@functools.cache
def _statement(dialect: str) -> sa.Select[Any]:
    """`dialect` is only the key: JSON is gathered in each database's own way."""
    mine, child, today = _value("introduction_id"), _value("child_id"), _value("today", sa.Date())
    other = aliased(Introduction)
    return sa.select(
        listed(View.__table__.columns, View.introduction_id == mine).label("views"),
        listed(StillGoing.__table__.columns, StillGoing.introduction_id == mine).label("checks"),
        listed(Message.__table__.columns, Message.introduction_id == mine).label("messages"),
        listed(Carer.__table__.columns, Carer.child_id == child).label("carers"),
        listed(Relationship.__table__.columns, _tie(child)).label("ties"),
        listed(Refusal.__table__.columns, sa.and_(
            Refusal.child_id == child, Refusal.offering_id == _value("offering_id"), Refusal.lifted_on.is_(None),
        )).label("refusals"),
        listed(Consent.__table__.columns, sa.and_(
            Consent.child_id == child, Consent.organisation_id == _value("organisation_id"), Consent.is_live_on(today),
        )).label("consents"),
        listed([OnePage.__table__.c.version, OnePage.__table__.c.approved_on], OnePage.child_id == child).label("pages"),
        listed_from(
            sa.select(AuditEntry.__table__).where(AuditEntry.subject_type == "introduction", AuditEntry.subject_id == mine)
            .order_by(AuditEntry.id).limit(MOST_ENTRIES)
        ).label("entries"),
        listed_from(
            sa.select(Caseload.person_id, Person.name, Caseload.kind, Caseload.starts_on).join(Person, Person.id == Caseload.person_id)
            .where(Caseload.child_id == child, Caseload.starts_on <= today, sa.or_(Caseload.ends_on.is_(None), Caseload.ends_on >= today))
        ).label("workers"),
        listed_from(sa.select(Person.id, Person.name).where(Person.id.in_(_written_by(mine)))).label("people"),
        listed_from(
            sa.select(Offering.title, other.end_reason, other.met_on, other.settled_on).join(Offering, Offering.id == other.offering_id)
            .where(
                other.child_id == child, other.id != mine, other.met_on.is_not(None), other.created_at >= _value("remembered", other.created_at.type),
                other.state.in_((IntroductionState.ENDED, IntroductionState.CLOSED)),
            ).order_by(other.met_on.desc(), other.id).limit(5)
        ).label("earlier"),
        listed_from(
            sa.select(other.id, other.child_id, other.state, Child.first_name, Child.known_as, Child.reference).join(Child, Child.id == other.child_id)
            .where(other.party_id == _value("party_id"), other.id != mine)
        ).label("companions"),
        _count(Voice, Voice.child_id == child, Voice.said_on >= _value("since", sa.Date()), Voice.heard_by_id.in_(
            sa.select(Caseload.person_id).where(
                Caseload.child_id == child, Caseload.starts_on <= today, sa.or_(Caseload.ends_on.is_(None), Caseload.ends_on >= today),
            )
        )).label("heard"),
        _count(other, other.child_id == child, other.offering_id == _value("offering_id"), other.id != mine, other.state.in_(OPEN_STATES)).label("others_open"),
        _count(
            RoleGrant, RoleGrant.role.in_((Role.PARTNER_ADMIN, Role.PRACTITIONER)), RoleGrant.zone_id == _value("zone_id"),
            RoleGrant.organisation_id == _value("organisation_id"), RoleGrant.starts_on <= today,
            sa.or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= today),
            RoleGrant.person_id.in_(sa.select(Person.id).where(Person.left_at.is_(None))),
        ).label("signs_in"),
    )


def _tie(child: Any) -> sa.ColumnElement[bool]:
    """Of the child's circle: the Link Workers, and whom the child trusts."""
    return sa.and_(
        Relationship.child_id == child, Relationship.ended_on.is_(None),
        sa.or_(Relationship.kind == RelationshipKind.LINK_WORKER, Relationship.is_trusted_adult.is_(True)),
    )


def _written_by(mine: Any) -> sa.CompoundSelect[Any]:
    return sa.union(
        sa.select(View.asked_by_id).where(View.introduction_id == mine), sa.select(Message.written_by_id).where(Message.introduction_id == mine)
    )


def _count(model: Any, *conditions: Any) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count(model.id)).where(*conditions).scalar_subquery()
