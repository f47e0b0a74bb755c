"""What is written stays on the introduction, is read by those who may, and leaves by no e-mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Role
from app.introductions import calendar_file, queries, services, telling
from app.introductions.models import DeclineReason, IntroductionState, Readers, Stance, Viewpoint
from app.introductions.services import Already
from app.notifications import worker
from app.notifications.models import Task
from app.shared import clock
from app.shared.db import db
from app.shared.errors import Forbidden, Invalid, NotFound
from tests import factories
from tests.fakes.mail import fake_mail
from tests.introductions.world import World, reread, set_row

S = IntroductionState


def tasks_of(person_id: object, kind: str = "introduction_question") -> list[str]:
    db.session.rollback()
    found = db.session.scalars(sa.select(Task).where(Task.person_id == person_id, Task.kind == kind, Task.closed_at.is_(None)))
    return [task.title for task in found]


def test_partner_asks_and_is_answered_and_has_time_left_to_answer_itself(world: World) -> None:
    introduction = world.at(S.ASKED)
    asked = {"introduction_id": introduction.id, "words_written": "Does she mind loud rooms?", "readers": Readers.PARTNER, "is_question": True}
    question = services.write_message(**asked, actor=world.partner)
    assert services.write_message(**asked, actor=world.partner).id == question.id, "a double click is one question"
    assert tasks_of(world.link_worker.id) == [f"{world.child.short_name} · Theo Brown asks you something"]
    due = reread(introduction).answer_by_on
    assert due is not None
    with clock.freeze(clock.end_of_day(due - timedelta(days=3))):
        assert not services.nudge(introduction_id=introduction.id, days=9), "nobody is reminded who waits for our answer"
    with clock.freeze(clock.end_of_day(due) - timedelta(hours=3)):
        services.answer_message(
            introduction_id=introduction.id, message_id=question.id, words_written="She loves them.", actor=world.link_worker
        )
        assert reread(introduction).answer_by_on is not None
        assert (reread(introduction).answer_by_on or due) > due
    assert tasks_of(world.link_worker.id) == []
    with pytest.raises(Already):
        services.answer_message(introduction_id=introduction.id, message_id=question.id, words_written="Yes.", actor=world.link_worker)


def test_who_reads_and_who_writes(world: World) -> None:
    introduction = world.at(S.LISTENING)
    lead = factories.make_person(Role.SCHOOL_LEAD, world.zone, school=world.school)
    to_team = {"introduction_id": introduction.id, "words_written": "Home is worried about the bus.", "readers": Readers.TEAM}
    to_them = {**to_team, "readers": Readers.PARTNER, "words_written": "Is the hall warm?"}
    private = services.write_message(**to_team, actor=lead)
    with pytest.raises(Invalid, match="sees nothing of this introduction"):
        services.write_message(**to_them, actor=world.link_worker)
    for state in (S.READY, S.ASKED):
        world.go(introduction, state)
    with pytest.raises(Forbidden):
        services.write_message(**to_them, actor=lead)
    services.write_message(**to_them, actor=world.link_worker)
    with pytest.raises(NotFound):
        services.answer_message(introduction_id=introduction.id, message_id=private.id, words_written="?", actor=world.partner)
    with pytest.raises(NotFound):
        services.write_message(**to_them, actor=factories.make_person(Role.LINK_WORKER, world.zone))
    record = queries.read_record(reread(introduction))
    assert [one.message.words for one in telling.talk(record.messages, for_partner=True)] == ["Is the hall warm?"]
    assert len(telling.talk(record.messages)) == 2


def test_nothing_private_leaves_by_email(app: Flask, world: World) -> None:
    introduction = world.at(S.ASKED)
    services.write_message(
        introduction_id=introduction.id, words_written="Amara hates crowds", readers=Readers.PARTNER, is_question=True, actor=world.link_worker
    )
    reference = world.child.reference
    with fake_mail(app) as mail:
        worker.run(once=True)
    text = " ".join(f"{one['Subject']} {one.get_content()}" for one in mail.sent)
    assert "A message about First Beats" in text
    for private in ("Amara", "crowds", "Okafor", reference):
        assert private not in text


def test_a_message_is_ticked_off_and_everything_goes_with_the_introduction(world: World) -> None:
    introduction = world.at(S.ASKED)
    note = services.write_message(introduction_id=introduction.id, words_written="Fine.", readers=Readers.PARTNER, actor=world.partner)
    services.write_message(introduction_id=introduction.id, words_written="And?", readers=Readers.PARTNER, is_question=True, actor=world.partner)
    services.tick_off(introduction_id=introduction.id, message_id=note.id, actor=world.link_worker)
    assert tasks_of(world.link_worker.id, "introduction_message") == []
    assert len(tasks_of(world.link_worker.id)) == 1
    world.go(introduction, S.ENDED)
    assert tasks_of(world.link_worker.id) == []


def test_load_says_what_they_said_no_to_also_when_it_began_again(world: World) -> None:
    introduction = world.at(S.ASKED)
    world.go(introduction, S.DECLINED, reason=DeclineReason.TIMES)
    world.go(introduction, S.IDEA)
    load = queries.partner_load(reread(introduction))
    assert load.declines == ((DeclineReason.TIMES, 1),)
    assert "the times do not work" in load.decline_words
    with clock.freeze(clock.now() + timedelta(days=91)):
        assert queries.partner_load(reread(introduction)).declines == ()


def test_a_view_on_paper_in_another_language_told_to_somebody_else(world: World) -> None:
    introduction = world.at(S.LISTENING)
    with pytest.raises(Invalid, match="what it means in English"):
        world.hear_home(introduction, language="so", words_said="Haa, waan rabaa.")
    world.hear(
        introduction, Stance.YES, viewpoint=Viewpoint.CARER, carer_id=world.carer.id, words_said="Haa, waan rabaa.", language="so",
        words_in_english="Yes, I want it.", told_to="Ms Ahmed, at the gate", how="on paper",
    )
    line = telling.view_line(queries.read_record(reread(introduction)).views[-1], "Amara")
    for part in ("yes", "to Ms Ahmed, at the gate (written down by Joanne Price)", "on paper", "in Somali"):
        assert part in line


def test_the_calendar_file_has_no_names(world: World) -> None:
    introduction = world.at(S.ARRANGED)
    names = ["Amara", "Okafor"]
    at_music = calendar_file.write(reread(introduction), private=names, url="http://kith.test/x").decode()
    assert "LOCATION:Music room" in at_music
    set_row(introduction, meeting_place="At Amara’s home")
    at_home = calendar_file.write(reread(introduction), private=names, url="http://kith.test/x").decode()
    assert "Amara" not in at_home
    assert "LOCATION" not in at_home
    for text in (at_music, at_home):
        assert "SUMMARY:First meeting: First Beats" in text
        assert "Theo" not in text
