# `make` lists the targets. Everything is installed into .venv, from uv.lock alone.

PORT ?= 8765
export SAM_CLI_TELEMETRY := 0
# Only local/venv.sh may download a Python.
export UV_PYTHON_DOWNLOADS := never
# Use the system's certificates, as git does: uv's built-in ones fail behind a company's proxy.
export UV_SYSTEM_CERTS := true

# glibc keeps memory per thread by default, which adds 15 % to a process with as many threads as the local stack.
# With PYTHONDONTWRITEBYTECODE, which many containers set, every process would compile moto and boto3 again.
PYTEST := MALLOC_ARENA_MAX=2 PYTHONDONTWRITEBYTECODE= .venv/bin/python -m pytest -n auto --maxprocesses 4
PAGE_TOOLS := node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help install doctor map demo demo-bot run test faults test-page page-tools check check-page catalog openapi docs cost costs pause resume certificate bench build arguments deploy deploy-check user verify destroy smoke screenshots clean

## Start

help: ## show this list
	@awk -F ':.*## ' '/^## / { print "\n" substr($$0, 4) } /^[a-z-]+:.*## / { split($$2, text, " · "); \
	  printf "  make %-13s %s\n", $$1, text[1]; if (text[2]) printf "%20s %s\n", "", text[2] }' $(MAKEFILE_LIST)

install: .venv/installed ## create .venv from uv.lock (every other target does this first)

.venv/bin/uv:
	sh local/venv.sh

.venv/installed: pyproject.toml uv.lock | .venv/bin/uv
	.venv/bin/uv sync --frozen --quiet --python .venv/bin/python
	@touch $@

doctor: ## show which tools are installed and what each missing one means
	@sh local/doctor.sh

map: .venv/installed ## print the first line of every module
	@.venv/bin/python -m local.tools.module_map

demo: .venv/installed ## create one video from request to file, in .keepreel/demo/
	.venv/bin/python -m local demo

demo-bot: .venv/installed ## create a community's four videos, in .keepreel/demo-bot/
	.venv/bin/python -m local demo-bot

HOST ?= 127.0.0.1
FUNCTIONS ?= yes
run: .venv/installed ## start the local stack at http://127.0.0.1:8765 · PORT=9000 PARAMETERS="Name=Value; Name=Value" HOST=0.0.0.0 FUNCTIONS=no
	@exec .venv/bin/python -m local run --port $(PORT) --host "$(HOST)" --functions "$(FUNCTIONS)" --parameter "$$PARAMETERS"

## Test and check

# PYTEST_OPTIONS=--require-browser makes a missing Chromium or npm a failure instead of a skip.
test: .venv/installed $(PAGE_TOOLS) ## run the tests, with ten browser tests where Chromium is found
	$(PYTEST) -m "smoke or not browser" $(PYTEST_OPTIONS)

SEEDS ?= 100
faults: .venv/installed ## kill the workflow at random moments, in 100 sequences per provider · SEEDS=1000
	$(PYTEST) tests/faults/test_crashes.py --fault-seeds $(SEEDS) $(PYTEST_OPTIONS)

