"""Listening, plans, caseload, refusals, leaving."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.accounts.models import Person, Role
from app.audit.models import AuditEntry
from app.audit.queries import list_entries_for
from app.catalogue.models import NEEDS
from app.children import hooks, queries, services
from app.children.models import (
    Caseload,
    CaseloadKind,
    Child,
    ChildState,
    Need,
    NoteKind,
    RelationshipKind,
    Voice,
    Warmth,
)
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import DomainError, Invalid, NotFound
from tests import factories as make
from tests.children.conftest import World

DAY = timedelta(days=1)
REFERENCE = re.compile(r"^K-[23456789CDFGHJKMNPQRTVWXY]{4}$")


def add(world: World, **changes: object) -> Child:
    details = services.Details(**{"first_name": "Bilal", "age": 8, **changes})  # type: ignore[arg-type]
    return services.add_child(zone_id=world.zone.id, school_id=world.school.id, details=details, actor=world.manager)


# --- adding and leaving ---


def test_new_child_gets_a_reference_of_its_own_that_is_no_word(world: World) -> None:
    references = {add(world).reference for _ in range(20)}
    assert len(references) == 20
    assert all(REFERENCE.match(reference) for reference in references)


def test_age_is_counted_from_the_birthday_where_it_is_known(world: World) -> None:
    today = clock.today()
    child = add(world, age=None, born_on=date(today.year - 10, today.month, today.day))
    assert child.age_now == child.age == 10
    with clock.freeze(clock.now() + 365 * DAY):
        assert child.age_now == 11 or today.month == 2


@pytest.mark.parametrize(("change", "field"), [
    ({"first_name": " "}, "first_name"), ({"age": None}, "age"), ({"age": 26}, "age"), ({"age": -1}, "age"),
    ({"born_on": date(2999, 1, 1)}, "born_on"), ({"latitude": 51.0}, "longitude"),
    ({"programme_starts_on": date(2026, 9, 1), "programme_ends_on": date(2026, 8, 1)}, "programme_ends_on"),
])
def test_facts_that_cannot_be_are_refused_at_the_field(world: World, change: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        add(world, **change)
    assert refused.value.field == field


def test_school_of_another_zone_is_refused(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        services.add_child(
            zone_id=world.zone.id, school_id=make.make_school(make.make_zone()).id, details=services.Details("Bilal", 8), actor=world.manager,
        )
    assert refused.value.field == "school_id"


@pytest.fixture
def gone() -> Iterator[list[object]]:
    heard: list[object] = []

    def listen(child: Child, actor: Person, has_moved: bool) -> None:
        heard.append(child.id)

    hooks.on_child_left.append(listen)
    yield heard
    hooks.on_child_left.remove(listen)


def test_leaving_ends_the_caseload_and_tells_the_rooms_above(world: World, gone: list[object]) -> None:
    services.child_left(child_id=world.child.id, on=clock.today(), reason="Moved away", actor=world.manager)
    child = db.session.get_one(Child, world.child.id)
    assert child.state is ChildState.ENDED
    assert all(entry.ends_on is not None and entry.ends_on <= clock.today() for entry in child.caseload)
    assert gone == [child.id]
    with pytest.raises(DomainError):
        services.child_left(child_id=child.id, on=clock.today(), reason="Again", actor=world.manager)


def test_child_cannot_leave_on_a_day_to_come(world: World) -> None:
    with pytest.raises(Invalid):
        services.child_left(child_id=world.child.id, on=clock.today() + DAY, reason="Soon", actor=world.manager)


# --- caseload ---


def test_same_lead_again_changes_nothing(world: World) -> None:
    before = world.child.caseload[0].id
    again = services.assign_caseload(child_id=world.child.id, person_id=world.link_worker.id, actor=world.manager)
    assert again.id == before
    assert db.session.query(Caseload).count() == 1


def test_next_lead_ends_the_earlier_the_day_before(world: World) -> None:
    successor = make.make_person(Role.LINK_WORKER, world.zone)
    services.assign_caseload(child_id=world.child.id, person_id=successor.id, starts_on=clock.today() + 7 * DAY, actor=world.manager)
    first, second = db.session.get_one(Child, world.child.id).caseload
    assert (first.ends_on, second.starts_on) == (clock.today() + 6 * DAY, clock.today() + 7 * DAY)


def test_lead_given_by_mistake_today_is_replaced_today(world: World) -> None:
    wrong, right = (make.make_person(Role.LINK_WORKER, world.zone) for _ in range(2))
    for person in (wrong, right):
        services.assign_caseload(child_id=world.child.id, person_id=person.id, starts_on=clock.today(), actor=world.manager)
    leads = [(entry.person_id, entry.ends_on) for entry in db.session.get_one(Child, world.child.id).caseload]
    assert leads == [(world.link_worker.id, clock.today() - DAY), (right.id, None)]


@pytest.mark.parametrize("role", [Role.SCHOOL_LEAD, Role.BUDGET_HOLDER])
def test_only_a_link_worker_of_the_zone_gets_a_child(world: World, role: Role) -> None:
    person = make.make_person(role, world.zone, school=world.school)
    with pytest.raises(Invalid):
        services.assign_caseload(child_id=world.child.id, person_id=person.id, actor=world.manager)


def test_link_worker_of_another_zone_gets_no_child(world: World) -> None:
    stranger = make.make_person(Role.LINK_WORKER, make.make_zone())
    with pytest.raises(Invalid):
        services.assign_caseload(child_id=world.child.id, person_id=stranger.id, actor=world.manager)


def test_cover_needs_a_last_day(world: World) -> None:
    cover = make.make_person(Role.LINK_WORKER, world.zone)
    with pytest.raises(Invalid) as refused:
        services.assign_caseload(child_id=world.child.id, person_id=cover.id, kind=CaseloadKind.COVER, actor=world.manager)
    assert refused.value.field == "ends_on"


def test_database_refuses_a_second_open_lead(world: World) -> None:
    person = make.make_person(Role.LINK_WORKER, world.zone)
    with pytest.raises(sa.exc.IntegrityError), atomic():
        db.session.add(Caseload(child_id=world.child.id, person_id=person.id, starts_on=clock.today()))


def test_covering_a_caseload_covers_each_child_once(world: World) -> None:
    make.make_child(world.school, world.link_worker)
    make.make_child(world.school)
    cover = make.make_person(Role.LINK_WORKER, world.zone)
    for expected in (2, 0):
        covered = services.cover_caseload(
            person_id=world.link_worker.id, cover_id=cover.id, zone_id=world.zone.id, starts_on=clock.today(),
            ends_on=clock.today() + 5 * DAY, actor=world.manager,
        )
        assert covered == expected
    assert len(queries.list_caseload(cover)) == 2


# --- listening and plans ---


def test_words_are_kept_as_they_were_said(world: World) -> None:
    words = "  I dunno…  drums, innit \n"
    voice = services.record_voice(child_id=world.child.id, words=words, said_on=clock.today(), actor=world.link_worker)
    assert voice.words == words
    assert voice.heard_by == world.link_worker


@pytest.mark.parametrize(("words", "ahead", "field"), [(" ", 0, "words"), ("Hello", 1, "said_on")])
def test_words_without_words_or_from_tomorrow_are_refused(world: World, words: str, ahead: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.record_voice(child_id=world.child.id, words=words, said_on=clock.today() + ahead * DAY, actor=world.link_worker)
    assert refused.value.field == field


def test_what_was_said_stands_in_no_trail(world: World) -> None:
    services.record_voice(child_id=world.child.id, words="A secret", said_on=clock.today(), actor=world.link_worker)
    services.add_note(
        child_id=world.child.id, kind=NoteKind.BARRIER, text="A secret", noted_on=clock.today(), is_private=True, actor=world.link_worker,
    )
    services.set_goal(child_id=world.child.id, area="Social", words="A secret", actor=world.link_worker)
    trail = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.child_id == world.child.id)).all()
    assert len(trail) == 3
    assert "secret" not in str([(entry.details, entry.reason) for entry in trail])


def test_need_is_one_of_the_23_and_stands_once(world: World) -> None:
    assert len(NEEDS) == 23
    services.set_need(child_id=world.child.id, code="Emotional:anxiety", priority=1, actor=world.link_worker)
    services.set_need(child_id=world.child.id, code="Emotional:anxiety", priority=2, starting_point="Cries", actor=world.link_worker)
    needs = {need.code: (need.priority, need.starting_point) for need in db.session.get_one(Child, world.child.id).live_needs}
    assert needs == {"Emotional:anxiety": (2, "Cries"), "Social:friendships": (1, "")}
    for code, priority in (("Emotional:sadness", 1), ("Emotional:anxiety", 4)):
        with pytest.raises(Invalid):
            services.set_need(child_id=world.child.id, code=code, priority=priority, actor=world.link_worker)


def test_closed_need_stays_in_the_record_and_can_come_back(world: World) -> None:
    need = world.child.needs[0]
    services.end_need(child_id=world.child.id, need_id=need.id, actor=world.link_worker)
    assert db.session.get_one(Child, world.child.id).live_needs == []
    assert db.session.get_one(Need, need.id).ended_on == clock.today()
    services.set_need(child_id=world.child.id, code=need.code, priority=2, actor=world.link_worker)
    assert [n.priority for n in db.session.get_one(Child, world.child.id).live_needs] == [2]


def test_goal_is_reviewed_with_stars_and_words(world: World) -> None:
    goal = services.set_goal(child_id=world.child.id, area="Social", words="Have somebody to sit with", actor=world.link_worker)
    for stars, words in ((0, "Hm"), (6, "Hm"), (None, " ")):
        with pytest.raises(Invalid):
            services.review_goal(child_id=world.child.id, goal_id=goal.id, stars=stars, words=words, actor=world.link_worker)
    services.review_goal(child_id=world.child.id, goal_id=goal.id, stars=4, words="Nearly every day", actor=world.link_worker)
    assert (goal.stars, goal.reviewed_on) == (4, clock.today())


def test_things_of_another_child_are_not_found(world: World) -> None:
    other = make.make_child(world.school, world.link_worker)
    with pytest.raises(NotFound):
        services.end_need(child_id=world.child.id, need_id=other.needs[0].id, actor=world.link_worker)
    goal = services.set_goal(child_id=other.id, area="Social", words="Mine", actor=world.link_worker)
    with pytest.raises(NotFound):
        services.review_goal(child_id=world.child.id, goal_id=goal.id, stars=3, words="Hm", actor=world.link_worker)
    with pytest.raises(NotFound):
        services.set_carer(child_id=world.child.id, carer_id=other.carers[0].id, name="X", actor=world.link_worker)


def test_ended_relationship_keeps_its_day_and_can_be_warm_again(world: World) -> None:
    def put(warmth: Warmth) -> object:
        known = db.session.get_one(Child, world.child.id).relationships
        return services.set_relationship(
            child_id=world.child.id, relationship_id=known[0].id if known else None, name="Nan", kind=RelationshipKind.FAMILY,
            warmth=warmth, actor=world.link_worker,
        )

    put(Warmth.WARM)
    put(Warmth.ENDED)
    assert db.session.get_one(Child, world.child.id).relationships[0].ended_on == clock.today()
    put(Warmth.WARM)
    assert db.session.get_one(Child, world.child.id).relationships[0].ended_on is None


def test_lists_lose_blanks_and_repeats_and_keep_their_order(world: World) -> None:
    services.set_strengths(
        child_id=world.child.id, strengths=[" kind ", "", "brave"], interests=["drums", "cats", "drums"], aspiration=" ", what_helps="",
        what_does_not="", must_know="", actor=world.link_worker,
    )
    child = db.session.get_one(Child, world.child.id)
    assert (child.strengths, child.interests, child.aspiration) == (["kind", "brave"], ["drums", "cats"], "")


def test_setting_the_same_again_writes_no_trail(world: World) -> None:
    practicalities = services.Practicalities(max_km=3, languages=["en", "so"])
    for _ in range(2):
        services.set_practicalities(child_id=world.child.id, practicalities=practicalities, actor=world.link_worker)
    assert [entry.action for entry in list_entries_for(world.child)] == ["children.practicalities.set"]


@pytest.mark.parametrize(("change", "field"), [
    ({"max_km": 0}, "max_km"), ({"max_cost_pence": -1}, "max_cost_pence"), ({"languages": []}, "languages"),
    ({"max_group": 0}, "max_group"), ({"audiences": ["wizards"]}, "audiences"),
    ({"windows": [{"days": ["Mon"], "start": "17:00", "end": "16:00"}]}, "windows"),
    ({"windows": [{"days": [], "start": "15:00", "end": "16:00"}]}, "windows"),
])
def test_practicalities_that_cannot_be_are_refused_at_the_field(world: World, change: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.set_practicalities(
            child_id=world.child.id, practicalities=services.Practicalities(**change), actor=world.link_worker,  # type: ignore[arg-type]
        )
    assert refused.value.field == field


# --- refusals ---


def test_refusal_stands_until_the_childs_own_new_words(world: World) -> None:
    offering = make.make_offering(world.organisation)
    ids = {"child_id": world.child.id, "offering_id": offering.id}
    services.record_refusal(**ids, why="Too loud", is_childs_no=True, actor=world.link_worker)
    assert queries.has_refused(world.child.id, offering.id)
    with pytest.raises(Invalid) as refused:
        services.lift_refusal(**ids, words=" ", actor=world.link_worker)
    assert refused.value.field == "words"
    services.lift_refusal(**ids, words="Can I go back to drums?", actor=world.link_worker)
    assert not queries.has_refused(world.child.id, offering.id)
    assert [words for words in db.session.scalars(sa.select(Voice.words)) if "go back" in words] == ["Can I go back to drums?"]


def test_set_aside_offering_comes_back_without_words(world: World) -> None:
    offering = make.make_offering(world.organisation)
    ids = {"child_id": world.child.id, "offering_id": offering.id}
    services.record_refusal(**ids, why="Too far", is_childs_no=False, actor=world.link_worker)
    services.lift_refusal(**ids, words="", actor=world.link_worker)
    assert queries.refused_ids(world.child.id) == set()


def test_childs_no_outweighs_what_was_set_aside_and_is_never_softened(world: World) -> None:
    offering = make.make_offering(world.organisation)
    ids = {"child_id": world.child.id, "offering_id": offering.id}
    for is_childs_no in (False, True, False):
        services.record_refusal(**ids, why="", is_childs_no=is_childs_no, actor=world.link_worker)
    standing = queries.find_refusal(world.child.id, offering.id)
    assert standing is not None
    assert standing.is_childs_no


def test_offering_of_another_zone_cannot_be_refused(world: World) -> None:
    offering = make.make_offering(make.make_organisation(make.make_zone()))
    with pytest.raises(NotFound):
        services.record_refusal(child_id=world.child.id, offering_id=offering.id, why="", is_childs_no=True, actor=world.link_worker)
