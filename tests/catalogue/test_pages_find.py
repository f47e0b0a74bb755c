"""Find: what the page says, what its links give, and what it costs the database."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from tests import factories
from tests.catalogue.place import Place, results, text
from tests.catalogue.shelf import ROWS, stock
from tests.support.people import sign_in
from tests.support.statements import count_statements


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
