"""What is kept over the two years: the circle's history, tags, faces, reviews, the plan by term, the one-page profile."""

from __future__ import annotations

from datetime import date, time, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.accounts.models import Term
from app.audit.models import AuditEntry
from app.children import book, queries, services, showing, tagging
from app.children import next as following
from app.children.circle import frames_of, here, standing_on
from app.children.models import (
    Child,
    Closeness,
    NoteKind,
    NoteTag,
    PlanVoice,
    RelationshipKind,
    TagPlace,
    TagState,
    Warmth,
)
from app.children.sharing import shared_view
from app.children.terms import half_term_begin, plan_terms, terms_of
from app.matching import queries as matching
from app.shared import clock
from app.shared.db import db
from app.shared.errors import DomainError, Invalid, NotFound
from tests import factories as make
from tests.children.conftest import World
from tests.support.people import sign_in


def days_ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


def fresh(world: World) -> Child:
    return db.session.get_one(Child, world.child.id)


def audited(action: str) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.action == action)) or 0


def nan(world: World, **more: object) -> object:
    return services.set_relationship(**{
        "child_id": world.child.id, "name": "Nan", "kind": RelationshipKind.FAMILY, "closeness": Closeness.CLOSE, "warmth": Warmth.WARM,
        "since_on": days_ago(500), "actor": world.link_worker, **more,
    })  # type: ignore[arg-type]


def test_how_close_somebody_was_stays_on_record(world: World) -> None:
    tie = nan(world)
    nan(world, relationship_id=tie.id, since_on=None, closeness=Closeness.FAR, warmth=Warmth.FADING, changed_on=days_ago(100))  # type: ignore[attr-defined]
    ties = book.read(fresh(world)).ties
    key = str(ties[0].id)
    assert standing_on(ties, days_ago(600)) == {}
    assert standing_on(ties, days_ago(300)) == {key: (1, "warm")}
    assert standing_on(ties, clock.today()) == {key: (3, "fading")}
    assert audited("children.relationship.set") == 2


def test_changes_of_a_relationship_keep_their_order(world: World) -> None:
    tie = nan(world)
    key = tie.id  # type: ignore[attr-defined]
    nan(world, relationship_id=key, since_on=None, warmth=Warmth.FADING, changed_on=days_ago(50))
    for wrong in ({"changed_on": days_ago(60)}, {"changed_on": days_ago(-1)}, {"since_on": days_ago(40)}):
        with pytest.raises(Invalid):
            nan(world, **{"relationship_id": key, "since_on": None, "warmth": Warmth.ENDED, **wrong})
    nan(world, relationship_id=key, since_on=None, warmth=Warmth.ENDED, changed_on=days_ago(50))
    moments = book.read(fresh(world)).ties[0].moments
    assert [(m.from_on, m.warmth) for m in moments] == [(days_ago(500), Warmth.WARM), (days_ago(50), Warmth.ENDED)]


def test_who_has_gone_is_not_counted_and_fades_from_earlier_pictures(world: World) -> None:
    tie = nan(world)
    nan(world, relationship_id=tie.id, since_on=None, warmth=Warmth.ENDED, changed_on=days_ago(300))  # type: ignore[attr-defined]
    ties = book.read(fresh(world)).ties
    assert here(standing_on(ties, days_ago(200))) == 0
    assert len(standing_on(ties, days_ago(200))) == 1
    assert standing_on(ties, clock.today()) == {}


def test_sequence_goes_from_the_beginning_by_term_to_today_and_says_what_is_new(world: World) -> None:
    nan(world)
    services.set_relationship(child_id=world.child.id, name="Safiya", kind=RelationshipKind.FRIEND, since_on=date(2026, 2, 1), actor=world.link_worker)
    ties = book.read(fresh(world)).ties
    frames = frames_of(ties, date(2025, 9, 10), plan_terms(date(2025, 9, 10), date(2027, 7, 1)), date(2026, 5, 30))
    assert [frame.day for frame in frames] == [date(2025, 9, 10), date(2026, 1, 4), date(2026, 4, 15), date(2026, 5, 30)]
    assert [frame.here for frame in frames] == [1, 1, 2, 2]
    assert frames[2].news == "Safiya came."


