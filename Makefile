# make demo     the whole job on a fictional corpus, then the site      (ARGS=--no-serve: without the site)
# make test     linter, strict type check, the suite
# make browser  the tests in a real browser                             (needs Debian's chromium)
# make cover    the suite and the browser's tests with coverage; fails below 95 % of the branches
# make soak     longer runs of what the suite's tests hold: more months, faults, kills
# make judges   other people's readers of our files                     (.ci/judges installs them on Debian)
# make run      the live job: update, then serve                        (needs TRACKER_EMAIL)
# Works with GNU make 3.81. PYTHON=/path/to/python chooses the interpreter.

VENV = .venv
BIN = $(VENV)/bin
ARGS =

FIND_PYTHON = for p in python3.14 python3.13 python3.12 python3.11 python3; do \
  if "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo "$$p"; break; fi; done
ifndef PYTHON
PYTHON := $(shell $(FIND_PYTHON))
endif

.PHONY: demo test run lint types tests browser cover judges soak clean

demo: $(VENV)/runtime.stamp
	@$(BIN)/tracker demo $(ARGS)

run: $(VENV)/runtime.stamp
	@$(BIN)/tracker update; code=$$?; \
	if [ $$code -eq 2 ]; then exit 2; fi; \
	$(BIN)/tracker serve $(ARGS)

test: lint types tests

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp
	$(BIN)/mypy

tests: $(VENV)/dev.stamp
	$(BIN)/pytest -n auto $(ARGS)

browser: $(VENV)/dev.stamp
	$(BIN)/pytest -n auto -m browser $(ARGS)

cover: $(VENV)/dev.stamp
	$(BIN)/pytest -n auto -m 'not judges and not soak' --cov --cov-report=term $(ARGS)

# What is not installed is skipped; .ci/judges installs it all on Debian.
judges: $(VENV)/dev.stamp
	$(BIN)/pytest tests/judges -m judges -rs $(ARGS)

soak: $(VENV)/dev.stamp
	HYPOTHESIS_PROFILE=full $(BIN)/pytest -n auto -m 'soak or hypothesis' $(ARGS)

$(VENV)/runtime.stamp: pyproject.toml
	@$(PREPARE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/dev.stamp: pyproject.toml
	@$(PREPARE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/runtime.stamp

# Says what to install before anything is tried, and makes the environment if it is not there or no longer runs.
define PREPARE
if [ -z "$(PYTHON)" ]; then \
  echo "make: no Python 3.11 or newer found: install one (python.org, 'apt install python3', 'brew install python')" >&2; \
  echo "      or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 2; fi; \
if ! "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
  echo "make: $(PYTHON) is not Python 3.11 or newer" >&2; exit 2; fi; \
if ! "$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null; then \
  echo "make: $(PYTHON) has no venv or ensurepip: on Debian or Ubuntu 'apt install python3-venv'" >&2; exit 2; fi; \
if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
  rm -rf $(VENV) && "$(PYTHON)" -m venv $(VENV) || exit 2; fi
endef

clean:
	rm -rf $(VENV) .cache .demo .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
