# security.sh: what a hostile tester would try first. The matrix and most of these run in `make test`; the crawler, bandit and the two
# scanners only here. The scanners attack a Kith of their own, as in production, on a demo of its own (docs/security.md).
. "$(dirname "$0")/common.sh"
sh scripts/python.sh dev
sh scripts/assets.sh
sh scripts/tools.sh security
sh scripts/tools.sh wapiti
say "ruff's security rules (each exception says why beside it) ..."
"$PY" -m ruff check --quiet --select S --ignore S101 app config.py
"$PY" -m ruff check --quiet --select S scripts
say "bandit (each exception says why in scripts/scan_code.py) ..."
"$PY" -m scripts.scan_code "$STAMPS/security/bin/bandit"
say "the bill of materials ..."
sh scripts/sbom.sh
"$STAMPS/security/bin/python" - build/kith.cdx.json <<'PYTHON'
import sys
from pathlib import Path
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(Path(sys.argv[1]).read_text())
sys.exit(f"The bill of materials is not CycloneDX 1.6: {fault}" if fault else 0)
PYTHON
say "who may do what, and whose name is read by whom ..."
"$PY" -m pytest -q -n0 --db=sqlite -o faulthandler_timeout=1200 tests/architecture/test_pages_matrix.py tests/architecture/crawl_names.py tests/shared/test_pages_hardening.py tests/security tests/audit
say "wapiti as each role, schemathesis on what programs read ..."
"$PY" -m scripts.scan_running "$STAMPS/wapiti/bin/wapiti" "$STAMPS/security/bin/schemathesis"