def test_what_an_introduction_brings_joins_the_circle_once_and_follows_it(world: World) -> None:
    origin = uuid4()

    def stand(closeness: Closeness, warmth: Warmth) -> object:
        return services.join_circle(
            child_id=world.child.id, origin_id=origin, name="Theo", who="drumming", kind=RelationshipKind.PARTNER, closeness=closeness,
            warmth=warmth, on=clock.today(), actor=None,
        )

    assert stand(Closeness.FAR, Warmth.ENDED) is None, "who never came in cannot end"
    stand(Closeness.FAR, Warmth.NEW)
    stand(Closeness.FAR, Warmth.NEW)
    stand(Closeness.NEAR, Warmth.WARM)
    ties = [tie for tie in book.read(fresh(world)).ties if tie.origin_id == origin]
    assert [(tie.name, tie.closeness, tie.warmth) for tie in ties] == [("Theo", Closeness.NEAR, Warmth.WARM)]
    assert audited("children.relationship.followed") == 2


def test_note_suggests_what_the_lexicon_knows_and_never_a_diagnosis() -> None:
    for text, wanted in (
        ("Lit up when the drums came out", ["drumming"]), ("Wants to help with gardening and football", ["gardening", "football"]),
        ("He was here on Tuesday after school", []), ("The bus is late on Thursdays", []), ("Misses dad. Needs routine. Fights. Autism?", []), ("", []),
    ):
        assert tagging.suggest(text) == wanted, text


def tags_of(world: World) -> list[NoteTag]:
    return list(db.session.scalars(sa.select(NoteTag).where(NoteTag.child_id == world.child.id).order_by(NoteTag.word)))


def note(world: World, kind: NoteKind, text: str, *, is_private: bool = False) -> None:
    services.add_note(child_id=world.child.id, kind=kind, text=text, noted_on=clock.today(), actor=world.link_worker, is_private=is_private)


def test_tag_counts_only_once_a_person_accepts_it_and_then_the_match_knows(world: World) -> None:
    make.make_cohort(make.make_offering(world.organisation, title="Growing things", interests=["gardening"], needs=[]))
    note(world, NoteKind.MOTIVATES, "Asked three times about gardening")
    tag = tags_of(world)[0]
    assert (tag.word, tag.place, tag.state) == ("gardening", TagPlace.LOVES, TagState.SUGGESTED)
    assert "gardening" not in fresh(world).interests
    before = matching.match_child(fresh(world)).matches[0].score
    for _ in range(2):
        services.decide_tag(child_id=world.child.id, tag_id=tag.id, is_right=True, actor=world.link_worker)
    assert fresh(world).interests.count("gardening") == 1
    assert matching.match_child(fresh(world)).matches[0].score > before
    assert audited("children.tag.decided") == 1
    services.decide_tag(child_id=world.child.id, tag_id=tag.id, is_right=False, actor=world.link_worker)
    assert "gardening" not in fresh(world).interests


def test_each_kind_of_note_feeds_its_own_place(world: World) -> None:
    for kind, name in ((NoteKind.WELL_RECEIVED, "what_helps"), (NoteKind.NOT_WELL_RECEIVED, "what_does_not"), (NoteKind.BARRIER, "barriers")):
        note(world, kind, "Football again")
        tag = next(tag for tag in tags_of(world) if tag.state is TagState.SUGGESTED)
        services.decide_tag(child_id=world.child.id, tag_id=tag.id, is_right=True, actor=world.link_worker)
        assert "Football." in getattr(fresh(world), name).split("\n"), kind


def test_private_note_and_another_childs_tag_suggest_nothing(world: World) -> None:
    note(world, NoteKind.MOTIVATES, "Football, said in therapy", is_private=True)
    assert tags_of(world) == []
    note(world, NoteKind.MOTIVATES, "Football")
    other = make.make_child(world.school, world.link_worker)
    with pytest.raises(NotFound):
        services.decide_tag(child_id=other.id, tag_id=tags_of(world)[0].id, is_right=True, actor=world.link_worker)


def test_one_answer_a_day_and_five_faces(world: World) -> None:
    for face, asked_on, field in ((0, clock.today(), "face"), (6, clock.today(), "face"), (3, days_ago(-1), "asked_on")):
        with pytest.raises(Invalid) as refused:
            services.answer_help(child_id=world.child.id, face=face, asked_on=asked_on, actor=world.link_worker)
        assert refused.value.field == field
    for face in (2, 4):
        services.answer_help(child_id=world.child.id, face=face, actor=world.link_worker)
    assert [answer.face for answer in book.read(fresh(world)).answers] == [4]


def test_help_is_due_again_when_the_next_half_term_begins(world: World) -> None:
    terms = plan_terms(date(2026, 9, 1), date(2028, 8, 1))
    assert half_term_begin(date(2026, 9, 20), terms) == date(2026, 9, 1)
    assert half_term_begin(date(2026, 11, 20), terms) == date(2026, 10, 26)
    assert half_term_begin(date(2026, 12, 28), terms) == date(2026, 10, 26)
    services.answer_help(child_id=world.child.id, face=4, asked_on=days_ago(200), actor=world.link_worker)
    assert showing.is_help_due(book.read(fresh(world)), clock.today())
    services.answer_help(child_id=world.child.id, face=4, actor=world.link_worker)
    assert not showing.is_help_due(book.read(fresh(world)), clock.today())


