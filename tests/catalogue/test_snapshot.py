"""The snapshot that a large Zone is searched by: the same answers as the database, and never later than it."""

from __future__ import annotations

import random
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from threading import Event, Lock, Thread

import numpy as np
import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Zone
from app.catalogue.models import Offering, OfferingState, OfferingText, Organisation, PartnerState
from app.catalogue.search import marks, segment, views
from app.catalogue.search.engine import SORTS, Page, browse, search
from app.catalogue.search.filters import NOTHING, Filters
from app.catalogue.search.letters import Spelt
from app.catalogue.search.lexicon import lexicon
from app.catalogue.search.scoring import WEIGHTS, phrase_frequency, rounded_impact
from app.catalogue.search.segment_builder import build, phrases_of
from app.catalogue.search.snapshot import read_vocabulary, vocabulary_of
from app.catalogue.search.spelling import corrections
from app.shared.compiled import Compiled
from app.shared.db import atomic, db
from benchmarks import invented
from benchmarks.search_speed import misspelt
from config import ROOT
from tests import factories
from tests.catalogue.shelf import ROWS, row, stock
from tests.catalogue.test_search import FILTERS, SCHOOL

MANY = 300
QUERIES = (
    "", "football", "druming", "circus saturday", "someone to talk to", "art club", "football for girls", "lost his nan", "year 5",
    "gymn", "homeworkclub", "SENCO", "boxing before school", "martial arts", "free online", "the", "xyzzyq", "youth club in acton",
    "street dance", "talk to somebody about it", "wakes up all night and everybody here is exhausted", "reading with dogs", "quiet space for my son", "swiming under 8s", "music",
)
MORE_FILTERS = (
    Filters(days=("Sat",), times=("afternoon",)), Filters(times=("early", "evening")), Filters(interests=("circus", "Football")),
    Filters(towns=("acton", "Ealing")), Filters(access=("quiet-space",)), Filters(places_now=True), Filters(origin=SCHOOL),
    Filters(kinds=("commissioned",), needs=("Social",), places_now=True, origin=SCHOOL, within_km=5.0),
    Filters(days=("Sun",), kinds=("statutory",), age=17, languages=("so",), is_free=True),
)


@pytest.fixture
def zone(app: Flask) -> Iterator[Zone]:
    """A shelf of invented offerings beside the written ones."""
    zone = factories.make_zone()
    stock(zone)
    invented.load(zone.id, MANY)
    yield zone
    views.forget()


def with_snapshot(zone: Zone) -> None:
    views.forget()
    assert views.write(zone.id) is not None
    assert views.view_of(zone.id) is not None


