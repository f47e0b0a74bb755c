# pictures.sh: the drawings of docs/ from the running tables, and the screenshots of docs/pictures from a demo of its own.
. "$(dirname "$0")/common.sh"
sh scripts/python.sh dev
sh scripts/assets.sh
"$PY" -m scripts.drawings
exec "$PY" -m scripts.pictures
