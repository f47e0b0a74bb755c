"""What Python says to people goes through Flask-Babel: no bare sentence in a refusal, a flash message, a form. docs/languages.md says what is offered."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from app import ROOMS
from tests.architecture import test_sources
from tests.architecture.test_sources import APP, FILES, short

tree = cache(test_sources.tree)

SAYS_FIRST = {"flash", "ValidationError", "StopValidation", "InputRequired", "DataRequired", "Email"}
SAYS = {"act": ("done",), "Length": ("message",), "NumberRange": ("message",), "Regexp": ("message",), "AnyOf": ("message",)}
ON_THE_COMMAND_LINE = {"backups.py", "cli.py", "json_files.py", "keyring.py", "resealing.py", "sealed_files.py"}
"""Files whose refusals only ever stand there, in English."""


def called(node: ast.AST) -> str:
    if isinstance(node, ast.Call):
        return called(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


@cache
def refusals() -> frozenset[str]:
    """DomainError and everything made from it."""
    made = [(node.name, {called(base) for base in node.bases}) for path in FILES for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    found = {"DomainError"}
    while new := {name for name, bases in made if bases & found} - found:
        found |= new
    return frozenset(found)


def bare(node: ast.AST | None) -> Iterator[ast.AST]:
    """The texts an expression may come to that are not offered for translation."""
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and _has_letters(node.value)):
        yield node
    elif isinstance(node, ast.IfExp):
        yield from bare(node.body)
        yield from bare(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from bare(value)
    elif isinstance(node, ast.BinOp):
        yield from bare(node.left)
        yield from bare(node.right)


def _has_letters(value: object) -> bool:
    return isinstance(value, str) and any(letter.isalpha() for letter in value)


def said(call: ast.Call) -> Iterator[ast.AST | None]:
    """What a call says to a person, if it is one that does."""
    name = called(call)
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if name in SAYS_FIRST or name in refusals():
        yield call.args[0] if call.args else None
        yield keywords.get("message")
    for keyword in SAYS.get(name, ()):
        yield keywords.get(keyword)
    if name == "permit" and len(call.args) > 1:
        yield call.args[1]
    if name.endswith("Field") and name != "Field" and call.args:
        yield call.args[0]
        yield keywords.get("description")
        yield from _offered_choices(keywords.get("choices"))
    if name == "choices" and call.args:
        yield from _offered_choices(call.args[0])


def _offered_choices(listed: ast.AST | None) -> Iterator[ast.AST]:
    for pair in listed.elts if isinstance(listed, (ast.List, ast.Tuple)) else ():
        if isinstance(pair, ast.Tuple) and len(pair.elts) == 2:
            yield pair.elts[1]


def said_by(path: Path) -> Iterator[tuple[ast.Call | ast.FunctionDef, ast.AST | None]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield from ((node, sentence) for sentence in said(node))
        elif isinstance(node, ast.ClassDef) and node.name in refusals():
            yield from _own_sentences(node)
        elif isinstance(node, ast.FunctionDef) and node.name == "process_formdata":
            yield from ((call, call.args[0]) for call in ast.walk(node) if isinstance(call, ast.Call) and called(call) == "ValueError" and call.args)


def _own_sentences(refusal: ast.ClassDef) -> Iterator[tuple[ast.Call | ast.FunctionDef, ast.AST | None]]:
    """A refusal that brings its sentence with it."""
    for verb in refusal.body:
        if isinstance(verb, ast.FunctionDef) and verb.name == "__init__":
            defaults = dict(zip([one.arg for one in verb.args.args[::-1]], verb.args.defaults[::-1], strict=False))
            yield verb, defaults.get("sentence")
            yield from ((call, call.args[0]) for call in ast.walk(verb) if isinstance(call, ast.Call) and called(call) == "__init__" and call.args)


def bare_in(room: str) -> list[str]:
    files = [path for path in FILES if path.is_relative_to(APP / room) and path.name not in ON_THE_COMMAND_LINE]
    found = {(short(path), place.lineno) for path in files for _, sentence in said_by(path) for place in bare(sentence)}
    return [f"{name}:{line}" for name, line in sorted(found)]


def test_what_python_says_to_people_is_offered_for_translation() -> None:
    assert [place for room in ("shared", *ROOMS) for place in bare_in(room)] == []


SAYING = [path for path in FILES if "flask_babel" in path.read_text(encoding="utf-8")]
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def names_the_underscore(node: ast.AST) -> Iterator[int]:
    """Lines on which something else than gettext is called `_`, in a scope that also says something with it."""
    scopes = [one for one in ast.walk(node) if isinstance(one, (ast.FunctionDef, *COMPREHENSIONS))]
    for scope in scopes:
        own = list(_own_nodes(scope))
        taken = [one.lineno for one in own if isinstance(one, ast.Name) and one.id == "_" and isinstance(one.ctx, ast.Store)]
        if taken and any(isinstance(one, ast.Call) and called(one) == "_" for one in ast.walk(scope)):
            yield from taken


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(scope):
        if not isinstance(node, (ast.FunctionDef, *COMPREHENSIONS)):
            yield node
            yield from _own_nodes(node)


def test_nothing_but_gettext_is_called_an_underscore_where_something_is_said() -> None:
    """`found, _ = ...` and then `_("It is found.")` would break, and only when it is said."""
    assert [f"{short(path)}:{line}" for path in SAYING for line in names_the_underscore(tree(path))] == []


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when the module is imported: not the bodies of functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            for outside in (*child.decorator_list, *child.args.defaults, *filter(None, child.args.kw_defaults)):
                yield outside
                yield from at_import(outside)
        elif not isinstance(child, ast.Lambda):
            yield child
            yield from at_import(child)


def test_what_is_said_when_a_module_is_read_waits_for_its_language() -> None:
    """A label of a form or a table of words is made once, before anybody has asked for a page: `_l`, never `_`."""
    early = [
        f"{short(path)}:{node.lineno}" for path in SAYING for node in at_import(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "gettext", "ngettext"}
    ]
    assert early == []
