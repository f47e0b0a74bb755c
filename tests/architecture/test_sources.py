"""What the house's sources never do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import ROOMS
from config import ROOT

APP = ROOT / "app"
FILES = sorted(APP.rglob("*.py"))
PAST = {
    "begun", "brought", "chosen", "drawn", "found", "given", "gone", "heard", "held", "kept", "left", "lent", "lost", "made", "met", "overridden", "paid", "put",
    "read", "run", "said", "sent", "set", "shown", "split", "spent", "taken", "told", "withdrawn", "written",
}


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def of_kind(name: str) -> list[Path]:
    """routes.py and everything in routes/, for example."""
    return [path for path in FILES if path.name == f"{name}.py" or path.parent.name == name]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def test_every_room_says_what_it_is() -> None:
    silent = [room for room in ROOMS if not ast.get_docstring(tree(APP / room / "__init__.py"))]
    assert silent == []


def test_routes_never_touch_the_session() -> None:
    assert of_kind("routes")
    touching = [
        f"{short(path)}:{node.lineno}"
        for path in of_kind("routes")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and dotted(node).endswith("db.session")
    ]
    assert touching == []


@pytest.mark.parametrize("kind", ["models", "queries", "services", "policies", "scoring"])
def test_below_the_routes_nobody_knows_of_requests(kind: str) -> None:
    """Of `flask` only the app itself may be asked for: verbs also run on the command line and in the worker."""
    knowing = [
        f"{short(path)}:{node.lineno}"
        for path in of_kind(kind)
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.ImportFrom) and node.module == "flask" and {alias.name for alias in node.names} - {"current_app"})
        or (isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "flask" for alias in node.names))
    ]
    assert knowing == []


@pytest.mark.parametrize("kind", ["policies", "scoring"])
def test_what_is_pure_does_not_reach_the_database(kind: str) -> None:
    reaching = [
        short(path) for path in of_kind(kind)
        if any(name.endswith((".queries", ".services")) for name in imports(path)) or "db.session" in path.read_text(encoding="utf-8")
    ]
    assert reaching == []


def test_only_the_clock_asks_for_the_time() -> None:
    asking = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "dt.now", "datetime.datetime.now", "datetime.date.today"}
    found = [
        f"{short(path)}:{node.lineno} {dotted(node.func)}"
        for path in FILES
        if path != APP / "shared" / "clock.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and dotted(node.func) in asking
    ]
    assert found == []


def audit_calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in FILES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and dotted(node.func) == "audit.record" and node.args:
                yield path, node


def words_in(node: ast.AST) -> list[str]:
    """The texts an expression may come to: a constant, or one of several."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return words_in(node.body) + words_in(node.orelse)
    if isinstance(node, (ast.Dict, ast.Subscript)):
        return [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and "." in inner.value]
    return []


def is_past(verb: str) -> bool:
    return any(word.endswith("ed") or word in PAST for word in verb.split("_"))


def test_audit_actions_are_room_noun_past_verb() -> None:
    """Whole keys; or one helper's f"room.noun.{done}", whose callers say `done="agreed"`."""
    wrong = []
    for path, call in audit_calls():
        room, action = path.relative_to(APP).parts[0], call.args[0]
        names = words_in(action)
        if isinstance(action, ast.Name):
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id == action.id for target in node.targets):
                    names += words_in(node.value)
        if isinstance(action, ast.JoinedStr):
            head = "".join(part.value for part in action.values[:1] if isinstance(part, ast.Constant))
            if len(action.values) != 2 or not re.fullmatch(rf"{room}\.[a-z_]+\.", head):
                wrong.append(f"{short(path)}:{call.lineno} {head}")
        for name in names:
            parts = re.fullmatch(r"([a-z]+)\.([a-z_]+)\.([a-z_]+)", name)
            if parts is None or parts[1] != room or not is_past(parts[3]):
                wrong.append(f"{short(path)}:{call.lineno} {name}")
    assert wrong == []


def test_what_was_done_is_said_in_the_past() -> None:
    wrong = [
        f"{short(path)}:{node.lineno} {word}"
        for path in of_kind("services")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "done"
        for word in words_in(keyword.value)
        if not is_past(word)
    ]
    assert wrong == []


def test_no_page_takes_the_place_of_what_stands_around_it() -> None:
    """The names that every page is given by the shell: a page that passes one of its own would change the head over it."""
    shell = {"me", "nav", "zone_is_demo", "keeps"}
    found = [
        f"{path.name}:{node.lineno} passes {keyword.arg}"
        for path in sorted((ROOT / "app").rglob("*.py")) for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "render_template"
        for keyword in node.keywords if keyword.arg in shell
    ]
    assert found == []


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError")
    files = [*FILES, *(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]
    left = [f"{short(path)}: {found.group()}" for path in files if (found := marks.search(path.read_text(encoding="utf-8")))]
    assert left == []


def test_only_gateways_speak_to_the_outside() -> None:
    outside = {"smtplib", "stripe", "requests", "urllib.request", "http.client", "httpx"}
    may = {"gateway.py", "serve.py"}  # the supervisor asks its own server whether it is up
    speaking = [short(path) for path in FILES if path.name not in may and outside & set(imports(path))]
    assert speaking == []
