# pictures.sh: the screenshots of docs/pictures, from a demo of its own.
. "$(dirname "$0")/common.sh"
sh scripts/python.sh dev
sh scripts/assets.sh
exec "$PY" -m scripts.pictures
