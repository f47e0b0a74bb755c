"""Every sentence of a template is offered for translation: nothing bare between tags, in an attribute that is read, or in what a component is given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from jinja2 import Environment, nodes

from config import ROOT

TEMPLATES = ROOT / "templates"

NOT_OFFERED = {"styleguide.html": "a page for developers, in development only, with invented examples"}

THE_SAME_EVERYWHERE = {
    "Kith", "SHA", "RTT", "NSPCC", "GitHub",
}
"""Names of things, which no translator changes."""

MEANT = {
    "keeping/hand_over_list.html": {"Today", "Tomorrow", "Yesterday"},
}
"""Texts in expressions that are compared and not shown."""

READ = re.compile(r"""\s(?:title|aria-label|aria-description|alt|placeholder|label|data-l)="([^"]*)\"""")
PUT_IN = "\x00"
STATES_OF_BOXES = {" checked", " disabled", " open", " selected", " vh"}


def environment() -> Environment:
    made = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.newstyle_gettext = True  # type: ignore[attr-defined]
    return made


@cache
def parsed() -> dict[str, nodes.Template]:
    made = environment()
    return {
        str(path.relative_to(TEMPLATES)): made.parse(path.read_text(encoding="utf-8"))
        for path in sorted(TEMPLATES.rglob("*.html")) if str(path.relative_to(TEMPLATES)) not in NOT_OFFERED
    }


def is_offered(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in {"_", "gettext", "ngettext"}


def markup(node: nodes.Node) -> str:
    """What stands in the template itself, in order, without what is put in."""
    if isinstance(node, nodes.TemplateData):
        return node.data
    if isinstance(node, nodes.Expr):
        return PUT_IN
    return "".join(markup(child) for child in node.iter_child_nodes())


def bare_markup(template: nodes.Template) -> Iterator[str]:
    text = re.sub(r"(?s)<(script|style)\b.*?</\1>|<!.*?>", " ", markup(template))
    for words in READ.findall(text):
        yield from _words(words)
    for words in re.split(r"<[^<>]*>", text):
        yield from _words(words)


def _words(text: str) -> Iterator[str]:
    text = re.sub(r"&\w+;", " ", text).replace(PUT_IN, " ").strip()
    if any(word not in THE_SAME_EVERYWHERE for word in re.findall(r"[A-Za-z]{2,}", text)):
        yield text


def looks_like_words(text: str) -> bool:
    """A capital or a blank: no class, no icon, no key, no address."""
    if not re.search(r"[A-Za-z]{2}", text) or text in STATES_OF_BOXES or re.search(r"--|__|^[/#?.&]|^govuk-|=$|^%|^[A-Z]{1,5}$", text.strip()):
        return False
    return " " in text or text[0].isupper() or "’" in text


def bare_texts(node: nodes.Node, is_shown: bool = True) -> Iterator[str]:
    """Texts in expressions that go to a page as they are."""
    if is_offered(node):
        yield from (text for child in node.iter_child_nodes() if isinstance(child, nodes.Keyword) for text in bare_texts(child.value))
    elif isinstance(node, nodes.Const):
        if is_shown and isinstance(node.value, str) and looks_like_words(node.value):
            yield node.value
    elif isinstance(node, nodes.Filter) and node.name == "plural":
        yield f"…|plural({', '.join(str(arg.value) for arg in node.args if isinstance(arg, nodes.Const))})"
    else:
        hidden = isinstance(node, (nodes.Compare, nodes.Test, nodes.Getitem, nodes.FromImport, nodes.Include, nodes.Extends))
        yield from (text for child in node.iter_child_nodes() for text in bare_texts(child, is_shown and not hidden))


def test_no_sentence_of_a_template_is_left_out_of_translation() -> None:
    left_out = {}
    for name, template in parsed().items():
        meant = MEANT.get(name, set())
        found = [*bare_markup(template), *(text for text in bare_texts(template) if text not in meant)]
        if found:
            left_out[name] = found
    assert left_out == {}, "put these into _(), {% trans %} or ngettext (docs/languages.md)"


def test_the_measure_sees_what_is_left_out() -> None:
    for bare in (
        "<p>Hello {{ name }}</p>", '<a title="Go back">{{ icon("x") }}</a>', "{{ button('Change') }}", "{{ n|plural('child', 'children') }}",
        "{{ 'by ' ~ name }}", "{% set words = {'a': 'Not yet'} %}", "{% if x %}{{ _('Good') }} day{% endif %}",
    ):
        template = environment().parse(bare)
        assert [*bare_markup(template), *bare_texts(template)], bare
    for offered in (
        "<p>{{ _('Hello %(name)s', name=name) }}</p>", "{% trans name=a.b %}Hello <b>{{ name }}</b>{% endtrans %}", "{{ button(_('Change'), kind='quiet') }}",
        "{{ ngettext('%(num)s child', '%(num)s children', n) }}", "<p class=\"card card--sun\">{{ 'x' if a == 'Not this' }}</p>",
    ):
        template = environment().parse(offered)
        assert [*bare_markup(template), *bare_texts(template)] == [], offered


def made_of_data(template: nodes.Template) -> Iterator[int]:
    """Where a sentence is not written in the template: `_()` counts it as markup, so what somebody typed would not be escaped."""
    for call in template.find_all(nodes.Call):
        if is_offered(call):
            sentences = call.args[:2] if call.node.name == "ngettext" else call.args[:1]  # type: ignore[attr-defined]
            if not all(isinstance(one, nodes.Const) for one in sentences):
                yield call.lineno


def test_what_somebody_typed_is_never_the_sentence_itself() -> None:
    assert {name: found for name, template in parsed().items() if (found := list(made_of_data(template)))} == {}
    assert list(made_of_data(environment().parse("{{ _(child.name) }}{{ _('%(name)s', name=child.name) }}"))) == [1]
