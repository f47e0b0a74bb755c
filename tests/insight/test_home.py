"""What each role finds on its home page; what it never finds there; what it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from app.accounts.models import Person, Role, RoleGrant
from app.attendance.models import MarkKind
from app.attendance.services import Marking
from app.audit.models import Sight
from app.catalogue.models import DocumentKind, DocumentState
from app.commissioning.services import places
from app.insight.queries.link_worker import term_start
from app.introductions.models import IntroductionState
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories
from tests.attendance.club import Club
from tests.commissioning.scene import person
from tests.insight.test_navigation import ROLES, somebody
from tests.support.client import StrictClient
from tests.support.people import sign_in
from tests.support.statements import count_statements

K = MarkKind


def home(client: StrictClient, someone: Person) -> BeautifulSoup:
    sign_in(client, someone)
    answer = client.get("/")
    assert answer.status_code == 200
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert len(page.select("h1")) == 1
    return page


def text(page: BeautifulSoup) -> str:
    return page.main.get_text(" ", strip=True) if page.main else ""


# --- Link Worker ---------------------------------------------------------------------------------


def test_a_link_worker_is_told_what_cannot_wait(club: Club, client: StrictClient) -> None:
    amara = club.children[0]
    with club.after():
        assert "Nothing is on fire. 1 child to listen to." in text(home(client, club.scene.link_worker))
    club.save({amara: K.ABSENT_UNTOLD})
    with club.after():
        told = text(home(client, club.scene.link_worker))
    assert "One thing cannot wait. The rest can." in told
    assert "Amara O. · Ring home" in told


def test_a_link_workers_day_shows_sessions_and_first_meetings_of_their_own_children(club: Club, client: StrictClient) -> None:
    scene = club.scene
    club.join(state=IntroductionState.AGREED)
    with clock.freeze(club.session().starts_at - timedelta(hours=6)):
        with atomic():
            introduction = club.commission(club.children[1]).introduction
            introduction.state, introduction.meeting_at = IntroductionState.ARRANGED, clock.now() + timedelta(hours=2)
        told = text(home(client, scene.link_worker))
        assert f"{scene.offering.title}, 2 children" in told
        assert f"{club.children[1].short_name} meets {scene.organisation.name}" in told
        other = person(Role.LINK_WORKER, scene.zone)
        assert scene.offering.title not in text(home(client, other))


def test_a_link_worker_reads_what_partners_noticed_and_that_is_written_down(club: Club, client: StrictClient) -> None:
    amara = club.children[0]
    club.save({amara: Marking(K.ATTENDED, note="Led the warm-up.")})
    with club.after():
        assert "Led the warm-up." in text(home(client, club.scene.link_worker))
        assert db.session.query(Sight).filter_by(person_id=club.scene.link_worker.id, child_id=amara.id, what="today").count() == 1
        assert "Led the warm-up." not in text(home(client, person(Role.LINK_WORKER, club.scene.zone)))
    with club.after(days=8):
        assert "Led the warm-up." not in text(home(client, club.scene.link_worker))


def test_a_link_worker_counts_only_their_own_children(club: Club, client: StrictClient) -> None:
    club.save({club.children[0]: K.ATTENDED})
    with club.after():
        mine = [dd.get_text() for dd in home(client, club.scene.link_worker).select(".figs dd")]
        theirs = [dd.get_text() for dd in home(client, person(Role.LINK_WORKER, club.scene.zone)).select(".figs dd")]
    assert (mine[1], theirs) == ("1", ["0", "0", "0"])


@pytest.mark.parametrize(("day", "start"), [
    ("2026-09-01", "2026-09-01"), ("2026-12-31", "2026-09-01"), ("2027-01-01", "2027-01-01"), ("2027-03-31", "2027-01-01"),
    ("2027-04-01", "2027-04-01"), ("2027-08-31", "2027-04-01"),
])
def test_a_term_starts_in_september_january_or_april(day: str, start: str) -> None:
    from datetime import date

    assert term_start(date.fromisoformat(day)) == date.fromisoformat(start)


# --- partner -------------------------------------------------------------------------------------


def test_a_partner_sees_who_comes_today_new_ones_first_with_what_helps(club: Club, client: StrictClient) -> None:
    club.save({club.children[0]: K.ATTENDED})
    bilal = club.join(first_name="Bilal", what_helps="A quiet hello; do not ask where he was")
    factories.make_one_page(bilal, read_by=club.scene.link_worker)
    with clock.freeze(club.session(1).starts_at - timedelta(hours=2)):
        page = home(client, club.scene.partner)
        assert [p.get_text(" ", strip=True) for p in page.select(".newkid")] == [
            "Bilal, new today. A quiet hello; do not ask where he was."
        ]
        assert [b.get_text() for b in page.select(".kids b")] == ["Amara"]
        assert page.find("a", string=lambda s: bool(s) and "Take the register" in s) or "Take the register" in text(page)
        seen = {sight.child_id for sight in db.session.query(Sight).filter_by(person_id=club.scene.partner.id, what="today")}
        assert seen == {club.children[0].id, bilal.id}
        club.withdraw_consent(bilal)
        assert "Bilal" not in text(home(client, club.scene.partner))


def test_a_partner_is_asked_by_name_only_where_the_name_is_shared(club: Club, client: StrictClient) -> None:
    scene = club.scene
    named, unnamed = scene.child(first_name="Chloe"), scene.child(first_name="Daniyar")
    factories.make_consent(named, scene.organisation)
    factories.make_consent(unnamed, scene.organisation, fields=["interests"])
    for child in (named, unnamed):
        scene.introduction(child, IntroductionState.ASKED)
    told = text(home(client, scene.partner))
    assert f"{scene.link_worker.name} asks about Chloe" in told
    assert "Daniyar" not in told
    assert f"asks about {unnamed.reference}" in told


def test_a_partner_without_anything_to_do_is_told_so(club: Club, client: StrictClient) -> None:
    lone = factories.make_organisation(club.scene.zone)
    told = text(home(client, person(Role.PARTNER_ADMIN, club.scene.zone, organisation_id=lone.id)))
    assert "New introductions appear here" in told
    assert "No open groups" in told
    assert "Money is earned as registers are taken" in told


def test_a_partner_is_told_of_documents_that_run_out_unless_newer_ones_are_there(club: Club, client: StrictClient) -> None:
    from app.catalogue.models import Document

    organisation = club.scene.organisation
    with atomic():
        document = db.session.query(Document).filter_by(
            organisation_id=organisation.id, kind=DocumentKind.PUBLIC_LIABILITY, practitioner_id=None
        ).one()
        document.expires_on = clock.today() + timedelta(days=20)
    assert "Public liability insurance runs out" in text(home(client, club.scene.partner))
    factories.save(Document(
        organisation_id=organisation.id, kind=DocumentKind.PUBLIC_LIABILITY, state=DocumentState.VERIFIED, issued_on=clock.today(),
        expires_on=clock.today() + timedelta(days=400),
    ))
    assert "Public liability insurance runs out" not in text(home(client, club.scene.partner))


def test_a_partners_money_is_what_registers_earned_and_what_is_promised(club: Club, client: StrictClient) -> None:
    club.save({club.children[0]: K.ATTENDED})
    with club.after():
        told = text(home(client, club.scene.partner))
        assert "Earned so far £20" in told
        assert "Still to come £180" in told
        practitioner = person(Role.PRACTITIONER, club.scene.zone, organisation_id=club.scene.organisation.id)
        assert "£" not in text(home(client, practitioner))


def test_places_are_counted_with_holds_that_have_not_lapsed(club: Club, client: StrictClient) -> None:
    club.scene.request()
    assert "1 taken, 1 held for a request, 10 open" in text(home(client, club.scene.partner))
    with club.after(week=4):
        assert "1 taken, 11 open" in text(home(client, club.scene.partner))


# --- budget holder, funder -----------------------------------------------------------------------


def test_a_budget_holder_sees_references_and_never_a_name(club: Club, client: StrictClient) -> None:
    request = club.scene.request(club.scene.introduction(club.scene.child(first_name="Zebedee")))
    told = text(home(client, club.scene.holder))
    assert "1 request waits for you, £200 in all." in told
    assert request.child.reference in told
    assert "Zebedee" not in told
    assert "Amara" not in told


def test_a_budget_holders_bar_is_the_funds_in_force_together(club: Club, client: StrictClient) -> None:
    club.save({club.children[0]: K.ATTENDED})
    club.scene.request()
    club.scene.fund_with(100_00, name="Second fund")
    with club.after():
        told = text(home(client, club.scene.holder))
    assert "2 funds together, £5,100" in told
    assert "Spent £20 Agreed £180 Waiting £200 Free to use £4,700" in told


def test_a_budget_holder_of_another_zone_sees_none_of_it(club: Club, client: StrictClient) -> None:
    club.scene.request()
    told = text(home(client, person(Role.BUDGET_HOLDER, factories.make_zone())))
    assert "No request is waiting." in told
    assert "No funds in force" in told


def test_a_funder_sees_totals_of_their_own_fund_and_small_numbers_are_not_told(club: Club, client: StrictClient) -> None:
    club.scene.fund_with(700_00, name="Somebody else’s fund")
    funder = person(Role.FUNDER, club.scene.zone, fund_id=club.scene.fund.id)
    told = text(home(client, funder))
    assert "has helped fewer than 5 children" in told
    assert "Somebody else" not in told
    assert club.children[0].reference not in told
    for _ in range(4):
        club.join()
    assert "has helped 5 children" in text(home(client, funder))


# --- the others ----------------------------------------------------------------------------------


def test_a_zone_manager_sees_what_needs_them(club: Club, client: StrictClient) -> None:
    factories.make_child(club.scene.school)
    with club.after(days=1):
        told = text(home(client, club.scene.manager))
    assert "1 child without a Link Worker" in told
    assert "1 child with no open introduction" in told
    assert "1 register not taken" in told


def test_a_school_lead_sees_how_their_children_are_getting_on(club: Club, client: StrictClient) -> None:
    """A child who came once of two times, another school's child who never came; the newest mark of each counts."""
    scene, amara = club.scene, club.children[0]
    club.save({amara: K.ATTENDED}, week=0)
    club.save({amara: K.ABSENT_TOLD}, week=1)
    far = club.join(sessions=2, first_name="Zed", last_name="Far")
    with atomic():
        far.school_id = factories.make_school(scene.zone, name="Elsewhere School").id
    club.save({far: K.ABSENT_TOLD}, week=0)
    with club.after(1):
        told = text(home(client, person(Role.SCHOOL_LEAD, scene.zone, school_id=scene.school.id)))
    assert "Who came, in the last four weeks" in told
    assert "50% of 2" in told
    assert "to free local places" in told and "Counted on the day they met, once per child and offering, ever." in told, "what is counted, beside the count"


