# `make plan STACK=mainpc` and `make test` work on a fresh machine with Python 3.11 or later; see README.md.
PYTHON ?= python3
STACK ?= local
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto
CHECKS := check-lint check-types check-imports check-workflows
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help setup setup-dev plan validate up down test test-fast coverage check $(CHECKS) control-plane lock schema policies bench clean
.DEFAULT_GOAL := help

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.runtime ## Set up .venv with what a plan needs
setup-dev: $(VENV)/.dev ## Set up .venv with what tests and checks need

$(VENV)/.runtime: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; found $$($(PYTHON) --version). Set PYTHON=python3.12, say."; exit 2; }
	@echo "setting up $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --config-settings editable_mode=compat -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

plan: setup ## Preview STACK offline and check its policies
	@$(BIN)/fleet plan $(STACK)

validate: setup ## Find every error of the configuration
	@$(BIN)/fleet validate

up: setup ## Deploy STACK with Pulumi
	@$(BIN)/fleet up $(STACK)

down: setup ## Remove STACK's containers; data volumes stay
	@$(BIN)/fleet down $(STACK)

test: setup-dev ## Run every test level this machine can run, the checks among them
	@$(BIN)/python -m pytest -n $(WORKERS)

test-fast: setup-dev ## Run the unit and policy tests of what changed since main
	@$(BIN)/python -m tools.tests.affected -n $(WORKERS)

coverage: setup-dev ## Measure which lines and branches the unit and policy tests run
	@$(BIN)/python -m tools.tests.coverage -n $(WORKERS)

check: setup-dev ## Lint, types, import contracts and workflows
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync $(CHECKS)

check-lint:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

check-types:
	@$(BIN)/mypy

check-imports:
	@$(BIN)/lint-imports --no-logo

check-workflows:
	@$(BIN)/zizmor --offline --quiet --no-progress .github
	@if command -v go >/dev/null || [ -x .state/lab/bin/actionlint ]; then "$$(tools/lab/actionlint)"; \
	else echo "actionlint: skipped, since it is built with Go, which is not installed"; fi

control-plane: ## Build what the kubernetes level needs (once; needs Go)
	@tools/lab/control-plane
	@tools/lab/crds
	@tools/lab/helm

schema: setup ## Renew schemas/ from the models
	@$(BIN)/fleet schema

policies: setup ## Renew docs/policies.md from the rules
	@$(BIN)/fleet policy docs

LOCK := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock: ## Renew the locked requirements (needs uv)
	@$(LOCK) pyproject.toml --all-extras -o requirements.txt
	@$(LOCK) requirements-dev.in -o requirements-dev.txt

bench: setup-dev ## Time plan, validate and preview against bare programs
	@$(BIN)/python -m benchmarks

clean: ## Remove what make built; never a stack's state
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
