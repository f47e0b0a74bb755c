"""What a family is given on paper, in its own language."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from app.children import services
from app.children.models import Goal, Relationship, RelationshipKind
from app.shared.db import atomic, db
from app.shared.languages import PAPER_TEMPLATES, PAPERS, catalogue
from config import ROOT
from scripts.languages import of_papers, written
from tests import factories as make
from tests.architecture.test_words import FOR_FAMILIES
from tests.children.conftest import World
from tests.children.test_pages import address
from tests.support.people import sign_in

UNCHECKED = "A machine translated the headings on this page. No person has checked them yet."
OTHERS = [code for code in PAPERS if code != "en"]


def test_every_sentence_of_a_paper_has_its_translation() -> None:
    wanted = {message.id for message in of_papers() if message.id}
    for code in OTHERS:
        has = {message.id: message for message in written(code) if message.id}
        assert set(has) == wanted, f"run python -m scripts.languages; then translate {code}"
        for message in has.values():
            forms = message.string if isinstance(message.string, tuple) else (message.string,)
            assert all(forms), f"{code}: {message.id}"
            assert not message.fuzzy, f"{code}: {message.id}"
            names = set(re.findall(r"%\(\w+\)s", " ".join(forms)))
            assert names <= {"%(count)s", "%(name)s", "%(when)s", "%(day)s", "%(number)s", "%(phone)s"}, f"{code}: {names}"


@pytest.mark.parametrize("template", PAPER_TEMPLATES)
def test_no_sentence_of_a_paper_is_left_out_of_translation(template: str) -> None:
    assert FOR_FAMILIES.search(template) or template.startswith("components/")
    paper = (ROOT / "templates" / template).read_text()
    bare = re.sub(r"{#.*?#}|{% trans.*?endtrans %}|{%.*?%}|{{.*?}}", " ", paper, flags=re.DOTALL)
    words = re.findall(r"[A-Za-z]{2,}", BeautifulSoup(bare, "html.parser").get_text(" "))
    assert words == []


def test_a_family_reads_its_sheet_in_its_own_direction_and_the_child_in_its_own_words(client: FlaskClient, world: World) -> None:
    sign_in(client, world.link_worker)
    services.set_strengths(
        child_id=world.child.id, strengths=["kind"], interests=["cats", "drums"], aspiration="", what_helps="", what_does_not="", must_know="",
        actor=world.link_worker,
    )
    sheet = address("children.family_print", world.child)
    english = BeautifulSoup(client.get(sheet).text, "html.parser").select_one("article.sheet")
    assert english is not None
    assert (english["lang"], english["dir"]) == ("en", "ltr")
    assert "Amara’s plan" in english.text
    assert "machine" not in english.text, "English needs no warning"
    for code, direction, heading in (("ar", "rtl", "خطة Amara"), ("so", "ltr", "Qorshaha Amara")):
        paper = BeautifulSoup(client.get(f"{sheet}?in={code}").text, "html.parser").select_one("article.sheet")
        assert paper is not None
        assert (paper["lang"], paper["dir"]) == (code, direction)
        assert heading in paper.text
        assert catalogue(code).gettext(UNCHECKED) in paper.text, "nobody has checked it, and the paper does not say so"
        assert {"cats", "drums"} <= {item.text for item in paper.select(".likes li")}, "what the child said was changed"
        assert "What" not in paper.text
    unknown = BeautifulSoup(client.get(f"{sheet}?in=xx").text, "html.parser").select_one("article.sheet")
    assert unknown is not None
    assert unknown["lang"] == "en"


def test_a_translation_does_not_outlive_its_page(client: FlaskClient, world: World) -> None:
    sign_in(client, world.link_worker)
    assert "خطة" in client.get(address("children.family_print", world.child) + "?in=ar").text
    assert "Amara’s plan" in client.get(address("children.family_print", world.child)).text


def test_papers_leave_out_places_once_a_carer_must_not_know(client: FlaskClient, world: World) -> None:
    """The plan, the child's page and the circle: without places at first, whole when asked for; the paper itself says nothing of it."""
    child, carer = world.child, world.child.carers[0]
    sign_in(client, world.link_worker)
    with atomic():
        db.session.add_all([
            Goal(child_id=child.id, area="Social", words=f"I want friends at {world.school.name}"),
            Relationship(child_id=child.id, name="Rhythm Yard", kind=RelationshipKind.PLACE), Relationship(child_id=child.id, name="Nan", kind=RelationshipKind.FAMILY),
        ])
        make.make_one_page(child, read_by=world.link_worker, about_me=f"At {world.school.name} I read.")
    papers = {"children.family_print": "article.sheet", "children.one_page": "article.page1", "children.circle": "#main"}

    def read(endpoint: str, without: str = "") -> tuple[str, str]:
        """The whole page, and the paper on it."""
        page = client.get(address(endpoint, child) + without).text
        soup = BeautifulSoup(page, "html.parser")
        paper = soup.select_one(papers[endpoint])
        assert paper is not None, endpoint
        for aside in paper.select(".no-print"):
            aside.decompose()
        return page, paper.text

    place = {"children.circle": "Rhythm Yard"}
    for endpoint in papers:
        page, paper = read(endpoint)
        assert "must not know" not in page and place.get(endpoint, world.school.name) in paper, endpoint
    sent = client.post(address("children.carer_edit", child, carer_id=carer.id), data={"name": "Dana Vale", "language": "en", "may_not_know_where": "y"})
    assert sent.status_code == 303 and "checked" in str(BeautifulSoup(client.get(sent.request.path).text, "html.parser").select_one("#may_not_know_where"))
    assert "Must not know where Amara is" in client.get(address("children.child", child)).text
    for endpoint in papers:
        page, paper = read(endpoint)
        assert "Dana Vale must not know where Amara is" in page and "without=nothing" in page, endpoint
        assert "Amara" in page and world.school.name not in paper and "Rhythm Yard" not in paper, endpoint
        assert "must not know" not in paper and "Dana" not in paper, f"{endpoint} says why"
        page, paper = read(endpoint, "?without=nothing")
        assert "Dana Vale must not know where Amara is, and this paper says it" in page and "without=places" in page, endpoint
        assert place.get(endpoint, world.school.name) in paper, endpoint
    assert "I want friends at …" in read("children.family_print")[1] and "Nan" in read("children.circle")[1]
    assert "without=nothing&amp;in=ar" in read("children.family_print", "?without=nothing")[0], "another language is another paper"
    assert "Nobody may be asked" in client.get(address("children.consent_new", child)).text
