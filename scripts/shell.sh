# shell.sh: Python with the app, its database session and its rooms at hand.
. "$(dirname "$0")/common.sh"
sh scripts/python.sh runtime
exec "$PY" -m flask --app app.wsgi:app shell
