"""Registers through the pages: who sees whom, what a tap sends, what comes back when it is refused."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from bs4 import BeautifulSoup

from app.accounts.models import Person, Role
from app.attendance.models import Mark, MarkKind
from app.audit.models import Sight
from app.catalogue.models import CancelledBy
from app.catalogue.services import sessions as catalogue_sessions
from app.shared import clock
from app.shared.db import db
from tests import factories
from tests.attendance.club import Club, count
from tests.commissioning.scene import person
from tests.support.client import StrictClient
from tests.support.people import sign_in
from tests.support.statements import count_statements

K = MarkKind


def address(club: Club, week: int = 0) -> str:
    return f"/sessions/{club.session(week).id}/register"


def as_(client: StrictClient, someone: Person) -> StrictClient:
    sign_in(client, someone)
    return client


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def rows(response: Any) -> list[str]:
    return [str(element.get_text(" ", strip=True)) for element in soup(response).select(".reg__row")]


def form_of(response: Any) -> dict[str, str]:
    """What a browser would send back from the register as it stands."""
    page, data = soup(response), {}
    for field in page.select("form.reg input, form.reg textarea"):
        kind = field.get("type")
        if field.find_parent("fieldset", disabled=True) or (kind in ("radio", "checkbox") and not field.has_attr("checked")):
            continue
        data[str(field["name"])] = field.get_text().strip() if field.name == "textarea" else str(field.get("value", ""))
    return data


def test_the_partner_sees_only_what_consent_covers(club: Club, client: StrictClient) -> None:
    scene = club.scene
    amara = club.children[0]
    with club.after():
        page = as_(client, scene.partner).get(address(club))
        assert page.status_code == 200
        [row] = rows(page)
        assert row.startswith("A Amara First session")
        assert "Okafor" not in page.get_data(as_text=True)
        seen = db.session.query(Sight).filter_by(person_id=scene.partner.id, child_id=amara.id, what="register").count()
        assert seen == 1


def test_a_name_that_is_not_shared_is_a_reference(club: Club, client: StrictClient) -> None:
    from app.children.models import Consent
    from app.shared.db import atomic

    with atomic():
        db.session.query(Consent).one().fields = ["interests"]
    with club.after():
        [row] = rows(as_(client, club.scene.partner).get(address(club)))
    assert "Amara" not in row
    assert club.children[0].reference in row


def test_two_children_of_the_same_name_carry_their_references(club: Club, client: StrictClient) -> None:
    other = club.join(first_name="Amara")
    with club.after():
        told = " ".join(rows(as_(client, club.scene.partner).get(address(club))))
    assert other.reference in told
    assert club.children[0].reference in told


def test_the_partner_of_another_organisation_gets_404(club: Club, client: StrictClient) -> None:
    other = person(Role.PARTNER_ADMIN, club.scene.zone, organisation_id=factories.make_organisation(club.scene.zone).id)
    amara, session = club.children[0], club.save({club.children[0]: K.ABSENT_UNTOLD})
    with club.after():
        as_(client, other)
        for path in (address(club), f"/sessions/{session.id}/marks/{amara.id}", f"/sessions/{session.id}/marks/{amara.id}/follow-up"):
            assert client.get(path).status_code == 404
            assert client.post(path, data={}).status_code == 404


def test_the_partner_cannot_open_corrections_or_follow_ups(club: Club, client: StrictClient) -> None:
    amara, session = club.children[0], club.save({club.children[0]: K.ABSENT_UNTOLD})
    with club.after():
        as_(client, club.scene.partner)
        assert client.get(f"/sessions/{session.id}/marks/{amara.id}").status_code == 404
        assert client.get(f"/sessions/{session.id}/marks/{amara.id}/follow-up").status_code == 404


@pytest.mark.parametrize("role", [Role.BUDGET_HOLDER, Role.SCHOOL_LEAD, Role.SAFEGUARDING_LEAD])
def test_other_roles_have_no_registers(club: Club, client: StrictClient, role: Role) -> None:
    given = {"school_id": club.scene.school.id} if role is Role.SCHOOL_LEAD else {}
    as_(client, person(role, club.scene.zone, **given))
    assert client.get("/registers").status_code == 403
    assert client.get(address(club)).status_code == 404


def test_a_link_worker_sees_only_their_own_childrens_rows(club: Club, client: StrictClient) -> None:
    other_worker = person(Role.LINK_WORKER, club.scene.zone)
    club.scene.link_worker, first = other_worker, club.scene.link_worker
    club.join(first_name="Bilal")
    with club.after():
        told = rows(as_(client, first).get(address(club)))
        assert len(told) == 1 and "Amara" in told[0]
        told = rows(as_(client, other_worker).get(address(club)))
        assert len(told) == 1 and "Bilal" in told[0]
        nobody = person(Role.LINK_WORKER, club.scene.zone)
        assert as_(client, nobody).get(address(club)).status_code == 404


def test_a_link_worker_reads_a_register_and_cannot_take_it(club: Club, client: StrictClient) -> None:
    with club.after():
        page = as_(client, club.scene.link_worker).get(address(club))
        assert not soup(page).select("form.reg")
        forged = client.post(address(club), data={f"mark-{club.children[0].id}": "attended", "once": "k"})
        assert forged.status_code == 403
    assert count(Mark) == 0


def test_taps_are_saved_and_shown(club: Club, client: StrictClient) -> None:
    amara = club.children[0]
    with club.after():
        as_(client, club.scene.partner)
        data = {**form_of(client.get(address(club))), f"mark-{amara.id}": "absent_told", f"late-{amara.id}": "yes", f"note-{amara.id}": "Her nan rang."}
        answer = client.post(address(club), data=data)
        assert answer.status_code == 303
        again = form_of(client.get(address(club)))
    assert again[f"mark-{amara.id}"] == "absent_told"
    assert (again[f"late-{amara.id}"], again[f"note-{amara.id}"], again[f"seen-{amara.id}"]) == ("yes", "Her nan rang.", "1")
    assert club.earned(amara) == 1_000


def test_a_form_sent_twice_is_one_register(club: Club, client: StrictClient) -> None:
    amara = club.children[0]
    with club.after():
        as_(client, club.scene.partner)
        data = {**form_of(client.get(address(club))), f"mark-{amara.id}": "attended"}
        assert [client.post(address(club), data=data).status_code for _ in range(2)] == [303, 303]
    assert (count(Mark), club.earned(amara)) == (1, 2_000)


def test_mark_everyone_here_works_without_a_script_and_keeps_what_was_tapped(club: Club, client: StrictClient) -> None:
    amara, bilal, chloe = club.children[0], club.join(), club.join()
    club.save({chloe: K.ABSENT_TOLD})
    with club.after():
        as_(client, club.scene.partner)
        data = {**form_of(client.get(address(club))), f"mark-{bilal.id}": "late", "all": "attended"}
        assert client.post(address(club), data=data).status_code == 303
    told = {child.id: mark.kind for child in (amara, bilal, chloe) if (mark := club.mark(child))}
    assert told == {amara.id: K.ATTENDED, bilal.id: K.LATE, chloe.id: K.ABSENT_TOLD}


def test_nothing_tapped_is_said_so(club: Club, client: StrictClient) -> None:
    with club.after():
        as_(client, club.scene.partner)
        answer = client.post(address(club), data=form_of(client.get(address(club))))
    assert answer.status_code == 422
    assert "Nothing is marked yet" in answer.get_data(as_text=True)
    assert soup(answer).title.get_text().startswith("Error: ")  # type: ignore[union-attr]


def test_a_disagreement_keeps_what_was_tapped_names_who_marked_what_and_is_settled_by_saving_again(
    club: Club, client: StrictClient
) -> None:
    amara = club.children[0]
    with club.after():
        as_(client, club.scene.partner)
        stale = {**form_of(client.get(address(club))), f"mark-{amara.id}": "attended"}
        club.save({amara: K.LATE}, by=club.scene.manager)
        refused = client.post(address(club), data=stale)
        assert refused.status_code == 422
        text = soup(refused).get_text(" ", strip=True)
        assert f"{club.scene.manager.name} marked “Late”, you marked “Here”. Choose which is right." in text
        settled = form_of(refused)
        assert settled[f"mark-{amara.id}"] == "attended"
        assert client.post(address(club), data=settled).status_code == 303
    mark = club.mark(amara)
    assert mark is not None
    assert (mark.kind, mark.revision) == (K.ATTENDED, 2)


@pytest.mark.parametrize(("field", "typed", "says"), [
    ("mark", "vanished", "Choose one of the marks."),
    ("note", "x" * 501, "The note is 501 characters long; 500 is the most."),
])
def test_what_cannot_be_used_is_said_at_the_child_and_nothing_is_saved(
    club: Club, client: StrictClient, field: str, typed: str, says: str
) -> None:
    amara = club.children[0]
    with club.after():
        as_(client, club.scene.partner)
        data = {**form_of(client.get(address(club))), f"mark-{amara.id}": "attended", f"{field}-{amara.id}": typed}
        answer = client.post(address(club), data=data)
        assert answer.status_code == 422
        assert says in soup(answer).select_one(".reg__row .govuk-error-message").get_text()  # type: ignore[union-attr]
        if field == "note":
            assert typed in answer.get_data(as_text=True)
    assert count(Mark) == 0


@pytest.mark.parametrize("seen", ["-1", "", "1e9", "²", "9" * 40])
def test_a_spoilt_revision_counts_as_none_seen(club: Club, client: StrictClient, seen: str) -> None:
    amara = club.children[0]
    with club.after():
        as_(client, club.scene.partner)
        answer = client.post(address(club), data={f"mark-{amara.id}": "attended", f"seen-{amara.id}": seen, "once": "k" * 200})
        assert answer.status_code == 303
    assert club.earned(amara) == 2_000


def test_a_locked_row_is_shown_with_why_and_not_taken(club: Club, client: StrictClient) -> None:
    club.save({club.children[0]: K.ATTENDED})
    with club.after(days=10):
        page = as_(client, club.scene.partner).get(address(club))
        assert "Locked after" in rows(page)[0]
        assert soup(page).select("fieldset[disabled]")
        answer = client.post(address(club), data={**form_of(page), f"mark-{club.children[0].id}": "late"})
        assert answer.status_code == 422
    mark = club.mark(club.children[0])
    assert mark is not None and mark.kind is K.ATTENDED


def test_a_cancelled_session_says_by_whom_and_offers_no_register(club: Club, client: StrictClient) -> None:
    catalogue_sessions.cancel_session(session_id=club.session().id, by=CancelledBy.SCHOOL, reason="Snow", actor=club.scene.partner)
    with club.after():
        page = as_(client, club.scene.partner).get(address(club))
        assert "cancelled by the school: Snow. It has no register." in soup(page).get_text(" ", strip=True)
        answer = client.post(address(club), data={f"mark-{club.children[0].id}": "attended", "once": "k"})
        assert answer.status_code == 422
        assert "so it has no register" in answer.get_data(as_text=True)


def test_a_register_to_come_says_when_it_opens_and_who_comes(club: Club, client: StrictClient) -> None:
    page = as_(client, club.scene.partner).get(address(club))
    assert "This register opens on Tuesday 24 November" in soup(page).get_text(" ", strip=True)
    assert len(rows(page)) == 1
    assert not soup(page).select("form.reg")


def test_the_list_says_what_is_not_finished_what_is_today_and_what_comes(club: Club, client: StrictClient) -> None:
    club.join()
    with club.after(days=1):
        page = as_(client, club.scene.partner).get("/registers").get_data(as_text=True)
        assert "1 register from earlier is not finished." in page
        assert "2 children expected" in page
        assert "Who comes" in page
    club.save({club.children[0]: K.ATTENDED})
    with club.after(days=1):
        assert "1 of 2 marked" in client.get("/registers").get_data(as_text=True)
    club.save({club.children[1]: K.ATTENDED})
    with club.after(days=1):
        assert "Nothing from earlier is waiting." in client.get("/registers").get_data(as_text=True)


def test_the_list_of_somebody_without_sessions_says_what_will_come(club: Club, client: StrictClient) -> None:
    page = as_(client, person(Role.LINK_WORKER, club.scene.zone)).get("/registers")
    assert "No sessions this week" in page.get_data(as_text=True)


def test_a_correction_through_its_page_moves_the_money(club: Club, client: StrictClient) -> None:
    amara, session = club.children[0], club.save({club.children[0]: K.ABSENT_UNTOLD})
    path = f"/sessions/{session.id}/marks/{amara.id}"
    with club.after(days=20):
        page = as_(client, club.scene.link_worker).get(path)
        assert page.status_code == 200
        once = soup(page).select_one("input[name=once]")["value"]  # type: ignore[index]
        data = {"kind": "attended", "reason": "She was in the other room.", "seen": "1", "once": once}
        assert client.post(path, data={**data, "reason": ""}).status_code == 422
        assert client.post(path, data=data).status_code == 303
        assert client.post(path, data=data).status_code == 303
    assert (count(Mark), club.earned(amara)) == (2, 2_000)


@pytest.mark.parametrize(("data", "says"), [
    ({"kind": "attended", "reason": "x", "seen": "0"}, "Another screen says something else"),
    ({"kind": "vanished", "reason": "x", "seen": "1"}, "Not a valid choice"),
    ({"kind": "attended", "reason": "x", "seen": "1", "percent": "50"}, "comes from the tariff"),
    ({"kind": "absent_untold", "reason": "x", "seen": "1"}, "That is what it says already"),
])
def test_a_correction_that_cannot_be_is_said_on_its_page(club: Club, client: StrictClient, data: dict[str, str], says: str) -> None:
    amara, session = club.children[0], club.save({club.children[0]: K.ABSENT_UNTOLD})
    with club.after():
        as_(client, club.scene.link_worker)
        answer = client.post(f"/sessions/{session.id}/marks/{amara.id}", data={**data, "once": "k"})
    assert answer.status_code == 422
    assert says in answer.get_data(as_text=True)
    assert count(Mark) == 1


def test_the_page_says_when_it_is_the_link_workers_to_decide(club: Club, client: StrictClient) -> None:
    amara = club.children[0]
    for week in range(3):
        club.save({amara: K.ABSENT_UNTOLD}, week=week)
    with club.after(week=2):
        as_(client, club.scene.link_worker)
        told = ["you decide" in client.get(f"/sessions/{club.session(week).id}/marks/{amara.id}").get_data(as_text=True) for week in range(3)]
        assert told == [False, False, True]
        [task] = club.tasks(kind="payable_decision")
        data = {"kind": "absent_untold", "percent": "100", "reason": "Their bus broke down.", "seen": "1", "once": "k"}
        assert client.post(task.url, data=data).status_code == 303
        assert "you decide" not in client.get(task.url).get_data(as_text=True)
    assert club.earned(amara) == 4_000


def test_the_follow_up_page_says_who_to_ring_and_closes_the_task(club: Club, client: StrictClient) -> None:
    amara = club.children[0]
    club.save({amara: K.ABSENT_UNTOLD})
    with club.after():
        as_(client, club.scene.link_worker)
        [task] = club.tasks()
        page = client.get(task.url)
        assert amara.carers[0].name in page.get_data(as_text=True)
        assert 'href="tel:07700900123"' in page.get_data(as_text=True)
        assert client.post(task.url, data={"words": " ", "once": "a"}).status_code == 422
        assert client.post(task.url, data={"words": "Nan was ill.", "once": "b"}).status_code == 303
        assert club.tasks() == []
        assert "Nan was ill." in client.get(task.url).get_data(as_text=True)


def test_there_is_no_follow_up_page_of_a_child_who_came(club: Club, client: StrictClient) -> None:
    session = club.save({club.children[0]: K.ATTENDED})
    with club.after():
        as_(client, club.scene.link_worker)
        assert client.get(f"/sessions/{session.id}/marks/{club.children[0].id}/follow-up").status_code == 404


def test_the_childs_page_shows_who_came_and_what_partners_noticed(club: Club, client: StrictClient) -> None:
    from app.attendance.services import Marking

    amara = club.children[0]
    club.save({amara: Marking(K.ATTENDED, note="Led the warm-up.")})
    with club.after():
        page = as_(client, club.scene.link_worker).get(f"/children/{amara.id}")
        text = soup(page).get_text(" ", strip=True)
    assert "Who came: Amara" in text
    assert "Led the warm-up." in text


@pytest.mark.parametrize("who", ["partner", "manager", "link_worker"])
def test_a_register_sends_as_many_statements_for_six_children_as_for_two(club: Club, client: StrictClient, who: str) -> None:
    counts = []
    for more in (1, 4):
        if club.mark(club.children[0]) is None:
            club.save({club.children[0]: K.ATTENDED})
        for _ in range(more):
            club.save({club.join(): K.ATTENDED})
        with club.after():
            as_(client, getattr(club.scene, who)).get(address(club))
            with count_statements() as sent:
                assert len(rows(client.get(address(club)))) == len(club.children)
        counts.append(sent.count)
    assert counts[0] == counts[1], counts


@pytest.mark.parametrize("who", ["partner", "manager", "link_worker"])
def test_the_list_sends_as_many_statements_for_many_sessions_as_for_few(club: Club, client: StrictClient, who: str) -> None:
    counts, first = [], club.session().starts_at
    for more in (3, 0):
        with clock.freeze(first.replace(hour=20)):
            as_(client, getattr(club.scene, who)).get("/registers")
            with count_statements() as sent:
                page = client.get("/registers").get_data(as_text=True)
        assert club.scene.offering.title in page
        counts.append(sent.count)
        for hour in range(more):
            factories.make_session(club.scene.cohort, first.replace(hour=8 + hour))
            club.join()
    assert counts[0] == counts[1], counts


def test_no_childs_name_stands_in_an_address_or_a_title(club: Club, client: StrictClient) -> None:
    club.save({club.children[0]: K.ABSENT_UNTOLD})
    with club.after():
        as_(client, club.scene.partner)
        page = client.get(address(club))
        assert "Amara" not in soup(page).title.get_text()  # type: ignore[union-attr]
        assert not re.search("amara", address(club), re.IGNORECASE)


def test_a_session_nobody_knows_is_not_there(club: Club, client: StrictClient) -> None:
    as_(client, club.scene.partner)
    assert client.get(f"/sessions/{uuid.uuid4()}/register").status_code == 404
