"""A Zone with a partner and people, as pages are opened in it; and what a page says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup, Tag

from app.accounts.models import Person, School, Zone
from app.catalogue.models import (
    Offering,
    Organisation,
)
from tests.support.client import StrictClient
from tests.support.people import sign_in


@dataclass
class Place:
    """A Zone with a school, people in it, one partner with one offering, and a stranger from elsewhere."""

    client: StrictClient
    zone: Zone
    school: School
    organisation: Organisation
    offering: Offering
    link_worker: Person
    manager: Person
    partner: Person
    stranger: Person

    def get(self, path: str, person: Person, **given: Any) -> BeautifulSoup:
        sign_in(self.client, person)
        response = self.client.get(path, **given)
        assert response.status_code == 200, (path, response.status_code)
        return BeautifulSoup(response.get_data(as_text=True), "html.parser")

    def status(self, path: str, person: Person) -> int:
        sign_in(self.client, person)
        return self.client.get(path).status_code

def text(page: BeautifulSoup | Tag) -> str:
    return " ".join(page.get_text(" ").split())


def results(page: BeautifulSoup) -> list[str]:
    return [a.get_text(strip=True) for a in page.select(".offer__l")]


OFFERING: dict[str, Any] = {
    "title": "Second Beats", "kind": "commissioned", "description": "Drums.", "interests": "drumming, rhythm , drumming",
    "needs": ["Social:belonging", "Emotional:wellbeing"], "age_min": "7", "age_max": "12", "gender": "any", "delivery": "venue",
    "season": "term", "languages": "English, Somali", "cost": "", "slots-0-day": "Thu", "slots-0-start": "4pm", "slots-0-end": "17.30",
    "slots-0-season": "term", "slots-1-day": "", "slots-1-start": "", "slots-1-end": "", "slots-1-season": "term",
}
