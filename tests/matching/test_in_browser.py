"""The page of all children at once in a real browser, at every width."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page

from app.accounts.models import Role
from app.matching import everyone, surveys
from app.matching.models import MatchSurvey
from app.matching.queries import profile_of
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories as make
from tests.support.browser import check_at_every_width
from tests.support.live import Live, enter, watch_of


def test_all_children_at_once_is_sound_at_every_width(live: Live, new_page: Callable[..., Page]) -> None:
    with live.app.app_context():
        zone = make.make_zone()
        school, manager = make.make_school(zone), make.make_person(Role.ZONE_MANAGER, zone)
        worker, partner = make.make_person(Role.LINK_WORKER, zone), make.make_organisation(zone)
        children = [make.make_child(school, worker, first_name=name, max_km=km) for name, km in (("Amara", 5.0), ("Bilal", 0.1), ("Chloe", 5.0))]
        children.append(make.make_child(school, worker, first_name="Dan", windows=[]))
        for title, ages in (("Samba drums", (6, 12)), ("Drums for teenagers", (15, 17))):
            make.make_cohort(make.make_offering(partner, title=title, age_min=ages[0], age_max=ages[1]), capacity=1)
        found = everyone.as_kept(everyone.survey(zone.id, [(str(child.id), profile_of(child)) for child in children]))
        with atomic():
            db.session.add(MatchSurvey(
                zone_id=zone.id, person_id=manager.id, person_name=manager.name, children=4, done=4, found=found,
                created_at=clock.now() - timedelta(minutes=1), finished_at=clock.now()))
        assert surveys.find_survey(zone.id) is not None
        email = manager.email
    page = new_page("desktop")
    enter(page, email, "/zone/matches")
    page.get_by_role("heading", name="Children for whom nothing good is found").wait_for()
    page.get_by_role("link", name="Write down when Dan is free").wait_for()
    check_at_every_width(page, "/zone/matches", watch=watch_of(page))
