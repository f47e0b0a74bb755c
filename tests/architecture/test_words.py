"""The words on screen: one for each thing, and plain enough for whoever reads them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from config import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
BLOCKS = ["p", "li", "h1", "h2", "h3", "h4", "td", "th", "dt", "dd", "label", "legend", "button", "summary", "div", "section", "figcaption", "caption", "small", "option", "br"]

FOR_FAMILIES = re.compile(r"children/(plan_print|_plan|_?one_page|circle)|insight/(privacy|accessibility|help)|introductions/introduction_card")
"""What a parent, carer or child holds in their hands."""

OLDEST_READER = {"families": 11.0, "others": 13.0}
"""Reading age in years: Flesch and Kincaid's grade (Kincaid and others, 1975) and five."""

ENOUGH = 25
"""Words: of fewer no reading age can be told."""

DRIFT = {
    r"service users?|beneficiar(y|ies)|clients?": "child, parent or carer",
    r"referrals?|refer(red|s)?": "introduction, signpost",
    r"providers?|suppliers?|vendors?": "organisation, partner",
    r"placements?|slots?|seats?|bookings?|booked": "place",
    r"pupils?|students?|kids?": "child (a school's own file calls them pupils)",
    r"guardians?": "parent or carer",
    r"wallets?|pots?": "envelope, fund",
    r"log ?(in|out)|login|logout": "sign in, sign out",
    r"click|tap here": "say what the button says",
    r"vulnerable|at-risk|hard[- ]to[- ]reach": "say what is meant, with respect",
}
"""What is not said on screen, and what is said instead (the table of words that Kith uses)."""

MEANT = {
    "children/selection": {"pupil", "pupils"}, "interchange/school": {"pupil", "pupils"},  # a school's own file speaks of its pupils
    "introductions/warmth": {"referral"}, "interchange/targets": {"referral"},  # what an introduction is not; what others ask for
    "payments/": {"service user"},  # as Bacs calls whoever pays
    "demo/": {"pot", "pots", "seats", "students", "supplier"},  # in organisations' own words
}
"""Where another word is right."""


STRINGS = r"""((?:\s*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))+)"""
OFFERED = re.compile(rf"\b(?:_|ngettext)\({STRINGS}(?:,{STRINGS})?", re.DOTALL)


def said(expression: str) -> str:
    """The sentence that `{{ _('…') }}` puts in, with "it" for its words; "it" for everything else."""
    found = OFFERED.match(expression.strip())
    return sentence_of(found[1]) if found and found[0].startswith("_(") else " it "


def sentence_of(strings: str) -> str:
    whole = ast.literal_eval(f"({strings})")
    return re.sub(r"%\(\w+\)s", " it ", whole).replace("%%", "%")


def given_to_components(template: Path) -> list[str]:
    """Every sentence offered in an expression: titles, buttons, hints."""
    return [sentence_of(strings) for found in OFFERED.finditer(template.read_text()) for strings in found.groups() if strings]


def shown(template: Path) -> list[str]:
    """The sentences that stand in a template itself; what is put in for a child or a day counts as one short word."""
    source = re.sub(r"{#.*?#}", "", template.read_text(), flags=re.DOTALL)
    source = re.sub(r"{%.*?%}", " ", source, flags=re.DOTALL)
    source = re.sub(r"{{(.*?)}}", lambda found: said(found[1]), source, flags=re.DOTALL)
    page = BeautifulSoup(source, "html.parser")
    for element in page.find_all(["script", "style", "svg", "template"]):
        element.decompose()
    for element in page.find_all(BLOCKS):
        element.append("\n")
    lines = (re.sub(r"\s+", " ", line).strip() for line in page.get_text().split("\n"))
    return [sentence.strip() for line in lines for sentence in re.split(r"(?<=[.!?:;])\s", line) if sentence.strip()]


def syllables(word: str) -> int:
    """About as many as it has: groups of vowels, without an e that is not spoken."""
    spoken = re.sub(r"(?:[^laeiouy]es|[^dt]ed|[^laeiouy]e)$", "", word.lower()) or word
    return max(1, len(re.findall(r"[aeiouy]+", spoken)))


def reading_age(sentences: list[str]) -> float | None:
    """In years; None where there is too little to read."""
    said = [words for sentence in sentences if len(words := re.findall(r"[A-Za-z’']+", sentence)) > 3]
    count = sum(map(len, said))
    if count < ENOUGH:
        return None
    return 0.39 * count / len(said) + 11.8 * sum(syllables(word) for words in said for word in words) / count - 15.59 + 5


def test_the_measure_tells_plain_from_hard() -> None:
    plain = ["The cat sat on the mat and looked at the dog.", "Then it went home to eat its tea with us."] * 2
    hard = ["Multidisciplinary stakeholders collaboratively operationalise individualised intervention methodologies throughout participating organisations."] * 3
    assert reading_age(["Too short to tell."]) is None
    assert (reading_age(plain) or 0) < 9
    assert (reading_age(hard) or 0) > 20


@pytest.mark.parametrize("audience", sorted(OLDEST_READER))
def test_what_stands_on_a_page_is_plain_enough(audience: str) -> None:
    """Long sentences and long words are named by their template; nobody should need a dictionary at the school gate."""
    wanted = [path for path in TEMPLATES if bool(FOR_FAMILIES.search(path.as_posix())) == (audience == "families")]
    assert len(wanted) > 4
    ages = {path.relative_to(ROOT / "templates").as_posix(): reading_age(shown(path)) for path in wanted}
    hard = {name: round(age, 1) for name, age in ages.items() if age is not None and age > OLDEST_READER[audience]}
    assert not hard, hard
    assert sum(age is not None for age in ages.values()) > 3


def sentences_in_code() -> dict[str, str]:
    """Whole sentences among the constants of each module (refusals, hints, what was done), without what is written for its readers."""
    said = {}
    for path in sorted((ROOT / "app").rglob("*.py")):
        tree = ast.parse(path.read_text())
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        texts = [
            node.value for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
            and re.match(r"[A-Z].* .* .*[.?!]$", node.value, re.DOTALL)
        ]
        said[path.relative_to(ROOT / "app").as_posix()] = "\n".join(texts)
    return said


def test_one_thing_has_one_name() -> None:
    found = []
    pages = {path.relative_to(ROOT / "templates").as_posix(): "\n".join(shown(path) + given_to_components(path)) for path in TEMPLATES}
    for name, text in {**pages, **sentences_in_code()}.items():
        meant = {word for prefix, words in MEANT.items() if name.startswith(prefix) for word in words}
        for pattern, instead in DRIFT.items():
            found += [
                f"{name} says “{match[0]}”; Kith says {instead}"
                for match in re.finditer(rf"\b(?:{pattern})\b", text, re.IGNORECASE) if match[0].lower() not in meant
            ]
    assert not found, "\n".join(found)
