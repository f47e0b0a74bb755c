"""An offering's page and its form: what is said, and what is kept when something is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.catalogue.models import (
    Offering,
    OfferingState,
    Proposal,
    Tariff,
)
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories
from tests.catalogue.place import OFFERING, Place, text
from tests.support.people import sign_in


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
