"""A child's year of school moves up each 1 September by itself, stays where somebody says so, and money and partners read the one of today."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from app.children import services
from app.children.models import Child
from app.children.naming import reference_line
from app.children.school_models import Pupil, Selection
from app.children.school_years import moved_up
from app.children.services import carrying, selection
from app.commissioning.queries import money
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories as make
from tests.children.conftest import World

JULY, AUGUST, SEPTEMBER = datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 8, 31, 22, 59, tzinfo=UTC), datetime(2026, 8, 31, 23, 1, tzinfo=UTC)
"""The 1st of September begins at 23:00 of the day before in UTC: it is summer in London."""


@pytest.mark.parametrize(("written", "then", "now", "expected"), [
    ("Year 4", 2025, 2026, "Year 5"), ("Reception", 2024, 2026, "Year 2"), ("Nursery", 2025, 2026, "Reception"), ("Year 13", 2025, 2026, ""),
    ("Year 4", 2025, 2025, "Year 4"), ("Year 4", None, 2026, "Year 4"), ("S2", 2020, 2026, "S2"), ("", 2020, 2026, ""), ("Year 4", 2027, 2026, "Year 4"),
])
def test_a_year_moves_up_with_each_school_year(written: str, then: int | None, now: int, expected: str) -> None:
    assert moved_up(written, then, now) == expected


def written_in_july(world: World) -> Child:
    with clock.freeze(JULY):
        return make.make_child(world.school, world.link_worker, school_year="Year 4")


def details(child: Child, year: str) -> services.Details:
    names = (name for name in services.Details.__dataclass_fields__ if name != "school_year")
    return services.Details(school_year=year, **{name: getattr(child, name) for name in names})


def test_the_year_of_a_child_moves_up_on_the_first_of_september_in_london(world: World) -> None:
    child = written_in_july(world)
    with clock.freeze(AUGUST):
        assert child.school_year_now == "Year 4"
    with clock.freeze(SEPTEMBER):
        assert (child.school_year_now, reference_line(child).split(",")[0]) == ("Year 5", "Year 5")


def test_saving_the_form_untouched_says_nothing_new_and_who_stays_down_stays_down(world: World) -> None:
    child = written_in_july(world)
    with clock.freeze(SEPTEMBER):
        services.change_child(child_id=child.id, details=details(child, "Year 5"), actor=world.manager)
        assert (child.school_year, child.school_year_of, child.school_year_now) == ("Year 4", 2025, "Year 5")
        services.change_child(child_id=child.id, details=details(child, "Year 4"), actor=world.manager)
        assert (child.school_year, child.school_year_of, child.school_year_now) == ("Year 4", 2026, "Year 4")


def test_a_fund_for_some_years_counts_the_year_of_the_first_session(world: World) -> None:
    child = written_in_july(world)
    for first, group in ((date(2026, 7, 8), 4), (date(2026, 9, 9), 5)):
        assert money.purpose_of(child, "Social:friendships", (first, first)).year_group == group


def test_a_year_goes_along_to_another_zone_with_the_year_it_was_written_in(world: World) -> None:
    child = written_in_july(world)
    with clock.freeze(SEPTEMBER), atomic():
        there = carrying.new_record(child, make.make_zone(), None)
        assert (there.school_year, there.school_year_of, there.school_year_now) == ("Year 4", 2025, "Year 5")
        db.session.expunge_all()


def test_a_pupil_listed_before_the_summer_is_taken_on_a_year_higher(world: World) -> None:
    with clock.freeze(JULY):
        pupil = make.save(Pupil(zone_id=world.zone.id, school_id=world.school.id, first_name="Bo", last_name="Tester", school_year="Year 4", born_on=date(2017, 4, 5)))
    with clock.freeze(SEPTEMBER):
        selection.decide_selection(pupil_id=pupil.id, choice=Selection.SELECTED, reason="", actor=world.manager)
        taken_on = db.session.scalars(sa.select(Child).where(Child.first_name == "Bo")).one()
        assert (taken_on.school_year, taken_on.school_year_now) == ("Year 5", "Year 5")
