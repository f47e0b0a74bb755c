"""No file over 300 lines and no function over 40 without its reason. One that has become shorter loses its line here."""

from __future__ import annotations

import ast
from pathlib import Path

from config import ROOT
from tests.architecture.test_sources import FILES, short, tree

LONGEST_FILE, LONGEST_FUNCTION = 300, 40
WIDEST_TEMPLATE_LINE, LONG_TEMPLATE_LINES = 160, 335

LONG_FILES = {
    "app/accounts/models.py": "a Zone, its schools and its people know each other: one page of tables",
    "app/catalogue/search/kernels.py": "compiled loops call none of each other, so what they share is written out in each",
    "app/catalogue/search/lexicon.py": "what may be typed and what it may be called: one form, read and looked up by one rule",
    "app/catalogue/services/lexicon.py": "words are changed, undone and taken from a file by the same checks",
    "app/commissioning/queries/approvals.py": "what one page of decisions shows, worked out together so that it takes few statements",
    "app/commissioning/services/briefs.py": "a brief from told to awarded: one machine",
    "app/demo/lives.py": "a child's life in the demo, told in its order: each step asks for the next",
    "app/interchange/services/catalogue.py": "an import plans everything before it writes anything",
    "app/interchange/workbook.py": "a reader of one format, tag by tag",
    "app/matching/text.py": "what a child says is cut, weighed and compared by one reckoning",
    "app/payments/gateway.py": "the only file that may import stripe",
    "app/payments/services/sending.py": "a payment from claimed to known, where the order of the steps is the safety",
    "app/shared/db.py": "what a transaction and a lock mean on two databases is said side by side",
}

LONG_FUNCTIONS = {
    "app/accounts/sessions.py:connect": "hooks of a request, nested because Flask hands them out inside",
    "app/catalogue/services/cohorts.py:edit_cohort": "the same",
    "app/catalogue/search/kernels.py:close": "one compiled loop over words and their letters",
    "app/catalogue/search/kernels.py:count": "one compiled loop over a set, with all that is counted of it",
    "app/catalogue/search/kernels.py:find": "one compiled loop over postings",
    "app/catalogue/search/kernels.py:weigh": "one compiled loop over postings, in the order in which scoring adds up",
    "app/commissioning/services/accruals.py:accrue_locked": "one register's money, line by line under locks that are held",
    "app/commissioning/services/locks.py:lock_for": "the one order of locks, in that order",
    "app/commissioning/services/requests.py:request": "every guard of a request before its writes, in FLOWS' order",
    "app/commissioning/services/variations.py:change": "a verb with many words of its own",
    "app/demo/childhoods.py:welcome": "a list of what a demo child is given",
    "app/demo/partners.py:_offer": "a list of what a demo offering has",
    "app/insight/queries/zone.py:figures": "one statement with many counts",
    "app/interchange/presets.py:_outpost": "one column of Outpost's template after the other",
    "app/interchange/school_plan.py:make_plan": "row by row, with what each may turn out to be",
    "app/introductions/actions.py:_workers": "a table of what may be done next, in the order it is offered",
    "app/introductions/queries/record.py:_statement": "one statement",
    "app/matching/columns.py:build": "one array after the other",
    "app/matching/hearing.py:hear": "one source of a child's words after the other",
    "app/matching/cautions.py:caution": "a table of cautions, the weightiest first",
    "app/matching/kernels.py:add_up": "a compiled loop: it may call no other, and goes through each offering once",
    "app/matching/kernels.py:sift": "the same",
    "app/matching/kernels.py:weigh": "the same",
    "app/matching/scoring.py:score": "the sum itself",
    "app/matching/shelf.py:_with_changes": "what is new beside what stands, where a half would be wrong",
    "app/notifications/worker.py:claim": "one statement for each database",
    "app/shared/db.py:_install_sqlite": "hooks of an engine",
    "app/shared/doors.py:install": "hooks of an app",
    "app/shared/refusals.py:install": "handlers of an app",
    "app/shared/view.py:register": "the list of what templates may use",
}


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_a_long_file_has_its_reason() -> None:
    long = {short(path) for path in FILES if lines(path) > LONGEST_FILE}
    assert long == set(LONG_FILES), "split by noun what has grown, or take out the line of what is short again"


def test_a_long_function_has_its_reason() -> None:
    long = {
        f"{short(path)}:{node.name}"
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    }
    assert long == set(LONG_FUNCTIONS), "name its parts, or take out the line of what is short again"


def test_lines_of_templates_get_no_longer() -> None:
    """A line is broken where white space means nothing: at blocks, and between the words given to a macro."""
    templates = (ROOT / "templates").rglob("*.html")
    long = sum(len(line) > WIDEST_TEMPLATE_LINE for path in templates for line in path.read_text(encoding="utf-8").splitlines())
    assert long <= LONG_TEMPLATE_LINES, "break the new long lines; the number may only fall"
    assert long > LONG_TEMPLATE_LINES - 20, "write down the smaller number"
