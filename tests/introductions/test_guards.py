"""Each guard of FLOWS 1 by name, until an introduction is ready: what is missing, and who can supply it."""

from __future__ import annotations

from typing import Any

import pytest

from app.accounts.models import Role
from app.catalogue.models import OfferingKind, OfferingState
from app.children.models import ChildState
from app.introductions import services
from app.introductions.models import Stance
from app.introductions.services import Already, Missing
from app.shared import clock
from app.shared.errors import Forbidden, Invalid, NotFound
from tests import factories
from tests.introductions.guarding import S, another_carer, missing
from tests.introductions.world import World, change, days_ago, make_world, reread

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
