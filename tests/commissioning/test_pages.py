"""The pages of commissioning, through the strict client: who sees what, what each click does, and bad input kept at its field."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.accounts.models import Person, Role
from app.catalogue.models import OfferingKind
from app.commissioning.models import Account, Commission, CommissionState, Waiting, WaitingState
from app.commissioning.queries.money import balance
from app.commissioning.services import decisions, delivery, places, settings
from app.introductions.models import IntroductionState
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories as make
from tests.commissioning.scene import Scene, build, person, turn_of
from tests.support.client import StrictClient
from tests.support.people import sign_in
from tests.support.statements import count_statements

_S = CommissionState
SECRET = "Zebedee"


def as_(client: StrictClient, somebody: Person) -> StrictClient:
    client.delete_cookie("session")
    sign_in(client, somebody)
    return client


def text(response: Any) -> str:
    """Without the tokens against forgery: random letters may spell a child's name."""
    return re.sub(r'name="csrf_token" value="[^"]*"', 'name="csrf_token"', str(response.get_data(as_text=True)))


def latest() -> Commission:
    return db.session.query(Commission).order_by(Commission.created_at.desc()).first()


def asks(scene: Scene, **given: Any) -> dict[str, Any]:
    return {
        "cohort": str(scene.cohort.id), "sessions": "10", "need": "Social:friendships", "goal": "To drum with others.",
        "why": "It is what she asks for.", "free_alternatives": "The library has no drums.", **given,
    }


# --- asking --------------------------------------------------------------------------------------


def test_a_link_worker_asks_for_a_place_on_one_page(client: StrictClient, scene: Scene) -> None:
    introduction = scene.introduction()
    page = f"/introductions/{introduction.id}/request"
    as_(client, scene.link_worker)
    shown = text(client.get(page))
    assert "12 sessions to come, 5 places free" in shown and "Leaves <b>£800</b>" in shown
    answer = client.post(page, data=asks(scene, once="k1"))
    assert answer.status_code == 303
    commission = latest()
    assert (commission.state, commission.total_pence) == (_S.REQUESTED, 20_000)
    assert answer.location.endswith(f"/commissions/{commission.id}")
    assert "Asked for. The place is kept until it is decided." in text(client.get(answer.location))


def test_a_double_click_asks_once(client: StrictClient, scene: Scene) -> None:
    page = f"/introductions/{scene.introduction().id}/request"
    as_(client, scene.link_worker)
    first, second = (client.post(page, data=asks(scene, once="the same")) for _ in range(2))
    assert db.session.query(Commission).count() == 1
    assert balance(scene.fund.id, Account.REQUESTED) == 20_000
    assert (first.status_code, second.status_code, first.location) == (303, 303, second.location)


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(client: StrictClient, scene: Scene) -> None:
    page = f"/introductions/{scene.introduction().id}/request"
    as_(client, scene.link_worker)
    wrong: list[tuple[dict[str, str], str]] = [
        ({"sessions": "many"}, "Type a whole number"), ({"sessions": "13"}, "12 sessions to come"),
        ({"sessions": ""}, "Type how many sessions"), ({"goal": ""}, "Write the goal"), ({"why": ""}, "Write why"),
        ({"free_alternatives": ""}, "which free alternatives"), ({"need": "Academic:maths"}, "Not a valid choice"),
        ({"cohort": "nonsense"}, "Not a valid choice"),
    ]
    for given, says in wrong:
        answer = client.post(page, data=asks(scene, **{"goal": "Keep me.", **given}))
        assert answer.status_code == 422 and says in text(answer), given
        assert "govuk-error-summary" in text(answer), given
        assert "Keep me." in text(answer) or "goal" in given
    assert db.session.query(Commission).count() == 0


