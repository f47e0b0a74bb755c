"""Bringing files in and taking them out, for the Zone manager."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Role, Zone
from app.accounts.queries import list_own_zones
from app.accounts.sessions import current_person
from app.interchange import exports, policies, queries
from app.interchange.forms import TABLE, UploadForm
from app.interchange.mapping import JOINS, PARTS, SEPARATORS, ColumnMapping
from app.interchange.matching_form import MappingForm, links_by_sheet, offer, read_choices
from app.interchange.models import DraftStage, ImportDraft, ImportKind, ImportMapping
from app.interchange.presets import PRESETS
from app.interchange.progress import find_progress
from app.interchange.services import drafts
from app.interchange.services import mapped as mappings
from app.shared import clock
from app.shared.errors import NotFound
from app.shared.files import csv_file
from app.shared.web import act, allow, exporting, is_htmx, submit

blueprint = Blueprint("interchange", __name__)


@blueprint.route("/imports", methods=["GET", "POST"])
@allow(policies.can_import)
def imports() -> ResponseReturnValue:
    me = current_person()
    zones = list_own_zones(me, Role.ZONE_MANAGER)
    form = UploadForm()
    form.narrow(zones)

    def verb() -> ImportDraft:
        zone_id, source, files = form.zones[form.zone.data].id, form.source.data or "", form.contents()
        if form.kind.data == TABLE:
            return drafts.keep_table(zone_id=zone_id, source=source, files=files, actor=me)
        name, content = files[0]
        return drafts.keep_draft(zone_id=zone_id, kind=ImportKind(form.kind.data), source=source, file_name=name, content=content, actor=me)

    draft = submit(form, verb)
    if draft is None:
        form.ask_again()
        zones = list_own_zones(me, Role.ZONE_MANAGER)
        page = render_template(
            "interchange/import_new.html", form=form, zones=zones, drafts=queries.list_drafts(me),
            mappings=queries.list_mappings([zone.id for zone in zones]), not_seen=len(queries.list_not_seen([zone.id for zone in zones])),
        )
        return page, 422 if request.method == "POST" else 200
    return redirect(url_for("interchange.draft", draft_id=draft.id), 303)


@blueprint.get("/imports/<uuid:draft_id>", endpoint="draft")
@allow(policies.can_use_draft, draft=queries.get_draft)
def draft_show(draft: ImportDraft) -> ResponseReturnValue:
    if draft.stage is DraftStage.MAPPING:
        return redirect(url_for("interchange.mapping", draft_id=draft.id), 303)
    is_busy = draft.is_with_the_worker
    if is_htmx() and not is_busy:
        return Response(status=204, headers={"HX-Redirect": url_for("interchange.draft", draft_id=draft.id)})
    told = find_progress(draft.id) if is_busy else None
    if is_htmx():
        return render_template("interchange/_progress.html", draft=draft, told=told)
    if is_busy or not draft.report:
        return render_template("interchange/import_wait.html", draft=draft, told=told, is_busy=is_busy)
    return render_template("interchange/import_show.html", draft=draft, report=draft.report, is_children=draft.kind is ImportKind.CHILDREN)


@blueprint.get("/imports/<uuid:draft_id>/wrong-cells.csv")
@allow(policies.can_use_draft, draft=queries.get_draft)
def wrong_cells(draft: ImportDraft) -> ResponseReturnValue:
    """Every one of them, to be put right in the file at a desk."""
    rows = [(str(row), *rest) for row, *rest in draft.report.get("problems", [])]
    answer = csv_file("wrong-cells", (_("Row"), _("Column"), _("Found"), _("Allowed")), rows)
    answer.set_data("\ufeff" + answer.get_data(as_text=True))  # the mark by which Excel knows UTF-8
    return answer


@blueprint.route("/imports/<uuid:draft_id>/mapping", methods=["GET", "POST"])
@allow(policies.can_use_draft, draft=queries.get_draft)
def mapping(draft: ImportDraft) -> ResponseReturnValue:
    if not draft.outline or draft.stage not in (DraftStage.MAPPING, DraftStage.READY):
        return redirect(url_for("interchange.imports" if not draft.outline else "interchange.draft", draft_id=draft.id), 303)
    me, draft_id, outline = current_person(), draft.id, dict(draft.outline)
    form = MappingForm(name=draft.mapping_name or _mapping_name(draft.file_name), source=draft.source)
    chosen = ColumnMapping.from_dict(draft.rules)
    verb = request.form.get("verb", "look")
    if request.method == "POST":
        chosen = read_choices(request.form, outline, chosen)
        if verb != "look":  # only shows what comes of it: what was chosen is kept, and nothing has to be complete
            if not form.csrf_token.validate(form):
                abort(400)
            if verb == "again":
                return act(lambda: drafts.start_again(draft_id=draft_id, actor=me), url_for("interchange.mapping", draft_id=draft_id))
            form.validate()  # a name that cannot be is asked about when it counts; until then the one before stands
            typed = {named.name: named.data or "" for named in (form.name, form.source) if not named.errors}
            return act(
                lambda: drafts.set_mapping(draft_id=draft_id, mapping=chosen, actor=me, **typed),
                f"{url_for('interchange.mapping', draft_id=draft_id)}#columns",
            )

        def look() -> ImportDraft:
            drafts.set_mapping(draft_id=draft_id, mapping=chosen, actor=me)
            return drafts.look_through(draft_id=draft_id, name=form.name.data or "", source=form.source.data or "", actor=me)

        if submit(form, look) is not None:
            return redirect(url_for("interchange.draft", draft_id=draft_id), 303)
        draft = queries.get_draft(draft_id, me)
    groups = offer(outline, chosen)
    page = render_template(
        "interchange/mapping_edit.html", draft=draft, form=form, groups=groups, outline=outline, chosen=chosen, missing=chosen.missing(),
        links=links_by_sheet(chosen.join), kept=queries.find_mapping(draft.zone_id, draft.mapping_name), presets=PRESETS, joins=JOINS, separators=SEPARATORS, parts=PARTS,
    )
    return page, 422 if request.method == "POST" else 200


def _mapping_name(file_name: str) -> str:
    return file_name.rpartition(".")[0][:80] or file_name[:80]


@blueprint.post("/imports/mappings/<uuid:mapping_id>/delete")
@allow(policies.can_use_mapping, mapping=queries.get_mapping)
def mapping_delete(mapping: ImportMapping) -> ResponseReturnValue:
    me, mapping_id = current_person(), mapping.id
    return act(
        lambda: mappings.delete_mapping(mapping_id=mapping_id, actor=me), url_for("interchange.imports"),
        done=_("The mapping is deleted. What came in through it stays."),
    )


@blueprint.get("/imports/not-seen")
@allow(policies.can_import)
def not_seen() -> ResponseReturnValue:
    zones = list_own_zones(current_person(), Role.ZONE_MANAGER)
    return render_template("interchange/not_seen_list.html", offerings=queries.list_not_seen([zone.id for zone in zones]), several=len(zones) > 1)


@blueprint.post("/imports/<uuid:draft_id>/import")
@allow(policies.can_use_draft, draft=queries.get_draft)
def draft_use(draft: ImportDraft) -> ResponseReturnValue:
    me, draft_id = current_person(), draft.id
    page = url_for("interchange.draft", draft_id=draft_id)
    if drafts.is_long(draft):
        return act(lambda: drafts.use_draft(draft_id=draft_id, actor=me), page)
    return act(lambda: drafts.use_draft(draft_id=draft_id, actor=me), page, done=_("Imported."))


@blueprint.post("/imports/<uuid:draft_id>/discard")
@allow(policies.can_use_draft, draft=queries.get_draft)
def draft_discard(draft: ImportDraft) -> ResponseReturnValue:
    me, draft_id = current_person(), draft.id
    drafts.discard_draft(draft_id=draft_id, actor=me)
    flash(_("The upload is thrown away. Nothing of it was imported."), "success")
    return redirect(url_for("interchange.imports"), 303)


@blueprint.get("/imports/<slug>/catalogue.csv")
@allow(policies.can_import)
def catalogue_file(slug: str) -> ResponseReturnValue:
    zone = _own_zone(slug)
    return _file("\ufeff" + exports.export_catalogue(zone.id), f"catalogue-{zone.slug}", "csv", "text/csv")


@blueprint.post("/imports/<slug>/children.json")
@allow(policies.can_export_children)
@exporting
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


from app.interchange import school_routes as school_routes  # noqa: E402  more pages of this blueprint
