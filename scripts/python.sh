# python.sh runtime|dev|bench: .venv with the locked packages. Does nothing when that has been done.
. "$(dirname "$0")/common.sh"
want=${1:-runtime}

usable() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$candidate" >/dev/null 2>&1 && usable "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

make_venv() {
    python=$(find_python) || {
        have=$(python3 -V 2>/dev/null || echo "none")
        die "Kith needs Python 3.11 or newer; this machine has: $have."
    }
    "$python" -c 'import venv, ensurepip' >/dev/null 2>&1 ||
        die "Python's venv module is missing: run 'apt install python3-venv' as an administrator, then try again."
    say "Making the Python environment in .venv ..."
    rm -rf "$VENV"
    "$python" -m venv "$VENV" >"$STAMPS/venv.log" 2>&1 || die "The Python environment could not be made: $(tail -1 "$STAMPS/venv.log")"
}

install() {
    say "Installing the Python packages of $1 ..."
    "$PY" -m pip install --quiet --disable-pip-version-check --no-input --no-deps --require-hashes -r "$1" >"$STAMPS/pip.log" 2>&1 ||
        die "The Python packages could not be installed: $(grep -i error "$STAMPS/pip.log" | tail -1) (all of it: .stamps/pip.log)"
}

one_at_a_time
runtime=$(fingerprint requirements.lock pyproject.toml)
dev=$(fingerprint requirements.lock requirements-dev.lock pyproject.toml)
bench=$(fingerprint requirements-bench.lock pyproject.toml)
if stamped venv "$ROOT" && usable "$PY"; then
    if [ "$want" = bench ]; then
        stamped python-bench "$bench" && exit 0
    else
        # What the tests need holds all that running needs.
        stamped python-dev "$dev" && exit 0
    fi
    [ "$want" = runtime ] && stamped python-runtime "$runtime" && exit 0
else
    unstamp python-dev
    unstamp python-runtime
    unstamp python-bench
    make_venv
    stamp venv "$ROOT"
fi
case $want in
    runtime) lock=requirements.lock ;;
    *) lock=requirements-$want.lock ;;
esac
unstamp "python-$want"
install "$lock"
"$PY" -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-build-isolation --no-index -e . >"$STAMPS/pip.log" 2>&1 ||
    die "Kith itself could not be installed into .venv: $(tail -1 "$STAMPS/pip.log")"
stamp python-runtime "$runtime"
[ "$want" = bench ] && stamp python-bench "$bench"
[ "$want" = dev ] && stamp python-dev "$dev"
exit 0
