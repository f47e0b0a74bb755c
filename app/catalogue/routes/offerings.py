"""One offering: everything a Link Worker needs; and for those who run it, editing, prices and its state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import sessions
from app.accounts.models import Person
from app.catalogue import policies, proposed, queries, shown, words
from app.catalogue.availability import free_places
from app.catalogue.forms import OfferingForm, ReasonForm, TariffForm
from app.catalogue.history import history_of
from app.catalogue.languages import language_name
from app.catalogue.models import (
    OFFERING_KIND_WORDS,
    OFFERING_MOVES,
    Delivery,
    Gender,
    MergeKind,
    Offering,
    OfferingKind,
    OfferingState,
    Organisation,
    PlaceFoundBy,
    Proposal,
    ProposalKind,
    Season,
)
from app.catalogue.routes.blueprint import blueprint
from app.catalogue.search.filters import distance_km
from app.catalogue.services import offerings as verbs
from app.catalogue.services import proposals
from app.catalogue.services.offerings import OfferingFacts
from app.catalogue.services.tariffs import set_tariff
from app.catalogue.slots import say_slots
from app.catalogue.whereabouts import Spot, choose, spot_of
from app.shared import clock
from app.shared.web import act, allow, submit


@blueprint.get("/offerings/<uuid:offering_id>", endpoint="offering")
@allow(policies.can_see_offering, offering=queries.get_offering_or_merged)
def offering_show(offering: Offering) -> ResponseReturnValue:
    me = sessions.current_person()
    if offering.merged_into_id is not None:
        return redirect(url_for("catalogue.offering", offering_id=queries.heir_of(MergeKind.OFFERING, offering.id)), 302)
    cohorts = queries.list_cohorts(offering.id)
    running = shown.running(cohorts)
    confirmed_by = queries.name_of(offering.confirmed_by_id)
    today = clock.today()
    may_edit = policies.can_edit_offering(me, offering)
    return render_template(
        "catalogue/offering_show.html", proposals=queries.open_proposals_of(offering) if may_edit else [], summary=proposed.summary,
        offering=offering, kind=OFFERING_KIND_WORDS[offering.kind], kind_look=shown.KIND_LOOKS[offering.kind],
        needs=shown.needs_by_area(offering), facts=shown.facts_of(offering), times=say_slots(offering.slots),
        price_is_for=shown.price_is_for, running=running, over=[c for c in cohorts if c not in running], cohort_name=shown.cohort_name,
        places=free_places(c.id for c in cohorts), next_sessions=queries.next_sessions([c.id for c in running]),
        tariff=queries.find_current_tariff(offering.id, today), tariffs=queries.list_tariffs(offering.id) if may_edit else [],
        freshness=shown.freshness(offering, confirmed_by), near=_near(me, offering),
        gaps=queries.document_gaps(offering.organisation_id, on=today, through=today),
        moves=OFFERING_MOVES.onward(offering.state), reason=ReasonForm(),
        history=history_of(offering) if may_edit else [], place=shown.place(offering), about=shown.about(offering),
        photos=queries.list_photos(offering_id=offering.id) or queries.list_photos(organisation_id=offering.organisation_id), years=words.school_years(offering.year_min, offering.year_max),
        site=offering.site, access_of=shown.access, pin=_pin(offering), contacts=queries.list_contacts(offering.organisation_id),
        source=shown.came_from(offering),
        may=_powers(me, offering),
    )


def _powers(me: Person, offering: Offering) -> dict[str, bool]:
    return {
        "edit": policies.can_edit_offering(me, offering), "confirm": policies.can_confirm_offering(me, offering),
        "price": policies.can_set_tariff(me, offering), "propose_price": policies.can_propose_price(me, offering),
    }


def _pin(offering: Offering) -> dict[str, float] | None:
    if offering.latitude is None or offering.longitude is None or offering.delivery is not Delivery.VENUE:
        return None
    return {"lat": offering.latitude, "lon": offering.longitude}


def _near(me: Person, offering: Offering) -> dict[str, Any] | None:
    """The person's own school and how far the offering is from it, where both places are known."""
    school = next((grant.school for grant in me.live_grants if grant.school and grant.school.zone_id == offering.zone_id), None)
    if school is None or school.latitude is None or school.longitude is None:
        return None
    if offering.latitude is None or offering.longitude is None:
        return None
    km = distance_km((school.latitude, school.longitude), (offering.latitude, offering.longitude))
    return {"school": school, "km": km, "away": shown.away(km)}


@blueprint.route("/organisations/<uuid:organisation_id>/offerings/new", methods=["GET", "POST"])
@allow(policies.can_add_offering, organisation=queries.get_organisation)
def offering_new(organisation: Organisation) -> ResponseReturnValue:
    me, organisation_id, form = sessions.current_person(), organisation.id, OfferingForm()
    form.offer(queries.list_sites(organisation_id))
    if request.method == "GET":
        form.region.data, form.postcode.data = organisation.zone.region, organisation.postcode
    saved = submit(form, lambda: verbs.add_offering(organisation_id=organisation_id, facts=read_form(form, None), actor=me))
    if saved is None:
        return _form_page(form, organisation, None)
    flash(_("Saved as a draft. Add a group with its places, then publish it."), "success")
    return redirect(url_for("catalogue.offering", offering_id=saved.id), 303)


