# Commands of the project. All install into .venv first, once; only Python 3.11 and make are needed.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install compare test lint kernels bench clean

VENV := .venv
RUN := $(VENV)/bin/python
STAMP := $(VENV)/.installed

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

install: $(STAMP) ## the project and its locked dependencies, into .venv

# Looked for in this order, each really started: a name on the PATH need not run, and may be of another version.
$(STAMP): requirements.lock pyproject.toml
	@python=; for name in $(PYTHON) python3.11 python3; do \
		if $$name -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then echo "error: Python 3.11 is not found: install it, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; fi; \
	if [ ! -x $(RUN) ]; then $$python -m venv $(VENV) || { echo "error: $$python cannot make a virtual environment (on Debian: apt install python3.11-venv)" >&2; exit 1; }; fi
	$(RUN) -m pip install --quiet --disable-pip-version-check --no-compile -r requirements.lock
	@$(RUN) -m compileall -q -j 0 $(VENV)/lib >/dev/null || true # what pip would do on one core only; a file that does not compile is not ours
	$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

compare: $(STAMP) ## the main job: strategies under shortages, table and report; ARGS='replications=40 out=DIR'
	$(RUN) -m experiments.compare $(ARGS)

lint: $(STAMP) ## ruff and mypy
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

kernels: $(STAMP) ## compile the model, once, before several processes want it
	$(RUN) -c "from sim.model import CityModel; from sim.scenario import Scenario; CityModel(Scenario(strategy={'name': 'integrated'})).run(days=8)"

test: $(STAMP) ## lint and all tests; ARGS='-k name' for some
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target lint kernels
	$(RUN) -m pytest --numprocesses auto --dist loadfile $(ARGS)

bench: $(STAMP) ## speed of kernels, ticks and the dispatcher
	$(RUN) -m pytest tests/benchmarks --benchmark-only $(ARGS)

clean: ## remove .venv and what tools left behind; results in out/ stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks build *.egg-info
	find sim scenarios experiments configs tests -name __pycache__ -type d -prune -exec rm -rf {} +
