# demo.sh: the demo Zones, fresh.
. "$(dirname "$0")/common.sh"
sh scripts/python.sh runtime
"$VENV/bin/kith" db upgrade
exec "$VENV/bin/kith" demo
