"""People coming, going, and what they may do."""

from __future__ import annotations

import difflib
import re
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import links, policies, queries
from app.accounts.models import Person, Role, RoleGrant, Zone
from app.accounts.services import asked as asking
from app.accounts.services import passwords, people
from app.accounts.services.people import Scope
from app.audit.models import AuditEntry
from app.notifications.models import OutboxMessage
from app.shared import clock
from app.shared.db import db
from app.shared.errors import Forbidden, Invalid, NotFound
from tests import factories
from tests.support.client import StrictClient
from tests.support.people import sign_in


@pytest.fixture
def zone(app: Flask) -> Zone:
    return factories.make_zone(name="West London", slug="west-london")


@pytest.fixture
def manager(zone: Zone) -> Person:
    return factories.make_person(Role.ZONE_MANAGER, zone)


@pytest.fixture
def administrator(app: Flask) -> Person:
    return factories.make_person(Role.ADMINISTRATOR)


def add(actor: Person, zone: Zone, role: Role = Role.LINK_WORKER, email: str = "sam@example.org", **scope: object) -> Person:
    return people.add_person(
        name="Sam Oduya", email=email, phone="", zone_id=zone.id, role=role, scope=Scope(**scope), actor=actor  # type: ignore[arg-type]
    )


def actions() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


# --- who may grant what --------------------------------------------------------------------------


def test_a_zone_manager_grants_in_the_own_zone_only(zone: Zone, manager: Person) -> None:
    person = add(manager, zone)
    assert [(grant.role, grant.zone_id, grant.granted_by_id) for grant in person.grants] == [(Role.LINK_WORKER, zone.id, manager.id)]
    with pytest.raises(Forbidden):
        add(manager, factories.make_zone(), email="other@example.org")


def test_nobody_makes_an_administrator_on_a_page(zone: Zone, manager: Person, administrator: Person) -> None:
    for actor in (manager, administrator):
        with pytest.raises(Forbidden):
            add(actor, zone, Role.ADMINISTRATOR)


def test_an_administrator_makes_zone_managers_and_nothing_else(zone: Zone, administrator: Person) -> None:
    assert add(administrator, zone, Role.ZONE_MANAGER).manages(zone.id)
    for role in set(Role) - {Role.ZONE_MANAGER}:
        with pytest.raises(Forbidden):
            add(administrator, zone, role, email=f"{role}@example.org")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ZONE_MANAGER, Role.ADMINISTRATOR}))
def test_no_other_role_grants_anything(zone: Zone, role: Role) -> None:
    school, organisation = factories.make_school(zone), factories.make_organisation(zone)
    somebody = Person(name="X", email="x@example.org")
    somebody.grants = [RoleGrant(role=role, zone_id=zone.id, school_id=school.id, organisation_id=organisation.id, starts_on=clock.today())]
    assert not any(policies.can_grant(somebody, wanted, zone) for wanted in Role)


def test_a_role_of_yesterday_gives_nothing_today(zone: Zone, manager: Person) -> None:
    with clock.freeze(clock.now() - timedelta(days=3)):
        person = add(manager, zone, Role.ZONE_MANAGER, ends_on=clock.today() + timedelta(days=1))
        assert person.manages(zone.id)
    assert not person.manages(zone.id)


