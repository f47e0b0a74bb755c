"""Saved searches: told once of what is new and fits, never of what one may not see, and no name in what is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts.models import Person, Role, RoleGrant, School, Zone
from app.catalogue.models import Offering, OfferingState
from app.catalogue.models.finding import SavedSearch, SavedSearchOffer
from app.catalogue.services import saved_searches as verbs
from app.notifications.models import Task
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import DomainError, Invalid
from tests import factories
from tests.catalogue.shelf import read
from tests.support.client import StrictClient
from tests.support.people import sign_in


def save(worker: Person, zone: Zone, asked: str = "q=drumming", name: str = "Drums", *, is_told: bool = True) -> SavedSearch:
    return verbs.save_search(zone_id=zone.id, name=name, asked=asked, is_told=is_told, actor=worker)


def offer(zone: Zone, title: str = "Samba drumming", **given: object) -> Offering:
    return factories.make_offering(factories.make_organisation(zone, name=f"{title} Trust"), title=title, interests=["drumming"], **given)


def next_day() -> None:
    """A day later, the clock has come by (twice, as two workers would)."""
    with atomic():
        db.session.execute(sa.update(SavedSearch).values(swept_on=clock.today() - timedelta(days=1)))
    verbs.sweep()
    verbs.sweep()


def tasks(person: Person) -> list[Task]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Task).where(Task.person_id == person.id, Task.closed_at.is_(None))))


def test_what_fits_when_it_is_saved_is_not_told_and_what_comes_later_is_told_once(worker: Person, zone: Zone) -> None:
    saved = save(worker, zone)
    next_day()
    assert tasks(worker) == []
    offer(zone)
    next_day()
    (task,) = tasks(worker)
    assert (task.title, task.url) == ("New for a search you saved: Samba drumming", f"/find/saved/{saved.id}")
    verbs.mark_seen(saved_id=saved.id, actor=worker)
    next_day()
    assert tasks(worker) == []


def test_it_is_looked_at_once_a_day(worker: Person, zone: Zone) -> None:
    save(worker, zone)
    offer(zone)
    assert verbs.sweep() == 0
    assert tasks(worker) == []


def test_several_new_ones_are_one_task_and_the_words_name_nobody(worker: Person, zone: Zone) -> None:
    save(worker, zone, "q=drumming+for+amara", "Quiet drums")
    for title in ("Samba drumming", "Taiko drumming"):
        offer(zone, title)
    next_day()
    found = tasks(worker)
    for task in found:
        assert "and 1 more" in task.title
        assert not {"amara", "quiet"} & set(f"{task.title} {task.text} {task.url}".lower().split())
        assert task.child_id is None
    assert len(found) <= 1


def test_what_comes_back_after_a_pause_is_not_told_again(worker: Person, zone: Zone) -> None:
    saved = save(worker, zone)
    new = offer(zone)
    next_day()
    verbs.mark_seen(saved_id=saved.id, actor=worker)
    for state in (OfferingState.PAUSED, OfferingState.LIVE):
        with atomic():
            db.session.get_one(Offering, new.id).state = state
        next_day()
    assert tasks(worker) == []


def test_drafts_other_zones_and_what_only_comes_near_are_not_told(worker: Person, zone: Zone) -> None:
    save(worker, zone, "q=drumming&day=Sat")
    offer(zone, "Draft drumming", state=OfferingState.DRAFT, slots=[{"day": "Sat", "start": "10:00", "end": "11:00", "season": "term"}])
    offer(zone, "Monday drumming", slots=[{"day": "Mon", "start": "10:00", "end": "11:00", "season": "term"}])
    offer(factories.make_zone(name="Wigan"), "Wigan drumming", slots=[{"day": "Sat", "start": "10:00", "end": "11:00", "season": "term"}])
    next_day()
    assert tasks(worker) == []


def test_whoever_stops_being_told_or_has_no_role_any_more_is_told_nothing(worker: Person, zone: Zone) -> None:
    saved, other = save(worker, zone), factories.make_person(Role.LINK_WORKER, zone)
    save(other, zone)
    offer(zone)
    next_day()
    verbs.tell(saved_id=saved.id, is_told=False, actor=worker)
    assert tasks(worker) == []
    with pytest.raises(DomainError):
        verbs.tell(saved_id=saved.id, is_told=False, actor=worker)
    offer(zone, "Taiko drumming")
    with atomic():
        db.session.execute(sa.update(RoleGrant).where(RoleGrant.person_id == other.id).values(ends_on=clock.today() - timedelta(days=1),
                                                                                             starts_on=clock.today() - timedelta(days=9)))
        db.session.execute(sa.update(Task).values(closed_at=clock.now()))
    db.session.expire_all()
    next_day()
    assert tasks(worker) == tasks(other) == []
    verbs.tell(saved_id=saved.id, is_told=True, actor=worker)
    next_day()
    assert tasks(worker) == [], "what came while it was silent is known"


def test_removing_a_search_takes_its_task_and_what_it_remembered(worker: Person, zone: Zone) -> None:
    saved = save(worker, zone)
    offer(zone)
    next_day()
    verbs.remove_search(saved_id=saved.id, actor=worker)
    assert tasks(worker) == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SavedSearchOffer)) == 0


def test_a_name_is_used_once_and_no_child_is_named_in_it(worker: Person, zone: Zone, school: School) -> None:
    save(worker, zone)
    factories.make_child(school, worker, first_name="Kwasi", last_name="Brew")
    factories.make_child(school, None, first_name="Petronella", last_name="Ash")
    for name, asked in (("drums", "q=guitar"), ("For Kwasi", "q=guitar"), ("Kwasi's club", "q=guitar"), ("Guitar", "q=guitar+kwasi")):
        with pytest.raises(Invalid) as refused:
            save(worker, zone, asked, name)
        assert refused.value.field == "name", name
    save(worker, zone, "q=guitar", "Petronella")  # a child of somebody else: nothing is given away about who there is


def test_distance_counts_from_the_school_that_was_chosen(worker: Person, zone: Zone, school: School) -> None:
    save(worker, zone, f"q=drumming&near={school.id}&within=1")
    offer(zone, "Near drumming", latitude=51.506, longitude=-0.2237)
    offer(zone, "Far drumming", latitude=51.60, longitude=-0.2237)
    next_day()
    (task,) = tasks(worker)
    assert "Near drumming" in task.title
    assert "more" not in task.title


# --- pages ------------------------------------------------------------------------------------------


def test_a_search_is_saved_from_the_page_listed_looked_at_silenced_and_removed(client: StrictClient, worker: Person, zone: Zone) -> None:
    sign_in(client, worker)
    link = read(client, "/find?q=drumming&day=Thu&page=1&sort=places").find("a", string=lambda text: text == "Save this search")
    link = link or next(a for a in read(client, "/find?q=drumming&day=Thu").find_all("a") if "Save this search" in a.get_text())
    path = str(link["href"])  # type: ignore[index]
    assert "sort" not in path
    said = read(client, path).select_one("main").get_text()  # type: ignore[union-attr]
    assert "“drumming”" in said
    assert "Thursday" in said
    empty = client.post(path, data={"name": " ", "is_told": "y"})
    assert empty.status_code == 422
    assert "Give the search a name" in empty.get_data(as_text=True)
    assert client.post(path, data={"name": "Drums on Thursdays", "is_told": "y"}).status_code == 303
    offer(zone, slots=[{"day": "Thu", "start": "16:00", "end": "17:00", "season": "term"}])
    next_day()
    page = read(client, "/find/saved")
    assert "1 new offer" in page.get_text()
    new = str(next(a for a in page.find_all("a") if "new offer" in a.get_text())["href"])
    assert "Samba drumming" in read(client, new).get_text()
    for action, left in (("seen", "Drums on Thursdays"), ("tell", "not told"), ("remove", "No saved searches yet")):
        assert client.post(f"{new}/{action}", data={"to": "no"}).status_code == 303, action
        assert left in read(client, "/find/saved").get_text(), action
    assert client.get(new).status_code == 404


def test_nobody_elses_saved_search_can_be_read_or_changed(client: StrictClient, worker: Person, zone: Zone) -> None:
    saved = save(worker, zone)
    for person in (factories.make_person(Role.LINK_WORKER, zone), factories.make_person(Role.ZONE_MANAGER, zone)):
        sign_in(client, person)
        assert client.get(f"/find/saved/{saved.id}").status_code == 404
        for action in ("seen", "tell", "remove"):
            assert client.post(f"/find/saved/{saved.id}/{action}").status_code == 404, action
        assert "Drums" not in read(client, "/find/saved").get_text()
