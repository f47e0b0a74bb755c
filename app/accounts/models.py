"""Zone, School and its days, Person, RoleGrant, SignIn and its second steps."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.shared import clock
from app.shared.db import Row, state_column


class CeilingBase(StrEnum):
    """What a funder's share of a child's year is measured on."""

    FULL_YEARLY_COST = "full_yearly_cost"
    COMMISSIONED_SPEND = "commissioned_spend"


class Zone(Row):
    """A place the charity works in; nothing of one Zone is seen from another."""

    __tablename__ = "zone"
    __table_args__ = (
        CheckConstraint("ceiling_percent BETWEEN 1 AND 100", name="ceiling_percent_in_range"),
        CheckConstraint("full_yearly_cost_pence > 0 AND envelope_pence >= 0", name="amounts_not_negative"),
    )

    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    region: Mapped[str] = mapped_column(String(120), default="")
    is_demo: Mapped[bool] = mapped_column(default=False)
    ceiling_percent: Mapped[int] = mapped_column(default=50)
    ceiling_base: Mapped[CeilingBase] = mapped_column(state_column(CeilingBase), default=CeilingBase.FULL_YEARLY_COST)
    full_yearly_cost_pence: Mapped[int] = mapped_column(default=280_000)
    envelope_pence: Mapped[int] = mapped_column(default=100_000)
    second_approver_above_pence: Mapped[int] = mapped_column(default=50_000)
    hold_school_days: Mapped[int] = mapped_column(default=10)
    council_phone: Mapped[str] = mapped_column(String(30), default="", server_default="")


class School(Row):
    """Where Link Workers and children are based."""

    __tablename__ = "school"
    __table_args__ = (UniqueConstraint("zone_id", "name", name="uq_school_zone_name"),)

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    town: Mapped[str] = mapped_column(String(120), default="")
    ward: Mapped[str] = mapped_column(String(120), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]

    zone: Mapped[Zone] = relationship(lazy="joined")
    terms: Mapped[list[Term]] = relationship(back_populates="school", order_by="Term.starts_on", cascade="all, delete-orphan")
    closures: Mapped[list[Closure]] = relationship(
        back_populates="school", order_by="Closure.starts_on", cascade="all, delete-orphan"
    )


class Term(Row):
    """A stretch in which the school is open on weekdays, closures aside. Both days included."""

    __tablename__ = "term"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="days_in_order"),)

    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    school: Mapped[School] = relationship(back_populates="terms")


class Closure(Row):
    """Half-term, a bank holiday, a training or snow day. Both days included."""

    __tablename__ = "closure"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="days_in_order"),)

    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    school: Mapped[School] = relationship(back_populates="closures")


class Role(StrEnum):
    LINK_WORKER = "link_worker"
    PARTNER_ADMIN = "partner_admin"
    PRACTITIONER = "practitioner"
    BUDGET_HOLDER = "budget_holder"
    ZONE_MANAGER = "zone_manager"
    SCHOOL_LEAD = "school_lead"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    FUNDER = "funder"
    ADMINISTRATOR = "administrator"


ROLE_WORDS = {
    Role.LINK_WORKER: _l("Link Worker"),
    Role.PARTNER_ADMIN: _l("Partner"),
    Role.PRACTITIONER: _l("Partner's practitioner"),
    Role.BUDGET_HOLDER: _l("Budget holder"),
    Role.ZONE_MANAGER: _l("Zone manager"),
    Role.SCHOOL_LEAD: _l("School lead"),
    Role.SAFEGUARDING_LEAD: _l("Safeguarding lead"),
    Role.FUNDER: _l("Funder"),
    Role.ADMINISTRATOR: _l("Administrator"),
}


class Person(UserMixin, Row):  # type: ignore[misc]
    """Somebody who can sign in. What they may do is in their grants, and only in those in force today."""

    __tablename__ = "person"
    __table_args__ = (
        Index("uq_person_email", "email", unique=True, sqlite_where=sa.text("asked_id IS NULL"), postgresql_where=sa.text("asked_id IS NULL")),
    )

    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(30), default="")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    left_at: Mapped[datetime | None]
    asked_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """The account that is asked to take these roles over: until its owner says yes, whoever asks learns nothing of it (services/asked.py)."""

    grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="person", order_by="RoleGrant.created_at", foreign_keys="RoleGrant.person_id"
    )

    @property
    def is_active(self) -> bool:
        return self.left_at is None

    @property
    def live_grants(self) -> list[RoleGrant]:
        return [grant for grant in self.grants if grant.is_live] if self.is_active else []

    def has_role(self, *roles: Role, zone_id: uuid.UUID | None = None) -> bool:
        """Holds one of `roles` today (in that Zone, where one is given)."""
        return any(g.role in roles and (zone_id is None or g.zone_id == zone_id) for g in self.live_grants)

    def manages(self, zone_id: uuid.UUID) -> bool:
        return self.has_role(Role.ZONE_MANAGER, zone_id=zone_id)

    def zone_ids(self, *roles: Role) -> set[uuid.UUID]:
        """The Zones this person holds a role in (one of `roles`, or any)."""
        return {g.zone_id for g in self.live_grants if g.zone_id and (not roles or g.role in roles)}

    def school_ids(self, *roles: Role) -> set[uuid.UUID]:
        return {g.school_id for g in self.live_grants if g.school_id and (not roles or g.role in roles)}

    def organisation_ids(self, *roles: Role) -> set[uuid.UUID]:
        """The organisations this person works for as a partner."""
        wanted = roles or (Role.PARTNER_ADMIN, Role.PRACTITIONER)
        return {g.organisation_id for g in self.live_grants if g.organisation_id and g.role in wanted}

    def fund_ids(self, *roles: Role) -> set[uuid.UUID]:
        return {g.fund_id for g in self.live_grants if g.fund_id and (not roles or g.role in roles)}

    @property
    def main_grant(self) -> RoleGrant | None:
        """The grant whose home page greets this person: the first one still in force."""
        return next(iter(self.live_grants), None)

    @property
    def role_word(self) -> str:
        grant = self.main_grant
        return ROLE_WORDS[grant.role] if grant else ""


class RoleGrant(Row):
    """One role, in one Zone, narrowed where the role asks for it to a school, an organisation or a fund, between two days."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="days_in_order"),
        CheckConstraint("(role = 'administrator') = (zone_id IS NULL)", name="zone_unless_administrator"),
        CheckConstraint("role NOT IN ('partner_admin', 'practitioner') OR organisation_id IS NOT NULL", name="partner_has_organisation"),
        CheckConstraint("role <> 'school_lead' OR school_id IS NOT NULL", name="school_lead_has_school"),
        CheckConstraint("role <> 'funder' OR fund_id IS NOT NULL", name="funder_has_fund"),
        CheckConstraint("limit_pence IS NULL OR limit_pence >= 0", name="limit_not_negative"),
        Index("ix_role_grant_zone_role", "zone_id", "role"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role] = mapped_column(state_column(Role))
    zone_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("zone.id"))
    school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    fund_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("fund.id"))
    limit_pence: Mapped[int | None]
    starts_on: Mapped[date] = mapped_column(default=clock.today)
    ends_on: Mapped[date | None]
    granted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(back_populates="grants", foreign_keys=[person_id])
    zone: Mapped[Zone | None] = relationship(lazy="joined")
    school: Mapped[School | None] = relationship(lazy="joined")

    @property
    def is_live(self) -> bool:
        today = clock.today()
        return self.starts_on <= today and (self.ends_on is None or today <= self.ends_on)


