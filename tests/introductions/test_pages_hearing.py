"""All that was heard, typed on one page."""

from __future__ import annotations

from bs4 import BeautifulSoup
from flask import Flask

from app.children.models import Carer
from app.children.queries import find_consent
from app.introductions import standing
from app.introductions.models import IntroductionState, Stance
from app.shared import clock
from app.shared.db import atomic, db
from tests.introductions.world import World, make_world, reread
from tests.support.client import StrictClient
from tests.support.people import sign_in

S = IntroductionState


def boxes(client: StrictClient, path: str) -> set[str]:
    page = BeautifulSoup(client.get(path).get_data(as_text=True), "html.parser")
    return {str(box["name"]) for box in page.select("main form [name]")} - {"csrf_token", "once", "seen_version"}


def test_one_page_takes_an_idea_to_ready_and_asks_only_what_is_not_known(app: Flask, client: StrictClient) -> None:
    world = make_world(with_consent=False)
    introduction = world.start()
    path = f"/introductions/{introduction.id}/heard"
    sign_in(client, world.link_worker)
    everything = {"child_stance", "child_words", "carer_id", "carer_stance", "carer_words", "how", "fields", "ends_on", "who_goes_along", "has_met_contact"}
    assert boxes(client, path) == everything
    typed = {
        "child_stance": "yes", "child_words": "I want to hit the big one.", "carer_id": str(world.carer.id), "carer_stance": "yes",
        "carer_words": "She drums on my saucepans.", "how": "by telephone", "fields": ["first_name"],
        "ends_on": clock.today().replace(year=clock.today().year + 1).isoformat(), "who_goes_along": "Safiya’s mum", "has_met_contact": "y",
    }
    for without, told in (("child_words", "in their words"), ("carer_stance", "Choose what they think"), ("ends_on", "Choose the last day")):
        answer = client.post(path, data={**typed, without: ""})
        assert answer.status_code == 422, without
        assert told in answer.get_data(as_text=True), without
        assert reread(introduction).state is S.IDEA, without
    half = {name: typed[name] for name in ("child_stance", "child_words", "who_goes_along")}
    assert client.post(path, data=half).status_code == 303
    assert reread(introduction).state is S.LISTENING
    assert boxes(client, path) == everything - {"child_stance", "child_words"}
    assert client.post(path, data={name: value for name, value in typed.items() if not name.startswith("child")}).status_code == 303
    ready = reread(introduction)
    assert (ready.state, ready.warmth_answer, ready.has_met_contact) == (S.READY, "go", True)
    consent = find_consent(world.child.id, world.organisation.id, clock.today())
    assert consent is not None
    assert (consent.fields, consent.how) == (["first_name"], "by telephone")
    assert client.get(path).status_code == 303


def test_a_no_on_that_page_stays_a_no(app: Flask, client: StrictClient, world: World) -> None:
    introduction = world.start()
    sign_in(client, world.link_worker)
    assert client.post(f"/introductions/{introduction.id}/heard", data={
        "child_stance": Stance.NO.value, "child_words": "Too loud.", "carer_id": str(world.carer.id), "carer_stance": "yes", "carer_words": "Fine by me.",
    }).status_code == 303
    db.session.rollback()
    assert reread(introduction).state is S.LISTENING


def test_nobody_asks_home_where_home_must_not_know(app: Flask, client: StrictClient) -> None:
    world = make_world(with_consent=False)
    introduction = world.start()
    path = f"/introductions/{introduction.id}/heard"
    with atomic():
        db.session.get_one(Carer, world.carer.id).may_not_know_where = True
    sign_in(client, world.link_worker)
    assert boxes(client, path) == {"child_stance", "child_words", "who_goes_along", "has_met_contact"}
    assert "nobody there is asked" in client.get(path).get_data(as_text=True)
    with atomic():
        db.session.add(Carer(child_id=world.child.id, name="Aunt Bea"))
    assert [said.who for said in standing.read(reread(introduction)).carers] == ["Aunt Bea"], "whom the gaps name as not asked yet"
    page = client.get(path).get_data(as_text=True)
    assert "Aunt Bea" in page and world.carer.name not in page and "nobody there is asked" not in page