def test_the_cost_is_worked_out_without_asking_and_without_javascript(client: StrictClient, scene: Scene) -> None:
    introduction = scene.introduction()
    as_(client, scene.link_worker)
    answer = client.post(f"/introductions/{introduction.id}/request", data=asks(scene, sessions="3", look="1"))
    assert answer.status_code == 200 and "<b>£60</b>" in text(answer)
    assert db.session.query(Commission).count() == 0
    part = client.get(f"/introductions/{introduction.id}/request/cost?cohort={scene.cohort.id}&sessions=60")
    assert "<b>£1,200</b>" in text(part) and "£200 more than is free" in text(part)


def test_the_cost_of_nonsense_is_nothing(client: StrictClient, scene: Scene) -> None:
    introduction = scene.introduction()
    as_(client, scene.link_worker)
    for query in ("", "?cohort=x&sessions=y", "?sessions=-3", "?sessions=999999999999999999999"):
        assert client.get(f"/introductions/{introduction.id}/request/cost{query}").status_code == 200, query


def test_free_alternatives_that_fit_are_listed_and_what_was_looked_at_is_kept(client: StrictClient, scene: Scene) -> None:
    library = make.make_offering(scene.organisation, kind=OfferingKind.COMMUNITY_ASSET, title="Story corner")
    make.make_cohort(library)
    introduction = scene.introduction()
    page = f"/introductions/{introduction.id}/request"
    as_(client, scene.link_worker)
    assert "Story corner" in text(client.get(page))
    name = f"Story corner, {scene.organisation.name}"
    client.post(page, data=asks(scene, looked_at=name, free_shown=library.id.hex))
    assert latest().free_alternatives == f"Looked at {name}. The library has no drums."


def test_a_full_group_says_who_holds_the_last_place_and_offers_the_waiting_list(client: StrictClient, scene: Scene) -> None:
    places.change_capacity(cohort_id=scene.cohort.id, capacity=1, actor=scene.partner)
    scene.request()
    page = f"/introductions/{scene.introduction().id}/request"
    as_(client, scene.link_worker)
    refused = client.post(page, data=asks(scene))
    assert refused.status_code == 422 and f"kept for {scene.link_worker.name}" in text(refused)
    assert client.post(page, data=asks(scene, join_waiting_list="y")).status_code == 303
    assert db.session.query(Waiting).one().state is WaitingState.WAITING


def test_what_cannot_be_asked_for_says_what_to_do_instead(client: StrictClient, scene: Scene) -> None:
    as_(client, scene.link_worker)
    idea = scene.introduction(state=IntroductionState.IDEA)
    assert "Begin to listen first" in text(client.get(f"/introductions/{idea.id}/request"))
    with atomic():
        scene.cohort.state = "closed"
    assert "No group takes children now" in text(client.get(f"/introductions/{scene.introduction().id}/request"))


@pytest.mark.parametrize("who", ["holder", "partner"])
def test_only_those_who_work_with_the_child_see_the_form(client: StrictClient, scene: Scene, who: str) -> None:
    page = f"/introductions/{scene.introduction().id}/request"
    as_(client, getattr(scene, who))
    assert client.get(page).status_code in (403, 404)


# --- deciding ------------------------------------------------------------------------------------


@pytest.fixture
def named(scene: Scene) -> Commission:
    """A request whose words name the child again and again."""
    child = scene.child(first_name=SECRET, known_as="Zeb", last_name="Quux")
    return scene.request(
        scene.introduction(child), why=f"{SECRET} loves drums; zeb's mum agrees.", goal=f"{SECRET} Quux wants to drum.",
        free_alternatives="Quux family tried the library.",
    )


def test_a_budget_holder_sees_a_reference_and_never_a_name(client: StrictClient, scene: Scene, named: Commission) -> None:
    as_(client, scene.holder)
    for page in ("/approvals", f"/commissions/{named.id}", f"/commissions/{named.id}/ask", f"/commissions/{named.id}/reject", "/commissions"):
        shown = text(client.get(page)).lower()
        assert not any(name in shown for name in ("zebedee", "zeb", "quux")), page
        assert named.child.reference.lower() in shown, page


