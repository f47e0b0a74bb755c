# run.sh: everything from a fresh clone to a served Kith.
. "$(dirname "$0")/common.sh"
PORT=${PORT:-5000}
HOST=${HOST:-127.0.0.1}
export PORT

case $PORT in
'' | *[!0-9]*) die "PORT is '$PORT'; it must be a number, for example PORT=8000." ;;
esac
sh scripts/python.sh runtime
"$PY" - "$HOST" "$PORT" <<'PYTHON' || exit 1
import sys
from app.serve import why_not
reason = why_not(sys.argv[1], int(sys.argv[2]))
if reason:
    sys.exit(reason)
PYTHON
sh scripts/assets.sh
"$VENV/bin/kith" db upgrade
"$VENV/bin/kith" demo --if-empty
exec "$VENV/bin/kith" serve --host "$HOST" --port "$PORT"
