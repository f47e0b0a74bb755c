# bench.sh: the measurements of benchmarks/.
. "$(dirname "$0")/common.sh"
sh scripts/python.sh bench
sh scripts/assets.sh
[ "$#" -gt 0 ] || "$PY" -m benchmarks.imports
exec "$PY" -m benchmarks "$@"
