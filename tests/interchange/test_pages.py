"""The Zone manager's pages: look first, then import; take out."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from werkzeug.test import TestResponse

from app.accounts.models import Person, Role, RoleGrant, Zone
from app.audit.models import Sight
from app.catalogue.models import Offering
from app.children.models import Child
from app.interchange.services import drafts, import_catalogue, import_children
from app.shared.db import db
from tests import factories
from tests.interchange.samples import CATALOGUE, CHILD, as_csv, catalogue, children, many_offerings
from tests.interchange.tables import as_csv as as_table
from tests.support.client import StrictClient
from tests.support.people import sign_in


@pytest.fixture
def signed_in(client: StrictClient, manager: Person) -> StrictClient:
    sign_in(client, manager)
    return client


def upload(client: StrictClient, content: bytes | None, name: str = "catalogue.csv", **given: Any) -> TestResponse:
    form: dict[str, Any] = {"kind": "catalogue", "zone": "west-london", "source": "import", **given}
    if content is not None:
        form["file"] = (io.BytesIO(content), name)
    return client.post("/imports", data=form, content_type="multipart/form-data")


def text(response: TestResponse) -> str:
    return " ".join(BeautifulSoup(response.data, "html.parser").get_text(" ").split())


def count(table: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count(table.id))) or 0


def test_a_file_is_looked_at_then_imported_then_reported(signed_in: StrictClient) -> None:
    sent = upload(signed_in, catalogue({"age_min": "young"}, {"title": "<b>Chess</b>"}))
    assert sent.status_code == 303
    shown = signed_in.get(sent.location)
    assert "Import these 4 offerings" in text(shown)
    assert "Row 2 age_min “young” A whole number from 0 to 25." in text(shown)
    assert "<b>Chess</b>" in text(shown)  # as text, not as markup
    assert count(Offering) == 0
    done = signed_in.post(f"{sent.location}/import")
    assert (done.status_code, done.location) == (303, sent.location)
    assert "This is what was done." in text(signed_in.get(sent.location))
    assert count(Offering) == 4


def test_of_many_wrong_cells_the_page_tells_the_kinds_and_a_table_takes_every_one_home(signed_in: StrictClient, zone: Zone) -> None:
    """A list of the first ones is of no use to somebody who has hundreds to put right."""
    offerings = csv.DictReader(io.StringIO(many_offerings(300).decode()))
    spoilt = [{**one, "age_min": "eleven" if number % 3 else "=1+1"} for number, one in enumerate(offerings)]
    sent = upload(signed_in, as_csv(spoilt))
    page = text(signed_in.get(sent.location))
    assert "age_min 300 “=1+1” in row 2 A whole number from 0 to 25." in page and "The first 20, row by row" in page
    assert "All 300 as a table" in page and "Row 22 " not in page
    table = signed_in.get(f"{sent.location}/wrong-cells.csv")
    lines = table.get_data(as_text=True).removeprefix("\ufeff").splitlines()
    assert (len(lines), lines[0]) == (301, "Row,Column,Found,Allowed")
    assert [line.split(",")[0] for line in lines[1:]] == [str(row) for row in range(2, 302)]
    assert table.headers["Content-Disposition"].startswith("attachment")
    sign_in(signed_in, factories.make_person(Role.ZONE_MANAGER, zone))
    assert signed_in.get(f"{sent.location}/wrong-cells.csv").status_code == 404, "the file of somebody else"


def test_the_button_pressed_twice_imports_once(signed_in: StrictClient) -> None:
    sent = upload(signed_in, CATALOGUE.encode())
    signed_in.post(f"{sent.location}/import")
    signed_in.post(f"{sent.location}/import")
    assert "imported already" in text(signed_in.get(sent.location))
    assert count(Offering) == 5


def test_a_file_with_nothing_new_says_why_there_is_nothing_to_do(signed_in: StrictClient, zone: Zone) -> None:
    import_catalogue(zone_id=zone.id, content=CATALOGUE.encode(), actor=None)
    shown = signed_in.get(upload(signed_in, CATALOGUE.encode()).location)
    assert "No row of this file would make or change anything." in text(shown)


def test_an_upload_can_be_thrown_away(signed_in: StrictClient) -> None:
    sent = upload(signed_in, CATALOGUE.encode())
    assert "catalogue.csv" in text(signed_in.get("/imports"))
    signed_in.post(f"{sent.location}/discard")
    assert "catalogue.csv, brought" not in text(signed_in.get("/imports"))
    assert signed_in.get(sent.location).status_code == 404


@pytest.mark.parametrize(("content", "given", "says"), [
    (None, {}, "Choose the file."),
    (b"", {}, "The file is empty."),
    (b"no,use\n1,2\n", {}, "The file has no columns id"),
    (children(CHILD), {}, "The file has no columns id"),
    (CATALOGUE.encode(), {"kind": "children"}, "This is not JSON"),
    (CATALOGUE.encode(), {"kind": "penguins"}, "Choose what is in the file."),
    (CATALOGUE.encode(), {"source": ""}, "Say where the file comes from."),
    (CATALOGUE.encode(), {"source": "x" * 61}, "At most 60 characters."),
])
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(
    signed_in: StrictClient, content: bytes | None, given: dict[str, str], says: str
) -> None:
    refused = upload(signed_in, content, **{"source": "Council list", **given})
    assert refused.status_code == 422
    page = BeautifulSoup(refused.data, "html.parser")
    assert any(says in error.get_text() for error in page.select(".govuk-error-message"))
    assert page.select_one(".govuk-error-summary")
    source = page.select_one("#source")
    assert source is not None
    assert source["value"] == given.get("source", "Council list")
    assert count(Offering) == 0


def test_a_file_that_is_too_large_is_said_at_the_field(signed_in: StrictClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "LARGEST", 100)
    assert "larger than" in text(upload(signed_in, CATALOGUE.encode()))


def test_a_request_beyond_every_limit_is_a_page_that_says_so(signed_in: StrictClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(signed_in.application.config, "MAX_CONTENT_LENGTH", 100_000)
    refused = upload(signed_in, b"x" * 200_000)
    assert refused.status_code == 413
    assert "too big" in text(refused)


def test_another_zone_cannot_be_chosen_or_taken_out(signed_in: StrictClient) -> None:
    other = factories.make_zone(slug="wigan", name="Wigan")
    sent = upload(signed_in, CATALOGUE.encode(), zone="wigan")
    signed_in.post(f"{sent.location}/import")
    assert not db.session.scalars(sa.select(Offering).where(Offering.zone_id == other.id)).all()
    assert signed_in.get("/imports/wigan/catalogue.csv").status_code == 404
    assert signed_in.post("/imports/wigan/children.json").status_code == 404


def test_a_manager_of_two_zones_chooses(client: StrictClient, zone: Zone) -> None:
    wigan = factories.make_zone(slug="wigan", name="Wigan")
    both = factories.make_person(Role.ZONE_MANAGER, zone)
    factories.save(RoleGrant(person_id=both.id, role=Role.ZONE_MANAGER, zone_id=wigan.id))
    sign_in(client, both)
    assert "Choose one of your Zones." in text(upload(client, CATALOGUE.encode(), zone="atlantis"))
    sent = upload(client, CATALOGUE.encode(), zone="wigan")
    client.post(f"{sent.location}/import")
    assert set(db.session.scalars(sa.select(Offering.zone_id))) == {wigan.id}


@pytest.mark.parametrize("role", [Role.LINK_WORKER, Role.BUDGET_HOLDER, Role.SAFEGUARDING_LEAD])
def test_other_roles_have_no_part_in_it(client: StrictClient, zone: Zone, manager: Person, role: Role) -> None:
    sign_in(client, manager)
    draft = upload(client, CATALOGUE.encode()).location
    sign_in(client, factories.make_person(role, zone))
    assert client.get("/imports").status_code == 403
    assert client.get(draft).status_code == 404
    assert client.get("/imports/west-london/catalogue.csv").status_code == 403
    assert client.post("/imports/west-london/children.json").status_code == 403


def test_nobody_gets_there_without_signing_in(client: StrictClient, zone: Zone) -> None:
    assert "/sign-in" in client.get("/imports").location
    assert "/sign-in" in client.get("/imports/west-london/catalogue.csv").location


def test_the_catalogue_is_taken_out_for_spreadsheets(signed_in: StrictClient, zone: Zone) -> None:
    import_catalogue(zone_id=zone.id, content=CATALOGUE.encode(), actor=None)
    sent = signed_in.get("/imports/west-london/catalogue.csv")
    assert re.fullmatch(r'attachment; filename="catalogue-west-london-\d{4}-\d\d-\d\d.csv"', sent.headers["Content-Disposition"])
    assert sent.get_data().decode("utf-8-sig") == CATALOGUE


def test_children_are_taken_out_and_each_look_is_written_down(signed_in: StrictClient, zone: Zone) -> None:
    import_children(zone_id=zone.id, content=children(CHILD), actor=None)
    assert signed_in.get("/imports/west-london/children.json").status_code in {404, 405}
    sent = signed_in.post("/imports/west-london/children.json")
    assert json.loads(sent.data) == [CHILD]
    assert "no-store" in sent.headers["Cache-Control"]
    assert count(Sight) == 1


def test_children_come_in_through_the_page(signed_in: StrictClient) -> None:
    sent = upload(signed_in, children(CHILD), "children.json", kind="children")
    assert "Mina" not in sent.location
    assert "Import this child" in text(signed_in.get(sent.location))
    signed_in.post(f"{sent.location}/import")
    assert count(Child) == 1
    assert "Give them a school and a Link Worker" in text(signed_in.get(sent.location))


def test_a_column_whose_words_kith_does_not_know_is_shown_so_that_they_can_be_matched(signed_in: StrictClient) -> None:
    page = signed_in.get(signed_in.get(_table(signed_in).location).location)
    assert page.status_code == 200
    assert "“Sports”" in text(page)
    assert page.data.count(b'name="kind.means.0"') == 1


def test_the_name_typed_for_a_mapping_stays_when_one_only_looks_at_what_comes_of_it(signed_in: StrictClient) -> None:
    where = signed_in.get(_table(signed_in).location).location
    shown = signed_in.post(where, data={"verb": "show", "name": "Council export", "source": "the borough"})
    page = BeautifulSoup(signed_in.get(shown.location).data, "html.parser")
    assert [page.select_one(f"#{name}")["value"] for name in ("name", "source")] == ["Council export", "the borough"]  # type: ignore[index]
    assert "knows a file with these columns" not in page.get_text()  # it is kept when the file is looked at, not before


def _table(client: StrictClient) -> TestResponse:
    rows = [["Ref", "Title", "Run by", "Type", "Ages"], ["1", "Low wall", "Rock Up", "Sports", "KS2"]]
    return upload(client, as_table(rows), "council.csv", kind="table", source="council")
