"""The pages about children, through HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import current_app, url_for
from flask.testing import FlaskClient

from app.accounts.models import Person, Role
from app.audit.models import Sight
from app.children import panels, queries, services
from app.children.models import Child, Consent, Goal, NoteKind, Relationship, Voice
from app.commissioning.models import Fund
from app.extensions import db
from app.shared import clock
from tests import factories as make
from tests.children.conftest import World
from tests.support.people import sign_in
from tests.support.statements import count_statements


def address(endpoint: str, child: Child, **more: object) -> str:
    with current_app.test_request_context():
        return url_for(endpoint, child_id=child.id, **more)


def funder_of(world: World) -> Person:
    today = clock.today()
    fund = make.save(Fund(zone_id=world.zone.id, name="Council", funder="Council", starts_on=today, ends_on=today))
    return make.make_person(Role.FUNDER, world.zone, fund_id=fund.id)


PAGES = ["children.child", "children.circle", "children.notes"]
FORMS = [
    "children.voice_new", "children.note_new", "children.need_new", "children.goal_new", "children.strengths_edit",
    "children.practicalities_edit", "children.relationship_new", "children.carer_new", "children.consent_new",
]
MANAGED = ["children.child_edit", "children.child_school", "children.caseload_assign", "children.child_leave", "children.child_zone"]


@pytest.mark.parametrize("endpoint", PAGES + FORMS)
def test_link_worker_sees_every_page_of_the_own_child(client: FlaskClient, world: World, endpoint: str) -> None:
    sign_in(client, world.link_worker)
    response = client.get(address(endpoint, world.child))
    assert response.status_code == 200
    assert "Amara" in response.text


def test_friend_is_linked_to_a_child_one_works_with_and_a_manager_leaves_the_link_alone(client: FlaskClient, world: World) -> None:
    leon = make.make_child(world.school, world.link_worker, first_name="Leon")
    sign_in(client, world.link_worker)
    typed = {"name": "Leon", "kind": "friend", "closeness": "near", "warmth": "warm", "since_on": clock.today().isoformat()}
    new = address("children.relationship_new", world.child)
    assert leon.reference in client.get(new).text
    assert client.post(new, data={**typed, "other_child_id": str(make.make_child(world.school).id)}).status_code == 422
    assert client.post(new, data={**typed, "other_child_id": str(leon.id)}).status_code == 303
    tie = db.session.scalars(sa.select(Relationship).where(Relationship.other_child_id == leon.id)).one()
    edit = address("children.relationship_edit", world.child, relationship_id=tie.id)
    assert f'selected value="{leon.id}"' in client.get(edit).text
    sign_in(client, world.manager)
    assert leon.reference not in client.get(edit).text, "who has no children of their own is not asked"
    assert client.post(edit, data={**typed, "note": "Best friend"}).status_code == 303
    db.session.expire_all()
    assert (tie.note, tie.other_child_id) == ("Best friend", leon.id)


@pytest.mark.parametrize("endpoint", MANAGED)
def test_manager_alone_looks_after_the_record(client: FlaskClient, world: World, endpoint: str) -> None:
    sign_in(client, world.link_worker)
    assert client.get(address(endpoint, world.child)).status_code == 403
    sign_in(client, world.manager)
    assert client.get(address(endpoint, world.child)).status_code == 200


@pytest.mark.parametrize("endpoint", [*PAGES, *FORMS, *MANAGED, "matching.matches"])
def test_child_outside_the_reach_is_not_there(client: FlaskClient, world: World, endpoint: str) -> None:
    elsewhere = make.make_zone()
    strangers = [
        make.make_person(Role.LINK_WORKER, world.zone), make.make_person(Role.ZONE_MANAGER, elsewhere),
        make.make_person(Role.SCHOOL_LEAD, world.zone, school=world.other_school),
        make.make_person(Role.BUDGET_HOLDER, world.zone), funder_of(world),
        make.make_person(Role.PARTNER_ADMIN, world.zone, organisation=world.organisation),
    ]
    for stranger in strangers:
        sign_in(client, stranger)
        assert client.get(address(endpoint, world.child)).status_code == 404, stranger.role_word


@pytest.mark.parametrize("endpoint", [*PAGES, "matching.matches"])
def test_every_look_is_written_down_once(client: FlaskClient, world: World, endpoint: str) -> None:
    sign_in(client, world.link_worker)
    client.get(address(endpoint, world.child))
    sights = db.session.scalars(sa.select(Sight)).all()
    assert [(sight.person_id, sight.child_id) for sight in sights] == [(world.link_worker.id, world.child.id)]


def test_private_note_stays_with_the_link_worker(client: FlaskClient, world: World) -> None:
    for text, private in (("Spoke of her dad in therapy", True), ("Loves the drum room", False)):
        services.add_note(child_id=world.child.id, kind=NoteKind.MOTIVATES, text=text, noted_on=clock.today(), is_private=private, actor=world.link_worker)
    for person, sees in ((world.link_worker, True), (world.manager, False), (world.lead, False)):
        sign_in(client, person)
        for endpoint in PAGES:
            assert ("therapy" in client.get(address(endpoint, world.child)).text) == (sees and endpoint == "children.notes"), endpoint
        assert "Loves the drum room" in client.get(address("children.notes", world.child)).text


def test_only_the_link_worker_can_keep_a_note_private(client: FlaskClient, world: World) -> None:
    sign_in(client, world.lead)
    url = address("children.note_new", world.child)
    assert "Keep this private" not in client.get(url).text
    client.post(url, data={"kind": "motivates", "text": "Likes maps", "noted_on": str(clock.today()), "is_private": "y"})
    assert [note.is_private for note in db.session.get_one(Child, world.child.id).notes] == [False]


def test_school_lead_sees_the_plan_but_neither_telephone_nor_consents(client: FlaskClient, world: World) -> None:
    make.make_consent(world.child, world.organisation)
    sign_in(client, world.lead)
    page = client.get(address("children.child", world.child)).text
    assert "Friendships" in page
    assert "07700 900123" not in page
    assert "Permission to share" not in page
    assert "Best matches" not in page
    for endpoint in ("children.need_new", "children.consent_new", "children.strengths_edit", "matching.matches"):
        assert client.get(address(endpoint, world.child)).status_code == 403


def test_page_opens_with_strengths_before_needs(client: FlaskClient, world: World) -> None:
    sign_in(client, world.link_worker)
    page = client.get(address("children.child", world.child)).text
    assert 0 < page.index("loves and is good at") < page.index("The people and places who matter") < page.index("Needs and goals")
    assert "I like drumming on anything." in page


GOOD: dict[str, dict[str, Any]] = {
    "children.voice_new": {"words": "I want to bang pots", "said_on": "2026-11-20"},
    "children.note_new": {"kind": "barrier", "text": "Noise", "noted_on": "2026-11-20"},
    "children.need_new": {"code": "Emotional:anxiety", "priority": "1", "starting_point": "Hides"},
    "children.goal_new": {"area": "Social", "words": "Sit with somebody"},
    "children.strengths_edit": {"strengths": "kind\r\nbrave", "interests": "drums\r\n\r\ncats"},
    "children.relationship_new": {"name": "Nan", "who": "grandmother", "kind": "family", "closeness": "close", "warmth": "warm", "since_on": "2020-01-01"},
    "children.carer_new": {"name": "Dad", "relation": "father", "phone": "020 7946 0018", "language": "so", "has_parental_responsibility": "y"},
    "children.practicalities_edit": {
        "max_km": "3.5", "windows-0-days": ["Mon", "Tue"], "windows-0-start": "15:30", "windows-0-end": "17:30",
        "windows-1-start": "", "windows-1-end": "", "max_cost_pence": "2.50", "languages": "English, Somali", "sibling_ages": "4, 7",
        "max_group": "", "are_holidays_ok": "y", "audiences": ["young_carers"],
    },
}


@pytest.mark.parametrize("endpoint", list(GOOD))
def test_form_filled_in_well_is_kept_and_goes_back(client: FlaskClient, world: World, endpoint: str) -> None:
    sign_in(client, world.link_worker)
    answer = client.post(address(endpoint, world.child), data=GOOD[endpoint])
    assert answer.status_code == 303
    assert client.get(answer.location).status_code == 200


def test_practicalities_are_kept_as_typed(client: FlaskClient, world: World) -> None:
    sign_in(client, world.link_worker)
    client.post(address("children.practicalities_edit", world.child), data=GOOD["children.practicalities_edit"])
    child = db.session.get_one(Child, world.child.id)
    assert child.windows == [{"days": ["Mon", "Tue"], "start": "15:30", "end": "17:30"}]
    assert (child.max_km, child.max_cost_pence, child.languages, child.sibling_ages) == (3.5, 250, ["en", "so"], [4, 7])
    assert (child.are_holidays_ok, child.is_online_ok, child.max_group, child.audiences) == (True, False, None, ["young_carers"])


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("children.voice_new", {"words": "", "said_on": "2026-11-20"}, "Write what the child said"),
    ("children.voice_new", {"words": "I was here", "said_on": "2999-01-01"}, "still to come"),
    ("children.note_new", {"kind": "gossip", "text": "Noise", "noted_on": "2026-11-20"}, "Choose what kind"),
    ("children.need_new", {"code": "Emotional:magic", "priority": "1"}, "Choose a need"),
    ("children.goal_new", {"area": "Social", "words": " "}, "Write the goal"),
    ("children.relationship_new", {"name": "Nan", "kind": "family", "closeness": "close", "warmth": "warm", "since_on": "2999-01-01"}, "still to come"),
    ("children.carer_new", {"name": "Dad", "phone": "12", "language": "en"}, "not a telephone number"),
    ("children.practicalities_edit", {"max_km": "far", "languages": "English"}, "Type kilometres"),
    ("children.practicalities_edit", {"max_km": "3", "languages": "Klingonese"}, "is not a language we know"),
    ("children.practicalities_edit", {"max_km": "3", "languages": "en", "sibling_ages": "four"}, "Type ages"),
    ("children.practicalities_edit", {"max_km": "3", "languages": "en", "windows-0-days": "Mon", "windows-0-start": "17:00", "windows-0-end": "16:00"},
     "must end after it starts"),
    ("children.practicalities_edit", {"max_km": "3", "languages": "en", "windows-0-days": "Mon", "windows-0-start": "17:00"}, "when this time starts and ends"),
    ("children.practicalities_edit", {"max_km": "3", "languages": "en", "windows-0-start": "15:00", "windows-0-end": "16:00"}, "Choose the days"),
]


@pytest.mark.parametrize(("endpoint", "typed", "sentence"), BAD)
def test_form_filled_in_badly_says_so_keeps_what_was_typed_and_changes_nothing(
    client: FlaskClient, world: World, endpoint: str, typed: dict[str, Any], sentence: str
) -> None:
    sign_in(client, world.link_worker)
    answer = client.post(address(endpoint, world.child), data=typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<title>Error: " in answer.text
    kept = [str(value) for value in typed.values() if isinstance(value, str) and value.strip() and value not in ("gossip", "Emotional:magic")]
    assert all(value in answer.text for value in kept)
    child = db.session.get_one(Child, world.child.id)
    assert (len(child.voices), len(child.notes), len(child.needs), len(child.carers), child.max_km) == (1, 0, 1, 1, 4.0)


def test_form_sent_twice_is_kept_once(client: FlaskClient, world: World) -> None:
    sign_in(client, world.link_worker)
    typed = {**GOOD["children.goal_new"], "once": "the-same-form"}
    for _ in range(2):
        assert client.post(address("children.goal_new", world.child), data=typed).status_code == 303
    assert db.session.query(Goal).count() == 1


def test_consent_is_given_and_taken_back_in_the_browser(client: FlaskClient, world: World) -> None:
    sign_in(client, world.link_worker)
    today = clock.today()
    typed = {
        "carer_id": str(world.child.carers[0].id), "organisation_id": str(world.organisation.id), "fields": ["first_name", "needs"],
        "given_on": str(today), "ends_on": str(today + timedelta(days=365)), "how": "by telephone", "language": "so",
    }
    assert client.post(address("children.consent_new", world.child), data=typed).status_code == 303
    consent = db.session.query(Consent).one()
    page = client.get(address("children.child", world.child)).text
    assert world.organisation.name in page
    stop = address("children.consent_withdraw", world.child, consent_id=consent.id)
    assert "first name and needs" in client.get(stop).text
    assert client.post(stop, data={"why": "She changed her mind"}).status_code == 303
    assert services.shared_view(world.child, world.organisation.id, today) is None


@pytest.mark.parametrize(("change", "sentence"), [
    ({"fields": []}, "Choose at least one thing"), ({"ends_on": "2999-01-01"}, "two years at most"), ({"carer_id": "x"}, "Choose who agreed"),
    ({"organisation_id": str(make.some_id())}, "Choose an organisation"), ({"given_on": "2999-01-01"}, "still to come"), ({"fields": ["iq"]}, "Choose from the list"),
])
def test_consent_typed_wrongly_is_refused_at_its_field(client: FlaskClient, world: World, change: dict[str, Any], sentence: str) -> None:
    sign_in(client, world.link_worker)
    today = clock.today()
    typed = {
        "carer_id": str(world.child.carers[0].id), "organisation_id": str(world.organisation.id), "fields": ["first_name"],
        "given_on": str(today), "ends_on": str(today + timedelta(days=365)), "how": "in person", "language": "en", **change,
    }
    answer = client.post(address("children.consent_new", world.child), data=typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert db.session.query(Consent).count() == 0


def test_safeguarding_lead_can_stop_sharing_but_not_start_it(client: FlaskClient, world: World) -> None:
    consent = make.make_consent(world.child, world.organisation)
    sign_in(client, make.make_person(Role.SAFEGUARDING_LEAD, world.zone))
    assert client.get(address("children.consent_new", world.child)).status_code == 403
    assert client.post(address("children.consent_withdraw", world.child, consent_id=consent.id), data={}).status_code == 303


def test_consent_of_another_child_is_not_there(client: FlaskClient, world: World) -> None:
    other = make.make_child(world.school)
    consent = make.make_consent(other, world.organisation)
    sign_in(client, world.link_worker)
    assert client.get(address("children.consent_withdraw", world.child, consent_id=consent.id)).status_code == 404


def test_manager_adds_a_child_and_gives_it_a_link_worker(client: FlaskClient, world: World) -> None:
    sign_in(client, world.link_worker)
    assert client.get("/children/new").status_code == 403
    sign_in(client, world.manager)
    wrong = client.post("/children/new", data={"first_name": "Bilal", "school_id": str(world.school.id), "school_year": "Year 3"})
    assert wrong.status_code == 422
    assert "age or birthday" in wrong.text
    answer = client.post("/children/new", data={"first_name": "Bilal", "age": "7", "school_id": str(world.school.id), "school_year": "Year 3"})
    assert answer.status_code == 303
    typed = {"person_id": str(world.link_worker.id), "kind": "lead", "starts_on": str(clock.today())}
    assert client.post(answer.location, data=typed).status_code == 303
    assert [child.first_name for child in queries.list_caseload(world.link_worker)] == ["Amara", "Bilal"]


def test_empty_caseload_says_what_to_do(client: FlaskClient, world: World) -> None:
    sign_in(client, make.make_person(Role.LINK_WORKER, world.zone))
    assert "Your Zone manager gives you your children" in client.get("/children").text
    sign_in(client, world.link_worker)
    assert "Nobody here is called “Zed”" in client.post("/children", data={"q": "Zed"}).text
    assert "Nobody here" not in client.get("/children?q=Zed").text, "a name in an address finds nobody"


@pytest.mark.parametrize("typed", ["🥁", "�", "x" * 5000, "%_\\"])
def test_search_takes_any_typing(client: FlaskClient, world: World, typed: str) -> None:
    sign_in(client, world.link_worker)
    assert client.post("/children?page=99999999999999999999", data={"q": typed}).status_code == 200


@pytest.mark.parametrize("typed", ["\x00", "a\x00b"])
def test_a_nul_byte_is_refused_before_the_database_sees_it(client: FlaskClient, world: World, typed: str) -> None:
    sign_in(client, world.link_worker)
    assert client.post("/children", data={"q": typed}).status_code == 400


def test_caseload_asks_as_much_for_many_children_as_for_few(client: FlaskClient, world: World) -> None:
    sign_in(client, world.link_worker)
    with count_statements() as few:
        client.get("/children")
    for _ in range(8):
        make.make_child(world.school, world.link_worker)
    with count_statements() as many:
        assert "9 children" in client.get("/children").text
    assert many.count <= few.count + 1


def test_caseload_says_what_is_next(client: FlaskClient, world: World) -> None:
    sign_in(client, world.link_worker)
    assert "Ask what the child wants to reach" in client.get("/children").text
    with panels_next("Mum has not been asked"):
        assert "Mum has not been asked" in client.get("/children").text


class panels_next:  # noqa: N801  reads as a sentence
    """What a room above would say, and take away again."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __enter__(self) -> None:
        panels.register_next("test", 1, lambda person, children: {child.id: panels.NextStep(self.text) for child in children})

    def __exit__(self, *rest: object) -> None:
        panels._next.pop("test")