def test_reviews_of_a_goal_stay_term_by_term(world: World) -> None:
    goal = services.set_goal(
        child_id=world.child.id, area="Social", words="Sit with somebody", starting_point="Alone", set_on=days_ago(300), actor=world.link_worker,
    )
    for days, stars, words in ((200, 2, ""), (100, None, "Safiya saved me a seat"), (1, 5, "Every day")):
        with clock.freeze(clock.now() - timedelta(days=days)):
            services.review_goal(child_id=world.child.id, goal_id=goal.id, stars=stars, words=words, actor=world.manager, is_reached=days == 1)
    kept = book.read(fresh(world)).goals[0]
    assert [(review.stars, review.words) for review in kept.reviews] == [(2, ""), (None, "Safiya saved me a seat"), (5, "Every day")]
    assert (kept.stars, kept.review_words, kept.reached_on) == (5, "Every day", days_ago(1))


def test_terms_are_the_schools_own_where_it_has_them(world: World) -> None:
    for name, starts, ends in (("Term 1", date(2026, 9, 2), date(2026, 10, 22)), ("Term 2", date(2026, 11, 2), date(2026, 12, 18))):
        make.save(Term(school_id=world.other_school.id, name=name, starts_on=starts, ends_on=ends))
    child = make.make_child(world.other_school, programme_starts_on=date(2026, 9, 10), programme_ends_on=date(2027, 7, 1))
    assert [term.name for term in terms_of(child)] == ["Term 1", "Term 2"]
    assert [term.name for term in plan_terms(date(2026, 9, 10), date(2027, 7, 1))] == ["Autumn 2026", "Spring 2027", "Summer 2027"]


def test_plan_changes_without_forgetting_and_says_who_asked(world: World) -> None:
    term, later = (term.starts_on for term in terms_of(fresh(world))[-2:])
    who, child_id = world.link_worker, world.child.id
    with pytest.raises(Invalid):
        services.add_step(child_id=child_id, term_starts_on=term + timedelta(days=1), text="Swim", actor=who)
    step = services.add_step(child_id=child_id, term_starts_on=term, text="Swim", actor=who)
    with pytest.raises(Invalid):
        services.change_step(child_id=child_id, step_id=step.id, why=" ", actor=who)
    services.change_step(child_id=child_id, step_id=step.id, why="Mum asked for something nearer", term_starts_on=later, actor=who)

    def say(said_by: str) -> None:
        services.say_about_plan(
            child_id=child_id, term_starts_on=term, voice=PlanVoice.PARENT, said_by=said_by, words="Nearer, please", said_on=clock.today(), actor=who,
        )

    with pytest.raises(Invalid) as nameless:
        say("")
    assert nameless.value.field == "said_by"
    say("Ms Okafor")
    plan = {one.term.starts_on: one for one in showing.plan_of(book.read(fresh(world)), clock.today())}
    assert [(s.text, s.why) for s in plan[term].changed] == [("Swim", "Mum asked for something nearer")]
    assert [s.text for s in plan[later].steps] == ["Swim"]
    assert [(s.said_by, s.words) for s in plan[term].sayings] == [("Ms Okafor", "Nearer, please")]
    done = plan[later].steps[0].id
    for _ in range(2):
        services.finish_step(child_id=child_id, step_id=done, actor=who)
    assert audited("children.step.done") == 1


def write(world: World, **more: object) -> object:
    return services.write_one_page(**{
        "child_id": world.child.id, "about_me": "I drum on anything", "likes": ["cats"], "helps": "Sit beside me", "does_not": "Shouting",
        "working_on": ["Reading to Tobi"], "actor": world.link_worker, **more,
    })  # type: ignore[arg-type]


def approve(world: World, stamp: str, **more: object) -> None:
    services.approve_one_page(**{
        "child_id": world.child.id, "stamp": stamp, "read_on": clock.today(), "is_childs_yes": True, "actor": world.link_worker, **more,
    })  # type: ignore[arg-type]


def test_only_the_child_approves_and_only_what_was_read_out(world: World) -> None:
    stamp = write(world).stamp  # type: ignore[attr-defined]
    for more in ({"is_childs_yes": False}, {"read_on": days_ago(-1)}, {"read_on": days_ago(1)}):
        with pytest.raises(Invalid):
            approve(world, stamp, **more)
    newer = write(world, likes=["cats", "drums"]).stamp  # type: ignore[attr-defined]
    with pytest.raises(DomainError):
        approve(world, stamp)
    approve(world, newer)
    assert write(world).version == 2  # type: ignore[attr-defined]
    pages = book.read(fresh(world)).pages
    assert [(page.version, page.approved_on, page.likes) for page in pages] == [(2, None, ["cats"]), (1, clock.today(), ["cats", "drums"])]
    assert pages[1].read_by_id == world.link_worker.id


