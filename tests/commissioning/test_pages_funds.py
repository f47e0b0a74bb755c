"""Funds on pages: who sees which, what is typed, and what a funder reads."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup

from app.accounts.models import Person, Role
from app.commissioning.models import Account, Fund
from app.commissioning.queries.funds import children_helped, said_children
from app.commissioning.queries.money import balance
from app.shared.db import db
from tests import factories as make
from tests.commissioning.scene import Scene, person
from tests.support.client import StrictClient
from tests.support.people import sign_in
from tests.support.statements import count_statements

NEW = {"name": "Girls of the estate", "funder": "Holloway Family Giving", "starts_on": "2026-09-01", "ends_on": "2027-07-31"}


def page(client: StrictClient, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.get_data(as_text=True)[:1500]
    return BeautifulSoup(response.get_data(as_text=True), "html.parser").get_text(" ", strip=True)


def test_a_zone_manager_sees_all_of_the_zone_and_a_budget_holder_reads(client: StrictClient, scene: Scene) -> None:
    scene.fund_with(0, name="Empty fund")
    sign_in(client, scene.manager)
    text = page(client, "/funds")
    assert "Open fund" in text and "Empty fund" in text and "Add a fund" in text
    sign_in(client, scene.holder)
    text = page(client, "/funds")
    assert "Open fund" in text and "Add a fund" not in text
    page(client, "/funds/new", 403)
    page(client, f"/funds/{scene.fund.id}/pledges/new", 403)
    page(client, f"/funds/{scene.fund.id}/receipts/new", 403)


def test_the_bar_says_where_the_money_is(client: StrictClient, scene: Scene) -> None:
    scene.request()
    scene.approved()
    sign_in(client, scene.holder)
    text = page(client, f"/funds/{scene.fund.id}")
    assert "£0 + £200 + £200 + £4,600 = £5,000" in text
    assert "£5,000 received." in text


@pytest.mark.parametrize("role", [Role.LINK_WORKER, Role.SCHOOL_LEAD, Role.PARTNER_ADMIN])
def test_funds_are_not_for_other_roles(client: StrictClient, scene: Scene, role: Role) -> None:
    who = {Role.LINK_WORKER: scene.link_worker, Role.PARTNER_ADMIN: scene.partner}.get(role) or person(
        role, scene.zone, school_id=scene.school.id)
    sign_in(client, who)
    page(client, "/funds", 403)
    page(client, "/funds/settings", 403)
    page(client, f"/funds/{scene.fund.id}", 404)


def test_a_fund_of_another_zone_or_grant_is_not_there(client: StrictClient, scene: Scene) -> None:
    other = scene.fund_with(1_000)
    elsewhere = make.make_zone()
    outsiders = [person(Role.ZONE_MANAGER, elsewhere), person(Role.BUDGET_HOLDER, scene.zone, fund_id=other.id)]
    for who in outsiders:
        sign_in(client, who)
        for tail in ("", "/postings.csv", "/pledges/new", "/receipts/new"):
            page(client, f"/funds/{scene.fund.id}{tail}", 404)
    assert "Open fund" not in page(client, "/funds")


def test_a_fund_is_added_with_its_restrictions_in_words(client: StrictClient, scene: Scene) -> None:
    sign_in(client, scene.manager)
    response = client.post("/funds/new", data={
        **NEW, "school": str(scene.school.id), "year_from": "4", "year_to": "6", "gender": "girl", "need_area": "Emotional",
    })
    assert response.status_code == 303
    text = page(client, response.location)
    assert f"Girls in Year 4 to Year 6 at {scene.school.name} with emotional needs." in text
    assert "Nothing has been received yet" in text


@pytest.mark.parametrize(("wrong", "said"), [
    ({"name": ""}, "Give the fund a name."), ({"name": "Open fund"}, "already has a fund of that name"),
    ({"ends_on": "2026-08-01"}, "The last day comes before the first."), ({"starts_on": "soon"}, "That is not a day."),
    ({"year_from": "6", "year_to": "4"}, "The oldest year comes before the youngest."), ({"school": str(make.some_id())}, "Not a valid choice"),
])
def test_a_fund_that_cannot_be_is_said_at_the_field_and_what_was_typed_stays(
    client: StrictClient, scene: Scene, wrong: dict[str, str], said: str
) -> None:
    sign_in(client, scene.manager)
    response = client.post("/funds/new", data={**NEW, "purpose": "For the summer", **wrong})
    html = response.get_data(as_text=True)
    assert response.status_code == 422 and "Error: Add a fund" in html
    field = BeautifulSoup(html, "html.parser").find(id=f"{list(wrong)[-1]}-error")
    assert field is not None and said in field.get_text()
    assert "For the summer" in html
    assert db.session.query(Fund).count() == 1


def write_down(client: StrictClient, fund: Fund, kind: str, pounds: str, reference: str) -> Any:
    return client.post(f"/funds/{fund.id}/{kind}/new", data={"pence": pounds, "reference": reference})


def test_the_same_reference_twice_is_one(client: StrictClient, scene: Scene) -> None:
    fund = scene.fund_with(0)
    sign_in(client, scene.manager)
    for _ in range(2):
        assert write_down(client, fund, "pledges", "1,200.50", "Letter of 3 May").status_code == 303
        assert write_down(client, fund, "receipts", "£700", "BACS 17").status_code == 303
    assert balance(fund.id, Account.AVAILABLE) == 70_000
    assert balance(fund.id, Account.PLEDGED) == 50_050
    page(client, f"/funds/{fund.id}")  # what was said about each of them
    text = page(client, f"/funds/{fund.id}")
    assert "£500.50 more is promised" in text and text.count("BACS 17") == 1


@pytest.mark.parametrize(("pounds", "reference", "field", "said"), [
    ("9", "bank 1", "reference", "already written down"), ("9", "bank 2", None, "still to pay"), ("nine", "bank 2", "pence", "not an amount"),
    ("0", "bank 2", "pence", "above nothing"), ("9", "", "reference", "reference"), ("99999999999", "bank 2", "pence", "one line"),
])
def test_money_that_cannot_be_is_said_at_the_field(
    client: StrictClient, scene: Scene, pounds: str, reference: str, field: str | None, said: str
) -> None:
    sign_in(client, scene.manager)
    response = write_down(client, scene.fund, "receipts", pounds, reference)
    html = BeautifulSoup(response.get_data(as_text=True), "html.parser")
    assert response.status_code == 422
    where = html.find(id=f"{field}-error") if field else html.find(class_="govuk-error-summary")
    assert where is not None and said in where.get_text()
    typed = html.find("input", attrs={"name": "pence"})
    assert typed is not None and typed["value"] == pounds
    assert balance(scene.fund.id, Account.AVAILABLE) == 500_000


def test_a_budget_holder_reads_references_and_never_names(client: StrictClient, scene: Scene) -> None:
    child = scene.child(first_name="Wilhelmina", last_name="Featherstone")
    scene.approved(scene.introduction(child))
    sign_in(client, scene.holder)
    text = page(client, f"/funds/{scene.fund.id}")
    table = client.get(f"/funds/{scene.fund.id}/postings.csv").get_data(as_text=True)
    for said in (text, table):
        assert child.reference in said and scene.school.name in said
        assert "Wilhelmina" not in said and "Featherstone" not in said


def test_the_postings_of_a_fund_sum_to_nil(client: StrictClient, scene: Scene) -> None:
    scene.approved()
    sign_in(client, scene.manager)
    response = client.get(f"/funds/{scene.fund.id}/postings.csv")
    assert response.mimetype == "text/csv"
    lines = [line.split(",") for line in response.get_data(as_text=True).splitlines()]
    at = lines[0].index("amount")
    assert len(lines) == 1 + 2 + 4 + 2 + 2  # promised, received, asked for, promised to the partner
    assert round(sum(float(line[at]) for line in lines[1:]), 2) == 0


def test_a_spreadsheet_takes_no_cell_for_a_formula(client: StrictClient, scene: Scene) -> None:
    fund = scene.fund_with(0)
    sign_in(client, scene.manager)
    write_down(client, fund, "pledges", "5", "=1+1")
    assert ",'=1+1," in client.get(f"/funds/{fund.id}/postings.csv").get_data(as_text=True)


def test_money_that_came_back_no_longer_helps_a_child(scene: Scene) -> None:
    from app.commissioning.services import commissions

    kept, back = scene.approved(), scene.approved()
    assert children_helped([scene.fund.id]) == {scene.fund.id: 2}
    commissions.cancel(commission_id=back.id, reason="Moved away", actor=scene.link_worker)
    assert children_helped([scene.fund.id]) == {scene.fund.id: 1}
    assert kept.id != back.id


def funder_of(scene: Scene) -> Person:
    return person(Role.FUNDER, scene.zone, fund_id=scene.fund.id)


def test_a_funder_reads_totals_of_its_own_fund_only(client: StrictClient, scene: Scene) -> None:
    commission = scene.approved()
    other = scene.fund_with(1_000)
    sign_in(client, funder_of(scene))
    text = page(client, f"/funds/{scene.fund.id}")
    assert "£0 + £200 + £0 + £4,800 = £5,000" in text and "Fewer than 5 children" in text
    assert commission.child.reference not in text and scene.school.name not in text
    page(client, f"/funds/{scene.fund.id}/postings.csv", 403)
    page(client, f"/funds/{scene.fund.id}/pledges/new", 403)
    page(client, f"/funds/{other.id}", 404)
    page(client, "/funds", 403)


def test_a_budget_holder_of_one_school_reads_totals_of_a_fund_for_all(client: StrictClient, scene: Scene) -> None:
    commission = scene.approved()
    own = scene.fund_with(1_000, school_id=scene.school.id)
    elsewhere = make.make_school(scene.zone)
    sign_in(client, person(Role.BUDGET_HOLDER, scene.zone, school_id=elsewhere.id))
    assert commission.child.reference not in page(client, f"/funds/{scene.fund.id}")
    page(client, f"/funds/{scene.fund.id}/postings.csv", 403)
    sign_in(client, person(Role.BUDGET_HOLDER, scene.zone, school_id=scene.school.id))
    page(client, f"/funds/{own.id}/postings.csv", 200)


@pytest.mark.parametrize(("number", "said"), [(0, "nobody yet"), (1, "fewer than 5 children"), (4, "fewer than 5 children"), (5, "5 children")])
def test_small_counts_are_not_told(number: int, said: str) -> None:
    assert said_children(number) == said


def test_queries_do_not_grow_with_funds_or_movements(client: StrictClient, scene: Scene) -> None:
    scene.approved()
    sign_in(client, scene.manager)

    def count(url: str) -> int:
        page(client, url)
        with count_statements() as sent:
            page(client, url)
        return sent.count

    before = [count("/funds"), count(f"/funds/{scene.fund.id}")]
    for _ in range(3):
        scene.fund_with(1_000)
        scene.approved()
    assert [count("/funds"), count(f"/funds/{scene.fund.id}")] == before


def test_a_closed_or_empty_zone_says_what_to_do_next(client: StrictClient, scene: Scene) -> None:
    zone = make.make_zone()
    sign_in(client, person(Role.ZONE_MANAGER, zone))
    assert "No funds yet" in page(client, "/funds")


def test_a_zone_manager_closes_a_fund_after_reading_what_it_does(client: StrictClient, scene: Scene) -> None:
    scene.approved()
    sign_in(client, scene.manager)
    url = f"/funds/{scene.fund.id}/close"
    assert "Close it" in page(client, f"/funds/{scene.fund.id}")
    text = page(client, url)
    assert "£4,800 that was not spent is named" in text and "£200 that it has promised is still paid" in text
    empty = client.post(url, data={"reason": ""})
    assert empty.status_code == 422 and "Say why it is closed." in empty.get_data(as_text=True)
    assert client.post(url, data={"reason": "The grant has ended"}).status_code == 303
    text = page(client, f"/funds/{scene.fund.id}")
    assert f"{scene.manager.name} closed it on" in text and "“The grant has ended”. £4,800 was not spent." in text
    assert "Close it" not in text and "Received" not in text.replace("£5,000 received", "").split("What moved")[0]
    assert "This fund is closed." in page(client, url)
    assert "Closed" in page(client, "/funds")
    sign_in(client, funder_of(scene))
    assert "This fund is closed since" in page(client, f"/funds/{scene.fund.id}")


def test_a_fund_that_is_asked_for_says_what_to_decide_first(client: StrictClient, scene: Scene) -> None:
    commission = scene.request()
    sign_in(client, scene.manager)
    url = f"/funds/{scene.fund.id}/close"
    html = BeautifulSoup(client.get(url).get_data(as_text=True), "html.parser")
    link = html.select_one(f"main a[href='/commissions/{commission.id}']")
    assert link is not None and commission.child.reference in link.get_text()
    assert html.select_one("main form button") is None
    assert "£200 of Open fund is asked for" in client.post(url, data={"reason": "Ended"}).get_data(as_text=True)
    assert not db.session.get_one(Fund, scene.fund.id).is_closed


def test_only_the_zones_manager_closes_a_fund(client: StrictClient, scene: Scene) -> None:
    url = f"/funds/{scene.fund.id}/close"
    for who, status in ((scene.holder, 403), (funder_of(scene), 403), (scene.link_worker, 404),
                        (person(Role.ZONE_MANAGER, make.make_zone()), 404)):
        sign_in(client, who)
        page(client, url, status)
        assert client.post(url, data={"reason": "x"}).status_code == status