@blueprint.route("/offerings/<uuid:offering_id>/edit", methods=["GET", "POST"])
@allow(policies.can_edit_offering, offering=queries.get_offering)
def offering_edit(offering: Offering) -> ResponseReturnValue:
    me, offering_id = sessions.current_person(), offering.id
    waiting = queries.find_open_proposal(ProposalKind.WORDS, offering_id) if proposals.asks_first(offering, me) else None
    form = OfferingForm() if request.method == "POST" else OfferingForm(data=_as_form(offering, waiting))
    form.offer([*queries.list_sites(offering.organisation_id), *([offering.site] if offering.site and offering.site.closed_on else [])])

    def verb() -> Offering:
        current = queries.get_offering(offering_id, me)
        shown_version = form.version.data or ""
        version = int(shown_version) if shown_version.isdigit() else current.version
        return proposals.save_offering(
            offering_id=offering_id, facts=read_form(form, current), version=version, actor=me, why=form.why.data or "",
        )

    if submit(form, verb) is None:
        return _form_page(form, offering.organisation, offering)
    flash(*said(ProposalKind.WORDS, offering_id))
    return redirect(url_for("catalogue.offering", offering_id=offering_id), 303)


def _form_page(form: OfferingForm, organisation: Organisation, offering: Offering | None) -> ResponseReturnValue:
    me = sessions.current_person()
    page = render_template(
        "catalogue/offering_edit.html", form=form, organisation=organisation, offering=offering,
        asks_first=offering is not None and proposals.asks_first(offering, me),
        waiting=queries.find_open_proposal(ProposalKind.WORDS, offering.id) if offering is not None else None,
    )
    return page, 422 if request.method == "POST" else 200


def said(kind: ProposalKind, subject_id: UUID) -> tuple[str, str]:
    """What became of a change that was sent: in force, or waiting."""
    waiting = queries.find_open_proposal(kind, subject_id)
    if waiting is None or not waiting.is_waiting:
        return _("Saved."), "success"
    return _("Saved. The Zone manager looks at this before children see it: %(summary)s.", summary=proposed.summary(waiting).lower()), "notice"


def _as_form(offering: Offering, waiting: Proposal | None) -> dict[str, Any]:
    """As it stands; over it what this person's organisation proposes already, which saving would otherwise take back. The Zone manager,
    whose word is so at once, begins with what stands."""
    data = _as_it_stands(offering)
    for name, value in (waiting.after if waiting is not None else {}).items():
        if name == "interests":
            data[name] = ", ".join(value)
        elif name in ("year_min", "year_max"):
            data[name] = "" if value is None else str(value)
        else:
            data["cost" if name == "cost_pence" else name] = value
    return data


def _as_it_stands(offering: Offering) -> dict[str, Any]:
    spot = spot_of(offering)
    blank = {"day": "", "start": "", "end": "", "season": "term"}
    return {
        **{name: getattr(offering, name) for name in (
            "title", "description", "needs", "age_min", "age_max", "eligibility", "is_private", "site_id", "town", "postcode", "region", "how_to_get_there", "is_by_arrangement",
            "must_parent_stay", "sibling_min_age", "group_size", "home_visit_radius_km")},
        **{name: getattr(offering, name).value for name in ("kind", "gender", "delivery", "season")},
        "version": str(offering.version), "accessibility": shown.features(offering), "interests": ", ".join(offering.interests), "cost": offering.cost_pence,
        "languages": ", ".join(language_name(code) for code in offering.languages), "slots": [*offering.slots, blank, blank],
        "position": f"{spot.latitude:.5f}, {spot.longitude:.5f}" if spot and offering.site_id is None else "",
        **{name: "" if (year := getattr(offering, name)) is None else str(year) for name in ("year_min", "year_max")},
    }


def read_form(form: OfferingForm, offering: Offering | None) -> OfferingFacts:
    """The form as facts; the place is that of the pin when it was moved, else of the postcode, else as it was."""
    postcode = form.postcode.data or ""
    area = postcode.partition(" ")[0] or (offering.postcode_area if offering else "")
    spot = _spot(form, offering)
    youngest, oldest = form.years()
    is_step_free, features = form.access(offering)
    delivery = Delivery(form.delivery.data)
    return OfferingFacts(
        title=form.title.data or "", kind=OfferingKind(form.kind.data), description=(form.description.data or "").strip(),
        interests=form.interests.items, needs=form.needs.ticked(offering.needs if offering else ()), age_min=form.age_min.data or 0, age_max=form.age_max.data or 0,
        town=form.town.data or "", postcode=postcode, postcode_area=area, region=form.region.data or "",
        latitude=spot.latitude if spot else None, longitude=spot.longitude if spot else None, delivery=delivery,
        is_place_approximate=_is_approximate(spot, offering), place_found_by=spot.found_by if spot else None,
        year_min=youngest, year_max=oldest, eligibility=(form.eligibility.data or "").strip(), is_private=form.is_private.data,
        site_id=form.site_id.data,
        home_visit_radius_km=form.home_visit_radius_km.data, slots=[s for entry in form.slots if (s := entry.form.slot()) is not None],
        is_by_arrangement=form.is_by_arrangement.data, season=Season(form.season.data), cost_pence=form.cost.data or 0,
        languages=form.languages.codes, gender=Gender(form.gender.data), is_step_free=is_step_free,
        must_parent_stay=form.must_parent_stay.data, accessibility=features,
        sibling_min_age=form.sibling_min_age.data, group_size=form.group_size.data,
        how_to_get_there=(form.how_to_get_there.data or "").strip(),
    )


