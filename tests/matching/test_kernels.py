"""The compiled loops of a large Zone say what the rules and the score say of a small one, and only a large one loads them."""

from __future__ import annotations

import subprocess
import sys
import uuid
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalogue.models import Offering
from app.children.models import Child
from app.matching import kept, queries, ranking, rules, warming
from app.matching.profile import About, Candidate, Lesson, Profile, Span
from app.matching.ranking import Found
from app.matching.shelf import Shelf, shelf_of
from app.matching.weights import WEIGHTS
from app.shared import clock
from app.shared.db import atomic, db
from benchmarks.judged import children
from benchmarks.judged import shelf as judged
from config import ROOT
from tests import factories as make
from tests.matching.conftest import World
from tests.matching.test_filtering import at_the_limit, told_apart
from tests.matching.test_rules import CHILD, OFFERING, candidates, profiles


def both(made: Shelf, child: Profile, loosened: str = "", *, counted: bool = True) -> tuple[Found, Found]:
    """All at once, and row by row."""
    one, other = (ranking.rank(made, child, loosened, WEIGHTS, counted=counted, is_compiled=is_compiled) for is_compiled in (False, True))
    return one, other


def assert_same(one: Found, other: Found) -> None:
    assert (one.ruled_out, one.would_open, one.considered) == (other.ruled_out, other.would_open, other.considered)
    assert one.further_km == pytest.approx(other.further_km, abs=1e-9)
    for free, again in zip(one.free, other.free, strict=True):
        assert free.tolist() == again.tolist()
    for ranking_, again in zip(one.rankings, other.rankings, strict=True):
        assert ranking_.positions.tolist() == again.positions.tolist()
        assert np.allclose(ranking_.parts, again.parts, atol=1e-6)
        assert np.allclose(ranking_.scores, again.scores, atol=2e-6)
        assert np.allclose(ranking_.distances, again.distances, atol=1e-9, equal_nan=True)
        assert ranking_.likes.tolist() == again.likes.tolist()
        for row in range(len(ranking_.positions)):
            said, said_again = ranking_.at(row), again.at(row)
            assert (said.phrase, said.disliked, said.met, said.kin_met, said.like) == (
                said_again.phrase, said_again.disliked, said_again.met, said_again.kin_met, said_again.like)


LOOSENED = st.sampled_from(["", "distance", "time", "cost", "language"])


@settings(max_examples=150, deadline=None)
@given(profiles, st.lists(candidates, min_size=1, max_size=12).map(told_apart), st.sampled_from([0, 2]), LOOSENED, st.booleans())
def test_rules_asked_row_by_row_are_the_rules(child: Profile, offerings: list[Candidate], places: int, loosened: str, counted: bool) -> None:
    child = replace(child, refused=frozenset({uuid.UUID(int=1), uuid.UUID(int=3)}))
    made = judged.shelf_of(offerings, places=places)
    found = both(made, child, loosened if counted else "", counted=counted)
    assert_same(*found)
    if not loosened:
        fit = {offering.ref for offering in offerings if rules.is_eligible(child, offering, places)}
        assert {made.parts[0].columns.refs[at] for at in found[1].rankings[0].positions} == fit


def test_a_hidden_offering_is_neither_found_nor_counted() -> None:
    offerings = told_apart([OFFERING, replace(OFFERING, age_min=17), replace(OFFERING, latitude=51.52), OFFERING])
    made = judged.shelf_of(offerings)
    made.parts[0].hidden[[made.parts[0].at[offering.id] for offering in offerings[:3]]] = True
    one, other = both(made, CHILD)
    assert_same(one, other)
    assert (other.considered, other.eligible, other.ruled_out, other.further_km) == (1, 1, {}, ())


def test_a_hands_breadth_either_side_of_the_limit_is_told_apart() -> None:
    offerings = at_the_limit()
    found = ranking.rank(judged.shelf_of(offerings), CHILD, "", WEIGHTS, is_compiled=True)
    [ranked] = found.rankings
    assert {ranked.columns.refs[at] for at in ranked.positions} == {offering.ref for offering in offerings if rules.is_eligible(CHILD, offering, 4)}


LESSONS = (
    Lesson(About.FAR, distance_km=2.0), Lesson(About.TIME, slots=(Span("Mon", 930, 1020),)), Lesson(About.KIND, interests=("football", "chess")),
)


def test_judged_children_get_the_same_list_by_either_way() -> None:
    made = judged.shelf_of(children.candidates())
    for number, one in enumerate((*children.children(), *children.kept())):
        child = one.profile
        if number % 3 == 0:
            child = replace(child, lessons=LESSONS, well_received=("drumming with a small group",), not_well_received=("a noisy sports hall",))
        if number % 4 == 0:
            child = replace(child, own_words=(*child.own_words, "I hate football but I love being a goalie. Pump tracks, sign language"), max_group=8)
        assert_same(*both(made, child))


