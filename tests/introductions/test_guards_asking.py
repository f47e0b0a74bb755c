"""Each guard of FLOWS 1 by name, from asking to arranging: what is missing, and who can supply it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.accounts.models import Role
from app.catalogue.models import DocumentKind, OfferingKind, PartnerState
from app.introductions import services
from app.introductions.models import DeclineReason, Stance, View, Viewpoint
from app.introductions.services import Missing
from app.shared import clock
from app.shared.errors import Forbidden, Invalid
from tests import factories
from tests.introductions.guarding import S, missing
from tests.introductions.world import World, change, days_ago, reread

# --- ready -> asked ------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [state for state in PartnerState if state is not PartnerState.LIVE])
def test_asking_wants_a_live_organisation(world: World, state: PartnerState) -> None:
    introduction = world.at(S.READY)
    change(world.organisation, state=state)
    assert missing(world, introduction, S.ASKED) == ["organisation_not_live"]


def test_asking_a_paid_programme_wants_the_place_requested(world: World, above: Any) -> None:
    change(world.offering, kind=OfferingKind.COMMISSIONED)
    introduction = world.at(S.READY)
    assert missing(world, introduction, S.ASKED) == ["commission_not_requested"]
    above.commission_requested = lambda introduction: True
    assert missing(world, introduction, S.ASKED) == []


def test_asking_is_refused_when_consent_has_run_out_since(world: World) -> None:
    introduction = world.at(S.READY)
    for consent in world.child.consents:
        change(consent, given_on=days_ago(40), ends_on=days_ago(1))
    assert missing(world, introduction, S.ASKED) == ["consent"]


def test_asking_is_refused_on_a_yes_that_is_gone(world: World) -> None:
    introduction = world.at(S.READY)
    factories.save(View(
        introduction_id=introduction.id, viewpoint=Viewpoint.CHILD, stance=Stance.NO, words="No.", said_on=clock.today(),
        asked_by_id=world.link_worker.id,
    ))
    assert missing(world, introduction, S.ASKED) == ["child_no"]


@pytest.mark.parametrize("actor", ["zone_manager", "partner"])
def test_only_the_link_worker_asks(world: World, actor: str) -> None:
    introduction = world.at(S.READY)
    with pytest.raises(Forbidden):
        world.go(introduction, S.ASKED, actor=getattr(world, actor))


# --- asked -> agreed, declined -------------------------------------------------------------------


def test_agreeing_wants_a_practitioner_of_this_organisation(world: World) -> None:
    introduction = world.at(S.ASKED)
    stranger = factories.make_practitioner(factories.make_organisation(world.zone))
    gone = factories.make_practitioner(world.organisation, left_on=days_ago(1))
    for practitioner_id in (None, stranger.id, gone.id):
        with pytest.raises(Invalid) as refused:
            world.go(introduction, S.AGREED, practitioner_id=practitioner_id)
        assert refused.value.field == "practitioner_id"


def test_agreeing_wants_the_practitioners_evidence_to_be_current(world: World) -> None:
    introduction = world.at(S.ASKED)
    unchecked = factories.make_practitioner(world.organisation, with_dbs=False)
    with pytest.raises(Missing) as refused:
        world.go(introduction, S.AGREED, practitioner_id=unchecked.id)
    assert refused.value.code == "evidence"
    assert unchecked.name in refused.value.sentence
    assert world.organisation.name in refused.value.sentence


def test_agreeing_wants_the_organisations_documents_to_be_current(world: World) -> None:
    introduction = world.at(S.ASKED)
    insurance = next(d for d in world.organisation.documents if d.kind is DocumentKind.PUBLIC_LIABILITY)
    change(insurance, expires_on=days_ago(1))
    assert "evidence" in missing(world, introduction, S.AGREED)


def test_agreeing_wants_first_dates(world: World) -> None:
    introduction = world.at(S.ASKED)
    with pytest.raises(Invalid) as refused:
        world.go(introduction, S.AGREED, first_dates=" ")
    assert refused.value.field == "first_dates"


def test_agreeing_names_a_group_that_takes_children(world: World) -> None:
    running = factories.make_cohort(world.offering)
    closed = factories.make_cohort(world.offering, state="closed")
    elsewhere = factories.make_cohort(factories.make_offering(world.organisation))
    introduction = world.at(S.ASKED)
    for cohort in (closed, elsewhere):
        with pytest.raises(Invalid) as refused:
            world.go(introduction, S.AGREED, cohort_id=cohort.id)
        assert refused.value.field == "cohort_id"
    assert world.go(introduction, S.AGREED, cohort_id=running.id).cohort_id == running.id


def test_only_the_asked_organisation_answers(world: World) -> None:
    introduction = world.at(S.ASKED)
    rival = factories.make_person(Role.PARTNER_ADMIN, world.zone, organisation=factories.make_organisation(world.zone))
    for actor in (rival, world.zone_manager, world.link_worker):
        with pytest.raises(Forbidden):
            world.go(introduction, S.AGREED, actor=actor)
        with pytest.raises(Forbidden):
            world.go(introduction, S.DECLINED, actor=actor)
    assert reread(introduction).state is S.ASKED


def test_a_practitioner_who_signs_in_may_answer(world: World) -> None:
    drummer = factories.make_person(Role.PRACTITIONER, world.zone, organisation=world.organisation)
    assert world.go(world.at(S.ASKED), S.AGREED, actor=drummer).state is S.AGREED


def test_the_link_worker_writes_down_the_answer_of_an_organisation_that_does_not_sign_in(world: World) -> None:
    library = factories.make_organisation(world.zone, kind="community", with_documents=False, name="Acton Library")
    offering = factories.make_offering(library, kind=OfferingKind.COMMUNITY_ASSET)
    factories.make_consent(world.child, library)
    introduction = world.at(S.ASKED, offering=offering)
    with pytest.raises(Invalid):
        services.agree(introduction_id=introduction.id, first_dates="Any Saturday", actor=world.link_worker)
    services.agree(introduction_id=introduction.id, first_dates="Any Saturday", answered_by="Pat, at the desk", actor=world.link_worker)
    assert reread(introduction).answered_by == "Pat, at the desk"


def test_nobody_answers_by_word_of_mouth_where_money_is_at_stake(world: World, above: Any) -> None:
    above.commission_requested = lambda introduction: True
    quiet = factories.make_organisation(world.zone)
    offering = factories.make_offering(quiet, kind=OfferingKind.COMMISSIONED)
    factories.make_consent(world.child, quiet)
    introduction = world.at(S.ASKED, offering=offering)
    with pytest.raises(Forbidden):
        services.agree(introduction_id=introduction.id, first_dates="Soon", answered_by="Pat", actor=world.link_worker)


def test_a_partner_is_told_nothing_of_what_the_family_said(world: World) -> None:
    introduction = world.at(S.ASKED)
    world.hear(introduction, Stance.NO)
    with pytest.raises(Missing) as refused:
        world.go(introduction, S.AGREED)
    assert [gap.code for gap in refused.value.gaps] == ["paused"]
    assert "Amara" not in refused.value.sentence


def test_declining_for_another_reason_wants_words(world: World) -> None:
    introduction = world.at(S.ASKED)
    with pytest.raises(Invalid) as refused:
        world.go(introduction, S.DECLINED, reason=DeclineReason.OTHER)
    assert refused.value.field == "note_to_link_worker"


def test_a_no_is_told_above_and_can_begin_again(world: World, above: Any) -> None:
    heard: list[str] = []
    above.on_ended.append(lambda introduction, actor, reason: heard.append(reason))
    introduction = world.at(S.DECLINED)
    assert heard == ["declined"]
    world.go(introduction, S.IDEA)
    again = reread(introduction)
    assert (again.decline_reason, again.asked_at, again.practitioner_id) == (None, None, None)


def test_agreeing_tells_above_who_will_meet_the_child(world: World, above: Any) -> None:
    heard: list[Any] = []
    above.on_agreed.append(lambda introduction, actor, practitioner_id: heard.append((actor.id, practitioner_id)))
    world.at(S.AGREED)
    assert heard == [(world.partner.id, world.practitioner.id)]


# --- agreed -> arranged --------------------------------------------------------------------------


def test_arranging_a_paid_programme_wants_the_money_approved(world: World, above: Any) -> None:
    above.commission_requested = lambda introduction: True
    change(world.offering, kind=OfferingKind.COMMISSIONED)
    introduction = world.at(S.AGREED)
    assert missing(world, introduction, S.ARRANGED) == ["commission_not_approved"]
    above.commission_approved = lambda introduction: True
    assert missing(world, introduction, S.ARRANGED) == []


@pytest.mark.parametrize("field", ["place", "people", "trusted_adult"])
def test_arranging_wants_a_place_the_people_and_an_adult_the_child_trusts(world: World, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.go(world.at(S.AGREED), S.ARRANGED, **{field: "  "})
    assert refused.value.field == field


def test_arranging_wants_a_moment_still_to_come(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        world.go(world.at(S.AGREED), S.ARRANGED, meeting_at=clock.now() - timedelta(minutes=1))
    assert refused.value.field == "meeting_on"


@pytest.mark.parametrize(("who", "expected"), [("child", "child_no"), ("carer", "carer_no")])
def test_nothing_is_arranged_on_a_yes_that_is_gone(world: World, who: str, expected: str) -> None:
    introduction = world.at(S.AGREED)
    (world.hear if who == "child" else world.hear_home)(introduction, Stance.NO)
    assert missing(world, introduction, S.ARRANGED) == [expected]


def test_the_coordinator_may_arrange_but_a_practitioner_may_not(world: World) -> None:
    introduction = world.at(S.AGREED)
    drummer = factories.make_person(Role.PRACTITIONER, world.zone, organisation=world.organisation)
    with pytest.raises(Forbidden):
        world.go(introduction, S.ARRANGED, actor=drummer)
    assert world.go(introduction, S.ARRANGED, actor=world.partner).state is S.ARRANGED


def test_a_meeting_can_move_and_the_state_stays(world: World) -> None:
    introduction = world.at(S.ARRANGED)
    later = clock.now() + timedelta(days=9)
    services.move_meeting(
        introduction_id=introduction.id, meeting_at=later, place="The hall", people="Theo", trusted_adult="Joanne", actor=world.partner
    )
    moved = reread(introduction)
    assert (moved.state, moved.meeting_place) == (S.ARRANGED, "The hall")
