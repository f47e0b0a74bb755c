"""Offering and Tariff."""

from __future__ import annotations

import uuid
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalogue.models.organisations import PlaceFoundBy
from app.shared import clock
from app.shared.db import Row, state_column
from app.shared.states import Moves

if TYPE_CHECKING:
    from app.catalogue.models.cohorts import Cohort
    from app.catalogue.models.organisations import Organisation, Site


class OfferingKind(StrEnum):
    """The values are those of the exchange format; the words on screen are OFFERING_KIND_WORDS."""

    COMMISSIONED = "commissioned"
    COMMUNITY_ASSET = "community_asset"
    PAID_COMMUNITY = "paid_community"
    STATUTORY = "statutory"


OFFERING_KIND_WORDS = {
    OfferingKind.COMMISSIONED: _l("Programme"),
    OfferingKind.COMMUNITY_ASSET: _l("Local asset"),
    OfferingKind.PAID_COMMUNITY: _l("Paid community"),
    OfferingKind.STATUTORY: _l("Statutory service"),
}


class OfferingState(StrEnum):
    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    CLOSED = "closed"


OFFERING_MOVES = Moves("offering", {
    OfferingState.DRAFT: {OfferingState.LIVE, OfferingState.CLOSED},
    OfferingState.LIVE: {OfferingState.PAUSED, OfferingState.CLOSED},
    OfferingState.PAUSED: {OfferingState.LIVE, OfferingState.CLOSED},
    OfferingState.CLOSED: {OfferingState.LIVE},
})


class Delivery(StrEnum):
    VENUE = "venue"
    ONLINE = "online"
    HOME = "home"
    SCHOOL = "school"


class Season(StrEnum):
    TERM = "term"
    HOLIDAY = "holiday"
    BOTH = "both"
    ALL_YEAR = "all_year"


class Gender(StrEnum):
    ANY = "any"
    GIRLS = "girls"
    BOYS = "boys"


AREAS = ("Social", "Emotional", "Academic")

NEEDS = (
    *(f"Social:{n}" for n in ("friendships", "belonging", "communication", "teamwork", "social-confidence", "positive-behaviour")),
    *(f"Emotional:{n}" for n in (
        "wellbeing", "self-esteem", "anxiety", "attention", "self-regulation", "resilience", "bereavement", "trauma", "transition")),
    *(f"Academic:{n}" for n in (
        "reading", "writing", "maths", "stem", "english-language", "school-engagement", "study-skills", "aspirations")),
)
"""The 23 needs of the exchange format, each `Area:need`."""

ACCESSIBILITY = ("step-free", "quiet-space", "accessible-toilet", "send-trained-staff", "transport-provided", "bsl-interpreter")


