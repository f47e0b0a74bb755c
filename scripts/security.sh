# security.sh: what a hostile tester would try first. The same matrix runs in `make test`; the crawler only here, it opens every page as every role.
. "$(dirname "$0")/common.sh"
sh scripts/python.sh dev
sh scripts/assets.sh
say "ruff's security rules (each exception says why beside it) ..."
"$PY" -m ruff check --quiet --select S --ignore S101 app config.py scripts
say "who may do what, and whose name is read by whom ..."
"$PY" -m pytest -q -n0 --db=sqlite tests/architecture/test_pages_matrix.py tests/architecture/crawl_names.py tests/shared/test_pages_hardening.py tests/audit
