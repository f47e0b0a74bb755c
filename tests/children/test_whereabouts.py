"""A carer who must not know where the child is: marked once, and everything follows from the mark."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.audit.models import AuditEntry
from app.children import queries, services, sharing, whereabouts
from app.children.models import Carer, Child, OnePage, Relationship, RelationshipKind
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid
from tests import factories as make
from tests.children.conftest import World


def mark(world: World) -> Carer:
    """The mother the factory made."""
    mother = world.child.carers[0]
    return services.set_carer(
        child_id=world.child.id, carer_id=mother.id, name="Dana Vale", relation="mother", phone="07700 900123", may_not_know_where=True,
        actor=world.link_worker,
    )


def test_the_mark_stays_until_it_is_taken_away_and_is_written_down(world: World) -> None:
    carer = mark(world)
    services.set_carer(child_id=world.child.id, carer_id=carer.id, name="Dana V", actor=world.link_worker)
    assert carer.may_not_know_where, "changing a name took the mark away"
    services.set_carer(child_id=world.child.id, carer_id=carer.id, name="Dana V", may_not_know_where=False, actor=world.link_worker)
    assert not carer.may_not_know_where
    entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "children.carer.set").order_by(AuditEntry.id))
    assert [entry.details["may_not_know_where"] for entry in entries] == [True, True, False]
    assert services.set_carer(child_id=world.child.id, name="Dad", actor=world.link_worker).may_not_know_where is False


def test_partners_get_the_number_of_whoever_agreed_and_never_that_carers(world: World) -> None:
    child, today = world.child, clock.today()
    make.make_consent(child, world.organisation)
    mark(world)

    def contacts() -> set[tuple[str, str]]:
        db.session.expire_all()
        one = services.shared_view(child, world.organisation.id, today)
        many = sharing.shared_views([child.id], world.organisation.id, today)[child.id]
        assert one is not None and "contact" in one.covers
        return {(view.contact_name, view.contact_phone) for view in (one, many)}

    assert contacts() == {("", "")}
    dad = services.set_carer(child_id=child.id, name="Dad", phone="020 7946 0018", actor=world.link_worker)
    assert contacts() == {("", "")}, "the number of somebody who has not been asked"
    services.give_consent(
        child_id=child.id, carer_id=dad.id, organisation_id=world.organisation.id, fields=["first_name", "contact"], given_on=today,
        ends_on=today + timedelta(days=30), actor=world.link_worker,
    )
    assert contacts() == {("Dad", "020 7946 0018")}


def test_such_a_carer_is_not_asked_to_agree_to_an_organisation(world: World) -> None:
    carer, today = mark(world), clock.today()
    with pytest.raises(Invalid, match="must not know where") as refused:
        services.give_consent(
            child_id=world.child.id, carer_id=carer.id, organisation_id=world.organisation.id, fields=["first_name"], given_on=today,
            ends_on=today + timedelta(days=30), actor=world.link_worker,
        )
    assert refused.value.field == "carer_id"


def test_a_paper_without_places_comes_first_once_somebody_is_marked(world: World) -> None:
    child, carers = world.child, list(world.child.carers)
    assert [whereabouts.telling(child, carers, asked).hides for asked in (None, "places", "nothing", "x")] == [False, True, False, False]
    mark(world)
    assert [whereabouts.telling(child, carers, asked).hides for asked in (None, "places", "nothing", "x")] == [True, True, False, True]


def test_a_paper_without_places_keeps_the_words_and_no_name_of_a_place(world: World) -> None:
    child, elsewhere = world.child, make.make_zone()
    sister_school = make.make_school(elsewhere)
    sister = make.make_child(sister_school, first_name="Bea")
    with atomic():
        child.ward, world.school.name, sister_school.name, world.organisation.name = "Southfield", "St Anne’s Primary School", "Hill Top Academy", "Rhythm Yard"
        sister.town = "Luton"
        make.make_offering(world.organisation, title="Drums on every table")
        db.session.add_all([
            Relationship(child_id=child.id, name="Bea", who="sister", kind=RelationshipKind.FAMILY, other_child_id=sister.id),
            Relationship(child_id=child.id, name="Max", who="half-brother", kind=RelationshipKind.FAMILY),
            Relationship(child_id=child.id, name="Nan", who="grandmother in Acton", kind=RelationshipKind.FAMILY, note="lives by the park"),
            Relationship(child_id=child.id, name="Kofi", who="best friend", kind=RelationshipKind.FRIEND),
            *(Relationship(child_id=child.id, name=kind.value, kind=kind) for kind in (RelationshipKind.PLACE, RelationshipKind.PARTNER, RelationshipKind.SCHOOL)),
        ])
    mark(world)
    child = queries.get_child_by_id(child.id)
    telling = whereabouts.telling(child, child.carers, None)
    for said, told in (
        ("I want to drum at rhythm yard, near Acton Park W3 7QE.", "I want to drum at …, near … Park …."), ("At St Anne's I read.", "At … I read."),
        ("Hill Top Academy in Luton", "… in …"), ("drums on EVERY table", "…"), ("Southfield is nice", "… is nice"), ("actonable, reading", "actonable, reading"), (None, ""),
    ):
        assert telling(said) == told, said
    page = telling.page(OnePage(child_id=child.id, version=1, about_me="I live in Acton.", likes=["cats", "Rhythm Yard"], helps="", does_not="", working_on=["friends"]))
    assert (page.about_me, page.likes, page.working_on) == ("I live in ….", ["cats"], ["friends"])
    assert sorted((tie.name, tie.who, tie.note) for tie in telling.ties(child.relationships)) == [("Kofi", "best friend", ""), ("Nan", "grandmother in …", "")]
    whole = whereabouts.telling(child, child.carers, "nothing")
    assert whole("Acton") == "Acton" and len(whole.ties(child.relationships)) == 7
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OnePage)) == 0, "what is told was kept"
    assert db.session.get_one(Child, child.id).relationships[0] in db.session
