"""A child's page and what hangs on it, through HTTP: order, few statements, each verb's page, prints."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from app.accounts.models import Role
from app.audit.models import Sight
from app.children import book, services
from app.children.models import (
    Child,
    Closeness,
    NoteKind,
    NoteTag,
    OnePage,
    PlanStep,
    PlanVoice,
    RelationshipKind,
    TagState,
    Warmth,
)
from app.children.terms import terms_of
from app.extensions import db
from app.introductions import services as introductions
from app.shared import clock
from tests import factories as make
from tests.children.conftest import World
from tests.children.test_pages import address
from tests.support.people import sign_in
from tests.support.statements import count_statements

NEW_PAGES = ["children.plan", "children.one_page"]
OWN_PAGES = ["children.family_print", "children.step_new", "children.plan_say", "children.one_page_write", "children.help_new", "children.note_new"]


def fill(world: World, times: int) -> None:
    """More of everything."""
    child, worker, today = world.child, world.link_worker, clock.today()
    term = terms_of(db.session.get_one(Child, child.id))[0].starts_on
    for n in range(times):
        services.record_voice(child_id=child.id, words=f"Words {n}", said_on=today, actor=worker, heard_by_id=make.make_person(Role.LINK_WORKER, world.zone).id)
        services.add_note(child_id=child.id, kind=NoteKind.MOTIVATES, text=f"Football {n}", noted_on=today, actor=worker)
        tie = services.set_relationship(child_id=child.id, name=f"Somebody {n}", kind=list(RelationshipKind)[n % 6], since_on=today - timedelta(days=90), actor=worker)
        services.set_relationship(child_id=child.id, relationship_id=tie.id, name=tie.name, kind=tie.kind, closeness=Closeness.CLOSE, warmth=Warmth.NEW, actor=worker)
        goal = services.set_goal(child_id=child.id, area="Social", words=f"Goal {n}", actor=worker)
        services.review_goal(child_id=child.id, goal_id=goal.id, stars=3, words="", actor=worker)
        services.answer_help(child_id=child.id, face=3, asked_on=today - timedelta(days=n), actor=worker)
        services.add_step(child_id=child.id, term_starts_on=term, text=f"Step {n}", actor=worker)
        services.say_about_plan(child_id=child.id, term_starts_on=term, voice=PlanVoice.PARENT, said_by="Ms O", words="Good", said_on=today, actor=worker)
        organisation = make.make_organisation(world.zone)
        make.make_consent(child, organisation)
        offering = make.make_offering(organisation)
        introductions.start(child_id=child.id, offering_id=offering.id, why="She asked", actor=worker)
        introductions.give_signpost(child_id=child.id, offering_id=offering.id, to_whom="Mum", actor=worker)


def test_childs_page_takes_fewer_than_twelve_statements_however_much_is_kept(client: FlaskClient, world: World) -> None:
    sign_in(client, world.link_worker)
    counts = []
    url = address("children.child", world.child)
    for times in (1, 6):
        fill(world, times)
        client.get(url)
        db.session.rollback()
        with count_statements() as sent:
            assert client.get(url).status_code == 200
        counts.append(sent.count)
    assert counts[0] == counts[1] < 12, [s[s.index('FROM'):][:60] for s in sent.seen if 'FROM' in s]


def test_page_tells_in_the_order_of_the_child(client: FlaskClient, world: World) -> None:
    fill(world, 1)
    sign_in(client, world.link_worker)
    page = client.get(address("children.child", world.child)).text
    wanted = ["Words 0", "loves and is good at", "The people and places who matter", "Needs and goals", "The plan", "Introductions so far", "What could help next"]
    assert sorted(wanted, key=page.index) == wanted
    assert "Said to Robin" in page


def test_new_pages_are_for_whoever_works_with_the_child_and_are_written_down(client: FlaskClient, world: World) -> None:
    fill(world, 1)
    for endpoint in (*NEW_PAGES, *OWN_PAGES):
        db.session.execute(sa.text("SELECT 1"))
        sign_in(client, world.link_worker)
        before = db.session.scalar(sa.select(sa.func.count()).select_from(Sight)) or 0
        assert client.get(address(endpoint, world.child)).status_code == 200, endpoint
        db.session.rollback()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Sight)) == before + 1, endpoint
        sign_in(client, make.make_person(Role.PARTNER_ADMIN, world.zone, organisation=world.organisation))
        assert client.get(address(endpoint, world.child)).status_code == 404, endpoint
        sign_in(client, world.lead)
        may = endpoint in (*NEW_PAGES, "children.plan_say", "children.note_new")
        assert client.get(address(endpoint, world.child)).status_code == (200 if may else 403), endpoint


def test_school_lead_does_not_learn_from_the_circle_who_helps(client: FlaskClient, world: World) -> None:
    services.set_relationship(child_id=world.child.id, name="Ruth", who="art therapist", kind=RelationshipKind.PARTNER, actor=world.link_worker)
    services.set_relationship(child_id=world.child.id, name="Nan", kind=RelationshipKind.FAMILY, actor=world.link_worker)
    for person, sees in ((world.lead, False), (world.link_worker, True)):
        sign_in(client, person)
        for endpoint in ("children.child", "children.circle"):
            page = client.get(address(endpoint, world.child)).text
            assert "Nan" in page
            assert ("Ruth" in page) == sees, (endpoint, person.role_word)


def test_forms_say_at_the_field_what_is_missing_and_keep_what_was_typed(client: FlaskClient, world: World) -> None:
    sign_in(client, world.link_worker)
    goal = services.set_goal(child_id=world.child.id, area="Social", words="Sit", actor=world.link_worker)
    wrong: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
        ("children.note_new", {}, {"text": "Typed already"}, "Choose what kind of note"),
        ("children.help_new", {}, {"words": "Typed already", "asked_on": "2026-11-20"}, "Choose one of the five faces"),
        ("children.goal_review", {"goal_id": goal.id}, {"stars": "none"}, "Choose stars, or write"),
        ("children.step_new", {}, {"text": "Typed already", "area": "none", "term": "1999-01-01"}, "Choose a term"),
        ("children.plan_say", {}, {"voice": "teacher", "words": "Typed already", "said_on": "2026-11-20", "term": terms_of(world.child)[0].starts_on.isoformat()},
         "Write who said it"),
        ("children.one_page_write", {}, {"about_me": "  "}, "Write at least one thing"),
    ]
    for endpoint, more, typed, sentence in wrong:
        answer = client.post(address(endpoint, world.child, **more), data=typed)
        assert answer.status_code == 422, endpoint
        assert sentence in answer.text, endpoint
        assert "Typed already" in answer.text or "Typed already" not in typed.values(), endpoint


def test_note_takes_one_box_and_one_tap_and_its_tag_another(client: FlaskClient, world: World) -> None:
    sign_in(client, world.link_worker)
    kept = client.post(address("children.note_new", world.child), data={"text": "Asked about football", "kind": "motivates"})
    assert kept.status_code == 303
    page = client.get(kept.location).text
    assert "Is this right?" in page
    assert "Yes, add it" in page
    tag = db.session.scalars(sa.select(NoteTag)).one()
    assert client.post(address("children.tag_accept", world.child, tag_id=tag.id)).status_code == 303
    assert "football" in client.get(address("children.child", world.child)).text
    client.post(address("children.tag_decline", world.child, tag_id=tag.id))
    db.session.rollback()
    assert db.session.scalars(sa.select(NoteTag.state)).one() is TagState.DECLINED


def test_plan_is_made_changed_and_printed_on_one_plain_sheet(client: FlaskClient, world: World) -> None:
    sign_in(client, world.link_worker)
    now = next(term for term in terms_of(world.child) if term.ends_on >= clock.today()).starts_on.isoformat()
    client.post(address("children.step_new", world.child), data={"term": now, "text": "Read with Tom on Mondays", "area": "Academic"})
    client.post(address("children.plan_say", world.child), data={
        "term": now, "voice": "teacher", "said_by": "Miss Grant", "words": "Mondays are best", "said_on": "2026-11-20"})
    step = db.session.scalars(sa.select(PlanStep)).one()
    page = client.get(address("children.plan", world.child)).text
    assert "Read with Tom on Mondays" in page
    assert "Miss Grant" in page
    changed = client.post(address("children.step_change", world.child, step_id=step.id), data={"why": "Tom moved to Tuesdays", "text": "Read with Tom on Tuesdays", "term": now})
    assert changed.status_code == 303
    newer = next(step for step in db.session.scalars(sa.select(PlanStep)) if step.text.endswith("Tuesdays"))
    client.post(address("children.step_finish", world.child, step_id=newer.id))
    sheet = client.get(address("children.family_print", world.child)).text
    assert "Read with Tom on Tuesdays ✓" in sheet
    assert "Read with Tom on Mondays" not in sheet


def test_sheet_for_the_family_speaks_in_short_plain_sentences(client: FlaskClient, world: World) -> None:
    sign_in(client, world.link_worker)
    html = client.get(address("children.family_print", world.child)).text
    article = html[html.index('<article class="sheet"'):html.index("</article>")]
    text = re.sub(r"<[^>]+>", ".", re.sub(r"<svg.*?</svg>", "", article, flags=re.DOTALL))
    for sentence in re.split(r"[.!?:\n]+", text):
        assert len(sentence.split()) <= 12, sentence


def test_one_page_is_written_read_out_approved_and_replaced(client: FlaskClient, world: World) -> None:
    sign_in(client, world.link_worker)
    assert client.get(address("children.one_page_approve", world.child)).status_code == 404
    typed = {"about_me": "I drum", "likes": "cats\r\ndrums", "helps": "Sit beside me", "does_not": "Shouting", "working_on": ""}
    client.post(address("children.one_page_write", world.child), data=typed)
    assert "No page yet" not in client.get(address("children.one_page", world.child)).text
    stamp = book.list_one_pages(world.child.id)[0].stamp
    sent = {"stamp": stamp, "read_on": str(clock.today())}
    assert client.post(address("children.one_page_approve", world.child), data=sent).status_code == 422
    assert client.post(address("children.one_page_approve", world.child), data={**sent, "is_childs_yes": "y", "childs_word": "Yes!"}).status_code == 303
    page = client.get(address("children.one_page", world.child)).text
    assert "Amara said yes to this on" in page
    assert "Joanne Price" in page
    client.post(address("children.one_page_write", world.child), data={**typed, "about_me": "I sing"})
    db.session.rollback()
    assert [p.version for p in db.session.scalars(sa.select(OnePage).order_by(OnePage.version))] == [1, 2]
    assert "I drum" in client.get(address("children.one_page", world.child)).text


def test_answer_in_faces_stands_on_the_page_with_its_trend(client: FlaskClient, world: World) -> None:
    sign_in(client, world.link_worker)
    client.post(address("children.help_new", world.child), data={"face": "4", "words": "Mostly her", "asked_on": str(clock.today())})
    page = client.get(address("children.child", world.child)).text
    assert "Mostly her" in page
    assert "Not asked yet this half term" not in page
    sign_in(client, world.lead)
    assert "Mostly her" not in client.get(address("children.child", world.child)).text


def test_a_new_page_can_be_read_where_it_waits_for_the_childs_yes_by_who_works_with_the_child_alone(client: FlaskClient, world: World) -> None:
    services.write_one_page(child_id=world.child.id, about_me="I count trains", likes=["trains"], helps="", does_not="", working_on=[], actor=world.link_worker)
    for person, sees in ((world.link_worker, True), (world.lead, False)):
        sign_in(client, person)
        assert ("I count trains" in client.get(address("children.one_page", world.child)).text) == sees, person.role_word


def test_who_asks_a_second_time_today_is_told_what_was_answered_but_not_what_was_answered_before(client: FlaskClient, world: World) -> None:
    """The screen is turned to the child: what the child said in another half term would put the answer in the child's mouth."""
    sign_in(client, world.link_worker)
    services.answer_help(child_id=world.child.id, face=1, asked_on=clock.today() - timedelta(days=60), actor=world.link_worker)
    assert "was asked today" not in client.get(address("children.help_new", world.child)).text
    services.answer_help(child_id=world.child.id, face=4, asked_on=clock.today(), actor=world.link_worker)
    assert "was asked today and answered “Mostly”" in client.get(address("children.help_new", world.child)).text
