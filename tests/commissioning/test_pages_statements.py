"""A child's money on a page and as a file, and changing the envelope."""

from __future__ import annotations

import csv
import io

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.accounts.models import Role
from app.audit.models import Sight
from app.children.models import Child
from app.commissioning import hooks, statement
from app.commissioning.models import Commission, Envelope
from app.commissioning.queries.statements import child_money, what_it_bought
from app.commissioning.services import delivery
from app.shared import clock
from app.shared.db import db
from tests import factories as make
from tests.commissioning.scene import Scene, person
from tests.support.client import StrictClient
from tests.support.people import sign_in
from tests.support.statements import count_statements


def page(client: StrictClient, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.get_data(as_text=True)[:1500]
    return BeautifulSoup(response.get_data(as_text=True), "html.parser").get_text(" ", strip=True)


def attended(scene: Scene, commission: Commission, percents: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions held and owed for; a session at 100% is one the child came to."""
    for session, percent in zip(scene.sessions(commission), percents, strict=False):
        delivery.accrue(commission_id=commission.id, session_id=session.id, percent=percent, revision=1, actor=scene.link_worker)
    marks = {commission.place_id: (len(percents), percents.count(100))}
    monkeypatch.setattr(hooks, "_came", lambda ids: {key: marks[key] for key in ids if key in marks})


@pytest.fixture
def child(scene: Scene) -> Child:
    return scene.child(first_name="Amara", last_name="Okafor", known_as="")


def test_the_statement_says_who_gave_what_it_bought_and_what_each_time_cost(
    client: StrictClient, scene: Scene, child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    commission = scene.going(scene.introduction(child))
    attended(scene, commission, [100, 100, 0], monkeypatch)
    sign_in(client, scene.link_worker)
    text = page(client, f"/children/{child.id}/statement")
    assert "Amara’s money" in text and "September 2026 to August 2027. Drawn up on 23 November 2026." in text
    assert "£40 + £140 + £820 = £1,000" in text
    assert "Larch Tree Foundation £180 6%" in text and "Nobody gives more than 50%" in text
    assert "3 of 10 £20 each 2 of 3 £40 2 × £20 £140 7 × £20 £20 £40 ÷ 2" in text
    assert "In all 3 held 2 £40 £140 £20 £40 ÷ 2" in text
    assert "It adds up, to the penny" in text and "all come to £180" in text


def test_every_part_agrees_with_the_ledger_and_a_missing_penny_is_told(scene: Scene, child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    attended(scene, scene.going(scene.introduction(child)), [100, 50], monkeypatch)
    drawn = statement.Statement(child_money(child), what_it_bought(child, 2026))
    assert drawn.adds_up
    assert drawn.used + drawn.promised + drawn.asked + drawn.money.free == drawn.money.envelope
    assert not statement.Statement(drawn.money, []).adds_up


def test_a_child_without_commissions_has_all_of_the_envelope_free(client: StrictClient, scene: Scene, child: Child) -> None:
    sign_in(client, scene.manager)
    text = page(client, f"/children/{child.id}/statement")
    assert "Nothing bought yet" in text and "Nothing given yet" in text and "£0 + £0 + £1,000 = £1,000" in text


@pytest.mark.parametrize(("role", "status"), [
    (Role.SCHOOL_LEAD, 403), (Role.BUDGET_HOLDER, 404), (Role.FUNDER, 404), (Role.PARTNER_ADMIN, 404), (Role.LINK_WORKER, 404),
])
def test_the_statement_is_for_the_childs_link_worker_and_the_zone_manager(
    client: StrictClient, scene: Scene, child: Child, role: Role, status: int
) -> None:
    scopes = {Role.SCHOOL_LEAD: {"school_id": scene.school.id}, Role.FUNDER: {"fund_id": scene.fund.id},
              Role.PARTNER_ADMIN: {"organisation_id": scene.organisation.id}}
    sign_in(client, person(role, scene.zone, **scopes.get(role, {})))
    for tail in ("statement", "statement.csv", "envelope"):
        page(client, f"/children/{child.id}/{tail}", status)
    assert db.session.scalar(sa.select(sa.func.count(Sight.id))) == 0


def test_every_look_at_the_money_is_written_down(client: StrictClient, scene: Scene, child: Child) -> None:
    sign_in(client, scene.link_worker)
    page(client, f"/children/{child.id}/statement")
    page(client, f"/children/{child.id}/statement.csv")
    assert [(s.person_id, s.child_id, s.what) for s in db.session.scalars(sa.select(Sight))] == [(scene.link_worker.id, child.id, "money")] * 2


def test_the_file_has_the_reference_and_adds_up(
    client: StrictClient, scene: Scene, child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    attended(scene, scene.going(scene.introduction(child)), [100], monkeypatch)
    sign_in(client, scene.manager)
    response = client.get(f"/children/{child.id}/statement.csv?year=2026")
    text = response.get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert "Amara" not in text + response.headers["Content-Disposition"]
    assert (rows[0]["used"], rows[0]["promised"], rows[0]["child"]) == ("20.00", "180.00", child.reference)
    assert rows[-1]["what"] == "In all" and rows[-1]["used"] == "20.00"


@pytest.mark.parametrize("year", ["2019", "next", "99999", "²"])
def test_a_year_without_a_statement_is_not_there(client: StrictClient, scene: Scene, child: Child, year: str) -> None:
    sign_in(client, scene.manager)
    page(client, f"/children/{child.id}/statement?year={year}", 404)


def test_queries_do_not_grow_with_what_was_bought(client: StrictClient, scene: Scene, child: Child) -> None:
    scene.approved(scene.introduction(child), sessions=1)
    sign_in(client, scene.link_worker)

    def count() -> int:
        page(client, f"/children/{child.id}/statement")
        with count_statements() as sent:
            page(client, f"/children/{child.id}/statement")
        return sent.count

    before = count()
    for _ in range(2):
        offering = make.make_offering(make.make_organisation(scene.zone))
        make.make_tariff(offering, price_pence=2_000)
        cohort = make.make_cohort(offering, sessions=4, capacity=5)
        scene.approved(scene.introduction(child, offering=offering), sessions=2, cohort_id=cohort.id)
    assert count() == before


# --- the envelope --------------------------------------------------------------------------------


def change(client: StrictClient, child: Child, **given: str) -> tuple[int, BeautifulSoup]:
    response = client.post(f"/children/{child.id}/envelope", data={"year": "2026", "pence": "1,250", "reason": "Twins, and far away", **given})
    return response.status_code, BeautifulSoup(response.get_data(as_text=True), "html.parser")


def test_only_the_zone_manager_changes_an_envelope(client: StrictClient, scene: Scene, child: Child) -> None:
    sign_in(client, scene.link_worker)
    assert change(client, child)[0] == 403
    assert "Change the envelope" not in page(client, f"/children/{child.id}/statement")
    sign_in(client, scene.manager)
    assert "Change the envelope" in page(client, f"/children/{child.id}/statement")
    assert change(client, child)[0] == 303
    assert "Amara’s envelope this year: £1,250" in page(client, f"/children/{child.id}/statement")
    envelope = db.session.scalars(sa.select(Envelope)).one()
    assert (envelope.pence, envelope.year) == (125_000, 2026)


@pytest.mark.parametrize(("wrong", "said"), [
    ({"reason": ""}, "Say why"), ({"pence": "lots"}, "not an amount"), ({"pence": "199.99"}, "cannot be smaller"),
    ({"year": "2024"}, "Not a valid choice"), ({"pence": ""}, "Type an amount"),
])
def test_an_envelope_that_cannot_be_is_said_at_the_field(
    client: StrictClient, scene: Scene, child: Child, wrong: dict[str, str], said: str
) -> None:
    scene.approved(scene.introduction(child))
    sign_in(client, scene.manager)
    status, html = change(client, child, **wrong)
    [field] = wrong
    error = html.find(id=f"{field}-error")
    assert status == 422 and error is not None and said in error.get_text()
    typed = html.find("input", attrs={"name": "pence"})
    assert typed is not None and typed["value"] == wrong.get("pence", "1,250")
    assert child_money(child).envelope == 100_000


def test_next_years_envelope_is_changed_by_itself(client: StrictClient, scene: Scene, child: Child) -> None:
    sign_in(client, scene.manager)
    assert change(client, child, year="2027")[0] == 303
    assert (child_money(child, 2026).envelope, child_money(child, 2027).envelope) == (100_000, 125_000)
    assert clock.school_year(clock.today()) == 2026
