"""Consent: what is shared is exactly what is covered, and nothing blocks taking it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from app.accounts.models import Person
from app.children import hooks, queries, services
from app.children.models import SHAREABLE, Child, Consent
from app.shared import clock
from app.shared.db import atomic, db, is_writing
from app.shared.errors import DomainError, Invalid, NotFound
from tests import factories as make
from tests.children.conftest import World

DAY = timedelta(days=1)


def give(world: World, **changes: object) -> Consent:
    today = clock.today()
    return services.give_consent(**{  # type: ignore[arg-type]
        "child_id": world.child.id, "carer_id": world.child.carers[0].id, "organisation_id": world.organisation.id,
        "fields": ["first_name", "age"], "given_on": today, "ends_on": today + 365 * DAY, "actor": world.link_worker, **changes,
    })


@pytest.mark.parametrize("field", list(SHAREABLE))
def test_shared_view_holds_the_covered_field_and_nothing_else(world: World, field: str) -> None:
    services.set_strengths(
        child_id=world.child.id, strengths=["kind"], interests=["drumming"], aspiration="", what_helps="Time", what_does_not="Noise",
        must_know="Nut allergy", actor=world.link_worker,
    )
    services.set_relationship(
        child_id=world.child.id, name="Miss Grant", kind=services.people.RelationshipKind.SCHOOL, is_trusted_adult=True,
        actor=world.link_worker,
    )
    make.make_one_page(world.child, read_by=world.link_worker)
    give(world, fields=[field])
    view = services.shared_view(world.child, world.organisation.id, clock.today())
    assert view is not None
    said = {
        "first_name": view.first_name, "age": view.age, "interests": view.interests, "own_words": view.own_words,
        "what_helps": view.what_helps, "must_know": view.must_know, "trusted_adult": view.trusted_adult,
        "contact": view.contact_phone, "needs": view.needs, "photo": "photo" in view.covers,
    }
    assert said.pop(field), field
    assert not any(said.values()), said
    assert (view.school_year != "") == (field == "age")
    assert (view.what_does_not != "") == (field == "what_helps")
    assert (view.contact_name != "") == (field == "contact")
    assert view.called == ("Amara" if field == "first_name" else world.child.reference)


def test_nothing_is_shared_without_a_consent_or_with_another_organisation(world: World) -> None:
    today = clock.today()
    assert services.shared_view(world.child, world.organisation.id, today) is None
    give(world)
    other = make.make_organisation(world.zone)
    assert services.shared_view(world.child, other.id, today) is None
    assert queries.find_consent(world.child.id, other.id, today) is None


def test_consent_covers_its_first_and_last_day_and_no_other(world: World) -> None:
    today = clock.today()
    consent = give(world, given_on=today - 3 * DAY, ends_on=today + 2 * DAY)
    covered = [queries.find_consent(world.child.id, world.organisation.id, today + n * DAY) == consent for n in range(-5, 5)]
    assert covered == [False, False, True, True, True, True, True, True, False, False]


def test_withdrawn_consent_shares_nothing_at_once(world: World) -> None:
    consent = give(world)
    services.withdraw_consent(consent_id=consent.id, child_id=world.child.id, why="Mum changed her mind", actor=world.link_worker)
    assert services.shared_view(world.child, world.organisation.id, clock.today()) is None
    assert queries.find_consent(world.child.id, world.organisation.id, clock.today()) is None


def test_newer_consent_takes_the_place_of_the_earlier_also_when_it_covers_less(world: World) -> None:
    give(world, fields=["first_name", "needs"])
    give(world, fields=["age"])
    view = services.shared_view(world.child, world.organisation.id, clock.today())
    assert view is not None
    assert (view.first_name, view.needs, view.age) == ("", (), 9)


def test_only_a_carer_with_parental_responsibility_consents(world: World) -> None:
    uncle = services.set_carer(child_id=world.child.id, name="Uncle Ben", has_parental_responsibility=False, actor=world.link_worker)
    with pytest.raises(Invalid) as refused:
        give(world, carer_id=uncle.id)
    assert refused.value.field == "carer_id"


def test_carer_of_another_child_cannot_consent(world: World) -> None:
    other = make.make_child(world.school)
    with pytest.raises(NotFound):
        give(world, carer_id=other.carers[0].id)


def test_organisation_of_another_zone_gets_no_consent(world: World) -> None:
    with pytest.raises(NotFound):
        give(world, organisation_id=make.make_organisation(make.make_zone()).id)


@pytest.mark.parametrize(("change", "field"), [
    ({"fields": []}, "fields"), ({"fields": ["first_name", "diagnosis"]}, "fields"),
    ({"given_on": 1}, "given_on"), ({"ends_on": -1}, "ends_on"), ({"ends_on": 732}, "ends_on"), ({"how": "by telepathy"}, "how"),
])
def test_consent_is_refused_at_the_field(world: World, change: dict[str, object], field: str) -> None:
    moved = {key: clock.today() + value * DAY if isinstance(value, int) else value for key, value in change.items()}
    with pytest.raises(Invalid) as refused:
        give(world, **moved)
    assert refused.value.field == field
    assert db.session.query(Consent).count() == 0


def test_consent_may_last_two_years(world: World) -> None:
    assert give(world, ends_on=clock.today() + 731 * DAY).ends_on == clock.today() + 731 * DAY


@pytest.fixture
def told() -> Iterator[list[tuple[UUID, UUID, bool]]]:
    heard: list[tuple[UUID, UUID, bool]] = []

    def listen(child: Child, organisation_id: UUID, actor: Person) -> None:
        heard.append((child.id, organisation_id, is_writing()))

    hooks.on_consent_withdrawn.append(listen)
    yield heard
    hooks.on_consent_withdrawn.remove(listen)


def test_withdrawing_tells_the_rooms_above_once_and_in_the_same_transaction(
    world: World, told: list[tuple[UUID, UUID, bool]]
) -> None:
    consent = give(world)
    for _ in range(2):
        services.withdraw_consent(consent_id=consent.id, child_id=world.child.id, why="", actor=world.link_worker)
    assert told == [(world.child.id, world.organisation.id, True)]


def test_withdrawal_is_undone_with_what_it_set_off(world: World) -> None:
    """All of it commits, or none of it."""
    consent = give(world)

    def fail(child: Child, organisation_id: UUID, actor: Person) -> None:
        raise DomainError("something above went wrong")

    hooks.on_consent_withdrawn.append(fail)
    try:
        with pytest.raises(DomainError):
            services.withdraw_consent(consent_id=consent.id, child_id=world.child.id, why="", actor=world.link_worker)
    finally:
        hooks.on_consent_withdrawn.remove(fail)
    assert db.session.get_one(Consent, consent.id).withdrawn_at is None


def test_preview_says_what_the_rooms_above_would_end_and_changes_nothing(world: World) -> None:
    consent = give(world)

    def say(child: Child, organisation_id: UUID) -> list[str]:
        return ["One introduction ends"]

    hooks.what_consent_carries.append(say)
    try:
        preview = services.preview_withdrawal(consent_id=consent.id, child_id=world.child.id)
    finally:
        hooks.what_consent_carries.remove(say)
    assert preview.ends == ["One introduction ends"]
    assert db.session.get_one(Consent, consent.id).withdrawn_at is None


def test_many_children_are_read_with_as_many_statements_as_one(world: World) -> None:
    from tests.support.statements import count_statements

    children = [world.child, *(make.make_child(world.school) for _ in range(5))]
    for child in children:
        make.make_consent(child, world.organisation)
    ids = [child.id for child in children]
    with count_statements() as one:
        services.shared_views(ids[:1], world.organisation.id, clock.today())
    db.session.expire_all()
    with count_statements() as many:
        assert len(services.shared_views(ids, world.organisation.id, clock.today())) == 6
    assert many.count == one.count


def test_consent_row_refuses_days_out_of_order(world: World) -> None:
    import sqlalchemy as sa

    with pytest.raises(sa.exc.IntegrityError), atomic():
        db.session.add(Consent(
            child_id=world.child.id, organisation_id=world.organisation.id, carer_id=world.child.carers[0].id, fields=["age"],
            given_on=clock.today(), ends_on=clock.today() - DAY,
        ))
