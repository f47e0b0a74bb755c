"""Home by role; the pages that explain Kith; the health probe."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.accounts.models import Person, Role
from app.accounts.queries import list_own_zones, list_zones
from app.children.sharing import shared_views
from app.insight.queries import link_worker, money, partner, zone
from app.notifications.queries import list_open_tasks
from app.shared import clock
from app.shared.db import ping
from app.shared.web import allow, current_person, public, signed_in

blueprint = Blueprint("insight", __name__)


@blueprint.get("/")
@allow(signed_in)
def home() -> ResponseReturnValue:
    """What needs me today. Somebody with several roles sees a part for each."""
    person = current_person()
    parts: list[tuple[str, dict[str, Any]]] = [
        (name, build(person)) for roles, name, build in PARTS if person.has_role(*roles)
    ]
    return render_template("insight/home.html", parts=parts, today=clock.today(), greeting=_greeting(), person=person)


def _greeting() -> str:
    hour = clock.london(clock.now()).hour
    return "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"


def _link_worker(person: Person) -> dict[str, Any]:
    return {
        "tasks": list_open_tasks(person), "counts": link_worker.counts(person),
        "sessions": link_worker.sessions_of_children(person, clock.today()), "meetings": link_worker.meetings(person, clock.today()),
    }


def _partner(person: Person) -> dict[str, Any]:
    asked = partner.asked_of(person)
    cohorts = partner.open_cohorts(person)
    shared = {}
    for organisation_id in person.organisation_ids():
        ids = [intro.child_id for intro in asked if intro.organisation_id == organisation_id]
        shared.update(shared_views(ids, organisation_id, clock.today()))
    return {
        "organisations": partner.organisations(person), "asked": asked, "shared": shared, "to_confirm": partner.to_confirm(person),
        "documents": partner.expiring_documents(person), "sessions": partner.sessions_on(person, clock.today()),
        "cohorts": cohorts, "places": partner.live_places([c.id for c in cohorts]),
        "money": partner.money(person.organisation_ids()), "tasks": list_open_tasks(person),
    }


def _budget_holder(person: Person) -> dict[str, Any]:
    return {"queue": money.queue(person), "funds": money.figures(money.funds_of(person)), "tasks": list_open_tasks(person)}


def _zone_manager(person: Person) -> dict[str, Any]:
    zone_ids = person.zone_ids(Role.ZONE_MANAGER)
    return {
        "figures": zone.figures(zone_ids), "schools": zone.schools(person), "zones": list_own_zones(person, Role.ZONE_MANAGER),
        "tasks": list_open_tasks(person),
    }


def _school_lead(person: Person) -> dict[str, Any]:
    return {"schools": zone.schools(person)}


def _funder(person: Person) -> dict[str, Any]:
    return {"funds": money.figures(money.funds_of(person))}


def _administrator(person: Person) -> dict[str, Any]:
    return {"zones": list_zones()}


PARTS = (
    ((Role.LINK_WORKER,), "link_worker", _link_worker),
    ((Role.PARTNER_ADMIN, Role.PRACTITIONER), "partner", _partner),
    ((Role.BUDGET_HOLDER,), "budget_holder", _budget_holder),
    ((Role.ZONE_MANAGER,), "zone_manager", _zone_manager),
    ((Role.SCHOOL_LEAD, Role.SAFEGUARDING_LEAD), "school_lead", _school_lead),
    ((Role.FUNDER,), "funder", _funder),
    ((Role.ADMINISTRATOR,), "administrator", _administrator),
)


@blueprint.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    return render_template("insight/accessibility.html")


@blueprint.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    return render_template("insight/privacy.html")


@blueprint.get("/help")
@public
def help() -> ResponseReturnValue:  # noqa: A001  the page's own name
    return render_template("insight/help.html")


@blueprint.get("/health")
@public
def health() -> ResponseReturnValue:
    """200 when the database answers."""
    ping()
    return {"status": "ok"}
