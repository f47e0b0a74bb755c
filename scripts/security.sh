# security.sh: what a hostile tester would try first. The matrix and most of these run in `make test`; the crawler, bandit and the two
# scanners only here. The scanners attack a Kith of their own, as in production, on a demo of its own (docs/security.md).
# Every step runs, also after one that found something; the end says what each came to, and fails when any did.
. "$(dirname "$0")/common.sh"
sh scripts/python.sh dev
sh scripts/assets.sh
sh scripts/tools.sh security
sh scripts/tools.sh wapiti
told=""
failed=0
began=$(date +%s)

# step WHAT COMMAND...: runs it, and notes for the end how long it took and what it came to.
step() {
    what=$1
    shift
    say "$what ..."
    since=$(date +%s)
    if "$@"; then came="nothing"; else
        came="FOUND SOMETHING"
        failed=$((failed + 1))
    fi
    told="$told
  $came: $what ($(($(date +%s) - since)) s)"
}

material() {
    sh scripts/sbom.sh && "$STAMPS/security/bin/python" - build/kith.cdx.json <<'PYTHON'
import sys
from pathlib import Path
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(Path(sys.argv[1]).read_text())
sys.exit(f"The bill of materials is not CycloneDX 1.6: {fault}" if fault else 0)
PYTHON
}

rules() {
    "$PY" -m ruff check --quiet --select S --ignore S101 app config.py && "$PY" -m ruff check --quiet --select S scripts
}

step "ruff's security rules (each exception says why beside it)" rules
step "bandit (each exception says why in scripts/scan_code.py)" "$PY" -m scripts.scan_code "$STAMPS/security/bin/bandit"
step "the bill of materials" material
step "known faults of what is in it" "$PY" -m scripts.advisories
step "who may do what, whose name is read by whom, what is hardened, any input, the trail" "$PY" -m pytest -q -n0 --db=sqlite \
    -o faulthandler_timeout=1200 tests/architecture/test_pages_matrix.py tests/architecture/crawl_names.py tests/shared/test_pages_hardening.py tests/security tests/audit
step "wapiti as each role, schemathesis on what programs read" "$PY" -m scripts.scan_running "$STAMPS/wapiti/bin/wapiti" "$STAMPS/security/bin/schemathesis"
say ""
say "make security, $(date -u '+%-d %B %Y, %H:%M') UTC, $(($(date +%s) - began)) s:$told"
[ "$failed" -eq 0 ] || die "$failed of the steps found something: it stands above."
say "Nothing of medium or above."
