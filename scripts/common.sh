# Sourced by the other scripts: where we are, how to fail, and the stamps that make the second time quick.
set -eu
cd "$(dirname "$0")/.."
ROOT=$(pwd)
VENV="$ROOT/.venv"
PY="$VENV/bin/python"
STAMPS="$ROOT/.stamps"

die() {
    printf '%s\n' "$1" >&2
    exit 1
}

say() {
    printf '%s\n' "$1"
}

# fingerprint FILE...: one line that changes when the files, their names or this folder do. Folders are read whole.
fingerprint() {
    {
        printf '%s\n' "$ROOT"
        find "$@" -type f ! -name '*.swp' 2>/dev/null | LC_ALL=C sort | while IFS= read -r file; do sha256sum "$file"; done
    } | sha256sum | cut -c1-64
}

stamped() {
    [ -f "$STAMPS/$1" ] && [ "$(cat "$STAMPS/$1")" = "$2" ]
}

stamp() {
    mkdir -p "$STAMPS"
    printf '%s\n' "$2" >"$STAMPS/$1"
}

unstamp() {
    rm -f "$STAMPS/$1"
}

# one_at_a_time: two commands started at once do not install over each other.
one_at_a_time() {
    mkdir -p "$STAMPS" 2>/dev/null || die "Kith cannot write to $ROOT: run it as the owner of that folder."
    if command -v flock >/dev/null 2>&1; then
        exec 9>"$STAMPS/lock"
        flock 9
    fi
}
