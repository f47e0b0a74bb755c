"""The whole history of an organisation or an offering: who changed what, when, before and after."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.catalogue import history, policies, queries
from app.catalogue.models import MergeKind, Offering, Organisation
from app.catalogue.routes.blueprint import blueprint
from app.shared.web import allow

PER_PAGE = 40


@blueprint.get("/offerings/<uuid:offering_id>/history", endpoint="offering_history")
@allow(policies.can_edit_offering, offering=queries.get_offering)
def offering_history(offering: Offering) -> ResponseReturnValue:
    ids, names = queries.trail_of_offering(offering)
    return _history(MergeKind.OFFERING, ids, names, offering.title, url_for("catalogue.offering", offering_id=offering.id))


@blueprint.get("/organisations/<uuid:organisation_id>/history", endpoint="organisation_history")
@allow(policies.can_edit_organisation, organisation=queries.get_organisation)
def organisation_history(organisation: Organisation) -> ResponseReturnValue:
    ids, names = queries.trail_of_organisation(organisation)
    return _history(MergeKind.ORGANISATION, ids, names, organisation.name, url_for("catalogue.organisation", organisation_id=organisation.id))


def _history(kind: MergeKind, ids: Sequence[uuid.UUID], names: history.Names, title: str, back: str) -> ResponseReturnValue:
    before = request.args.get("before", type=int)
    found = history.whole_history(ids, names, before_id=before, limit=PER_PAGE + 1)
    return render_template(
        "catalogue/history_show.html", kind=kind.value, title=title, back=back, found=found[:PER_PAGE], has_more=len(found) > PER_PAGE, before=before,
    )
