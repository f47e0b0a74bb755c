"""The photo for the introduction card: put in, shown, taken away."""

from __future__ import annotations

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.catalogue.pictures import LARGEST_FILE
from app.children import policies, queries
from app.children.forms.plan import ChildPhotoForm
from app.children.models import Child
from app.children.routes.blueprint import blueprint, form_page
from app.children.services import photos
from app.children.sight import note_look
from app.shared.errors import NotFound
from app.shared.web import act, allow, current_person


@blueprint.route("/children/<uuid:child_id>/photo", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def photo(child: Child) -> ResponseReturnValue:
    form = ChildPhotoForm()
    return form_page(
        child, form,
        lambda: photos.keep_photo(
            child_id=child.id, content=form.file.data.read(LARGEST_FILE + 1), is_childs_yes=form.is_childs_yes.data, actor=current_person(),
        ),
        title=_("A photo of %(child)s", child=child.called), template="children/photo_edit.html", done=_("The photo is on the card. Only the picture was kept."),
        back=url_for("children.photo", child_id=child.id), has_photo=photos.has_photo(child.id), is_covered=photos.is_covered(child.consents),
    )


@blueprint.get("/children/<uuid:child_id>/photo.jpg")
@allow(policies.can_see_child, child=queries.get_child)
def photo_picture(child: Child) -> ResponseReturnValue:
    note_look(child, "photo")
    return as_picture(photos.find_photo(child.id))


@blueprint.post("/children/<uuid:child_id>/photo/remove")
@allow(policies.can_withdraw_consent, child=queries.get_child)
def photo_remove(child: Child) -> ResponseReturnValue:
    child_id, person = child.id, current_person()
    return act(lambda: photos.remove_photo(child_id=child_id, actor=person), url_for("children.one_page", child_id=child_id), done=_("The photo is gone."))


def as_picture(content: bytes | None) -> Response:
    """Nothing but a picture, kept by no browser. Raises NotFound where there is none."""
    if content is None:
        raise NotFound(_("There is no photo."))
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox", "Content-Disposition": "inline; filename=photo.jpg"}
    return Response(content, mimetype="image/jpeg", headers=headers)