def test_partner_reads_the_approved_page_and_nothing_else_as_far_as_consent_goes(world: World) -> None:
    make.make_consent(world.child, world.organisation, fields=["first_name", "interests", "what_helps", "own_words"])
    write(world)

    def seen() -> object:
        return shared_view(fresh(world), world.organisation.id, clock.today())

    before = seen()
    told = (before.interests, before.own_words, before.what_helps, before.what_does_not, before.is_approved_by_child)  # type: ignore[attr-defined]
    assert fresh(world).interests and told == ((), "", "", "", False), "without the child's yes nothing of the record travels, nor a draft"
    assert before.first_name == "Amara"  # type: ignore[attr-defined]
    approve(world, book.list_one_pages(world.child.id)[0].stamp)
    services.record_voice(child_id=world.child.id, words="A secret", said_on=clock.today(), actor=world.link_worker)
    write(world, about_me="Not read out yet")
    view = seen()
    assert (view.interests, view.own_words, view.what_helps, view.what_does_not) == (("cats",), "I drum on anything", "Sit beside me", "Shouting")  # type: ignore[attr-defined]
    assert (view.needs, view.must_know) == ((), ""), "consent still rules each field"  # type: ignore[attr-defined]


def test_asking_in_faces_is_a_next_step_once_in_each_half_term() -> None:
    child = Child(programme_starts_on=date(2026, 9, 2), programme_ends_on=date(2028, 7, 20))
    calendar = [Term(name="Autumn", starts_on=date(2026, 9, 2), ends_on=date(2026, 12, 18)), Term(name="Spring", starts_on=date(2027, 1, 5), ends_on=date(2027, 3, 26))]
    asked = (date(2026, 9, 30), date(2026, 11, 20))
    for day, is_due in {
        date(2026, 9, 14): False, date(2026, 9, 20): True, date(2026, 10, 1): False, date(2026, 10, 23): False, date(2026, 11, 10): True,
        date(2026, 11, 21): False, date(2026, 12, 25): False, date(2027, 1, 8): False, date(2027, 1, 20): True,
    }.items():
        last = max((on for on in asked if on <= day), default=None)
        with clock.freeze(clock.at_london(day, time(12))):
            assert following.is_asking_due(child, last, calendar) is is_due, day


def test_the_caseload_comes_in_pages_with_the_faces_last_chosen(world: World) -> None:
    others = [make.make_child(make.make_school(world.zone), first_name=f"Bo{n}", last_name="Ali") for n in range(3)]
    shown, total, page = queries.page_visible(world.manager, "", has_left=False, page=9, size=2)
    assert (total, page, [child.first_name for child in shown]) == (4, 2, ["Bo1", "Bo2"])
    assert queries.page_visible(world.manager, "Bo2", has_left=False, page=1, size=2)[1] == 1
    assert queries.page_visible(world.manager, "", has_left=True, page=1, size=2)[1] == 0
    for on, face in ((days_ago(90), 2), (days_ago(10), 4)):
        services.answer_help(child_id=others[0].id, face=face, asked_on=on, actor=world.manager)
    facts = queries.plan_facts([one.id for one in others])
    assert (facts[others[0].id].asked_on, facts[others[0].id].face, facts[others[1].id].face) == (days_ago(10), 4, None)


def test_a_term_that_the_two_years_only_touch_is_not_planned_for() -> None:
    names = [term.name for term in plan_terms(date(2025, 9, 9), date(2027, 9, 7))]
    assert names[-1] == "Summer 2027" and len(names) == 6, "two years are six terms"
    assert [term.name for term in plan_terms(date(2026, 9, 1), date(2026, 9, 8))] == ["Autumn 2026"], "a short time has its one term all the same"


def test_nobody_is_nudged_towards_a_home_that_must_not_know_where_the_child_is(client: FlaskClient, world: World) -> None:
    nan(world, name="Dad", closeness=Closeness.FAR, warmth=Warmth.FADING)
    sign_in(client, world.link_worker)
    url = f"/children/{world.child.id}/circle"
    assert "Dad is fading. Would" in client.get(url).text
    services.set_carer(
        child_id=world.child.id, carer_id=world.child.carers[0].id, name="Dana Vale", relation="mother", may_not_know_where=True, actor=world.link_worker,
    )
    assert "is fading. Would" not in client.get(url).text
