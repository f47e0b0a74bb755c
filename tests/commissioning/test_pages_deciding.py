"""Pages of deciding in bulk, taking back, splitting, standing in; and of briefs."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from app.accounts.models import Role
from app.catalogue.services.tariffs import set_tariff
from app.commissioning.models import Brief, BriefOffer, Commission, CommissionState, Delegation
from app.commissioning.services import commissions, decisions, places, variations
from app.introductions.models import IntroductionState
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories as make
from tests.commissioning.scene import Scene, person
from tests.support.client import StrictClient
from tests.support.people import sign_in

_S = CommissionState


def test_those_ticked_are_decided_at_once_and_each_refusal_is_said(client: StrictClient, scene: Scene) -> None:
    places.change_capacity(cohort_id=scene.cohort.id, capacity=9, actor=scene.manager)
    first, second, third, own = (scene.request() for _ in range(4))
    settled = decisions.approve(commission_id=own.id, actor=scene.second)
    answered = scene.request()
    decisions.return_(commission_id=answered.id, question="How often?", actor=scene.second)
    commissions.answer_question(commission_id=answered.id, answer=f"{answered.child.first_name} goes twice a week.", actor=scene.link_worker)
    going = scene.confirmed(scene.introduction(state=IntroductionState.AGREED))
    more = variations.change(commission_id=going.id, sessions=12, reason="It goes so well.", actor=scene.link_worker)
    sign_in(client, scene.holder)
    page = client.get("/approvals").get_data(as_text=True)
    assert f"{answered.child.reference} goes twice a week." in page
    assert "It goes so well." in page
    assert page.count('name="pick"') == 4
    assert f'value="{first.id}:{first.version}"' in page
    nothing = client.post("/approvals/decide", data={"word": "approve"})
    assert (nothing.status_code, nothing.get_data(as_text=True).count("Tick the requests")) == (422, 1)
    picks = [f"{c.id}:{c.version}" for c in (first, second)] + [f"{third.id}:{third.version - 1}", f"{settled.id}:1", "nonsense"]
    told = client.post("/approvals/decide", data={"word": "approve", "pick": picks}, follow_redirects=True).get_data(as_text=True)
    assert (first.state, second.state, third.state) == (_S.APPROVED, _S.APPROVED, _S.REQUESTED)
    assert "2 requests approved" in told
    assert "moved on while your page was open" in told
    assert told.count("Take it back") == 2
    client.post(f"/commissions/{first.id}/take-back")
    assert first.state is _S.REQUESTED
    kept = client.post("/approvals/decide", data={"word": "decline", "reason": " ", "pick": [f"{first.id}:{first.version}"]})
    assert (kept.status_code, kept.get_data(as_text=True).count("data-tick checked")) == (422, 1)
    assert "Say why: the Link Workers read it." in kept.get_data(as_text=True)
    assert first.state is _S.REQUESTED, "a no without a reason is none"
    client.post("/approvals/decide", data={"word": "decline", "reason": "Not now", "pick": [f"{first.id}:{first.version}"]})
    assert (first.state, first.end_reason) == (_S.REJECTED, "Not now")
    assert client.post(f"/changes/{more.id}/reject", data={"reason": ""}).status_code == 422
    client.post(f"/changes/{more.id}/approve")
    assert going.sessions == 12
    sign_in(client, scene.link_worker)
    assert client.post(f"/commissions/{going.id}/change", data={"sessions": "0", "reason": "x"}).status_code == 422
    client.post(f"/commissions/{going.id}/change", data={"sessions": "4", "reason": "x", "seen_version": going.version})
    assert going.sessions == 4
    with atomic():
        other = make.make_cohort(scene.offering, id=uuid4(), sessions=6, name="Thursdays")
    set_tariff(offering_id=scene.offering.id, price_pence=2_100, actor=scene.manager)
    form = client.get(f"/commissions/{going.id}/change").get_data(as_text=True)
    assert "£21 for each session still to come" in form
    assert "Thursdays, " in form
    typed = {"sessions": "4", "at_todays_price": "y", "cohort": str(other.id), "reason": "Thursdays suit the family.", "seen_version": going.version}
    told = client.post(f"/commissions/{going.id}/change", data=typed, follow_redirects=True).get_data(as_text=True)
    assert "Asked for: £4 more" in told
    assert "£20 to £21 for each session to come and to Thursdays" in told
    _partner_hears_of_it(client, scene, going)


def _partner_hears_of_it(client: StrictClient, scene: Scene, going: Commission) -> None:
    """Of what was changed, on the home page until they say that they have seen it; of what is only asked for, nothing."""
    with atomic():
        make.make_consent(going.child, scene.organisation)
    sign_in(client, scene.partner)
    news = f"A place at {going.offering.title} has changed"
    assert news in client.get("/").get_data(as_text=True)
    page = client.get(f"/commissions/{going.id}").get_data(as_text=True)
    assert "12 to 4 sessions" in page
    assert "10 to 12 sessions" in page
    assert "£21" not in page
    client.post(f"/commissions/{going.id}/changes/seen")
    assert "We have seen it" not in client.get(f"/commissions/{going.id}").get_data(as_text=True)
    assert news not in client.get("/").get_data(as_text=True)


def test_the_split_is_changed_on_a_page_that_says_why_others_cannot_pay(client: StrictClient, scene: Scene) -> None:
    other, boys = scene.fund_with(30_000, name="Other"), scene.fund_with(30_000, name="Boys only", gender="boy")
    commission = scene.request(scene.introduction(scene.child(gender="girl")))
    sign_in(client, scene.holder)
    address = f"/commissions/{commission.id}/split"
    page = client.get(address).get_data(as_text=True)
    assert f"fund_{boys.id.hex}" not in page
    assert "Only for boys" in page
    wrong = client.post(address, data={f"fund_{other.id.hex}": "100", f"fund_{scene.fund.id.hex}": "99.99", "seen_version": commission.version})
    assert wrong.status_code == 422
    assert "£0.01 is missing" in wrong.get_data(as_text=True).replace("1p", "£0.01")
    assert client.post(address, data={f"fund_{other.id.hex}": "200", "seen_version": commission.version}).status_code == 303
    assert [(s.fund_id, s.pence) for s in commission.shares] == [(other.id, 20_000)]


def test_a_step_for_a_school_and_somebody_to_stand_in_are_set_on_the_settings_page(client: StrictClient, scene: Scene) -> None:
    sign_in(client, scene.manager)
    assert client.post("/funds/settings/steps/new", data={"above": "50", "people": "2", "school": str(scene.school.id)}).status_code == 303
    assert scene.school.name in client.get("/funds/settings").get_data(as_text=True)
    sign_in(client, scene.holder)
    days = {"starts_on": clock.today().isoformat(), "ends_on": (clock.today() + timedelta(days=5)).isoformat(), "reason": "On leave"}
    choice = f"{scene.zone.id}:{scene.second.id}"
    assert client.post("/funds/settings/stand-ins/new", data={**days, "person": ""}).status_code == 422
    assert client.post("/funds/settings/stand-ins/new", data={**days, "person": choice}).status_code == 303
    assert f"{scene.second.name} for you" in client.get("/funds/settings").get_data(as_text=True)
    delegation = db.session.query(Delegation).one()
    client.post(f"/funds/settings/stand-ins/{delegation.id}/end")
    assert "Nobody stands in" in client.get("/funds/settings").get_data(as_text=True)


def test_a_brief_goes_from_the_childs_page_to_a_partners_offer_and_back(client: StrictClient, scene: Scene) -> None:
    child = scene.child(first_name="Zuleika", region="West London")
    sign_in(client, scene.link_worker)
    assert f"/children/{child.id}/briefs/new" in client.get(f"/children/{child.id}/matches").get_data(as_text=True)
    new = f"/children/{child.id}/briefs/new"
    typed = {
        "title": "Drumming for one", "text": "Zuleika is 9 years old and wants to drum.", "area": "West London", "need": child.live_needs[0].code,
        "sessions": "4", "budget": "200", "offers_until": (clock.today() + timedelta(days=9)).isoformat(), "goal": "To drum.", "why": "x",
        "free_alternatives": "None.",
    }
    assert client.get(new).status_code == 200
    refused = client.post(new, data=typed)
    assert refused.status_code == 422
    text = refused.get_data(as_text=True)
    assert "<mark>Zuleika</mark>" in text
    assert "<mark>9 years old</mark>" in text
    assert client.post(new, data={**typed, "text": "Somebody patient who teaches drums."}).status_code == 303
    brief = db.session.query(Brief).one()
    rival = person(Role.PARTNER_ADMIN, scene.zone, organisation_id=make.make_organisation(scene.zone).id)
    sign_in(client, scene.partner)
    assert "Drumming for one" in client.get("/briefs").get_data(as_text=True)
    seen = client.get(f"/briefs/{brief.id}").get_data(as_text=True)
    assert "Make an offer" in seen
    for secret in ("Zuleika", child.reference, child.last_name, scene.school.name, brief.goal):
        assert secret not in seen, secret
    offer = {
        "practitioner": str(scene.practitioner.id), "sessions": "4", "price": "31.17", "starts_on": (clock.today() + timedelta(days=8)).isoformat(),
        "starts": "15:30", "ends": "16:15", "words": "Softly.",
    }
    assert client.post(f"/briefs/{brief.id}/offer", data={**offer, "ends": "15:00"}).status_code == 422
    assert client.post(f"/briefs/{brief.id}/offer", data=offer).status_code == 303
    made = db.session.query(BriefOffer).one()
    assert "£31.17" in client.get(f"/briefs/{brief.id}").get_data(as_text=True)
    sign_in(client, rival)
    assert "£31.17" not in client.get(f"/briefs/{brief.id}").get_data(as_text=True)
    assert client.get(f"/brief-offers/{made.id}/views").status_code == 404
    sign_in(client, scene.link_worker)
    assert "Ask the child" in client.get(f"/briefs/{brief.id}").get_data(as_text=True)
    client.post(f"/brief-offers/{made.id}/views", data={"child_says": "yes", "parent_says": "willing", "their_words": "Ok."})
    client.post(f"/brief-offers/{made.id}/award", data={"seen_version": brief.version})
    assert brief.commission_id is not None
    assert "The request that came of it" in client.get(f"/briefs/{brief.id}").get_data(as_text=True)


def test_siblings_are_asked_for_on_one_page_and_approved_with_one_click(client: StrictClient, scene: Scene) -> None:
    first, second = scene.introduction(), scene.introduction()
    sign_in(client, scene.link_worker)
    page = client.get(f"/introductions/{first.id}/request").get_data(as_text=True)
    assert str(second.id) in page
    client.post(f"/introductions/{first.id}/request", data={
        "cohort": str(scene.cohort.id), "sessions": "2", "need": first.child.needs[0].code, "goal": "x", "why": "x", "free_alternatives": "x",
        "together": [str(second.id)],
    })
    asked = db.session.query(Commission).all()
    assert len(asked) == 2
    own, other = asked
    assert f'href="/commissions/{other.id}">{other.child.short_name}</a>' in client.get(f"/commissions/{own.id}").get_data(as_text=True)
    sign_in(client, scene.holder)
    assert "Asked for together with" in client.get("/approvals").get_data(as_text=True)
    told = client.get(f"/commissions/{own.id}").get_data(as_text=True)
    assert other.child.reference in told and other.child.first_name not in told
    client.post(f"/commissions/{asked[0].id}/approve", data={"seen_version": asked[0].version})
    assert [c.state for c in asked] == [_S.APPROVED, _S.APPROVED]
