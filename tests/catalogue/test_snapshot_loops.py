"""The loops over a snapshot's arrays, each beside what it stands for said plainly; and what is remembered of words."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from app.accounts.models import Zone
from app.catalogue.models import Offering
from app.catalogue.search import asking, kernels
from app.catalogue.search.array_counts import Narrowed, counts
from app.catalogue.search.asking import People, distances, leading, leading_by_rank
from app.catalogue.search.engine import search
from app.catalogue.search.facets import DISTANCES
from app.catalogue.search.filters import NOTHING, Filters
from app.catalogue.search.kept import Kept
from app.catalogue.search.lexicon import lexicon
from app.catalogue.search.overlay import Laid, with_changes
from app.catalogue.search.segment import Segment, packed
from app.catalogue.search.segment_builder import build
from app.catalogue.search.snapshot import Vocabulary, read_vocabulary
from app.catalogue.search.understanding import grounded, understand
from app.shared.db import atomic, db
from tests import factories

HERE = (51.5, -0.2)
SIZE = 300
TOWNS, INTERESTS = ("", "acton", "ealing"), ("drumming", "circus", "art", "chess", "judo")


def a_segment() -> Segment:
    """Offerings without a word, some without a place; every seventh likes five things."""
    dice = np.random.default_rng(3)
    rows = []
    for n in range(SIZE):
        liked = [INTERESTS[k] for k in dice.permutation(5)[: 5 if n % 7 == 0 else n % 3]]
        rows.append(SimpleNamespace(
            id=n, offering_id=SimpleNamespace(bytes=n.to_bytes(16, "big")), source_ref=f"r{(n * 37) % SIZE:03}", vocabulary="",
            title="", tags="", needs="", provider="", place="", facts="", body="", kind="commissioned", delivery="venue", region="", age_min=5, age_max=n % 12 + 5,
            cost_pence=0, days=n % 128, times=0, needs_mask=0, languages="|en|so|" if n % 5 == 0 else "|en|", is_step_free=bool(n % 2), access=0,
            interests=f"|{'|'.join(liked)}|" if liked else "", town=TOWNS[n % 3],
            latitude=None if n % 11 == 0 else HERE[0] + dice.normal() / 20, longitude=None if n % 11 == 0 else HERE[1] + dice.normal() / 20,
        ))
    return build(rows, ())


def some_of(size: int) -> tuple[People, np.ndarray]:
    mask = np.random.default_rng(4).random(size) < 0.4
    return People(packed(mask), int(mask.sum())), np.flatnonzero(mask).astype(np.uint32)


def test_the_first_ten_are_those_with_most_points_then_the_nearest_then_in_order() -> None:
    s = a_segment()
    _, docs = some_of(s.size)
    points = np.random.default_rng(5).integers(0, 4, len(docs)).astype(np.float64)
    km = distances(s, HERE, docs)
    wanted = sorted(zip((-points).tolist(), km.tolist(), docs.tolist(), strict=True))
    for most in (1, 10, 100):
        found, worth, away = leading(s, (docs, points), most, HERE)
        assert found.tolist() == [doc for _, _, doc in wanted[:most]], most
        assert worth.tolist() == [-less for less, _, _ in wanted[:most]]
        assert np.allclose(away[np.isfinite(away)], [k for _, k, _ in wanted[:most] if np.isfinite(k)])
    nowhere = leading(s, (docs, points), 10, None)
    assert nowhere[0].tolist() == [doc for _, doc in sorted(zip((-points).tolist(), docs.tolist(), strict=True))[:10]]
    assert np.isinf(nowhere[2]).all()


def test_equal_ones_come_by_reference_and_those_who_hold_nothing_do_not_come() -> None:
    s = a_segment()
    _, docs = some_of(s.size)
    points = np.where(docs % 3 == 0, 1.0, 0.0)
    wanted = sorted((s.refs[doc], doc) for doc in docs.tolist() if doc % 3 == 0)
    found, worth = leading_by_rank(s, (docs, points), 10)
    assert [(s.refs[doc], doc) for doc in found.tolist()] == wanted[:10]
    assert worth.tolist() == [1.0] * 10


def test_what_is_counted_in_one_loop_is_what_there_is_to_count() -> None:
    s = a_segment()
    people, docs = some_of(s.size)
    free = np.arange(s.size) % 4 == 0
    counted = counts(Narrowed(s, Filters(origin=HERE), people, packed(free)))
    named: dict[str, int] = {}
    for doc in docs.tolist():
        more = s.more_interests[s.more_docs == doc].tolist()
        for n in (*s.liked[doc].tolist(), *more):
            if s.interests[n]:
                named[s.interests[n]] = named.get(s.interests[n], 0) + 1
    assert counted.interest == named
    assert len(s.more_docs)
    assert counted.town == {town: int((s.town[docs] == s.towns.index(town)).sum()) for town in TOWNS if town}
    assert counted.day == {day: int((s.days[docs] >> n & 1).sum()) for n, day in enumerate(counted.day)}
    assert counted.language == {"en": len(docs), "so": int((docs % 5 == 0).sum())}
    assert counted.step_free == int((docs % 2).sum())
    assert counted.places == int(free[docs].sum())
    assert counted.within == {km: int((distances(s, HERE, docs) <= km).sum()) for km in DISTANCES}
    chosen = counts(Narrowed(s, Filters(towns=("acton",), interests=("art",), is_step_free=True), people, None))
    art = {n for n in range(s.size) if "art" in [s.interests[k] for k in (*s.liked[n].tolist(), *s.more_interests[s.more_docs == n].tolist())]}
    assert chosen.town["ealing"] == sum(doc in art and doc % 3 == 2 and doc % 2 == 1 for doc in docs.tolist())
    assert chosen.step_free == sum(doc in art and doc % 3 == 1 and doc % 2 == 1 for doc in docs.tolist())
    drums = {n for n in range(s.size) if "drumming" in [s.interests[k] for k in (*s.liked[n].tolist(), *s.more_interests[s.more_docs == n].tolist())]}
    assert chosen.interest["drumming"] == sum(doc in drums and doc % 3 == 1 and doc % 2 == 1 for doc in docs.tolist()) > 0
    assert (chosen.places, chosen.within) == (None, None)


def test_circles_are_kept_for_few_places_and_each_place_has_its_own() -> None:
    s = a_segment()
    people, docs = some_of(s.size)
    for n in range(asking.FEW_PLACES + 5):
        here = (HERE[0] + n / 100, HERE[1])
        for _ in range(2):
            counted = counts(Narrowed(s, Filters(origin=here), people, None))
            assert counted.within == {km: int((distances(s, here, docs) <= km).sum()) for km in DISTANCES}
        assert len(s.__dict__["circles"]) <= asking.FEW_PLACES


def test_the_largest_and_all_as_large_as_the_least_of_them() -> None:
    numbers = np.array([0, 5, 3, 0, 3, 9, 1], np.int64)
    assert kernels.largest(numbers, 0).tolist() == [1, 2, 4, 5, 6]
    assert kernels.largest(numbers, 3).tolist() == [1, 2, 4, 5]
    assert kernels.largest(numbers, 2).tolist() == [1, 5]
    assert kernels.largest(np.zeros(4, np.int64), 2).tolist() == []


def test_who_is_in_two_sets() -> None:
    one, other = np.arange(130) % 2 == 0, np.arange(130) % 3 == 0
    words, number = kernels.both(packed(one), packed(other))
    assert (words.tolist(), number) == (packed(one & other).tolist(), int((one & other).sum()))


# --- what is remembered --------------------------------------------------------------------------


def test_what_was_worked_out_is_remembered_once_and_never_too_much_of_it() -> None:
    kept, worked = Kept(most=3), list[int]()

    def work(n: int) -> int:
        worked.append(n)
        return n * 10

    for n in (1, 1, 2, 2, 3, 1):
        assert kept.of(n, lambda n=n: work(n)) == n * 10  # type: ignore[misc]
    assert worked == [1, 2, 3]
    assert kept.of(4, lambda: work(4)) == 40
    assert len(kept) <= 3
    assert kept.of(5, lambda: None) is None
    assert kept.of(5, lambda: work(5)) == 50


def test_a_word_means_the_same_when_it_is_typed_again_and_something_else_in_another_zone_or_lexicon() -> None:
    typed = ("druming for a shy girl", "foot ball", "danse", "trmp", "not reading but judo", "dance or chess")
    one = Vocabulary({"drumming": 3, "football": 2}, {"drum": 3, "footbal": 2, "danc": 1}, 5)
    for text in (*typed, *typed):
        fresh = Vocabulary(one.words, one.stems, one.size)
        assert grounded(understand(text, one), one) == grounded(understand(text, fresh), fresh), text
    other = Vocabulary({"dense": 3}, {"dens": 3}, 5, with_changes([Laid("drumming", without=("djembe",), same=("wigwam",))]))
    assert one.kept is not other.kept
    assert "wigwam" in understand("drumming", other).groups[0].alternatives
    assert "wigwam" not in understand("drumming", one).groups[0].alternatives


def test_what_is_remembered_of_a_query_ends_with_the_next_change(zone: Zone) -> None:
    """A word that nobody knew, asked for twice, and then there is an offering that has it."""
    offering = factories.make_offering(factories.make_organisation(zone), title="Afternoon", description="Something to do")
    for _ in range(2):
        found = search(zone.id, "gamelanne", NOTHING)
        assert (found.hits, found.query.corrected) == ((), {})
    with atomic():
        db.session.get_one(Offering, offering.id).title = "Gamelan afternoon"
    found = search(zone.id, "gamelanne", NOTHING)
    assert [hit.offering_id for hit in found.hits] == [offering.id]
    assert found.query.corrected == {"gamelanne": "gamelan"}
    tried = search(zone.id, "gamelanne", NOTHING, words=with_changes([Laid("gamelan", same=("gamelanne",))]))
    assert tried.query.corrected == {}
    assert search(zone.id, "gamelanne", NOTHING).query == found.query
    assert read_vocabulary(zone.id).lexicon is lexicon()


def test_a_segment_without_an_offering_has_no_town_and_no_interest_to_count() -> None:
    empty = build([], ())
    found = counts(Narrowed(empty, Filters(origin=HERE), some_of(0)[0], None))
    assert (found.town, found.interest, found.free, set(found.kind.values())) == ({}, {}, 0, {0})
