# `make demo` and `make test` set up .venv by themselves; they do so again only when pyproject.toml or
# constraints.txt changed. PYTHON chooses the interpreter (3.11 to 3.13).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= out/demo
PYTEST_ARGS ?= -n 2

# pip stays quiet about where packages come from; it still says what went wrong.
INSTALL = $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input -c constraints.txt

VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
STAMPS := $(VENV)/.oncdisc-$(VERSION)

.PHONY: help demo test check format clean .tools

help:
	@echo "make demo    simulate the example trial and build all of it into $(DEMO)"
	@echo "make test    run all tests"
	@echo "make check   lint, formatting, types, direction of imports"
	@echo "make format  put the code into its format"
	@echo "make clean   remove .venv, caches and built files"

demo: $(STAMPS)-runtime
	$(BIN)/oncdisc demo --out $(DEMO)

test: $(STAMPS)-test
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(STAMPS)-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright
	$(BIN)/lint-imports

format: $(STAMPS)-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What .ci/run needs to call the tools one by one.
.tools: $(STAMPS)-dev

# A .venv made by another Python version is replaced: its stamps carry that version.
$(STAMPS)-venv:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	    || { echo "oncdisc needs Python 3.11, 3.12 or 3.13; set PYTHON to one of them" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(STAMPS)-runtime: pyproject.toml constraints.txt | $(STAMPS)-venv
	$(INSTALL) -e .
	@touch $@

$(STAMPS)-test: pyproject.toml constraints.txt | $(STAMPS)-venv
	$(INSTALL) -e '.[test]'
	@touch $(STAMPS)-runtime $@

$(STAMPS)-dev: pyproject.toml constraints.txt | $(STAMPS)-venv
	$(INSTALL) -e '.[dev]'
	@touch $(STAMPS)-runtime $(STAMPS)-test $@

clean:
	rm -rf $(VENV) build dist out .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
