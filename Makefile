# Kith: `make help` lists what can be done. Each command prepares what it needs and does that only once.

.DEFAULT_GOAL := help
.PHONY: help run test demo bench sbom lint security shell assets pictures clean
MAKEFLAGS += --no-print-directory

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: ## set up, load the demo if there is no data yet, and serve on http://127.0.0.1:5000 (PORT=8000 for another port)
	@sh scripts/run.sh

test: ## everything: lint, types, import directions, tests on SQLite and PostgreSQL, journeys in a browser
	@sh scripts/test.sh

demo: ## throw the present data away and load the demo Zones again
	@sh scripts/demo.sh

bench: ## measure how good and how fast Kith's search is on this machine, beside other engines
	@sh scripts/bench.sh

sbom: ## the bill of materials (CycloneDX, build/kith.cdx.json) and the licences (docs/licences.md)
	@sh scripts/sbom.sh

lint: ## ruff, mypy and the import directions
	@sh scripts/lint.sh

security: ## attack a running Kith as every role (wapiti, schemathesis), bandit, who may do what, whose name is read by whom
	@sh scripts/security.sh

shell: ## a Python shell inside the app
	@sh scripts/shell.sh

assets: ## build styles and scripts (when their sources have changed)
	@sh scripts/assets.sh

pictures: ## draw states, rooms and tables of docs/ again, and take the screenshots of docs/pictures from the demo
	@sh scripts/pictures.sh

clean: ## remove everything that the commands above have made, except the data in var/
	@rm -rf .venv .stamps node_modules static/dist static/.dist-next build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .grimp_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