def test_a_school_lead_sees_their_own_school_only(club: Club, client: StrictClient) -> None:
    other = factories.make_school(club.scene.zone, name="Elsewhere School")
    told = text(home(client, person(Role.SCHOOL_LEAD, club.scene.zone, school_id=club.scene.school.id)))
    assert club.scene.school.name in told
    assert other.name not in told
    own_safeguarding = person(Role.SAFEGUARDING_LEAD, club.scene.zone, school_id=club.scene.school.id)
    assert other.name not in text(home(client, own_safeguarding))
    assert other.name in text(home(client, person(Role.SAFEGUARDING_LEAD, club.scene.zone)))


def test_an_administrator_sees_zones_and_no_child(club: Club, client: StrictClient) -> None:
    told = text(home(client, factories.make_person(Role.ADMINISTRATOR)))
    assert club.scene.zone.name in told
    assert "Amara" not in told


def test_somebody_with_two_roles_has_a_part_for_each_and_their_tasks_once(club: Club, client: StrictClient) -> None:
    worker = club.scene.link_worker
    with atomic():
        worker.grants.append(RoleGrant(
            role=Role.BUDGET_HOLDER, zone_id=club.scene.zone.id, starts_on=clock.today() - timedelta(days=1)
        ))
    club.save({club.children[0]: K.ABSENT_UNTOLD})
    with club.after():
        page = home(client, worker)
    assert len(page.select(".task__w")) == 1
    assert [h2.get_text() for h2 in page.select("h2") if h2.get_text() == "Approvals"] == ["Approvals"]


