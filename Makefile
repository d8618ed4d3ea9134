# Two commands for a fresh machine: `make demo` and `make test`. Everything lands in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
ARGS ?=
as ?=

.DEFAULT_GOAL := help
.PHONY: help demo demo-slack run check test test-deep lint types eval bench install clean

help: ## Show these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

install: $(STAMP) ## Create .venv with the pinned dependencies

$(STAMP): pyproject.toml .constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Backhaul needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up .venv (once; about a minute) ..."
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing. On Debian/Ubuntu: apt install python3-venv"; exit 1; }
	@echo "  installing the pinned dependencies ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r .constraints.txt
	@echo "  installing backhaul ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: $(STAMP) ## Chat with the bot of a simulated ISP (make demo as=noc|billing|field|admin)
	@$(BIN)/backhaul demo $(if $(as),--as $(as)) $(ARGS)

demo-slack: $(STAMP) ## The same in a Slack emulated on this machine, in the browser
	@$(BIN)/backhaul demo --slack $(if $(as),--as $(as)) $(ARGS)

run: $(STAMP) ## Run the service (Slack, web, jobs as configured)
	@$(BIN)/backhaul run $(ARGS)

check: $(STAMP) ## Say what is wrong with configuration, plugins and database
	@$(BIN)/backhaul check $(ARGS)

test: $(STAMP) ## Run the whole test suite on the embedded PostgreSQL
	@$(BIN)/python -m pytest --numprocesses logical --maxprocesses 4 --dist loadfile $(ARGS)

test-deep: $(STAMP) ## Run the slow and destructive checks too (kill tests, soaks)
	@$(BIN)/python -m pytest -m deep --timeout 600 $(ARGS)

lint: $(STAMP) ## Style and architecture
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/lint-imports --no-cache

types: $(STAMP) ## Types
	@$(BIN)/mypy

eval: $(STAMP) ## How well staff questions and conversations are understood (about a minute)
	@$(BIN)/python -m tests.evals.report $(ARGS)

bench: $(STAMP) ## Print the figures (by hand; minutes)
	@for one in tests/bench/bench_*.py; do printf '\n== %s\n' "$$one"; $(BIN)/python "$$one" || exit 1; done

clean: ## Remove the environment and caches (never the data)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