# --- scopes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "field"), [
    (Role.SCHOOL_LEAD, "school"), (Role.PARTNER_ADMIN, "organisation"), (Role.PRACTITIONER, "organisation"), (Role.FUNDER, "fund"),
])
def test_a_role_that_needs_a_scope_is_refused_without_it(zone: Zone, manager: Person, role: Role, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        add(manager, zone, role)
    assert refused.value.field == field
    assert queries.find_person("sam@example.org") is None


def test_a_scope_of_another_zone_is_refused(zone: Zone, manager: Person) -> None:
    elsewhere = factories.make_zone()
    school, organisation = factories.make_school(elsewhere), factories.make_organisation(elsewhere)
    for role, scope in [
        (Role.SCHOOL_LEAD, {"school_id": school.id}), (Role.LINK_WORKER, {"school_id": school.id}),
        (Role.PARTNER_ADMIN, {"organisation_id": organisation.id}), (Role.FUNDER, {"fund_id": uuid.uuid4()}),
    ]:
        with pytest.raises(Invalid):
            add(manager, zone, role, **scope)


def test_a_scope_that_the_role_does_not_have_is_refused(zone: Zone, manager: Person) -> None:
    school = factories.make_school(zone)
    for scope in ({"school_id": school.id}, {"limit_pence": 100}):
        with pytest.raises(Invalid):
            add(manager, zone, Role.ZONE_MANAGER, **scope)


def test_the_last_day_is_not_before_the_first(zone: Zone, manager: Person) -> None:
    with pytest.raises(Invalid) as refused:
        add(manager, zone, starts_on=clock.today(), ends_on=clock.today() - timedelta(days=1))
    assert refused.value.field == "ends_on"


# --- coming --------------------------------------------------------------------------------------


def test_a_new_person_is_sent_a_link(zone: Zone, manager: Person) -> None:
    person = add(manager, zone)
    message = db.session.scalars(sa.select(OutboxMessage)).one()
    assert (message.topic, message.payload) == ("accounts.link", {"person_id": str(person.id), "kind": "invited"})


def test_whoever_adds_an_address_learns_nothing_of_an_account_elsewhere(client: StrictClient, zone: Zone, manager: Person) -> None:
    """The answers for somebody new and for somebody another Zone knows are the same but for what was typed."""
    there = factories.make_person(Role.PRACTITIONER, elsewhere := factories.make_zone(), organisation=factories.make_organisation(elsewhere), name="Her Real Name")
    sign_in(client, manager)
    seen = {}
    for email in (there.email, "nobody@example.org"):
        added = client.post("/people/new?role=link_worker&zone=west-london", data={"name": "Zed Typed", "email": email, "phone": ""})
        where = added.headers["Location"]
        pages = "".join(client.get(path).get_data(as_text=True) for path in (where, "/people", f"{where}/leave"))
        for once in (email, where.rsplit("/", 1)[1]):
            pages = pages.replace(once, "…")
        pages = re.sub(r"/choose-password/[\w.-]+|name=\"csrf_token\"[^>]*>|[0-9a-f-]{32,36}|Zed Typed</a>.*", "…", pages)
        seen[email] = (added.status_code, re.sub(r"\s+", " ", pages))
        assert "Her Real Name" not in pages
        again = client.post("/people/new?role=budget_holder&zone=west-london", data={"name": "Zed", "email": email, "phone": ""})
        assert again.status_code == 422 and "Zed Typed already has an account here" in again.get_data(as_text=True)
        people.leave(person_id=uuid.UUID(where.rsplit("/", 1)[1]), actor=manager)
    first, second = seen.values()
    assert list(difflib.unified_diff(first[1].split("> <"), second[1].split("> <"), n=0)) == [] and first[0] == second[0] == 303
    assert there.zone_ids() == {elsewhere.id} and there.name == "Her Real Name", "nothing of it is changed, or given, unasked"


def test_who_is_asked_says_yes_and_has_the_role_and_what_was_given_meanwhile(client: StrictClient, zone: Zone, manager: Person) -> None:
    there = factories.make_person(Role.SCHOOL_LEAD, elsewhere := factories.make_zone(), school=factories.make_school(elsewhere))
    asked = add(manager, zone, email=there.email)
    assert asked.id != there.id and db.session.scalars(sa.select(OutboxMessage.topic)).all() == ["accounts.new_role"]
    child = factories.make_child(factories.make_school(zone), asked)
    stranger = factories.make_person(Role.SCHOOL_LEAD, elsewhere, school=there.grants[0].school)
    with pytest.raises(NotFound):
        asking.say_yes(asked_id=asked.id, actor=stranger)
    with pytest.raises(NotFound):  # the link of whoever asks opens nothing
        passwords.choose_password(token=links.make_token(asked, "x"), password="four quiet otters sleep", secret="x")
    sign_in(client, there)
    assert zone.name in client.get("/account").get_data(as_text=True)
    client.post(f"/account/asked/{asked.id}", data={"answer": "yes"})
    assert there.zone_ids() == {zone.id, elsewhere.id} and child.link_worker_ids == {there.id}
    assert actions()[-1] == "accounts.role.accepted" and not queries.list_asked(there)
    assert client.post(f"/account/asked/{asked.id}", data={"answer": "no"}).status_code == 404


def test_who_is_asked_and_says_no_stays_unknown(zone: Zone, manager: Person) -> None:
    there = factories.make_person(Role.LINK_WORKER, elsewhere := factories.make_zone())
    asked = add(manager, zone, email=there.email)
    asking.say_no(asked_id=asked.id, actor=there)
    assert there.zone_ids() == {elsewhere.id} and not asked.is_active and asked.name == "Sam Oduya"


def test_somebody_already_here_is_not_added_again(zone: Zone, manager: Person) -> None:
    add(manager, zone)
    with pytest.raises(people.AlreadyHere) as refused:
        add(manager, zone, Role.BUDGET_HOLDER, email="SAM@example.org")
    assert refused.value.field == "email"


def test_somebody_who_left_comes_back_with_the_new_role_alone_and_a_new_password(zone: Zone, manager: Person) -> None:
    with clock.freeze(clock.now() - timedelta(days=10)):
        person = factories.make_person(Role.SAFEGUARDING_LEAD, zone)
    people.leave(person_id=person.id, actor=manager)
    back = add(manager, zone, email=person.email)
    assert back.id == person.id and back.is_active and back.password_hash is None
    assert [grant.role for grant in back.live_grants] == [Role.LINK_WORKER]


def test_the_same_role_twice_is_refused_and_another_school_is_not(zone: Zone, manager: Person) -> None:
    one, two = factories.make_school(zone), factories.make_school(zone)
    person = add(manager, zone, school_id=one.id)
    with pytest.raises(people.AlreadyHere):
        people.add_role(person_id=person.id, zone_id=zone.id, role=Role.LINK_WORKER, scope=Scope(school_id=one.id), actor=manager)
    people.add_role(person_id=person.id, zone_id=zone.id, role=Role.LINK_WORKER, scope=Scope(school_id=two.id), actor=manager)
    assert person.school_ids() == {one.id, two.id}


# --- going ---------------------------------------------------------------------------------------


def test_an_ended_role_is_over_at_once(zone: Zone, manager: Person) -> None:
    person = factories.make_person(Role.LINK_WORKER, zone)
    people.end_role(grant_id=person.grants[0].id, actor=manager)
    assert not person.live_grants
    assert person.grants[0].ends_on == clock.today() - timedelta(days=1)


def test_a_role_of_today_that_ends_today_leaves_only_its_trail(zone: Zone, manager: Person) -> None:
    person = add(manager, zone)
    grant_id = person.grants[0].id
    people.end_role(grant_id=grant_id, actor=manager)
    assert not person.grants
    ended = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "accounts.role.ended")).one()
    assert (ended.subject_id, ended.details["role"]) == (grant_id, "link_worker")


