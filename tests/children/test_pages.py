"""The pages about children, through HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import url_for
from flask.testing import FlaskClient

from app.accounts.models import Person, Role
from app.audit.models import Sight
from app.children import panels, queries, services
from app.children.models import Child, Consent, Goal, Need, NoteKind, Relationship, Voice
from app.extensions import db
from app.shared import clock
from tests import factories as make
from tests.children.conftest import World
from tests.support.people import sign_in


def address(endpoint: str, child: Child, **more: object) -> str:
    from flask import current_app

    with current_app.test_request_context():
        return url_for(endpoint, child_id=child.id, **more)


PAGES = ["children.child", "children.circle", "children.notes"]
FORMS = [
    "children.voice_new", "children.note_new", "children.need_new", "children.goal_new", "children.strengths_edit",
    "children.practicalities_edit", "children.relationship_new", "children.carer_new", "children.consent_new",
]
MANAGED = ["children.child_edit", "children.caseload_assign", "children.child_leave"]


@pytest.mark.parametrize("endpoint", PAGES + FORMS)
def test_link_worker_sees_every_page_of_the_own_child(client: FlaskClient, world: World, endpoint: str) -> None:
    sign_in(client, world.link_worker)
    response = client.get(address(endpoint, world.child))
    assert response.status_code == 200
    assert "Amara" in response.text


@pytest.mark.parametrize("endpoint", MANAGED)
def test_manager_alone_looks_after_the_record(client: FlaskClient, world: World, endpoint: str) -> None:
    sign_in(client, world.link_worker)
    assert client.get(address(endpoint, world.child)).status_code == 403
    sign_in(client, world.manager)
    assert client.get(address(endpoint, world.child)).status_code == 200


@pytest.mark.parametrize("endpoint", [*PAGES, *FORMS, *MANAGED, "matching.matches"])
def test_child_outside_the_reach_is_not_there(client: FlaskClient, world: World, endpoint: str) -> None:
    elsewhere = make.make_zone()
    strangers = [
        make.make_person(Role.LINK_WORKER, world.zone), make.make_person(Role.ZONE_MANAGER, elsewhere),
        make.make_person(Role.SCHOOL_LEAD, world.zone, school=world.other_school),
        make.make_person(Role.BUDGET_HOLDER, world.zone), make.make_person(Role.FUNDER, world.zone, fund_id=make.some_id())
        if False else make.make_person(Role.BUDGET_HOLDER, elsewhere),
        make.make_person(Role.PARTNER_ADMIN, world.zone, organisation=world.organisation),
    ]
    for stranger in strangers:
        sign_in(client, stranger)
        assert client.get(address(endpoint, world.child)).status_code == 404, stranger.role_word
