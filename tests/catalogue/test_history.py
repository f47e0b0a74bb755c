"""The whole history: who changed what, when, before and after; nothing of a child; for those who run it alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from app.accounts.models import Person, Role, Zone
from app.audit import services as audit
from app.audit.queries import list_entries_for
from app.catalogue import history, queries
from app.catalogue.models import Cohort, Offering, OfferingKind, Organisation, PlaceFoundBy
from app.catalogue.services import cohorts, contacts, offerings, practitioners, sites
from app.catalogue.services.contacts import ContactFacts
from app.catalogue.services.offerings import OfferingFacts
from app.catalogue.services.sites import SiteFacts
from app.catalogue.services.tariffs import set_tariff
from app.shared.db import atomic, db
from tests import factories
from tests.support.client import StrictClient
from tests.support.people import sign_in
from tests.support.statements import count_statements

FACTS = OfferingFacts(title="First Beats", kind=OfferingKind.COMMISSIONED, needs=["Social:belonging"], cost_pence=0, languages=["en"])


@pytest.fixture
def zone(client: StrictClient) -> Zone:
    return factories.make_zone()


@pytest.fixture
def manager(zone: Zone) -> Person:
    return factories.make_person(Role.ZONE_MANAGER, zone, name="Ama Mensah")


@pytest.fixture
def organisation(zone: Zone) -> Organisation:
    return factories.make_organisation(zone)


@pytest.fixture
def offering(organisation: Organisation, manager: Person) -> Offering:
    return offerings.add_offering(organisation_id=organisation.id, facts=FACTS, actor=manager)


def whole(offering: Offering) -> list[history.Happening]:
    return history.whole_history(*queries.trail_of_offering(offering))


def test_each_field_is_kept_before_and_after_and_said_in_words(offering: Offering, manager: Person) -> None:
    site = sites.add_site(organisation_id=offering.organisation_id, facts=SiteFacts(name="The Bay", postcode="W10 5TY", latitude=51.5, longitude=-0.2,
                          place_found_by=PlaceFoundBy.POSTCODE), actor=manager)
    facts = replace(
        FACTS, title="Second Beats", needs=["Social:belonging", "Academic:stem"], cost_pence=250, languages=["en", "so"], year_min=0, year_max=4,
        is_private=True, slots=[{"day": "Tue", "start": "16:00", "end": "17:00", "season": "term"}], site_id=site.id, accessibility=["quiet-space"],
    )
    offerings.edit_offering(offering_id=offering.id, facts=facts, version=offering.version, actor=manager)
    newest = whole(offering)[0]
    assert newest.title == "Changed" and newest.by == "Ama Mensah, Zone manager"
    said = {change.field: (change.before, change.after) for change in newest.changes}
    assert said["Title"] == ("First Beats", "Second Beats")
    assert said["Needs"] == ("belonging", "belonging, STEM")
    assert said["What the family pays"] == ("nothing" if "nothing" in said["What the family pays"] else "£0", "£2.50")
    assert said["Languages"][1] == "English, Somali"
    assert (said["Youngest school year"], said["Oldest school year"]) == (("nothing", "Reception"), ("nothing", "Year 4"))
    assert said["Made for particular children"] == ("no", "yes")
    assert said["When it meets"] == ("nothing", "Tuesday, 4pm to 5pm")
    assert said["Place"] == ("nothing", "The Bay") and said["Access"] == ("nothing", "Quiet space")
    assert not {"Place found by", "Postcode area"} & set(said)


def test_groups_prices_and_states_belong_to_the_history_of_an_offering(offering: Offering, manager: Person) -> None:
    set_tariff(offering_id=offering.id, price_pence=1_250, actor=manager)
    cohort = cohorts.add_cohort(offering_id=offering.id, capacity=8, actor=manager)
    theo = practitioners.add_practitioner(organisation_id=offering.organisation_id, name="Theo Brown", actor=manager)
    cohorts.edit_cohort(cohort_id=cohort.id, name="Spring", starts_on=None, ends_on=None, practitioner_id=theo.id, venue="", actor=manager)
    cohorts.set_outside_places(cohort_id=cohort.id, outside_places=3, actor=manager)
    offerings.close_offering(offering_id=offering.id, actor=manager, reason="The hall burned down.")
    said = [(one.title, [(c.field, c.before, c.after) for c in one.changes]) for one in whole(offering)]
    assert said[:4] == [
        ("Closed", [("State", "draft", "closed")]), ("Places taken by others changed", [("Places taken by others", "0", "3")]),
        ("Group changed", [("Name", "nothing", "Spring"), ("Who runs it", "nothing", "Theo Brown")]), ("Group added", []),
    ]
    assert said[4] == ("New price", [("A session", "nothing", "£12.50")])
    assert whole(offering)[0].reason == "The hall burned down."


def test_nothing_that_is_about_a_child_is_part_of_it(zone: Zone, offering: Offering, manager: Person) -> None:
    child = factories.make_child(factories.make_school(zone))
    cohort = factories.save(Cohort(offering_id=offering.id, capacity=3))
    with atomic():
        audit.record("commissioning.cohort.held", subject=db.session.get_one(Cohort, cohort.id), actor=manager, zone_id=zone.id, child_id=child.id)
    assert all("held" not in one.title.lower() for one in whole(offering))


def test_whom_to_ask_and_where_belong_to_the_history_of_an_organisation(organisation: Organisation, manager: Person) -> None:
    contact = contacts.add_contact(organisation_id=organisation.id, facts=ContactFacts(name="Sam", phone="1"), actor=manager)
    contacts.edit_contact(contact_id=contact.id, facts=ContactFacts(name="Sam", phone="2", purposes=["safeguarding"]), actor=manager)
    contacts.remove_contact(contact_id=contact.id, actor=manager)
    site = sites.add_site(organisation_id=organisation.id, facts=SiteFacts(name="The Bay"), actor=manager)
    sites.edit_site(site_id=site.id, facts=SiteFacts(name="The Bay", access_note="One step."), actor=manager)
    found = history.whole_history(*queries.trail_of_organisation(organisation))
    assert [one.title for one in found] == ["Place changed", "Place added: The Bay", "Contact taken away: Sam", "Contact changed: Sam", "Contact added: Sam"]
    assert [(c.field, c.before, c.after) for c in found[3].changes] == [("What for", "nothing", "Safeguarding"), ("Telephone", "1", "2")]


def test_still_right_is_said_once_a_day_by_each_who_looked(client: StrictClient, zone: Zone, organisation: Organisation, manager: Person) -> None:
    live = factories.make_offering(organisation, confirmed_on=None)
    link_worker = factories.make_person(Role.LINK_WORKER, zone, name="Lou Worker")
    for person in (manager, link_worker, link_worker):
        sign_in(client, person)
        assert client.post(f"/offerings/{live.id}/confirm").status_code == 303
        assert client.post(f"/organisations/{organisation.id}/confirm").status_code == 303
    for thing in (live, organisation):
        assert [e.actor_name for e in list_entries_for(thing)] == ["Ama Mensah", "Lou Worker"], thing
    assert db.session.get_one(Organisation, organisation.id).confirmed_by_id == link_worker.id
    assert "Last checked today by Lou Worker" in client.get(f"/organisations/{organisation.id}").get_data(as_text=True)
    sign_in(client, factories.make_person(Role.PARTNER_ADMIN, zone, organisation=factories.make_organisation(zone)))
    assert client.post(f"/organisations/{organisation.id}/confirm").status_code == 403


def test_the_page_is_for_those_who_run_it_and_goes_back_page_by_page(
    client: StrictClient, zone: Zone, organisation: Organisation, offering: Offering, manager: Person
) -> None:
    for number in range(45):
        facts = replace(FACTS, title=f"Beats {number}")
        offerings.edit_offering(offering_id=offering.id, facts=facts, version=db.session.get_one(Offering, offering.id).version, actor=manager)
    path = f"/offerings/{offering.id}/history"
    for role, given, status in (
        (Role.PARTNER_ADMIN, {"organisation": organisation}, 200), (Role.ZONE_MANAGER, {}, 200), (Role.LINK_WORKER, {}, 404),
        (Role.PARTNER_ADMIN, {"organisation": factories.make_organisation(zone)}, 404),
    ):
        sign_in(client, factories.make_person(role, zone, **given))
        assert client.get(path).status_code == status, role
        assert client.get(f"/organisations/{organisation.id}/history").status_code == (status if status == 200 else 403), role
    sign_in(client, manager)
    first = BeautifulSoup(client.get(path).get_data(as_text=True), "html.parser")
    assert len(first.select(".changes > li")) == 40 and "Beats 43" in first.get_text()
    with count_statements() as asked:
        client.get(path)
    assert asked.count < 25, asked.seen
    older = BeautifulSoup(client.get(path + first.select_one("a[href*=before]")["href"].partition("history")[2]).get_data(as_text=True), "html.parser")
    assert len(older.select(".changes > li")) == 6 and "Written as a draft" in older.get_text()


def test_every_line_of_history_can_be_said(organisation: Organisation, manager: Person) -> None:
    """Whatever an entry knows or does not know: an agreement's version is named, and no page breaks over a line."""
    with atomic():
        audit.record("catalogue.agreement.signed", subject=organisation, actor=manager, number=3)
        for action in history.SAID:
            audit.record(action, subject=organisation, actor=manager)
    said = {line["title"] for line in history.history_of(organisation, limit=100)}
    assert "Agreement signed, version 3" in said
    assert {"Contact added", "Became", "Published"} <= said