def without(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(views, "_base", lambda zone_id: None)
    return monkeypatch


def everything(zone: Zone) -> dict[object, object]:
    """Whatever search has to say about the Zone, by what was asked."""
    out: dict[object, object] = {}
    for typed in QUERIES:
        out[typed] = search(zone.id, typed, NOTHING, 15)
        out["page", typed] = shown(browse(zone.id, typed, NOTHING))
    for filters in (*FILTERS, *MORE_FILTERS):
        typed = ("", "football", "someone to talk to")[len(out) % 3]
        out[typed, filters] = search(zone.id, typed, filters, 12).hits
        out["page", typed, filters] = shown(browse(zone.id, typed, filters, page=2, size=7))
    for sort in SORTS:
        out["sort", sort] = shown(browse(zone.id, "music", Filters(origin=SCHOOL), sort=sort))
    return out


def shown(page: Page) -> Page:
    """Kilometres to the metre: two ways of reckoning may differ in the last of sixteen digits."""
    return replace(page, results=tuple(replace(r, km=None if r.km is None else round(r.km, 3)) for r in page.results))


def compare(found: dict[object, object], wanted: dict[object, object]) -> None:
    for asked, answer in wanted.items():
        assert found[asked] == answer, asked


def test_the_snapshot_and_the_database_give_the_same_answers(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every hit, score, order, count, widening and page, also beside what changed since the snapshot was taken."""
    with_snapshot(zone)
    assert read_vocabulary(zone.id) == vocabulary_of(zone.id)
    found = everything(zone)
    with without(zone, monkeypatch).context() as patch:
        patch.setattr(views, "_base", lambda zone_id: None)
        compare(found, everything(zone))
    monkeypatch.undo()
    change(zone)
    view = views.view_of(zone.id)
    assert view is not None
    assert len(view.parts) == 2
    assert read_vocabulary(zone.id) == vocabulary_of(zone.id)
    assert vocabulary_of(zone.id).in_order == read_vocabulary(zone.id).in_order
    assert vocabulary_of(zone.id).by_length == read_vocabulary(zone.id).by_length
    found = everything(zone)
    without(zone, monkeypatch)
    compare(found, everything(zone))


def change(zone: Zone) -> None:
    """A new word, a pause, a newcomer, a farewell."""
    offerings = db.session.scalars(sa.select(Offering).where(Offering.zone_id == zone.id).order_by(Offering.id)).unique().all()
    with atomic():
        db.session.get_one(Offering, offerings[3].id).title = "Gamelan football afternoon"
        db.session.get_one(Offering, offerings[3].id).interests = ["gamelan", "football", "music", "drama", "somersaults"]
        for gone in offerings[10:20]:
            db.session.get_one(Offering, gone.id).state = OfferingState.PAUSED
        db.session.get_one(Offering, offerings[30].id).latitude = None
        db.session.get_one(Offering, offerings[30].id).longitude = None
    factories.make_offering(factories.make_organisation(zone), title="Otter circus", town="Wigan", languages=["en", "cy"])
    views.forget()


def test_what_changes_is_found_at_once_and_what_goes_no_more(zone: Zone) -> None:
    with_snapshot(zone)
    drum = factories.make_offering(factories.make_organisation(zone), title="Theremin morning").id
    with_snapshot(zone)
    assert [hit.offering_id for hit in search(zone.id, "theremin", NOTHING).hits] == [drum]
    with atomic():
        db.session.get_one(Offering, drum).title = "Gamelan afternoon"
    assert [hit.offering_id for hit in search(zone.id, "gamelann", NOTHING).hits] == [drum]
    assert "theremin" not in vocabulary_of(zone.id).words
    with atomic():
        db.session.get_one(Offering, drum).state = OfferingState.PAUSED
    assert search(zone.id, "gamelan", NOTHING).hits == ()
    assert "gamelan" not in vocabulary_of(zone.id).words
    with atomic():
        db.session.get_one(Offering, drum).state = OfferingState.LIVE
        organisation_id = db.session.get_one(Offering, drum).organisation_id
    assert search(zone.id, "gamelan", NOTHING).hits[0].offering_id == drum
    with atomic():
        db.session.get_one(Organisation, organisation_id).state = PartnerState.SUSPENDED
    assert search(zone.id, "gamelan", NOTHING).hits == ()


def test_the_newest_offering_changed_again_is_noticed(zone: Zone) -> None:
    """Its row's number may be given again, and count and sum of numbers stay what they were."""
    offering = factories.make_offering(factories.make_organisation(zone), title="Gamelan afternoon")
    for take in (False, True):
        if take:
            with_snapshot(zone)
        for title in ("Zither", "Lute", "Theremin"):
            with atomic():
                db.session.get_one(Offering, offering.id).title = f"{title} evening"
            assert [hit.offering_id for hit in search(zone.id, title, NOTHING).hits][:1] == [offering.id], (take, title)


def test_what_is_rolled_back_was_never_found_and_inside_a_verb_the_database_is_asked(zone: Zone) -> None:
    with_snapshot(zone)
    drum = search(zone.id, "first beats drumming", NOTHING).hits[0].offering_id

    def changed_and_given_up() -> None:
        with atomic():
            db.session.get_one(Offering, drum).title = "Gamelan afternoon"
            db.session.flush()
            assert [hit.offering_id for hit in search(zone.id, "gamelan", NOTHING).hits] == [drum]
            assert views.view_of(zone.id) is None
            raise RuntimeError

    with pytest.raises(RuntimeError):
        changed_and_given_up()
    assert search(zone.id, "gamelan", NOTHING).hits == ()
    with atomic():
        db.session.get_one(Offering, drum).title = "Theremin afternoon"
    assert search(zone.id, "gamelan", NOTHING).hits == ()
    assert search(zone.id, "theremin", NOTHING).hits[0].offering_id == drum


def test_another_zones_words_counts_and_rows_are_in_no_snapshot(zone: Zone) -> None:
    other = factories.make_zone()
    secret = (row("secret", "Xylophone wonders", "Zanzibar Zithers", ROWS[0].facts.kind, "xylophone", "Social:belonging", "7-12"),)
    stock(other, secret)
    with_snapshot(zone)
    with_snapshot(other)
    size = browse(zone.id, "", NOTHING).total
    for typed in ("xylophone", "xylofone", "xylo", "zanzibar"):
        page = browse(zone.id, typed, NOTHING)
        assert (page.total, page.of_all, page.query.shown) == (0, 0, typed)
        assert all(value.count == 0 for facet in page.facets for value in facet.values)
        assert search(other.id, typed, NOTHING).hits, typed
    assert not {"xylophone", "zanzibar"} & vocabulary_of(zone.id).words.keys()
    with atomic():
        (offering,) = db.session.scalars(sa.select(Offering).where(Offering.zone_id == other.id)).unique()
        offering.description = "Marimbas too"
    assert search(zone.id, "marimbas", NOTHING).hits == ()
    assert browse(zone.id, "", NOTHING).total == size
    assert search(other.id, "marimbas", NOTHING).hits


def test_a_snapshot_of_another_database_or_form_is_left_alone(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    with_snapshot(zone)
    with monkeypatch.context() as patch:
        patch.setattr(segment, "FORM", segment.FORM + 1)
        views.forget()
        assert views.view_of(zone.id) is None
    views.forget()
    with atomic():  # as if an earlier day had been put back: rows are gone, and no trigger saw them go
        gone = db.session.scalars(sa.select(OfferingText.offering_id).where(OfferingText.zone_id == zone.id).limit(3)).all()
        db.session.execute(sa.delete(OfferingText).where(OfferingText.offering_id.in_(gone)))
        db.session.execute(sa.text("DELETE FROM offering_change"))
    assert views.view_of(zone.id) is None
    assert not set(gone) & {hit.offering_id for hit in search(zone.id, "", NOTHING, 1000).hits}


def test_the_worker_takes_a_snapshot_of_what_is_large_and_again_when_it_is_worn(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    views.forget()
    views.keep()
    assert views.view_of(zone.id) is None
    monkeypatch.setattr(views, "LEAST", 100)
    monkeypatch.setattr(views, "LOOK_AGAIN", 0.0)
    views.keep()
    first = views.view_of(zone.id)
    assert first is not None
    views.keep()
    assert views.view_of(zone.id) is first
    with atomic():
        for offering in db.session.scalars(sa.select(Offering).where(Offering.zone_id == zone.id).limit(150)).unique():
            offering.description = f"{offering.description} Gamelan"
    changed = views.view_of(zone.id)
    assert changed is not None
    assert changed.mark.count == 150
    views.keep()
    later = views.view_of(zone.id)
    assert later is not None
    assert (later.mark.count, len(later.parts)) == (0, 1)
    assert browse(zone.id, "gamelan", NOTHING).total == 150
    monkeypatch.setattr(views, "MOST_CHANGES", 10)
    with atomic():
        for offering in db.session.scalars(sa.select(Offering).where(Offering.zone_id == zone.id).limit(20)).unique():
            offering.title = f"{offering.title} Theremin"
    assert views.view_of(zone.id) is None
    assert browse(zone.id, "theremin", NOTHING).total == 20


def test_a_change_that_commits_late_is_seen(zone: Zone, app: Flask) -> None:
    """Two writers on PostgreSQL may commit in another order than their changes are numbered; the late one is still noticed."""
    if db.engine.dialect.name == "sqlite":
        return  # one writer at a time
    ids = db.session.scalars(sa.select(OfferingText.offering_id).where(OfferingText.zone_id == zone.id).limit(2)).all()
    db.session.rollback()
    with db.engine.connect() as slow, slow.begin():
        slow.exec_driver_sql("SET TRANSACTION READ WRITE")
        slow.execute(sa.text("DELETE FROM offering_text WHERE offering_id = :id").bindparams(sa.bindparam("id", ids[0], sa.Uuid())))
        thread = Thread(target=pause, args=(app, ids[1]))
        thread.start()
        thread.join()
        with_snapshot(zone)
        before = views.view_of(zone.id)
        assert before is not None
        assert len(search(zone.id, "", NOTHING, 1000).hits) == MANY + len(ROWS) - 1
        db.session.rollback()
    assert len(search(zone.id, "", NOTHING, 1000).hits) == MANY + len(ROWS) - 2


def test_what_a_connection_remembers_of_changes_is_what_there_is_to_count(zone: Zone, app: Flask) -> None:
    """After a commit, a rollback, a savepoint given up, another connection's commit, and in a transaction that began before it."""
    ids = db.session.scalars(sa.select(OfferingText.offering_id).where(OfferingText.zone_id == zone.id).limit(6)).all()
    since = marks.now(zone.id)
    seen = [marks.mark(zone.id, since)]

    def look() -> None:
        marked = marks.mark(zone.id, since)
        assert marked == marks.counted(db.session.connection(), zone.id, since)
        seen.append(marked)

    look()
    with atomic():
        db.session.get_one(Offering, ids[0]).title = "Gamelan"
        db.session.flush()
        look()
    look()
    with pytest.raises(RuntimeError):
        give_up(atomic(), ids[1], look)
    look()
    assert seen[-1] == seen[-3] != seen[-2]
    with atomic():
        with pytest.raises(RuntimeError):
            give_up(db.session.begin_nested(), ids[2], look)
        look()
    look()
    assert seen[-1] == seen[-2] != seen[-3]
    thread = Thread(target=pause, args=(app, ids[3]))
    thread.start()
    thread.join()
    look()
    db.session.rollback()
    look()
    assert seen[-1].count == 2


def give_up(transaction: AbstractContextManager[object], offering_id: uuid.UUID, look: Callable[[], None]) -> None:
    with transaction:
        db.session.get_one(Offering, offering_id).title = "Theremin"
        db.session.flush()
        look()
        raise RuntimeError


def test_another_process_is_heard_of_at_once(zone: Zone) -> None:
    with_snapshot(zone)
    size = len(search(zone.id, "", NOTHING, 1000).hits)
    db.session.rollback()
    url = db.engine.url.render_as_string(hide_password=False)
    statement = "DELETE FROM offering_text WHERE id = (SELECT min(id) FROM offering_text)"
    done = subprocess.run(
        [sys.executable, "-c", f"import sqlalchemy as sa\nwith sa.create_engine({url!r}).begin() as c: c.execute(sa.text({statement!r}))"],
        check=False, capture_output=True, text=True,
    )
    assert done.returncode == 0, done.stderr
    assert len(search(zone.id, "", NOTHING, 1000).hits) == size - 1


def test_nobody_waits_for_a_compiler(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the loops are there the database answers; the worker has made them before anybody sees its snapshot."""
    with_snapshot(zone)
    asked = Event()
    monkeypatch.setattr(views, "_practised", Event())
    monkeypatch.setattr(views, "_practising", Lock())
    monkeypatch.setattr(views, "_practise", lambda whole, held=None: asked.set())
    assert views.view_of(zone.id) is None
    assert asked.wait(10)
    assert search(zone.id, "druming", NOTHING).hits
    monkeypatch.undo()
    assert views.view_of(zone.id) is not None


def test_a_small_zone_needs_no_compiler(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Compiled[..., object], *args: object) -> object:
        raise AssertionError(args)

    views.forget()
    monkeypatch.setattr(Compiled, "__call__", refuse)
    everything(zone)
    loaded = "import sys, app, app.catalogue.search.engine, app.catalogue.search.kernels; print('numba' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", loaded], check=True, capture_output=True, text=True, cwd=ROOT)
    assert found.stdout.strip() == "False"


def test_misspelt_words_are_corrected_alike_in_large_zones_and_small_ones(zone: Zone) -> None:
    """Nearest first, then by the alphabet, and no more than asked for of each length."""
    small = read_vocabulary(zone.id)
    words = ["drumming", "mamm\u00e4", "straße", "football", *sorted(small.words)[::9], *sorted(small.lexicon.known_words)[::150]]
    dice = random.Random(5)
    spelt = Spelt({length: sorted({w for w in (*small.words, *words) if len(w) == length}) for length in range(3, 14)})
    for word in filter(str.isalpha, words):
        wrong = misspelt(word, dice) if len(word) > 3 else word
        for slips in (1, 2, 3):
            for most in (2, 40):
                assert sorted(spelt.near(wrong, slips, most, is_compiled=True)) == sorted(spelt.near(wrong, slips, most, is_compiled=False)), wrong
        assert corrections(wrong, replace(small, is_large=True)) == corrections(wrong, small), wrong
    assert list(spelt.near("\u00e4" * 70, 2, 3, is_compiled=True)) == []


def pause(app: Flask, offering_id: uuid.UUID) -> None:
    with app.app_context(), atomic():
        db.session.get_one(Offering, offering_id).state = OfferingState.PAUSED


def test_impacts_are_what_scoring_works_out_from_the_text(zone: Zone) -> None:
    table = OfferingText.__table__
    rows = db.session.execute(sa.select(*(table.c[name] for name in views.COLUMNS)).order_by(table.c.offering_id)).all()
    made = build(rows, phrases_of(lexicon().concepts))
    for term in ("footbal", "club", "age9", "needanxieti", "art therapi", "after school", "one to one"):
        docs, impacts = made.posting(term) or (np.zeros(0), np.zeros(0))
        by_doc = dict(zip(docs.tolist(), (impacts / segment.STEPS).tolist(), strict=True))
        for doc, text in enumerate(rows):
            frequency = phrase_frequency(term, [(name, weight, getattr(text, name)) for name, weight in WEIGHTS.items()])
            assert by_doc.get(doc, 0.0) == (rounded_impact(frequency) if frequency else 0.0), (term, text.title)