def test_nobody_ends_the_own_role_or_leaves_alone(zone: Zone, manager: Person) -> None:
    with pytest.raises(Forbidden):
        people.end_role(grant_id=manager.grants[0].id, actor=manager)
    with pytest.raises(Forbidden):
        people.leave(person_id=manager.id, actor=manager)


def test_leaving_ends_every_role_also_one_to_come(zone: Zone, manager: Person) -> None:
    person = factories.make_person(Role.LINK_WORKER, zone)
    people.add_role(
        person_id=person.id, zone_id=zone.id, role=Role.BUDGET_HOLDER, scope=Scope(starts_on=clock.today() + timedelta(days=30)), actor=manager
    )
    people.leave(person_id=person.id, actor=manager)
    with clock.freeze(clock.now() + timedelta(days=40)):
        assert not person.is_active and not person.live_grants
        assert not any(grant.is_live for grant in person.grants)
    assert actions()[-1] == "accounts.person.left"


def test_leaving_twice_is_leaving_once(zone: Zone, manager: Person) -> None:
    person = factories.make_person(Role.LINK_WORKER, zone)
    for _ in range(2):
        people.leave(person_id=person.id, actor=manager)
    assert actions().count("accounts.person.left") == 1


def test_a_zone_cannot_send_away_somebody_who_also_works_elsewhere(zone: Zone, manager: Person) -> None:
    person = factories.make_person(Role.LINK_WORKER, factories.make_zone())
    asking.say_yes(asked_id=add(manager, zone, email=person.email).id, actor=person)
    with pytest.raises(Forbidden):
        people.leave(person_id=person.id, actor=manager)
    assert person.is_active


