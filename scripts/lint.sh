# lint.sh: style, types, and who may import whom.
. "$(dirname "$0")/common.sh"
sh scripts/python.sh dev
say "ruff ..."
"$PY" -m ruff check --quiet app tests config.py $(ls -d scripts benchmarks 2>/dev/null)
say "mypy ..."
"$PY" -m mypy
say "import directions ..."
"$PY" -c 'import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())' --no-logo
