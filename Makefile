# Everything starts here: `make demo` and `make test` set themselves up on a machine with Python >= 3.11 and make.
# PYTHON=/path/to/python3 chooses the Python, VENV=.venv-3.13 the environment's folder, ARGS what pytest gets, JOBS in
# how many processes tests run side by side: many of them wait, so that there may be more than processors.

VENV ?= .venv
PYTHON ?=
ARGS ?=
JOBS ?= 3
PY = "$(VENV)/bin/python"
# Scripts of an environment begin with its path, which breaks where that holds a space: modules are run instead.

.PHONY: help setup demo test test-slow test-faults test-accelerator test-sanitizers backends test-backends jaeger lint format types docs bench lock clean
.DEFAULT_GOAL := help

help:
	@echo "make demo            follow one request through four processes, from obskit.init() to the answer"
	@echo "make test            the test suite             (ARGS='tests/context -k seal' for a part of it)"
	@echo "make test-slow       the tests that take long: real workers, kills, hostile texts"
	@echo "make test-faults     faults of real processes, networks and files; counts what arrives"
	@echo "make test-accelerator whether the accelerator was built and is used"
	@echo "make test-sanitizers the accelerator's tests, built with GCC's sanitizers"
	@echo "make backends        the real backends of the tests, built or fetched into your cache"
	@echo "make test-backends   the tests against real backends, which it builds"
	@echo "make jaeger          a Jaeger of your own, built once, on its usual ports"
	@echo "make lint            ruff, format check, types, docstrings of tests, lock"
	@echo "make docs            the documentation, into site/"
	@echo "make bench           the benchmarks"
	@echo "make lock            resolve all dependencies anew into requirements.lock"
	@echo "make clean           remove what was built here, the environments too"

setup:
	@python="$(PYTHON)"; [ -n "$$python" ] || python="$$(./scripts/find-python)" || exit 1; \
	    "$$python" scripts/setup.py "$(VENV)"

demo: setup
	@exec $(PY) -m examples.demo $(ARGS)

test: setup
	$(PY) -m pytest -n $(JOBS) --dist loadfile $(ARGS)
	@echo "left out: the slow tests (make test-slow), faults (make test-faults), real backends (make test-backends)"

test-slow: setup
	$(PY) -m pytest -m slow -n 2 --dist loadfile $(ARGS)

test-faults: setup
	$(PY) -m pytest tests/faults -n $(JOBS) $(ARGS)

test-accelerator: setup
	@OBSKIT_SPEEDUPS=true $(PY) -c "from obskit.line import speedups; assert speedups.module, 'no accelerator here'"

test-sanitizers: setup
	$(PY) scripts/sanitizers.py $(ARGS)

backends: setup
	$(PY) scripts/backends/jaeger.py build
	$(PY) scripts/backends/collector.py build
	$(PY) scripts/backends/opensearch.py build

test-backends: backends
	$(PY) -m pytest tests/backends $(ARGS)

jaeger: setup
	@exec $(PY) scripts/backends/jaeger.py run

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m interrogate --config pyproject.toml tests integrations
	$(PY) scripts/lock.py --check
	$(PY) scripts/configuration_table.py --check
	$(PY) scripts/token_table.py --check

format: setup
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

types: setup
	$(PY) -m mypy

docs: setup
	$(PY) scripts/configuration_table.py
	$(PY) scripts/token_table.py
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --strict --quiet

bench: setup
	@$(PY) scripts/setup.py "$(VENV)" benchmarks/requirements.lock
	$(PY) -m benchmarks $(ARGS)

lock: setup
	$(PY) scripts/lock.py

clean:
	rm -rf .venv .venv-* .demo .obskit build dist site speedups/build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
