"""Known faults are found in what is locked, and only where the version is one of theirs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from app.shared import clock
from scripts import advisories

PACKAGES = {"flask": Version("3.1.2"), "jinja2": Version("3.1.6")}


def advisory(*events: dict[str, str], name: str = "Flask", **more: Any) -> dict[str, Any]:
    return {"id": "X-1", "affected": [{"package": {"ecosystem": "PyPI", "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": list(events)}]}], **more}


def test_a_version_is_in_a_range_by_the_rule_of_the_format() -> None:
    for events, is_found in (
        (({"introduced": "0"}, {"fixed": "3.1.3"}), True), (({"introduced": "0"}, {"fixed": "3.1.2"}), False), (({"introduced": "3.2"},), False),
        (({"introduced": "0"}, {"last_affected": "3.1.2"}), True), (({"introduced": "0"}, {"last_affected": "3.1.1"}), False),
        (({"introduced": "0"}, {"fixed": "2.3"}, {"introduced": "3.0"}, {"fixed": "3.2"}), True),
    ):
        assert bool(advisories.concerns(advisory(*events), PACKAGES)) is is_found, events
    assert advisories.concerns(advisory({"introduced": "0"}, name="Jinja2"), PACKAGES) == ["jinja2 3.1.6"]
    assert advisories.concerns(advisory({"introduced": "0"}, name="django"), PACKAGES) == []
    assert advisories.concerns(advisory({"introduced": "0"}, withdrawn="2026-01-01T00:00:00Z"), PACKAGES) == []


def test_a_fault_or_an_old_list_fails_and_no_list_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert advisories.main(None) == 0 and "Not compared" in capsys.readouterr().out
    file, today = tmp_path / "one.json", clock.now().isoformat().replace("+00:00", "Z")
    for written, code in (
        (advisory({"introduced": "0"}, modified=today), 1), (advisory({"introduced": "99"}, modified=today), 0),
        (advisory({"introduced": "99"}, modified="2024-10-01T00:00:00Z"), 1),
    ):
        file.write_text(json.dumps(written), encoding="utf-8")
        assert advisories.main(str(tmp_path)) == code, capsys.readouterr().out
