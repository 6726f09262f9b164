# Commands of the project. All install into .venv first, once; only a Python from 3.11 on and make are needed.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install compare quick test lint style units kernels docs bench package bundle lock clean

VENV := .venv
RUN := $(VENV)/bin/python
STAMP := $(VENV)/.installed
DOCS_STAMP := $(VENV)/.installed-docs
LOCKING := --quiet --universal --fork-strategy fewest --python-version 3.11 --no-annotate --custom-compile-command 'make lock'

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

install: $(STAMP) ## the project and its locked packages, into .venv; PYTHON=/path/to/python to choose one

$(STAMP): requirements.lock pyproject.toml
	@.ci/install $(VENV) $(PYTHON)
	@touch $@

$(DOCS_STAMP): docs/requirements.lock $(STAMP)
	$(RUN) -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

compare: $(STAMP) ## the main job: strategies under shortages, table and report; ARGS='replications=40 out=DIR'
	$(RUN) -m experiments.compare $(ARGS)

# Formulas and units: what can be tested without a simulated city; a test that takes long all the same is marked `slow`.
QUICK := tests/city tests/exact tests/outcomes tests/people tests/police tests/experiments/estimates \
	$(addprefix tests/test_,draws.py layers.py parameters.py population.py randomness.py)

quick: $(STAMP) ## in a minute: lint, types, and the tests of formulas and units
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target style units

units: $(STAMP)
	$(RUN) -m pytest --quiet --numprocesses auto --dist loadfile -m 'not slow' $(QUICK) $(ARGS)

style: $(STAMP)
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

lint: style ## ruff and mypy, for the oldest Python and for 3.13
	$(RUN) -m ruff check --target-version py313 --select E9,F .
	$(RUN) -m mypy --python-version 3.13

kernels: $(STAMP) ## compile the model, once, before several processes want it
	$(RUN) -c "from sim.model import CityModel; from sim.scenario import Scenario; CityModel(Scenario(strategy={'name': 'integrated'})).run(days=8)"

test: $(STAMP) ## lint and all tests; ARGS='-k name' for some
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target lint kernels
	$(RUN) -m pytest --numprocesses auto --dist loadfile $(ARGS)

docs: $(DOCS_STAMP) ## the site, its tutorials executed: docs/_build/index.html
	$(RUN) -m sphinx -W -b html docs docs/_build

bench: $(STAMP) ## speed of kernels, ticks, the dispatcher and peers, beside the last commit's; KEEP=--keep keeps it
	mkdir -p .benchmarks
	$(RUN) -m pytest tests/benchmarks --benchmark-only --benchmark-json=.benchmarks/run.json $(ARGS)
	$(RUN) tests/benchmarks/ratios.py .benchmarks/run.json $(KEEP)

package: $(STAMP) ## dist/: the wheel and the source distribution
	rm -rf build dist
	$(RUN) -m build --no-isolation

bundle: package ## dist/: all that a machine without any registry needs, and one command to install it there
	.ci/bundle

lock: ## renew the locked packages (needs uv); ARGS=--upgrade for the newest versions
	uv pip compile $(LOCKING) --extra test --output-file requirements.lock $(ARGS) pyproject.toml
	uv pip compile $(LOCKING) --extra docs --constraint requirements.lock --output-file docs/requirements.lock $(ARGS) pyproject.toml

clean: ## remove .venv and what tools left behind; results in out/ stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks build dist docs/_build docs/jupyter_execute *.egg-info
	find app sim scenarios experiments beatlab configs docs tests -name __pycache__ -type d -prune -exec rm -rf {} +
