# `make demo` and `make test` set up all that they need in .venv, from Python 3.11 or later alone.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
UV := $(BIN)/python -m uv
ARGS ?=
# Tests of one file run in one process, one after another: they share servers and browsers.
JOBS ?= 2
# A company's own certificates are in the system's store, not in uv's.
export UV_SYSTEM_CERTS ?= true

.DEFAULT_GOAL := help
.PHONY: help demo up lab test pytest bench lint lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

demo: .venv/run.stamp ## replay the fixture industry and open the page (ARGS="--port 8899 --no-browser")
	@$(BIN)/workbench demo $(ARGS)

up: .venv/run.stamp ## collect from live sources and publish the page (ARGS="--deck ceo")
	@$(BIN)/workbench up $(ARGS)

lab: .venv/run.stamp ## JupyterLab on the notebooks: on the demo until there is a store of your own
	@$(BIN)/workbench lab $(ARGS)

test: .venv/dev.stamp .venv/js.stamp ## lint, types, tests (JOBS=1 one after another; ARGS='-m "long or not long"' with the longest)
	@$(MAKE) --no-print-directory -j2 lint pytest

# Beside each other: tests often wait, and mypy never does. Containers tell Python to keep nothing
# that it compiles: each of the hundreds of processes of a run would compile pandas and Jupyter anew.
pytest: export PYTHONDONTWRITEBYTECODE :=
pytest: .venv/dev.stamp .venv/js.stamp
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: .venv/dev.stamp ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/bench.stamp ## every figure, beside its peer; the tables of docs/reference/text.md made anew
	@for b in benchmarks/[a-z]*.py; do echo "== $$b"; \
		grep -qE "^ *(import|from) tables" $$b && w=--write || w=; $(BIN)/python $$b $$w || exit 1; done

lock: .venv/uv.stamp ## make requirements.lock anew
	$(UV) pip compile pyproject.toml --group dev --group bench --extra fast --extra scheduler --extra train --universal --python-version 3.11 \
		--no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet --upgrade \
		-o requirements.lock

clean: ## remove what was set up
	rm -rf .venv tests/js/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/uv.stamp:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed; name it: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@echo "Setting up .venv (once) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

.venv/run.stamp: .venv/uv.stamp pyproject.toml requirements.lock
	@$(UV) pip install --quiet -c requirements.lock -e .
	@touch $@

.venv/dev.stamp: .venv/run.stamp
	@$(UV) pip install --quiet -c requirements.lock -e . --group dev
	@touch $@

# A document for the tests of the scripts; without npm these are left out.
.venv/js.stamp: .venv/dev.stamp tests/js/package-lock.json
	@if command -v npm >/dev/null; then npm ci --prefix tests/js --no-audit --no-fund --loglevel=error; \
		else echo "npm is missing; tests of the scripts in a document are left out" >&2; fi
	@touch $@

.venv/bench.stamp: .venv/dev.stamp
	@$(UV) pip install --quiet -c requirements.lock --group bench
	@touch $@
