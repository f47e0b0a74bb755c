"""The pages of messages, of going together, of the meeting, and of the e-mail's other links; and how little each page asks."""

from __future__ import annotations

import io
from datetime import timedelta

from PIL import Image

from app.accounts.models import Person, Role
from app.children import services as child_services
from app.children.models import OnePage
from app.children.services import consents, photos
from app.introductions import links, services
from app.introductions.links import Purpose
from app.introductions.models import IntroductionState, Message, Readers
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories
from tests.introductions.world import World, reread
from tests.support.client import StrictClient
from tests.support.people import sign_in
from tests.support.statements import count_statements

S = IntroductionState


def test_the_emails_other_links_ask_and_decline_and_show_nothing_of_the_child(client: StrictClient, world: World) -> None:
    introduction = world.at(S.ASKED)
    ask, decline = (f"/answer/{links.make(introduction, world.partner, purpose)}" for purpose in (Purpose.ASK, Purpose.DECLINE))
    for url in (ask, decline):
        assert "Amara" not in client.get(url).get_data(as_text=True)
        assert client.post(url, data={}).status_code == 422
    assert reread(introduction).state is S.ASKED
    assert "Thank you" in client.post(ask, data={"words_written": "Which day?"}).get_data(as_text=True)
    client.post(ask, data={"words_written": "Which day?"})
    assert db.session.query(Message).count() == 1
    sign_in(client, world.link_worker)
    page = client.get(f"/introductions/{introduction.id}").get_data(as_text=True)
    assert "Which day?" in page
    answered = client.post(f"/introductions/{introduction.id}/messages/{db.session.query(Message).one().id}/answer", data={"words_written": "Any."})
    assert answered.status_code == 303
    assert "Thank you" in client.post(decline, data={"reason": "full"}).get_data(as_text=True)
    assert reread(introduction).state is S.DECLINED
    for url in (ask, decline):
        assert client.get(url).status_code == 404


def test_new_forms_of_an_introduction_show_refuse_and_save(client: StrictClient, world: World) -> None:
    brother = factories.make_child(world.school, world.link_worker, first_name="Yusuf")
    introduction, other = world.at(S.LISTENING), world.start(child=brother)
    base = f"/introductions/{introduction.id}"
    sign_in(client, world.link_worker)
    assert "Yusuf" in client.get(f"{base}/together").get_data(as_text=True)
    assert client.post(f"{base}/together", data={}).status_code == 422
    assert client.post(f"{base}/together", data={"with_id": str(other.id)}).status_code == 303
    assert "Goes together with" in client.get(base).get_data(as_text=True)
    with atomic():
        brother.school_id = factories.make_school(world.zone).id
    sign_in(client, factories.make_person(Role.SCHOOL_LEAD, world.zone, school=world.school))
    told = client.get(base).get_data(as_text=True)
    assert f"another child ({brother.reference})" in told and "Yusuf" not in told, "who sees one of two does not see the other by it"
    sign_in(client, world.link_worker)
    assert client.post(f"{base}/apart").status_code == 303
    assert client.get(f"{base}/messages/new").status_code == 200
    assert client.post(f"{base}/messages/new", data={"words_written": ""}).status_code == 422
    assert client.post(f"{base}/messages/new", data={"words_written": "Ring first.", "readers": "team"}).status_code == 303
    assert client.get(f"{base}/meeting.ics").status_code == 404
    world.go(introduction, S.READY)
    for path in (base, f"{base}/ask"):
        shown = client.get(path).get_data(as_text=True)
        assert "No page yet that Amara said yes to" in shown and f"/children/{world.child.id}/one-page/write" in shown, path
    for state in (S.ASKED, S.AGREED, S.ARRANGED):
        world.go(introduction, state)
    sign_in(client, world.partner)
    before = client.get(base).get_data(as_text=True)
    assert "Amara has not said yes to a page yet" in before and "drumming" not in before
    sign_in(client, world.link_worker)
    calendar = client.get(f"{base}/meeting.ics")
    assert calendar.mimetype == "text/calendar"
    assert "Amara" not in calendar.get_data(as_text=True)
    assert "Not approved yet" in client.get(f"{base}/card").get_data(as_text=True)
    with atomic():
        db.session.add(OnePage(child_id=world.child.id, version=3, likes=["drums"], helps="A quiet word", does_not="Crowds", approved_on=clock.today(), read_by_id=world.link_worker.id))
    assert "said yes to version 3" in client.get(base).get_data(as_text=True)
    sign_in(client, world.partner)
    card = client.get(f"{base}/card").get_data(as_text=True)
    for says in ("drums", "A quiet word", "Crowds", "version 3"):
        assert says in card, says
    assert "Must know" not in card and "Trusted" not in card, "only what the child said yes to travels"
    assert "Ring first." not in client.get(base).get_data(as_text=True), "that was for the team"
    dee = factories.make_practitioner(world.organisation, name="Dee Clarke")
    assert client.post(f"{base}/practitioner", data={"practitioner_id": str(dee.id)}).status_code == 303
    assert reread(introduction).practitioner_id == dee.id