class Offering(Row):
    """Something an organisation does for children.

    `cost_pence` is what the family pays a session. `slots` is a list of {"day": "Tue", "start": "16:00", "end": "17:30",
    "season": "term"|"holiday"}. Interests, needs, languages and accessibility keep the source's order. `year_min` and `year_max`
    are school years, 0 is Reception and -1 nursery; `is_private` is made for particular children: found by nobody but those who
    run it and those who know a child there. With a site, town, postcode and place repeat the site's (search reads one table).
    """

    __tablename__ = "offering"
    __table_args__ = (
        UniqueConstraint("zone_id", "source", "source_ref", name="uq_offering_source"),
        CheckConstraint("age_min >= 0 AND age_min <= age_max AND age_max <= 25", name="ages_in_order"),
        CheckConstraint("cost_pence >= 0", name="cost_not_negative"),
        CheckConstraint("(delivery = 'home') OR home_visit_radius_km IS NULL", name="radius_only_for_home_visits"),
        CheckConstraint("(year_min IS NULL) = (year_max IS NULL) AND year_min <= year_max", name="years_in_order"),
        Index("ix_offering_zone_state", "zone_id", "state"),
        Index("ix_offering_organisation", "organisation_id"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[OfferingKind] = mapped_column(state_column(OfferingKind))
    state: Mapped[OfferingState] = mapped_column(state_column(OfferingState), default=OfferingState.LIVE)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    interests: Mapped[list[str]] = mapped_column(default=list)
    needs: Mapped[list[str]] = mapped_column(default=list)
    age_min: Mapped[int] = mapped_column(default=0)
    age_max: Mapped[int] = mapped_column(default=18)
    year_min: Mapped[int | None]
    year_max: Mapped[int | None]
    eligibility: Mapped[str] = mapped_column(Text, default="")
    is_private: Mapped[bool] = mapped_column(default=False)
    site_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("site.id"), index=True)
    town: Mapped[str] = mapped_column(String(120), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="")
    postcode_area: Mapped[str] = mapped_column(String(10), default="")
    region: Mapped[str] = mapped_column(String(120), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    is_place_approximate: Mapped[bool] = mapped_column(default=False)
    place_found_by: Mapped[PlaceFoundBy | None] = mapped_column(state_column(PlaceFoundBy))
    delivery: Mapped[Delivery] = mapped_column(state_column(Delivery), default=Delivery.VENUE)
    home_visit_radius_km: Mapped[float | None]
    slots: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    is_by_arrangement: Mapped[bool] = mapped_column(default=False)
    season: Mapped[Season] = mapped_column(state_column(Season), default=Season.TERM)
    cost_pence: Mapped[int] = mapped_column(default=0)
    languages: Mapped[list[str]] = mapped_column(default=lambda: ["en"])
    gender: Mapped[Gender] = mapped_column(state_column(Gender), default=Gender.ANY)
    is_step_free: Mapped[bool] = mapped_column(default=False)
    must_parent_stay: Mapped[bool] = mapped_column(default=False)
    accessibility: Mapped[list[str]] = mapped_column(default=list)
    sibling_min_age: Mapped[int | None]
    group_size: Mapped[int | None]
    referrals_last_year: Mapped[int] = mapped_column(default=0)
    how_to_get_there: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(60), default="kith")
    source_ref: Mapped[str] = mapped_column(String(200), default=lambda: str(uuid.uuid4()))
    not_seen_since_on: Mapped[date | None]  # its source's last file did not have it; seen again clears it
    confirmed_on: Mapped[date | None]
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("offering.id"))
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(back_populates="offerings", lazy="joined", innerjoin=True)
    site: Mapped[Site | None] = relationship()
    cohorts: Mapped[list[Cohort]] = relationship(back_populates="offering", order_by="Cohort.starts_on")
    tariffs: Mapped[list[Tariff]] = relationship(back_populates="offering", order_by="Tariff.version")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def is_commissioned(self) -> bool:
        return self.kind is OfferingKind.COMMISSIONED

    @property
    def needs_money(self) -> bool:
        """Places are bought for the child: an introduction here runs together with a commission."""
        return self.is_commissioned


class TariffBasis(StrEnum):
    """What the price is for: each session, or the whole place whatever its sessions."""

    SESSION = "session"
    PLACE = "place"


class Tariff(Row):
    """What a place costs the charity, one version. A commission keeps the version it was made on.

    `price_pence` is for one session, or for the whole place: then each session of it is worth an equal part in whole pence
    (`part_of_price`). `payable` maps each attendance mark to the percent of a session's worth that is owed for it.
    """

    __tablename__ = "tariff"
    __table_args__ = (
        UniqueConstraint("offering_id", "version", name="uq_tariff_version"),
        CheckConstraint("price_pence >= 0 AND setup_pence >= 0", name="price_not_negative"),
        CheckConstraint("notice_percent BETWEEN 0 AND 100", name="notice_in_range"),
    )

    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"))
    version: Mapped[int]
    basis: Mapped[TariffBasis] = mapped_column(state_column(TariffBasis), default=TariffBasis.SESSION)
    is_one_to_one: Mapped[bool] = mapped_column(default=False)
    price_pence: Mapped[int]
    setup_pence: Mapped[int] = mapped_column(default=0)
    notice_percent: Mapped[int] = mapped_column(default=0)
    payable: Mapped[dict[str, Any]] = mapped_column(default=lambda: dict(DEFAULT_PAYABLE))
    starts_on: Mapped[date] = mapped_column(default=clock.today)

    offering: Mapped[Offering] = relationship(back_populates="tariffs")

    @property
    def is_per_place(self) -> bool:
        return self.basis is TariffBasis.PLACE

    def total(self, sessions: int) -> int:
        """What a place with so many sessions costs in all, with setting up."""
        return self.setup_pence + (self.price_pence if self.is_per_place else sessions * self.price_pence)


DEFAULT_PAYABLE: dict[str, int] = {
    "attended": 100, "late": 100, "left_early": 100, "absent_told": 0, "absent_untold": 50,
    "session_cancelled": 0, "excused": 0,
}
"""FLOWS 3: attended, late and left early are owed in full; told 48 hours ahead nothing; untold the tariff's share."""
