# The workshop. Every target works from an empty clone, with nothing but Python and make.
#
# Paths stay relative and tools are called through `.venv/bin/python -m`: the checkout may lie in
# a folder whose name has a space, where absolute targets and console scripts break. Kept to what
# GNU make 3.81 understands, which macOS ships.

PYTHON ?= python3
# Tests that run at once; 0 runs them in one process, where `--pdb` works.
WORKERS ?= 2
# More arguments for pytest, e.g. make test ARGS='-m "not slow"'.
ARGS ?=
# How long `make fuzz` goes on.
FUZZ_SECONDS ?= 60
# Where `make demo` writes.
DEMO ?= demo-workspace
# `make lock UPGRADE=--upgrade` moves every pin to its newest release.
UPGRADE ?=

RUN := .venv/bin/python -m
INSTALLED := .venv/.installed
PEERS := .venv/bench/bin/python
LOWEST := .venv/lowest/bin/python
COMPILE := $(RUN) uv pip compile --quiet --no-emit-index-url --no-emit-find-links \
	--custom-compile-command 'make lock' pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help install demo test test-lowest docs keys notebooks screenshots fuzz guards quality bench lint format lock clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

install: $(INSTALLED)  ## create .venv and install what is locked

demo: $(INSTALLED)  ## crawl the embedded sample newspaper into demo-workspace/
	@$(RUN) crawler.cli demo --workspace "$(DEMO)"

test: $(INSTALLED)  ## run the everyday tests
	@$(RUN) pytest -n $(WORKERS) --dist loadfile $(ARGS)

test-lowest: $(INSTALLED)  ## run the tests on the lowest versions that pyproject.toml allows
	@rm -rf .venv/lowest && $(RUN) uv venv --quiet --python .venv/bin/python .venv/lowest
	@$(COMPILE) --python-version 3.11 --all-extras --resolution lowest-direct -o .venv/lowest/requirements.txt
	@$(RUN) uv pip install --quiet --python $(LOWEST) -r .venv/lowest/requirements.txt --group test
	@$(RUN) uv pip install --quiet --python $(LOWEST) --no-deps --no-build-isolation -e .
	@$(LOWEST) -m pytest -n $(WORKERS) --dist loadfile -m 'not slow' $(ARGS)

docs: $(INSTALLED)  ## build the documentation site into build/site/, strictly
	@.venv/bin/python docs/assemble.py

keys: $(INSTALLED)  ## write the tables of the configuration from the program
	@.venv/bin/python docs/keys.py

notebooks: $(INSTALLED)  ## execute the notebooks on the demo, and keep what they show
	@.venv/bin/python notebooks/execute.py

screenshots: $(INSTALLED)  ## take the pictures of the documentation, of the demo
	@.venv/bin/python docs/screenshots.py

fuzz: $(INSTALLED)  ## throw broken pages at the cleaner for FUZZ_SECONDS
	@$(RUN) tests.fuzzing.fuzz $(FUZZ_SECONDS)

guards: $(INSTALLED)  ## take every guard away once, and see a test fail; takes half an hour
	@$(RUN) tests.guards

quality: $(INSTALLED)  ## compare extraction with its floors, where the benchmark pages are at hand
	@.venv/bin/python benchmarks/quality.py

bench: $(INSTALLED) $(PEERS)  ## measure speed and memory against peers; ARGS=--quick for less of it
	@$(RUN) benchmarks.bench $(ARGS)

# Peers ask for other versions of what newsgrain uses: they have an environment of their own.
$(PEERS): benchmarks/peers.txt
	@rm -rf .venv/bench && $(RUN) uv venv --quiet --python .venv/bin/python .venv/bench
	@$(RUN) uv pip install --quiet --python $(PEERS) -r benchmarks/peers.txt && touch $(PEERS)

lint: $(INSTALLED)  ## check style, format and types
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy

format: $(INSTALLED)  ## format, and mend what can be mended
	@$(RUN) ruff check --fix-only .
	@$(RUN) ruff format .

lock: $(INSTALLED)  ## rewrite both lock files after a change of dependencies
	@$(COMPILE) --python-version 3.11 --universal --generate-hashes --all-extras --group dev \
		$(UPGRADE) -o requirements.lock
	@$(COMPILE) --python-version 3.11 --universal --generate-hashes --no-annotate --group wheel \
		-c requirements.lock -o requirements-runtime.lock

clean:  ## remove what the workshop made: environments, caches, builds, the demo
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist \
		demo-workspace

# The stamp is younger than what decides on its content: a second call installs nothing.
$(INSTALLED): requirements.lock pyproject.toml
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || { \
		for python in "$(PYTHON)" python3 python3.14 python3.13 python3.12 python3.11; do \
			"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
			python=; \
		done; \
		test -n "$$python" || { echo "newsgrain needs Python 3.11 or newer: found" \
			"$$("$(PYTHON)" --version 2>&1). Name one with make PYTHON=/path/to/python3" >&2; exit 1; }; \
		echo "creating .venv with $$("$$python" --version)"; \
		rm -rf .venv; \
		"$$python" -m venv .venv || { echo "this Python cannot create virtual environments;" \
			"on Debian and Ubuntu: apt-get install python3-venv" >&2; rm -rf .venv; exit 1; }; \
	}
	@echo 'installing requirements.lock into .venv'
	@$(RUN) pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(RUN) pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(INSTALLED)
