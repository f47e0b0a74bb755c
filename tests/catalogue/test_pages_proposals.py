"""The pages of a proposal: the partner's edit, the Zone manager's before and after, the answer, and the word that comes back."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup

from app.catalogue import queries
from app.catalogue.models import Offering, ProposalKind
from app.shared.db import db
from tests import factories
from tests.catalogue.place import OFFERING, Place, text
from tests.support.people import sign_in


def read(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def test_a_change_goes_from_the_partner_to_the_manager_and_back(place: Place) -> None:
    client, offering_id = place.client, place.offering.id
    edit, given = f"/offerings/{offering_id}/edit", {**OFFERING, "version": str(place.offering.version), "why": "A new name.", "accessibility": "step-free"}
    sign_in(client, place.partner)
    assert "the Zone manager reads a change before children see it" in client.get(edit).text
    sent = client.post(edit, data=given, follow_redirects=True)
    page = read(sent)
    assert "First Beats" in text(page.select_one("h1") or page) and "Proposed, not shown yet" in text(page)
    assert "Second Beats" in client.get(edit).text, "what is proposed is filled in: saving again does not take it back"
    made = queries.find_open_proposal(ProposalKind.WORDS, offering_id)
    assert made is not None
    path = f"/proposals/{made.id}"
    assert "Accept" not in text(read(client.get(path))) and client.post(path, data={"answer": "accept", "seen": ""}).status_code == 403

    begun = place.get(edit, place.manager).select_one("[name=title]") or {}
    assert begun.get("value") == "First Beats", "the manager writes over what stands, not over what is proposed"
    home = place.get("/", place.manager)
    assert home.select_one(f'a[href="{path}"]') is not None, "the manager’s task leads there"
    asked = place.get(path, place.manager)
    fields = {text(one.select_one("h2") or one): [text(dd) for dd in one.select("dd")] for one in asked.select(".beside__f")}
    assert fields["Title"] == ["First Beats", "Second Beats"] and "A new name." in text(asked)
    seen = str((asked.select_one("[name=seen]") or {}).get("value"))
    refused = client.post(path, data={"answer": "return", "seen": seen, "word": ""})
    assert refused.status_code == 422 and "Say what would make it right" in refused.text
    assert client.post(path, data={"answer": "return", "seen": seen, "word": "Say which drums."}).status_code == 303
    assert "Say which drums." in text(place.get(path, place.partner)) and f'href="{path}"' in client.get("/").text
    assert db.session.get_one(Offering, offering_id).title == "First Beats"

    version = str(db.session.get_one(Offering, offering_id).version)
    client.post(edit, data={**given, "version": version, "description": "Djembes."})
    again = queries.find_open_proposal(ProposalKind.WORDS, offering_id)
    assert again is not None and again.id != made.id and "Another took its place" in text(place.get(f"/proposals/{again.id}", place.manager))
    page_seen = str((place.get(f"/proposals/{again.id}", place.manager).select_one("[name=seen]") or {}).get("value"))
    client.post(edit, data={**OFFERING, "version": version, "title": "Changed underneath"})
    stale = client.post(f"/proposals/{again.id}", data={"answer": "accept", "seen": page_seen})
    assert stale.status_code == 422 and "Accept all the same" in stale.text and "Changed underneath" in stale.text
    now = str((read(stale).select_one("[name=seen]") or {}).get("value"))
    assert client.post(f"/proposals/{again.id}", data={"answer": "accept", "seen": now}).status_code == 303
    db.session.rollback()
    assert db.session.get_one(Offering, offering_id).title == "Second Beats"
    assert f'/proposals/{again.id}' not in client.get("/").text, "the task has gone by itself"
    assert "Proposed change accepted" in text(place.get(f"/offerings/{offering_id}/history", place.partner))


def test_a_price_and_a_draft_are_proposed_where_a_manager_would_write(place: Place) -> None:
    client, offering_id = place.client, place.offering.id
    sign_in(client, place.partner)
    page = read(client.get(f"/offerings/{offering_id}/tariffs/new"))
    given = {str(box["name"]): str(box.get("value") or "") for box in page.select("main input[name]") if box.get("type") not in ("radio", "checkbox")}
    chosen = {str(box["name"]): str(box["value"]) for box in page.select("main input[type=radio][checked]")}
    assert client.post(f"/offerings/{offering_id}/tariffs/new", data={**given, **chosen, "price": "14"}).status_code == 303
    made = queries.find_open_proposal(ProposalKind.PRICE, offering_id)
    assert made is not None and made.after["price_pence"] == 1_400
    assert "£14" in text(place.get(f"/proposals/{made.id}", place.manager))
    about = f"/organisations/{place.organisation.id}/edit"
    boxes = {str(box["name"]): str(box.get("value") or "") for box in place.get(about, place.partner).select("main input[type=text], main input[type=email]")}
    assert client.post(about, data={**boxes, "kind": "partner", "about": "We drum.", "phone": "020 7946 0018"}).status_code == 303
    begun = place.get(about, place.partner).select_one("textarea[name=about]")
    assert begun is not None and begun.get_text(strip=True) == "We drum." and "We drum." not in client.get(f"/organisations/{place.organisation.id}").text
    draft = factories.make_offering(place.organisation, state="draft", title="Third Beats")
    factories.make_tariff(draft)
    sign_in(client, place.partner)
    told = client.post(f"/offerings/{draft.id}/publish", data={"version": draft.version}, follow_redirects=True)
    assert "The Zone manager reads it before children see it" in told.text
    shown = place.get("/proposals", place.partner)
    assert [text(h) for h in shown.select("main h2")] == ["First Beats", "Westway Beats", "Third Beats"]
    waiting = queries.find_open_proposal(ProposalKind.PUBLISH, draft.id)
    assert waiting is not None
    assert client.post(f"/proposals/{waiting.id}/withdraw").status_code == 303
    assert [text(h) for h in place.get("/proposals", place.manager).select("main h2")] == ["First Beats", "Westway Beats"]
