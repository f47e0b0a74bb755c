"""The one-page profile: to write, to read out, to print."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.children import book, policies, queries, services, showing, whereabouts
from app.children.forms.plan import ApproveForm, OnePageForm
from app.children.models import Child, OnePage
from app.children.routes.blueprint import blueprint, form_page
from app.children.services import photos
from app.children.sight import note_look
from app.shared import clock
from app.shared.errors import NotFound
from app.shared.languages import render_paper
from app.shared.web import allow, current_person


@blueprint.get("/children/<uuid:child_id>/one-page")
@allow(policies.can_see_child, child=queries.get_child)
def one_page(child: Child) -> ResponseReturnValue:
    note_look(child, "one-page profile")
    kept = book.read(child)
    approved, person = kept.approved, current_person()
    telling = whereabouts.telling(child, kept.carers, request.args.get("without"))
    return render_paper(
        "children/one_page_show.html", request.args.get("in"), child=child, book=kept, page=telling.page(approved) if approved else None, draft=kept.draft,
        earlier=[telling.page(page) for page in kept.pages if page.approved_on is not None][1:], moved_on=showing.moved_on(approved, child) if approved else [],
        may_work=policies.can_work_with_child(person, child), has_photo=photos.has_photo(child.id),
        telling=telling, names_them=policies.can_withdraw_consent(person, child),
    )


@blueprint.route("/children/<uuid:child_id>/one-page/write", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def one_page_write(child: Child) -> ResponseReturnValue:
    kept = book.read(child)
    form = OnePageForm()
    form.fill(kept.draft or kept.approved or showing.suggested_page(child, kept))
    return form_page(
        child, form,
        lambda: services.write_one_page(
            child_id=child.id, about_me=form.about_me.data or "", likes=form.likes.data or [], helps=form.helps.data or "",
            does_not=form.does_not.data or "", working_on=form.working_on.data or [], actor=current_person(),
        ),
        title=_("%(child)s’s page", child=child.called), lede=_("Write it with %(child)s. Nobody outside sees it before %(child)s has said yes.", child=child.called),
        done=_("Kept. Now read it to %(child)s.", child=child.called), back=url_for("children.one_page", child_id=child.id),
    )


@blueprint.route("/children/<uuid:child_id>/one-page/approve", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def one_page_approve(child: Child) -> ResponseReturnValue:
    draft: OnePage | None = book.read(child).draft
    if draft is None:
        raise NotFound(_("There is no new page to read out. Write one first."))
    form = ApproveForm()
    if not form.is_submitted():
        form.stamp.data, form.read_on.data = draft.stamp, clock.today()
    return form_page(
        child, form,
        lambda: services.approve_one_page(
            child_id=child.id, stamp=form.stamp.data or "", read_on=form.read_on.data, is_childs_yes=form.is_childs_yes.data,
            childs_word=form.childs_word.data or "", actor=current_person(),
        ),
        title=_("Read it to %(child)s", child=child.called), template="children/one_page_approve.html", page=draft,
        done=_("%(child)s said yes. This is what partners get now, as far as consent goes.", child=child.called), back=url_for("children.one_page", child_id=child.id),
    )
