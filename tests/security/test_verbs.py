"""Every verb that changes something writes it into the trail, and none runs without being told who acts.

Both are read from the code as it stands: from each public function of a service that opens a transaction, through whatever it calls, to
`audit.record`. What leaves no line there is named here, with where it is seen instead.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache

from config import ROOT

Key = tuple[str, str]
RUBBISH = "rubbish of the machine's, gone after its time (docs/personal-data.md)"
COUNTS = "a count of tries or files, which is itself what is written down"
TASK = "takes a thing off one's own list, or marks it as seen: nobody's data changes"
NO_LINE = {
    "accounts.passkeys.ask": RUBBISH, "accounts.passkeys.forget_old_challenges": RUBBISH, "accounts.sign_ins.forget_old_sign_ins": RUBBISH,
    "accounts.throttles.forget_old_tries": RUBBISH, "catalogue.misses.forget_old_misses": RUBBISH, "interchange.drafts.forget_drafts": RUBBISH,
    "interchange.school_files.forget_school_files": RUBBISH, "accounts.sign_ins.keep_alive": "when a session was last used",
    "accounts.throttles.count_export": COUNTS, "accounts.throttles.count_key": COUNTS, "accounts.throttles.count_requests": COUNTS,
    "accounts.throttles.count_try": COUNTS, "catalogue.misses.record_miss": "a count of searches in vain, of nobody",
    "audit.services.note_sight": "a look, which is a log of its own", "audit.services.note_sights": "looks, which are a log of their own",
    "catalogue.alike.look_for_alike": "what two offers have in common, worked out again from them", "catalogue.confirming.sweep": "opens tasks",
    "children.handover.sweep": "opens tasks", "commissioning.clock.ask_about_pauses": "opens tasks",
    "commissioning.partner_told.note_seen": TASK, "introductions.messages.tick_off": TASK, "safeguarding.services.seen_look": TASK,
    "interchange.drafts.set_mapping": "a draft, which is in the trail when it is used or thrown away",
    "interchange.drafts.start_again": "a draft, which is in the trail when it is used or thrown away",
    "interchange.school_files.choose_in_school_file": "a draft, which is in the trail when it is used or thrown away",
    "payments.invoice_books.sync_held": "asks Stripe what became of an invoice; what follows is recorded where it is written",
    "payments.news.ask_about": "news of Stripe's, kept as it came; what follows is recorded", "payments.news.keep": "news of Stripe's, kept as it came",
    "payments.payees.ensure_payee": "a row to pay to, made with the first thing that is", "payments.reconciling.ask": "asks Stripe; the answer is kept in stripe_look",
    "payments.reconciling.nightly": "asks Stripe; the answer is kept in stripe_look", "payments.sending.look_after": "sends again what is recorded as it goes",
    "payments.refund_sending.look_again": "looks again at what is recorded as it goes",
}
CLOCKS_OWN = {
    "introductions.meeting.join": "first attendance joins", "introductions.asking.lapse": "nobody answered in time", "notifications.services.requeue": "the command line",
    "accounts.zones.create_zone": "the command line", "commissioning.delivery.start_delivery": "the first session was held",
}
"""Verbs that the clock or the command line may call without anybody: the trail says "Kith, by itself"."""


@cache
def _code() -> tuple[dict[Key, ast.FunctionDef], dict[str, dict[str, tuple[str, str]]]]:
    """Every function by its module and name, and what each module calls by which name."""
    functions: dict[Key, ast.FunctionDef] = {}
    names: dict[str, dict[str, tuple[str, str]]] = {}
    for path in (ROOT / "app").rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions |= {(module, node.name): node for node in tree.body if isinstance(node, ast.FunctionDef)}
        names[module] = {
            alias.asname or alias.name: (node.module, alias.name)
            for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module for alias in node.names
        }
    return functions, names


def _calls(key: Key) -> set[Key]:
    """What a function calls, or hands on by name."""
    functions, names = _code()
    module, found = key[0], set()
    for node in ast.walk(functions[key]):
        if isinstance(node, ast.Name):
            found.add((module, node.id) if (module, node.id) in functions else names[module].get(node.id, ("", "")))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names[module]:
            found.add((".".join(names[module][node.value.id]), node.attr))
    return found


def _reaches(key: Key, is_it: Callable[[Key], bool]) -> bool:
    functions, _ = _code()
    waiting, seen = [key], {key}
    while waiting:
        for called in _calls(waiting.pop()):
            if is_it(called):
                return True
            if called in functions and called not in seen:
                seen.add(called)
                waiting.append(called)
    return False


@cache
def verbs() -> dict[str, Key]:
    """`room.module.verb` of each public function in services that opens a transaction by itself."""
    functions, _ = _code()
    found = {}
    for (module, name), node in functions.items():
        parts = module.split(".")
        opens = any(
            isinstance(item.context_expr, ast.Call) and getattr(item.context_expr.func, "id", "") == "atomic"
            for inner in ast.walk(node) if isinstance(inner, ast.With) for item in inner.items
        )
        if opens and not name.startswith("_") and (parts[2:3] == ["services"] or parts[1] == "keeping"):
            found[f"{parts[1]}.{parts[-1]}.{name}"] = (module, name)
    return found


def test_every_verb_that_changes_something_leaves_a_line_in_the_trail() -> None:
    found = verbs()
    assert len(found) > 300
    silent = {name for name, key in found.items() if not _reaches(key, lambda called: called == ("app.audit.services", "record"))}
    assert sorted(silent - set(NO_LINE)) == [], "write what it did into the trail, or say in NO_LINE where it is seen instead"
    assert sorted(set(NO_LINE) - silent) == [], "these are in the trail now: take them out of NO_LINE"


def test_no_verb_runs_without_being_told_who_acts() -> None:
    """`actor` has no default: a call that leaves it out is an error, not somebody. mypy holds each caller to it."""
    functions, _ = _code()
    wrong = []
    for name, key in verbs().items():
        arguments = functions[key].args
        given = [*arguments.args, *arguments.kwonlyargs]
        if not any(argument.arg == "actor" for argument in given):
            continue
        defaults = dict(zip((a.arg for a in arguments.kwonlyargs), arguments.kw_defaults, strict=True))
        if defaults.get("actor") is not None and name not in CLOCKS_OWN:
            wrong.append(name)
    assert sorted(wrong) == []
    assert set(CLOCKS_OWN) <= set(verbs())

