"""Taking a register: who may, when, once, and what follows from it."""

from __future__ import annotations

import pytest

from app.accounts.models import Role
from app.attendance import queries, services
from app.attendance.models import Mark, MarkKind
from app.attendance.services import Marking, MarkLocked, RegisterNotOpen, RegistersDisagree
from app.audit.models import AuditEntry
from app.catalogue.models import CancelledBy, SessionState
from app.catalogue.services import sessions as catalogue_sessions
from app.commissioning.models import CommissionState, PlaceState
from app.introductions.models import Introduction, IntroductionState
from app.shared import clock
from app.shared.db import db
from app.shared.errors import Forbidden, Invalid, NotFound, Stale
from tests import factories
from tests.attendance.club import Club, count
from tests.commissioning.scene import person

K = MarkKind


def test_a_register_earns_the_price_of_the_session(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: K.ATTENDED})
    assert club.earned(amara) == 2_000
    mark = club.mark(amara)
    assert mark is not None
    assert (mark.kind, mark.revision, mark.percent, mark.marked_by_id) == (K.ATTENDED, 1, 100, club.scene.partner.id)


def test_the_contracts_plain_pair_of_mark_and_note_will_do(club: Club) -> None:
    amara = club.children[0]
    with club.after() as session:
        services.save_register(
            session_id=session.id, marks={amara.id: (K.LATE, " Came with her aunt. ")}, client_key="k1", actor=club.scene.partner
        )
    mark = club.mark(amara)
    assert mark is not None
    assert (mark.kind, mark.note) == (K.LATE, "Came with her aunt.")


def test_the_first_register_starts_delivery_and_holds_the_session(club: Club) -> None:
    amara = club.children[0]
    assert club.commission(amara).state is CommissionState.CONFIRMED
    session = club.save({amara: K.ABSENT_UNTOLD})
    assert session.state is SessionState.HELD
    assert club.commission(amara).state is CommissionState.IN_DELIVERY


def test_the_first_attendance_joins_and_an_absence_does_not(club: Club) -> None:
    amara = club.children[0]
    introduction_id = club.commission(amara).introduction_id
    club.save({amara: K.ABSENT_TOLD})
    assert db.session.get_one(Introduction, introduction_id).state is IntroductionState.MET
    session = club.save({amara: K.LEFT_EARLY}, week=1)
    introduction = db.session.get_one(Introduction, introduction_id)
    assert introduction.state is IntroductionState.JOINED
    assert introduction.joined_on == session.held_on


def test_a_child_not_written_down_as_met_is_marked_and_somebody_writes_it_down(club: Club) -> None:
    bilal = club.join(state=IntroductionState.ARRANGED)
    club.save({bilal: K.ATTENDED})
    assert club.earned(bilal) == 2_000
    assert db.session.get_one(Introduction, club.commission(bilal).introduction_id).state is IntroductionState.ARRANGED
    assert [task.kind for task in club.tasks()] == ["introduction_met"]


def test_the_same_register_sent_twice_is_one(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: K.ATTENDED}, key="same")
    club.save({amara: K.ATTENDED}, key="same")
    club.save({amara: K.LATE}, key="same")  # a retry whose body was spoilt on the way changes nothing either
    mark = club.mark(amara)
    assert mark is not None
    assert (count(Mark), mark.kind) == (1, K.ATTENDED)
    assert club.earned(amara) == 2_000
    assert db.session.query(AuditEntry).filter_by(action="attendance.register.saved").count() == 1


def test_two_registers_that_agree_are_one(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: K.ATTENDED})
    club.save({amara: K.ATTENDED}, by=club.scene.manager)
    assert (count(Mark), club.earned(amara)) == (1, 2_000)


def test_two_phones_that_disagree_are_refused_by_name_and_nothing_is_saved_or_paid(club: Club) -> None:
    amara, bilal = club.children[0], club.join(first_name="Bilal", last_name="Hussain")
    club.save({amara: K.ABSENT_TOLD})
    with pytest.raises(RegistersDisagree) as refused:
        club.save({amara: K.ATTENDED, bilal: K.ATTENDED}, by=club.scene.manager)
    assert isinstance(refused.value, Stale)
    assert f"{club.scene.partner.name} marked Amara O. “Away, told” (Today 6pm)." in refused.value.sentence
    assert "Nothing was saved" in refused.value.sentence
    assert (count(Mark), club.earned(amara), club.earned(bilal)) == (1, 0, 0)


def test_whoever_has_seen_the_other_mark_settles_it(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: K.ABSENT_TOLD})
    club.save({amara: K.ATTENDED}, seen=1)
    mark = club.mark(amara)
    assert mark is not None
    assert (mark.kind, mark.revision, club.earned(amara)) == (K.ATTENDED, 2, 2_000)
    club.save({amara: K.ABSENT_TOLD}, seen=2)
    assert club.earned(amara) == 0


