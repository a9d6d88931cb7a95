# What anyone can run. The machine needs git, make and Python 3.11 or newer with its venv module, nothing else.
#
#   make demo          serve the sample world at http://127.0.0.1:8000  (PORT=8123 moves it, RESET=1 starts over)
#   make test          the whole suite on the embedded database, and again on PostgreSQL where DATABASE_URL is set
#   make check         lint, types, floors, migrations, translations
#   make messages      refresh every room's translation catalogue from the source
#   make docs          write docs/generated/ from the registries
#   make bench         the benchmarks of docs/benchmarks.md, on DATABASE_URL or a PostgreSQL started for them
#                      (ONLY="rating memory" some of them, RECORDS=100000000 ROUNDS=1 COLD=1 a larger month)
#   make torture       200 kills of a server and 200 of importer, bill run and posting, on both databases
#   make locks         resolve requirements/*.lock anew from pyproject.toml

PYTHON ?= python3
PORT   ?= 8000
RESET  ?= 0
KILLS  ?= 200
WORKERS ?= 2

VENV := .venv
BIN  := $(VENV)/bin
RECORDS ?= 10000000
ROUNDS ?= 5
BENCH = $(BIN)/python -m benchmarks $(ONLY) --records $(RECORDS) --rounds $(ROUNDS) $(if $(COLD),--cold)
PIP  := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-input

hash = $(shell cat $(1) | git hash-object --stdin | cut -c1-16)
BASE := $(VENV)/.base-$(call hash,requirements/base.lock requirements/build.lock pyproject.toml hatch_build.py)
TEST := $(VENV)/.test-$(call hash,requirements/base.lock requirements/build.lock requirements/test.lock)
VALIDATOR := $(VENV)/validator/.made-$(call hash,requirements/validator.lock)
LOCK := $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help demo test check bench docs messages torture locks install install-test built clean

help:
	@sed -n 's/^#   //p' Makefile

demo: built
	@exec $(BIN)/partner-center demo --port $(PORT) $(if $(filter-out 0 no false,$(RESET)),--reset)

test: install-test built
	@WORKERS=$(WORKERS) tests/run $(TESTS)

check: install-test built
	@tests/check

bench: install-test built
	@if [ -n "$$DATABASE_URL" ]; then $(BENCH); \
	 else tests/with-postgresql --durable $(BENCH); fi

docs: install-test built
	@$(BIN)/python -m partner_center docs

messages: install-test
	@$(BIN)/python -m tests.messages refresh

torture: install-test built
	@env -u DATABASE_URL $(BIN)/python -m tests.torture --kills $(KILLS)
	@if [ -n "$$DATABASE_URL" ]; then $(BIN)/python -m tests.torture --kills $(KILLS); \
	 else tests/with-postgresql $(BIN)/python -m tests.torture --kills $(KILLS); fi

locks:
	@$(BIN)/python -m pip install --quiet uv
	$(LOCK) pyproject.toml -o requirements/base.lock
	$(LOCK) --group build -c requirements/base.lock -o requirements/build.lock
	$(LOCK) pyproject.toml --group test -c requirements/base.lock -c requirements/build.lock -o requirements/test.lock
	$(LOCK) --group validator -o requirements/validator.lock
	$(LOCK) --group cloudkitty -o requirements/cloudkitty.lock

clean:
	rm -rf build dist var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

install: $(BASE)
install-test: $(TEST) $(VALIDATOR)

# Assets and translations follow their sources; nothing to do takes a tenth of a second.
built: $(BASE)
	@$(BIN)/python hatch_build.py

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed ($(PYTHON) is not there)."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V). Another one: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Making .venv"
	@$(PYTHON) -m venv $(VENV)

$(BASE): | $(BIN)/python
	@echo "Installing what the program needs (downloads, the first time)"
	@$(PIP) -r requirements/build.lock
	@$(PIP) -r requirements/base.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-build-isolation --no-index -e .
	@rm -f $(VENV)/.base-* && touch $@

$(TEST): | $(BASE)
	@echo "Installing what the tests need"
	@$(PIP) -r requirements/test.lock
	@rm -f $(VENV)/.test-* && touch $@

# The FOCUS validator cannot live beside ours: it wants another sqlglot. Where it cannot be had, its test is skipped.
$(VALIDATOR): | $(BIN)/python
	@echo "Installing the FOCUS validator into an environment of its own"
	@rm -rf $(VENV)/validator && $(PYTHON) -m venv $(VENV)/validator
	@$(VENV)/validator/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-input \
	  -r requirements/validator.lock && touch $@ || echo "It could not be installed; the export's test will be skipped."
