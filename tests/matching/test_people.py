"""The people around an offering: friends who go, who is known there, how busy they are, what is under way; each told only to whom it may be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.accounts.models import Person, Role
from app.catalogue.models import Offering, OfferingKind
from app.children import services as children
from app.children.models import Caseload, Child, Relationship, RelationshipKind, Warmth
from app.introductions.models import IntroductionState
from app.matching import queries
from app.matching.pictures import drawn
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid
from tests import factories as make
from tests.matching.conftest import World

S = IntroductionState


def club(world: World, title: str, places: int = 5, **given: object) -> Offering:
    return world.offer(places, title=title, source_ref=title, interests=["art"], needs=[], kind=OfferingKind.COMMUNITY_ASSET,
                       organisation=make.make_organisation(world.zone), **given)


def listed(world: World, reader: Person | None = None) -> dict[str, queries.Match]:
    child = db.session.get_one(Child, world.child.id)
    return {match.candidate.title: match for match in queries.match_child(child, reader=reader or world.link_worker).matches}


def codes(match: queries.Match) -> list[str]:
    return [reason.code for reason in match.reasons]


def test_friend_counts_only_for_who_may_see_both_and_while_it_may_be_told(world: World) -> None:
    first, second = club(world, "A club"), club(world, "B club")
    paid = world.offer(title="C therapy", source_ref="C", interests=["art"], needs=[])
    leon = make.make_child(world.school, world.link_worker, first_name="Leon")
    goes = [make.make_introduction(leon, one, world.link_worker, S.JOINED, met_on=None) for one in (second, paid)]
    consents = [make.make_consent(leon, one.organisation) for one in (second, paid)]
    tie = children.set_relationship(child_id=world.child.id, name="Leon", kind=RelationshipKind.FRIEND, other_child_id=leon.id, actor=world.link_worker)
    other = make.make_person(Role.LINK_WORKER, world.zone)
    make.save(Caseload(child_id=world.child.id, person_id=other.id, kind="cover", ends_on=clock.today()))

    found = listed(world)
    assert next(iter(found)) == "B club", "a friend goes there"
    assert "Leon goes there already" in next(one.sentence for one in found["B club"].reasons if one.code == "friends")
    assert found["B club"].score == pytest.approx(found["A club"].score + 0.12)
    assert "Leon" not in drawn(queries.profile_of(world.child), found["B club"])["why"], "never carried into an introduction"
    assert "friends" not in codes(found["C therapy"]), "what is paid for one child says something of that child"
    unknown = listed(world, other)
    assert next(iter(unknown)) == "A club" and "friends" not in codes(unknown["B club"]), "told to somebody who may not see Leon"

    with atomic():
        consents[0].withdrawn_at = clock.now()
    assert "friends" not in codes(listed(world)["B club"]), "told without a consent"
    with atomic():
        consents[0].withdrawn_at, goes[0].state = None, S.AGREED
    assert "friends" not in codes(listed(world)["B club"]), "Leon does not go there yet"
    with atomic():
        goes[0].state, db.session.get_one(Relationship, tie.id).warmth = S.SETTLED, Warmth.ENDED
    assert "friends" not in codes(listed(world)["B club"]), "they are friends no more"
    assert first.title in found


def test_only_children_one_works_with_are_linked_and_a_link_out_of_sight_is_kept(world: World) -> None:
    stranger = make.make_child(world.school, make.make_person(Role.LINK_WORKER, world.zone))
    mine = make.make_child(world.school, world.link_worker)

    def link(child: Child | None, actor: Person, kind: RelationshipKind = RelationshipKind.FRIEND, tie: Relationship | None = None) -> Relationship:
        return children.set_relationship(
            child_id=world.child.id, name="Leon", kind=kind, other_child_id=child.id if child else None, actor=actor, relationship_id=tie.id if tie else None)

    for wrong, kind in ((stranger, RelationshipKind.FRIEND), (world.child, RelationshipKind.FRIEND), (mine, RelationshipKind.PARTNER)):
        with pytest.raises(Invalid) as refused:
            link(wrong, world.link_worker, kind)
        assert refused.value.field == "other_child_id"
    tie = link(stranger, make.make_person(Role.ZONE_MANAGER, world.zone))
    assert link(None, world.link_worker, tie=tie).other_child_id == stranger.id
    tie = link(mine, world.link_worker, tie=tie)
    assert link(None, world.link_worker, tie=tie).other_child_id is None


def test_who_is_known_there_comes_first_and_many_children_do_not(world: World) -> None:
    plain, known = club(world, "A club"), club(world, "B club")
    long_ago, lately = clock.today() - timedelta(days=800), clock.today() - timedelta(days=30)

    def met(offering: Offering, by: Person, on: object, school: object = None) -> None:
        child = make.make_child(school or make.make_school(world.zone))  # type: ignore[arg-type]
        make.make_introduction(child, offering, by, S.SETTLED, met_on=on, settled_on=on)

    met(plain, world.link_worker, long_ago)
    for _ in range(6):
        met(plain, make.make_person(Role.LINK_WORKER, world.zone), lately)  # popular, and nobody's of this child
    before = listed(world)
    assert before["A club"].score == before["B club"].score
    met(known, world.link_worker, lately)
    found = listed(world)
    reason = next(one for one in found["B club"].reasons if one.code == "known")
    assert next(iter(found)) == "B club" and reason.sentence == "You have introduced a child to them before, and they met."
    told = listed(world, make.make_person(Role.ZONE_MANAGER, world.zone))["B club"]
    assert f"{world.link_worker.name} has introduced a child to them" in next(one.sentence for one in told.reasons if one.code == "known")
    assert found["B club"].score == pytest.approx(before["B club"].score + 0.05)
    for _ in range(2):
        met(plain, make.make_person(Role.LINK_WORKER, world.zone), lately, world.school)
    assert "known_at_school" not in codes(listed(world)["A club"]), "two children of a school would be pointed at"
    met(plain, make.make_person(Role.LINK_WORKER, world.zone), lately, world.school)
    assert "3 children of" in next(one.sentence for one in listed(world)["A club"].reasons if one.code == "known_at_school")


def test_requests_that_wait_and_slow_answers_are_worth_knowing(world: World) -> None:
    busy, slow = club(world, "A club", places=2), club(world, "B club")
    free = club(world, "C club", places=2)
    for offering in (busy, busy, free):
        make.make_introduction(make.make_child(world.school), offering, world.link_worker, S.ASKED)
    for days in (8, 9, 9):
        asked = clock.now() - timedelta(days=30)
        make.make_introduction(make.make_child(world.school), slow, world.link_worker, S.DECLINED, asked_at=asked, answered_at=asked + timedelta(days=days))
    found = listed(world)
    assert [(found[title].caution.code if found[title].caution else None) for title in ("A club", "B club")] == ["busy", "slow"]
    assert found["A club"].caution is not None and found["A club"].caution.sentence == "2 requests wait there for an answer already, and 2 places are left."
    assert [found[title].parts["busy"] for title in ("A club", "C club")] == [1.0, 0.5]
    assert found["A club"].score < found["C club"].score
    assert found["B club"].caution is not None and "about 9 days" in found["B club"].caution.sentence


def test_what_is_under_way_is_left_out_and_what_went_well_lifts_what_is_like_it(world: World) -> None:
    for title, interest in (("A club", "art"), ("B club", "chess"), ("C club", "football")):
        world.offer(title=title, source_ref=title, interests=[interest], needs=[])
    child = world.child
    chess = world.offer(title="D club", source_ref="D", interests=["chess"], needs=[])
    before = listed(world)
    assert len(before) == 4
    today = clock.today()
    row = make.make_introduction(child, chess, world.link_worker, S.SETTLED, met_on=today, settled_on=today)
    found = listed(world)
    assert "D club" not in found and found["B club"].parts["worked"] > before["B club"].parts["worked"]
    assert found["A club"].parts["worked"] == before["A club"].parts["worked"]
    with atomic():
        row.state = S.CLOSED
    again = listed(world)["D club"]
    assert again.caution is not None and again.caution.code == "been_before", "where the child went before, it says so"
    alone = queries.match_child(child)
    assert {one.candidate.title for one in alone.matches} == set(before), "a list without a reader knows nothing of it"
    assert not set(alone.matches[0].parts) & {"friends", "known", "busy"}