def _spot(form: OfferingForm, offering: Offering | None) -> Spot | None:
    postcode = form.postcode.data or ""
    same = offering is not None and postcode == offering.postcode
    before = spot_of(offering)
    if before is not None and same and not postcode and form.position.position is None and not form.position.raw_data:
        return before
    return choose(typed=form.position.position, found=queries.find_spot(postcode), before=before, is_same_postcode=same)


def _is_approximate(spot: Spot | None, offering: Offering | None) -> bool:
    """A pin is where it is; what was not touched stays what it was; a postcode gives its middle."""
    if spot is None or spot.found_by is PlaceFoundBy.PIN:
        return False
    if offering is not None and spot == spot_of(offering):
        return offering.is_place_approximate
    return True


@blueprint.post("/offerings/<uuid:offering_id>/copy")
@allow(policies.can_edit_offering, offering=queries.get_offering)
def offering_copy(offering: Offering) -> ResponseReturnValue:
    copied = verbs.copy_offering(offering_id=offering.id, actor=sessions.current_person())
    flash(_("This is a draft copy. Change what is different, then publish it."), "success")
    return redirect(url_for("catalogue.offering_edit", offering_id=copied.id), 303)


def _move(offering: Offering, verb: Callable[..., Offering], done: str, **given: Any) -> ResponseReturnValue:
    offering_id, me = offering.id, sessions.current_person()
    version = request.form.get("version", type=int)
    back = url_for("catalogue.offering", offering_id=offering_id)
    return act(lambda: verb(offering_id=offering_id, actor=me, version=version, **given), back, done=done)


@blueprint.post("/offerings/<uuid:offering_id>/publish")
@allow(policies.can_edit_offering, offering=queries.get_offering)
def offering_publish(offering: Offering) -> ResponseReturnValue:
    first = offering.state is OfferingState.DRAFT and not policies.can_set_tariff(sessions.current_person(), offering)
    done = _("The Zone manager reads it before children see it.") if first else _("It is live: Link Workers find it from now on.")
    return _move(offering, proposals.publish, done)


@blueprint.post("/offerings/<uuid:offering_id>/pause")
@allow(policies.can_edit_offering, offering=queries.get_offering)
def offering_pause(offering: Offering) -> ResponseReturnValue:
    reason = request.form.get("reason", "")[:300]
    return _move(offering, verbs.pause_offering, _("Paused: no new children for now. Those who come, come on."), reason=reason)


@blueprint.post("/offerings/<uuid:offering_id>/close")
@allow(policies.can_edit_offering, offering=queries.get_offering)
def offering_close(offering: Offering) -> ResponseReturnValue:
    reason = request.form.get("reason", "")[:300]
    return _move(offering, verbs.close_offering, _("Closed. You can publish it again later."), reason=reason)


@blueprint.post("/offerings/<uuid:offering_id>/confirm")
@allow(policies.can_confirm_offering, offering=queries.get_offering)
def offering_confirm(offering: Offering) -> ResponseReturnValue:
    return _move(offering, verbs.confirm_offering, _("Thank you. It says now that it was checked today."))


@blueprint.route("/offerings/<uuid:offering_id>/tariffs/new", methods=["GET", "POST"])
@allow(policies.can_propose_price, offering=queries.get_offering)
def tariff_new(offering: Offering) -> ResponseReturnValue:
    me, offering_id, form = sessions.current_person(), offering.id, TariffForm()
    current = queries.find_current_tariff(offering_id, clock.today())
    if request.method == "GET" and current is not None:
        form.show(current)
    elif request.method == "GET":
        form.setting.data = "one" if offering.group_size == 1 else "group"
    is_manager = policies.can_set_tariff(me, offering)

    def verb() -> object:
        if is_manager:
            return set_tariff(offering_id=offering_id, actor=me, **form.terms(current))
        return proposals.propose_price(offering_id=offering_id, actor=me, why=form.why.data or "", **form.terms(current)) or True

    if submit(form, verb) is None:
        page = render_template(
            "catalogue/tariff_new.html", form=form, offering=queries.get_offering(offering_id, me), current=current, is_manager=is_manager,
        )
        return page, 422 if request.method == "POST" else 200
    if is_manager:
        flash(_("The new price is written down. What was agreed before keeps its own."), "success")
    else:
        flash(*said(ProposalKind.PRICE, offering_id))
    return redirect(url_for("catalogue.offering", offering_id=offering_id), 303)
