"""Where an organisation meets children, and whom to ask there."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import sessions
from app.catalogue import policies, queries, shown
from app.catalogue.models import Contact, Organisation, Site
from app.catalogue.place_forms import ContactForm, SiteForm
from app.catalogue.routes.blueprint import blueprint
from app.catalogue.services import contacts
from app.catalogue.services import sites as verbs
from app.catalogue.services.contacts import ContactFacts
from app.catalogue.services.sites import SiteFacts
from app.catalogue.whereabouts import choose, spot_of
from app.shared.web import act, allow, submit


def _back(organisation_id: object, anchor: str) -> str:
    return url_for("catalogue.organisation", organisation_id=organisation_id, _anchor=anchor)


@blueprint.route("/organisations/<uuid:organisation_id>/sites/new", methods=["GET", "POST"])
@allow(policies.can_edit_organisation, organisation=queries.get_organisation)
def site_new(organisation: Organisation) -> ResponseReturnValue:
    me, organisation_id, form = sessions.current_person(), organisation.id, SiteForm()
    if request.method == "GET" and not queries.list_sites(organisation_id, also_closed=True):
        form.address.data, form.postcode.data = organisation.address, organisation.postcode
    if submit(form, lambda: verbs.add_site(organisation_id=organisation_id, facts=_site(form, None), actor=me)) is None:
        return _site_page(form, organisation, None)
    flash(_("The place is added. Offerings and groups can meet there now."), "success")
    return redirect(_back(organisation_id, "places"), 303)


@blueprint.route("/sites/<uuid:site_id>/edit", methods=["GET", "POST"])
@allow(policies.can_edit_site, site=queries.get_site)
def site_edit(site: Site) -> ResponseReturnValue:
    me, site_id, organisation_id = sessions.current_person(), site.id, site.organisation_id
    spot = spot_of(site)
    position = f"{spot.latitude:.5f}, {spot.longitude:.5f}" if spot else ""
    plain = {name: getattr(site, name) for name in ("name", "address", "town", "postcode", "how_to_get_there", "access_note")}
    form = SiteForm() if request.method == "POST" else SiteForm(data={**plain, "position": position, "accessibility": shown.features(site)})
    if submit(form, lambda: verbs.edit_site(site_id=site_id, facts=_site(form, verbs.get(site_id)), actor=me)) is None:
        return _site_page(form, site.organisation, site)
    flash(_("Saved. Offerings that meet there say so too."), "success")
    return redirect(_back(organisation_id, "places"), 303)


def _site_page(form: SiteForm, organisation: Organisation, site: Site | None) -> ResponseReturnValue:
    page = render_template("catalogue/site_edit.html", form=form, organisation=organisation, site=site)
    return page, 422 if request.method == "POST" else 200


def _site(form: SiteForm, site: Site | None) -> SiteFacts:
    postcode = form.postcode.data or ""
    spot = choose(
        typed=form.position.position, found=queries.find_spot(postcode), before=spot_of(site),
        is_same_postcode=site is not None and site.postcode == postcode,
    )
    return SiteFacts(
        name=form.name.data or "", address=form.address.data or "", town=form.town.data or "", postcode=postcode,
        latitude=spot.latitude if spot else None, longitude=spot.longitude if spot else None, place_found_by=spot.found_by if spot else None,
        how_to_get_there=(form.how_to_get_there.data or "").strip(), is_step_free="step-free" in (form.accessibility.data or []),
        accessibility=form.accessibility.ticked(site.accessibility if site else ()), access_note=(form.access_note.data or "").strip(),
    )


@blueprint.post("/sites/<uuid:site_id>/close")
@allow(policies.can_edit_site, site=queries.get_site)
def site_close(site: Site) -> ResponseReturnValue:
    return _site_act(site, verbs.close_site, _("It is no longer offered as a place to meet."))


@blueprint.post("/sites/<uuid:site_id>/reopen")
@allow(policies.can_edit_site, site=queries.get_site)
def site_reopen(site: Site) -> ResponseReturnValue:
    return _site_act(site, verbs.reopen_site, _("It can be chosen again."))


def _site_act(site: Site, verb: Any, done: str) -> ResponseReturnValue:
    me, site_id, back = sessions.current_person(), site.id, _back(site.organisation_id, "places")
    return act(lambda: verb(site_id=site_id, actor=me), back, done=done)


@blueprint.route("/organisations/<uuid:organisation_id>/contacts/new", methods=["GET", "POST"])
@allow(policies.can_edit_organisation, organisation=queries.get_organisation)
def contact_new(organisation: Organisation) -> ResponseReturnValue:
    me, organisation_id, form = sessions.current_person(), organisation.id, ContactForm()
    if submit(form, lambda: contacts.add_contact(organisation_id=organisation_id, facts=_contact(form), actor=me)) is None:
        return _contact_page(form, organisation, None)
    flash(_("The contact is added."), "success")
    return redirect(_back(organisation_id, "contacts"), 303)


@blueprint.route("/contacts/<uuid:contact_id>/edit", methods=["GET", "POST"])
@allow(policies.can_edit_contact, contact=queries.get_contact)
def contact_edit(contact: Contact) -> ResponseReturnValue:
    me, contact_id, organisation_id = sessions.current_person(), contact.id, contact.organisation_id
    form = ContactForm(obj=None if request.method == "POST" else contact)
    if submit(form, lambda: contacts.edit_contact(contact_id=contact_id, facts=_contact(form), actor=me)) is None:
        return _contact_page(form, contact.organisation, contact)
    flash(_("Saved."), "success")
    return redirect(_back(organisation_id, "contacts"), 303)


@blueprint.post("/contacts/<uuid:contact_id>/remove")
@allow(policies.can_edit_contact, contact=queries.get_contact)
def contact_remove(contact: Contact) -> ResponseReturnValue:
    me, contact_id, back = sessions.current_person(), contact.id, _back(contact.organisation_id, "contacts")
    return act(lambda: contacts.remove_contact(contact_id=contact_id, actor=me), back, done=_("Taken away."))


def _contact_page(form: ContactForm, organisation: Organisation, contact: Contact | None) -> ResponseReturnValue:
    page = render_template("catalogue/contact_edit.html", form=form, organisation=organisation, contact=contact)
    return page, 422 if request.method == "POST" else 200


def _contact(form: ContactForm) -> ContactFacts:
    return ContactFacts(
        name=form.name.data or "", title=form.title.data or "", purposes=form.purposes.data or [], email=form.email.data or "",
        phone=form.phone.data or "", note=form.note.data or "",
    )