def test_a_queue_says_why_how_much_from_which_fund_and_what_it_leaves(client: StrictClient, scene: Scene, named: Commission) -> None:
    shown = text(as_(client, scene.holder).get("/approvals"))
    for words in ("1 request, £200 in all", "10 sessions at £20", "Leaves <b>£4,800</b> of £5,000 in Open fund", "ceiling is 50%", "Decide by Mon 7 Dec"):
        assert words in shown


def test_one_click_approves(client: StrictClient, scene: Scene) -> None:
    commission = scene.request()
    as_(client, scene.holder)
    for _ in range(2):
        answer = client.post(f"/commissions/{commission.id}/approve", data={"seen_version": commission.version})
        assert answer.location.endswith("/approvals#requests")
    assert commission.state is _S.APPROVED
    assert balance(scene.fund.id, Account.COMMITTED) == 20_000
    assert "is approved. The partner is told." in text(client.get("/approvals"))


def test_above_the_threshold_the_button_passes_on_and_the_second_decides(client: StrictClient, scene: Scene) -> None:
    with atomic():
        scene.tariff.price_pence = 6_000
    commission = scene.request()
    assert "Approve and pass on" in text(as_(client, scene.holder).get("/approvals"))
    client.post(f"/commissions/{commission.id}/approve", data={"seen_version": commission.version})
    again = text(client.get("/approvals"))
    assert "You have said yes. Somebody else decides now." in again and f"{scene.holder.name} said yes" in again
    second = text(as_(client, scene.second).get("/approvals"))
    assert "Approve £600" in second
    client.post(f"/commissions/{commission.id}/approve", data={"seen_version": commission.version})
    assert commission.state is _S.APPROVED


def test_what_this_person_may_not_decide_says_why(client: StrictClient, scene: Scene) -> None:
    scene.request()
    limited = scene.budget_holder(limit_pence=10_000)
    assert "£200 is over your limit of £100" in text(as_(client, limited).get("/approvals"))
    settings.declare_interest(organisation_id=scene.organisation.id, reason="Trustee", actor=scene.holder)
    assert "You have declared an interest" in text(as_(client, scene.holder).get("/approvals"))


def test_a_refusal_is_said_where_the_button_was(client: StrictClient, scene: Scene) -> None:
    commission = scene.request(scene.introduction(state=IntroductionState.LISTENING))
    as_(client, scene.holder)
    assert "still being asked" in text(client.get("/approvals"))
    client.post(f"/commissions/{commission.id}/approve")
    assert "have not both said yes yet" in text(client.get("/approvals"))


def test_a_stale_click_is_refused_and_says_what_changed(client: StrictClient, scene: Scene) -> None:
    commission = scene.request()
    seen = commission.version
    decisions.return_(commission_id=commission.id, question="Why?", actor=scene.second)
    as_(client, scene.holder).post(f"/commissions/{commission.id}/approve", data={"seen_version": seen})
    assert "moved on while your page was open" in text(client.get("/approvals"))


def test_declining_and_asking_need_words_and_keep_what_was_typed(client: StrictClient, scene: Scene) -> None:
    commission = scene.request()
    as_(client, scene.holder)
    for verb, field in (("reject", "reason"), ("ask", "question")):
        answer = client.post(f"/commissions/{commission.id}/{verb}", data={field: " ", "seen_version": commission.version})
        assert answer.status_code == 422 and "govuk-error-summary" in text(answer)
    client.post(f"/commissions/{commission.id}/ask", data={"question": "Why not the library?", "seen_version": commission.version})
    assert commission.state is _S.RETURNED
    as_(client, scene.link_worker)
    assert "Why not the library?" in text(client.get(f"/commissions/{commission.id}"))
    client.post(f"/commissions/{commission.id}/answer", data={"answer": "No drums.", "seen_version": commission.version})
    as_(client, scene.holder).post(f"/commissions/{commission.id}/reject", data={"reason": "Too dear", "seen_version": commission.version})
    assert commission.state is _S.REJECTED
    assert "All done" in text(client.get("/approvals"))


