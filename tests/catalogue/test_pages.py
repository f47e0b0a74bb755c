"""The pages: who reaches them, what they say, what is kept when something is wrong, and what they cost the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup, Tag

from app.accounts.models import Person, Role, School, Zone
from app.catalogue.models import (
    Cohort,
    Document,
    DocumentKind,
    DocumentState,
    Offering,
    OfferingState,
    Organisation,
    OrganisationKind,
    PartnerState,
    Practitioner,
    Proposal,
    Session,
    SessionState,
    Tariff,
)
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories
from tests.catalogue.shelf import ROWS, stock
from tests.support.client import StrictClient
from tests.support.people import sign_in
from tests.support.statements import count_statements


@dataclass
class Place:
    """A Zone with a school, people in it, one partner with one offering, and a stranger from elsewhere."""

    client: StrictClient
    zone: Zone
    school: School
    organisation: Organisation
    offering: Offering
    link_worker: Person
    manager: Person
    partner: Person
    stranger: Person

    def get(self, path: str, person: Person, **given: Any) -> BeautifulSoup:
        sign_in(self.client, person)
        response = self.client.get(path, **given)
        assert response.status_code == 200, (path, response.status_code)
        return BeautifulSoup(response.get_data(as_text=True), "html.parser")

    def status(self, path: str, person: Person) -> int:
        sign_in(self.client, person)
        return self.client.get(path).status_code


@pytest.fixture
def place(client: StrictClient) -> Place:
    zone = factories.make_zone(name="West London")
    school = factories.make_school(zone, name="St Aldhelm's", latitude=51.51, longitude=-0.26)
    organisation = factories.make_organisation(zone, name="Westway Beats", contact_name="Theo Brown")
    offering = factories.make_offering(organisation, title="First Beats", interests=["drumming"])
    factories.make_tariff(offering, price_pence=1_250)
    factories.make_cohort(offering, name="Spring run", capacity=8, outside_places=3, sessions=2)
    elsewhere = factories.make_zone(name="Wigan")
    return Place(
        client, zone, school, organisation, offering, factories.make_person(Role.LINK_WORKER, zone, school=school),
        factories.make_person(Role.ZONE_MANAGER, zone), factories.make_person(Role.PARTNER_ADMIN, zone, organisation=organisation),
        factories.make_person(Role.ZONE_MANAGER, elsewhere),
    )


def text(page: BeautifulSoup | Tag) -> str:
    return " ".join(page.get_text(" ").split())


def results(page: BeautifulSoup) -> list[str]:
    return [a.get_text(strip=True) for a in page.select(".offer__l")]


# --- who reaches what ----------------------------------------------------------------------------


def test_pages_of_another_zone_are_not_found(place: Place) -> None:
    cohort = db.session.scalars(sa.select(Cohort)).one()
    session = db.session.scalars(sa.select(Session)).first()
    somebody = factories.make_practitioner(place.organisation)
    assert session is not None
    for path in (
        f"/offerings/{place.offering.id}", f"/organisations/{place.organisation.id}", f"/cohorts/{cohort.id}",
        f"/offerings/{place.offering.id}/edit", f"/organisations/{place.organisation.id}/edit", f"/cohorts/{cohort.id}/edit",
        f"/sessions/{session.id}/cancel", f"/practitioners/{somebody.id}/edit", f"/organisations/{place.organisation.id}/documents/new",
        f"/organisations/{place.organisation.id}/move/left", f"/find?zone={place.zone.slug}",
    ):
        assert place.status(path, place.stranger) == 404, path
    for person in (place.link_worker, place.manager, place.partner):
        assert place.status(f"/offerings/{factories.some_id()}", person) == 404


@pytest.mark.parametrize(("path", "allowed"), [
    ("/offerings/{o}", "lw zm pa"), ("/organisations/{g}", "lw zm pa"), ("/organisations", "lw zm pa"), ("/find", "lw zm pa"),
    ("/offerings/{o}/edit", "zm pa"), ("/offerings/{o}/tariffs/new", "zm pa"), ("/offerings/{o}/cohorts/new", "zm pa"),
    ("/organisations/{g}/edit", "zm pa"), ("/organisations/{g}/move/suspended", "zm"), ("/organisations/{g}/documents/new", "zm pa"),
    ("/organisations/{g}/documents/waive", ""), ("/organisations/{g}/practitioners/new", "zm pa"), ("/organisations/{g}/offerings/new", "zm pa"),
    ("/organisations/new", "zm"),
])
def test_within_sight_but_without_the_power_is_forbidden(place: Place, path: str, allowed: str) -> None:
    url = path.format(o=place.offering.id, g=place.organisation.id)
    for key, person in (("lw", place.link_worker), ("zm", place.manager), ("pa", place.partner)):
        assert place.status(url, person) == (200 if key in allowed.split() else 403), (url, key)


def test_a_partner_cannot_touch_another_partners_things(place: Place) -> None:
    other = factories.make_person(Role.PARTNER_ADMIN, place.zone, organisation=factories.make_organisation(place.zone))
    for path in (f"/offerings/{place.offering.id}/edit", f"/organisations/{place.organisation.id}/edit"):
        assert place.status(path, other) == 403
    sign_in(place.client, other)
    assert place.client.post(f"/offerings/{place.offering.id}/pause").status_code == 403
    assert db.session.get_one(Offering, place.offering.id).state is OfferingState.LIVE


def test_drafts_are_not_found_by_link_workers(place: Place) -> None:
    draft = factories.make_offering(place.organisation, state=OfferingState.DRAFT)
    assert place.status(f"/offerings/{draft.id}", place.link_worker) == 404
    assert place.status(f"/offerings/{draft.id}", place.partner) == 200


# --- find ----------------------------------------------------------------------------------------


@pytest.fixture
def stocked(place: Place) -> Place:
    stock(place.zone)
    return place


def test_find_works_as_a_plain_get_form(stocked: Place) -> None:
    page = stocked.get("/find?q=drumming", stocked.link_worker)
    form = page.select_one("form#find")
    assert form is not None
    assert (form["method"], form["action"]) == ("get", "/find")
    assert results(page)[:2] in (["First Beats drumming circle", "First Beats"], ["First Beats", "First Beats drumming circle"])
    assert "Find support near St Aldhelm's" in text(page)


def test_htmx_gets_the_list_and_the_parts_that_change_and_no_page(stocked: Place) -> None:
    sign_in(stocked.client, stocked.link_worker)
    answer = stocked.client.get("/find?q=drumming", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<!doctype" not in answer
    page = BeautifulSoup(answer, "html.parser")
    assert [part["hx-target"] for part in page.select("hx-partial")] == ["#facets", "#count", "#map", "#suggestions", "#sortby"]
    assert results(page)
    whole = stocked.get("/find?q=drumming", stocked.link_worker)
    assert results(whole) == results(page)


def test_a_correction_is_said_and_a_miss_says_what_to_do(stocked: Place) -> None:
    assert "Showing results for drumming" in text(stocked.get("/find?q=druming", stocked.link_worker))
    empty = text(stocked.get("/find?q=xyzzyq", stocked.link_worker))
    assert "Nothing matches “xyzzyq” yet" in empty
    assert "See everything in West London" in empty


def test_facet_counts_on_the_page_are_what_each_link_gives(stocked: Place) -> None:
    page = stocked.get("/find?q=football", stocked.link_worker)
    for box in page.select("#facets input[type=checkbox]"):
        label = box.find_parent("label")
        assert label is not None
        count = label.select_one(".facet__n")
        assert count is not None
        chosen = stocked.get(f"/find?q=football&{box['name']}={box['value']}", stocked.link_worker)
        said = chosen.select_one("#count b")
        assert said is not None
        assert said.get_text() == count.get_text(" ", strip=True).split()[0], box["name"]


def test_an_empty_page_widens_one_filter_at_a_time(stocked: Place) -> None:
    page = stocked.get("/find?q=football&day=Mon&age=14", stocked.link_worker)
    links = page.select(".widen a")
    assert links
    for link in links:
        wider = stocked.get(str(link["href"]), stocked.link_worker)
        assert wider.select_one("#count b") is not None
        assert str(len(results(wider))) == link.select_one(".n").get_text().split()[0]  # type: ignore[union-attr]


def test_where_several_filters_stand_in_the_way_all_can_go_at_once(stocked: Place) -> None:
    page = stocked.get("/find?q=drumming&day=Sun&step_free=1", stocked.link_worker)
    (link,) = page.select("#results .none a")
    assert not page.select(".widen a")
    found = stocked.get(str(link["href"]), stocked.link_worker).select_one("#count b")
    assert found is not None and found.get_text() in link.get_text()


def test_each_filter_in_use_can_be_taken_away_by_a_link(stocked: Place) -> None:
    page = stocked.get("/find?day=Sat&day=Sun&free=1&age=9&within=5", stocked.link_worker)
    chips = {a.get_text(" ", strip=True).split(" (")[0]: str(a["href"]) for a in page.select(".chips a")}
    assert list(chips)[:-1] == ["Saturday", "Sunday", "Age 9", "Within 5 km", "Free for families"]
    assert "day=Sat" not in chips["Saturday"] and "day=Sun" in chips["Saturday"] and "free=1" in chips["Saturday"]


@pytest.mark.parametrize("query", [
    "sort=nonsense&page=999&age=abc&within=x&day=Noday&kind=spaceship", "page=-4&age=-1&within=-3", "near=not-a-school", "q=" + "a" * 3000,
    "q=%22%27%3Cscript%3E", "need=Nothing&language=klingon", "sort=distance&near=",
])
def test_an_address_that_makes_no_sense_still_gives_a_page(stocked: Place, query: str) -> None:
    stocked.get(f"/find?{query}", stocked.link_worker)


def test_pins_and_results_carry_the_same_numbers(stocked: Place) -> None:
    page = stocked.get("/find?q=circus", stocked.link_worker)
    ranks = [str(item["id"]).removeprefix("offer-") for item in page.select(".offer")]
    pins = [str(pin["href"]) for pin in page.select(".pin")]
    assert pins and set(pins) <= {f"#offer-{rank}" for rank in ranks}
    assert ranks == [str(n) for n in range(1, len(ranks) + 1)]


def test_pages_of_results_go_on_where_the_last_ended(stocked: Place) -> None:
    first, second = stocked.get("/find", stocked.link_worker), stocked.get("/find?page=2", stocked.link_worker)
    assert len(results(first)) == 20
    assert len(results(second)) == len(ROWS) + 1 - 20
    assert not set(results(first)) & set(results(second)) - {"First Beats"}


def test_another_zones_offering_is_nowhere_on_the_page(stocked: Place) -> None:
    other = factories.make_zone()
    factories.make_offering(factories.make_organisation(other), title="Secret xylophone", languages=["en", "cy"])
    page = stocked.get("/find?q=xylophone", stocked.link_worker)
    assert results(page) == [] and "Welsh" not in text(page) and "Secret" not in text(page)


def test_statements_for_find_do_not_grow_with_results(place: Place) -> None:
    def cost() -> int:
        sign_in(place.client, place.link_worker)
        place.client.get("/find")
        with count_statements() as seen:
            place.client.get("/find")
        return seen.count

    few = cost()
    for _ in range(8):
        factories.make_cohort(factories.make_offering(factories.make_organisation(place.zone, with_documents=False)))
    assert cost() == few


# --- an offering ---------------------------------------------------------------------------------


def test_an_offering_says_everything_a_link_worker_needs(place: Place) -> None:
    page = text(place.get(f"/offerings/{place.offering.id}", place.link_worker))
    for part in ("First Beats", "Westway Beats", "Something good after school.", "drumming", "friendships", "Tuesday, 4pm to 5pm",
                 "Spring run", "3 taken", "5 open", "Next session", "Ages 5 to 16", "£12.50", "Theo Brown", "Last checked today"):
        assert part in page, part
    assert "Publish" not in page and "Change" not in page


def test_how_long_ago_it_was_checked_is_said_plainly(place: Place) -> None:
    old = factories.make_offering(place.organisation, confirmed_on=clock.today() - timedelta(days=100))
    never = factories.make_offering(place.organisation, confirmed_on=None)
    page = place.get(f"/offerings/{old.id}", place.link_worker)
    assert page.select_one(".fresh--old") is not None
    assert "Nobody has checked this yet" in text(place.get(f"/offerings/{never.id}", place.link_worker))


def test_a_link_worker_confirms_that_it_is_still_right(place: Place) -> None:
    never = factories.make_offering(place.organisation, confirmed_on=None)
    sign_in(place.client, place.link_worker)
    answer = place.client.post(f"/offerings/{never.id}/confirm", data={"version": never.version}, follow_redirects=True)
    assert "Last checked today" in text(BeautifulSoup(answer.get_data(as_text=True), "html.parser"))


def test_a_lapsed_document_is_said_on_the_offering(place: Place) -> None:
    bare = factories.make_offering(factories.make_organisation(place.zone, with_documents=False))
    assert "A place here cannot be confirmed today" in text(place.get(f"/offerings/{bare.id}", place.link_worker))


OFFERING: dict[str, Any] = {
    "title": "Second Beats", "kind": "commissioned", "description": "Drums.", "interests": "drumming, rhythm , drumming",
    "needs": ["Social:belonging", "Emotional:wellbeing"], "age_min": "7", "age_max": "12", "gender": "any", "delivery": "venue",
    "season": "term", "languages": "English, Somali", "cost": "", "slots-0-day": "Thu", "slots-0-start": "4pm", "slots-0-end": "17.30",
    "slots-0-season": "term", "slots-1-day": "", "slots-1-start": "", "slots-1-end": "", "slots-1-season": "term",
}


def test_a_partner_writes_a_draft_and_the_manager_prices_and_publishes_it(place: Place) -> None:
    sign_in(place.client, place.partner)
    answer = place.client.post(f"/organisations/{place.organisation.id}/offerings/new", data=OFFERING)
    assert answer.status_code == 303
    made = db.session.scalars(sa.select(Offering).where(Offering.title == "Second Beats")).one()
    made_id = made.id
    assert (made.state, made.interests, made.languages) == (OfferingState.DRAFT, ["drumming", "rhythm"], ["en", "so"])
    assert made.slots == [{"day": "Thu", "start": "16:00", "end": "17:30", "season": "term"}]
    refused = place.client.post(f"/offerings/{made_id}/publish", follow_redirects=True)
    assert "a price" in text(BeautifulSoup(refused.get_data(as_text=True), "html.parser"))
    sign_in(place.client, place.manager)
    tariff = {"price": "12.50", "setup": "", "notice_percent": "", "absent_told": "0", "absent_untold": "50"}
    assert place.client.post(f"/offerings/{made_id}/tariffs/new", data=tariff).status_code == 303
    place.client.post(f"/offerings/{made_id}/publish")
    assert db.session.get_one(Offering, made_id).state is OfferingState.LIVE
    assert db.session.scalars(sa.select(Tariff.price_pence).where(Tariff.offering_id == made_id)).one() == 1_250


@pytest.mark.parametrize(("wrong", "field", "says"), [
    ({"title": ""}, "title", "Give it a title."), ({"age_min": "twelve"}, "age_min", "Type a whole number"),
    ({"age_min": "14"}, "age_max", "youngest age comes first"), ({"cost": "lots"}, "cost", "is not an amount of money"),
    ({"languages": "English, Elvish"}, "languages", "“Elvish” is not a language"), ({"postcode": "nowhere"}, "postcode", "is not a UK postcode"),
    ({"slots-0-end": "3pm"}, "slots-0-end", "end after it starts"), ({"slots-0-start": "tea time"}, "slots-0-start", "is not a time"),
    ({"slots-1-start": "9am"}, "slots-1-day", "Choose the day"), ({"position": "here"}, "position", "Type two numbers"),
    ({"home_visit_radius_km": "5"}, "home_visit_radius_km", "only belongs to home visits"),
])
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(place: Place, wrong: dict[str, str], field: str, says: str) -> None:
    sign_in(place.client, place.partner)
    answer = place.client.post(f"/organisations/{place.organisation.id}/offerings/new", data={**OFFERING, **wrong})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert page.title is not None and page.title.get_text().startswith("Error: ")
    error = page.select_one(f"#{field}-error")
    assert error is not None and says in text(error)
    summary = page.select_one(".govuk-error-summary a")
    assert summary is not None and page.select_one(str(summary["href"])) is not None
    for name, typed in wrong.items():
        box = page.select_one(f"[name='{name}']")
        assert box is not None and (box.get("value") or "") == typed
    kept = page.select_one("[name='description']")
    assert kept is not None and kept.get_text(strip=True) == "Drums."
    assert db.session.scalars(sa.select(Offering).where(Offering.title == "Second Beats")).all() == []


def test_a_mistake_in_a_number_says_at_the_top_which_number(place: Place) -> None:
    sign_in(place.client, place.partner)
    wrong = {"age_min": "", "age_max": "old", "languages": "Elvish", "group_size": "lots"}
    answer = place.client.post(f"/organisations/{place.organisation.id}/offerings/new", data={**OFFERING, **wrong})
    summary = BeautifulSoup(answer.get_data(as_text=True), "html.parser").select(".govuk-error-summary li")
    assert [text(line).partition(":")[0] for line in summary[:2]] == ["Youngest age", "Oldest age"]
    assert "Elvish" in text(summary[2])  # in the order of the page
    assert text(summary[3]) == "Children in the room at once: Type a whole number, like 10."


def test_step_free_is_asked_once_and_is_what_matching_reads(place: Place) -> None:
    page = place.get(f"/offerings/{place.offering.id}/edit", place.manager)
    assert [text(label) for label in page.select("main form label")].count("Step-free") == 1
    data = {**OFFERING, "version": str(place.offering.version), "accessibility": ["step-free", "quiet-space"]}
    assert place.client.post(f"/offerings/{place.offering.id}/edit", data=data).status_code == 303
    saved = db.session.get_one(Offering, place.offering.id)
    assert (saved.is_step_free, saved.accessibility) == (True, ["step-free", "quiet-space"])


def test_a_live_offering_that_comes_to_the_home_says_how_far(place: Place) -> None:
    sign_in(place.client, place.manager)
    data = {**OFFERING, "version": str(place.offering.version), "delivery": "home"}
    refused = place.client.post(f"/offerings/{place.offering.id}/edit", data=data)
    said = BeautifulSoup(refused.get_data(as_text=True), "html.parser").select_one("#home_visit_radius_km-error")
    assert refused.status_code == 422 and said is not None and "how far you travel" in text(said)


def test_who_comes_late_is_told_what_was_changed_by_whom(place: Place) -> None:
    data = {**OFFERING, "version": str(place.offering.version)}
    sign_in(place.client, place.manager)
    assert place.client.post(f"/offerings/{place.offering.id}/edit", data={**data, "how_to_get_there": "The red door."}).status_code == 303
    late = place.client.post(f"/offerings/{place.offering.id}/edit", data=data)
    told = text(BeautifulSoup(late.get_data(as_text=True), "html.parser").select(".govuk-error-summary")[0])
    assert f"{place.manager.name} changed it: " in told and "How to get there" in told


def test_editing_shows_what_is_there_and_saves_it_unchanged(place: Place) -> None:
    with atomic():  # as a file may have brought them: in an order that is not the form's, and step-free said in one place only
        offering = db.session.get_one(Offering, place.offering.id)
        offering.needs, offering.accessibility, offering.is_step_free = ["Emotional:wellbeing", "Social:belonging"], ["accessible-toilet", "quiet-space"], True
    page = place.get(f"/offerings/{place.offering.id}/edit", place.partner)
    data: dict[str, Any] = {}
    for box in page.select("main form input, main form textarea, main form select"):
        name, kind = str(box.get("name")), box.get("type")
        if kind in ("checkbox", "radio") and not box.has_attr("checked"):
            continue
        if box.name == "select":
            option = box.select_one("option[selected]") or box.select_one("option")
            value = str(option["value"]) if option else ""
        else:
            value = box.get_text() if box.name == "textarea" else str(box.get("value", ""))
        data.setdefault(name, []).append(value.strip())
    before = {c.key: getattr(place.offering, c.key) for c in sa.inspect(Offering).columns}
    assert place.client.post(f"/offerings/{place.offering.id}/edit", data=data).status_code == 303
    after = db.session.get_one(Offering, place.offering.id)
    assert {name: getattr(after, name) for name in before} == before
    assert db.session.scalars(sa.select(Proposal)).all() == []


def test_an_edit_from_an_old_page_is_refused_and_keeps_what_was_typed(place: Place) -> None:
    version = place.offering.version
    sign_in(place.client, place.manager)
    place.client.post(f"/offerings/{place.offering.id}/edit", data={**OFFERING, "version": version})
    sign_in(place.client, place.partner)
    answer = place.client.post(f"/offerings/{place.offering.id}/edit", data={**OFFERING, "title": "Mine", "version": version})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert place.manager.name in text(page.select_one(".govuk-error-summary") or page)
    assert page.select_one("[name=title]")["value"] == "Mine"  # type: ignore[index]


def test_a_form_sent_twice_makes_one_offering(place: Place) -> None:
    sign_in(place.client, place.partner)
    for _ in range(2):
        answer = place.client.post(f"/organisations/{place.organisation.id}/offerings/new", data={**OFFERING, "once": "the-same-key"})
        assert answer.status_code == 303
    assert len(db.session.scalars(sa.select(Offering).where(Offering.title == "Second Beats")).all()) == 1


def test_a_copy_opens_for_editing(place: Place) -> None:
    sign_in(place.client, place.partner)
    answer = place.client.post(f"/offerings/{place.offering.id}/copy")
    assert answer.status_code == 303 and answer.location.endswith("/edit")
    assert place.client.get(answer.location).status_code == 200


# --- organisations, documents, people ------------------------------------------------------------


def test_link_workers_see_whether_papers_are_in_order_but_not_the_papers(place: Place) -> None:
    factories.save(Document(
        organisation_id=place.organisation.id, kind=DocumentKind.RISK_ASSESSMENT, state=DocumentState.VERIFIED, reference="SECRET-7",
    ))
    assert "SECRET-7" in text(place.get(f"/organisations/{place.organisation.id}", place.partner))
    seen = text(place.get(f"/organisations/{place.organisation.id}", place.link_worker))
    assert "Documents in order" in seen and "SECRET-7" not in seen and "Send" not in seen


def test_a_document_is_sent_by_the_partner_and_checked_by_the_manager(place: Place) -> None:
    sign_in(place.client, place.partner)
    data = {"kind": "risk_assessment", "practitioner_id": "", "reference": "RA 1", "level": "", "issued_on": "", "expires_on": "2100-01-01"}
    assert place.client.post(f"/organisations/{place.organisation.id}/documents/new", data=data).status_code == 303
    document_id = db.session.scalars(sa.select(Document.id).where(Document.reference == "RA 1")).one()
    assert place.client.post(f"/documents/{document_id}/verify").status_code == 403
    sign_in(place.client, place.manager)
    assert place.client.post(f"/documents/{document_id}/verify").status_code == 303
    assert db.session.get_one(Document, document_id).state is DocumentState.VERIFIED


def test_a_manager_who_sent_a_document_sees_why_somebody_else_must_check(place: Place) -> None:
    sign_in(place.client, place.manager)
    place.client.post(f"/organisations/{place.organisation.id}/documents/new", data={"kind": "risk_assessment", "practitioner_id": "", "level": ""})
    page = text(place.get(f"/organisations/{place.organisation.id}", place.manager))
    assert "You sent it in, so somebody else has to check it." in page
    document_id = db.session.scalars(sa.select(Document.id).where(Document.state == DocumentState.SUBMITTED)).one()
    assert place.client.post(f"/documents/{document_id}/verify").status_code == 403


def test_a_document_that_ran_out_is_refused_at_its_field(place: Place) -> None:
    sign_in(place.client, place.partner)
    data = {"kind": "public_liability", "practitioner_id": "", "level": "", "reference": "PL 9", "expires_on": "2020-01-01"}
    answer = place.client.post(f"/organisations/{place.organisation.id}/documents/new", data=data)
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert answer.status_code == 422
    assert "run out already" in text(page.select_one("#expires_on-error") or page)
    assert page.select_one("[name=reference]")["value"] == "PL 9"  # type: ignore[index]


def test_papers_of_another_organisation_are_not_found_by_a_partner(place: Place) -> None:
    other = factories.make_organisation(place.zone)
    document = db.session.scalars(sa.select(Document).where(Document.organisation_id == other.id)).first()
    assert document is not None
    sign_in(place.client, place.partner)
    assert place.client.post(f"/documents/{document.id}/verify").status_code == 404


def test_the_safeguarding_lead_waives(place: Place) -> None:
    bare = factories.make_organisation(place.zone, with_documents=False)
    lead = factories.make_person(Role.SAFEGUARDING_LEAD, place.zone)
    assert "Waive for a while" in text(place.get(f"/organisations/{bare.id}", lead))
    data = {"kind": "shared_values", "practitioner_id": "", "until": (clock.today() + timedelta(days=5)).isoformat(), "reason": "They sign on Monday."}
    assert place.client.post(f"/organisations/{bare.id}/documents/waive", data=data).status_code == 303
    assert "They sign on Monday." in text(place.get(f"/organisations/{bare.id}", lead))


def test_suspending_is_previewed_needs_a_reason_and_empties_the_search(place: Place) -> None:
    url = f"/organisations/{place.organisation.id}/move/suspended"
    assert "can no longer be found" in text(place.get(url, place.manager))
    answer = place.client.post(url, data={"reason": ""})
    assert answer.status_code == 422
    assert place.client.post(url, data={"reason": "Insurance"}).status_code == 303
    assert db.session.get_one(Organisation, place.organisation.id).state is PartnerState.SUSPENDED
    assert results(place.get("/find?q=drumming", place.link_worker)) == []


def test_a_library_added_by_the_manager_is_live_at_once_a_partner_applies(place: Place) -> None:
    sign_in(place.client, place.manager)
    for kind, state in (("community", PartnerState.LIVE), ("partner", PartnerState.APPLYING)):
        answer = place.client.post("/organisations/new", data={"name": f"New {kind}", "kind": kind})
        assert answer.status_code == 303
        made = db.session.scalars(sa.select(Organisation).where(Organisation.name == f"New {kind}")).one()
        assert (made.state, made.kind, made.zone_id) == (state, OrganisationKind(kind), place.zone.id)
    again = place.client.post("/organisations/new", data={"name": "New partner", "kind": "partner", "phone": "not a number"})
    assert again.status_code == 422


def test_a_name_that_is_taken_is_said_at_the_name(place: Place) -> None:
    sign_in(place.client, place.manager)
    answer = place.client.post("/organisations/new", data={"name": "westway beats", "kind": "partner"})
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert answer.status_code == 422 and "already an organisation" in text(page.select_one("#name-error") or page)


def test_the_list_of_organisations_can_be_narrowed_and_says_who_lacks_papers(place: Place) -> None:
    factories.make_organisation(place.zone, with_documents=False, name="Paperless Club")
    everything = text(place.get("/organisations", place.manager))
    assert "5 documents missing" in everything and "Westway Beats" in everything
    narrowed = text(place.get("/organisations?q=paperless&state=live", place.manager))
    assert "Paperless Club" in narrowed and "Westway Beats" not in narrowed
    assert "No organisation like that" in text(place.get("/organisations?q=nobody", place.manager))


def test_statements_for_the_lists_do_not_grow_with_rows(place: Place) -> None:
    def cost(path: str) -> int:
        sign_in(place.client, place.manager)
        place.client.get(path)
        with count_statements() as seen:
            place.client.get(path)
        return seen.count

    factories.make_practitioner(place.organisation)
    paths = ("/organisations", f"/organisations/{place.organisation.id}", f"/offerings/{place.offering.id}")
    before = [cost(path) for path in paths]
    for _ in range(4):
        factories.make_offering(factories.make_organisation(place.zone))
        factories.make_practitioner(place.organisation)
        factories.make_offering(place.organisation)
        factories.make_cohort(place.offering, sessions=3)
    assert [cost(path) for path in paths] == before


def test_a_practitioner_is_added_changed_and_leaves(place: Place) -> None:
    sign_in(place.client, place.partner)
    base = f"/organisations/{place.organisation.id}"
    assert place.client.post(f"{base}/practitioners/new", data={"name": "Ayo Bell", "works_alone": "y"}).status_code == 303
    ayo = db.session.scalars(sa.select(Practitioner).where(Practitioner.name == "Ayo Bell")).one()
    ayo_id = ayo.id
    assert ayo.works_alone
    assert "Ayo Bell’s DBS check is missing." in text(place.get(base, place.partner))
    leaving = (clock.today() - timedelta(days=1)).isoformat()
    place.client.post(f"/practitioners/{ayo_id}/edit", data={"name": "Ayo Bell", "left_on": leaving})
    assert "Ayo Bell" not in text(place.get(base, place.link_worker))


# --- groups and sessions -------------------------------------------------------------------------


def test_a_partner_adds_a_group_and_its_sessions_are_planned(place: Place) -> None:
    sign_in(place.client, place.partner)
    today = clock.today()
    data = {"name": "Summer", "starts_on": today.isoformat(), "ends_on": (today + timedelta(days=28)).isoformat(), "capacity": "9",
            "outside_places": "2", "practitioner_id": "", "venue": "Hall"}
    answer = place.client.post(f"/offerings/{place.offering.id}/cohorts/new", data=data)
    assert answer.status_code == 303
    cohort = db.session.scalars(sa.select(Cohort).where(Cohort.name == "Summer")).one()
    assert (cohort.capacity, cohort.outside_places, len(cohort.sessions)) == (9, 2, 4)
    page = text(place.get(f"/cohorts/{cohort.id}", place.partner))
    assert "Sessions to come" in page and "7 open" in page


@pytest.mark.parametrize(("wrong", "field"), [({"capacity": "many"}, "capacity"), ({"ends_on": "2020-01-01"}, "ends_on"), ({"outside_places": "99"}, "outside_places")])
def test_a_group_that_cannot_be_is_refused_at_its_field(place: Place, wrong: dict[str, str], field: str) -> None:
    sign_in(place.client, place.partner)
    data = {"name": "Summer", "starts_on": "2027-01-05", "ends_on": "", "capacity": "9", "practitioner_id": "", **wrong}
    answer = place.client.post(f"/offerings/{place.offering.id}/cohorts/new", data=data)
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert answer.status_code == 422 and page.select_one(f"#{field}-error") is not None
    assert page.select_one("[name=name]")["value"] == "Summer"  # type: ignore[index]


def test_a_session_is_moved_and_cancelled_by_those_who_run_it(place: Place) -> None:
    first, second = db.session.scalars(sa.select(Session).order_by(Session.starts_at)).all()
    first_id, second_id = first.id, second.id
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    sign_in(place.client, place.partner)
    assert place.client.post(f"/sessions/{first_id}/move", data={"day": tomorrow, "start": "6pm", "end": "5pm"}).status_code == 422
    assert place.client.post(f"/sessions/{first_id}/move", data={"day": tomorrow, "start": "6pm", "end": "7pm"}).status_code == 303
    assert place.client.post(f"/sessions/{second_id}/cancel", data={"by": "weather", "reason": ""}).status_code == 422
    assert place.client.post(f"/sessions/{second_id}/cancel", data={"by": "weather", "reason": "Snow"}).status_code == 303
    states = {s.id: s.state for s in db.session.scalars(sa.select(Session))}
    assert (states[first_id], states[second_id], len(states)) == (SessionState.MOVED, SessionState.CANCELLED, 3)
    sign_in(place.client, place.link_worker)
    assert place.client.post(f"/sessions/{first_id}/cancel", data={"by": "school", "reason": "x"}).status_code == 403


def test_places_taken_by_others_are_kept_within_the_group(place: Place) -> None:
    cohort_id = db.session.scalars(sa.select(Cohort.id)).one()
    sign_in(place.client, place.partner)
    place.client.post(f"/cohorts/{cohort_id}/outside-places", data={"outside_places": "6"})
    assert db.session.get_one(Cohort, cohort_id).outside_places == 6
    answer = place.client.post(f"/cohorts/{cohort_id}/outside-places", data={"outside_places": "60"}, follow_redirects=True)
    assert "at most 8" in text(BeautifulSoup(answer.get_data(as_text=True), "html.parser"))
    assert db.session.get_one(Cohort, cohort_id).outside_places == 6