def test_a_grant_of_another_zone_is_not_there(zone: Zone, manager: Person) -> None:
    stranger = factories.make_person(Role.LINK_WORKER, factories.make_zone())
    with pytest.raises(NotFound):
        people.end_role(grant_id=stranger.grants[0].id, actor=manager)
    with pytest.raises(NotFound):
        people.leave(person_id=stranger.id, actor=manager)


# --- reads ---------------------------------------------------------------------------------------


def test_people_with_a_role_are_those_who_hold_it_today(zone: Zone) -> None:
    today = clock.today()
    held = factories.make_person(Role.SAFEGUARDING_LEAD, zone)
    for starts, ends in [(today + timedelta(days=1), None), (today - timedelta(days=9), today - timedelta(days=1))]:
        person = factories.make_person()
        factories.save(RoleGrant(person_id=person.id, role=Role.SAFEGUARDING_LEAD, zone_id=zone.id, starts_on=starts, ends_on=ends))
    factories.make_person(Role.SAFEGUARDING_LEAD, zone, left_at=clock.now())
    factories.make_person(Role.SAFEGUARDING_LEAD, factories.make_zone())
    assert [person.id for person in queries.people_with(Role.SAFEGUARDING_LEAD, zone.id)] == [held.id]


def test_people_of_a_school_are_its_own_and_those_of_the_whole_zone(zone: Zone) -> None:
    one, two = factories.make_school(zone), factories.make_school(zone)
    own, whole = factories.make_person(Role.SAFEGUARDING_LEAD, zone, school=one), factories.make_person(Role.SAFEGUARDING_LEAD, zone)
    factories.make_person(Role.SAFEGUARDING_LEAD, zone, school=two)
    assert {person.id for person in queries.people_with(Role.SAFEGUARDING_LEAD, zone.id, school_id=one.id)} == {own.id, whole.id}


# --- pages ---------------------------------------------------------------------------------------


def test_the_list_shows_the_own_zone_only(client: StrictClient, zone: Zone, manager: Person) -> None:
    factories.make_person(Role.LINK_WORKER, zone, name="Hanna Here")
    factories.make_person(Role.LINK_WORKER, factories.make_zone(), name="Thea There")
    factories.make_person(Role.ADMINISTRATOR, name="Ada Root")
    sign_in(client, manager)
    page = client.get("/people").get_data(as_text=True)
    assert "Hanna Here" in page
    assert "Thea There" not in page and "Ada Root" not in page


def test_an_administrator_sees_zone_managers_only(client: StrictClient, zone: Zone, administrator: Person) -> None:
    factories.make_person(Role.LINK_WORKER, zone, name="Hanna Here")
    factories.make_person(Role.ZONE_MANAGER, zone, name="Mona Manager")
    sign_in(client, administrator)
    page = client.get("/people").get_data(as_text=True)
    assert "Mona Manager" in page and "Hanna Here" not in page


def test_the_list_finds_by_name_address_and_role(client: StrictClient, zone: Zone, manager: Person) -> None:
    factories.make_person(Role.LINK_WORKER, zone, name="Hanna Here", email="hanna@school.example")
    factories.make_person(Role.BUDGET_HOLDER, zone, name="Bea Budget")
    sign_in(client, manager)
    for query, seen in [("q=hann", True), ("q=school.example", True), ("role=link_worker", True), ("q=%", True), ("q=bea", False)]:
        answer = client.post("/people", data=dict(part.split("=") for part in query.split("&"))) if "q=" in query else client.get(f"/people?{query}")
        assert ("Hanna Here" in answer.get_data(as_text=True)) is seen, query
    assert client.get("/people?q=Hanna").get_data(as_text=True).count("Hanna Here") == 1, "a name in an address is not looked for: everybody is shown"
    assert client.post("/people", data={"role": "link_worker"}).headers["Location"] == "/people?role=link_worker"


def test_a_stranger_has_no_page(client: StrictClient, zone: Zone, manager: Person) -> None:
    stranger = factories.make_person(Role.LINK_WORKER, factories.make_zone())
    sign_in(client, manager)
    for path in ("", "/roles/new", "/leave"):
        assert client.get(f"/people/{stranger.id}{path}").status_code == 404
    for path in (f"/roles/{stranger.grants[0].id}/end", "/leave", "/link"):
        assert client.post(f"/people/{stranger.id}{path}").status_code == 404


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ZONE_MANAGER, Role.ADMINISTRATOR, Role.FUNDER}))
def test_other_roles_have_no_people_schools_or_zone(client: StrictClient, zone: Zone, role: Role) -> None:
    somebody = factories.make_person(
        role, zone, school=factories.make_school(zone), organisation=factories.make_organisation(zone, with_documents=False)
    )
    sign_in(client, somebody)
    for path in ("/people", "/people/new", "/schools", "/schools/new", "/zone", "/zones", "/zones/new"):
        assert client.get(path).status_code == 403, path