def test_the_ceiling_shows_and_a_second_persons_reason_opens_it(client: StrictClient, scene: Scene) -> None:
    with atomic():
        scene.zone.full_yearly_cost_pence, scene.zone.ceiling_percent = 100_000, 10
    commission = scene.request()
    shown = text(as_(client, scene.second).get("/approvals"))
    assert "would give 20% of this child’s year; the ceiling is 10%" in shown and "A second person has to say why" in shown
    client.post(f"/commissions/{commission.id}/override", data={"reason": "Nobody else gives", "seen_version": commission.version})
    assert f"{scene.second.name}: Nobody else gives" in text(as_(client, scene.holder).get("/approvals"))
    client.post(f"/commissions/{commission.id}/approve", data={"seen_version": commission.version})
    assert commission.state is _S.APPROVED


def test_a_request_without_money_shows_what_is_left(client: StrictClient, scene: Scene) -> None:
    with atomic():
        scene.fund.is_closed = True
    scene.fund_with(5_000)
    commission = scene.request()
    as_(client, scene.holder)
    assert "Money was short when this was asked for" in text(client.get("/approvals"))
    assert "£50 left in the funds that may pay for this: £150 is missing" in text(client.get(f"/commissions/{commission.id}"))
    client.post(f"/commissions/{commission.id}/approve", data={"seen_version": commission.version})
    assert "£50 left in the funds that may pay for this, and it costs £200" in text(client.get("/approvals"))


# --- delivering ----------------------------------------------------------------------------------


def introduced(scene: Scene, state: IntroductionState = IntroductionState.ASKED, fields: list[str] | None = None) -> Any:
    introduction = scene.introduction(scene.child(first_name=SECRET, last_name="Quux"), state)
    make.make_consent(introduction.child, scene.organisation, **({"fields": fields} if fields is not None else {}))
    return introduction


def test_a_partner_sees_only_what_consent_covers_and_confirms(client: StrictClient, scene: Scene) -> None:
    commission = scene.approved(introduced(scene, fields=["first_name", "interests"]), why="A private matter")
    as_(client, scene.partner)
    listed = text(client.get("/commissions"))
    assert "To confirm" in listed and SECRET in listed and "Quux" not in listed
    page = text(client.get(f"/commissions/{commission.id}"))
    for secret in ("Quux", "A private matter", "Open fund", "Larch Tree", "Okafor", "07700"):
        assert secret not in page
    answer = client.post(
        f"/commissions/{commission.id}/confirm", data={"practitioner": str(scene.practitioner.id), "seen_version": commission.version}
    )
    assert answer.status_code == 303 and commission.state is _S.CONFIRMED


def test_without_a_name_in_the_consent_the_partner_sees_a_reference(client: StrictClient, scene: Scene) -> None:
    commission = scene.approved(introduced(scene, fields=["interests"]))
    shown = text(as_(client, scene.partner).get("/commissions"))
    assert SECRET not in shown and commission.child.reference in shown


@pytest.mark.parametrize("why", ["not asked yet", "no consent", "another partner"])
def test_what_is_not_a_partners_to_see_is_not_there(client: StrictClient, scene: Scene, why: str) -> None:
    introduction = introduced(scene, IntroductionState.READY if why == "not asked yet" else IntroductionState.ASKED)
    commission = scene.approved(introduction)
    somebody = scene.partner
    if why == "no consent":
        with atomic():
            introduction.child.consents[0].withdrawn_at = clock.now()
    if why == "another partner":
        somebody = person(Role.PARTNER_ADMIN, scene.zone, organisation_id=make.make_organisation(scene.zone).id)
    as_(client, somebody)
    assert client.get(f"/commissions/{commission.id}").status_code == 404
    assert "No places yet" in text(client.get("/commissions"))


