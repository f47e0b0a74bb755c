"""Photos: the pictures themselves, and adding, describing and taking them away."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import sessions
from app.accounts.models import Person
from app.catalogue import pictures, policies, queries
from app.catalogue.models import Offering, Organisation, Photo, ProposalKind
from app.catalogue.place_forms import AltForm, PhotoForm
from app.catalogue.routes.blueprint import blueprint
from app.catalogue.routes.offerings import said
from app.catalogue.services import photos as verbs
from app.catalogue.services import proposals
from app.shared.errors import NotFound
from app.shared.web import act, allow, submit


@blueprint.get("/photos/<uuid:photo_id>", endpoint="photo")
@allow(policies.can_see_photo, photo=queries.get_photo)
def photo_show(photo: Photo) -> ResponseReturnValue:
    """The picture. Never under the name of what was uploaded, never as anything but a JPEG, and no script could run in it."""
    path = pictures.PHOTOS.path_of(current_app.config["SETTINGS"].data_dir, photo.name)
    if not path.is_file():
        raise NotFound(_("This photo is no longer there."))
    response = Response(path.read_bytes(), mimetype="image/jpeg")
    response.set_etag(photo.name.partition(".")[0])
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Disposition"] = "inline; filename=photo.jpg"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response.make_conditional(request)


@blueprint.route("/offerings/<uuid:offering_id>/photos", methods=["GET", "POST"], endpoint="offering_photos")
@allow(policies.can_edit_offering, offering=queries.get_offering)
def offering_photos(offering: Offering) -> ResponseReturnValue:
    return _photos(offering, offering.title, url_for("catalogue.offering", offering_id=offering.id))


@blueprint.route("/organisations/<uuid:organisation_id>/photos", methods=["GET", "POST"], endpoint="organisation_photos")
@allow(policies.can_edit_organisation, organisation=queries.get_organisation)
def organisation_photos(organisation: Organisation) -> ResponseReturnValue:
    return _photos(organisation, organisation.name, url_for("catalogue.organisation", organisation_id=organisation.id))


def _photos(of: Offering | Organisation, title: str, back: str) -> ResponseReturnValue:
    me, form = sessions.current_person(), PhotoForm()
    offering_id, organisation_id = (of.id, None) if isinstance(of, Offering) else (None, of.id)

    def verb() -> Photo:
        return proposals.add_photo(
            content=form.file.data.read(pictures.LARGEST_FILE + 1), alt=form.alt.data or "", actor=me, offering_id=offering_id,
            organisation_id=organisation_id,
        )

    added = submit(form, verb)
    if added is not None:
        told = (
            _("The photo is there. Only the picture was kept: where and when it was taken is gone. The Zone manager looks at it before children see it.")
            if added.is_waiting else _("The photo is there. Only the picture was kept: where and when it was taken is gone.")
        )
        flash(told, "success")
        return redirect(request.path, 303)
    page = render_template(
        "catalogue/photo_list.html", form=form, title=title, back=back, most=verbs.MOST,
        photos=queries.list_photos(offering_id=offering_id, organisation_id=organisation_id, also_waiting=True),
        asks_first=proposals.asks_first(of, me),
    )
    return page, 422 if request.method == "POST" else 200


def _get_own(photo_id: object, person: Person) -> Photo:
    """A photo of something that this person runs. Raises NotFound."""
    photo = queries.get_photo(photo_id, person)  # type: ignore[arg-type]
    of = (
        policies.can_edit_offering(person, queries.get_offering(photo.offering_id, person)) if photo.offering_id
        else policies.can_edit_organisation(person, queries.get_organisation(photo.organisation_id, person))  # type: ignore[arg-type]
    )
    if not of:
        raise NotFound
    return photo


def _back(photo: Photo) -> str:
    if photo.offering_id:
        return url_for("catalogue.offering_photos", offering_id=photo.offering_id)
    return url_for("catalogue.organisation_photos", organisation_id=photo.organisation_id)


@blueprint.route("/photos/<uuid:photo_id>/edit", methods=["GET", "POST"])
@allow(policies.can_see_photo, photo=_get_own)
def photo_edit(photo: Photo) -> ResponseReturnValue:
    me, photo_id, back = sessions.current_person(), photo.id, _back(photo)
    form = AltForm(obj=None if request.method == "POST" else photo)
    if submit(form, lambda: proposals.describe_photo(photo_id=photo_id, alt=form.alt.data or "", actor=me)) is None:
        page = render_template("catalogue/photo_edit.html", form=form, photo=photo, back=back)
        return page, 422 if request.method == "POST" else 200
    flash(*said(ProposalKind.WORDS, photo_id))
    return redirect(back, 303)


@blueprint.post("/photos/<uuid:photo_id>/remove")
@allow(policies.can_see_photo, photo=_get_own)
def photo_remove(photo: Photo) -> ResponseReturnValue:
    me, photo_id, back = sessions.current_person(), photo.id, _back(photo)
    return act(lambda: proposals.remove_photo(photo_id=photo_id, actor=me), back, done=_("The photo is gone."))
