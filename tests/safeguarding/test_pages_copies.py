"""A copy of everything for the family: what is the child's is in, other people's names and addresses are not."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Person, Role
from app.accounts.services import throttles
from app.audit import services as audit
from app.children.models import Carer, Goal, ListeningNote, NoteKind, Relationship, RelationshipKind, Voice
from app.introductions.models import Introduction
from app.safeguarding import copies, services
from app.shared import clock
from app.shared.db import Base, atomic, db
from tests import factories
from tests.architecture.matrix_world import make_corner, row_of
from tests.support.client import StrictClient
from tests.support.people import sign_in


def test_what_is_the_childs_is_in_and_what_is_others_is_not(client: StrictClient, app: Flask) -> None:
    corner = make_corner(factories.make_zone())
    child, school, link_worker = corner.rows["child"], corner.rows["school"], db.session.get_one(Person, corner.ids["person_id"])
    other = factories.make_child(school, link_worker, first_name="Tarquin", last_name="Featherstonehaugh")
    with atomic():
        db.session.add_all([
            Voice(child_id=child.id, words="CANARY-VOICE I drum with Tarquin.", said_on=clock.today()),
            ListeningNote(child_id=child.id, kind=NoteKind.MOTIVATES, text=f"CANARY-NOTE told to {link_worker.name}", noted_on=clock.today()),
            ListeningNote(child_id=child.id, kind=NoteKind.BARRIER, text="SECRET-THERAPY", noted_on=clock.today(), is_private=True),
            Relationship(child_id=child.id, name="Wilhelmina", who="Best friend", kind=RelationshipKind.FRIEND, note="CANARY-TIE Wilhelmina drums too."),
            Goal(child_id=child.id, area="Social", words="CANARY-GOAL"),
        ])
    services.raise_concern(zone_id=child.zone_id, child_id=child.id, about="x", words="SECRET-CONCERN", actor=link_worker)
    audit.note_sight(person=link_worker, child_id=child.id, what="plan")
    carer = child.carers[0]
    kept_out = ["Tarquin", "Featherstonehaugh", "Wilhelmina", "SECRET", link_worker.name, carer.name, carer.phone, str(child.latitude)]
    names = [child.first_name, child.reference, "CANARY-VOICE", "CANARY-NOTE", "CANARY-TIE", "CANARY-GOAL", "Best friend", "[another child]", "Drums on every table."]
    sign_in(client, factories.make_person(Role.ZONE_MANAGER, corner.zone))
    assert client.get(f"/children/{child.id}/copy").status_code == 200
    answer = client.post(f"/children/{child.id}/copy")
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        for name in ("index.html", "data.json"):
            text = packed.read(name).decode()
            assert [word for word in names if word not in text] == [], name
            assert [word for word in kept_out if word in text] == [], name
        plain, page = json.loads(packed.read("data.json")), packed.read("index.html").decode()
    assert [word for word in ("Times that suit", "£20", "4 km", "Mon, Tue, Wed, Thu, Fri from 15:30 to 18:00") if word not in page] == []
    assert [word for word in ("pence", "{", "Version", "Max km", "max_km", "Is private", "first_name") if word in page] == [], "of machines, not of parents"
    assert plain["private_notes_left_out"] == 1
    assert {"child", "introduction", "commission", "consent", "need", "voice"} <= set(plain["parts"])
    assert other.id is not None
    where = [school.name, corner.rows["organisation"].name, corner.rows["offering"].title, "Hall Road", "M1 2AB", "SECRET", "Tarquin"]
    with atomic():
        db.session.get_one(Introduction, corner.ids["introduction_id"]).meeting_place = "Hall Road"
        db.session.add(Voice(child_id=child.id, words=f"I like {school.name}, it is near M1 2AB.", said_on=clock.today()))
    told, hidden = (client.post(f"/children/{child.id}/copy", data=data).data for data in ({}, {"where": "no"}))
    for content, found in ((told, where[:5]), (hidden, [])):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in ("index.html", "data.json"):
                text = packed.read(name).decode()
                assert [word for word in where if word in text] == found, name
                assert "CANARY-GOAL" in text and child.reference in text
                assert (name == "index.html" and "does not say where" in text) is (name == "index.html" and not found)


def test_a_copy_for_a_carer_who_must_not_know_where_leaves_out_places_by_itself(client: StrictClient, app: Flask) -> None:
    zone = factories.make_zone()
    manager, school = factories.make_person(Role.ZONE_MANAGER, zone), factories.make_school(zone)
    child = factories.make_child(school, manager, sibling_ages=[4])
    mother = child.carers[0]
    with atomic():
        father = Carer(child_id=child.id, name="Dana Vale", relation="father")
        db.session.add_all([
            father, Voice(child_id=child.id, words="CANARY-VOICE", said_on=clock.today()),
            Relationship(child_id=child.id, name="Max", who="little brother", kind=RelationshipKind.FAMILY), Relationship(child_id=child.id, name="Nan", who="grandmother", kind=RelationshipKind.FAMILY),
        ])
    path = f"/children/{child.id}/copy"
    sign_in(client, manager)

    def told(**data: str) -> bool:
        """Does it say where, and of brothers? It says neither or both."""
        with zipfile.ZipFile(io.BytesIO(client.post(path, data=data).data)) as packed:
            texts = [packed.read(name).decode() for name in ("index.html", "data.json")]
        for text in texts:
            assert "CANARY-VOICE" in text and "grandmother" in text
            assert "not know" not in text and "Dana" not in text and "may not" not in text, "it says why"
        said = {word in text for text in texts for word in (school.name, "little brother")} | {"sibling ages" in texts[1]}
        assert len(said) == 1, data
        return said.pop()

    assert "Who is it for?" not in client.get(path).text
    assert (told(), told(asker=str(father.id)), told(where="no")) == (True, True, False)
    with atomic():
        db.session.get_one(Carer, father.id).may_not_know_where = True
    page = client.get(path).text
    assert "Dana Vale must not know where" in page and "For Dana Vale: without places" in page
    wanted = {"child": True, str(mother.id): True, str(father.id): False, "": False, "somebody": False}
    assert {asker: told(asker=asker) for asker in wanted} == wanted
    assert not told(asker="child", where="no")


def test_every_table_that_names_a_child_is_in_the_copy_or_left_out_for_a_reason(app: Flask) -> None:
    """A new table with a child in it goes in by itself; one below such a table must be named."""
    corner = make_corner(factories.make_zone())
    named = {table.name for table in Base.metadata.sorted_tables if copies._names_child(table) is not None}
    beneath = {
        table.name for table in Base.metadata.sorted_tables for column in table.columns for key in column.foreign_keys
        if key.column.table.name in named - set(copies.LEFT_OUT) - {"carer"} and table.name not in named and not column.nullable
        and any(str(c.type) == "TEXT" for c in table.columns)
    }
    told = set(copies.BENEATH) | {"decision", "variation", "brief_offer", "brief_invite"}  # what staff and partners settle about money
    assert beneath <= told, f"say in app/safeguarding/copies.py where these belong (BENEATH): {beneath - told}"
    teacher = row_of(corner, next(m.class_ for m in Base.registry.mappers if m.class_.__tablename__ == "teacher_view"), {"going_well": "CANARY-TEACHER"})  # type: ignore[attr-defined]
    assert teacher.id is not None
    drawn = copies.draw_up(corner.rows["child"])
    assert "CANARY-TEACHER" in str(next(part for part in drawn.parts if part.name == "teacher_view").rows)


def test_so_many_files_in_an_hour_are_enough(client: StrictClient, app: Flask) -> None:
    zone = factories.make_zone()
    manager = factories.make_person(Role.ZONE_MANAGER, zone)
    child = factories.make_child(factories.make_school(zone), manager)
    start = clock.now()
    with clock.freeze(start):
        sign_in(client, manager)
        for _ in range(throttles.EXPORTS):
            throttles.count_export(person_id=manager.id)
        assert client.post(f"/children/{child.id}/copy").status_code == 429
    with clock.freeze(start + timedelta(minutes=20)):
        assert client.post(f"/children/{child.id}/copy").headers["Location"].startswith("/account/confirm")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Base.metadata.tables["sight"])) == 0
