"""What each role sees of an introduction, and that a form keeps what was typed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from app.accounts.models import Role
from app.children import services as child_services
from app.introductions import links, services
from app.introductions.models import EndReason, IntroductionState, Stance
from app.notifications import worker
from app.shared import clock
from tests import factories
from tests.fakes.mail import fake_mail
from tests.introductions.world import PATH, World, change, reread, set_row
from tests.support.client import StrictClient
from tests.support.people import sign_in

S = IntroductionState


def page(client: StrictClient, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.get_data(as_text=True)[:1500]
    return BeautifulSoup(response.get_data(as_text=True), "html.parser").get_text(" ", strip=True)


@pytest.mark.parametrize("state", S)
def test_link_worker_sees_every_state_and_what_to_do_next(client: StrictClient, world: World, state: S) -> None:
    introduction = world.at(state)
    sign_in(client, world.link_worker)
    text = page(client, f"/introductions/{introduction.id}")
    assert "Amara and First Beats" in text
    assert "Where we are" in text
    over = state in (S.CLOSED, S.ENDED)
    assert ("What to do now" in text) is not over
    assert ("End it" in text) is not over


@pytest.mark.parametrize("state", S)
def test_partner_sees_from_asked_on_and_nothing_after_a_no(client: StrictClient, world: World, state: S) -> None:
    introduction = world.at(state)
    sign_in(client, world.partner)
    seen = state in (S.ASKED, S.AGREED, S.ARRANGED, S.MET, S.JOINED, S.SETTLED, S.CLOSED)
    text = page(client, f"/introductions/{introduction.id}", 200 if seen else 404)
    listed = page(client, "/introductions")
    assert ("Amara" in text) is seen
    assert ("First Beats" in listed) is (seen and state is not S.CLOSED)


def test_a_closed_idea_is_not_the_partners_to_see(client: StrictClient, world: World) -> None:
    introduction = world.go(world.at(S.DECLINED), S.CLOSED)
    sign_in(client, world.partner)
    page(client, f"/introductions/{introduction.id}", 404)


@pytest.mark.parametrize("fields", [["first_name"], ["interests", "needs"], ["first_name", "own_words"]])
def test_partner_sees_exactly_what_consent_covers(client: StrictClient, world: World, fields: list[str]) -> None:
    factories.make_one_page(world.child, read_by=world.link_worker)
    introduction = world.at(S.ASKED)
    child_services.give_consent(
        child_id=world.child.id, carer_id=world.carer.id, organisation_id=world.organisation.id, fields=fields,
        given_on=clock.today(), ends_on=clock.today() + timedelta(days=30), actor=world.link_worker,
    )
    sign_in(client, world.partner)
    text = page(client, f"/introductions/{introduction.id}") + page(client, "/introductions")
    assert ("Amara" in text) is ("first_name" in fields)
    assert (world.child.reference in text)
    assert ("Interests" in text) is ("interests" in fields)
    assert ("friendships" in text) is ("needs" in fields)
    assert ("I like drumming on anything" in text) is ("own_words" in fields)
    for private in ("Okafor", "saucepans", "big one", "Drums on every table", "07700"):
        assert private not in text


def test_partner_sees_only_a_reference_where_nothing_is_shared(client: StrictClient, world: World) -> None:
    introduction = world.start()
    world.go(introduction, S.LISTENING)
    services.prepare(
        introduction_id=introduction.id, has_met_contact=True, who_goes_along="", is_shared=False, actor=world.link_worker
    )
    world.hear(introduction)
    world.hear_home(introduction)
    world.go(introduction, S.ASKED) if services.make_ready(introduction_id=introduction.id, actor=world.link_worker) else None
    sign_in(client, world.partner)
    text = page(client, f"/introductions/{introduction.id}") + page(client, "/introductions")
    assert "Amara" not in text
    assert "Year 5" not in text
    assert world.child.reference in text


@pytest.mark.parametrize("state", [S.ASKED, S.AGREED, S.ARRANGED, S.JOINED, S.SETTLED])
def test_withdrawn_consent_closes_the_partners_page_at_once(client: StrictClient, world: World, state: S) -> None:
    introduction = world.at(state)
    token = links.make(introduction, world.partner)
    sign_in(client, world.partner)
    page(client, f"/introductions/{introduction.id}")
    child_services.withdraw_consent(
        consent_id=world.child.consents[0].id, child_id=world.child.id, why="", actor=world.link_worker
    )
    for url in ("", "/agree", "/decline", "/arrange"):
        page(client, f"/introductions/{introduction.id}{url}", 404)
    assert "Amara" not in page(client, "/introductions")
    page(client, f"/answer/{token}", 404)


@pytest.mark.parametrize("state", [S.ASKED, S.JOINED])
def test_consent_that_runs_out_closes_everything_on_that_day(client: StrictClient, world: World, state: S) -> None:
    introduction = world.at(state)
    change(world.child.consents[0], given_on=clock.today() - timedelta(days=9), ends_on=clock.today() - timedelta(days=1))
    sign_in(client, world.partner)
    for verb in ("", "/agree", "/decline", "/arrange"):
        page(client, f"/introductions/{introduction.id}{verb}", 404)
    assert "First Beats" not in page(client, "/introductions")
    assert reread(introduction).is_open


@pytest.mark.parametrize("role", [
    Role.BUDGET_HOLDER, Role.ADMINISTRATOR, Role.LINK_WORKER, Role.PARTNER_ADMIN, Role.ZONE_MANAGER, Role.SCHOOL_LEAD,
])
def test_outside_ones_reach_it_is_not_there(client: StrictClient, world: World, role: Role) -> None:
    introduction = world.at(S.ASKED)
    zone = factories.make_zone() if role is Role.ZONE_MANAGER else None if role is Role.ADMINISTRATOR else world.zone
    given: dict[str, Any] = {}
    if role is Role.PARTNER_ADMIN:
        given["organisation"] = factories.make_organisation(world.zone)
    if role is Role.SCHOOL_LEAD:
        given["school"] = factories.make_school(world.zone)
    sign_in(client, factories.make_person(role, zone, **given))
    for verb in ("", "/ask", "/agree", "/end", "/views/new"):
        assert client.get(f"/introductions/{introduction.id}{verb}").status_code == 404
    assert client.post(f"/introductions/{introduction.id}/ready").status_code == 404


def test_school_lead_reads_and_changes_nothing(client: StrictClient, world: World) -> None:
    introduction = world.at(S.LISTENING)
    sign_in(client, factories.make_person(Role.SCHOOL_LEAD, world.zone, school=world.school))
    text = page(client, f"/introductions/{introduction.id}")
    assert "What to do now" not in text
    assert "End it" not in text
    assert "/consents" not in text, "nothing there is the school's to change"
    assert "What they may know" not in text, "who consented to what is not the school's to read"
    for verb in ("views/new", "prepare", "not-yet", "ask", "agree", "decline", "arrange", "met", "join", "settle", "close", "end"):
        assert client.get(f"/introductions/{introduction.id}/{verb}").status_code == 403, verb
    for verb in ("listen", "ready", "again"):
        assert client.post(f"/introductions/{introduction.id}/{verb}").status_code == 403, verb


def test_safeguarding_lead_may_stop_it(client: StrictClient, world: World) -> None:
    introduction = world.at(S.JOINED)
    sign_in(client, factories.make_person(Role.SAFEGUARDING_LEAD, world.zone))
    assert client.post(f"/introductions/{introduction.id}/end", data={"reason": "safety", "note": ""}).status_code == 303
    assert reread(introduction).end_reason is EndReason.SAFETY


FORMS: dict[str, tuple[S, dict[str, str]]] = {
    "views/new": (S.LISTENING, {"who": "child", "stance": "yes", "words_said": "I want to.", "said_on": "2026-11-20", "how": "in person"}),
    "prepare": (S.LISTENING, {"who_goes_along": "Nan", "has_met_contact": "y"}),
    "not-yet": (S.LISTENING, {"why": "After the play.", "ask_again_on": "2027-01-15"}),
    "ask": (S.READY, {"note_to_partner": "A place on Thursdays?"}),
    "arrange": (S.AGREED, {
        "meeting_on": "2027-01-15", "meeting_time": "15:30", "place": "Music room", "people": "Theo", "trusted_adult": "Joanne"}),
    "met": (S.ARRANGED, {"met_on": "2026-11-22", "people": "Theo", "words_said": "Loud!"}),
    "join": (S.MET, {"on": "2026-11-22"}),
    "settle": (S.JOINED, {"wants_to_go_on": "yes", "words_said": "For ever.", "visits_told": "4"}),
    "close": (S.SETTLED, {"outcome": "Drums weekly.", "next_step": "The show."}),
    "end": (S.ASKED, {"reason": "moved", "note": "To Leeds."}),
}


@pytest.mark.parametrize("verb", FORMS)
def test_form_works_once_however_often_it_is_sent(client: StrictClient, world: World, verb: str) -> None:
    state, typed = FORMS[verb]
    with clock.freeze(clock.at_london(clock.today().replace(year=2026, month=11, day=22), clock.MIDNIGHT) + timedelta(hours=12)):
        introduction = world.at(state)
        sign_in(client, world.link_worker)
        html = client.get(f"/introductions/{introduction.id}/{verb}").get_data(as_text=True)
        hidden = {
            str(field["name"]): str(field.get("value", "")) for field in BeautifulSoup(html, "html.parser").select("form input[type=hidden]")
            if field["name"] in ("once", "seen_version")
        }
        assert hidden["once"]
        assert hidden["seen_version"] == str(reread(introduction).version)
        first = client.post(f"/introductions/{introduction.id}/{verb}", data={**typed, **hidden})
        assert first.status_code == 303, first.get_data(as_text=True)
        after = reread(introduction).version
        second = client.post(f"/introductions/{introduction.id}/{verb}", data={**typed, **hidden})
        assert second.status_code == 303
        assert reread(introduction).version == after


@pytest.mark.parametrize("verb", [verb for verb in FORMS if verb not in ("prepare", "ask")])
def test_empty_form_says_what_is_missing_at_the_field_and_changes_nothing(client: StrictClient, world: World, verb: str) -> None:
    state, typed = FORMS[verb]
    introduction = world.at(state)
    sign_in(client, world.link_worker)
    response = client.post(f"/introductions/{introduction.id}/{verb}", data={"place": "The hall", "words_said": ""})
    assert response.status_code == 422
    html = response.get_data(as_text=True)
    assert "There is a problem" in html
    assert "govuk-error-message" in html
    assert "<title>Error: " in html
    if "place" in typed:
        assert 'value="The hall"' in html
    assert reread(introduction).state is state


def test_stale_form_shows_who_changed_what_and_can_be_sent_again(client: StrictClient, world: World) -> None:
    introduction = world.at(S.LISTENING)
    sign_in(client, world.link_worker)
    seen = reread(introduction).version
    world.hear(introduction)
    typed = {"why": "After the play.", "ask_again_on": str(clock.today() + timedelta(days=9)), "seen_version": str(seen), "once": "a"}
    response = client.post(f"/introductions/{introduction.id}/not-yet", data=typed)
    assert response.status_code == 422
    html = response.get_data(as_text=True)
    assert "a view was written down" in html
    assert "After the play." in html
    assert f'name="seen_version" type="hidden" value="{seen + 1}"' in html


def test_button_says_in_place_why_it_is_refused(client: StrictClient, world: World) -> None:
    introduction = world.at(S.LISTENING)
    sign_in(client, world.link_worker)
    client.post(f"/introductions/{introduction.id}/ready")
    text = page(client, f"/introductions/{introduction.id}")
    assert "Amara has not been asked yet." in text
    assert "Before “It is ready”" in text


def test_partner_answers_on_the_page(client: StrictClient, world: World) -> None:
    introduction = world.at(S.ASKED)
    sign_in(client, world.partner)
    assert "Say yes" in page(client, f"/introductions/{introduction.id}")
    response = client.post(
        f"/introductions/{introduction.id}/agree", data={"practitioner_id": str(world.practitioner.id), "first_dates": "Thursdays"}
    )
    assert response.status_code == 303
    assert reread(introduction).state is S.AGREED


def test_partner_says_no_with_a_reason_and_it_leaves_the_list(client: StrictClient, world: World) -> None:
    introduction = world.at(S.ASKED)
    sign_in(client, world.partner)
    url = f"/introductions/{introduction.id}/decline"
    assert "Choose a reason." in client.post(url, data={}).get_data(as_text=True)
    response = client.post(url, data={"reason": "full", "note_to_link_worker": "Ask in March."})
    assert response.headers["Location"] == "/introductions"
    assert "Nothing is asked of you" in page(client, "/introductions")


def test_start_from_a_match_asks_why_and_goes_on_with_an_open_one(client: StrictClient, world: World) -> None:
    sign_in(client, world.link_worker)
    url = f"/children/{world.child.id}/introductions"
    asked = client.post(url, data={"offering_id": str(world.offering.id)})
    assert asked.status_code == 303
    assert "Start an introduction" in page(client, asked.headers["Location"])
    started = client.post(url, data={"offering_id": str(world.offering.id), "why": "Drums on tables."})
    assert started.status_code == 303
    again = client.post(url, data={"offering_id": str(world.offering.id), "why": "Drums on tables."})
    assert again.headers["Location"] == started.headers["Location"]
    assert client.post(url, data={"offering_id": "nonsense"}).status_code == 404


def test_start_offers_only_the_own_caseload(client: StrictClient, world: World) -> None:
    stranger = factories.make_child(world.school, factories.make_person(Role.LINK_WORKER, world.zone), first_name="Daniyar")
    sign_in(client, world.link_worker)
    url = f"/offerings/{world.offering.id}/introductions/new"
    text = page(client, f"{url}?child_id={stranger.id}")
    assert "Amara" in text
    assert "Daniyar" not in text
    response = client.post(url, data={"child_id": str(stranger.id), "why": "x"})
    assert response.status_code == 404


def test_a_childs_no_stands_on_the_page_and_only_new_words_lift_it(client: StrictClient, world: World) -> None:
    world.go(world.at(S.LISTENING), S.ENDED, reason=EndReason.CHILD_NO)
    sign_in(client, world.link_worker)
    new = f"/offerings/{world.offering.id}/introductions/new?child_id={world.child.id}"
    assert "Only Amara can change that" in page(client, new)
    lift = f"/children/{world.child.id}/offerings/{world.offering.id}/new-word"
    assert client.post(lift, data={"words_said": " "}).status_code == 422
    assert client.post(lift, data={"words_said": "I want to try it now."}).status_code == 303
    assert "said no" not in page(client, new)


def test_signpost_is_written_down(client: StrictClient, world: World) -> None:
    sign_in(client, world.link_worker)
    url = f"/offerings/{world.offering.id}/signposts/new"
    assert client.post(url, data={"child_id": str(world.child.id), "to_whom": "Mum", "given_on": str(clock.today())}).status_code == 303
    assert client.post(url, data={"child_id": str(world.child.id), "to_whom": "", "given_on": ""}).status_code == 422


def test_looking_is_written_down(client: StrictClient, world: World) -> None:
    from app.audit.queries import list_sights_of

    introduction = world.at(S.ASKED)
    for person in (world.link_worker, world.partner):
        sign_in(client, person)
        page(client, f"/introductions/{introduction.id}")
    assert {sight.person_id for sight in list_sights_of(world.child.id)} >= {world.link_worker.id, world.partner.id}


# --- the e-mail and its link ---------------------------------------------------------------------


def test_asking_writes_to_the_organisation_without_the_child(client: StrictClient, world: World) -> None:
    world.at(S.ASKED)
    address, reference = world.partner.email, world.child.reference
    with fake_mail(client.application) as mail:
        worker.run(once=True)
    letters = [m for m in mail.sent if m["To"].endswith(f"<{address}>")]
    assert len(letters) == 1
    text = f"{letters[0]['Subject']} {letters[0].get_content()}"
    assert "First Beats" in text
    for private in ("Amara", "Okafor", "friendships", "Likes it loud", reference):
        assert private not in text


def test_the_emails_link_says_yes_once_and_shows_nothing_of_the_child(client: StrictClient, world: World) -> None:
    introduction = world.at(S.ASKED)
    url = f"/answer/{links.make(introduction, world.partner)}"
    text = page(client, url)
    assert "Amara" not in text
    assert reread(introduction).state is S.ASKED  # opening it changes nothing
    assert client.post(url, data={"first_dates": ""}).status_code == 422
    answer = {"practitioner_id": str(world.practitioner.id), "first_dates": "Thursdays"}
    assert "Thank you" in client.post(url, data=answer).get_data(as_text=True)
    assert reread(introduction).state is S.AGREED
    assert client.post(url, data=answer).status_code == 404
    assert "answered" in page(client, url, 404)


@pytest.mark.parametrize("spoil", ["asked anew", "left", "lapsed", "tampered", "too late"])
def test_the_emails_link_dies(client: StrictClient, world: World, spoil: str) -> None:
    introduction = world.at(S.ASKED)
    token = links.make(introduction, world.partner)
    if spoil == "asked anew":
        world.go(introduction, S.DECLINED)
        world.go(introduction, S.IDEA)
        with clock.freeze(clock.now() + timedelta(minutes=5)):
            for state in PATH[1:4]:
                world.go(introduction, state)
    elif spoil == "left":
        change(world.partner, left_at=clock.now())
    elif spoil == "lapsed":
        set_row(introduction, state=S.LAPSED)
    elif spoil == "too late":
        set_row(introduction, answer_by_on=clock.today() - timedelta(days=1))
    else:
        token = token[:-2] + ("aa" if token[-2:] != "aa" else "bb")
    assert client.get(f"/answer/{token}").status_code == 404


# --- the list ------------------------------------------------------------------------------------


def test_list_groups_what_waits_first_and_never_grows_in_queries(client: StrictClient, world: World) -> None:
    import sqlalchemy as sa

    from app.shared.db import db

    sign_in(client, world.link_worker)

    def queries_of(url: str) -> int:
        counted: list[str] = []
        listener = lambda *args: counted.append(args[2])  # noqa: E731
        sa.event.listen(db.engine, "before_cursor_execute", listener)
        page(client, url)
        sa.event.remove(db.engine, "before_cursor_execute", listener)
        return len(counted)

    def more(count: int) -> None:
        for _ in range(count):
            child = factories.make_child(world.school, world.link_worker)
            factories.make_introduction(child, world.offering, world.link_worker, S.ASKED, asked_at=clock.now())
            factories.make_introduction(child, factories.make_offering(world.organisation), world.link_worker, S.NOT_YET)

    more(1)
    few = {url: queries_of(url) for url in ("/introductions", "/introductions?group=asked")}
    more(6)
    assert {url: queries_of(url) for url in few} == few
    for state in (S.READY, S.DECLINED, S.AGREED, S.ARRANGED, S.IDEA, S.MET, S.SETTLED):
        factories.make_introduction(factories.make_child(world.school, world.link_worker), world.offering, world.link_worker, state)
    assert queries_of("/introductions") == few["/introductions"] < 13, "nor with the groups that are shown"
    text = page(client, "/introductions")
    assert text.index("Waiting for an answer") < text.index("Not yet")


def test_list_without_anything_says_what_to_do_next(client: StrictClient, world: World) -> None:
    sign_in(client, world.link_worker)
    assert "look at the matches" in page(client, "/introductions")
    assert "start" in page(client, "/introductions?group=nonsense&page=-4")


def test_stance_words_are_shown_on_the_page(client: StrictClient, world: World) -> None:
    introduction = world.at(S.LISTENING)
    world.hear(introduction, Stance.WILLING)
    sign_in(client, world.link_worker)
    text = page(client, f"/introductions/{introduction.id}")
    assert "Willing to try" in text
    assert "I want to hit the big one." in text
