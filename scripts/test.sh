# test.sh: all of it. Ends with pytest's own closing line. Arguments are handed to pytest.
. "$(dirname "$0")/common.sh"
sh scripts/python.sh dev
sh scripts/assets.sh
CHROMIUM_PATH=$("$PY" -m tests.support.browser)
export CHROMIUM_PATH
sh scripts/lint.sh
exec "$PY" -m pytest "$@"
