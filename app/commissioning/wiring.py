"""How the rooms below hear of places and money, and how the clock comes by. Nothing is decided here."""

from __future__ import annotations

from flask import Flask

from app.accounts import hooks as account_hooks
from app.catalogue import availability
from app.children import hooks as child_hooks
from app.commissioning import merging, panels
from app.commissioning.models import PROMISED_STATES, CommissionState
from app.commissioning.queries.commissions import find_live_commission
from app.commissioning.queries.money import list_open_funds
from app.commissioning.queries.places import count_every_live, count_live
from app.commissioning.services import clock, following, moving
from app.commissioning.words import bought, what_changes
from app.introductions import hooks as introduction_hooks
from app.introductions.models import Introduction
from app.notifications.sweeps import register_sweep


def connect(app: Flask) -> None:
    availability.register_counter(count_live, count_every_live)
    merging.register()
    introduction_hooks.register(
        commission_requested=_is_requested, commission_approved=_is_approved, what_ends=following.what_ends,
        on_agreed=following.on_agreed, on_ended=following.on_ended, lock_before=following.lock_before,
    )
    child_hooks.on_consent_withdrawn.append(following.on_consent_withdrawn)
    child_hooks.before_child_leaves.append(following.lock_before_child_leaves)
    child_hooks.on_child_left.append(following.on_child_left)
    child_hooks.what_consent_carries.append(following.what_consent_carries)
    child_hooks.what_leaving_ends.append(following.what_leaving_ends)
    child_hooks.before_school_changes.append(moving.lock_before_school_changes)
    child_hooks.on_school_changed.append(moving.on_school_changed)
    child_hooks.what_moving_does.append(moving.what_moving_does)
    account_hooks.register_funds(lambda zone_id: [(fund.id, fund.name) for fund in list_open_funds(zone_id)])
    register_sweep("commissioning", clock.run)
    panels.register()
    app.add_template_filter(bought)
    app.add_template_filter(what_changes)


def _is_requested(introduction: Introduction) -> bool:
    """Asked for, answered or promised: the partner can be asked."""
    commission = find_live_commission(introduction.id)
    return commission is not None and commission.state is not CommissionState.DRAFT


def _is_approved(introduction: Introduction) -> bool:
    commission = find_live_commission(introduction.id)
    return commission is not None and commission.state in PROMISED_STATES


