"""Home by role; the pages that explain Kith; the health probe."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.accounts.queries import list_own_zones, list_zones
from app.attendance.queries import list_sessions, who_comes
from app.audit import services as audit
from app.billing.words import STATE_WORDS
from app.catalogue.models import Organisation
from app.catalogue.policies import can_edit_organisation
from app.catalogue.proposed import summary
from app.catalogue.queries import get_organisation, list_proposals
from app.catalogue.words import DOCUMENT_KINDS
from app.children.naming import reference_line
from app.commissioning.policies import can_change_capacity
from app.commissioning.services.seats import last_day_of
from app.insight.policies import has_a_role
from app.insight.queries import link_worker, money, partner, zone
from app.insight.queries.fair_play import fair_play as fair_play_of
from app.insight.queries.look_up import LEAST_LETTERS
from app.insight.queries.look_up import look_up as list_named
from app.insight.queries.tasks import list_todo
from app.shared import clock
from app.shared.db import ping
from app.shared.web import allow, current_person, is_htmx, public, signed_in

blueprint = Blueprint("insight", __name__)
SHOWN_REQUESTS = 3
LONGEST_NAME = 80
TOLD_BY: dict[str, frozenset[str]] = {"partner": frozenset({"introduction_answer", "commission_confirm", "renew_documents", "document_expiring"})}
"""Kinds of tasks that a part says in its own way."""


@dataclass
class Part:
    """What one role's part of the home page shows, and whose records it shows."""

    name: str
    shows: dict[str, Any]
    children: set[UUID] = field(default_factory=set)


@blueprint.get("/")
@allow(signed_in)
def home() -> ResponseReturnValue:
    """What needs me today. Somebody with several roles sees a part for each; tasks stand once, above the first."""
    person = current_person()
    parts = [build(person) for roles, build in PARTS if person.has_role(*roles)]
    told = TOLD_BY.get(parts[0].name, frozenset()) if parts else frozenset()
    tasks = [todo for todo in list_todo(person) if todo.task.kind not in told]
    page = render_template(
        "insight/home.html", parts=parts, tasks=tasks, today=clock.today(), greeting=_greeting(), person=person,
        reference_line=reference_line,
    )
    seen = {child_id for part in parts for child_id in part.children}
    audit.note_sights(person=Looker(person.id), child_ids=sorted(seen), what="today")
    return page


@dataclass(frozen=True)
class Looker:
    """Who looked; the person's own row would be read again after the page is drawn."""

    id: UUID
    name: str = ""


def _greeting() -> str:
    hour = clock.london(clock.now()).hour
    return _("Good morning") if hour < 12 else _("Good afternoon") if hour < 18 else _("Good evening")


def _link_worker(person: Person) -> Part:
    today = clock.today()
    noticed = link_worker.noticed(person)
    return Part("link_worker", {
        "counts": link_worker.counts(person), "meetings": link_worker.meetings(person, today),
        "sessions": [line for line in list_sessions(person, today, today) if line.expected], "noticed": noticed,
    }, {note.child_id for note in noticed})


def _partner(person: Person) -> Part:
    today = clock.today()
    lines = list_sessions(person, today, today)
    drawn = partner.statements(person)
    asked, coming = partner.asked(person), who_comes([line.session for line in lines], person)
    named = {comer.child_id for comers in coming.values() for comer in comers} | {
        one.introduction.child_id for one in asked if one.shared is not None
    }
    return Part("partner", {
        "organisations": partner.organisations(person), "asked": asked, "to_confirm": partner.list_to_confirm(person),
        "documents": partner.expiring_documents(person), "missing": partner.missing_papers(person), "joining": partner.joining(person),
        "not_sure": partner.not_confirmed(person), "proposals": list_proposals(person) if person.has_role(Role.PARTNER_ADMIN) else [],
        "summary": summary,
        "statements": drawn[:3], "statement_words": STATE_WORDS, "kinds": DOCUMENT_KINDS, "lines": lines, "coming": coming,
        "rooms": partner.rooms(person), "money": partner.money(person, drawn), "is_admin": person.has_role(Role.PARTNER_ADMIN),
        "may_resize": lambda cohort: can_change_capacity(person, cohort),
    }, named)


def _budget_holder(person: Person) -> Part:
    queue = money.queue(person)
    return Part("budget_holder", {"queue": queue, "first": queue.requests[:SHOWN_REQUESTS], "purse": money.purse(person), "last_day_of": last_day_of})


def _zone_manager(person: Person) -> Part:
    return Part("zone_manager", {
        "figures": zone.figures(person.zone_ids(Role.ZONE_MANAGER)), "schools": zone.schools(person),
        "zones": list_own_zones(person, Role.ZONE_MANAGER),
    })


def _school_lead(person: Person) -> Part:
    return Part("school_lead", {"schools": zone.schools(person)})


def _funder(person: Person) -> Part:
    return Part("funder", {"figures": money.figures_of_funder(person)})


def _administrator(person: Person) -> Part:
    return Part("administrator", {"zones": list_zones()})


PARTS = (
    ((Role.LINK_WORKER,), _link_worker),
    ((Role.PARTNER_ADMIN, Role.PRACTITIONER), _partner),
    ((Role.BUDGET_HOLDER,), _budget_holder),
    ((Role.ZONE_MANAGER,), _zone_manager),
    ((Role.SCHOOL_LEAD, Role.SAFEGUARDING_LEAD), _school_lead),
    ((Role.FUNDER,), _funder),
    ((Role.ADMINISTRATOR,), _administrator),
)


@blueprint.route("/look-up", methods=["GET", "POST"])
@allow(has_a_role)
def look_up() -> ResponseReturnValue:
    """Anything by its name. What is typed is sent as a form: a child's name belongs in no address."""
    words = " ".join(request.form.get("words", "")[:LONGEST_NAME].split())
    groups = list_named(current_person(), words)
    template = "insight/_look_up_found.html" if is_htmx() else "insight/look_up.html"
    return render_template(template, words=words, groups=groups, is_short=len(words) < LEAST_LETTERS)


@blueprint.get("/organisations/<uuid:organisation_id>/fair-play")
@allow(can_edit_organisation, organisation=get_organisation)
def fair_play(organisation: Organisation) -> ResponseReturnValue:
    """How both sides keep their word, shown to the organisation about itself and to the Zone manager."""
    return render_template("insight/fair_play.html", organisation=organisation, play=fair_play_of(organisation))


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
    """200 when the database answers, 503 when it does not."""
    if not ping():
        return {"status": "no database"}, 503
    return {"status": "ok"}
