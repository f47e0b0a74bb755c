"""bandit over Kith's own code: nothing is found but what stands here with its reason, and what stands here is still found.

Ruff's S rules say the same in `make lint`, with the reason beside each line; this is the second pair of eyes.
    python -m scripts.scan_code PATH_TO_BANDIT
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

KINDS = {
    "B101": "asserts tell the type checker what a line above made sure of; no rule of Kith is one",
    "B311": "the demo's invented people are drawn by a seeded generator; no secret is",
    "B404": "the commands that start processes are few, and each is looked at as B603",
}
"""Findings of a kind that are no fault anywhere."""

PLACES = {
    ("B104", "app/serve.py"): "only compared with, to tell where Kith can be reached",
    ("B105", "config.py"): "the secret for development, which production refuses",
    ("B105", "app/accounts/sessions.py"): "the name of a key of the session",
    ("B105", "app/demo/build.py"): "the demo's password is printed on purpose; its Zones hold nobody real",
    ("B603", "app/serve.py"): "Kith's own server and worker, without a shell, no word from outside",
    ("B603", "app/keeping/backups.py"): "PostgreSQL's own tools by their full path, without a shell; the address is the operator's",
    ("B603", "scripts/pictures.py"): "Kith's own commands",
    ("B603", "scripts/scan_code.py"): "bandit itself",
    ("B603", "scripts/scan_running.py"): "Kith's own commands and the scanners",
    ("B107", "scripts/scan_running.py"): "an empty password is somebody who does not sign in",
    ("B608", "app/catalogue/models/search.py"): "the text of triggers, made of names that stand in the code",
    ("B608", "app/matching/models.py"): "the text of triggers, made of names that stand in the code",
    ("B704", "app/accounts/qr.py"): "a picture that segno draws from a seed that Kith made",
    ("B704", "app/attendance/wiring.py"): "a fragment of our own templates, which escape",
    ("B704", "app/children/panels.py"): "fragments of our own templates, which escape",
    ("B704", "app/commissioning/panels.py"): "a fragment of our own templates, which escape",
    ("B704", "app/introductions/wiring.py"): "a fragment of our own templates, which escape",
    ("B704", "app/matching/wiring.py"): "a fragment of our own templates, which escape",
    ("B704", "app/shared/languages.py"): "sentences of our own templates or of their translators; what is put in is escaped, and a test holds that no sentence is data",
    ("B704", "app/shared/view.py"): "a list of which each part is escaped",
}
"""Findings that are no fault in that one file."""


def main(bandit: str) -> int:
    ran = subprocess.run([bandit, "-q", "-r", "app", "config.py", "scripts", "-f", "json"], capture_output=True, text=True, check=False)
    found = json.loads(ran.stdout)
    for error in found["errors"]:
        print(f"bandit could not read {error['filename']}: {error['reason']}")
    kept: Counter[str] = Counter()
    faults = [f"{error['filename']} could not be read" for error in found["errors"]]
    for one in found["results"]:
        place = one["test_id"], one["filename"].removeprefix("./")
        if one["test_id"] in KINDS or place in PLACES:
            kept[one["test_id"]] += 1
        else:
            faults.append(f"{place[1]}:{one['line_number']} {one['test_id']} {one['issue_text']}")
    seen = {(one["test_id"], one["filename"].removeprefix("./")) for one in found["results"]}
    faults += [f"{path} has no {test} any more: take it out of scripts/scan_code.py" for test, path in sorted(PLACES.keys() - seen)]
    for fault in faults:
        print(fault)
    print(f"bandit: {len(faults)} to look at; known and explained: " + ", ".join(f"{n} {test}" for test, n in sorted(kept.items())))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
