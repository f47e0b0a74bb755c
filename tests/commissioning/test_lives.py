"""Random lives of funds, requests, decisions, sessions and withdrawals: whatever happens, every invariant holds."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.catalogue.models import TariffBasis
from app.catalogue.services.tariffs import set_tariff
from app.children.services import change_school
from app.commissioning import invariants
from app.commissioning.models import LIVE_STATES, Account, Commission, Fund, Variation
from app.commissioning.queries.money import balances
from app.commissioning.services import clock as sweeps
from app.commissioning.services import (
    commissions,
    decisions,
    delivery,
    funds,
    places,
    splitting,
    undoing,
    variations,
)
from app.introductions import services as introductions
from app.introductions.models import EndReason, Introduction
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import DomainError
from tests import factories as make
from tests.commissioning.scene import MONDAY, Scene, build
from tests.support.databases import Database

LAST_DAY = date(2026, 12, 14)
EXAMPLES = int(os.environ.get("KITH_LIVES", "4"))
"""Few in the suite; `KITH_LIVES=200` before a release."""
numbers = st.integers(0, 3)


class Lives(RuleBasedStateMachine):
    """One rule, many things that somebody might do next; refusals are part of life.

    Nothing is checked by hand but in `everything_holds`, which runs after each step.
    """

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.database.fresh()
        self.context = self.database.app.app_context()
        self.context.push()
        self.now = MONDAY
        self.frozen = clock.freeze(self.now)
        self.frozen.__enter__()
        self.asked: list[Any] = []
        self.done: list[str] = []

    def teardown(self) -> None:
        self.frozen.__exit__(None, None, None)
        db.session.remove()
        self.context.pop()

    @initialize(
        price=st.sampled_from([33, 999, 2_000, 3_333]), capacity=st.integers(1, 3), setup=st.sampled_from([0, 7]),
        given=st.lists(st.integers(0, 20_000), min_size=3, max_size=3), basis=st.sampled_from(TariffBasis),
    )
    def open(self, price: int, capacity: int, setup: int, given: list[int], basis: TariffBasis) -> None:
        self.scene: Scene = build(
            money=given[0], capacity=capacity, price_pence=price, sessions=4, hold_school_days=3, second_approver_above_pence=8_000
        )
        with atomic():
            self.scene.tariff.setup_pence, self.scene.tariff.notice_percent, self.scene.tariff.basis = setup, 50, basis
            self.other_group = make.make_cohort(self.scene.offering, id=uuid4(), sessions=3, capacity=1).id
            self.elsewhere = make.make_school(self.scene.zone, id=uuid4())
        self.children = [self.scene.child() for _ in range(4)]
        self.funds = [
            self.scene.fund, self.scene.fund_with(given[1], school_id=self.scene.school.id),
            self.scene.fund_with(given[2], need_area="Social", funder="Larch Tree Foundation"),
        ]
        self.received = sum(given)

    @rule(
        what=st.sampled_from([
            "ask", "ask", "ask", "go_on", "go_on", "go_on", "go_on", "go_on", "mark", "mark", "mark", "mark", "decide_no",
            "stop", "pause", "end_introduction", "give", "resize", "wait", "sweep", "take_back", "change", "change", "resplit", "together",
            "send_back", "reprice", "school",
        ]),
        n=numbers, k=numbers, flag=st.booleans(), percent=st.sampled_from([0, 33, 50, 100]), pence=st.integers(1, 9_000),
    )
    def happens(self, what: str, n: int, k: int, flag: bool, percent: int, pence: int) -> None:
        commission_id = self._one_of_the_asked(n)
        if what == "ask":
            self._ask(self.children[n], k + 1, flag)
        elif what == "give":
            self._give(self.funds[n % 3].id, pence)
        elif what == "resize":
            self._try(places.change_capacity, cohort_id=self.scene.cohort.id, capacity=n, actor=self.scene.partner)
        elif what == "wait":
            self._wait(1 + n)
        elif what == "reprice":
            self._try(set_tariff, offering_id=self.scene.offering.id, price_pence=pence // 3, setup_pence=7 * n, notice_percent=50,
                      basis=TariffBasis.PLACE if flag else TariffBasis.SESSION, actor=self.scene.manager)
        elif what == "school":
            schools = (self.scene.school.id, self.elsewhere.id)
            self._try(change_school, child_id=self.children[n].id, school_id=schools[k % 2], actor=self.scene.manager)
        elif what == "sweep":
            sweeps.run()
        elif what == "together":
            self._ask_together([self.children[n], self.children[(n + 1 + k % 3) % 4]], k + 1)
        elif what == "send_back":
            self._send_back(self.funds[n % 3].id, pence)
        elif commission_id is not None:
            getattr(self, f"_{what}")(commission_id, k=k, flag=flag, percent=percent)

    def _one_of_the_asked(self, n: int) -> Any:
        """One that lives, where there is one; now and then any."""
        live = db.session.query(Commission.id).filter(Commission.state.in_(LIVE_STATES)).order_by(Commission.created_at).all()
        among = [row.id for row in live] if live and n else self.asked
        return among[n % len(among)] if among else None

    def _ask(self, child: Any, sessions: int, join: bool) -> None:
        standing = db.session.query(Introduction).filter_by(child_id=child.id).all()
        introduction = next((i for i in standing if i.is_open), None) or self.scene.introduction(child)
        made = self._try(self.scene.request, introduction, sessions=sessions, join_waiting_list=join)
        if made is not None:
            self.asked.append(made.id)

    def _give(self, fund_id: Any, pence: int) -> None:
        reference = f"r{len(self.done)}"
        for verb in (funds.pledge, funds.receive):
            verb(fund_id=fund_id, pence=pence, reference=reference, actor=self.scene.manager)
        self.received += pence
        self.done.append("give")

    def _ask_together(self, children: list[Any], sessions: int) -> None:
        introductions = [next((i for i in _open_ones(child) if i.is_open), None) or self.scene.introduction(child) for child in children]
        made = self._try(
            commissions.request_together, children=[commissions.Asked(i.id, i.child.needs[0].code) for i in introductions],
            cohort_id=self.scene.cohort.id, sessions=sessions, goal="x", why="x", free_alternatives="x", actor=self.scene.link_worker,
        )
        self.asked += [c.id for c in made or []]

    def _send_back(self, fund_id: Any, pence: int) -> None:
        """Only a fund that is over gives back: this one is for a moment."""
        fund = db.session.get_one(Fund, fund_id)
        with atomic():
            fund.is_closed = True
        if self._try(funds.send_back, fund_id=fund_id, pence=pence, reference=f"s{len(self.done)}", actor=self.scene.manager):
            self.received -= pence
        with atomic():
            fund.is_closed = False

    def _wait(self, days: int) -> None:
        if self.now.date() + timedelta(days=days) < LAST_DAY:
            self.now += timedelta(days=days)
            self.frozen.__exit__(None, None, None)
            self.frozen = clock.freeze(self.now)
            self.frozen.__enter__()

    def _go_on(self, commission_id: Any, *, k: int, flag: bool, percent: int) -> None:
        """The next step on the way to being delivered, whichever it is."""
        scene = self.scene
        if flag and k == 0:
            self._try(decisions.override, commission_id=commission_id, reason="x", actor=scene.second)
        self._try(decisions.approve, commission_id=commission_id, actor=scene.holder)
        self._try(decisions.approve, commission_id=commission_id, actor=scene.second)
        if k:
            self._try(delivery.confirm, commission_id=commission_id, practitioner_id=scene.practitioner.id, actor=scene.partner)
            self._try(delivery.start_delivery, commission_id=commission_id)
        if k == 3 and flag:
            self._try(delivery.complete, commission_id=commission_id, actor=None)

    def _take_back(self, commission_id: Any, *, k: int, flag: bool, percent: int) -> None:
        self._try(undoing.take_back, commission_id=commission_id, actor=self.scene.holder if flag else self.scene.second)

    def _change(self, commission_id: Any, *, k: int, flag: bool, percent: int) -> None:
        """More or fewer sessions, perhaps the price of today, perhaps another group; then perhaps a yes, a no, or neither."""
        change = self._try(
            variations.change, commission_id=commission_id, sessions=k + 1, reason="x", actor=self.scene.link_worker, at_todays_price=flag,
            cohort_id=self.other_group if percent == 33 else None,
        )
        change = change or db.session.query(Variation).filter_by(commission_id=commission_id, state="requested").one_or_none()
        if change is not None and change.state == "requested":
            if percent == 0:
                self._try(variations.reject_change, variation_id=change.id, reason="x", actor=self.scene.holder)
            else:
                self._try(variations.approve_change, variation_id=change.id, actor=self.scene.holder)
                self._try(variations.approve_change, variation_id=change.id, actor=self.scene.second)

    def _resplit(self, commission_id: Any, *, k: int, flag: bool, percent: int) -> None:
        """By hand, over two funds; the rules say whether."""
        total = db.session.get_one(Commission, commission_id).total_pence
        first = total * percent // 100
        parts = {self.funds[k % 3].id: first, self.funds[(k + 1) % 3].id: total - first}
        self._try(splitting.change_split, commission_id=commission_id, parts=parts, actor=self.scene.holder)

    def _mark(self, commission_id: Any, *, k: int, flag: bool, percent: int) -> None:
        """A register, sent twice; sometimes a correction."""
        sessions = self.scene.sessions(db.session.get_one(Commission, commission_id))
        session_id = sessions[k % len(sessions)].id
        for revision in (1, 2) if flag else (1,):
            for _ in range(2):
                self._try(
                    delivery.accrue, commission_id=commission_id, session_id=session_id, percent=(percent * revision) % 101,
                    revision=revision, actor=None,
                )

    def _decide_no(self, commission_id: Any, *, k: int, flag: bool, percent: int) -> None:
        if flag:
            self._try(decisions.reject, commission_id=commission_id, reason="x", actor=self.scene.holder)
        elif self._try(decisions.return_, commission_id=commission_id, question="?", actor=self.scene.holder):
            self._try(commissions.answer_question, commission_id=commission_id, answer="!", actor=self.scene.link_worker)

    def _stop(self, commission_id: Any, *, k: int, flag: bool, percent: int) -> None:
        actor = self.scene.partner if flag else self.scene.link_worker
        self._try(commissions.cancel, commission_id=commission_id, reason="x", actor=actor)
        self._try(commissions.end_early, commission_id=commission_id, reason="x", actor=actor)

    def _pause(self, commission_id: Any, *, k: int, flag: bool, percent: int) -> None:
        if flag:
            until = clock.today() + timedelta(days=9)
            self._try(delivery.suspend, commission_id=commission_id, until_on=until, reason="x", actor=None)
        else:
            self._try(delivery.resume, commission_id=commission_id, actor=None)

    def _end_introduction(self, commission_id: Any, *, k: int, flag: bool, percent: int) -> None:
        commission = db.session.get_one(Commission, commission_id)
        reason = EndReason.CONSENT_WITHDRAWN if flag else EndReason.MOVED
        introductions.end(introduction_id=commission.introduction_id, reason=reason, actor=self.scene.link_worker)
        live = db.session.query(Commission).filter(
            Commission.introduction_id == commission.introduction_id, Commission.state.in_(LIVE_STATES)
        ).count()
        assert live == 0, "an ended introduction left its commission behind"

    def _try(self, verb: Callable[..., Any], *args: Any, **given: Any) -> Any:
        try:
            result = verb(*args, **given)
        except DomainError:
            return None
        self.done.append(verb.__name__)
        return result

    @invariant()
    def everything_holds(self) -> None:
        if not hasattr(self, "received"):
            return
        db.session.rollback()
        assert invariants.broken() == []
        held = balances(fund.id for fund in self.funds)
        inside = (Account.AVAILABLE, Account.REQUESTED, Account.COMMITTED, Account.ACCRUED)
        assert sum(held[f.id][a] for f in self.funds for a in inside) == self.received, "a penny was lost or made"


def _open_ones(child: Any) -> list[Introduction]:
    return db.session.query(Introduction).filter_by(child_id=child.id).all()


def test_lives_keep_every_invariant(database: Database) -> None:
    class OnThisDatabase(Lives):
        pass

    OnThisDatabase.database = database
    run_state_machine_as_test(OnThisDatabase, settings=settings(
        max_examples=EXAMPLES, stateful_step_count=25, deadline=None, database=None, suppress_health_check=list(HealthCheck),
    ))