def test_a_role_that_has_ended_shows_nothing(club: Club, client: StrictClient) -> None:
    with atomic():
        club.scene.partner.grants[0].ends_on = clock.today()
    with clock.freeze(clock.now() + timedelta(days=1)):
        assert "You have no role in force" in text(home(client, club.scene.partner))


def test_no_home_page_sends_more_statements_when_its_rows_grow(club: Club, client: StrictClient) -> None:
    scene = club.scene
    places.change_capacity(cohort_id=scene.cohort.id, capacity=40, actor=scene.manager)

    def grow() -> None:
        for _ in range(2):
            child = club.join()
            factories.make_consent(child, scene.organisation)
            asked = scene.child()
            factories.make_consent(asked, scene.organisation)
            scene.introduction(asked, IntroductionState.ASKED)
            scene.request(sessions=2)
            factories.make_school(scene.zone)
        club.save({child: Marking(K.ABSENT_UNTOLD, note="No word.") for child in club.children[-2:]}, week=0)

    people = {role: somebody(club, role) for role in ROLES}
    counts: list[dict[Role, int]] = []
    for _ in range(2):
        grow()
        counts.append({})
        with clock.freeze(club.session(1).starts_at - timedelta(hours=1)):
            for role, someone in people.items():
                sign_in(client, someone)
                client.get("/")
                with count_statements() as sent:
                    assert client.get("/").status_code == 200
                counts[-1][role] = sent.count
    assert counts[0] == counts[1]


def test_the_health_page_answers_without_signing_in(client: StrictClient) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(("path", "says"), [
    ("/accessibility", "Web Content Accessibility Guidelines 2.2"), ("/privacy", "Every look at a child’s record is written down"),
    ("/help", "999"),
])
def test_the_pages_that_explain_kith_are_for_anybody(client: StrictClient, path: str, says: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert says in answer.get_data(as_text=True)


def test_nobody_gets_a_home_page_without_signing_in(client: StrictClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")
