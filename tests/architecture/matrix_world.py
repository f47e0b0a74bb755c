"""What the authorisation matrix walks over: three corners with one thing of every kind, and somebody of every role in the first.

`own` is where everybody works. `near` is in the same Zone, of another school, organisation, fund and Link Worker. `far` is another Zone.
"""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Closure, Passkey, Person, Role, SignIn, Term, Zone
from app.billing.models import Statement, StatementLine
from app.catalogue.models import (
    Contact,
    DocumentKind,
    Merge,
    MergeKind,
    NotDuplicate,
    Photo,
    Proposal,
    Series,
    Site,
)
from app.catalogue.models.finding import GapNote, OpenedView, SavedSearch
from app.catalogue.models.papers import Agreement, Paper
from app.catalogue.models.words import LexiconChange
from app.children.measuring import FIGURES
from app.children.models import Goal, ListeningNote, Relationship, UrgentLook
from app.children.models.growth import NoteTag, PlanStep
from app.children.school_models import ConsentObjection, GillickNote, Measure, Pupil
from app.commissioning.models import (
    ApprovalStep,
    Commission,
    CommissionState,
    DeclaredInterest,
    Fund,
    FundShare,
    Waiting,
)
from app.commissioning.models.briefs import Brief, BriefOffer, OfferState
from app.commissioning.models.deciding import Delegation, Variation
from app.interchange.models import DraftStage, ImportDraft, ImportMapping
from app.interchange.school_models import SchoolImport
from app.introductions.models import IntroductionState, Message, StillGoing
from app.keeping.models import DataCase, HandOver
from app.notifications.models import OutboxMessage, OutboxState
from app.payments.models import (
    BankDetail,
    BankFile,
    Invoice,
    Payee,
    Payer,
    Payment,
    PaymentRun,
    Refund,
    TakeBack,
)
from app.safeguarding.models import Concern
from app.shared import clock
from app.shared.db import Row, UtcDateTime
from tests import factories

_count = itertools.count(1)
Given = Callable[["Corner"], dict[str, Any]]


@dataclass
class Corner:
    """`ids` answers what stands in an address: "child_id" and so on. `rows` holds one row by table, for keys of the next ones."""

    zone: Zone
    rows: dict[str, Any] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)

    def id_of(self, room: str, name: str) -> Any:
        """What an address of that room means by `name`; a name that means two things is kept as "room.name". KeyError if unknown."""
        return self.ids[f"{room}.{name}"] if f"{room}.{name}" in self.ids else self.ids[name]

    def keep(self, name: str, row: Any) -> Any:
        self.rows[row.__tablename__] = row
        self.ids[name] = row.id
        return row