def test_a_child_can_be_marked_later_than_the_others(club: Club) -> None:
    amara, bilal = club.children[0], club.join()
    club.save({amara: K.ATTENDED})
    club.save({bilal: K.LATE})
    assert (club.earned(amara), club.earned(bilal)) == (2_000, 2_000)


def test_only_the_organisation_or_the_zone_manager_takes_a_register(club: Club) -> None:
    amara, scene = club.children[0], club.scene
    other = person(Role.PARTNER_ADMIN, scene.zone, organisation_id=factories.make_organisation(scene.zone).id)
    elsewhere = person(Role.ZONE_MANAGER, factories.make_zone())
    for stranger in (other, elsewhere, scene.link_worker, scene.holder):
        with pytest.raises(Forbidden):
            club.save({amara: K.ATTENDED}, by=stranger)
    club.save({amara: K.ATTENDED}, by=scene.manager)
    assert club.earned(amara) == 2_000


def test_a_practitioner_takes_the_register_too(club: Club) -> None:
    amara = club.children[0]
    theo = person(Role.PRACTITIONER, club.scene.zone, organisation_id=club.scene.organisation.id)
    club.save({amara: K.ATTENDED}, by=theo)
    assert club.earned(amara) == 2_000


def test_a_session_to_come_has_no_register_yet(club: Club) -> None:
    session = club.session()
    with pytest.raises(RegisterNotOpen, match="opens on the day"):
        services.save_register(
            session_id=session.id, marks={club.children[0].id: Marking(K.ATTENDED)}, client_key="k", actor=club.scene.partner
        )
    assert count(Mark) == 0


def test_a_cancelled_session_has_no_register(club: Club) -> None:
    catalogue_sessions.cancel_session(
        session_id=club.session().id, by=CancelledBy.SCHOOL, reason="Snow", actor=club.scene.partner
    )
    with pytest.raises(RegisterNotOpen, match="cancelled by the school"):
        club.save({club.children[0]: K.ATTENDED})


def test_a_moved_session_has_its_register_with_the_new_time(club: Club) -> None:
    session = club.session()
    catalogue_sessions.move_session(
        session_id=session.id, starts_at=clock.at_london(session.held_on, clock.MIDNIGHT), ends_at=session.starts_at,
        actor=club.scene.partner,
    )
    with clock.freeze(session.ends_at), pytest.raises(RegisterNotOpen, match="moved"):
        services.save_register(
            session_id=session.id, marks={club.children[0].id: Marking(K.ATTENDED)}, client_key="k", actor=club.scene.partner
        )


def test_a_child_without_a_place_there_is_refused_and_nobody_is_saved(club: Club) -> None:
    amara, stranger = club.children[0], club.scene.child()
    with pytest.raises(Invalid, match="1 child is not on this register"):
        club.save({amara: K.ATTENDED, stranger: K.ATTENDED})
    assert count(Mark) == 0


def test_marks_are_locked_seven_school_days_after_the_session(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: K.ATTENDED})
    with club.after(days=9) as session:  # Tuesday to the Thursday of the week after: the seventh school day
        assert clock.today() == queries.last_days(session, [amara])[amara.id]
    club.save({amara: K.LATE}, seen=1, days=9)
    with pytest.raises(MarkLocked, match="seven school days"):
        club.save({amara: K.ATTENDED}, seen=2, days=10)
    with pytest.raises(MarkLocked):
        club.save({amara: K.ATTENDED}, seen=2, days=10, by=club.scene.manager)


def test_the_lock_counts_the_days_of_the_childs_own_school(club: Club) -> None:
    other = factories.make_school(club.scene.zone)
    session = club.session()
    from app.accounts.services.schools import add_closure

    add_closure(
        school_id=other.id, name="Roof", starts_on=session.held_on, ends_on=clock.london(session.ends_at).date().replace(day=27),
        actor=club.scene.manager,
    )
    days = queries.last_days(session, [club.children[0], factories.make_child(other)])
    assert len(set(days.values())) == 2


def test_a_register_never_taken_is_taken_late_by_the_zone_manager_alone(club: Club) -> None:
    amara = club.children[0]
    with pytest.raises(MarkLocked, match="Zone manager can still take it"):
        club.save({amara: K.ATTENDED}, days=10)
    club.save({amara: K.ATTENDED}, days=10, by=club.scene.manager)
    assert club.earned(amara) == 2_000


def test_a_corrected_mark_is_changed_by_a_correction_only(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: K.ABSENT_UNTOLD})
    club.correct(amara, K.EXCUSED)
    with pytest.raises(MarkLocked, match="only a correction"):
        club.save({amara: K.ATTENDED}, seen=2)


def test_everything_or_nothing_is_saved(club: Club) -> None:
    amara, bilal = club.children[0], club.join()
    club.save({amara: K.ATTENDED})
    club.correct(amara, K.LATE)
    with pytest.raises(MarkLocked):
        club.save({amara: K.ABSENT_TOLD, bilal: K.ATTENDED}, seen=2)
    assert club.mark(bilal) is None


