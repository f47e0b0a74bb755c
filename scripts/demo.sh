# demo.sh: the demo Zones, fresh.
. "$(dirname "$0")/common.sh"
sh scripts/python.sh runtime
"$PY" -m app.cli db upgrade
exec "$PY" -m app.cli demo