def test_somebody_is_added_on_the_page_and_the_link_is_shown_to_hand_over(client: StrictClient, zone: Zone, manager: Person) -> None:
    school = factories.make_school(zone)
    sign_in(client, manager)
    assert "Link Worker" in client.get("/people/new").get_data(as_text=True)
    typed = {"name": "  Sam   Oduya ", "email": "Sam@Example.org", "phone": "07700900123", "school": str(school.id)}
    added = client.post("/people/new?role=link_worker&zone=west-london", data=typed)
    assert added.status_code == 303
    page = client.get(added.headers["Location"]).get_data(as_text=True)
    assert "/choose-password/" in page
    person = queries.find_person("sam@example.org")
    assert person is not None
    assert (person.name, person.phone, person.grants[0].school_id) == ("Sam Oduya", "07700 900123", school.id)
    another = client.post(f"/people/{person.id}/link").get_data(as_text=True)
    assert "Link for Sam Oduya" in another and "/choose-password/" in another, "a second link, where Kith sends no e-mail"


def test_what_was_typed_stays_when_it_is_refused(client: StrictClient, zone: Zone, manager: Person) -> None:
    sign_in(client, manager)
    typed = {"name": "Sam", "email": manager.email, "phone": "", "limit": "500", "ends_on": ""}
    response = client.post("/people/new?role=budget_holder&zone=west-london", data=typed)
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "already has an account here" in page
    assert 'value="Sam"' in page and 'value="500"' in page


def test_a_role_or_zone_out_of_reach_shows_the_choice_again(client: StrictClient, zone: Zone, manager: Person) -> None:
    elsewhere = factories.make_zone()
    sign_in(client, manager)
    for query in (f"role=link_worker&zone={elsewhere.slug}", "role=administrator&zone=west-london", "role=king&zone=west-london"):
        assert "What will they do?" in client.get(f"/people/new?{query}").get_data(as_text=True)
        client.post(f"/people/new?{query}", data={"name": "Sam", "email": "sam@example.org"})
    assert queries.find_person("sam@example.org") is None


def test_a_practitioner_is_narrowed_to_an_organisation(client: StrictClient, zone: Zone, manager: Person) -> None:
    organisation = factories.make_organisation(zone, name="Westway Beats")
    sign_in(client, manager)
    url = "/people/new?role=practitioner&zone=west-london"
    assert "Choose the organisation" in client.post(url, data={"name": "Kit", "email": "kit@example.org"}).get_data(as_text=True)
    client.post(url, data={"name": "Kit", "email": "kit@example.org", "organisation": str(organisation.id)})
    person = queries.find_person("kit@example.org")
    assert person is not None and person.organisation_ids() == {organisation.id}


def test_leaving_is_previewed_and_then_done(client: StrictClient, zone: Zone, manager: Person) -> None:
    person = factories.make_person(Role.LINK_WORKER, zone)
    sign_in(client, manager)
    preview = client.get(f"/people/{person.id}/leave").get_data(as_text=True)
    assert "No longer Link Worker" in preview
    assert db.session.get_one(Person, person.id).is_active
    client.post(f"/people/{person.id}/leave")
    assert not db.session.get_one(Person, person.id).is_active
    assert person.name in client.get("/people?left=1").get_data(as_text=True)


def test_the_list_asks_the_database_as_often_for_many_as_for_few(client: StrictClient, app: Flask, zone: Zone, manager: Person) -> None:
    sign_in(client, manager)

    def count() -> int:
        seen: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            seen.append(statement)

        sa.event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert client.get("/people").status_code == 200
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    school = factories.make_school(zone)
    for _ in range(2):
        factories.make_person(Role.LINK_WORKER, zone, school=school, password_hash="x")
    few = count()
    for _ in range(12):
        factories.make_person(Role.SAFEGUARDING_LEAD, zone, school=factories.make_school(zone), password_hash="x")
    assert count() == few