def test_confirming_says_what_is_missing(client: StrictClient, scene: Scene) -> None:
    commission = scene.approved(introduced(scene))
    as_(client, scene.partner)
    page = f"/commissions/{commission.id}/confirm"
    assert client.post(page, data={"practitioner": ""}).status_code == 422
    alone = make.make_practitioner(scene.organisation, with_dbs=False, works_alone=True)
    refused = client.post(page, data={"practitioner": str(alone.id), "seen_version": commission.version})
    assert refused.status_code == 422 and alone.name in text(refused)


def test_a_commission_is_led_to_its_end_through_its_page(client: StrictClient, scene: Scene) -> None:
    commission = scene.going()
    delivery.accrue(commission_id=commission.id, session_id=scene.sessions()[0].id, percent=100, revision=1, actor=None)
    as_(client, scene.link_worker)
    page = f"/commissions/{commission.id}"
    shown = text(client.get(page))
    assert "without a register. Take that, or end this early" in shown
    client.post(f"{page}/suspend", data={"until_on": "2026-12-31", "reason": "Ill", "seen_version": commission.version})
    assert "Paused. The place is kept until Thursday 31 December" in text(client.get(page))
    client.post(f"{page}/resume", data={"seen_version": commission.version})
    preview = text(client.get(f"{page}/end"))
    assert "£180 comes back" in preview and "The £20 for what was delivered is still paid" in preview
    assert client.post(f"{page}/end", data={"reason": "", "seen_version": commission.version}).status_code == 422
    client.post(f"{page}/end", data={"reason": "Moving away", "seen_version": commission.version})
    assert commission.state is _S.ENDED_EARLY
    client.post(f"{page}/note", data={"note": "She drums on.", "seen_version": commission.version})
    as_(client, scene.manager).post(f"{page}/close", data={"seen_version": commission.version})
    assert commission.state is _S.CLOSED


def test_withdrawing_says_that_it_can_be_asked_again(client: StrictClient, scene: Scene) -> None:
    commission = scene.request()
    as_(client, scene.link_worker)
    assert "so that you can ask again" in text(client.get(f"/commissions/{commission.id}/cancel"))
    client.post(f"/commissions/{commission.id}/cancel", data={"reason": "Wrong group", "seen_version": commission.version})
    assert commission.state is _S.CANCELLED and commission.introduction.is_open


def test_an_offered_place_is_taken_or_left_with_one_click(client: StrictClient, scene: Scene) -> None:
    places.change_capacity(cohort_id=scene.cohort.id, capacity=0, actor=scene.partner)
    first, second = scene.request(join_waiting_list=True), scene.request(join_waiting_list=True)
    as_(client, scene.link_worker)
    assert "next on the waiting list" in text(client.get(f"/commissions/{first.id}"))
    places.change_capacity(cohort_id=scene.cohort.id, capacity=1, actor=scene.partner)
    assert "Take the offered place" in text(client.get(f"/commissions/{first.id}"))
    client.post(f"/waiting/{turn_of(first).id}/leave")
    assert turn_of(second).state is WaitingState.OFFERED
    client.post(f"/waiting/{turn_of(second).id}/accept")
    assert turn_of(second).state is WaitingState.PLACED and second.decide_by is not None
    as_(client, build().manager)
    assert client.post(f"/waiting/{turn_of(first).id}/accept").status_code == 404


def test_a_lapsed_request_reads_as_expired(client: StrictClient, scene: Scene) -> None:
    commission = scene.request()
    as_(client, scene.link_worker)
    with clock.freeze(commission.decide_by):
        as_(client, scene.link_worker)
        shown = text(client.get(f"/commissions/{commission.id}"))
        assert "Expired" in shown and "ran out on Monday 7 December" in shown
        assert "All done" in text(as_(client, scene.holder).get("/approvals"))


# --- capacity ------------------------------------------------------------------------------------


def test_a_partner_changes_how_many_places_there_are(client: StrictClient, scene: Scene) -> None:
    as_(client, scene.partner)
    url = f"/cohorts/{scene.cohort.id}/capacity"
    for _ in range(2):  # a double click is one step
        client.post(url, data={"delta": "1", "seen": "5"})
    assert scene.cohort.capacity == 6
    client.post(url, data={"capacity": "9"})
    assert scene.cohort.capacity == 9


