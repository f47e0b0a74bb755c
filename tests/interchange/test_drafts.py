"""An upload waits for its owner's decision, for a day at most."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts.models import Person, Role, Zone
from app.catalogue.models import Offering
from app.interchange import queries
from app.interchange.models import ImportDraft, ImportKind
from app.interchange.problems import Unusable
from app.interchange.services import draft_work, drafts
from app.shared import clock
from app.shared.db import db
from app.shared.errors import Forbidden, Invalid, NotFound
from tests import factories
from tests.interchange.samples import CATALOGUE, CHILD, catalogue, children, many_offerings


def keep(zone: Zone, manager: Person, content: bytes = CATALOGUE.encode(), kind: ImportKind = ImportKind.CATALOGUE) -> ImportDraft:
    return drafts.keep_draft(zone_id=zone.id, kind=kind, source="import", file_name="file.csv", content=content, actor=manager)


def offerings() -> int:
    return db.session.scalar(sa.select(sa.func.count(Offering.id))) or 0


def test_keeping_an_upload_imports_nothing_and_says_what_it_would_do(zone: Zone, manager: Person) -> None:
    draft = keep(zone, manager, catalogue({"age_min": "x"}))
    assert offerings() == 0
    assert (draft.report["created"], draft.report["wrong"]) == (4, 1)
    assert draft.report["problems"][0][:2] == [2, "age_min"]


def test_using_it_imports_the_right_rows_and_deletes_the_file(zone: Zone, manager: Person) -> None:
    draft_id = keep(zone, manager, catalogue({"age_min": "x"})).id
    used = drafts.use_draft(draft_id=draft_id, actor=manager)
    assert offerings() == 4
    assert used.content is None
    assert used.report["created"] == 4
    with pytest.raises(drafts.AlreadyImported):
        drafts.use_draft(draft_id=draft_id, actor=manager)


def test_nobody_else_sees_it(zone: Zone, manager: Person) -> None:
    draft = keep(zone, manager)
    other = factories.make_person(Role.ZONE_MANAGER, zone)
    for attempt in (queries.get_draft, lambda id_, who: drafts.use_draft(draft_id=id_, actor=who),
                    lambda id_, who: drafts.discard_draft(draft_id=id_, actor=who)):
        with pytest.raises(NotFound):
            attempt(draft.id, other)
    assert not queries.list_drafts(other)
    assert queries.list_drafts(manager)


def test_another_zones_manager_cannot_bring_a_file(zone: Zone) -> None:
    stranger = factories.make_person(Role.ZONE_MANAGER, factories.make_zone())
    with pytest.raises(Forbidden):
        keep(zone, stranger)


def test_a_day_later_it_is_gone(zone: Zone, manager: Person) -> None:
    draft_id = keep(zone, manager).id
    with clock.freeze(clock.now() + timedelta(days=1, seconds=1)):
        with pytest.raises(NotFound):
            queries.get_draft(draft_id, manager)
        assert drafts.forget_drafts() == 1
        assert drafts.forget_drafts() == 0
    assert db.session.get(ImportDraft, draft_id) is None


def test_a_discarded_upload_is_deleted_at_once(zone: Zone, manager: Person) -> None:
    draft_id = keep(zone, manager).id
    drafts.discard_draft(draft_id=draft_id, actor=manager)
    assert db.session.get(ImportDraft, draft_id) is None


def test_a_file_that_cannot_be_used_is_not_kept(zone: Zone, manager: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unusable):
        keep(zone, manager, b"nothing")
    with pytest.raises(Invalid, match="empty"):
        keep(zone, manager, b"")
    with pytest.raises(Unusable):
        keep(zone, manager, children(CHILD))
    monkeypatch.setattr(drafts, "LARGEST", 100)
    with pytest.raises(Invalid, match="larger"):
        keep(zone, manager)
    assert not queries.list_drafts(manager)


def test_more_rows_than_a_page_can_wait_for_are_refused(zone: Zone, manager: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft_work, "MOST_ROWS", {ImportKind.CATALOGUE: 20})
    with pytest.raises(Invalid, match="at most 20"):
        keep(zone, manager, many_offerings(21))
