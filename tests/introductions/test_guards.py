"""Each guard of FLOWS 1 by name: what is missing, and who can supply it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.accounts.models import Role
from app.catalogue.models import DocumentKind, OfferingKind, OfferingState, PartnerState
from app.children.models import Carer, ChildState
from app.introductions import services
from app.introductions.models import DeclineReason, IntroductionState, Stance, View, Viewpoint
from app.introductions.services import Already, Missing
from app.shared import clock
from app.shared.errors import DomainError, Forbidden, Invalid, NotFound
from tests import factories
from tests.introductions.world import World, change, days_ago, make_world, reread, set_row

S = IntroductionState


def another_carer(world: World, **given: Any) -> Carer:
    return factories.save(Carer(**{"child_id": world.child.id, "name": "Obi Okafor", "relation": "father", **given}))


# --- start, and idea -> listening ----------------------------------------------------------------


def test_start_is_refused_outside_the_own_caseload(world: World) -> None:
    stranger = factories.make_person(Role.LINK_WORKER, world.zone, school=world.school)
    with pytest.raises(NotFound):
        services.start(child_id=world.child.id, offering_id=world.offering.id, why="x", actor=stranger)


def test_start_is_refused_to_those_who_only_look(world: World) -> None:
    lead = factories.make_person(Role.SCHOOL_LEAD, world.zone, school=world.school)
    with pytest.raises(Forbidden):
        services.start(child_id=world.child.id, offering_id=world.offering.id, why="x", actor=lead)


def test_start_is_refused_for_an_offering_of_another_zone(world: World) -> None:
    elsewhere = factories.make_offering(factories.make_organisation(factories.make_zone()))
    with pytest.raises(NotFound):
        world.start(offering=elsewhere)


def test_start_is_refused_while_another_is_open(world: World) -> None:
    world.start()
    with pytest.raises(Already) as refused:
        world.start()
    assert "already has an open introduction" in refused.value.sentence


def test_start_wants_a_reason(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        services.start(child_id=world.child.id, offering_id=world.offering.id, why="  ", actor=world.link_worker)
    assert refused.value.field == "why"


def test_cover_may_listen_and_so_may_the_zone_manager(world: World) -> None:
    cover = factories.make_person(Role.LINK_WORKER, world.zone, school=world.school)
    from app.children.models import Caseload, CaseloadKind

    factories.save(Caseload(child_id=world.child.id, person_id=cover.id, kind=CaseloadKind.COVER, starts_on=clock.today()))
    assert services.begin_listening(introduction_id=world.start().id, actor=cover).state is S.LISTENING
    other = world.start(offering=factories.make_offering(world.organisation))
    assert services.begin_listening(introduction_id=other.id, actor=world.zone_manager).state is S.LISTENING


def test_cover_that_has_ended_may_not(world: World) -> None:
    from app.children.models import Caseload, CaseloadKind

    cover = factories.make_person(Role.LINK_WORKER, world.zone, school=world.school)
    factories.save(Caseload(
        child_id=world.child.id, person_id=cover.id, kind=CaseloadKind.COVER, starts_on=days_ago(20), ends_on=days_ago(1)
    ))
    with pytest.raises(Forbidden) as refused:
        services.begin_listening(introduction_id=world.start().id, actor=cover)
    assert world.link_worker.name in refused.value.sentence


@pytest.mark.parametrize("state", [OfferingState.DRAFT, OfferingState.PAUSED, OfferingState.CLOSED])
def test_listening_waits_for_a_live_offering(world: World, state: OfferingState) -> None:
    introduction = world.start()
    change(world.offering, state=state)
    assert missing(world, introduction, S.LISTENING) == ["offering_not_live"]


@pytest.mark.parametrize("kind", [OfferingKind.COMMUNITY_ASSET, OfferingKind.PAID_COMMUNITY])
@pytest.mark.parametrize(("days", "expected"), [(90, []), (91, ["asset_not_checked"]), (None, ["asset_not_checked"])])
def test_listening_wants_a_local_asset_checked_in_the_last_90_days(
    world: World, kind: OfferingKind, days: int | None, expected: list[str]
) -> None:
    introduction = world.start()
    change(world.offering, kind=kind, confirmed_on=days_ago(days) if days is not None else None)
    assert missing(world, introduction, S.LISTENING) == expected


def test_listening_does_not_ask_when_a_programme_was_checked(world: World) -> None:
    introduction = world.start()
    change(world.offering, kind=OfferingKind.COMMISSIONED, confirmed_on=None)
    assert missing(world, introduction, S.LISTENING) == []


def test_listening_is_refused_when_the_child_has_left(world: World) -> None:
    introduction = world.start()
    change(world.child, state=ChildState.ENDED)
    assert "child_left" in missing(world, introduction, S.LISTENING)


def missing(world: World, introduction: Any, to: S, **given: Any) -> list[str]:
    """The codes of what is missing; empty when the move went through."""
    try:
        world.go(introduction, to, **given)
    except Missing as refused:
        return [gap.code for gap in refused.gaps]
    return []


# --- listening -> ready --------------------------------------------------------------------------


@pytest.fixture
def nearly(world: World) -> Any:
    """Listening, with everything in place but the last word."""
    introduction = world.at(S.LISTENING)
    world.hear(introduction)
    world.hear_home(introduction)
    world.warm(introduction)
    return introduction


def ready_gaps(world: World, introduction: Any) -> list[str]:
    try:
        services.make_ready(introduction_id=introduction.id, actor=world.link_worker)
    except Missing as refused:
        return [gap.code for gap in refused.gaps]
    return []


def test_ready_when_everything_is_in_place(world: World, nearly: Any) -> None:
    assert ready_gaps(world, nearly) == []
    assert reread(nearly).warmth_answer == "go"


def test_ready_names_everything_that_is_missing_and_who_can_supply_it(app: Any) -> None:
    world = make_world(with_consent=False)
    introduction = world.at(S.LISTENING)
    with pytest.raises(Missing) as refused:
        services.make_ready(introduction_id=introduction.id, actor=world.link_worker)
    assert [gap.code for gap in refused.value.gaps] == ["child_view", "carer_view", "consent"]
    assert all(gap.who for gap in refused.value.gaps)
    assert "A parent or carer of Amara can give it" in refused.value.sentence


@pytest.mark.parametrize("actor", ["zone_manager", "partner"])
def test_only_the_childs_link_worker_says_it_is_ready(world: World, nearly: Any, actor: str) -> None:
    with pytest.raises(Forbidden):
        services.make_ready(introduction_id=nearly.id, actor=getattr(world, actor))


@pytest.mark.parametrize(("stance", "expected"), [
    (Stance.YES, []), (Stance.WILLING, []), (Stance.UNSURE, ["child_view"]), (Stance.NO, ["child_no"]),
])
def test_ready_wants_the_childs_latest_view_to_be_yes_or_willing(
    world: World, nearly: Any, stance: Stance, expected: list[str]
) -> None:
    world.hear(nearly, stance)
    assert ready_gaps(world, nearly) == expected


@pytest.mark.parametrize(("days", "expected"), [(30, []), (31, ["child_view_old"])])
def test_ready_wants_the_childs_view_to_be_at_most_30_days_old(world: World, days: int, expected: list[str]) -> None:
    introduction = world.at(S.LISTENING)
    world.hear(introduction, said_on=days_ago(days))
    world.hear_home(introduction)
    world.warm(introduction)
    assert ready_gaps(world, introduction) == expected


def test_an_older_yes_does_not_outdo_a_newer_no(world: World, nearly: Any) -> None:
    world.hear(nearly, Stance.NO)
    world.hear(nearly, Stance.YES, said_on=days_ago(1))
    assert ready_gaps(world, nearly) == ["child_no"]


def test_a_view_without_words_is_not_a_view(world: World) -> None:
    introduction = world.at(S.LISTENING)
    with pytest.raises(Invalid) as refused:
        world.hear(introduction, words_said="   ")
    assert refused.value.field == "words_said"


def test_two_carers_who_disagree_cannot_go_ahead(world: World, nearly: Any) -> None:
    father = another_carer(world)
    world.hear_home(nearly, Stance.NO, carer_id=father.id)
    with pytest.raises(Missing) as refused:
        services.make_ready(introduction_id=nearly.id, actor=world.link_worker)
    assert [gap.code for gap in refused.value.gaps] == ["carers_disagree"]
    assert "Mother and Father do not agree" in refused.value.sentence


@pytest.mark.parametrize("stance", [Stance.NO, Stance.UNSURE])
def test_ready_waits_for_a_carer_who_is_against_it(world: World, nearly: Any, stance: Stance) -> None:
    world.hear_home(nearly, stance)
    assert ready_gaps(world, nearly) == ["carer_no"]


def test_a_second_carer_who_was_not_asked_is_not_in_the_way(world: World, nearly: Any) -> None:
    another_carer(world)
    assert ready_gaps(world, nearly) == []


def test_a_carer_without_parental_responsibility_neither_stops_nor_carries_it(world: World) -> None:
    grandmother = another_carer(world, relation="grandmother", has_parental_responsibility=False)
    introduction = world.at(S.LISTENING)
    world.hear(introduction)
    world.warm(introduction)
    world.hear_home(introduction, Stance.YES, carer_id=grandmother.id)
    assert ready_gaps(world, introduction) == ["carer_view"]
    world.hear_home(introduction)
    world.hear_home(introduction, Stance.NO, carer_id=grandmother.id)
    assert ready_gaps(world, introduction) == []


def test_a_carer_of_another_child_has_no_say(world: World) -> None:
    stranger = factories.make_child(world.school, world.link_worker).carers[0]
    with pytest.raises(NotFound):
        world.hear_home(world.at(S.LISTENING), carer_id=stranger.id)


def test_ready_wants_consent_for_this_organisation_today(app: Any) -> None:
    world = make_world(with_consent=False)
    introduction = world.at(S.LISTENING)
    world.hear(introduction)
    world.hear_home(introduction)
    world.warm(introduction)
    factories.make_consent(world.child, factories.make_organisation(world.zone))
    factories.make_consent(world.child, world.organisation, given_on=days_ago(50), ends_on=days_ago(1))
    assert ready_gaps(world, introduction) == ["consent"]
    factories.make_consent(world.child, world.organisation, ends_on=clock.today())
    assert ready_gaps(world, introduction) == []


def test_ready_wants_no_consent_where_nothing_is_shared(app: Any) -> None:
    world = make_world(with_consent=False)
    introduction = world.at(S.LISTENING)
    world.hear(introduction)
    world.hear_home(introduction)
    services.prepare(
        introduction_id=introduction.id, has_met_contact=True, who_goes_along="Joanne", is_shared=False, actor=world.link_worker
    )
    assert ready_gaps(world, introduction) == []


def test_what_is_shared_cannot_change_after_asking(world: World) -> None:
    introduction = world.at(S.ASKED)
    with pytest.raises(Invalid) as refused:
        services.prepare(
            introduction_id=introduction.id, has_met_contact=True, who_goes_along="", is_shared=False, actor=world.link_worker
        )
    assert refused.value.field == "is_shared"


def test_ready_wants_a_warmth_check_that_does_not_say_not_yet(world: World) -> None:
    introduction = world.at(S.LISTENING)
    world.hear(introduction)
    world.hear_home(introduction)
    with pytest.raises(Missing) as refused:  # nobody has met them, nobody goes along: a referral
        services.make_ready(introduction_id=introduction.id, actor=world.link_worker)
    assert [gap.code for gap in refused.value.gaps] == ["not_warm"]
    assert "nobody goes along" in refused.value.sentence


def test_go_gently_is_ready(world: World) -> None:
    introduction = world.at(S.LISTENING)
    world.hear(introduction, Stance.WILLING)
    world.hear_home(introduction)
    services.prepare(introduction_id=introduction.id, has_met_contact=True, who_goes_along="", actor=world.link_worker)
    assert ready_gaps(world, introduction) == []
    assert reread(introduction).warmth_answer == "gently"


@pytest.mark.parametrize(("who", "stance"), [("child", Stance.NO), ("child", Stance.UNSURE), ("carer", Stance.NO)])
def test_ready_goes_back_to_listening_when_a_yes_is_taken_back(world: World, who: str, stance: Stance) -> None:
    introduction = world.at(S.READY)
    (world.hear if who == "child" else world.hear_home)(introduction, stance)
    assert reread(introduction).state is S.LISTENING


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


# --- arranged -> met -> joined -> settled --------------------------------------------------------


def test_they_cannot_have_met_on_a_day_to_come(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        world.go(world.at(S.ARRANGED), S.MET, met_on=clock.today() + timedelta(days=1))
    assert refused.value.field == "met_on"


@pytest.mark.parametrize("field", ["people", "words_said"])
def test_meeting_wants_who_was_there_and_the_childs_word(world: World, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.go(world.at(S.ARRANGED), S.MET, **{field: ""})
    assert refused.value.field == field


def test_a_paid_programme_is_joined_by_its_register_alone(world: World, above: Any) -> None:
    above.commission_requested = above.commission_approved = lambda introduction: True
    change(world.offering, kind=OfferingKind.COMMISSIONED)
    introduction = world.at(S.MET)
    with pytest.raises(Missing) as refused:
        world.go(introduction, S.JOINED)
    assert refused.value.code == "register"
    above.attended_count = lambda introduction: 1
    services.join(introduction_id=introduction.id, on=clock.today())
    assert reread(introduction).state is S.JOINED


def test_joining_before_they_met_is_refused(world: World) -> None:
    with pytest.raises(Invalid):
        world.go(world.at(S.MET), S.JOINED, on=days_ago(3))


@pytest.mark.parametrize(("visits", "expected"), [(2, ["attended"]), (3, [])])
def test_settled_wants_three_visits_to_a_local_asset(world: World, visits: int, expected: list[str]) -> None:
    introduction = world.at(S.JOINED)
    assert missing(world, introduction, S.SETTLED, visits_told=visits) == expected


def test_settled_counts_the_register_of_a_paid_programme(world: World, above: Any) -> None:
    above.commission_requested = above.commission_approved = lambda introduction: True
    above.attended_count = lambda introduction: 2
    change(world.offering, kind=OfferingKind.COMMISSIONED)
    introduction = world.at(S.MET)  # the register had her there already, so meeting her makes it joined
    assert reread(introduction).state is S.JOINED
    assert missing(world, introduction, S.SETTLED, visits_told=None) == ["attended"]
    with pytest.raises(Invalid):
        world.go(introduction, S.SETTLED, visits_told=9)
    above.attended_count = lambda introduction: 3
    assert missing(world, introduction, S.SETTLED, visits_told=None) == []


def test_settled_wants_the_child_to_want_to_go_on(world: World) -> None:
    introduction = world.at(S.JOINED)
    assert missing(world, introduction, S.SETTLED, wants_to_go_on=False) == ["wants_to_go_on"]
    assert reread(introduction).state is S.JOINED


def test_closing_wants_the_outcome_and_the_next_step(world: World) -> None:
    introduction = world.at(S.SETTLED)
    for field in ("outcome", "next_step"):
        with pytest.raises(Invalid) as refused:
            world.go(introduction, S.CLOSED, **{field: " "})
        assert refused.value.field == field


def test_the_zone_manager_may_close(world: World) -> None:
    assert world.go(world.at(S.SETTLED), S.CLOSED, actor=world.zone_manager).state is S.CLOSED


@pytest.mark.parametrize("days", [0, -3, 400])
def test_not_yet_wants_a_day_to_ask_again_within_a_year(world: World, days: int) -> None:
    with pytest.raises(Invalid) as refused:
        world.go(world.at(S.LISTENING), S.NOT_YET, ask_again_on=clock.today() + timedelta(days=days))
    assert refused.value.field == "ask_again_on"


def test_nothing_new_is_written_down_about_what_is_over(world: World) -> None:
    introduction = world.at(S.ENDED)
    with pytest.raises(DomainError):
        world.hear(introduction)


def test_an_idea_is_talked_about_only_once_listening_has_begun(world: World) -> None:
    with pytest.raises(Invalid):
        world.hear(world.start())


def test_a_view_is_never_of_a_day_to_come(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        world.hear(world.at(S.LISTENING), said_on=clock.today() + timedelta(days=1))
    assert refused.value.field == "said_on"


def test_a_row_set_back_by_another_hand_is_read_again_under_the_lock(world: World) -> None:
    introduction = world.at(S.READY)
    set_row(introduction, state=S.LISTENING)
    with pytest.raises(DomainError):
        world.go(introduction, S.ASKED)
