"""A stale click is refused and says what changed and by whom; a double click has the effect of one."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask

from app.audit.queries import list_entries_for
from app.introductions import services
from app.introductions.models import IntroductionState, Stance
from app.introductions.services import Already
from app.shared.errors import DomainError, Stale
from tests.introductions.world import VERBS, World, reread

S = IntroductionState
FROM = {
    S.LISTENING: S.IDEA, S.NOT_YET: S.LISTENING, S.READY: S.LISTENING, S.ASKED: S.READY, S.AGREED: S.ASKED, S.DECLINED: S.ASKED,
    S.ARRANGED: S.AGREED, S.MET: S.ARRANGED, S.JOINED: S.MET, S.SETTLED: S.JOINED, S.CLOSED: S.SETTLED, S.IDEA: S.DECLINED,
}


def test_stale_click_says_what_changed_and_who_changed_it(world: World) -> None:
    introduction = world.at(S.LISTENING)
    seen = reread(introduction).version
    world.go(introduction, S.NOT_YET, actor=world.zone_manager)
    world.go(introduction, S.LISTENING)
    with pytest.raises(Stale) as refused:
        world.go(introduction, S.NOT_YET, seen_version=seen)
    assert "Zara Manager · said not yet" in refused.value.sentence
    assert "Joanne Price · began to listen" in refused.value.sentence
    assert reread(introduction).state is S.LISTENING


def test_a_view_that_came_in_meanwhile_makes_the_page_stale(world: World) -> None:
    introduction = world.at(S.LISTENING)
    seen = reread(introduction).version
    world.hear(introduction, Stance.YES)
    with pytest.raises(Stale) as refused:
        services.prepare(
            introduction_id=introduction.id, has_met_contact=True, who_goes_along="", actor=world.link_worker, seen_version=seen
        )
    assert "a view was written down" in refused.value.sentence


@pytest.mark.parametrize("to", list(FROM))
def test_every_verb_refuses_a_stale_click_and_takes_a_fresh_one(world: World, to: S) -> None:
    introduction = world.at(FROM[to])
    if to is S.READY:
        world.hear(introduction)
        world.hear_home(introduction)
        world.warm(introduction)

    def verb(seen: int) -> Any:
        if to is S.READY:
            return services.make_ready(introduction_id=introduction.id, actor=world.link_worker, seen_version=seen)
        return VERBS[to](world, introduction, seen_version=seen)

    now = reread(introduction).version
    with pytest.raises(Stale):
        verb(now - 1)
    assert reread(introduction).state is FROM[to]
    assert verb(now).state is to


@pytest.mark.parametrize("to", [state for state in FROM if state is not S.READY])
def test_the_same_verb_twice_says_already_and_by_whom(world: World, to: S) -> None:
    introduction = world.at(FROM[to])
    seen = reread(introduction).version
    VERBS[to](world, introduction, seen_version=seen)
    trail = len(list_entries_for(introduction))
    with pytest.raises(Already) as refused:
        VERBS[to](world, introduction, seen_version=seen)
    assert "did that" in refused.value.sentence
    assert len(list_entries_for(introduction)) == trail


def test_two_people_at_once_have_the_effect_of_one(app: Flask, world: World) -> None:
    introduction = world.at(S.ASKED)
    introduction_id, partner, practitioner_id = introduction.id, world.partner.id, world.practitioner.id
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def click() -> None:
        from app.accounts.models import Person
        from app.shared.db import db

        with app.app_context():
            actor = db.session.get_one(Person, partner)
            gate.wait(30)
            try:
                services.agree(
                    introduction_id=introduction_id, practitioner_id=practitioner_id, first_dates="Thursdays", actor=actor
                )
                outcomes.append("agreed")
            except DomainError as refused:
                outcomes.append(refused.code)

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["agreed", "already"]
    assert [e.to_state for e in list_entries_for(reread(introduction))].count("agreed") == 1
