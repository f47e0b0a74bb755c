"""Many children at once: what is told of an offering without reading it again, and children who are read in few statements."""

from __future__ import annotations

import gc
import json
import uuid
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask

from app.catalogue.models import Offering, OfferingState
from app.children import queries as children
from app.children import services
from app.children.models import Child, Goal, ListeningNote, NoteKind, Voice
from app.cli import kith
from app.matching import answers, cli, kept, queries, shelf
from app.matching.ranking import first_of, rank, turns_of
from app.matching.reading import to_check
from app.matching.turns import spread
from app.matching.weights import WEIGHTS
from app.shared import clock, collector
from app.shared.db import atomic, db
from tests import factories as make
from tests.matching.conftest import World
from tests.support.statements import count_statements

if "match" not in kith.commands:
    cli.register(kith)


def many_kinds(world: World) -> None:
    """Offerings that leave out, one after the other, what need not be written down."""
    world.offer(title="Drums — “loud”", source_ref="a", interests=["Drumming", "drumming "], needs=["Social:belonging", "Emotional:anxiety"])
    world.offer(title="Online chess", source_ref="b", delivery="online", latitude=None, longitude=None, interests=[])
    world.offer(title="Home help", source_ref="c", delivery="home", home_visit_radius_km=4.5, group_size=1, cost_pence=250)
    world.offer(title="Talks for bereaved children", source_ref="d", accessibility=["quiet-space", "transport-provided"], languages=["so", "en"], group_size=None)
    world.offer(title="Kites", source_ref="e", confirmed_on=None, sibling_min_age=3, is_by_arrangement=True, slots=[], organisation=make.make_organisation(world.zone))


def test_what_a_shelf_tells_of_an_offering_is_what_its_row_says(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    many_kinds(world)
    monkeypatch.setattr(kept, "LEAST", 2)
    for _ in ("read from rows", "read from files"):
        shelf.forget()
        [part] = shelf.shelf_of(world.zone.id).parts
        rows = {id_: row for id_, _version, row in to_check(part.columns.ids)}
        assert {id_: part.facts.candidate(part.columns, at) for id_, at in part.at.items()} == rows


def test_what_changes_after_it_was_ranked_is_read_anew_and_asked_the_rules_again(world: World) -> None:
    for number in range(4):
        world.offer(title="Kites", source_ref=f"{number}", organisation=make.make_organisation(world.zone))
    profile = queries.profile_of(world.child)
    full = shelf.shelf_of(world.zone.id)
    found = rank(full, profile, "", WEIGHTS)
    chosen = first_of(found, 10)
    before = answers.answer(profile, found, chosen, answers.told_now(full, []))
    gone, older, renamed = (match.candidate.id for match in before.matches[:3])
    with atomic():
        db.session.get_one(Offering, gone).state = OfferingState.PAUSED
        db.session.get_one(Offering, older).age_min = 15
        db.session.get_one(Offering, older).age_max = 18
        db.session.get_one(Offering, renamed).title = "Another name"
    now = answers.answer(profile, found, chosen, answers.told_now(full, [found.position(turn) for turn in chosen]))
    assert [match.candidate.id for match in now.matches] == [match.candidate.id for match in before.matches[2:]]
    assert now.matches[0].candidate.title == "Another name"


def test_the_first_are_those_of_the_turns_whoever_offers_them(world: World) -> None:
    for number in range(60):
        world.offer(title="Kites", source_ref=f"{number % 7}-{number}", organisation=make.make_organisation(world.zone) if number > 50 else None)
    found = rank(shelf.shelf_of(world.zone.id), queries.profile_of(world.child), "", WEIGHTS)
    for top in (1, 3, 10, 25):
        assert first_of(found, top) == spread(turns_of(found, top, 0.0), top, {})


def said_a_lot(world: World, number: int) -> Child:
    child = make.make_child(world.school, world.link_worker, first_name=f"Child {number}", latitude=None, longitude=None)
    today = clock.today()
    with atomic():
        db.session.add_all([
            *(Voice(child_id=child.id, words=f"I love thing {at}", said_on=today - timedelta(days=at)) for at in range(8)),
            ListeningNote(child_id=child.id, kind=NoteKind.WELL_RECEIVED, text="drumming", noted_on=today),
            ListeningNote(child_id=child.id, kind=NoteKind.BARRIER, text="said in therapy", noted_on=today, is_private=True),
            Goal(child_id=child.id, area="Social", words="To swim"),
        ])
    return child


def test_children_who_are_read_together_are_as_heard_as_one_alone_and_in_few_statements(world: World) -> None:
    offering_id = world.offer().id
    some = [said_a_lot(world, number) for number in range(12)]
    services.record_refusal(child_id=some[3].id, offering_id=offering_id, why="too_far", is_childs_no=True, actor=None)
    ids = [child.id for child in reversed(some)]
    db.session.expunge_all()
    with count_statements() as sent:
        together = dict(queries.profiles_of([*ids, uuid.uuid4()]))
    assert list(together) == ids, "in the order asked for, without whoever is no more"
    assert sent.count <= 9, sent.seen
    alone = {id_: queries.profile_of(db.session.get_one(Child, id_)) for id_ in ids}
    assert together == alone
    assert together[some[3].id].refused == {offering_id}


def test_active_children_come_by_name(world: World) -> None:
    last = make.make_child(world.school, world.link_worker, first_name="Zoe")
    first = make.make_child(world.school, world.link_worker, first_name="aaron")
    assert list(children.active_ids(world.zone.id)) == [first.id, world.child.id, last.id]


def test_json_is_one_list_however_many_children(app: Flask, world: World) -> None:
    empty = CliRunner().invoke(kith, ["match", "--zone", world.zone.slug, "--all", "--format", "json"], obj=app)
    assert empty.stdout == "[]\n"
    world.offer(title="Drums", interests=["drums\u2028and\u0085more"])
    make.make_child(world.school, world.link_worker, first_name="Ben", interests=["drums\u2028and\u0085more"])
    said = CliRunner().invoke(kith, ["match", "--zone", world.zone.slug, "--all", "--format", "json"], obj=app).stdout
    assert len(json.loads(said)) == 2
    assert said == json.dumps(json.loads(said), ensure_ascii=False, indent=1) + "\n"


def test_what_is_set_apart_for_good_stays_so_and_the_rest_is_given_back() -> None:
    gc.unfreeze()
    with collector.kept_off():
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0
    gc.freeze()
    with collector.kept_off():
        pass
    assert gc.get_freeze_count() > 0
    gc.unfreeze()
