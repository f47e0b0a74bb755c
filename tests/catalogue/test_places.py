"""Sites and contacts, and where things are: pins, postcodes, neighbourhoods; who may change them; what the forms refuse and keep."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from app.accounts.models import Person, Role, Zone
from app.audit.queries import list_entries_for
from app.catalogue import queries, shown
from app.catalogue.models import (
    Contact,
    Offering,
    OfferingKind,
    OfferingText,
    Organisation,
    PlaceFoundBy,
    Postcode,
    Site,
)
from app.catalogue.services import contacts, offerings, sites
from app.catalogue.services.contacts import ContactFacts
from app.catalogue.services.imports import ImportedOffering, upsert_offering
from app.catalogue.services.offerings import OfferingFacts
from app.catalogue.services.sites import SiteFacts, SiteInUse
from app.catalogue.whereabouts import Spot, choose
from app.shared.db import atomic, db
from app.shared.errors import Invalid, NotFound
from tests import factories
from tests.support.client import StrictClient
from tests.support.people import sign_in

HALL = SiteFacts(name="Main hall", address="1 Acklam Road", town="Ladbroke Grove", postcode="W10 5TY", latitude=51.5186, longitude=-0.2057,
                 place_found_by=PlaceFoundBy.POSTCODE)


@pytest.fixture
def zone(client: StrictClient) -> Zone:
    with atomic():
        for code, latitude, longitude in (("W10 5TY", 51.5186, -0.2057), ("W10 5", 51.52, -0.21), ("W10", 51.525, -0.215), ("W3 6NA", 51.508, -0.27)):
            db.session.add(Postcode(code=code, latitude=latitude, longitude=longitude))
    return factories.make_zone()


@pytest.fixture
def manager(zone: Zone) -> Person:
    return factories.make_person(Role.ZONE_MANAGER, zone)


@pytest.fixture
def organisation(zone: Zone) -> Organisation:
    return factories.make_organisation(zone, name="Westway Beats")


# --- sites ---------------------------------------------------------------------------------------


def test_an_offering_at_a_site_says_the_sites_place_and_follows_it_when_it_moves(organisation: Organisation, manager: Person) -> None:
    site = sites.add_site(organisation_id=organisation.id, facts=HALL, actor=manager)
    made = offerings.add_offering(
        organisation_id=organisation.id, actor=manager, facts=OfferingFacts(title="Drums", kind=OfferingKind.COMMUNITY_ASSET, site_id=site.id, town="Elsewhere"),
    )
    assert (made.town, made.postcode, made.postcode_area, made.latitude) == ("Ladbroke Grove", "W10 5TY", "W10", 51.5186)
    sites.edit_site(site_id=site.id, actor=manager, facts=replace(HALL, town="Acton", postcode="W3 6NA", latitude=51.508, longitude=-0.27))
    assert (made.town, made.postcode_area, made.longitude) == ("Acton", "W3", -0.27)
    entry = list_entries_for(site)[-1]
    assert entry.details["changes"]["town"] == ["Ladbroke Grove", "Acton"]


def test_search_hears_of_a_site_that_moved(organisation: Organisation, manager: Person) -> None:
    site = sites.add_site(organisation_id=organisation.id, facts=HALL, actor=manager)
    offering = factories.make_offering(organisation, site_id=site.id)
    sites.edit_site(site_id=site.id, actor=manager, facts=replace(HALL, town="Acton", latitude=51.508, longitude=-0.27))
    row = db.session.query(OfferingText).filter_by(offering_id=offering.id).one()
    assert "acton" in row.place and row.longitude == -0.27


def test_a_site_of_somebody_else_cannot_be_chosen_and_a_name_is_there_once(zone: Zone, organisation: Organisation, manager: Person) -> None:
    other = sites.add_site(organisation_id=factories.make_organisation(zone).id, facts=HALL, actor=manager)
    for verb in (
        lambda: offerings.add_offering(
            organisation_id=organisation.id, actor=manager, facts=OfferingFacts(title="Drums", kind=OfferingKind.STATUTORY, site_id=other.id)),
        lambda: sites.edit_site(site_id=sites.add_site(organisation_id=organisation.id, facts=HALL, actor=manager).id, actor=manager,
                                facts=replace(HALL, name=" ")),
        lambda: sites.add_site(organisation_id=organisation.id, facts=replace(HALL, name="MAIN HALL"), actor=manager),
    ):
        with pytest.raises(Invalid) as refused:
            verb()
        assert refused.value.field in ("site_id", "name")


def test_a_site_where_something_still_meets_cannot_be_closed(organisation: Organisation, manager: Person) -> None:
    site = sites.add_site(organisation_id=organisation.id, facts=HALL, actor=manager)
    offering = factories.make_offering(organisation, site_id=site.id)
    cohort = factories.make_cohort(factories.make_offering(organisation), site_id=site.id)
    with pytest.raises(SiteInUse, match="1 offering and 1 group still meet"):
        sites.close_site(site_id=site.id, actor=manager)
    with atomic():
        db.session.get_one(Offering, offering.id).site_id = None
        db.session.merge(cohort).site_id = None
    sites.close_site(site_id=site.id, actor=manager)
    assert queries.list_sites(organisation.id) == [] and queries.list_sites(organisation.id, also_closed=True) == [site]
    sites.reopen_site(site_id=site.id, actor=manager)
    assert queries.list_sites(organisation.id) == [site]


# --- where a postcode is -------------------------------------------------------------------------


def test_a_postcode_is_found_by_itself_else_its_sector_else_its_outcode(zone: Zone) -> None:
    for typed, how in (("w10 5ty", PlaceFoundBy.POSTCODE), ("W10 5ZZ", PlaceFoundBy.SECTOR), ("W10 9ZZ", PlaceFoundBy.OUTCODE), ("W10", PlaceFoundBy.OUTCODE)):
        spot = queries.find_spot(typed)
        assert spot is not None and spot.found_by is how, typed
    assert queries.find_spot("M1 1AA") is None and queries.find_spot("") is None


def test_what_is_only_known_by_its_neighbourhood_is_said_as_about(organisation: Organisation) -> None:
    for how, postcode, said in (
        (PlaceFoundBy.SECTOR, "W10 5ZZ", "about W10 5"), (PlaceFoundBy.OUTCODE, "W10 9ZZ", "about W10"), (PlaceFoundBy.POSTCODE, "W10 5TY", ""),
        (PlaceFoundBy.PIN, "W10 5ZZ", ""), (None, "", "about W3"),
    ):
        offering = factories.make_offering(organisation, postcode=postcode, place_found_by=how, is_place_approximate=how is not PlaceFoundBy.PIN)
        assert shown.about(offering) == said, how


def test_a_moved_pin_counts_stays_and_goes_when_it_is_taken_away() -> None:
    by_postcode = Spot(51.5186, -0.2057, PlaceFoundBy.POSTCODE)
    elsewhere = Spot(51.508, -0.27, PlaceFoundBy.POSTCODE)
    pin = Spot(51.6, -0.3, PlaceFoundBy.PIN)
    cases = (
        ("moved", (51.6, -0.3), by_postcode, True, by_postcode, pin), ("left alone", (51.5186, -0.2057), by_postcode, True, elsewhere, by_postcode),
        ("left alone, new postcode", (51.5186, -0.2057), by_postcode, False, elsewhere, elsewhere),
        ("pin, new postcode", (51.6, -0.3), pin, False, elsewhere, pin), ("pin taken away", None, pin, True, by_postcode, by_postcode),
        ("new, with a pin", (51.6, -0.3), None, False, by_postcode, pin), ("nowhere", None, None, False, None, None),
    )
    for name, typed, before, same, found, expected in cases:
        assert choose(typed=typed, found=found, before=before, is_same_postcode=same) == expected, name


def test_an_import_never_moves_a_pin_that_was_moved_by_hand(zone: Zone, manager: Person) -> None:
    facts = OfferingFacts(title="Library", kind=OfferingKind.COMMUNITY_ASSET, latitude=51.5, longitude=-0.2)
    row = ImportedOffering(ref="1", provider="Council", facts=facts)
    done = upsert_offering(zone_id=zone.id, source="file", offering=row, actor=manager)
    offering = db.session.get_one(Offering, done.offering_id)
    moved = replace(facts, latitude=51.51, longitude=-0.21, place_found_by=PlaceFoundBy.PIN)
    offerings.edit_offering(offering_id=offering.id, facts=moved, version=offering.version, actor=manager)
    later = replace(row, facts=replace(facts, title="Library story time", latitude=51.59, longitude=-0.29, is_place_approximate=True))
    upsert_offering(zone_id=zone.id, source="file", offering=later, actor=manager)
    assert (offering.title, offering.latitude, offering.longitude, offering.place_found_by) == ("Library story time", 51.51, -0.21, PlaceFoundBy.PIN)
    assert not offering.is_place_approximate


# --- contacts ------------------------------------------------------------------------------------


def test_several_contacts_each_with_what_for(organisation: Organisation, manager: Person) -> None:
    sam = ContactFacts(name="Sam", purposes=["safeguarding", "access"], phone="07700 900123")
    contact = contacts.add_contact(organisation_id=organisation.id, facts=sam, actor=manager)
    contacts.add_contact(organisation_id=organisation.id, facts=ContactFacts(name="Office", purposes=["money"], email="office@example.org"), actor=manager)
    assert [c.name for c in queries.list_contacts(organisation.id)] == ["Office", "Sam"]
    for facts, field in (
        (ContactFacts(name="Nobody"), "phone"), (ContactFacts(name="sam", phone="1"), "name"), (ContactFacts(name="X", phone="1", purposes=["gossip"]), "purposes"),
    ):
        with pytest.raises(Invalid) as refused:
            contacts.add_contact(organisation_id=organisation.id, facts=facts, actor=manager)
        assert refused.value.field == field
    contacts.edit_contact(contact_id=contact.id, facts=replace(sam, title="Lead"), actor=manager)
    contacts.remove_contact(contact_id=contact.id, actor=manager)
    assert db.session.query(Contact).count() == 1
    assert [e.action for e in list_entries_for(organisation)][-2:] == ["catalogue.contact.edited", "catalogue.contact.removed"]


# --- pages ---------------------------------------------------------------------------------------


def page_of(client: StrictClient, path: str) -> BeautifulSoup:
    response = client.get(path)
    assert response.status_code == 200, path
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def test_a_partner_writes_down_its_places_and_contacts(client: StrictClient, zone: Zone, organisation: Organisation) -> None:
    sign_in(client, factories.make_person(Role.PARTNER_ADMIN, zone, organisation=organisation))
    wrong = client.post(f"/organisations/{organisation.id}/sites/new", data={"name": "Hall", "postcode": "W1X", "position": "here", "how_to_get_there": "Blue door"})
    text = wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    for said in ("“W1X” is not a UK postcode", "Type two numbers with a comma between", "Blue door"):
        assert said in text
    done = client.post(f"/organisations/{organisation.id}/sites/new", data={"name": "Hall", "postcode": "w105zz", "accessibility": ["step-free", "quiet-space"]})
    assert done.status_code == 303
    (site,) = queries.list_sites(organisation.id)
    assert (site.postcode, site.place_found_by, site.is_step_free) == ("W10 5ZZ", PlaceFoundBy.SECTOR, True)
    form = page_of(client, f"/sites/{site.id}/edit")
    assert form.select_one("#position")["value"] == "51.52000, -0.21000" and form.select_one("[data-pin-for=position]") is not None
    client.post(f"/sites/{site.id}/edit", data={"name": "Hall", "postcode": "W10 5ZZ", "position": "51.53000, -0.22000", "accessibility": ["step-free", "quiet-space"]})
    assert db.session.get_one(Site, site.id).place_found_by is PlaceFoundBy.PIN
    wrong = client.post(f"/organisations/{organisation.id}/contacts/new", data={"name": "Sam", "phone": "12", "email": "sam"})
    assert wrong.status_code == 422 and "is not a telephone number" in wrong.get_data(as_text=True) and "name@example.org" in wrong.get_data(as_text=True)
    assert client.post(f"/organisations/{organisation.id}/contacts/new", data={"name": "Sam", "phone": "020 7946 0018", "purposes": "safeguarding"}).status_code == 303
    page = page_of(client, f"/organisations/{organisation.id}")
    assert "Step-free and quiet space" in page.select_one("#places").get_text() and "Safeguarding" in page.select_one("#contacts").get_text()


def test_places_and_contacts_of_others_are_read_but_not_changed(client: StrictClient, zone: Zone, organisation: Organisation, manager: Person) -> None:
    site = sites.add_site(organisation_id=organisation.id, facts=HALL, actor=manager)
    contact = contacts.add_contact(organisation_id=organisation.id, facts=ContactFacts(name="Sam", phone="1"), actor=manager)
    paths = (f"/sites/{site.id}/edit", f"/contacts/{contact.id}/edit", f"/organisations/{organisation.id}/sites/new")
    link_worker = factories.make_person(Role.LINK_WORKER, zone)
    stranger = factories.make_person(Role.ZONE_MANAGER, factories.make_zone())
    for person, status in ((link_worker, 403), (stranger, 404)):
        sign_in(client, person)
        for path in paths:
            assert client.get(path).status_code == status, path
    sign_in(client, link_worker)
    assert "1 Acklam Road" in page_of(client, f"/organisations/{organisation.id}").get_text()
    with pytest.raises(NotFound):
        queries.get_site(site.id, stranger)


def test_an_offering_is_moved_by_its_pin_and_says_about_without_one(client: StrictClient, organisation: Organisation, manager: Person) -> None:
    sign_in(client, manager)
    given = {
        "title": "Drums", "kind": "community_asset", "age_min": "7", "age_max": "11", "year_min": "3", "year_max": "6", "gender": "any",
        "delivery": "venue", "season": "term", "languages": "English", "postcode": "W10 5ZZ", "eligibility": "Anybody in W10.",
    }
    assert client.post(f"/organisations/{organisation.id}/offerings/new", data=given).status_code == 303
    (offering,) = queries.list_offerings(manager)
    assert (offering.place_found_by, offering.is_place_approximate, offering.year_max) == (PlaceFoundBy.SECTOR, True, 6)
    text = page_of(client, f"/offerings/{offering.id}").get_text()
    for said in ("about W10 5", "Years 3 to 6", "Anybody in W10."):
        assert said in text
    version = {"version": str(offering.version)}
    same = client.post(f"/offerings/{offering.id}/edit", data={**given, **version, "position": "51.52000, -0.21000"})
    assert same.status_code == 303 and db.session.get_one(Offering, offering.id).place_found_by is PlaceFoundBy.SECTOR
    version = {"version": str(db.session.get_one(Offering, offering.id).version)}
    client.post(f"/offerings/{offering.id}/edit", data={**given, **version, "position": "51.53, -0.22"})
    moved = db.session.get_one(Offering, offering.id)
    assert (moved.place_found_by, moved.latitude, moved.is_place_approximate) == (PlaceFoundBy.PIN, 51.53, False)
    one = client.post(f"/organisations/{organisation.id}/offerings/new", data={**given, "year_max": ""})
    assert one.status_code == 422 and "Choose both school years" in one.get_data(as_text=True)
