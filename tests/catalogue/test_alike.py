"""Of a large Zone the pairs that look alike are kept by the worker, and stay true between two looks."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Role
from app.catalogue import queries
from app.catalogue.models import Alike, MergeKind
from app.catalogue.queries import merges as pairs
from app.catalogue.services import alike
from app.catalogue.services.merges import merge, tell_apart
from app.shared import clock
from app.shared.db import db
from tests import factories as make

ORG = MergeKind.ORGANISATION


def test_kept_pairs_are_those_of_the_last_look_less_what_was_settled_since(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "FEW", 3)
    zone = make.make_zone()
    manager = make.make_person(Role.ZONE_MANAGER, zone)
    first, second = (make.make_organisation(zone, name=name) for name in ("Kingfisher Canoe Crew", "Kingfisher Canoe Crew"))
    third, fourth = (make.make_organisation(zone, name=name) for name in ("Otterbourne Drummers", "Otterbourne Drumers"))
    assert queries.list_duplicates(zone.id, ORG) == [] and queries.find_look(zone.id, ORG) is None
    assert alike.sweep() == 1
    found = queries.list_duplicates(zone.id, ORG)
    assert {frozenset((one.likeness.first, one.likeness.second)) for one in found} == {frozenset((first.id, second.id)), frozenset((third.id, fourth.id))}
    assert alike.sweep() == 0, "the same records were compared again within ten minutes"
    tell_apart(kind=ORG, first_id=third.id, second_id=fourth.id, actor=manager)
    merge(kind=ORG, kept_id=first.id, gone_id=second.id, take=[], actor=manager)
    assert queries.list_duplicates(zone.id, ORG) == []
    with clock.freeze(clock.now() + timedelta(minutes=11)):
        assert alike.sweep() == 1
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Alike)) == 1  # the one told apart: it can be taken back
    with clock.freeze(clock.now() + timedelta(minutes=22)):
        assert alike.sweep() == 0, "nothing has changed"
