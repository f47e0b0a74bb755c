"""Carers who disagree, a child who decides alone, and stopping everything at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.accounts.models import Person, Role
from app.audit.models import AuditEntry, Sight
from app.children import hooks, queries, school_queries, services
from app.children.models import Carer, Child, Consent
from app.children.school_models import ConsentObjection, GillickNote, GillickState
from app.children.services import consents, disagreement, gillick
from app.commissioning.models import Place
from app.introductions.models import Introduction, IntroductionState
from app.notifications.models import Task
from app.shared import clock
from app.shared.db import db
from app.shared.errors import DomainError, Forbidden, IllegalMove, Invalid, NotFound
from tests import factories as make
from tests.children.conftest import World
from tests.support.people import sign_in

YEAR = timedelta(days=365)


@pytest.fixture
def father(world: World) -> Carer:
    return services.set_carer(child_id=world.child.id, name="Obi Okafor", relation="father", actor=world.link_worker)


def mother(world: World) -> Carer:
    return next(carer for carer in world.child.carers if carer.relation == "mother")


def give(world: World, carer: Carer, organisation_id: UUID | None = None) -> Consent:
    today = clock.today()
    return services.give_consent(
        child_id=world.child.id, carer_id=carer.id, organisation_id=organisation_id or world.organisation.id, fields=["first_name", "age"],
        given_on=today, ends_on=today + YEAR, language="so", how="through an interpreter", actor=world.link_worker,
    )


def object_to(world: World, carer: Carer, **changes: Any) -> ConsentObjection:
    return disagreement.object_to_sharing(**{
        "child_id": world.child.id, "organisation_id": world.organisation.id, "carer_id": carer.id, "words": "I do not want that.",
        "said_on": clock.today(), "actor": world.link_worker, **changes,
    })


def is_shared(world: World) -> bool:
    today = clock.today()
    found = queries.find_consent(world.child.id, world.organisation.id, today)
    view = services.shared_view(world.child, world.organisation.id, today)
    assert (found is None) == (view is None)
    return found is not None


def test_when_two_carers_disagree_both_stand_and_sharing_waits_until_they_agree(world: World, father: Carer) -> None:
    consent = give(world, mother(world))
    assert is_shared(world)
    no = object_to(world, father)
    assert not is_shared(world)
    kept = db.session.get_one(Consent, consent.id)
    assert (kept.withdrawn_at, kept.waits_since is not None) == (None, True)
    assert object_to(world, father).id == no.id
    tasks = db.session.scalars(sa.select(Task).where(Task.kind == disagreement.TASK, Task.closed_at.is_(None))).all()
    assert [task.person_id for task in tasks] == [world.link_worker.id]
    disagreement.lift_objection(objection_id=no.id, child_id=world.child.id, why="Talked on the telephone.", actor=world.link_worker)
    assert is_shared(world)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Task).where(Task.closed_at.is_(None), Task.kind == disagreement.TASK)) == 0


def test_a_consent_given_while_another_carer_says_no_waits_too(world: World, father: Carer) -> None:
    object_to(world, father)
    give(world, mother(world))
    assert not is_shared(world)
    give(world, father)
    assert is_shared(world), "whoever said no has now said yes"


def test_two_noes_need_both_to_be_taken_back(world: World, father: Carer) -> None:
    aunt = services.set_carer(child_id=world.child.id, name="Aunt Ife", actor=world.link_worker)
    give(world, mother(world))
    noes = [object_to(world, carer) for carer in (father, aunt)]
    for no, shared in zip(noes, (False, True), strict=True):
        disagreement.lift_objection(objection_id=no.id, child_id=world.child.id, why="Yes after all", actor=world.link_worker)
        assert is_shared(world) is shared


def test_a_no_is_refused_only_where_it_means_something_else(world: World, father: Carer) -> None:
    give(world, mother(world))
    uncle = services.set_carer(child_id=world.child.id, name="Uncle Ben", has_parental_responsibility=False, actor=world.link_worker)
    for carer, changes, field in [(mother(world), {}, "carer_id"), (uncle, {}, "carer_id"), (father, {"said_on": clock.today() + timedelta(days=1)}, "said_on")]:
        with pytest.raises(Invalid) as refused:
            object_to(world, carer, **changes)
        assert refused.value.field == field, carer.name
    with pytest.raises(Forbidden):
        object_to(world, father, actor=world.lead)
    with pytest.raises(NotFound):
        object_to(world, father, organisation_id=make.make_organisation(make.make_zone()).id)
    assert is_shared(world)


def test_a_partner_sees_nothing_while_sharing_waits(world: World, father: Carer) -> None:
    from app.introductions.queries import get_introduction

    give(world, mother(world))
    partner = make.make_person(Role.PARTNER_ADMIN, world.zone, organisation=world.organisation)
    introduction = make.make_introduction(world.child, make.make_offering(world.organisation), world.link_worker, IntroductionState.ASKED)
    assert get_introduction(introduction.id, partner).id == introduction.id
    object_to(world, father)
    with pytest.raises(NotFound):
        get_introduction(introduction.id, partner)
    assert db.session.get_one(Introduction, introduction.id).state is IntroductionState.ASKED


# --- a child who decides alone -------------------------------------------------------------------


def note(world: World, **changes: Any) -> GillickNote:
    today = clock.today()
    return gillick.note_gillick(**{
        "child_id": world.child.id, "organisation_id": world.organisation.id, "fields": ["first_name"], "given_on": today, "ends_on": today + YEAR,
        "how": "in person", "language": "en", "understood": "Said it back in own words.", "why_not_parent": "Asked us not to.", "actor": world.link_worker,
        **changes,
    })


@pytest.fixture
def safeguarding(world: World) -> Person:
    return make.make_person(Role.SAFEGUARDING_LEAD, world.zone, name="Ruth Signs")


def test_a_childs_own_consent_counts_only_when_countersigned(world: World, safeguarding: Person) -> None:
    written = note(world)
    assert not is_shared(world)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Consent)) == 0
    task = db.session.scalars(sa.select(Task).where(Task.kind == gillick.TASK)).one()
    assert (task.person_id, "Amara" in task.title + task.text) == (safeguarding.id, False)
    gillick.countersign_gillick(note_id=written.id, child_id=world.child.id, words="", actor=safeguarding)
    assert is_shared(world)
    consent = db.session.scalars(sa.select(Consent)).unique().one()
    assert (consent.carer_id, consent.given_by, consent.fields) == (None, "Amara", ["first_name"])
    assert consent.recorded_by_id == world.link_worker.id, "whoever signs did not write it down"
    view = services.shared_view(world.child, world.organisation.id, clock.today())
    assert view is not None
    assert (view.contact_name, view.contact_phone) == ("", "")
    with pytest.raises(IllegalMove):
        gillick.countersign_gillick(note_id=written.id, child_id=world.child.id, words="", actor=safeguarding)
    services.withdraw_consent(consent_id=consent.id, child_id=world.child.id, why="Changed my mind", actor=world.link_worker)
    assert not is_shared(world)


def test_nobody_signs_alone_and_only_a_safeguarding_lead_signs(world: World, safeguarding: Person) -> None:
    both = make.make_person(Role.LINK_WORKER, world.zone)
    services.assign_caseload(child_id=world.child.id, person_id=both.id, actor=world.manager)
    from app.accounts.models import RoleGrant

    make.save(RoleGrant(person_id=both.id, role=Role.SAFEGUARDING_LEAD, zone_id=world.zone.id, starts_on=clock.today()))
    db.session.expire_all()
    own = note(world, actor=both)
    elsewhere = make.make_person(Role.SAFEGUARDING_LEAD, make.make_zone())
    for person in (both, world.link_worker, world.manager, world.lead, elsewhere):
        for sign in (gillick.countersign_gillick, gillick.turn_down_gillick):
            with pytest.raises(Forbidden):
                sign(note_id=own.id, child_id=world.child.id, words="no", actor=person)
    with pytest.raises(Invalid):
        gillick.turn_down_gillick(note_id=own.id, child_id=world.child.id, words=" ", actor=safeguarding)
    turned = gillick.turn_down_gillick(note_id=own.id, child_id=world.child.id, words="Ring the mother first.", actor=safeguarding)
    assert turned.state is GillickState.TURNED_DOWN
    assert not is_shared(world)


def test_a_note_is_refused_at_the_field(world: World) -> None:
    for change, field in [({"understood": " "}, "understood"), ({"why_not_parent": ""}, "why_not_parent"), ({"fields": []}, "fields"),
                          ({"ends_on": clock.today() + timedelta(days=800)}, "ends_on"), ({"how": "by telepathy"}, "how")]:
        with pytest.raises(Invalid) as refused:
            note(world, **change)
        assert refused.value.field == field
    with pytest.raises(Forbidden):
        note(world, actor=world.lead)


def test_a_note_whose_days_are_over_is_not_signed(world: World, safeguarding: Person) -> None:
    written = note(world, ends_on=clock.today())
    with clock.freeze(clock.now() + timedelta(days=2)), pytest.raises(DomainError):
        gillick.countersign_gillick(note_id=written.id, child_id=world.child.id, words="", actor=safeguarding)


# --- everything at once --------------------------------------------------------------------------


@pytest.fixture
def unhooked() -> Iterator[list[Any]]:
    hung: list[Any] = []
    yield hung
    for callback in hung:
        hooks.on_consent_withdrawn.remove(callback)


def test_stopping_with_everybody_is_one_transaction(world: World, unhooked: list[Any]) -> None:
    other = make.make_organisation(world.zone)
    give(world, mother(world))
    give(world, mother(world), other.id)
    last = max(world.organisation.id, other.id)

    def fail(child: Child, organisation_id: UUID, actor: Person) -> None:
        if organisation_id == last:
            raise DomainError("something above went wrong")

    hooks.on_consent_withdrawn.append(fail)
    unhooked.append(fail)
    with pytest.raises(DomainError):
        consents.withdraw_all_consents(child_id=world.child.id, why="", actor=world.link_worker)
    assert is_shared(world)
    hooks.on_consent_withdrawn.remove(fail)
    assert len(consents.withdraw_all_consents(child_id=world.child.id, why="", actor=world.link_worker)) == 2
    assert consents.withdraw_all_consents(child_id=world.child.id, why="", actor=world.link_worker) == []
    assert not is_shared(world)


def test_withdrawing_does_what_its_preview_says(world: World) -> None:
    """FLOWS 5: access, introduction, place and waiting request go together, and the preview named each beforehand."""
    give(world, mother(world))
    offering = make.make_offering(world.organisation, title="First Beats")
    introduction = make.make_introduction(world.child, offering, world.link_worker, IntroductionState.ASKED)
    previews = consents.preview_withdrawing_all(child_id=world.child.id)
    assert [(preview.organisation, preview.ends) for preview in previews] == [(world.organisation.name, ["The introduction to First Beats ends."])]
    consents.withdraw_all_consents(child_id=world.child.id, why="Enough", actor=world.link_worker)
    assert db.session.get_one(Introduction, introduction.id).state is IntroductionState.ENDED
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Place)) == 0
    actions = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.child_id == world.child.id)).all()
    assert "children.consent.withdrawn" in actions


# --- pages ---------------------------------------------------------------------------------------


def test_pages_of_sharing_show_everything_and_keep_schools_out(world: World, client: FlaskClient, father: Carer, safeguarding: Person) -> None:
    give(world, mother(world))
    sign_in(client, world.link_worker)
    path = f"/children/{world.child.id}"
    listed = client.get(f"{path}/consents").get_data(as_text=True)
    for said in ("first name and age and school year", "through an interpreter, in Somali", mother(world).name, "mother", world.organisation.name):
        assert said in listed, said
    today = clock.today()
    data = {"carer_id": str(father.id), "organisation_id": str(world.organisation.id), "said_on": today.isoformat(), "words": "No."}
    assert client.post(f"{path}/consents/objections/new", data={**data, "carer_id": ""}).status_code == 422
    assert client.post(f"{path}/consents/objections/new", data=data).status_code == 303
    listed = client.get(f"{path}/consents").get_data(as_text=True)
    assert "Waits: another carer says no" in listed
    assert "Both stand" in listed
    no = school_queries.standing_objections(world.child.id)[0]
    assert client.get(f"{path}/consents/objections/{no.id}/lift").status_code == 200
    assert client.post(f"{path}/consents/objections/{no.id}/lift", data={"why": "Rang him"}).status_code == 303
    own = {
        "organisation_id": str(world.organisation.id), "fields": ["first_name"], "understood": "Yes", "why_not_parent": "Asked us", "given_on": today.isoformat(),
        "ends_on": (today + YEAR).isoformat(), "how": "in person", "language": "en",
    }
    assert client.post(f"{path}/own-consents/new", data={**own, "understood": ""}).status_code == 422
    assert client.post(f"{path}/own-consents/new", data=own).status_code == 303
    written = school_queries.list_gillick_notes(world.child.id)[0]
    assert client.post(f"{path}/own-consents/{written.id}", data={"decision": "yes"}).status_code == 403
    sign_in(client, safeguarding)
    assert "I sign it" in client.get(f"{path}/own-consents/{written.id}").get_data(as_text=True)
    assert client.post(f"{path}/own-consents/{written.id}", data={"decision": "no", "words": ""}).status_code == 422
    assert client.post(f"{path}/own-consents/{written.id}", data={"decision": "yes"}).status_code == 303
    listed = client.get(f"{path}/consents").get_data(as_text=True)
    assert "who decides alone; signed by Ruth Signs" in listed
    preview = client.get(f"{path}/consents/withdraw-all").get_data(as_text=True)
    assert f"{world.organisation.name} no longer sees Amara: first name" in preview
    assert client.post(f"{path}/consents/withdraw-all", data={"why": ""}).status_code == 303
    assert not is_shared(world)
    assert "consents" in db.session.scalars(sa.select(Sight.what).where(Sight.child_id == world.child.id)).all()
    sign_in(client, world.lead)
    for rest in ("/consents", "/consents/withdraw-all", "/consents/objections/new", "/own-consents/new", f"/own-consents/{written.id}"):
        assert client.get(path + rest).status_code == 403, rest
