# What the layers' Makefiles share. `sam build` runs them in a scratch folder with ARTIFACTS_DIR set.
#
#   LAYER_PLATFORM  which wheels to take     aarch64-manylinux_2_28, as template.yaml says; `make smoke` takes this machine's
#   LAYER_PYTHON    for which Python         3.13, as template.yaml says
#   LAYER_BYTECODE  "no" builds without the bytecode where that Python is not installed

LAYER_PLATFORM ?= aarch64-manylinux_2_28
LAYER_PYTHON ?= 3.13
LAYER_BYTECODE ?= yes
ROOT := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))/..)
UV ?= $(firstword $(wildcard $(ROOT)/.venv/bin/uv) uv)
EXPORT = $(UV) export --quiet --frozen --project $(ROOT) --no-default-groups --no-emit-project --no-header --no-annotate

# Exactly what uv.lock says, by hash, as wheels for the platform: nothing is built, nothing is resolved.
define install
	$(UV) pip install --quiet --target $(ARTIFACTS_DIR)/python --python $(ROOT)/.venv/bin/python \
	  --python-platform $(LAYER_PLATFORM) --python-version $(LAYER_PYTHON) \
	  --only-binary :all: --require-hashes --no-deps --requirements $(1)
	rm -rf $(ARTIFACTS_DIR)/python/bin $(ARTIFACTS_DIR)/python/.lock
endef

# Data, stubs, tests and libraries that no function uses.
define prune
	@cd $(ROOT) && .venv/bin/python -m local.tools.prune_layer $(ARTIFACTS_DIR)/python
endef

# Bytecode halves a cold start, and only the Python version that runs it can write it.
# "Unchecked": else each cold start would compare every file's time, which a layer's zip does not keep.
define compile
	@if python=$$($(ROOT)/layers/python-that-runs $(LAYER_PYTHON)); then \
	  $$python -m compileall -q -j 2 --invalidation-mode unchecked-hash -s $(ARTIFACTS_DIR) -p /opt $(ARTIFACTS_DIR)/python; \
	elif [ "$(LAYER_BYTECODE)" = no ]; then \
	  echo "This layer has no bytecode, so cold starts take about twice as long."; \
	else \
	  echo "Python $(LAYER_PYTHON) is needed to compile the layers' bytecode, without which cold starts take about twice as long." >&2; \
	  echo "Install it (.venv/bin/uv python install $(LAYER_PYTHON), or your package manager), or build without: make build LAYER_BYTECODE=no" >&2; \
	  exit 1; \
	fi
endef
