"""Words laid over the lexicon: in force at once everywhere, seen before saved, undone, and taken from files whole or not at all."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from click.testing import CliRunner
from flask import Flask

from app.accounts.models import Person, Role, Zone
from app.audit.models import AuditEntry
from app.catalogue.lexicon_files import read
from app.catalogue.models.words import LexiconChange, LexiconConcept
from app.catalogue.queries import words as queries
from app.catalogue.search.engine import search
from app.catalogue.search.filters import NOTHING
from app.catalogue.search.overlay import Laid
from app.catalogue.services import lexicon as verbs
from app.interchange import cli as interchange_cli
from app.shared.db import atomic, db
from app.shared.errors import DomainError, Invalid, Stale
from tests import factories
from tests.catalogue.shelf import stock
from tests.conftest import SHARED_DATA
from tests.support.client import StrictClient
from tests.support.people import sign_in

ACTIVITIES = {"type": "ConceptScheme", "concept": [
    {"id": "#fish", "prefLabel": "Qvvxing", "altLabel": ["Qvvx Fishing"], "broader": ["#water"]},
    {"id": "#water", "prefLabel": "Zqvv Sports", "narrower": ["#fish", "#nowhere"]},
    {"id": "#foot", "prefLabel": "Football", "altLabel": "Qzvtball"},
    {"id": "#foot", "prefLabel": "Football again"},
    {"id": "#none"},
    {"id": "#dash", "prefLabel": "---"},
    "no object",
]}


@pytest.fixture
def zone(app: Flask) -> Zone:
    zone = factories.make_zone(name="West London")
    stock(zone)
    return zone


@pytest.fixture
def administrator(app: Flask) -> Person:
    return factories.make_person(Role.ADMINISTRATOR)


def best(zone: Zone, typed: str) -> list[str]:
    return [hit.source_ref for hit in search(zone.id, typed, NOTHING).hits]


def save(administrator: Person | None, name: str = "boxing", same: tuple[str, ...] = ("zzunch",), near: tuple[str, ...] = ()) -> LexiconChange:
    return verbs.save_concept(name=name, same=same, near=near, needs=(), actor=administrator)


def test_a_new_word_is_found_at_the_next_search_and_gone_when_undone(zone: Zone, administrator: Person) -> None:
    assert best(zone, "xqzvbk") == []
    change = save(administrator, "xqzvbk", ("trampolining",))
    assert best(zone, "xqzvbk")[0] == "gym"
    undone = verbs.undo_change(change_id=change.id, actor=administrator)
    assert best(zone, "xqzvbk") == []
    assert undone.undoes_id == change.id
    assert db.session.scalars(sa.select(LexiconConcept)).all() == []
    with pytest.raises(DomainError, match="undone already"):
        verbs.undo_change(change_id=change.id, actor=administrator)
    entries = [entry.action for entry in db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)) if "words" in entry.action]
    assert entries == ["catalogue.words.saved", "catalogue.words.undone"]


def test_a_shipped_concept_keeps_additions_and_omissions_not_a_copy(zone: Zone, administrator: Person) -> None:
    shown = queries.get_concept("drumming")
    assert shown.own is None
    left_out = shown.same[0]
    verbs.save_concept(name="Drumming", same=(*shown.same[1:], "vvxthq"), near=shown.near, needs=shown.needs, actor=administrator)
    row = queries.find_concept("drumming")
    assert row is not None
    assert (row.same, row.near, row.without) == (["vvxthq"], [], [left_out])
    now = queries.get_concept("drumming")
    assert set(now.same) == {*shown.same[1:], "vvxthq"}
    assert best(zone, "vvxthq")[0] == "drum"
    verbs.forget_concept(name="drumming", actor=administrator)
    assert queries.get_concept("drumming").same == shown.same
    assert best(zone, "vvxthq") == []


def test_switching_off_takes_the_words_away_and_keeps_them(zone: Zone, administrator: Person) -> None:
    save(administrator, "xqzvbk", ("trampolining",))
    verbs.switch_concept(name="XQZVBK", is_on=False, actor=administrator)
    assert best(zone, "xqzvbk") == []
    assert queries.get_concept("xqzvbk").same == ("trampolining",)
    with pytest.raises(DomainError, match="off already"):
        verbs.switch_concept(name="xqzvbk", is_on=False, actor=administrator)
    verbs.switch_concept(name="xqzvbk", is_on=True, actor=administrator)
    assert best(zone, "xqzvbk")[0] == "gym"


def test_an_earlier_change_is_not_undone_over_a_later_one(administrator: Person) -> None:
    first = save(administrator, "xqzvbk", ("trampolining",))
    second = save(administrator, "xqzvbk", ("trampolining", "bouncing about"))
    with pytest.raises(Stale, match="changed again since"):
        verbs.undo_change(change_id=first.id, actor=administrator)
    verbs.undo_change(change_id=second.id, actor=administrator)
    verbs.undo_change(change_id=first.id, actor=administrator)
    assert queries.find_concept("xqzvbk") is None


def test_what_cannot_be_a_word_is_refused_at_its_field(administrator: Person) -> None:
    cases = (
        (("", ("x",)), "name"), (("---", ("kick",)), "name"), (("xqzvbk", ()), "same"), (("xqzvbk", ("the",)), "same"),
        (("xqzvbk", ("x" * 61,)), "same"), (("xqzvbk", ("q",)), "same"),
    )
    for (name, same), field in cases:
        with pytest.raises(Invalid) as refused:
            save(administrator, name, same)
        assert refused.value.field == field, (name, same)
    with pytest.raises(Invalid) as refused:
        verbs.save_concept(name="xqzvbk", same=("kick",), near=(), needs=("Social:fame",), actor=administrator)
    assert refused.value.field == "needs"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LexiconChange)) == 0


def test_a_change_from_an_old_page_is_refused(administrator: Person) -> None:
    save(administrator, "xqzvbk", ("trampolining",))
    with pytest.raises(Stale):
        verbs.save_concept(name="xqzvbk", same=("jumping",), near=(), needs=(), actor=administrator, seen="")
    seen = verbs.print_of(queries.find_concept("xqzvbk"))
    verbs.save_concept(name="xqzvbk", same=("jumping",), near=(), needs=(), actor=administrator, seen=seen)


def test_the_effect_is_seen_before_anything_is_saved(zone: Zone, administrator: Person) -> None:
    effect = queries.effect_of(Laid("xqzvbk", ("trampolining",)), "xqzvbk", zone.id)
    assert effect.before == ()
    assert (effect.after[0].title, effect.after[0].was, effect.new) == ("Springers beginners", None, len(effect.after))
    assert best(zone, "xqzvbk") == []
    assert queries.effect_of(Laid("xqzvbk", ("trampolining",)), "circus", zone.id).is_nothing


def test_changes_are_only_ever_added(administrator: Person) -> None:
    change = save(administrator)
    with pytest.raises(sa.exc.DatabaseError), atomic():
        db.session.execute(sa.delete(LexiconChange).where(LexiconChange.id == change.id))


def test_activities_come_with_their_broader_and_narrower_terms_and_a_report_by_row(zone: Zone, administrator: Person) -> None:
    content = json.dumps(ACTIVITIES).encode()
    dry, nothing = verbs.import_words(content=content, form="openactive", actor=administrator, is_dry_run=True)
    assert nothing is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LexiconConcept)) == 0
    report, change = verbs.import_words(content=content, form="openactive", actor=administrator)
    assert dry == report
    assert change is not None
    assert (report.rows, report.created, report.extended) == (7, 2, 1)
    assert {(p.row, p.column) for p in report.problems} == {(2, "narrower"), (4, "id"), (5, "prefLabel"), (6, "prefLabel"), (7, "concept")}
    qvvxing = next(shown for shown in queries.list_concepts() if "Qvvx Fishing" in shown.same)
    assert "Zqvv Sports" in queries.get_concept("zqvv sports").name
    assert "Qvvxing" in queries.get_concept("zqvv sports").near
    assert qvvxing.is_on
    assert best(zone, "qzvtball")[0] in {"football", "dads"}
    again, no_change = verbs.import_words(content=content, form="openactive", actor=administrator)
    assert (no_change, again.created, again.extended) == (None, 0, 0)
    verbs.undo_change(change_id=change.id, actor=administrator)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LexiconConcept)) == 0


def test_a_table_of_words_is_read_by_row(administrator: Person) -> None:
    text = "\ufeffConcept,Alias,Note\r\nfootball,qkvxo,x\r\n,lonely\r\nfootball,the\r\n\r\nxqzvbk,qvlmp\r\nfootball,qkvxo\r\n"
    report, change = verbs.import_words(content=text.encode(), form="csv", actor=administrator)
    assert change is not None
    assert (report.rows, report.created, report.extended, report.unchanged) == (5, 1, 1, 1)
    assert [(p.row, p.column) for p in report.problems] == [(3, "concept"), (4, "alias")]
    assert "qkvxo" in queries.get_concept("football").same
    for wrong, said in (
        (b"one,two\nfootball,footie\n", "concept and alias"), (b"\xff\xfe", "UTF-8"), (b'concept,alias\n"open', "not a CSV"), (b"", "concept and alias"),
    ):
        with pytest.raises(Invalid, match=said):
            read(wrong, "csv")
    for wrong in (b"{", b"[]", b'{"concept": 3}'):
        with pytest.raises(Invalid):
            read(wrong, "openactive")


def test_what_is_switched_off_or_left_out_stays_so_when_a_file_comes(administrator: Person) -> None:
    shown = queries.get_concept("football")
    verbs.save_concept(name="football", same=shown.same[1:], near=shown.near, needs=shown.needs, actor=administrator)
    verbs.switch_concept(name="football", is_on=False, actor=administrator)
    verbs.import_words(content=f"concept,alias\nfootball,{shown.same[0]}\nfootball,qkvxo\n".encode(), form="csv", actor=administrator)
    now = queries.get_concept("football")
    assert not now.is_on
    assert shown.same[0] not in now.same
    assert "qkvxo" in now.same


@pytest.mark.shared_data
def test_openactives_own_list_comes_in_whole_and_fast(zone: Zone, administrator: Person) -> None:
    content = (SHARED_DATA / "standards" / "openactive" / "activity-list.jsonld").read_bytes()
    report, change = verbs.import_words(content=content, form="openactive", actor=administrator)
    assert change is not None
    assert report.rows == 768
    assert report.created + report.extended + report.unchanged == 768
    assert {problem.column for problem in report.problems} == {"narrower"}
    assert best(zone, "chess-boxing")[0] == "boxing"


def test_the_command_takes_a_file_or_only_looks(zone: Zone, app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "words.csv"
    file.write_text("concept,alias\nfootball,qkvxo\n,nothing\n", encoding="utf-8")
    group = click.Group()
    interchange_cli.register(group)
    runner = CliRunner()
    dry = runner.invoke(group, ["import", "words", str(file), "--format", "csv", "--dry-run"], obj=app)
    assert dry.exit_code == 0, dry.output
    assert "1 would be extended" in dry.output
    assert "row 3, concept" in dry.output
    assert best(zone, "qkvxo") == []
    done = runner.invoke(group, ["import", "words", str(file), "--json"], obj=app)
    assert json.loads(done.output)["extended"] == 1
    db.session.rollback()
    assert best(zone, "qkvxo")[0] in {"football", "dads"}


# --- pages ------------------------------------------------------------------------------------------


def page_of(client: StrictClient, path: str, status: int = 200, **given: object) -> BeautifulSoup:
    response = client.get(path) if not given else client.post(path, **given)  # type: ignore[arg-type]
    assert response.status_code == status, (path, response.status_code)
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def test_only_an_administrator_changes_words_and_a_zone_manager_looks(zone: Zone, administrator: Person, client: StrictClient) -> None:
    change = save(administrator, "xqzvbk", ("trampolining",))
    manager, worker = factories.make_person(Role.ZONE_MANAGER, zone), factories.make_person(Role.LINK_WORKER, zone)
    posts = ("/search-words/edit", "/search-words/switch", "/search-words/forget", "/search-words/file", "/search-words/file/take",
             f"/search-words/changes/{change.id}/undo")
    for person, sees in ((manager, 200), (worker, 403)):
        sign_in(client, person)
        for path in ("/search-words", "/search-words/changes"):
            assert client.get(path).status_code == sees, (person.role_word, path)
        for path in posts:
            assert client.post(path).status_code in (403, 404), (person.role_word, path)
    sign_in(client, manager)
    assert "Change" not in page_of(client, "/search-words?q=xqzvbk").select_one("main").get_text()  # type: ignore[union-attr]


def test_the_page_shows_the_effect_saves_and_undoes(zone: Zone, administrator: Person, client: StrictClient) -> None:
    sign_in(client, administrator)
    typed = {"name": "xqzvbk", "same": "trampolining\nbouncing about", "near": "", "query": "xqzvbk", "zone": zone.slug}
    seen = page_of(client, "/search-words/edit", data={**typed, "look": "1"})
    assert "Springers beginners" in seen.select_one(".effect").get_text()  # type: ignore[union-attr]
    assert seen.find("textarea", {"name": "same"}).get_text().strip() == typed["same"]  # type: ignore[union-attr]
    assert queries.find_concept("xqzvbk") is None
    wrong = page_of(client, "/search-words/edit", 422, data={**typed, "same": "the"})
    assert "says nothing by itself" in wrong.select_one("#same-error").get_text()  # type: ignore[union-attr]
    assert client.post("/search-words/edit", data=typed).status_code == 303
    listed = page_of(client, "/search-words?only=own").select_one("main").get_text()  # type: ignore[union-attr]
    assert "xqzvbk" in listed
    assert "Written here" in listed
    assert client.post("/search-words/switch", data={"concept": "xqzvbk", "to": "off"}).status_code == 303
    assert "Switched off" in page_of(client, "/search-words?q=xqzvbk").get_text()
    changes = page_of(client, "/search-words/changes")
    undo = changes.select_one("form[action$='/undo']")
    assert client.post(str(undo["action"])).status_code == 303  # type: ignore[index]
    assert "Switched off" not in page_of(client, "/search-words?q=xqzvbk").select_one("main").get_text()  # type: ignore[union-attr]
    assert client.get("/search-words/edit?concept=no+such+thing").status_code == 404


def test_a_file_is_looked_at_and_then_taken_whole(zone: Zone, administrator: Person, client: StrictClient, tmp_path: Path) -> None:
    sign_in(client, administrator)
    file = tmp_path / "list.jsonld"
    file.write_text(json.dumps(ACTIVITIES), encoding="utf-8")
    with file.open("rb") as stream:
        report = page_of(client, "/search-words/file", data={"kind": "openactive", "file": (stream, "list.jsonld")})
    assert "What is wrong" in report.get_text()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LexiconConcept)) == 0
    form = report.select_one("form[action='/search-words/file/take']")
    fields = {str(i["name"]): str(i.get("value", "")) for i in form.find_all("input")}  # type: ignore[union-attr]
    assert client.post("/search-words/file/take", data=fields).status_code == 303
    assert "Qvvx Fishing" in {p for shown in queries.list_concepts() for p in shown.same}
    for packed in ("", "nonsense", "eJw="):
        assert client.post("/search-words/file/take", data={**fields, "packed": packed, "once": uuid.uuid4().hex}).status_code == 422, packed
    with file.open("rb") as stream:
        wrong = page_of(client, "/search-words/file", 422, data={"kind": "csv", "file": (stream, "list.jsonld")})
    assert "concept and alias" in wrong.select_one(".govuk-error-summary").get_text()  # type: ignore[union-attr]
    page_of(client, "/search-words/file", 422, data={"kind": "openactive"})
