"""What was not found: counted without anybody's name, told to the Zone manager, and leading on."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.accounts.models import Person, Role, RoleGrant, School, Zone
from app.catalogue.models.finding import GapNote, MissKind, SearchMiss
from app.catalogue.queries import finding
from app.catalogue.search.private import without_names
from app.catalogue.services import misses
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid
from tests import factories
from tests.catalogue.shelf import ROWS
from tests.support.client import StrictClient
from tests.support.people import sign_in
from tests.support.statements import count_statements

KNOWN = frozenset("football club for year after school anxious with his brother called needs the a rose summer holiday boy on saturday my in".split())


def stripped(typed: str, *names: str) -> str:
    return without_names(typed, frozenset(names), KNOWN.__contains__)


def test_names_and_whatever_tells_of_whom_leave_what_was_typed() -> None:
    """What a Link Worker may type in a corridor."""
    cases = {
        "football for Amara": "football for …",
        "amara's brother": "… brother",
        "amaras football": "… football",
        "Amara Oyelaran football": "… football",
        "football Amara O": "football …",
        "amarra football": "… football",
        "amarafootball club": "… club",
        "football for Zebedee": "football for …",
        "jayden anxious": "… anxious",
        "football jayden@school.org": "football …",
        "ring 07700 900123 football": "ring … football",
        "football 12/03/2015": "football …",
        "football near W10 5BN": "football near W10",
        "K-7F2Q football": "… football",
        "H123456789012 football": "… football",
        "kabaddi": "kabaddi",
        "kabaddi on Saturday": "kabaddi on Saturday",
        "Kabaddi Club": "Kabaddi Club",
        "boy year 5 football": "boy year 5 football",
        "rose summer holiday": "rose summer holiday",
    }
    assert {typed: stripped(typed, "amara", "oyelaran") for typed in cases} == cases


def test_a_child_who_is_called_like_an_everyday_word_is_taken_out_too() -> None:
    assert stripped("summer holiday club", "summer") == "… holiday club"
    assert stripped("the football club", "the") == "the football club"


def rows() -> list[SearchMiss]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(SearchMiss).order_by(SearchMiss.typed)))


def read(client: StrictClient, path: str, **given: object) -> BeautifulSoup:
    response = client.get(path, **given)  # type: ignore[arg-type]
    assert response.status_code == 200, (path, response.status_code)
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def test_a_search_that_finds_nothing_is_counted_once_for_a_browser_and_names_nobody(
    client: StrictClient, worker: Person, zone: Zone, school: School
) -> None:
    factories.make_child(school, worker, first_name="Kwasi", last_name="Brewster")
    sign_in(client, worker)
    for path in ("/find?q=xqzvbk+for+Kwasi+Brewster&day=Sat&sort=places", "/find?q=xqzvbk+for+Kwasi+Brewster&day=Sat&page=2"):
        read(client, path)
    (row,) = rows()
    assert row.kind in {MissKind.NOTHING, MissKind.NEAR}
    assert (row.typed, row.asked, row.times, row.role, row.zone_id, row.on_day) == (
        "xqzvbk for …", "day=Sat", 1, Role.LINK_WORKER, zone.id, clock.today())
    other = StrictClient(client.application)
    sign_in(other, factories.make_person(Role.LINK_WORKER, zone))
    read(other, "/find?q=xqzvbk+for+kwasi&day=Sat")
    (row,) = rows()
    assert row.times == 2


def test_what_was_found_is_not_counted_and_what_was_corrected_is(client: StrictClient, worker: Person) -> None:
    sign_in(client, worker)
    for path in ("/find", "/find?q=drumming", "/find?q=footy", "/find?day=Sat"):
        read(client, path)
    assert [(row.typed, row.taken_as) for row in rows()] == []
    read(client, "/find?q=gimnastics")
    (row,) = rows()
    assert (row.kind, row.typed, row.taken_as) == (MissKind.CORRECTED, "gimnastics", "gymnastics")


def test_while_somebody_types_nothing_is_counted_until_it_is_left_standing(client: StrictClient, worker: Person) -> None:
    sign_in(client, worker)
    part = read(client, "/find?q=xqzvbk", headers={"HX-Request": "true"})
    assert rows() == []
    mark = part.select_one("[data-settled]")
    assert mark is not None
    assert client.post(str(mark["data-settled"])).status_code == 204
    assert [row.typed for row in rows()] == ["xqzvbk"]
    assert client.post("/find/settled?q=drumming").status_code == 204
    assert len(rows()) == 1
    assert read(client, "/find?q=drumming", headers={"HX-Request": "true"}).select_one("[data-settled]") is None


def test_counts_older_than_a_year_are_forgotten(zone: Zone) -> None:
    for typed in ("old", "new"):
        misses.record_miss(zone_id=zone.id, role=Role.LINK_WORKER, kind=MissKind.NOTHING, typed=typed, taken_as="", asked="")
    with atomic():
        db.session.execute(sa.update(SearchMiss).where(SearchMiss.typed == "old").values(on_day=clock.today() - timedelta(days=366)))
    assert misses.forget_old_misses() == 1
    assert misses.forget_old_misses() == 0
    assert [row.typed for row in rows()] == ["new"]


def test_one_filter_at_a_time_is_let_go_with_what_that_gives(client: StrictClient, worker: Person, school: School) -> None:
    sign_in(client, worker)
    page = read(client, "/find?q=drumming&day=Sun")
    (widen,) = page.select(".widen a")
    said = widen.get_text(" ").split()
    assert said[:2] == ["Any", "day"]
    assert len(read(client, str(widen["href"])).select(".offer")) == int(said[2]) > 0
    page = read(client, "/find?q=drumming&time=early&interest=football")
    assert "several do" in page.get_text()
    cases = {"interest=drumming&interest=x&day=Sun": "Any day", "place=acton&q=drumming": "Any place", "q=springers&free=1": "Also what families pay for",
             "q=springers&cost=2": "Also what costs more", "q=drumming&access=quiet-space": "Any access", "q=drumming&time=evening": "Any time of day"}
    for query, words in cases.items():
        assert words in read(client, f"/find?{query}").select_one(".widen").get_text(), query  # type: ignore[union-attr]


def test_the_neighbouring_zone_is_seen_only_by_those_who_work_there_or_where_it_has_opened_itself(
    client: StrictClient, worker: Person, zone: Zone
) -> None:
    wigan = factories.make_zone(name="Wigan")
    factories.make_offering(factories.make_organisation(wigan, name="Pier Players"), title="Xqzvbk on the pier", town="Wigan")
    factories.make_offering(factories.make_organisation(wigan, name="Secret Trust"), title="Xqzvbk draft", state="draft")
    sign_in(client, worker)
    assert "Wigan" not in read(client, "/find?q=xqzvbk").get_text()
    manager = factories.make_person(Role.ZONE_MANAGER, wigan)
    view = misses.open_view(zone_id=wigan.id, to_zone_id=zone.id, actor=manager)
    page = read(client, "/find?q=xqzvbk")
    shown = page.select_one(".nextdoor")
    assert shown is not None
    assert "Wigan: 1 offer" in shown.get_text()
    assert "Xqzvbk on the pier" in shown.get_text()
    assert "draft" not in shown.get_text()
    assert shown.find_all("a") == [], "nothing over there can be opened"
    misses.close_view(view_id=view.id, actor=manager)
    assert "Wigan" not in read(client, "/find?q=xqzvbk").get_text()
    both = factories.make_person(Role.LINK_WORKER, zone)
    with atomic():
        db.session.add(RoleGrant(person_id=both.id, role=Role.LINK_WORKER, zone_id=wigan.id, starts_on=clock.today()))
    sign_in(client, both)
    link = read(client, "/find?q=xqzvbk&zone=" + zone.slug).select_one(".nextdoor a")
    assert link is not None
    assert len(read(client, str(link["href"])).select(".offer")) == 1


def test_a_gap_is_told_counted_by_people_and_closed_together(client: StrictClient, worker: Person, zone: Zone, school: School) -> None:
    factories.make_child(school, worker, first_name="Kwasi")
    colleague, manager = factories.make_person(Role.LINK_WORKER, zone, school=school), factories.make_person(Role.ZONE_MANAGER, zone)
    sign_in(client, worker)
    path = str(next(a for a in read(client, "/find?q=xqzvbk&day=Sat").find_all("a") if "Tell the Zone manager" in a.get_text())["href"])
    named = client.post(path, data={"note": "Kwasi would love it"})
    assert named.status_code == 422
    assert "name of one of your children" in named.get_data(as_text=True)
    assert client.post(path, data={"note": "Three of my children ask for it"}).status_code == 303
    assert client.post(path, data={"note": "Four by now"}).status_code == 303
    sign_in(client, colleague)
    assert client.post(path, data={"note": ""}).status_code == 303
    (gap,) = finding.list_gaps(zone.id)
    assert (gap.first.typed, gap.first.asked, len(gap.people), [note for note, _ in gap.notes]) == ("xqzvbk", "day=Sat", 2, ["Four by now"])
    assert client.get("/gaps").status_code == 403
    assert client.get(f"/gaps/{gap.first.id}/close").status_code in (403, 404)
    sign_in(client, manager)
    page = read(client, "/gaps")
    assert "Four by now" in page.get_text()
    assert page.find("a", string="xqzvbk") is not None
    close = f"/gaps/{gap.first.id}/close"
    assert client.post(close, data={"why": ""}).status_code == 422
    assert client.post(close, data={"why": "A club starts in January"}).status_code == 303
    assert finding.list_gaps(zone.id) == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(GapNote).where(GapNote.closed_why == "A club starts in January")) == 2
    assert client.post(close, data={"why": "Again"}).status_code == 422


def test_names_of_other_peoples_children_are_taken_out_without_a_word(worker: Person, zone: Zone, school: School) -> None:
    """A refusal would tell that there is such a child."""
    factories.make_child(school, None, first_name="Petronella")
    gap = misses.note_gap(zone_id=zone.id, typed="xqzvbk petronella", asked="", note="Petronella too", actor=worker)
    assert (gap.typed, gap.note) == ("xqzvbk …", "… too")
    factories.make_child(school, worker, first_name="Kwasi")
    with pytest.raises(Invalid):
        misses.note_gap(zone_id=zone.id, typed="xqzvbk", asked="", note="for kwasis birthday", actor=worker)


def test_the_zone_managers_page_shows_each_kind_of_its_own_zone_only(client: StrictClient, worker: Person, zone: Zone) -> None:
    wigan = factories.make_zone(name="Wigan")
    for kind, typed, taken in ((MissKind.NOTHING, "xqzvbk", ""), (MissKind.NEAR, "mountain piano", ""), (MissKind.CORRECTED, "gimnastics", "gymnastics")):
        for _ in range(2):
            misses.record_miss(zone_id=zone.id, role=Role.LINK_WORKER, kind=kind, typed=typed, taken_as=taken, asked="age=9&day=Sat")
    misses.record_miss(zone_id=wigan.id, role=Role.LINK_WORKER, kind=MissKind.NOTHING, typed="wiganword", taken_as="", asked="")
    sign_in(client, factories.make_person(Role.ZONE_MANAGER, zone))
    page = read(client, "/gaps?days=7")
    text = page.get_text(" ")
    for said in ("xqzvbk", "mountain piano", "gimnastics", "gymnastics", "Age 9", "Saturday", "Link Worker"):
        assert said in text, said
    assert "wiganword" not in text
    assert client.get(f"/gaps?zone={wigan.slug}").status_code == 404
    before = count_of(client)
    for n in range(8):
        misses.record_miss(zone_id=zone.id, role=Role.LINK_WORKER, kind=MissKind.NOTHING, typed=f"xqzvbk{n}x", taken_as="", asked="")
    assert count_of(client) == before


def count_of(client: StrictClient) -> int:
    with count_statements() as counted:
        read(client, "/gaps")
    return counted.count


def test_the_page_costs_no_more_statements_with_more_offers(client: StrictClient, worker: Person, zone: Zone) -> None:
    sign_in(client, worker)
    path = "/find?q=talking&compare=not-an-id"
    read(client, path)
    with count_statements() as few:
        read(client, path)
    for n in range(6):
        factories.make_offering(factories.make_organisation(zone, name=f"Talk {n}"), title=f"Talking circle {n}", interests=["talking"])
    read(client, path)
    with count_statements() as many:
        read(client, path)
    assert many.count <= few.count
    assert len(ROWS) > 6