def test_an_expression_counts_only_where_every_word_of_it_stands() -> None:
    """"pump track" is one thing to the lexicon: neither word alone is it, and where both stand it is as telling as the mean of the two."""
    texts = ("Pump track riding", "Foot pump repairs", "Track athletics", "Chess", "BMX racing")
    made = judged.shelf_of(told_apart([replace(OFFERING, title=title, interests=(title.lower(),)) for title in texts]))
    child = replace(CHILD, interests=("bmx",), own_words=("the pump track",))
    one, other = both(made, child)
    assert_same(one, other)
    assert any(len(reader.keys) for reader in (made.reader.entries(0, unit) for unit in made.hear(child).units)), "no expression was tried"


# --- through the database ------------------------------------------------------------------------


@pytest.fixture
def large(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A Zone that counts as large however few offerings it has."""
    monkeypatch.setattr(kept, "LEAST", 1)
    return world


def test_places_nobody_can_be_sure_of_are_counted_anew(large: World) -> None:
    """A run that ends on the day after tomorrow: two days on it is full for whoever it fits but for that, and what is not so sure is asked of no other."""
    until = clock.today() + timedelta(days=1)
    for title, facts in {"Drums": {}, "Old drums": {"age_min": 15, "age_max": 17}, "Far drums": {"latitude": 51.9}}.items():
        make.make_cohort(make.make_offering(large.organisation, title=title, **facts), capacity=4, outside_places=0, ends_on=until)
    make.make_cohort(make.make_offering(large.organisation, title="Kites"), capacity=4, outside_places=0)
    profile = queries.profile_of(db.session.get_one(Child, large.child.id))
    made = shelf_of(large.zone.id)
    assert made.is_large
    first = both(made, profile)
    assert_same(*first)
    assert first[1].eligible == 2
    with clock.freeze(clock.now() + timedelta(days=3)):
        later = both(made, profile)
        assert_same(*later)
        assert (later[1].eligible, later[1].ruled_out["place"]) == (1, 1)
        again = both(made, replace(profile, refused=frozenset(made.parts[0].columns.ids)))
        assert_same(*again)
        assert again[1].ruled_out == {"refused": 4}
        assert_same(*both(made, profile, counted=False))


def test_a_large_zone_is_matched_as_a_small_one_and_what_changed_with_it(large: World) -> None:
    for number in range(30):
        large.offer(title=f"Kites {number}", source_ref=f"k{number:02d}", organisation=make.make_organisation(large.zone), interests=["kites"])
    assert len(queries.match_profile(large.zone.id, queries.profile_of(large.child), 40).matches) == 30
    with atomic():
        offering = db.session.query(Offering).filter_by(source_ref="k07").one()
        offering.title = "Drums"
    made = shelf_of(large.zone.id)
    assert len(made.parts) == 2
    assert_same(*both(made, queries.profile_of(db.session.get_one(Child, large.child.id))))


def test_files_of_a_shelf_hold_the_words_offering_by_offering(large: World) -> None:
    large.offer(title="Kites and drums", interests=["kites", "drums"])
    large.offer(title="Chess", interests=["chess"])
    made = shelf_of(large.zone.id).parts[0].index.by_doc
    found = kept.load(large.zone.id, 1.0)
    assert found is not None
    again = found.part.index.by_doc
    for name in ("starts", "terms", "impacts"):
        assert getattr(made, name).tolist() == getattr(again, name).tolist(), name


# --- who pays for it -----------------------------------------------------------------------------

SMALL = """
import sys
from benchmarks.judged import children, shelf
made = shelf.shelf_of(children.candidates())
assert len(shelf.ranked(made, children.children()[0].profile)) == 10
assert "numba" not in sys.modules, "a small Zone loaded it"
from app.matching import ranking
from app.matching.weights import WEIGHTS
assert ranking.rank(made, children.children()[0].profile, "", WEIGHTS, is_compiled=True).eligible
assert "numba" in sys.modules, "and a large one did not"
"""


def test_a_process_with_small_zones_alone_never_loads_the_compiler() -> None:
    done = subprocess.run([sys.executable, "-c", SMALL], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_what_is_compiled_beforehand_is_all_that_a_match_runs() -> None:
    """After `ready` no match compiles anything more: each loop has one form."""
    warming.ready()
    before = [loop.forms for loop in warming.LOOPS]
    made = judged.shelf_of(children.candidates())
    for one in children.children()[:6]:
        ranking.rank(made, one.profile, "", WEIGHTS, is_compiled=True)
        ranking.rank(made, replace(one.profile, latitude=None, needs=(), interests=(), own_words=()), "", WEIGHTS, is_compiled=True)
        ranking.rank(made, replace(one.profile, lessons=LESSONS), "distance", WEIGHTS, is_compiled=True)
    assert [loop.forms for loop in warming.LOOPS] == before == [1, 1, 1, 1]