MORE: dict[str, tuple[type[Row], Given]] = {
    "contact_id": (Contact, lambda c: {"email": "a@example.org"}),
    "site_id": (Site, lambda c: {}),
    "photo_id": (Photo, lambda c: {"offering_id": None, "name": uuid.uuid4().hex}),
    "series_id": (Series, lambda c: {"start": "16:00", "end": "17:00"}),
    "saved_id": (SavedSearch, lambda c: {}),
    "gap_id": (GapNote, lambda c: {}),
    "view_id": (OpenedView, lambda c: {"to_zone_id": factories.make_zone().id}),
    "mark_id": (NotDuplicate, lambda c: {
        "kind": MergeKind.ORGANISATION, "first_id": c.ids["organisation_id"],
        "second_id": factories.make_organisation(c.zone, with_documents=False).id,
    }),
    "merge_id": (Merge, lambda c: {
        "kind": MergeKind.ORGANISATION, "kept_id": c.ids["organisation_id"],
        "gone_id": factories.make_organisation(c.zone, with_documents=False).id,
    }),
    "change_id": (LexiconChange, lambda c: {}),
    "draft_id": (ImportDraft, lambda c: {
        "person_id": c.ids["manager"], "expires_at": clock.now() + dt.timedelta(days=1), "content": b"x", "stage": DraftStage.READY,
    }),
    "proposal_id": (Proposal, lambda c: {"subject_type": "offering", "subject_id": c.ids["offering_id"]}),
    "mapping_id": (ImportMapping, lambda c: {}),
    "file_id": (SchoolImport, lambda c: {"person_id": c.ids["manager"], "content": b"x", "expires_at": clock.now() + dt.timedelta(days=1)}),
    "pupil_id": (Pupil, lambda c: {}),
    "waiting_id": (Waiting, lambda c: {}),
    "goal_id": (Goal, lambda c: {}),
    "relationship_id": (Relationship, lambda c: {}),
    "measure_id": (Measure, lambda c: {"child_id": c.ids["child_id"], "code": next(iter(FIGURES))}),
    "objection_id": (ConsentObjection, lambda c: {}),
    "children.note_id": (GillickNote, lambda c: {}),
    "listening_id": (ListeningNote, lambda c: {}),
    "tag_id": (NoteTag, lambda c: {}),
    "children.step_id": (PlanStep, lambda c: {}),
    "commissioning.step_id": (ApprovalStep, lambda c: {"above_pence": next(_count)}),
    "interest_id": (DeclaredInterest, lambda c: {}),
    "check_id": (StillGoing, lambda c: {}),
    "message_id": (Message, lambda c: {}),
    "term_id": (Term, lambda c: {}),
    "closure_id": (Closure, lambda c: {}),
    "concern_id": (Concern, lambda c: {}),
    "look_id": (UrgentLook, lambda c: {"ends_at": clock.now() - dt.timedelta(hours=1)}),
    "paper_id": (Paper, lambda c: {"document_id": c.ids["document_id"]}),
    "agreement_id": (Agreement, lambda c: {"kind": DocumentKind.SHARED_VALUES, "number": next(_count)}),
    "brief_id": (Brief, lambda c: {}),
    "offer_id": (BriefOffer, lambda c: {"state": OfferState.OFFERED, "weekday": "Tue", "starts": "16:00", "ends": "17:00"}),
    "delegation_id": (Delegation, lambda c: {"grant_id": c.ids["grant_id"], "from_id": c.ids["manager"]}),
    "variation_id": (Variation, lambda c: {"was_sessions": 2}),
    "sign_in_id": (SignIn, lambda c: {}),
    "passkey_id": (Passkey, lambda c: {"credential_id": uuid.uuid4().bytes}),
    "statement_id": (Statement, lambda c: {"number": next(_count)}),
    "line_id": (StatementLine, lambda c: {"what": uuid.uuid4().hex, "pence": 100, "held_on": clock.today(), "position": next(_count)}),
    "payee_id": (Payee, lambda c: {"owner_id": c.ids["organisation_id"]}),
    "run_id": (PaymentRun, lambda c: {"number": next(_count)}),
    "payment_id": (Payment, lambda c: {"pence": 100, "reference": f"R{next(_count)}"}),
    "take_back_id": (TakeBack, lambda c: {}),
    "bank_file_id": (BankFile, lambda c: {"number": next(_count), "sealed": b"x"}),
    "payer_id": (Payer, lambda c: {}),
    "invoice_id": (Invoice, lambda c: {"number": next(_count)}),
    "refund_id": (Refund, lambda c: {"number": next(_count)}),
    "hand_over_id": (HandOver, lambda c: {"asked_by_id": c.ids["manager"], "expires_at": clock.now() + dt.timedelta(days=1)}),
    "case_id": (DataCase, lambda c: {"known_at": clock.now(), "due_at": clock.now(), "answered_by_id": None}),
    "stuck_id": (OutboxMessage, lambda c: {"state": OutboxState.DEAD}),
    "detail_id": (BankDetail, lambda c: {"sealed": b"x"}),
    "asked_id": (Person, lambda c: {"asked_id": c.ids["person_id"]}),  # last: what is made after it would be that person's
}
"""A kind of thing that addresses name, and the row to make of it in each corner. Columns that must be filled are filled by
themselves: a key with the corner's own row of that table, an enum with its first member. Name only what matters."""


def row_of(corner: Corner, model: type[Row], given: dict[str, Any]) -> Row:
    """A row of `model` in this corner, every column that must have a value having one."""
    values = dict(given)
    for column in model.__table__.columns:
        if column.key in values or column.key in ("id", "created_at"):
            continue
        keys = list(column.foreign_keys)
        if keys and (row := corner.rows.get(keys[0].column.table.name)) is not None and keys[0].column.table is not model.__table__:
            if not column.nullable or keys[0].column.table.name in ("school", "organisation", "offering", "cohort"):
                values[column.key] = row.id
        elif not column.nullable and column.default is None and column.server_default is None:
            values[column.key] = _something(column)
    return factories.save(model(**values))


