"""Records that were entered twice: found, looked at side by side, made one, and taken apart again."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.accounts import queries as accounts
from app.accounts import sessions
from app.catalogue import duplicates, history, policies, queries
from app.catalogue.changes import plain
from app.catalogue.models import Merge, MergeKind, NotDuplicate, Offering, Organisation
from app.catalogue.place_forms import MergeForm
from app.catalogue.routes.blueprint import blueprint
from app.catalogue.routes.finding import find_zone
from app.catalogue.services import merges as verbs
from app.shared.view import sentence_list
from app.shared.web import act, allow, submit

PER_PAGE = 25
PARTS = {"name": _l("Name"), "provider": _l("Organisation"), "place": _l("Place"), "phone": _l("Telephone"), "site": _l("Website")}


@blueprint.get("/duplicates", endpoint="duplicates")
@allow(policies.can_find_duplicates)
def duplicate_list() -> ResponseReturnValue:
    me = sessions.current_person()
    zone = find_zone(me)
    if not me.manages(zone.id):
        return redirect(url_for("catalogue.organisations"), 303)
    kind = MergeKind.OFFERING if request.args.get("kind") == "offering" else MergeKind.ORGANISATION
    pairs, is_many = queries.list_duplicates(zone.id, kind), queries.are_many(zone.id, kind)
    look = queries.find_look(zone.id, kind) if is_many else None
    pages = max(1, -(-len(pairs) // PER_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    return render_template(
        "catalogue/duplicate_list.html", zone=zone, zones=accounts.list_own_zones(me), kind=kind, pairs=pairs[(page - 1) * PER_PAGE : page * PER_PAGE],
        found=len(pairs), looked_at=look.looked_at if look else None,
        is_waiting=is_many and look is None, page=page, pages=pages, parts=PARTS, merges=queries.list_merges(zone.id), told=queries.list_told_apart(zone.id),
        say_moved=verbs.say_moved, endpoint=_endpoint(kind),
    )


def _endpoint(kind: MergeKind) -> str:
    return f"catalogue.{kind}_merge"


@blueprint.route("/organisations/<uuid:organisation_id>/merge/<uuid:other_id>", methods=["GET", "POST"])
@allow(policies.can_merge_organisations, organisation=queries.get_organisation, other=queries.get_organisation)
def organisation_merge(organisation: Organisation, other: Organisation) -> ResponseReturnValue:
    return _side_by_side(MergeKind.ORGANISATION, organisation, other, organisation.name, other.name)


@blueprint.route("/offerings/<uuid:offering_id>/merge/<uuid:other_id>", methods=["GET", "POST"])
@allow(policies.can_merge_offerings, offering=queries.get_offering, other=queries.get_offering)
def offering_merge(offering: Offering, other: Offering) -> ResponseReturnValue:
    return _side_by_side(MergeKind.OFFERING, offering, other, offering.title, other.title)


def _side_by_side(kind: MergeKind, kept: Any, gone: Any, kept_name: str, gone_name: str) -> ResponseReturnValue:
    me, form, kept_id, gone_id = sessions.current_person(), MergeForm(), kept.id, gone.id
    if kept_name == gone_name:
        kept_name, gone_name = (f"{kept_name} ({mark})" for mark in _marks(kept, gone))
    zone_slug, names = kept.organisation.zone.slug if kind is MergeKind.OFFERING else kept.zone.slug, _names(kept, gone)
    rows = _rows(kind, kept, gone, names)
    likeness = duplicates.compare(queries.record_of(kept), queries.record_of(gone))
    stops = verbs.why_not(kind, kept_id, gone_id)
    take = [name for group in verbs.groups(kind) if (name := group[0]) and request.form.get(f"f-{name}") == "other"]
    done = submit(form, lambda: verbs.merge(kind=kind, kept_id=kept_id, gone_id=gone_id, take=take, actor=me))
    if done is None:
        page = render_template(
            "catalogue/merge_new.html", form=form, kind=kind, kept=kept, gone=gone, kept_name=kept_name, gone_name=gone_name, rows=rows, likeness=likeness,
            parts=PARTS, stops=stops, take=take, back=url_for("catalogue.duplicates", kind=kind.value, zone=zone_slug), endpoint=_endpoint(kind),
            was_sent=request.method == "POST",
        )
        return page, 422 if request.method == "POST" else 200
    moved = verbs.say_moved(done)
    told = (
        _("They are one now: %(moved)s went over. You can undo this under Duplicates.", moved=sentence_list(moved)) if moved
        else _("They are one now. You can undo this under Duplicates.")
    )
    flash(told, "success")
    return redirect(url_for(f"catalogue.{kind}", **{f"{kind}_id": kept_id}), 303)


def _marks(kept: Any, gone: Any) -> tuple[str, str]:
    """What tells two records of one name apart: where each came from, else a number."""
    ours, theirs = (_("written in Kith") if thing.source == "kith" else _("from %(source)s", source=thing.source) for thing in (kept, gone))
    return (ours, theirs) if ours != theirs else ("1", "2")


def _rows(kind: MergeKind, kept: Any, gone: Any, names: dict[str, str]) -> list[dict[str, Any]]:
    """Each field or group of fields that differs, in words, and which of the two says more."""
    rows = []
    for group in verbs.groups(kind):
        if all(getattr(kept, name) == getattr(gone, name) for name in group):
            continue
        ours, theirs = (_say(thing, group, names) for thing in (kept, gone))
        if ours != theirs:
            label = _("Place on the map and address") if group[0] == "site_id" else history.FIELDS.get(group[0], group[0])
            rows.append({"name": group[0], "label": label, "kept": ours, "gone": theirs, "other_first": ours == history.NOTHING})
    return rows


def _say(thing: Any, group: tuple[str, ...], names: dict[str, str]) -> str:
    shown = [
        (name, said) for name in group
        if name not in history.HIDDEN and (said := history.say(name, plain(getattr(thing, name)), names)) != history.NOTHING
    ]
    if len(group) == 1 or not shown:
        return shown[0][1] if shown else history.NOTHING
    return "; ".join(f"{history.FIELDS.get(name, name)}: {said}" for name, said in shown)


def _names(kept: Any, gone: Any) -> dict[str, str]:
    sites = (getattr(thing, "site", None) for thing in (kept, gone))
    return {str(site.id): site.name for site in sites if site is not None}


@blueprint.post("/organisations/<uuid:organisation_id>/not-the-same/<uuid:other_id>")
@allow(policies.can_merge_organisations, organisation=queries.get_organisation, other=queries.get_organisation)
def organisation_told_apart(organisation: Organisation, other: Organisation) -> ResponseReturnValue:
    return _tell_apart(MergeKind.ORGANISATION, organisation.id, other.id, organisation.zone.slug)


@blueprint.post("/offerings/<uuid:offering_id>/not-the-same/<uuid:other_id>")
@allow(policies.can_merge_offerings, offering=queries.get_offering, other=queries.get_offering)
def offering_told_apart(offering: Offering, other: Offering) -> ResponseReturnValue:
    return _tell_apart(MergeKind.OFFERING, offering.id, other.id, offering.organisation.zone.slug)


def _tell_apart(kind: MergeKind, first_id: uuid.UUID, second_id: uuid.UUID, zone: str) -> ResponseReturnValue:
    me = sessions.current_person()
    back = url_for("catalogue.duplicates", kind=kind.value, zone=zone)
    done = _("Remembered: these two are not shown together again.")
    return act(lambda: verbs.tell_apart(kind=kind, first_id=first_id, second_id=second_id, actor=me), back, done=done)


@blueprint.post("/duplicates/<uuid:mark_id>/look-again")
@allow(policies.can_look_again, mark=queries.get_not_duplicate)
def duplicate_again(mark: NotDuplicate) -> ResponseReturnValue:
    me, mark_id = sessions.current_person(), mark.id
    back = url_for("catalogue.duplicates", kind=mark.kind.value)
    return act(lambda: verbs.forget_told_apart(mark_id=mark_id, actor=me), back, done=_("They are shown together again, if they look alike."))


@blueprint.post("/merges/<uuid:merge_id>/undo")
@allow(policies.can_undo_merge, merge=queries.get_merge)
def merge_undo(merge: Merge) -> ResponseReturnValue:
    me, merge_id, kind = sessions.current_person(), merge.id, merge.kind
    kept_edits: list[str] = []

    def verb() -> None:
        kept_edits.extend(verbs.undo_merge(merge_id=merge_id, actor=me).kept_edits)

    answer = act(verb, url_for("catalogue.duplicates", kind=kind.value), done=_("Undone: both are there again."))
    if kept_edits:
        fields = [history.FIELDS.get(name, name).lower() for name in kept_edits if name not in history.HIDDEN]
        flash(ngettext("What was edited since stays: %(fields)s. %(number)s field to look at.", "What was edited since stays: %(fields)s. %(number)s fields to look at.", len(fields), fields=sentence_list(fields), number=f"{len(fields):,}"), "info")
    return answer
