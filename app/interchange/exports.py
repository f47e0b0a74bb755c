"""A Zone's catalogue and children in the exchange formats. Importing what was exported changes nothing."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from app.accounts.models import Person
from app.accounts.queries import get_zone
from app.audit.services import note_sight
from app.audit.services import record as write_trail
from app.catalogue import exchange
from app.catalogue.models import Offering
from app.children.models import Child
from app.children.services import to_record
from app.interchange import queries
from app.interchange.catalogue_csv import print_catalogue
from app.interchange.children_json import print_children
from app.shared.db import atomic


def export_catalogue(zone_id: uuid.UUID) -> str:
    """The live offerings of a Zone as catalogue.csv: what anybody in the Zone may read."""
    offerings = exchange.list_live(zone_id)
    records = exchange.to_records(offerings)
    refs = _refs(offerings)
    return print_catalogue(replace(records[offering.id], ref=refs[offering.id]) for offering in offerings)


def export_children(*, zone_id: uuid.UUID, actor: Person | None) -> str:
    """The active children as children.json: those that `actor` may see, each look written down. None is the command line.

    A verb, though it changes no child: who took the records of how many children out of Kith stands in the trail.
    """
    with atomic():
        zone = get_zone(zone_id)
        children = queries.list_children_to_export(zone_id, actor)
        refs = _refs(children)
        printed = print_children(replace(to_record(child), id=refs[child.id]) for child in children)
        write_trail("interchange.children.exported", subject=zone, actor=actor, zone_id=zone_id, children=len(children))
        if actor is not None:
            for child in children:
                note_sight(person=actor, child_id=child.id, what="export of children")
        return printed


def _refs(rows: Sequence[Offering] | Sequence[Child]) -> dict[uuid.UUID, str]:
    """The sources' own ids; where two sources use the same one, the later carries its source in front."""
    seen: Counter[str] = Counter()
    refs = {}
    for row in rows:
        refs[row.id] = f"{row.source}:{row.source_ref}" if seen[row.source_ref] else row.source_ref
        seen[row.source_ref] += 1
    return refs