def test_the_photo_is_on_the_card_while_consent_covers_it_and_gone_with_the_last_one(client: StrictClient, world: World) -> None:
    """Nobody else's, by no other way; the card has initials instead. What consent took back nobody can bring back, nor what ran out."""
    introduction = world.at(S.ARRANGED)
    factories.make_one_page(world.child, read_by=world.link_worker)
    card, shown, page = f"/introductions/{introduction.id}/card", f"/introductions/{introduction.id}/photo.jpg", f"/children/{world.child.id}/photo"

    def send(**given: object) -> int:
        out = io.BytesIO()
        Image.new("RGB", (900, 700), "teal").save(out, "PNG")
        out.seek(0)
        return client.post(page, data={"file": (out, "Amara.png"), **given}, content_type="multipart/form-data").status_code

    def seen(by: Person) -> tuple[bool, int]:
        sign_in(client, by)
        return shown in client.get(card).get_data(as_text=True), client.get(shown).status_code

    def consent(fields: list[str]) -> None:
        child_services.give_consent(
            child_id=world.child.id, carer_id=world.carer.id, organisation_id=world.organisation.id, fields=fields, given_on=clock.today(),
            ends_on=clock.today() + timedelta(days=9), actor=world.link_worker,
        )

    sign_in(client, world.link_worker)
    assert (send(), send(is_childs_yes="y")) == (422, 303), "only with the child's yes"
    for person in (world.link_worker, world.partner):
        assert seen(person) == (True, 200), person.name
    answer = client.get(shown)
    assert (answer.mimetype, answer.headers["Cache-Control"], "sandbox" in answer.headers["Content-Security-Policy"]) == ("image/jpeg", "no-store", True)
    with Image.open(io.BytesIO(answer.data)) as picture:
        assert max(picture.size) == 480 and not picture.getexif()
    assert client.get(f"/children/{world.child.id}/photo.jpg").status_code == 404, "a partner has no other way to it"
    consent(["first_name", "interests"])
    assert seen(world.partner) == (False, 404)
    assert not photos.has_photo(world.child.id), "a newer consent covers less: nothing covers the photo"
    sign_in(client, world.link_worker)
    assert send(is_childs_yes="y") == 422, "nobody agreed to a photo"
    for over in ("withdrawn", "ran out", "taken away"):
        consent(["first_name", "photo"])
        sign_in(client, world.link_worker)
        assert (send(is_childs_yes="y"), send(is_childs_yes="y")) == (303, 303), over
        if over == "withdrawn":
            consents.withdraw_all_consents(child_id=world.child.id, why="", actor=world.link_worker)
        elif over == "taken away":
            assert client.post(f"{page}/remove").status_code == 303
        else:
            photos.sweep()
            assert photos.has_photo(world.child.id)
            with clock.freeze(clock.now() + timedelta(days=10)):
                photos.sweep()
        assert not photos.has_photo(world.child.id), over


def test_a_page_of_an_introduction_and_the_day_list_ask_few_things(client: StrictClient, world: World) -> None:
    """Under twelve statements in every state, for both sides, however much there is."""
    introduction = world.start()
    for number in range(4):
        services.write_message(introduction_id=introduction.id, words_written=f"Note {number}", readers=Readers.TEAM, actor=world.link_worker)
    sign_in(client, world.link_worker)
    for state in (S.LISTENING, S.READY, S.ASKED, S.AGREED, S.ARRANGED, S.MET, S.JOINED, S.SETTLED):
        world.go(introduction, state)
        for path in (f"/introductions/{introduction.id}", "/"):
            with count_statements() as sent:
                assert client.get(path).status_code == 200
            asked = sent.seen
            assert len(asked) < 12, (state, path, asked)
    sign_in(client, world.partner)
    with count_statements() as sent:
        assert client.get(f"/introductions/{introduction.id}").status_code == 200
    assert sent.count < 12


def test_term_dates_are_read_from_a_file_on_the_schools_page(client: StrictClient, world: World) -> None:
    sign_in(client, world.zone_manager)
    url = f"/schools/{world.school.id}/days/import"
    assert client.get(url).status_code == 200
    assert client.post(url, data={}).status_code == 422
    starts = clock.today() + timedelta(days=1000)
    file = f"name,from,to\nFar term,{starts},{starts + timedelta(days=60)}\n".encode()
    sent = client.post(url, data={"file": (io.BytesIO(file), "days.csv")}, content_type="multipart/form-data")
    assert sent.status_code == 303
    assert "Far term" in client.get(sent.headers["Location"]).get_data(as_text=True)
    wrong = client.post(url, data={"file": (io.BytesIO(b"name,from\nX,soon\n"), "days.csv")}, content_type="multipart/form-data")
    assert "is not a day" in wrong.get_data(as_text=True)
