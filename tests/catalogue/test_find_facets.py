"""Facets, sorting, comparing and suggestions: each there, combined, in the address, and only what this person may see."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from app.accounts.models import Person, Role, School, Zone
from app.catalogue.addresses import in_words, kept_address, read_text
from app.catalogue.models import OfferingState
from app.catalogue.search import facets
from app.catalogue.search.engine import browse
from app.catalogue.search.facets import choose
from app.catalogue.search.filters import NOTHING, Filters
from app.catalogue.search.suggestions import Suggestion, suggest
from app.shared import clock
from tests import factories
from tests.catalogue.shelf import ROWS, read, stock
from tests.support.client import StrictClient
from tests.support.people import sign_in

HERE = (51.5055, -0.2237)


@pytest.fixture
def zone(app: Flask) -> Zone:
    return factories.make_zone(name="West London")


@pytest.fixture
def ids(zone: Zone) -> dict[str, uuid.UUID]:
    return stock(zone)


@pytest.fixture
def school(zone: Zone) -> School:
    return factories.make_school(zone, name="St Aldhelm's", latitude=HERE[0], longitude=HERE[1])


@pytest.fixture
def worker(client: StrictClient, zone: Zone, school: School) -> Person:
    person = factories.make_person(Role.LINK_WORKER, zone, school=school)
    sign_in(client, person)
    return person


def titles(page: BeautifulSoup) -> list[str]:
    return [a.get_text() for a in page.select(".offer__l")]


def test_an_age_says_in_which_years_of_school_it_is() -> None:
    for age, years in ((4, "Reception"), (5, "Reception or Year 1"), (9, "Year 4 or 5"), (17, "Year 12 or 13"), (18, "Year 13")):
        assert facets.school_years(age) == years, age


@pytest.mark.parametrize("typed", ["", "circus", "talking"])
def test_every_count_is_what_choosing_it_gives(zone: Zone, ids: dict[str, uuid.UUID], typed: str) -> None:
    """Also with other filters in use, and of every facet there is."""
    for filters in (Filters(origin=HERE), Filters(days=("Sat", "Sun"), origin=HERE), Filters(times=("afternoon",), is_step_free=True, origin=HERE),
                    Filters(interests=("football", "circus"), max_cost_pence=500, origin=HERE), Filters(access=("quiet-space",), origin=HERE)):
        found = browse(zone.id, typed, filters, size=100)
        names = {facet.name for facet in found.facets}
        assert names == {"need", "interest", "age", "day", "time", "within", "cost", "free", "kind", "language", "access", "step_free",
                         "places", "delivery", "place"}
        for facet in found.facets:
            for value in facet.values:
                chosen = choose(filters, facet, value.value)
                if facet.name == "access":  # all of them must hold, so a count is for one more
                    chosen = Filters(**{**vars_of(filters), "access": tuple(dict.fromkeys((*filters.access, value.value)))})
                assert browse(zone.id, typed, chosen, size=1).total == value.count, (filters.in_use, facet.name, value.value)


def vars_of(filters: Filters) -> dict[str, Any]:
    return {name: getattr(filters, name) for name in Filters.__dataclass_fields__}


def test_day_and_time_must_be_one_slot(zone: Zone) -> None:
    organisation = factories.make_organisation(zone, name="Two Slots")
    slots = [{"day": "Sat", "start": "10:00", "end": "11:00", "season": "term"}, {"day": "Mon", "start": "18:00", "end": "19:00", "season": "term"}]
    factories.make_offering(organisation, title="Two slots", slots=slots)
    for days, times, number in ((("Sat",), ("daytime",), 1), (("Sat",), ("evening",), 0), (("Mon",), ("evening",), 1), (("Sat", "Mon"), ("evening",), 1),
                                ((), ("evening", "early"), 1), ((), ("early",), 0)):
        assert browse(zone.id, "", Filters(days=days, times=times)).total == number, (days, times)


def test_all_access_asked_for_must_be_there(zone: Zone) -> None:
    organisation = factories.make_organisation(zone, name="Access")
    factories.make_offering(organisation, title="Quiet", accessibility=["quiet-space"])
    factories.make_offering(organisation, title="Both", accessibility=["quiet-space", "send-trained-staff"])
    assert browse(zone.id, "", Filters(access=("quiet-space", "send-trained-staff"))).total == 1


def test_the_address_holds_everything_and_nonsense_is_left_out(client: StrictClient, worker: Person, ids: dict[str, uuid.UUID], school: School) -> None:
    page = read(client, f"/find?q=talking&need=Emotional&interest=talking&age=9&day=Mon&time=daytime&near={school.id}&within=5&cost=5&free=1"
                        "&kind=commissioned&access=bogus&delivery=venue&place=hammersmith&sort=soonest")
    assert titles(page) == ["Seasons for growing"]
    chips = [" ".join(a.get_text(" ").split()).removesuffix(" (remove filter)") for a in page.select(".chips a")]
    assert chips == ["Programme", "Emotional", "Talking", "Monday", "9am to 3pm", "Hammersmith", "At a place", "Age 9",
                     "Up to £5 a session", "Within 5 km", "Free for families", "Clear all"]
    for box in ("need", "interest", "day", "time", "kind", "delivery", "place", "free"):
        assert page.select(f"input[name={box}][checked]"), box
    for select, value in (("age", "9"), ("cost", "5"), ("within", "5"), ("sort", "soonest")):
        assert page.select(f"select[name={select}] option[selected]")[0]["value"] == value, select
    for nonsense in ("age=x&day=Sol&time=never&cost=-4&within=inf&need=Fame&kind=thing&sort=up&page=zz&interest=%7C%7C&place=",
                     "age=999&cost=9999999&language=klingon&access=lift&compare=1&compare=..%2F&zone="):
        assert len(read(client, f"/find?{nonsense}").select(".offer")) == 20, nonsense


def test_a_kept_address_is_the_search_and_no_more() -> None:
    from werkzeug.datastructures import MultiDict

    args = MultiDict([("q", " drums "), ("day", "Sat"), ("day", "Mon"), ("sort", "places"), ("page", "3"), ("zone", "wl"), ("compare", "x"), ("evil", "1")])
    assert kept_address(args) == "q=drums&day=Mon&day=Sat"
    assert kept_address(args, with_words=False) == "day=Mon&day=Sat"
    assert in_words("q=drums&day=Mon&time=evening&cost=5", None) == ["“drums”", "Monday", "From 5.30pm", "Up to £5 a session"]
    assert in_words("", None) == ["Everything"]
    assert in_words("place=shepherd's bush&place=stoke-on-trent", None) == ["Shepherd's Bush", "Stoke-on-Trent"]
    assert read_text("q=drums&day=Sat", None).filters == Filters(days=("Sat",))


def test_each_order_is_what_it_says(zone: Zone, ids: dict[str, uuid.UUID]) -> None:
    organisation = factories.make_organisation(zone, name="Orders")
    for title, far, days, capacity in (("Late and near", 0.0, 20, 3), ("Soon and far", 0.2, 2, 5), ("Middle and roomy", 0.1, 9, 30)):
        offering = factories.make_offering(organisation, title=title, interests=["xqzvbk"], latitude=HERE[0] + far, longitude=HERE[1])
        factories.make_cohort(offering, capacity=capacity, starts_on=clock.today() + timedelta(days=days))
    at = Filters(origin=HERE, interests=("xqzvbk",))
    found = {sort: [r.offering_id for r in browse(zone.id, "", at, sort=sort).results] for sort in ("distance", "soonest", "places")}  # type: ignore[arg-type]
    names = {o.id: o.title.split()[0] for o in organisation.offerings}
    assert {sort: [names[i] for i in order] for sort, order in found.items()} == {
        "distance": ["Late", "Middle", "Soon"], "soonest": ["Soon", "Middle", "Late"], "places": ["Middle", "Soon", "Late"]}


def test_the_map_has_the_pins_of_the_list(client: StrictClient, worker: Person, ids: dict[str, uuid.UUID]) -> None:
    page = read(client, "/find?q=circus&sort=distance")
    for pin in page.select(".pin"):
        item = page.select_one(str(pin["href"]))
        assert item is not None
        assert item.select_one(".offer__l").get_text() in str(pin["aria-label"])  # type: ignore[union-attr]


# --- side by side -----------------------------------------------------------------------------------


def test_a_fifth_tick_is_told_on_the_list_that_four_are_compared(client: StrictClient, worker: Person, ids: dict[str, uuid.UUID]) -> None:
    ticked = [f"compare={ids[ref]}" for ref in ("circus", "drum", "gym", "dads", "swim")]
    for count, is_told in ((4, False), (5, True)):
        assert ("Four at most" in read(client, "/find?" + "&".join(ticked[:count])).get_text()) is is_told


def test_where_nothing_fits_nothing_is_promised_and_a_brief_can_be_asked_for(client: StrictClient, worker: Person, ids: dict[str, uuid.UUID]) -> None:
    page = read(client, "/find?q=xqzvbk")
    assert " ".join(page.select("#count")[0].get_text().split()) == "0 offers for “xqzvbk”"
    assert page.select("#results a[href='/briefs']")
    assert not read(client, "/find?q=circus").select("#results a[href='/briefs']")


def test_up_to_four_stand_side_by_side_in_the_order_of_the_address(client: StrictClient, worker: Person, ids: dict[str, uuid.UUID], school: School) -> None:
    five = [ids[ref] for ref in ("circus", "drum", "gym", "dads", "swim")]
    page = read(client, "/find/compare?" + "&".join(f"compare={id_}" for id_ in five) + "&q=club&day=Sat")
    heads = [th.get_text() for th in page.select("thead th")]
    assert heads == ["What", "Flying Feet circus club", "First Beats drumming circle", "Springers beginners", "Dads and lads football"]
    assert "Four at most" in page.get_text()
    lines = {tr.select_one("th").get_text(): [td.get_text() for td in tr.select("td")] for tr in page.select("tbody tr")}  # type: ignore[union-attr]
    assert lines["Cost"][2] == "£6 a session"
    assert lines["When"][0].startswith("Wed")
    assert all(len(set(told)) > 1 for told in lines.values()), "what is the same for all is no line of the table"
    same = {dt.get_text(): dt.find_next("dd").get_text() for dt in page.select(".compare__same dt")}  # type: ignore[union-attr]
    assert same and not same.keys() & lines.keys()
    assert f"From {school.name}" in lines
    back = str(page.find("a", string=lambda text: bool(text and "Back to the list" in text))["href"]) if page.find(  # type: ignore[index]
        "a", string=lambda text: bool(text and "Back to the list" in text)) else str(page.select(".crumb a")[0]["href"])
    ticked = read(client, back)
    assert len(ticked.select(".tray__o")) == 4
    assert "q=club" in back
    assert "Nothing to compare yet" in read(client, "/find/compare").get_text()
    assert "Tick one more" in read(client, f"/find/compare?compare={ids['circus']}").get_text()


def test_what_one_may_not_see_is_not_compared_nor_told_apart(client: StrictClient, worker: Person, zone: Zone, ids: dict[str, uuid.UUID]) -> None:
    elsewhere = factories.make_offering(factories.make_organisation(factories.make_zone(name="Wigan"), name="Pier"), title="On the pier")
    draft = factories.make_offering(factories.make_organisation(zone, name="Drafts"), title="Only a draft", state=OfferingState.DRAFT)
    closed = factories.make_offering(factories.make_organisation(zone, name="Closed"), title="Over now", state=OfferingState.CLOSED)
    said = set()
    for hidden in (elsewhere.id, draft.id, closed.id, uuid.uuid4()):
        text = read(client, f"/find/compare?compare={ids['circus']}&compare={hidden}").select_one("main").get_text()  # type: ignore[union-attr]
        said.add(text)
        assert "Pier" not in text
        listed = read(client, f"/find?compare={hidden}")
        assert listed.select(".tray") == []
    assert len(said) == 1
    assert "no longer there, or not yours to see" in said.pop()


def test_ticks_survive_another_search(client: StrictClient, worker: Person, ids: dict[str, uuid.UUID]) -> None:
    page = read(client, f"/find?q=circus&compare={ids['circus']}&compare={ids['drum']}")
    assert [box["value"] for box in page.select("input[name=compare][checked]")] == [str(ids["circus"])]
    assert [box["value"] for box in page.select("input[name=compare][type=hidden]")] == [str(ids["drum"])]
    assert "Compare 2 side by side" in page.select_one(".tray").get_text()  # type: ignore[union-attr]


# --- suggestions ------------------------------------------------------------------------------------


def told(zone: Zone, typed: str) -> list[Suggestion]:
    best = [result.offering_id for result in browse(zone.id, typed, NOTHING).results]
    return suggest(zone.id, typed, best)


def test_titles_providers_interests_and_places_are_suggested_with_true_counts(zone: Zone, ids: dict[str, uuid.UUID]) -> None:
    kinds = {kind: {(s.text, s.count) for s in told(zone, typed) if s.kind == kind} for kind, typed in (
        ("interest", "foo"), ("provider", "tumble"), ("place", "ham"), ("title", "druming"))}
    assert ("Football", 2) in kinds["interest"]
    assert kinds["provider"] == {("Tumbledown Circus", 2)}
    assert kinds["place"] == {("Hammersmith", sum(row.facts.town == "Hammersmith" for row in ROWS))}
    assert "First Beats drumming circle" in {text for text, _ in kinds["title"]}
    assert told(zone, "h") == []
    assert "Football" in {s.text for s in told(zone, "fotball")}


def test_a_place_is_written_as_people_write_it(client: StrictClient, worker: Person, zone: Zone, ids: dict[str, uuid.UUID]) -> None:
    factories.make_offering(factories.make_organisation(zone), title="Qvvx", town="Shepherd's Bush")
    assert "Shepherd's Bush" in {s.text for s in told(zone, "sheph") if s.kind == "place"}
    labels = {" ".join(label.get_text().split()) for label in read(client, "/find?q=qvvx").select("label")}
    assert [label[:15] for label in labels if label.startswith("Shepherd")] == ["Shepherd's Bush"]


def test_nothing_that_is_not_live_here_is_suggested_or_counted(zone: Zone, ids: dict[str, uuid.UUID]) -> None:
    elsewhere = factories.make_zone(name="Wigan")
    factories.make_offering(factories.make_organisation(elsewhere, name="Qvvx Pier"), title="Qvvx there", interests=["qvvx"], town="Qvvxton")
    draft = factories.make_organisation(zone, name="Qvvx Drafts")
    factories.make_offering(draft, title="Qvvx draft", interests=["qvvx"], town="Qvvxton", state=OfferingState.DRAFT)
    assert told(zone, "qvvx") == []
    factories.make_offering(draft, title="Qvvx live", interests=["qvvx"], town="Qvvxton")
    assert {(s.kind, s.count) for s in told(zone, "qvvx")} == {("title", 0), ("interest", 1), ("provider", 1), ("place", 1)}


def test_what_is_suggested_leads_to_as_many_as_it_says(client: StrictClient, worker: Person, zone: Zone, ids: dict[str, uuid.UUID]) -> None:
    for typed in ("foo", "ham", "talk"):
        page = read(client, f"/find?q={typed}&free=1")
        for option in page.select("#suggestions [role=option]"):
            href = str(option["data-href"])
            assert client.get(href).status_code == 200, href
            if href.startswith("/find"):
                number = int(option.select_one(".combo__n").get_text().split(", ")[1].split()[0])  # type: ignore[union-attr]
                free = href.replace("&free=1", "").replace("free=1", "")
                assert int(read(client, free).select_one("#count b").get_text()) == number, href  # type: ignore[union-attr]
