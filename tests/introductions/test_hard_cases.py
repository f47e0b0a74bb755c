"""The cases that go wrong in real schools, each by its name."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Closure, Person, Role, School, Term
from app.accounts.services.people import leave
from app.catalogue.models import Document
from app.children.models import Caseload, CaseloadKind, Child
from app.children.queries import list_caseload
from app.children.services import assign_caseload, change_school, handover, record_refusal, withdraw_consent
from app.insight.queries.tasks import list_todo
from app.introductions import links, services
from app.introductions.links import Purpose
from app.introductions.models import EndReason, Introduction, IntroductionState, Linking, Readers, Viewpoint
from app.introductions.queries import is_visible
from app.introductions.services import Missing
from app.notifications.models import Task
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import DomainError, IllegalMove, NotFound
from tests import factories
from tests.introductions.world import World, change, make_world, reread

S = IntroductionState
FIFTY = 50
CONNECTIONS = 7


def at_once(app: Flask, verbs: list[object]) -> list[str]:
    """Run them all at the same moment, each on a thread of its own; what came of each.

    As many work at once as there are connections to the database; the others stand in line as long as it takes. The pool itself would
    turn away whoever waits for fifteen seconds, and on a crowded machine that says nothing about introductions.
    """
    gate, line, came = threading.Barrier(len(verbs)), threading.BoundedSemaphore(CONNECTIONS), list[str]()

    def run(verb: object) -> None:
        with app.app_context():
            gate.wait(60)
            line.acquire()
            try:
                came.append(verb())  # type: ignore[operator]
            except DomainError as refused:
                came.append(refused.code)
            finally:
                db.session.remove()
                line.release()

    threads = [threading.Thread(target=run, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return came


def test_fifty_link_workers_ask_for_the_same_thing_at_once(app: Flask, world: World) -> None:
    """Each for a child of their own: all are heard, each is asked once, and the organisation has fifty questions."""
    made: list[Introduction] = []
    for _ in range(FIFTY):
        worker = factories.make_person(Role.LINK_WORKER, world.zone, school=world.school)
        child = factories.make_child(world.school, worker)
        made.append(factories.make_introduction(child, world.offering, worker, S.READY, is_shared=False, who_goes_along="Mum", has_met_contact=True))
        factories.make_view(made[-1], worker)
        factories.make_view(made[-1], worker, viewpoint=Viewpoint.CARER, carer_id=child.carers[0].id)
    keys = [(one.id, one.started_by_id) for one in made]
    db.session.rollback()

    def asks(introduction_id: object, worker_id: object) -> object:
        return lambda: services.ask(
            introduction_id=introduction_id, note_to_partner="Please.", actor=db.session.get_one(Person, worker_id),  # type: ignore[arg-type]
        ).state.value

    assert at_once(app, [asks(*key) for key in keys]) == ["asked"] * FIFTY
    db.session.rollback()
    open_tasks = sa.select(sa.func.count()).select_from(Task).where(Task.person_id == world.partner.id, Task.closed_at.is_(None))
    assert db.session.scalar(open_tasks) == FIFTY


def test_the_same_introduction_asked_twice_by_double_click(app: Flask, world: World) -> None:
    """Also when it is begun twice at once: there is one, it is asked once, and the other click is told so."""
    child_id, offering_id, worker_id = world.child.id, world.offering.id, world.link_worker.id

    def start() -> str:
        services.start(child_id=child_id, offering_id=offering_id, why="Drums.", actor=db.session.get_one(Person, worker_id))
        return "started"

    assert sorted(at_once(app, [start] * 5)) == ["already"] * 4 + ["started"]
    db.session.rollback()
    introduction = db.session.scalars(sa.select(Introduction)).unique().one()
    for state in (S.LISTENING, S.READY):
        world.go(introduction, state)
    key, seen = introduction.id, reread(introduction).version

    def ask() -> str:
        actor = db.session.get_one(Person, worker_id)
        return services.ask(introduction_id=key, note_to_partner="", actor=actor, seen_version=seen).state.value

    db.session.rollback()
    assert sorted(at_once(app, [ask] * 4)) == ["already"] * 3 + ["asked"]


def test_parent_withdraws_while_the_partner_has_the_old_email_open(world: World) -> None:
    """None of its three links shows or accepts anything any more, and nor does the page that stood open."""
    introduction = world.at(S.ASKED)
    seen = reread(introduction).version
    tokens = [links.make(introduction, world.partner, purpose) for purpose in Purpose]
    assert [links.read(token).purpose for token in tokens] == list(Purpose)
    consent = world.child.consents[0]
    withdraw_consent(consent_id=consent.id, child_id=world.child.id, why="No longer.", actor=world.link_worker)
    for token in tokens:
        with pytest.raises(NotFound, match="does not work any more"):
            links.read(token)
    for verb in (
        lambda: world.go(introduction, S.AGREED, seen_version=seen), lambda: world.go(introduction, S.DECLINED, seen_version=seen),
        lambda: services.write_message(
            introduction_id=introduction.id, words_written="Which day?", readers=Readers.PARTNER, is_question=True, actor=world.partner),
    ):
        with pytest.raises(DomainError):
            verb()
    assert reread(introduction).state is S.ENDED
    assert not is_visible(introduction.id, world.partner)


def test_partner_agrees_after_the_lapse(world: World) -> None:
    introduction = world.at(S.ASKED)
    token = links.make(introduction, world.partner)
    world.go(introduction, S.LAPSED)
    with pytest.raises(NotFound):
        links.read(token)
    with pytest.raises((IllegalMove, NotFound)):
        world.go(introduction, S.AGREED)
    assert reread(introduction).state is S.LAPSED
    world.go(introduction, S.IDEA)  # and when it is asked again, the old link stays dead
    for state in (S.LISTENING, S.READY):
        world.go(introduction, state)
    with clock.freeze(clock.now() + timedelta(minutes=1)):
        world.go(introduction, S.ASKED)
    with pytest.raises(NotFound):
        links.read(token)


def test_the_child_changes_school_mid_way(world: World) -> None:
    """The introduction goes on; the old school's sight ends; reminders count the new school's days, and the day the organisation was
    told stands. The Zone manager is asked who leads there, until somebody does; the new Link Worker has what waits until they have taken
    it up; both see it for as long as the hand-over lasts, then one."""
    lead = factories.make_person(Role.SCHOOL_LEAD, world.zone, school=world.school)
    introduction = world.at(S.AGREED)
    told = reread(introduction).answer_by_on
    assert is_visible(introduction.id, lead)
    assert tasks_of(world.link_worker) == ["introduction_arrange"]
    elsewhere = factories.make_school(world.zone)
    newcomer = factories.make_person(Role.LINK_WORKER, world.zone, school=elsewhere)

    def go_to(school: School) -> None:
        change_school(child_id=world.child.id, school_id=school.id, actor=world.zone_manager)

    for school, asked in ((elsewhere, ["child_new_school"]), (world.school, []), (elsewhere, ["child_new_school"])):
        go_to(school)
        assert tasks_of(world.zone_manager) == asked, school.name
    assert not is_visible(introduction.id, lead)
    assign_caseload(
        child_id=world.child.id, person_id=newcomer.id, also_until=clock.today() + timedelta(days=7), actor=world.zone_manager,
    )
    assert tasks_of(world.zone_manager) == []
    assert tasks_of(newcomer) == ["introduction_arrange", "introduction_taken_over"]
    for person in (world.link_worker, newcomer):
        assert is_visible(introduction.id, person), "both, while the hand-over lasts"
    world.warm(introduction)
    assert "introduction_taken_over" in tasks_of(newcomer), "what the other one does there does not take it up"
    with clock.freeze(clock.now() + timedelta(days=8)):
        assert not is_visible(introduction.id, world.link_worker)
        assert list_todo(world.link_worker) == []
        assert [(todo.task.kind, todo.of) for todo in list_todo(newcomer) if todo.of] == [("introduction_arrange", world.link_worker.name)]
    services.write_message(introduction_id=introduction.id, words_written="Hello.", readers=Readers.PARTNER, actor=newcomer)
    assert tasks_of(newcomer) == ["introduction_arrange"]
    arranged = world.go(introduction, S.ARRANGED, actor=newcomer)
    assert (arranged.state, arranged.answer_by_on) == (S.ARRANGED, told)
    assert list_todo(newcomer) == [], "done is done on everybody's list"


def tasks_of(person: Person) -> list[str]:
    return sorted(todo.task.kind for todo in list_todo(person))


def test_a_link_worker_leaves_and_all_their_children_are_handed_over_at_once(world: World) -> None:
    """Until somebody is there for them the Zone manager has it on the list; what is under way goes with the children."""
    introduction = world.at(S.ASKED)
    sister = factories.make_child(world.school, world.link_worker, first_name="Zoe")
    newcomer, cover = (factories.make_person(Role.LINK_WORKER, world.zone) for _ in range(2))
    handover.sweep()
    assert tasks_of(world.zone_manager) == []
    leave(person_id=world.link_worker.id, actor=world.zone_manager)
    for _ in range(2):
        handover.sweep()
    assert tasks_of(world.zone_manager) == ["caseload_without_worker"]
    given = {"person_id": world.link_worker.id, "zone_id": world.zone.id, "starts_on": clock.today(), "actor": world.zone_manager}
    until = clock.today() + timedelta(days=5)
    assert handover.hand_over_caseload(to_id=cover.id, kind=CaseloadKind.COVER, ends_on=until, **given) == 2
    handover.sweep()
    assert tasks_of(world.zone_manager) == [] and is_visible(introduction.id, cover)
    with clock.freeze(clock.now() + timedelta(days=6)):
        handover.sweep()
        assert tasks_of(world.zone_manager) == ["caseload_without_worker"], "cover has ended, and nobody came"
        assert handover.hand_over_caseload(to_id=newcomer.id, kind=CaseloadKind.LEAD, **{**given, "starts_on": clock.today()}) == 2
        handover.sweep()
        assert (tasks_of(world.zone_manager), tasks_of(newcomer)) == ([], ["introduction_taken_over"])
        assert is_visible(introduction.id, newcomer) and not is_visible(introduction.id, world.link_worker)
        assert {child.id for child in list_caseload(newcomer)} == {world.child.id, sister.id}


def test_cover_and_lead_both_see_it_and_then_one(world: World) -> None:
    cover = factories.make_person(Role.LINK_WORKER, world.zone)
    introduction = world.at(S.AGREED)
    with atomic():
        db.session.add(Caseload(
            child_id=world.child.id, person_id=cover.id, kind=CaseloadKind.COVER, starts_on=clock.today(), ends_on=clock.today() + timedelta(days=7),
        ))
    for person in (world.link_worker, cover):
        assert is_visible(introduction.id, person)
        assert [todo.task.kind for todo in list_todo(person)] == ["introduction_arrange"]
    with clock.freeze(clock.now() + timedelta(days=8)):
        assert not is_visible(introduction.id, cover)
        assert list_todo(cover) == []
        assert [todo.of for todo in list_todo(world.link_worker)] == [""]


def two_brothers(world: World) -> tuple[Introduction, Introduction, Child]:
    """Both listened to, going together; the younger one is ready."""
    brother = factories.make_child(world.school, world.link_worker, first_name="Yusuf")
    factories.make_consent(brother, world.organisation)
    younger, older = world.start(child=brother), world.start()
    for one in (younger, older):
        world.go(one, S.LISTENING)
    services.go_together(introduction_id=older.id, with_id=younger.id, actor=world.link_worker)
    world.hear(younger)
    world.hear_home(younger, carer_id=brother.carers[0].id)
    world.warm(younger)
    services.make_ready(introduction_id=younger.id, actor=world.link_worker)
    return younger, older, brother


def test_two_brothers_introduced_together(world: World) -> None:
    """Each is listened to alone; they are asked for, answered and arranged at once, both or neither; after that each goes his own way."""
    younger, older, _ = two_brothers(world)
    with pytest.raises(Missing, match=f"{world.child.reference} is not ready yet, and they go together"):
        world.go(younger, S.ASKED)
    world.go(older, S.READY)
    world.go(older, S.ASKED)
    assert {reread(one).state for one in (younger, older)} == {S.ASKED}
    world.go(younger, S.AGREED)
    assert {reread(one).state for one in (younger, older)} == {S.AGREED}
    world.go(older, S.ARRANGED)
    assert reread(younger).meeting_at == reread(older).meeting_at is not None
    world.go(older, S.MET)
    assert (reread(older).state, reread(younger).state) == (S.MET, S.ARRANGED)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Linking)) == 1


def test_when_one_brother_says_no_the_other_is_asked_whether_he_goes_alone(world: World) -> None:
    younger, older, brother = two_brothers(world)
    world.go(older, S.READY)
    world.go(older, S.ASKED)
    services.end(introduction_id=older.id, reason=EndReason.CHILD_NO, actor=world.link_worker, note="Not me.")
    assert reread(younger).state is S.ASKED
    kinds = [todo.task.kind for todo in list_todo(world.link_worker) if todo.task.child_id == brother.id]
    assert kinds == ["introduction_alone"]
    record_refusal(child_id=brother.id, offering_id=world.offering.id, why="Not without her.", is_childs_no=True, actor=world.link_worker)
    with pytest.raises(Missing, match="The Link Worker is talking with the family first"):
        world.go(younger, S.AGREED)


def test_a_practitioner_whose_check_lapses_between_agreed_and_met(world: World) -> None:
    """Nobody arranges or counts a meeting with them; both sides hear of it in time, and it is over when somebody else is named."""
    introduction = world.at(S.ARRANGED)
    meeting = reread(introduction).meeting_at
    assert meeting is not None
    check = db.session.scalars(sa.select(Document).where(Document.practitioner_id == world.practitioner.id)).one()
    change(check, expires_on=clock.london(meeting).date() - timedelta(days=1))
    services.sweep()
    told = {task.person_id for task in db.session.scalars(sa.select(Task).where(Task.kind == "introduction_evidence", Task.closed_at.is_(None)))}
    assert told == {world.link_worker.id, world.partner.id}
    again = {"place": "Hall", "people": "Theo", "trusted_adult": "Joanne", "actor": world.link_worker}
    with pytest.raises(Missing, match="DBS"):
        services.move_meeting(introduction_id=introduction.id, meeting_at=meeting + timedelta(hours=1), **again)
    with clock.freeze(meeting + timedelta(hours=2)), pytest.raises(Missing, match="DBS"):
        world.go(introduction, S.MET)
    other = factories.make_practitioner(world.organisation, name="Dee Clarke")
    services.name_practitioner(introduction_id=introduction.id, practitioner_id=other.id, actor=world.partner)
    with clock.freeze(meeting + timedelta(hours=2)):
        assert world.go(introduction, S.MET).state is S.MET
    assert not db.session.scalars(sa.select(Task).where(Task.kind == "introduction_evidence", Task.closed_at.is_(None))).all()


def test_a_stale_page_says_what_changed_and_changes_nothing(world: World) -> None:
    introduction = world.at(S.READY)
    seen = reread(introduction).version
    world.go(introduction, S.NOT_YET)
    with pytest.raises(DomainError, match="said not yet"):
        world.go(introduction, S.ASKED, seen_version=seen)
    assert reread(introduction).state is S.NOT_YET


def test_a_lapse_set_on_the_last_friday_of_term_counts_right(app: Flask) -> None:
    """Asked on Friday 23 October 2026, over half-term and the end of summer time: reminders on the 3rd, 6th and 9th school day after,
    a lapse after the 10th, and not one hour earlier."""
    with clock.freeze(datetime(2026, 9, 1, 12, tzinfo=UTC)):
        world = make_world()
    with clock.freeze(datetime(2026, 10, 23, 14, tzinfo=UTC)):
        with atomic():
            school = db.session.merge(world.school)
            school.terms = [Term(name="Autumn", starts_on=date(2026, 9, 1), ends_on=date(2026, 12, 18))]
            school.closures = [Closure(name="Half-term", starts_on=date(2026, 10, 26), ends_on=date(2026, 10, 30))]
        introduction = world.at(S.ASKED)
        assert reread(introduction).answer_by_on == date(2026, 11, 13)
    seen = []
    for day in range(21):
        on = date(2026, 10, 24) + timedelta(days=day)
        with clock.freeze(clock.at_london(on, time(23, 59))):
            services.sweep()
            now = reread(introduction)
            seen.append((on, now.nudged_after, now.state))
    first = {after: next(on for on, nudged, _ in seen if nudged == after) for after in (3, 6, 9)}
    assert first == {3: date(2026, 11, 4), 6: date(2026, 11, 9), 9: date(2026, 11, 12)}
    assert seen[-1] == (date(2026, 11, 13), 9, S.ASKED)
    with clock.freeze(clock.at_london(date(2026, 11, 14), time(0, 1))):
        services.sweep()
        assert reread(introduction).state is S.LAPSED