def test_a_note_is_500_characters_at_most_and_a_key_is_needed(club: Club) -> None:
    amara = club.children[0]
    with pytest.raises(Invalid, match="500 characters"):
        club.save({amara: Marking(K.ATTENDED, note="x" * 501)})
    with pytest.raises(Invalid, match="key"):
        club.save({amara: K.ATTENDED}, key="x" * 65)
    with pytest.raises(Invalid, match="Nothing is marked"):
        club.save({})
    with pytest.raises(Invalid, match="not one a register can hold"):
        club.save({amara: K.EXCUSED})


def test_told_late_means_something_only_for_a_child_who_was_away(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: Marking(K.ATTENDED, is_told_late=True)})
    mark = club.mark(amara)
    assert mark is not None and not mark.is_told_late


def test_an_unknown_session_is_not_there(club: Club) -> None:
    with pytest.raises(NotFound):
        services.save_register(
            session_id=factories.some_id(), marks={club.children[0].id: Marking(K.ATTENDED)}, client_key="k", actor=club.scene.partner
        )


def test_withdrawn_consent_takes_the_child_off_the_register_at_once(club: Club) -> None:
    amara, bilal = club.children[0], club.join()
    club.save({amara: K.ATTENDED, bilal: K.ATTENDED})
    with club.after(days=1) as session:
        club.withdraw_consent(amara)
        seen = queries.get_register(queries.get_session(session.id, club.scene.partner), club.scene.partner)
        assert [row.child_id for row in seen.rows] == [bilal.id]
    with pytest.raises(Invalid, match="not on this register"):
        club.save({amara: K.LATE}, seen=1, days=1)
    with club.after(week=1) as session:
        assert [p.child_id for p in queries.expected_places(session)] == [bilal.id]
    assert club.earned(amara) == 2_000  # what was delivered stays owed


def test_a_session_delivered_before_consent_was_withdrawn_is_marked_by_the_zone_manager_and_stays_owed(club: Club) -> None:
    amara = club.children[0]
    club.save({amara: K.ATTENDED})
    with club.after(week=1):
        club.withdraw_consent(amara)
    with pytest.raises(Invalid):
        club.save({amara: K.ATTENDED}, week=1)
    club.save({amara: K.ATTENDED}, week=1, by=club.scene.manager)
    assert club.earned(amara) == 4_000


def test_an_ended_introduction_takes_the_child_off_the_register(club: Club) -> None:
    from app.introductions import services as introductions
    from app.introductions.models import EndReason

    amara = club.children[0]
    club.save({amara: K.ATTENDED})
    with club.after(days=1) as session:
        introductions.end(
            introduction_id=club.commission(amara).introduction_id, reason=EndReason.CHILD_NO, note="Too loud.", actor=club.scene.link_worker
        )
        assert queries.get_register(queries.get_session(session.id, club.scene.partner), club.scene.partner).rows == []


def test_as_many_marks_as_sessions_were_bought_complete_the_commission(club: Club) -> None:
    bilal = club.join(sessions=2)
    club.save({bilal: K.ATTENDED})
    assert club.commission(bilal).state is CommissionState.IN_DELIVERY
    club.save({bilal: K.ABSENT_TOLD}, week=1)
    commission = club.commission(bilal)
    assert commission.state is CommissionState.DELIVERED
    assert commission.place is not None and commission.place.state is PlaceState.ENDED
    assert club.earned(bilal) == 2_000
    with club.after(week=2) as session:
        assert bilal.id not in {p.child_id for p in queries.expected_places(session)}


def test_a_session_while_delivery_is_paused_is_marked_but_not_owed(club: Club) -> None:
    from app.commissioning.services import delivery

    amara = club.children[0]
    club.save({amara: K.ATTENDED})
    with club.after(days=1):
        delivery.suspend(
            commission_id=club.commission(amara).id, until_on=club.session(4).held_on, reason="In hospital", actor=club.scene.link_worker
        )
    club.save({amara: K.ATTENDED}, week=1)
    mark = club.mark(amara, week=1)
    assert mark is not None and mark.percent == 0
    assert club.earned(amara) == 2_000


def test_a_place_without_a_commission_is_marked_and_owes_nothing(club: Club) -> None:
    from app.catalogue.models import OfferingKind
    from app.commissioning.services import places

    scene = club.scene
    asset = factories.make_offering(scene.organisation, kind=OfferingKind.COMMUNITY_ASSET)
    cohort = factories.make_cohort(asset, sessions=2)
    child = scene.child()
    factories.make_consent(child, scene.organisation)
    introduction = scene.introduction(child, IntroductionState.MET, asset)
    places.seat(cohort_id=cohort.id, child_id=child.id, introduction_id=introduction.id, actor=scene.link_worker)
    session = cohort.sessions[0]
    with clock.freeze(session.ends_at):
        services.save_register(session_id=session.id, marks={child.id: Marking(K.ATTENDED)}, client_key="k", actor=scene.partner)
        mark = queries.find_mark(session.id, child.id)
    assert mark is not None and mark.percent == 0
    assert db.session.get_one(Introduction, introduction.id).state is IntroductionState.JOINED
