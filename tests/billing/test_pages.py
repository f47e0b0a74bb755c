"""A statement through the pages, from the partner's wish to the budget holder's word."""

from __future__ import annotations

from bs4 import BeautifulSoup
from flask import Flask

from app.attendance.models import MarkKind
from app.billing.models import Statement, StatementState
from app.payments.services import runs
from app.shared.db import db
from tests.billing.desk import open_desk, state_of
from tests.billing.test_paying import by_hand, paid_run
from tests.support.client import StrictClient
from tests.support.people import sign_in
from tests.support.statements import count_statements


def text_of(response: object) -> str:
    return BeautifulSoup(response.get_data(as_text=True), "html.parser").get_text(" ", strip=True)  # type: ignore[attr-defined]


def test_a_statement_goes_from_hand_to_hand(app: Flask, client: StrictClient) -> None:
    desk = open_desk(weeks=1)
    organisation_id = desk.club.scene.organisation.id
    with desk.later():
        sign_in(client, desk.partner)
        assert "£40" in text_of(client.get("/statements"))
        drawn = client.post(f"/organisations/{organisation_id}/statements")
        statement = db.session.query(Statement).one()
        path = f"/statements/{statement.id}"
        assert (drawn.status_code, drawn.location) == (303, path), "one lands where the next thing is to be done"
        page = client.get(path)
        shown = text_of(page)
        assert "Agree all 2 lines" in shown and "£40" in shown
        for child in desk.children:
            assert child.reference in shown and child.first_name not in shown
        query = next(a["href"] for a in BeautifulSoup(page.get_data(as_text=True), "html.parser").select("a") if "/query" in a["href"])
        assert client.post(query, data={"words": ""}).status_code == 422
        assert client.post(query, data={"words": "She stayed the whole hour."}).status_code == 303
        assert client.post(f"{path}/verify").status_code == client.post(f"{path}/approve").status_code == 403
        sign_in(client, desk.manager)
        page = client.get(path)
        assert "She stayed the whole hour." in text_of(page)
        answer = next(a["href"] for a in BeautifulSoup(page.get_data(as_text=True), "html.parser").select("a") if "/answer" in a["href"])
        assert client.post(answer, data={"words": "That is what is paid."}).status_code == 303
        sign_in(client, desk.partner)
        stale = {"seen_version": str(statement.version)}
        client.post(f"{path}/agree", data={"seen_version": "1"})
        assert state_of(statement) is StatementState.ACCRUING, f"a stale click is refused, {stale}"
        assert "Earned so far £40" in text_of(client.get("/"))
        client.post(f"{path}/agree")
        home = text_of(client.get("/"))
        assert "Agreed, on its way £40" in home and "Earned so far £0" in home
        sign_in(client, desk.manager)
        assert client.get(f"{path}/hold").status_code == 200
        assert client.post(f"{path}/hold", data={"why": "The insurance is being looked at."}).status_code == 303
        client.post(f"{path}/release")
        client.post(f"{path}/verify")
        sign_in(client, desk.holder)
        assert "Approve to be paid" in text_of(client.get(path))
        client.post(f"{path}/approve")
        assert state_of(statement) is StatementState.APPROVED
        lines = client.get(f"{path}/lines.csv").get_data(as_text=True).splitlines()
        assert len(lines) == 4 and lines[-1].endswith("40.00,")
        assert all(child.first_name not in line for child in desk.children for line in lines)
        sign_in(client, desk.club.scene.link_worker)
        assert client.get(path).status_code == 200, "every child on it is theirs"
        assert client.get(f"{path}/hold").status_code == client.post(f"{path}/approve").status_code == 403


def test_a_statement_below_nil_can_be_asked_back_instead_of_netted(app: Flask, client: StrictClient) -> None:
    desk = open_desk(weeks=1)
    by_hand(desk)
    with desk.later():
        desk.approved()
        runs.mark_paid(payment_id=paid_run(desk).id, actor=desk.manager)
    desk.correct(desk.children[0], MarkKind.ABSENT_TOLD, 0)
    with desk.later():
        credit = desk.approved()
        sign_in(client, desk.manager)
        assert "taken off the next payment" in text_of(client.get(f"/statements/{credit.id}"))
        path = f"/statements/{credit.id}/take-back"
        page = BeautifulSoup(client.get(path).get_data(as_text=True), "html.parser")
        given = {name: page.select_one(f"input[name={name}]")["value"] for name in ("payment", "way")}  # type: ignore[index]
        assert client.post(path, data=given).status_code == 422, "the bank’s reference is missing"
        to = client.post(path, data={**given, "reference": "FPS 3"})
        assert to.status_code == 303 and "FPS 3" in text_of(client.get(to.headers["Location"]))
        assert "stands in a payment already" in text_of(client.get(path))


def test_queries_do_not_grow_with_lines(app: Flask, client: StrictClient) -> None:
    counted = []
    for weeks in (1, 4):
        desk = open_desk(weeks=weeks)
        with desk.later():
            statement = desk.draw()
            sign_in(client, desk.manager)
            client.get(f"/statements/{statement.id}")
            with count_statements() as seen:
                assert client.get(f"/statements/{statement.id}").status_code == 200
            counted.append(seen.count)
    assert counted[0] == counted[1], counted
