"""Confirming, starting, pausing, completing; and what sessions earn."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from app.accounts.models import Closure
from app.catalogue.models import Document, DocumentKind
from app.commissioning.models import Account, Commission, CommissionState, PlaceState, Posting
from app.commissioning.queries.money import balance, commission_balances
from app.commissioning.refusals import CannotConfirm, JournalConflict, NotEnoughMoney
from app.commissioning.services import commissions, decisions, delivery
from app.introductions import services as introductions
from app.introductions.models import Introduction, IntroductionState, Stance, Viewpoint
from app.notifications.models import Task
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, IllegalMove, Invalid
from tests import factories as make
from tests.commissioning.scene import Scene, person


def confirm(scene: Scene, commission: Any, **given: Any) -> Any:
    return delivery.confirm(**{
        "commission_id": commission.id, "practitioner_id": scene.practitioner.id, "actor": scene.partner, **given,
    })


def money(commission: Commission) -> dict[str, int]:
    found: dict[str, int] = {}
    for accounts in commission_balances(commission.id).values():
        for account in (Account.REQUESTED, Account.COMMITTED, Account.ACCRUED):
            found[account] = found.get(account, 0) + accounts[account]
    return {account.value: pence for account, pence in found.items() if pence}


def mark(scene: Scene, commission: Any, session: Any, percent: int = 100, revision: int = 1) -> Any:
    return delivery.accrue(
        commission_id=commission.id, session_id=session.id, percent=percent, revision=revision, actor=scene.partner
    )


# --- confirming ----------------------------------------------------------------------------------


def test_the_partner_takes_the_place_and_names_who_meets_the_child(scene: Scene) -> None:
    commission = confirm(scene, scene.approved())
    assert (commission.state, commission.practitioner_id) == (CommissionState.CONFIRMED, scene.practitioner.id)
    assert commission.place.state is PlaceState.TAKEN


def test_a_place_is_confirmed_only_when_the_money_is_promised(scene: Scene) -> None:
    with pytest.raises(IllegalMove):
        confirm(scene, scene.request())


@pytest.mark.parametrize("kind", [*list(DocumentKind)[:2], DocumentKind.BEHAVIOUR_AGREEMENT, DocumentKind.DATA_AGREEMENT])
def test_no_place_is_confirmed_with_documents_out_of_date_on_the_day(scene: Scene, kind: Any) -> None:
    commission = scene.approved()
    with atomic():
        db.session.query(Document).filter_by(kind=kind).one().expires_on = date(2026, 11, 22)
    with pytest.raises(CannotConfirm):
        confirm(scene, commission)
    assert commission.place.state is PlaceState.FIRM


def test_a_practitioner_needs_current_evidence(scene: Scene) -> None:
    commission = scene.approved()
    alone = make.make_practitioner(scene.organisation, with_dbs=False, works_alone=True)
    with pytest.raises(CannotConfirm):
        confirm(scene, commission, practitioner_id=alone.id)


def test_a_practitioner_works_for_that_organisation_and_has_not_left(scene: Scene) -> None:
    commission = scene.approved()
    stranger = make.make_practitioner(make.make_organisation(scene.zone))
    with pytest.raises(CannotConfirm, match="does not work for"):
        confirm(scene, commission, practitioner_id=stranger.id)
    with atomic():
        scene.practitioner.left_on = date(2026, 11, 23)
    with pytest.raises(CannotConfirm, match="has left"):
        confirm(scene, commission)


def test_sessions_of_a_term_time_programme_lie_inside_the_childs_term(scene: Scene) -> None:
    commission = scene.approved()
    with atomic():
        db.session.add(Closure(school_id=scene.school.id, name="Snow", starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 1)))
    with pytest.raises(CannotConfirm, match="Tuesday 1 December is outside the school’s term"):
        confirm(scene, commission)
    with atomic():
        scene.offering.season = "all_year"
    assert confirm(scene, commission).state is CommissionState.CONFIRMED


def test_only_that_partners_administrator_confirms(scene: Scene) -> None:
    commission = scene.approved()
    other = make.make_organisation(scene.zone)
    for somebody in (scene.link_worker, scene.manager, person("partner_admin", scene.zone, organisation_id=other.id)):
        with pytest.raises(Forbidden):
            confirm(scene, commission, actor=somebody)


def agree(scene: Scene, introduction: Introduction) -> None:
    introductions.agree(
        introduction_id=introduction.id, practitioner_id=scene.practitioner.id, first_dates="Tuesdays at 4", actor=scene.partner
    )


@pytest.fixture
def asked(scene: Scene) -> Any:
    """An introduction that was asked, with the words and the consent it rests on."""
    introduction = scene.introduction(state=IntroductionState.ASKED)
    make.make_consent(introduction.child, scene.organisation)
    make.make_view(introduction, scene.link_worker)
    make.make_view(
        introduction, scene.link_worker, Stance.YES, Viewpoint.CARER, carer_id=introduction.child.carers[0].id
    )
    return introduction


def test_the_partners_yes_confirms_a_place_whose_money_is_approved(scene: Scene, asked: Introduction) -> None:
    commission = scene.approved(asked)
    agree(scene, asked)
    assert (commission.state, commission.place.state) == (CommissionState.CONFIRMED, PlaceState.TAKEN)


def test_a_yes_before_the_money_confirms_by_itself_on_approval(scene: Scene, asked: Introduction) -> None:
    commission = scene.request(asked)
    agree(scene, asked)
    assert commission.state is CommissionState.REQUESTED and commission.partner_agreed_at is not None
    decisions.approve(commission_id=commission.id, actor=scene.holder)
    assert (commission.state, commission.practitioner_id) == (CommissionState.CONFIRMED, scene.practitioner.id)


def test_what_keeps_an_agreed_place_from_being_confirmed_becomes_the_partners_task(scene: Scene, asked: Introduction) -> None:
    commission = scene.request(asked)
    agree(scene, asked)
    with atomic():
        scene.practitioner.left_on = date(2026, 11, 23)
    decisions.approve(commission_id=commission.id, actor=scene.holder)
    assert commission.state is CommissionState.APPROVED
    task = db.session.query(Task).filter_by(kind="commission_confirm").one()
    assert (task.person_id, "has left" in task.text) == (scene.partner.id, True)
    assert commission.child.first_name not in task.title + task.text


# --- starting, pausing, completing ---------------------------------------------------------------


def test_setting_up_is_owed_from_the_first_session(scene: Scene) -> None:
    with atomic():
        scene.tariff.setup_pence = 1_500
    commission = scene.going()
    assert money(commission) == {"committed": 20_000, "accrued": 1_500}


def test_starting_twice_is_starting_once(scene: Scene) -> None:
    commission = scene.going()
    assert delivery.start_delivery(commission_id=commission.id).state is CommissionState.IN_DELIVERY


def test_sessions_while_paused_are_not_payable_and_the_place_is_kept(scene: Scene) -> None:
    commission = scene.going()
    first, second, third = scene.sessions()[:3]
    mark(scene, commission, first)
    with clock.freeze(datetime(2026, 11, 30, 9, 0, tzinfo=UTC)):
        delivery.suspend(commission_id=commission.id, until_on=date(2026, 12, 31), reason="Insurance ran out", actor=None)
        assert commission.place.state is PlaceState.TAKEN
    with clock.freeze(datetime(2026, 12, 2, 9, 0, tzinfo=UTC)):
        mark(scene, commission, second)
        delivery.resume(commission_id=commission.id, actor=scene.manager)
    mark(scene, commission, third)
    mark(scene, commission, second, revision=2)
    assert money(commission) == {"committed": 16_000, "accrued": 4_000}


def test_a_pause_needs_a_reason_and_a_day_to_come(scene: Scene) -> None:
    commission = scene.going()
    with pytest.raises(Invalid):
        delivery.suspend(commission_id=commission.id, until_on=date(2026, 12, 31), reason="", actor=scene.manager)
    with pytest.raises(Invalid):
        delivery.suspend(commission_id=commission.id, until_on=date(2026, 11, 23), reason="x", actor=scene.manager)


def test_delivered_in_full_gives_back_the_rest_and_frees_the_place(scene: Scene) -> None:
    commission = scene.going()
    for session in scene.sessions()[:3]:
        mark(scene, commission, session)
    delivery.complete(commission_id=commission.id, actor=None)
    assert commission.state is CommissionState.DELIVERED and commission.place.state is PlaceState.ENDED
    assert money(commission) == {"accrued": 6_000}
    assert balance(scene.fund.id, Account.AVAILABLE) == 494_000
    assert commission.introduction.is_open


def test_nobody_calls_it_delivered_while_sessions_are_to_come(scene: Scene) -> None:
    commission = scene.going()
    with pytest.raises(Invalid, match="Tuesday 24 November without a register"):
        delivery.complete(commission_id=commission.id, actor=scene.manager)


def test_closing_needs_a_note_by_the_link_worker_and_then_the_zone_manager(scene: Scene) -> None:
    commission = scene.going()
    delivery.complete(commission_id=commission.id, actor=None)
    with pytest.raises(Invalid, match="closing note first"):
        commissions.close(commission_id=commission.id, actor=scene.manager)
    commissions.write_closing_note(commission_id=commission.id, note_text="She drums on.", actor=scene.link_worker)
    with pytest.raises(Forbidden):
        commissions.close(commission_id=commission.id, actor=scene.link_worker)
    assert commissions.close(commission_id=commission.id, actor=scene.manager).state is CommissionState.CLOSED


# --- what a session earns ------------------------------------------------------------------------


def test_a_session_is_owed_once_however_often_it_is_sent(scene: Scene) -> None:
    commission = scene.going()
    session = scene.sessions()[0]
    assert mark(scene, commission, session).id == mark(scene, commission, session).id
    assert money(commission) == {"committed": 18_000, "accrued": 2_000}


def test_the_same_revision_with_another_percent_is_refused(scene: Scene) -> None:
    commission = scene.going()
    session = scene.sessions()[0]
    mark(scene, commission, session)
    with pytest.raises(JournalConflict):
        mark(scene, commission, session, percent=50)


def test_a_new_revision_takes_the_old_back(scene: Scene) -> None:
    commission = scene.going()
    session = scene.sessions()[0]
    mark(scene, commission, session)
    mark(scene, commission, session, percent=50, revision=2)
    assert money(commission) == {"committed": 18_000, "accrued": 1_000}
    assert balance(scene.fund.id, Account.AVAILABLE) == 481_000
    mark(scene, commission, session, percent=100, revision=5)
    assert money(commission) == {"committed": 18_000, "accrued": 2_000}


def test_an_older_revision_that_comes_late_is_refused(scene: Scene) -> None:
    commission = scene.going()
    session = scene.sessions()[0]
    mark(scene, commission, session, revision=3)
    with pytest.raises(JournalConflict, match="newer revision"):
        mark(scene, commission, session, percent=0, revision=2)


def test_what_falls_through_is_free_again_at_once(scene: Scene) -> None:
    commission = scene.going()
    mark(scene, commission, scene.sessions()[0], percent=0)
    assert money(commission) == {"committed": 18_000}
    assert balance(scene.fund.id, Account.AVAILABLE) == 482_000


def test_no_more_sessions_are_owed_than_were_bought(scene: Scene) -> None:
    commission = scene.going(sessions=2)
    for session in scene.sessions()[:3]:
        mark(scene, commission, session)
    assert money(commission) == {"accrued": 4_000}


def test_odd_pence_are_shared_and_never_lost(scene: Scene) -> None:
    with atomic():
        scene.tariff.price_pence = 3_333
    scene.fund_with(10_001, school_id=scene.school.id)
    scene.fund_with(7_000, need_area="Social", year_from=5)
    commission = scene.going(sessions=9)
    given = {s.fund_id: s.pence for s in commission.shares}
    assert len(given) == 3
    for session in scene.sessions()[:9]:
        mark(scene, commission, session)
    earned = {fund_id: accounts[Account.ACCRUED] for fund_id, accounts in commission_balances(commission.id).items()}
    assert earned == given


def test_each_session_says_which_it_was(scene: Scene) -> None:
    commission = scene.going()
    session = scene.sessions()[0]
    mark(scene, commission, session)
    assert db.session.query(Posting).filter_by(session_id=session.id, account=Account.ACCRUED).one().pence == 2_000


@pytest.mark.parametrize(("percent", "revision"), [(-1, 1), (101, 1), (50, 0)])
def test_nonsense_is_not_owed(scene: Scene, percent: Any, revision: Any) -> None:
    commission = scene.going()
    with pytest.raises(Invalid):
        mark(scene, commission, scene.sessions()[0], percent=percent, revision=revision)


def test_nothing_is_owed_before_the_first_session(scene: Scene) -> None:
    with pytest.raises(IllegalMove):
        mark(scene, scene.confirmed(), scene.sessions()[0])


def test_a_session_of_another_group_is_not_owed(scene: Scene) -> None:
    commission = scene.going()
    other = make.make_session(
        make.make_cohort(make.make_offering(scene.organisation)), clock.at_london(date(2026, 11, 24), time(16))
    )
    with pytest.raises(Invalid, match="not one of this commission’s group"):
        mark(scene, commission, other)


def test_a_register_that_comes_after_the_end_is_still_owed(scene: Scene) -> None:
    commission = scene.going()
    mark(scene, commission, scene.sessions()[0])
    commissions.end_early(commission_id=commission.id, reason="Moved away", actor=scene.link_worker)
    assert money(commission) == {"accrued": 2_000}
    mark(scene, commission, scene.sessions()[1])
    assert money(commission) == {"accrued": 4_000}
    mark(scene, commission, scene.sessions()[1], percent=0, revision=2)
    assert money(commission) == {"accrued": 2_000}
    assert balance(scene.fund.id, Account.AVAILABLE) == 498_000


def test_a_correction_the_fund_cannot_pay_is_refused_and_changes_nothing(scene: Scene) -> None:
    with atomic():
        scene.fund.is_closed = True
    scene.fund_with(20_000, name="Small")
    commission = scene.going()
    session = scene.sessions()[0]
    mark(scene, commission, session, percent=0)
    scene.request(sessions=1)  # the £20 that fell through is asked for by somebody else
    with pytest.raises(NotEnoughMoney, match="Small is £20 short"):
        mark(scene, commission, session, percent=100, revision=2)
    assert money(commission) == {"committed": 18_000}