def test_a_number_of_places_that_cannot_be_is_refused(client: StrictClient, scene: Scene) -> None:
    scene.request()
    as_(client, scene.manager)
    wrong: list[tuple[dict[str, str], str]] = [
        ({"capacity": "0"}, "1 place in this group is taken or kept"), ({"capacity": "-1"}, "between 0 and"),
        ({"capacity": "x"}, "whole number"), ({"delta": "1", "seen": "3"}, "while your page was open"), ({"capacity": "5000"}, "1,000"),
    ]
    for data, says in wrong:
        answer = client.post(f"/cohorts/{scene.cohort.id}/capacity", data=data, headers={"Referer": "http://localhost/account"})
        assert answer.location == "/account", data
        assert says in text(client.get("/account")), data
    assert scene.cohort.capacity == 5


def test_others_do_not_change_it(client: StrictClient, scene: Scene) -> None:
    for somebody in (scene.link_worker, scene.holder, build().partner):
        assert as_(client, somebody).post(f"/cohorts/{scene.cohort.id}/capacity", data={"capacity": "1"}).status_code in (403, 404)


# --- sight ---------------------------------------------------------------------------------------


def test_roles_without_business_here_see_no_commission(client: StrictClient, scene: Scene) -> None:
    commission = scene.approved(introduced(scene))
    scopes = {
        Role.FUNDER: {"fund_id": scene.fund.id}, Role.SCHOOL_LEAD: {"school_id": scene.school.id},
        Role.PRACTITIONER: {"organisation_id": scene.organisation.id},
    }
    for role, scope in scopes.items():
        as_(client, person(role, scene.zone, **scope))
        assert client.get(f"/commissions/{commission.id}").status_code == 404, role
        assert client.get("/approvals").status_code == 403, role
        assert client.post(f"/commissions/{commission.id}/approve").status_code == 404, role


def test_another_zone_sees_nothing(client: StrictClient, scene: Scene) -> None:
    commission = scene.approved(introduced(scene))
    other = build()
    for somebody in (other.manager, other.link_worker, other.holder, other.partner):
        as_(client, somebody)
        for url in (f"/commissions/{commission.id}", f"/commissions/{commission.id}/cancel"):
            assert client.get(url).status_code == 404
        for verb in ("approve", "resume", "complete", "close"):
            assert client.post(f"/commissions/{commission.id}/{verb}").status_code == 404


def test_a_link_workers_colleague_does_not_see_it(client: StrictClient, scene: Scene) -> None:
    commission = scene.request()
    assert as_(client, person(Role.LINK_WORKER, scene.zone)).get(f"/commissions/{commission.id}").status_code == 404


def test_within_sight_but_without_the_power_is_403(client: StrictClient, scene: Scene) -> None:
    commission = scene.request()
    for who, verbs in (("link_worker", ("approve", "close")), ("manager", ("approve",)), ("holder", ("complete", "resume"))):
        as_(client, getattr(scene, who))
        for verb in verbs:
            assert client.post(f"/commissions/{commission.id}/{verb}").status_code == 403, (who, verb)


# --- speed ---------------------------------------------------------------------------------------


def test_a_page_asks_the_database_no_more_often_for_five_than_for_two(client: StrictClient, scene: Scene) -> None:
    places.change_capacity(cohort_id=scene.cohort.id, capacity=20, actor=scene.partner)
    pages = (("holder", "/approvals"), ("holder", "/commissions"), ("link_worker", "/commissions"), ("partner", "/commissions"))

    def counted(more: int) -> list[int]:
        found = []
        for _ in range(more):
            scene.request(introduced(scene), sessions=1)
        for who, page in pages:
            as_(client, getattr(scene, who))
            with count_statements() as sent:
                assert client.get(page).status_code == 200
            found.append(sent.count)
        return found

    few, many = counted(2), counted(3)
    assert all(later <= earlier for earlier, later in zip(few, many, strict=True)), (pages, few, many)
