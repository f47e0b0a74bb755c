# sbom.sh: what Kith is made of, for whoever has to know: a CycloneDX file, and the licences.
. "$(dirname "$0")/common.sh"
sh scripts/python.sh dev
sh scripts/assets.sh
"$PY" -m scripts.sbom
