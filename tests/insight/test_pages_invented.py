"""Kith in its invented language: what is not in brackets on a page is what somebody wrote, or it was forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from app.accounts.models import Person
from app.shared.db import db
from app.shared.languages import INVENTED
from tests.insight.town import Town, open_town
from tests.support.databases import Database, create_app
from tests.support.people import enter

ALSO_DATA = re.compile(
    r"\b(Kith|Mon|Tue|Wed|Thu|Fri|Sat|Sun|[A-Z][a-z]+day|January|February|March|April|May|June|July|August|September|October|November|December|[A-Z][a-z]{2}|"
    r"am|pm|midday|km|[A-Z]{1,3}|K-\w+)\b"
)
"""Days and months in Kith's own manner, initials, references."""

NOT_YET = {"Social", "Emotional", "Academic", "Matches"}
"""Said by code that does not offer it yet. It may only get shorter."""


def pages(town: Town) -> list[tuple[Person, str]]:
    """Of different rooms, each as somebody who works there sees it."""
    scene, child = town.scene, town.children[0]
    introduction, commission = town.introduction(child), town.commissions[child.id]
    return [
        (scene.link_worker, "/children"), (scene.link_worker, f"/children/{child.id}/goals/new"), (scene.link_worker, f"/children/{child.id}/consents"),
        (scene.link_worker, f"/introductions/{introduction.id}/end"), (scene.link_worker, "/find/saved"), (scene.link_worker, "/account"),
        (scene.holder, "/approvals"), (scene.holder, f"/commissions/{commission.id}"), (scene.holder, "/funds"),
        (scene.partner, "/"), (scene.partner, "/registers"), (scene.partner, "/statements"),
    ]


def written() -> list[str]:
    """Every text in the database, and the need that a code names, the longest first."""
    found = {
        value for table in db.metadata.sorted_tables for row in db.session.execute(sa.select(table)) for value in row if isinstance(value, str) and value
    }
    found |= {text.split(":")[1].replace("-", " ").capitalize() for text in found if ":" in text}
    return sorted(found - {""}, key=len, reverse=True)


def unbracketed(html: str) -> Iterator[str]:
    page = BeautifulSoup(html, "html.parser")
    for element in page.find_all(["script", "style"]):
        element.decompose()
    whole = page.get_text("\x00")
    inside = 0
    for piece in re.split(r"([\[\]\x00])", whole):
        inside += {"[": 1, "]": -1}.get(piece, 0)
        if not inside and re.search(r"[A-Za-z]{2}", piece):
            yield piece.strip()


def words_of_nobody(said: str, data: list[str]) -> list[str]:
    for text in data:
        said = said.replace(text, " ")
    return re.findall(r"[A-Za-z]{3,}", ALSO_DATA.sub(" ", said))


def test_what_is_not_in_brackets_was_written_by_somebody(database: Database) -> None:
    with database.app.app_context():
        town = open_town()
        wanted = [(person.id, address) for person, address in pages(town)]
        data = written()
    app = create_app(replace(database.settings, language=INVENTED))
    bare = []
    for person_id, address in wanted:
        client = FlaskClient(app)
        enter(client, person_id)
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "[" in answer.text
        bare += [f"{address}: {said}" for said in unbracketed(answer.text) if set(words_of_nobody(said, data)) - NOT_YET]
    with app.app_context():
        db.engine.dispose()
    assert not bare, "\n".join(bare)
