"""Approval steps and declared interests on pages."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from app.accounts.models import Role
from app.commissioning.models import ApprovalStep, DeclaredInterest
from app.commissioning.queries.deciding import interests_of, list_steps
from app.commissioning.services import settings
from app.shared.db import db
from app.shared.errors import Invalid
from tests import factories as make
from tests.commissioning.scene import Scene, person
from tests.support.client import StrictClient
from tests.support.people import sign_in
from tests.support.statements import count_statements

PAGE = "/funds/settings"


def page(client: StrictClient, url: str = PAGE, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.get_data(as_text=True)[:1500]
    return BeautifulSoup(response.get_data(as_text=True), "html.parser").get_text(" ", strip=True)


def steps_of(scene: Scene) -> list[tuple[int, int]]:
    return [(s.above_pence, s.people) for s in list_steps(scene.zone.id)]


def test_without_steps_the_zones_threshold_is_said(client: StrictClient, scene: Scene) -> None:
    sign_in(client, scene.manager)
    text = page(client)
    assert "Up to £500: 1 person" in text and "Above £500: 2 different people" in text
    assert "takes the place of the rule" in page(client, f"{PAGE}/steps/new")


def test_steps_are_added_and_taken_away_one_at_a_time(client: StrictClient, scene: Scene) -> None:
    sign_in(client, scene.manager)
    for above, people in (("1,000", "3"), ("250.50", "2")):
        assert client.post(f"{PAGE}/steps/new", data={"above": above, "people": people}).status_code == 303
    assert steps_of(scene) == [(25_050, 2), (100_000, 3)]
    assert "Above £250.50 2 different people" in page(client)
    first = list_steps(scene.zone.id)[0].id
    for _ in range(2):  # a second click finds it gone
        assert client.post(f"{PAGE}/steps/{first}/remove").status_code == 303
    assert steps_of(scene) == [(100_000, 3)]


def test_a_step_that_stays_keeps_its_row(scene: Scene) -> None:
    [kept] = settings.add_step(zone_id=scene.zone.id, above_pence=50_000, people=2, actor=scene.manager)
    kept_id = kept.id
    settings.add_step(zone_id=scene.zone.id, above_pence=90_000, people=3, actor=scene.manager)
    assert kept_id in {s.id for s in list_steps(scene.zone.id)}
    settings.set_steps(zone_id=scene.zone.id, steps=[(50_000, 3)], actor=scene.manager)
    assert steps_of(scene) == [(50_000, 3)]
    with pytest.raises(Invalid):
        settings.add_step(zone_id=scene.zone.id, above_pence=50_000, people=2, actor=scene.manager)


@pytest.mark.parametrize(("typed", "field", "said"), [
    ({"above": "500", "people": "3"}, "above", "Each amount stands once."), ({"above": "900", "people": "1"}, "people", "fewer people"),
    ({"above": "", "people": "2"}, "above", "Type an amount."), ({"above": "900", "people": "4"}, "people", "Not a valid choice"),
    ({"above": "900"}, "people", "Choose a number."),
])
def test_a_step_that_cannot_be_is_said_at_the_field(
    client: StrictClient, scene: Scene, typed: dict[str, str], field: str, said: str
) -> None:
    settings.set_steps(zone_id=scene.zone.id, steps=[(50_000, 2)], actor=scene.manager)
    sign_in(client, scene.manager)
    response = client.post(f"{PAGE}/steps/new", data=typed)
    html = BeautifulSoup(response.get_data(as_text=True), "html.parser")
    error, above = html.find(id=f"{field}-error"), html.find("input", attrs={"name": "above"})
    assert response.status_code == 422 and error is not None and said in error.get_text()
    assert above is not None and above["value"] == typed["above"]
    assert steps_of(scene) == [(50_000, 2)]


def test_steps_are_the_zone_managers_alone(client: StrictClient, scene: Scene) -> None:
    [step] = settings.set_steps(zone_id=scene.zone.id, steps=[(50_000, 2)], actor=scene.manager)
    step_id = step.id
    sign_in(client, scene.holder)
    assert "Above £500: 2 different people" in page(client)
    page(client, f"{PAGE}/steps/new", 403)
    assert client.post(f"{PAGE}/steps/{step_id}/remove").status_code == 403
    sign_in(client, person(Role.ZONE_MANAGER, make.make_zone()))
    client.post(f"{PAGE}/steps/{step_id}/remove")
    assert db.session.get(ApprovalStep, step_id) is not None


def declare(client: StrictClient, organisation_id: object, reason: str = "My sister is a trustee") -> int:
    return client.post(f"{PAGE}/interests/new", data={"organisation": str(organisation_id), "reason": reason}).status_code


def test_a_budget_holder_declares_and_ends_their_own_and_the_manager_sees_it(client: StrictClient, scene: Scene) -> None:
    sign_in(client, scene.holder)
    assert "Nothing declared" in page(client)
    assert declare(client, scene.organisation.id) == 303
    assert interests_of(scene.holder.id) == {scene.organisation.id}
    assert "My sister is a trustee" in page(client)
    interest_id = db.session.query(DeclaredInterest).one().id

    sign_in(client, scene.second)
    assert "My sister is a trustee" not in page(client)
    assert client.post(f"{PAGE}/interests/{interest_id}/end").status_code == 404
    sign_in(client, scene.manager)
    text = page(client)
    assert scene.holder.name in text and "My sister is a trustee" in text
    assert client.post(f"{PAGE}/interests/{interest_id}/end").status_code == 403
    page(client, f"{PAGE}/interests/new", 403)

    sign_in(client, scene.holder)
    assert client.post(f"{PAGE}/interests/{interest_id}/end").status_code == 303
    assert interests_of(scene.holder.id) == set()
    assert "Until 23 November 2026" in page(client)


def test_an_interest_needs_an_organisation_of_the_zone_and_words(client: StrictClient, scene: Scene) -> None:
    sign_in(client, scene.holder)
    elsewhere = make.make_organisation(make.make_zone())
    assert declare(client, elsewhere.id) == declare(client, "") == declare(client, scene.organisation.id, reason=" ") == 422
    assert interests_of(scene.holder.id) == set()


def test_a_manager_sees_the_interests_of_their_own_zone_only(client: StrictClient, scene: Scene) -> None:
    settings.declare_interest(organisation_id=scene.organisation.id, reason="Family", actor=scene.holder)
    sign_in(client, person(Role.ZONE_MANAGER, make.make_zone()))
    assert "Nobody has declared anything" in page(client)


def test_queries_do_not_grow_with_interests_or_steps(client: StrictClient, scene: Scene) -> None:
    settings.declare_interest(organisation_id=scene.organisation.id, reason="Family", actor=scene.holder)
    sign_in(client, scene.manager)

    def count() -> int:
        page(client)
        with count_statements() as sent:
            page(client)
        return sent.count

    before = count()
    for n in (1, 2):
        settings.declare_interest(organisation_id=make.make_organisation(scene.zone).id, reason="Work", actor=scene.second)
        settings.add_step(zone_id=scene.zone.id, above_pence=n * 10_000, people=2, actor=scene.manager)
    assert count() == before
