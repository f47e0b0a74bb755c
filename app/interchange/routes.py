"""Bringing files in and taking them out, for the Zone manager."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Role, Zone
from app.accounts.queries import list_own_zones
from app.accounts.sessions import current_person
from app.interchange import exports, policies, queries
from app.interchange.forms import UploadForm
from app.interchange.models import ImportDraft, ImportKind
from app.interchange.services import drafts
from app.shared import clock
from app.shared.errors import NotFound
from app.shared.web import act, allow, submit

blueprint = Blueprint("interchange", __name__)


@blueprint.route("/imports", methods=["GET", "POST"])
@allow(policies.can_import)
def imports() -> ResponseReturnValue:
    me = current_person()
    zones = list_own_zones(me, Role.ZONE_MANAGER)
    form = UploadForm()
    form.narrow(zones)

    def verb() -> ImportDraft:
        return drafts.keep_draft(
            zone_id=form.zones[form.zone.data].id, kind=ImportKind(form.kind.data), source=form.source.data or "",
            file_name=form.file_name(), content=form.content(), actor=me,
        )

    draft = submit(form, verb)
    if draft is None:
        form.ask_again()
        page = render_template(
            "interchange/import_new.html", form=form, zones=list_own_zones(me, Role.ZONE_MANAGER), drafts=queries.list_drafts(me)
        )
        return page, 422 if request.method == "POST" else 200
    return redirect(url_for("interchange.draft", draft_id=draft.id), 303)


@blueprint.get("/imports/<uuid:draft_id>", endpoint="draft")
@allow(policies.can_use_draft, draft=queries.get_draft)
def draft_show(draft: ImportDraft) -> ResponseReturnValue:
    return render_template("interchange/import_show.html", draft=draft, report=draft.report, is_children=draft.kind is ImportKind.CHILDREN)


@blueprint.post("/imports/<uuid:draft_id>/import")
@allow(policies.can_use_draft, draft=queries.get_draft)
def draft_use(draft: ImportDraft) -> ResponseReturnValue:
    me, draft_id = current_person(), draft.id
    return act(lambda: drafts.use_draft(draft_id=draft_id, actor=me), url_for("interchange.draft", draft_id=draft_id), done="Imported.")


@blueprint.post("/imports/<uuid:draft_id>/discard")
@allow(policies.can_use_draft, draft=queries.get_draft)
def draft_discard(draft: ImportDraft) -> ResponseReturnValue:
    me, draft_id = current_person(), draft.id
    drafts.discard_draft(draft_id=draft_id, actor=me)
    flash("The upload is thrown away. Nothing of it was imported.", "success")
    return redirect(url_for("interchange.imports"), 303)


@blueprint.get("/imports/<slug>/catalogue.csv")
@allow(policies.can_import)
def catalogue_file(slug: str) -> ResponseReturnValue:
    zone = _own_zone(slug)
    return _file("\ufeff" + exports.export_catalogue(zone.id), f"catalogue-{zone.slug}", "csv", "text/csv")


@blueprint.post("/imports/<slug>/children.json")
@allow(policies.can_export_children)
def children_file(slug: str) -> ResponseReturnValue:
    """A POST, because each child's record is looked at and that is written down."""
    zone = _own_zone(slug)
    name = f"children-{zone.slug}"
    return _file(exports.export_children(zone_id=zone.id, actor=current_person()), name, "json", "application/json")


def _own_zone(slug: str) -> Zone:
    zone = next((zone for zone in list_own_zones(current_person(), Role.ZONE_MANAGER) if zone.slug == slug), None)
    if zone is None:
        raise NotFound
    return zone


def _file(text: str, name: str, ending: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}-{clock.today().isoformat()}.{ending}"'}
    return Response(text, content_type=f"{kind}; charset=utf-8", headers=headers)
