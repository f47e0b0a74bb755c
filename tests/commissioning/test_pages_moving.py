"""The pages of a child who changes school: what it does is read first, by the Zone manager alone; then who pays is decided on the approvals."""

from __future__ import annotations

from app.children.models import Child
from app.commissioning.models import Commission, CommissionState
from app.shared import clock
from app.shared.db import db
from tests import factories as make
from tests.commissioning.scene import Scene
from tests.support.client import StrictClient
from tests.support.people import sign_in


def test_a_change_of_school_from_its_preview_to_the_next_one_who_pays(client: StrictClient, scene: Scene) -> None:
    elsewhere, far = make.make_school(scene.zone), make.make_school(make.make_zone())
    scene.fund_with(17_000, school_id=scene.school.id, name="School fund")
    commission = scene.going()
    page = f"/children/{commission.child_id}/school"
    sign_in(client, scene.manager)
    assert "No money depends on" not in client.get(page).text, "nothing is said before a school is chosen"
    with clock.freeze(scene.sessions()[0].ends_at):
        sign_in(client, scene.manager)
        told = client.get(page, query_string={"school_id": str(elsewhere.id)}).text
        assert f"goes to {elsewhere.name}" in told and "£153 goes back to School fund" in told
        assert f"{scene.school.name} no longer sees" in told
        assert db.session.get_one(Child, commission.child_id).school_id == scene.school.id, "reading changes nothing"
        for wrong in (str(far.id), "", "x"):
            answer = client.post(page, data={"school_id": wrong})
            assert answer.status_code == 422 and "Choose a school" in answer.text, wrong
        for _ in range(2):
            assert client.post(page, data={"school_id": str(elsewhere.id)}).status_code == 303, "a double click is one move"
        sign_in(client, scene.link_worker)
        shown = client.get(f"/commissions/{commission.id}").text
        assert "Nobody pays for £153 of this since a fund stopped" in shown
        sign_in(client, scene.holder)
        queue = client.get("/approvals").text
        assert "Open fund pays £153." in queue and "10 sessions as before, paid by somebody else" in queue
        asked = queue.split("/changes/")[1].split("/")[0]
        assert "now that a fund has stopped" in client.get(f"/changes/{asked}/reject").text
        assert client.post(f"/changes/{asked}/approve").status_code == 303
    now = db.session.get_one(Commission, commission.id)
    assert (now.state, now.uncovered_pence) == (CommissionState.IN_DELIVERY, 0)
    sign_in(client, scene.manager)
    assert "Nobody pays" not in client.get(f"/commissions/{commission.id}").text