test-page: .venv/installed $(PAGE_TOOLS) ## run the page's tests: node --test and all browser tests
	@if command -v node > /dev/null; then node --test --test-reporter=dot tests/page/*.test.js; \
	elif [ "$$CI" = true ]; then echo "test-page: node is required in CI" >&2; exit 1; \
	else echo "test-page: the node tests are skipped because node is not installed"; fi
	$(PYTEST) --dist worksteal $(PYTEST_OPTIONS) tests/browser

page-tools: $(PAGE_TOOLS) ## install the page's checkers with npm, where it is found

# Without npm or a network, everything else is still checked and tested.
$(PAGE_TOOLS): package.json package-lock.json .npmrc
	@! command -v npm > /dev/null || npm ci --silent || echo "npm could not install the page tools" >&2

check-page: $(PAGE_TOOLS) ## check format, lint, types and imports of the page, where npm is found
	@if [ -x node_modules/.bin/biome ]; then npm run --silent check; \
	elif [ "$$CI" = true ]; then echo "check-page: npm is required in CI" >&2; exit 1; \
	else echo "check-page: skipped because npm is not installed"; fi

check: .venv/installed check-page ## check format, lint, types, template, workflow, lock file, page and generated files
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache --no-logo
	.venv/bin/uv lock --check --offline --quiet
	.venv/bin/sam validate --lint
	.venv/bin/python -m local.tools.check_template
	.venv/bin/python -m local.tools.openapi --check
	.venv/bin/python -m local.tools.generate_docs --check
	.venv/bin/python -m local.tools.check_docs
	@.venv/bin/python -m local.tools.catalog --stale

smoke: .venv/installed ## run every built function once in an emulated Lambda runtime (Linux)
	.venv/bin/python -m local.tools.smoke

emulate: .venv/installed ## deploy on MiniStack, another emulator of AWS, and run both flows there
	.venv/bin/python -m local.tools.emulate

## Generate and measure

catalog: .venv/installed ## print the state of each model and the age of its price
	.venv/bin/python -m local.tools.catalog

openapi: .venv/installed $(PAGE_TOOLS) ## regenerate openapi.json, its TypeScript types and docs/ after a change of the API
	.venv/bin/python -m local.tools.openapi
	@if [ -d node_modules/openapi-typescript ]; then node local/tools/api-types.js; \
	else echo "openapi: api-types.d.ts stays as it is because npm is not installed" >&2; fi
	.venv/bin/python -m local.tools.generate_docs

docs: .venv/installed ## regenerate the tables in docs/ after a change of parameters or models
	.venv/bin/python -m local.tools.generate_docs

# Apart from .venv, because the runtime must not find what only the baselines use.
BENCH_PACKAGES := .keepreel/bench/packages
ROUNDS ?= 3
bench: .venv/installed $(BENCH_PACKAGES) ## measure everything next to a typical service, and write docs/performance.md · ROUNDS=3
	.venv/bin/python -m tests.bench --rounds $(ROUNDS)

$(BENCH_PACKAGES): uv.lock | .venv/installed
	rm -rf $@ && mkdir -p $(@D)
	.venv/bin/uv export --quiet --frozen --only-group bench --no-emit-project --output-file $@.txt > /dev/null
	.venv/bin/uv pip install --quiet --target $@ --python .venv/bin/python --only-binary :all: --require-hashes --requirements $@.txt
	@touch $@

cost: .venv/installed ## calculate what AWS charges for 1,000 videos, and what limits their number
	@.venv/bin/python -m local.tools.cost

screenshots: .venv/installed ## retake the screenshots in docs/images/ · SHOTS="share-page"
	.venv/bin/python -m tests.browser.screenshots $(SHOTS)

## Deploy and operate

# SAM would name only the template's default where the architecture is a parameter.
ARCH ?= arm64
# SAM prints errors to stderr, and next steps that do not apply here to stdout.
build: .venv/installed ## build what `sam deploy` uploads · ARCH=x86_64 for `sam local invoke` on such a machine, LAYER_BYTECODE=no
	find functions -name __pycache__ -prune -exec rm -rf {} +
	@$(if $(filter $(ARCH),arm64 x86_64),,$(error ARCH is arm64 or x86_64, not $(ARCH)))
	LAYER_PLATFORM=$(if $(filter x86_64,$(ARCH)),x86_64,aarch64)-manylinux_2_28 .venv/bin/sam build --parameter-overrides Architecture=$(ARCH) > /dev/null
	.venv/bin/python -m local.tools.layer_sizes .aws-sam/build

# Before the build, which takes a minute.
arguments: .venv/installed
	@.venv/bin/python -m local.tools.deployment.stage --stage "$(STAGE)" --parameters "$$PARAMETERS"

deploy: arguments build ## build, and deploy a stage to your AWS account · STAGE=dev PARAMETERS="AlarmEmail=you@example.com" ALLOW=<logical ids> YES=1
	@.venv/bin/python -m local.tools.deployment.deploy --stage "$(STAGE)" --parameters "Architecture=$(ARCH); $$PARAMETERS" --allow "$(ALLOW)" $(if $(YES),--yes)

deploy-check: arguments build ## build, and show what a deployment would change · STAGE=dev PARAMETERS=… ALLOW=… CHANGE_SET=<file>
	@.venv/bin/python -m local.tools.deployment.check --stage "$(STAGE)" --parameters "Architecture=$(ARCH); $$PARAMETERS" --allow "$(ALLOW)" --change-set "$(CHANGE_SET)"

user: .venv/installed ## create a user of a deployment, who gets an invitation by email · STAGE=dev EMAIL=you@example.com
	@.venv/bin/python -m local.tools.deployment.user --stage "$(STAGE)" --email "$(EMAIL)"

verify: .venv/installed ## check a running deployment without spending anything · URL=https://… EMAIL=…, with PASSWORD in the environment
	@.venv/bin/python -m local.tools.deployment.verify --url "$(URL)" --email "$(EMAIL)"

destroy: .venv/installed ## delete a deployment but not what users created · STAGE=dev YES=1, and for prod PRODUCTION=yes
	@.venv/bin/python -m local.tools.deployment.destroy --stage "$(STAGE)" $(if $(YES),--yes) $(if $(PRODUCTION),--production)

DAYS ?= 7
costs: .venv/installed ## show what providers billed per model and day, next to the estimates · DAYS=7 TABLE=<requests table of a deployment>
	@.venv/bin/python -m local.tools.costs --days $(DAYS) --table "$(TABLE)"

pause: .venv/installed ## stop creating and submitting videos · STAGE=prod for a deployment
	@.venv/bin/python -m local.tools.pause pause --stage "$(STAGE)"

resume: .venv/installed ## create and submit videos again · STAGE=prod for a deployment
	@.venv/bin/python -m local.tools.pause resume --stage "$(STAGE)"

CERTIFICATE ?= content-credentials.json
certificate: .venv/installed ## write a signing certificate for content credentials · ORGANIZATION="Example Ltd" CERTIFICATE=file
	@.venv/bin/python -m local.tools.certificate --output "$(CERTIFICATE)" --organization "$(ORGANIZATION)"

## Clean up

clean: ## delete everything that the other targets create
	rm -rf .venv .aws-sam .keepreel .mypy_cache .pytest_cache .ruff_cache node_modules
	find . -name __pycache__ -prune -exec rm -rf {} +
