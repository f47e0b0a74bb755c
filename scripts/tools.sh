# tools.sh NAME: the programs of scripts/NAME.lock in an environment of their own (.stamps/NAME), where Kith is not installed.
. "$(dirname "$0")/common.sh"
name=$1
lock=scripts/$name.lock
have=$(fingerprint "$lock")
stamped "tools-$name" "$have" && exit 0
one_at_a_time
unstamp "tools-$name"
say "Installing the tools of $lock ..."
rm -rf "$STAMPS/$name"
"$PY" -m venv "$STAMPS/$name"
"$STAMPS/$name/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps --require-hashes -r "$lock" >"$STAMPS/pip.log" 2>&1 ||
    die "The tools of $lock could not be installed: $(grep -i error "$STAMPS/pip.log" | tail -1) (all of it: .stamps/pip.log)"
stamp "tools-$name" "$have"
