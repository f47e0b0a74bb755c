"""What a process keeps of the catalogue is never stale, and only what changed is read again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from app.catalogue.models import Offering, OfferingState
from app.children.models import Child
from app.matching import kept, queries, shelf
from app.matching.models import MatchChange
from app.shared.db import atomic, db
from tests import factories as make
from tests.matching.conftest import World


@pytest.fixture
def full(world: World) -> World:
    """Enough offerings that one changed is less than a twentieth."""
    for number in range(45):
        world.offer(title=f"Kites {number}", source_ref=f"k{number:02d}", organisation=make.make_organisation(world.zone))
    return world


def change(row: Any, **values: Any) -> None:
    with atomic():
        for name, value in values.items():
            setattr(row, name, value)


def refs(world: World, top: int = 60) -> set[str]:
    return {match.candidate.ref for match in queries.match_child(db.session.get_one(Child, world.child.id), top).matches}


def test_every_kind_of_change_is_seen_at_once_and_only_what_changed_is_read_again(full: World) -> None:
    first = shelf.shelf_of(full.zone.id)
    assert shelf.shelf_of(full.zone.id) is first
    everything = refs(full)
    assert len(everything) == 45
    one = db.session.query(Offering).filter(Offering.source_ref == "k03").one()
    one_id, cohort, provider = one.id, one.cohorts[0], one.organisation

    change(cohort, outside_places=cohort.capacity)
    assert refs(full) == everything - {"k03"}, "a full run"
    taken = shelf.shelf_of(full.zone.id)
    assert len(taken.parts) == 1, "places alone rewrite nothing"
    assert taken.reader is first.reader
    change(cohort, outside_places=0)

    change(db.session.get_one(Offering, one_id), title="Drum circle", interests=["drumming"])
    assert refs(full) == everything
    rewritten = shelf.shelf_of(full.zone.id)
    assert [part.columns.size for part in rewritten.parts] == [45, 1], "one read again, beside the others"
    assert rewritten.parts[0].columns is first.parts[0].columns
    titles = {match.candidate.title for match in queries.match_child(db.session.get_one(Child, full.child.id), 60).matches}
    assert "Drum circle" in titles
    assert "Kites 3" not in titles

    change(db.session.get_one(Offering, one_id), state=OfferingState.PAUSED)
    assert refs(full) == everything - {"k03"}, "a paused offering"
    change(db.session.get_one(Offering, one_id), state=OfferingState.LIVE)
    assert refs(full) == everything

    from app.catalogue.models import PartnerState
    change(provider, state=PartnerState.SUSPENDED)
    assert refs(full) == everything - {"k03"}, "a suspended organisation"
    change(provider, state=PartnerState.LIVE)

    full.offer(title="New kites", source_ref="new", organisation=make.make_organisation(full.zone))
    assert refs(full) == everything | {"new"}, "a new offering"
    assert shelf.shelf_of(full.zone.id).parts[0].columns is first.parts[0].columns


def test_many_children_get_what_each_would_get_alone(full: World) -> None:
    profile = queries.profile_of(db.session.get_one(Child, full.child.id))
    alone = queries.match_profile(full.zone.id, profile, 10)
    [(_, together)] = list(queries.match_many(full.zone.id, [profile], 10))
    assert (together.matches, together.eligible, together.considered) == (alone.matches, alone.eligible, alone.considered)


def test_a_process_that_starts_reads_files_that_are_of_this_database_and_no_others(full: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LEAST", 10)
    zone_id = full.zone.id
    cohort = db.session.query(Offering).filter(Offering.source_ref == "k05").one().cohorts[0]
    shelf.forget()
    told, read = answer(full), shelf.shelf_of(zone_id).parts[0]
    first = kept.newest(zone_id)
    assert first is not None, "whoever has read everything leaves it for the others"
    shelf.forget()
    assert kept.newest(zone_id) == first, "read, not written again"
    assert answer(full) == told
    from_files = shelf.shelf_of(zone_id).parts[0]
    for name in ("ids", "refs", "whos", "terms", "weeks", "kinds", "organisations", "tag_names", "situations"):
        assert getattr(from_files.columns, name) == getattr(read.columns, name), name
    assert (from_files.digests, from_files.index.terms, from_files.index.counts) == (read.digests, read.index.terms, read.index.counts)
    assert np.array_equal(from_files.columns.texts, read.columns.texts)

    change(cohort, outside_places=cohort.capacity)
    change(db.session.query(Offering).filter(Offering.source_ref == "k03").one(), title="Drum circle")
    shelf.forget()
    monkeypatch.setattr(shelf, "MOST_CHANGED", 0.1)
    assert refs(full) == {f"k{number:02d}" for number in range(45)} - {"k05"}, "what changed since lies beside"
    assert kept.newest(zone_id) == first
    shelf.renew()
    second = kept.newest(zone_id)
    assert second != first, "the worker writes them anew before too much has changed"
    shelf.renew()
    assert kept.newest(zone_id) == second

    table = MatchChange.__table__
    for what, values in (("another day", {"number": MatchChange.number - 1}), ("another database", {"number": -MatchChange.number})):
        with atomic():
            db.session.execute(sa.update(table).where(table.c.zone_id == zone_id).values(**values))
        assert kept.load(zone_id, 1.0) is None, what
        shelf.forget()
        shelf.shelf_of(zone_id)
        assert kept.newest(zone_id) != second, what
        second = kept.newest(zone_id)
    monkeypatch.setattr(kept, "form", lambda: "another program")
    assert kept.load(zone_id, 1.0) is None


def answer(world: World) -> Any:
    found = queries.match_profile(world.zone.id, queries.profile_of(db.session.get_one(Child, world.child.id)), 60)
    return found.matches, found.ruled_out, found.would_open
