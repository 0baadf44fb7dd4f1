# `make up` and `make test` work on a fresh machine with nothing but python3 (3.11 or newer); `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup assets browser up test check bench clean

VENV ?= .venv
BIN := $(VENV)/bin
# The first python on the path that is new enough.
FIND_PYTHON := for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	if command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then echo $$p; exit; fi; done
# Two workers suit a small machine; JOBS=8 make test on a larger one.
JOBS ?= 2
ASSET_SOURCES := $(shell find ui_builder -type f \( -name '*.ts' -o -name '*.css' -o -name 'package*.json' \
	-o -name 'tsconfig.json' -o -name 'build_assets.py' \) -not -path '*/node_modules/*' -not -path '*/static/*' 2>/dev/null)

help:  ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/|/' | awk -F'|' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(VENV)/.installed $(VENV)/.assets  ## Make .venv with everything in it, and build the browser's assets

$(BIN)/python:
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then echo "Dougong needs Python 3.11 or newer as python3." >&2; exit 1; fi; \
	if ! $$python -m venv $(VENV); then rm -rf $(VENV); \
	echo "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; fi

$(VENV)/.installed: pyproject.toml constraints.txt hatch_build.py | $(BIN)/python
	@echo "Installing into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt hatchling
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation -c constraints.txt -e '.[dev]'
	@touch $@

assets: $(VENV)/.assets  ## Build the browser's assets if a source changed

$(VENV)/.assets: $(VENV)/.installed $(ASSET_SOURCES)
	@if [ -f ui_builder/build_assets.py ]; then $(BIN)/python ui_builder/build_assets.py; fi
	@touch $@

browser: $(VENV)/.installed  ## Install Chromium and Chinese fonts where this machine has none (Debian, as root)
	@$(BIN)/python tests/support/chromium.py

up: setup  ## Start everything with demo data; prints the address and the logins
	@$(BIN)/dougong up $(ARGS)

test: setup browser  ## Run the whole suite
	@$(BIN)/pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder $(ARGS)

check: setup  ## Lint, types, layers, TypeScript
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if [ -f ui_builder/build_assets.py ]; then $(BIN)/python ui_builder/build_assets.py --check; fi

bench: setup  ## Measure against hand-written references; writes benchmarks/results.json
	@$(BIN)/python -m benchmarks $(ARGS)

clean:  ## Remove .venv and what was built
	rm -rf $(VENV) dist ui_builder/node_modules ui_builder/dougong_ui_builder/static