def test_refusal_is_lifted_with_the_childs_words(client: FlaskClient, world: World) -> None:
    offering = make.make_offering(world.organisation, title="Loud Drums")
    services.record_refusal(child_id=world.child.id, offering_id=offering.id, why="Too loud", is_childs_no=True, actor=world.link_worker)
    sign_in(client, world.link_worker)
    assert "Loud Drums" in client.get(address("children.notes", world.child)).text
    lift = address("children.refusal_lift", world.child, offering_id=offering.id)
    assert client.post(lift, data={"words": ""}).status_code == 422
    assert client.post(lift, data={"words": "Can I try again?"}).status_code == 303
    assert list(db.session.scalars(sa.select(Voice.words))).count("Can I try again?") == 1


def test_leaving_shows_what_ends_first(client: FlaskClient, world: World) -> None:
    sign_in(client, world.manager)
    leave = address("children.child_leave", world.child)
    assert "no longer see" in client.get(leave).text
    assert client.post(leave, data={"on": str(clock.today()), "reason": "Moved"}).status_code == 303
    assert "Amara" in client.get("/children?whose=ended").text
    assert "Amara" not in client.get("/children").text


def test_a_whole_caseload_is_covered_or_handed_over_on_one_page(client: FlaskClient, world: World) -> None:
    other = make.make_person(Role.LINK_WORKER, world.zone)
    sign_in(client, world.link_worker)
    assert client.get("/children/hand-over").status_code == 403
    sign_in(client, world.manager)
    assert 'href="/children/hand-over"' in client.get("/children").text
    assert f"{world.link_worker.name}, 1 child" in client.get(f"/children/hand-over?who={world.link_worker.id}").text
    given = {"person_id": str(world.link_worker.id), "to_id": str(other.id), "kind": "cover", "starts_on": str(clock.today())}
    for wrong in ({}, given, {**given, "to_id": given["person_id"], "kind": "lead"}, {**given, "ends_on": str(clock.today() - timedelta(days=1))}):
        assert client.post("/children/hand-over", data=wrong).status_code == 422, wrong
    assert client.post("/children/hand-over", data={**given, "ends_on": str(clock.today())}).status_code == 303
    assert [child.id for child in queries.list_caseload(other)] == [world.child.id] == [child.id for child in queries.list_caseload(world.link_worker)]
    assert client.post("/children/hand-over", data={**given, "kind": "lead"}).status_code == 303
    assert queries.list_caseload(world.link_worker) == []
