# Keepreel: `make` lists what there is. Everything is installed into .venv, from uv.lock alone.

PORT ?= 8765
AWS_DEFAULT_REGION ?= eu-west-1
export AWS_DEFAULT_REGION
export SAM_CLI_TELEMETRY := 0
export UV_PYTHON_DOWNLOADS := never
# The machine's own certificates, as git uses them: behind a company's proxy uv's built-in ones do not suffice.
export UV_SYSTEM_CERTS := true

PAGE_TOOLS := node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: openapi help install demo demo-bot run test page-tools check build smoke screenshots clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: .venv/installed ## everything that the other targets need

.venv/bin/uv:
	sh local/venv.sh

.venv/installed: pyproject.toml uv.lock | .venv/bin/uv
	.venv/bin/uv sync --frozen --quiet --python .venv/bin/python
	@touch $@

demo: .venv/installed ## make one video, the whole way, into .keepreel/demo/
	.venv/bin/python -m local demo

demo-bot: .venv/installed ## make a community's four videos side by side, into .keepreel/demo-bot/
	.venv/bin/python -m local demo-bot

run: .venv/installed ## keep the whole stack up at http://127.0.0.1:8765 (PORT=9000, PARAMETERS="Name=Value; Name=Value")
	@exec .venv/bin/python -m local run --port $(PORT) --parameter "$$PARAMETERS"

# PYTEST_OPTIONS=--require-browser makes a missing Chromium or npm a failure.
test: .venv/installed $(PAGE_TOOLS) ## every test; those in a browser where Chromium is found
	.venv/bin/python -m pytest -n auto --maxprocesses 4 $(PYTEST_OPTIONS)

page-tools: $(PAGE_TOOLS) ## Biome, TypeScript and axe-core, which check and test the page, where npm is installed

# Without npm or a network, everything else is still checked and tested.
$(PAGE_TOOLS): package.json package-lock.json .npmrc
	@! command -v npm > /dev/null || npm ci --silent || echo "npm could not install the page tools" >&2

check: .venv/installed ## format, lint, types, template, state machine, lock file
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/uv lock --check --offline --quiet
	.venv/bin/sam validate --lint
	.venv/bin/python -m local.tools.check_template
	.venv/bin/python -m local.tools.openapi --check

# Of what SAM says, progress and errors go to stderr; stdout has next steps of its own, which are not ours.
openapi: .venv/installed ## functions/web/openapi.json, after a change of the API
	.venv/bin/python -m local.tools.openapi

build: .venv/installed ## what `sam deploy` uploads, for Lambda's architecture
	find functions -name __pycache__ -prune -exec rm -rf {} +
	.venv/bin/sam build > /dev/null
	.venv/bin/python -m local.tools.layer_sizes .aws-sam/build

smoke: .venv/installed ## every built function answers one event under Lambda's emulator
	.venv/bin/python -m local.tools.smoke

screenshots: .venv/installed ## the pictures in docs/images/, from a stack of their own (SHOTS="share-page" for some)
	.venv/bin/python -m tests.browser.screenshots $(SHOTS)

clean: ## remove what the other targets made
	rm -rf .venv .aws-sam .keepreel .mypy_cache .pytest_cache .ruff_cache node_modules
	find . -name __pycache__ -prune -exec rm -rf {} +
