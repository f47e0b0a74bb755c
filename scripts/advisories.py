"""Known faults in what Kith is built from: each locked Python package against a list of advisories in OSV's format.

    python -m scripts.advisories
The list is a ZIP (or a folder) of OSV's JSON files, as osv.dev gives one for PyPI, in the file that KITH_ADVISORIES names: Kith fetches nothing
by itself. Without one this says that nothing was compared. Fails for a fault in a locked version that is not explained in KNOWN, and for a list
that is older than three months.
"""

from __future__ import annotations

import json
import os
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
OLDEST = timedelta(days=92)
KNOWN: Mapping[str, str] = {}
"""Advisories that do not concern Kith, by their id, each with why."""


def locked() -> dict[str, Version]:
    """Every package of the locks with its one version."""
    found = {}
    for lock in LOCKS:
        for name, version in re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE):
            found[str(canonicalize_name(name))] = Version(version)
    return found


def advisories(place: Path) -> Iterator[dict[str, Any]]:
    if place.is_dir():
        for path in sorted(place.rglob("*.json")):
            yield json.loads(path.read_text(encoding="utf-8"))
        return
    with zipfile.ZipFile(place) as packed:
        for name in packed.namelist():
            if name.endswith(".json"):
                yield json.loads(packed.read(name))


def concerns(advisory: Mapping[str, Any], packages: Mapping[str, Version]) -> list[str]:
    """The packages, with their version, that this advisory is about."""
    if advisory.get("withdrawn"):
        return []
    found = []
    for affected in advisory.get("affected", ()):
        package = affected.get("package", {})
        name = str(canonicalize_name(package.get("name", "")))
        version = packages.get(name) if package.get("ecosystem") == "PyPI" else None
        if version is not None and (str(version) in affected.get("versions", ()) or any(_within(version, one) for one in affected.get("ranges", ()))):
            found.append(f"{name} {version}")
    return found


def _within(version: Version, span: Mapping[str, Any]) -> bool:
    """OSV's rule: the events in their order, the last one at or below the version decides."""
    if span.get("type") != "ECOSYSTEM":
        return False
    is_in = False
    for event in span.get("events", ()):
        for kind, said in event.items():
            try:
                at = Version("0" if said == "0" else said)
            except InvalidVersion:
                continue
            if kind == "introduced" and version >= at:
                is_in = True
            elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
                is_in = False
    return is_in


def main(named: str | None) -> int:
    packages = locked()
    if not named:
        print(f"Not compared: {len(packages)} locked packages. Put OSV's list for PyPI into a file and name it in KITH_ADVISORIES.")
        return 0
    faults, newest, number = [], "", 0
    for advisory in advisories(Path(named)):
        number += 1
        newest = max(newest, str(advisory.get("modified", "")))
        faults += [f"{one}: {advisory['id']}, {advisory.get('summary', '')}" for one in concerns(advisory, packages) if advisory["id"] not in KNOWN]
    if not newest or datetime.fromisoformat(newest) < datetime.now(UTC) - OLDEST:
        faults.append(f"the list is too old to say anything: its newest advisory is of {newest[:10] or 'no day'}")
    for fault in faults:
        print(fault)
    print(f"{len(packages)} locked packages against {number} advisories up to {newest[:10]}: {len(faults)} to look at")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(os.environ.get("KITH_ADVISORIES")))