def _something(column: sa.Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return next(iter(kind.enum_class))
    if isinstance(kind, UtcDateTime):
        return clock.now()
    made: dict[type, Any] = {
        str: f"x{next(_count)}", int: 1, float: 1.0, bool: False, bytes: b"x", dt.date: clock.today(), dt.time: dt.time(16), uuid.UUID: uuid.uuid4(), dict: {}, list: [],
    }
    return made[kind.python_type]


def make_corner(zone: Zone) -> Corner:
    """A school with a child on its way to an offering whose place is asked for; and one of everything in MORE."""
    corner = Corner(zone)
    corner.rows["zone"], corner.ids["slug"] = zone, zone.slug
    school = corner.keep("school_id", factories.make_school(zone))
    manager = factories.make_person(Role.ZONE_MANAGER, zone)
    link_worker = corner.keep("person_id", factories.make_person(Role.LINK_WORKER, zone))
    corner.ids["manager"], corner.ids["grant_id"] = manager.id, link_worker.grants[0].id
    organisation = corner.keep("organisation_id", factories.make_organisation(zone))
    offering = corner.keep("offering_id", factories.make_offering(organisation))
    corner.ids["other_id"] = offering.id
    tariff = factories.make_tariff(offering)
    corner.rows["tariff"] = tariff
    cohort = corner.keep("cohort_id", factories.make_cohort(offering, sessions=1))
    corner.ids["session_id"] = cohort.sessions[0].id
    practitioner = corner.keep("practitioner_id", factories.make_practitioner(organisation))
    corner.ids["document_id"] = next(d.id for d in organisation.documents if d.kind is not DocumentKind.DBS)
    child = corner.keep("child_id", factories.make_child(school, link_worker))
    consent = factories.make_consent(child, organisation)
    corner.rows["carer"] = child.carers[0]
    corner.ids |= {
        "carer_id": child.carers[0].id, "caseload_id": child.caseload[0].id, "need_id": child.needs[0].id, "consent_id": consent.id,
    }
    introduction = corner.keep("introduction_id", factories.make_introduction(child, offering, link_worker, IntroductionState.ASKED))
    today = clock.today()
    fund = corner.keep("fund_id", factories.save(Fund(
        zone_id=zone.id, name=f"Fund {next(_count)}", funder="The council", starts_on=today - dt.timedelta(days=30),
        ends_on=today + dt.timedelta(days=300),
    )))
    commission = corner.keep("commission_id", factories.save(Commission(
        zone_id=zone.id, child_id=child.id, introduction_id=introduction.id, offering_id=offering.id, organisation_id=organisation.id,
        cohort_id=cohort.id, tariff_id=tariff.id, practitioner_id=practitioner.id, state=CommissionState.REQUESTED, sessions=10,
        price_pence=2_000, total_pence=20_000, year=clock.school_year(today), need_code="Social:friendships", why="Drums.",
        requested_by_id=link_worker.id, requested_at=clock.now(), decide_by=clock.now() + dt.timedelta(days=5),
    )))
    factories.save(FundShare(commission_id=commission.id, fund_id=fund.id, pence=20_000))
    for name, (model, given) in MORE.items():
        corner.keep(name, row_of(corner, model, given(corner)))
    return corner


@dataclass
class World:
    own: Corner
    near: Corner
    far: Corner
    people: dict[str, Person]


def make_world() -> World:
    zone = factories.make_zone()
    own, near, far = make_corner(zone), make_corner(zone), make_corner(factories.make_zone())
    school, organisation = own.rows["school"], own.rows["organisation"]
    link_worker, manager = (factories.db.session.get_one(Person, own.ids[name]) for name in ("person_id", "manager"))
    return World(own, near, far, {
        "LW": link_worker,
        "PA": factories.make_person(Role.PARTNER_ADMIN, zone, organisation=organisation),
        "PR": factories.make_person(Role.PRACTITIONER, zone, organisation=organisation),
        "BH": factories.make_person(Role.BUDGET_HOLDER, zone, school=school),
        "ZM": manager,
        "SL": factories.make_person(Role.SCHOOL_LEAD, zone, school=school),
        "DL": factories.make_person(Role.SAFEGUARDING_LEAD, zone),
        "DS": factories.make_person(Role.SAFEGUARDING_LEAD, zone, school=school),
        "FU": factories.make_person(Role.FUNDER, zone, fund_id=own.ids["fund_id"]),
        "AD": factories.make_person(Role.ADMINISTRATOR),
        "NO": factories.make_person(),
    })
