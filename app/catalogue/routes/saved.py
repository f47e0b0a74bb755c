"""Saved searches: keeping one, looking at what is new, being told or not."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import sessions
from app.accounts.models import School
from app.catalogue import addresses, policies, shown
from app.catalogue.availability import places_of_offerings
from app.catalogue.finding_forms import SaveSearchForm
from app.catalogue.models.finding import SavedSearch
from app.catalogue.queries import finding
from app.catalogue.queries.cards import list_for_cards
from app.catalogue.routes.blueprint import blueprint
from app.catalogue.routes.finding import find_zone, located_schools
from app.catalogue.services import saved_searches as verbs
from app.shared.web import act, allow, submit


@blueprint.get("/find/saved", endpoint="saved_searches")
@allow(policies.can_browse)
def saved_searches() -> ResponseReturnValue:
    saved = finding.list_saved_searches(sessions.current_person())
    schools = {zone.id: located_schools(zone) for zone in {one.zone for one, _ in saved}}
    lines = [(one, new, addresses.in_words(one.asked, _school(one, schools[one.zone_id])), search_of(one)) for one, new in saved]
    return render_template("catalogue/saved_list.html", lines=lines, zones={one.zone_id for one, _ in saved})


def _school(saved: SavedSearch, schools: list[School]) -> School | None:
    return addresses.school_of(schools, addresses.near_of(saved.asked))


def search_of(saved: SavedSearch) -> str:
    """The address that searches it again."""
    return f"{url_for('catalogue.find')}?{'&'.join(filter(None, (saved.asked, f'zone={saved.zone.slug}')))}"


@blueprint.route("/find/saved/new", methods=["GET", "POST"], endpoint="saved_search_new")
@allow(policies.can_browse)
def saved_search_new() -> ResponseReturnValue:
    """The address's own arguments are the search."""
    me = sessions.current_person()
    zone, form = find_zone(me), SaveSearchForm()
    asked = addresses.kept_address(request.args)
    near = addresses.school_of(located_schools(zone), addresses.near_of(asked))
    saved = submit(form, lambda: verbs.save_search(
        zone_id=zone.id, name=form.name.data or "", asked=asked, is_told=bool(form.is_told.data), actor=me
    ))
    if saved is None:
        back = url_for("catalogue.find", **request.args.to_dict(flat=False))  # type: ignore[arg-type]
        page = render_template("catalogue/saved_new.html", form=form, said=addresses.in_words(asked, near), back=back, zone=zone)
        return page, 422 if request.method == "POST" else 200
    flash(_("Saved. ") + (_("You are told here when something new fits.") if saved.is_told else _("You are not told; you can change that here.")), "success")
    return redirect(url_for("catalogue.saved_searches"), 303)


@blueprint.get("/find/saved/<uuid:saved_id>", endpoint="saved_search")
@allow(policies.can_use_saved_search, saved=finding.get_saved_search)
def saved_search(saved: SavedSearch) -> ResponseReturnValue:
    new = finding.list_new_for(saved, sessions.current_person())
    listed, places = list_for_cards([offering.id for offering in new]), places_of_offerings(offering.id for offering in new)
    near = _school(saved, located_schools(saved.zone))
    return render_template(
        "catalogue/saved_show.html", saved=saved,
        cards=[shown.card(listed[o.id], km=None, free=places[o.id].free, capacity=places[o.id].capacity) for o in new],
        said=addresses.in_words(saved.asked, near), search=search_of(saved),
    )


@blueprint.post("/find/saved/<uuid:saved_id>/seen", endpoint="saved_search_seen")
@allow(policies.can_use_saved_search, saved=finding.get_saved_search)
def saved_search_seen(saved: SavedSearch) -> ResponseReturnValue:
    me, saved_id = sessions.current_person(), saved.id
    return act(lambda: verbs.mark_seen(saved_id=saved_id, actor=me), url_for("catalogue.saved_searches"), done=_("Looked at. It is off your list."))


@blueprint.post("/find/saved/<uuid:saved_id>/tell", endpoint="saved_search_tell")
@allow(policies.can_use_saved_search, saved=finding.get_saved_search)
def saved_search_tell(saved: SavedSearch) -> ResponseReturnValue:
    me, saved_id, is_told = sessions.current_person(), saved.id, request.form.get("to") == "yes"
    done = _("You are told from now on.") if is_told else _("You are no longer told. The search stays.")
    return act(lambda: verbs.tell(saved_id=saved_id, is_told=is_told, actor=me), url_for("catalogue.saved_searches"), done=done)


@blueprint.post("/find/saved/<uuid:saved_id>/remove", endpoint="saved_search_remove")
@allow(policies.can_use_saved_search, saved=finding.get_saved_search)
def saved_search_remove(saved: SavedSearch) -> ResponseReturnValue:
    me, saved_id = sessions.current_person(), saved.id
    return act(lambda: verbs.remove_search(saved_id=saved_id, actor=me), url_for("catalogue.saved_searches"), done=_("Removed."))