class SignIn(Row):
    """One signed-in browser. The cookie holds the token, the table only its SHA-256; ending the row ends the session.

    With `waits_until` the password was right and the second step is awaited: nobody is signed in yet. `confirmed_at` is when the
    person last showed that it is them; none: at the start. `is_strong` when a second step was taken.
    """

    __tablename__ = "sign_in"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(60), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")
    waits_until: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    is_strong: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    person: Mapped[Person] = relationship(lazy="joined")


class AuthenticatorApp(Row):
    """A person's app for codes. It counts from `confirmed_at` on; `last_step` is the last code used, so that none works twice."""

    __tablename__ = "authenticator_app"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    sealed_seed: Mapped[bytes]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(sa.BigInteger, default=0)


class RecoveryCode(Row):
    """One of ten codes on paper, for when the app is gone; kept as a hash, each good once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("person_id", "code_hash", name="uq_recovery_code"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class Passkey(Row):
    """A key that a person's telephone, computer or stick keeps and shows after a finger, face or PIN. Kith has the public half.

    `sign_count` is what the key said last; a key that does not count says 0. One that counts backwards was copied (`copied_at`)
    and opens nothing any more, but still counts as a second step: a copy must not make the password enough.
    """

    __tablename__ = "passkey"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    is_synced: Mapped[bool] = mapped_column(default=False)
    last_used_at: Mapped[datetime | None]
    copied_at: Mapped[datetime | None]


class PasskeyUse(StrEnum):
    """What an answer is asked for; an answer to one is none to another."""

    ADD = "add"
    SIGN_IN = "sign_in"
    SECOND_STEP = "second_step"
    CONFIRM = "confirm"


class PasskeyChallenge(Row):
    """Random bytes that a key is to sign within minutes, once. The browser's session holds the token, this row its SHA-256."""

    __tablename__ = "passkey_challenge"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[PasskeyUse] = mapped_column(state_column(PasskeyUse))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    challenge: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Throttle(Row):
    """Failed tries counted per key (an account, an address) in a fixed window."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(80), unique=True)
    window_starts_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
