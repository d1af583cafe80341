# Everything a person does with a checkout. Needs Python 3.11 or newer and make, nothing else.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Compiled modules are kept: without them every start of the bot compiles a thousand files.
export PYTHONDONTWRITEBYTECODE :=

VENV := .venv
BIN := $(VENV)/bin
MADE := $(VENV)/.made
PIP := $(BIN)/python -m pip --disable-pip-version-check

# The first Python that is new enough; `make PYTHON=…` names another one.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	if $$python -c '$(NEW_ENOUGH)' 2>/dev/null; then echo $$python; break; fi; done)

# What pip says, brought down to where it is: in place on a terminal, in a log only the last stage. Its warnings are about
# the machine, not about us; everything from its first error on is passed on.
define PROGRESS
count=0; failed=; while IFS= read -r line; do case "$$failed$$line" in \
	ERROR*) failed=ERROR; echo "$$line" >&2 ;; \
	Collecting*|Processing*) count=$$((count + 1)); [ ! -t 1 ] || { line="$${line#* }"; line="$${line%% *}"; printf '\r\033[K  fetching %d: %s' "$$count" "$${line##*/}"; } ;; \
	Installing*) [ ! -t 1 ] || printf '\r\033[K'; echo "  installing $$count packages" ;; \
	esac; done
endef

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: env
env: $(MADE) ## make the environment .venv from the locks, once

# The stamp is written last: an environment whose making was interrupted does not count.
$(MADE): requirements-dev.lock
	@[ -n "$(PYTHON)" ] || { echo "Stadtbote needs Python 3.11 or newer, and none was found. Name one with: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Making the environment $(VENV) with $$($(PYTHON) --version), once: $$(grep -c '^[a-z].*==' $<) packages, about a minute."
	@$(PYTHON) -m venv --clear $(VENV)
	@PYTHONUNBUFFERED=1 $(PIP) install --root-user-action=ignore --progress-bar=off --require-hashes \
		--only-binary=:all: --no-deps --requirement $< 2>&1 | { $(PROGRESS); }
	@report=$$($(PIP) check) || { echo "$$report" >&2; exit 1; }
	@$(PIP) install --root-user-action=ignore --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: check
check: lint fast ## lint, types, contracts and the fast tests

.PHONY: test
test: lint $(MADE) ## everything check does, and the tests against a real homeserver
	$(BIN)/python -m pytest -n 2

.PHONY: soak
soak: $(MADE) ## the long drills
	$(BIN)/python -m pytest -m soak

.PHONY: lint
lint: $(MADE)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

.PHONY: fast
fast: $(MADE)
	$(BIN)/python -m pytest -m "not synapse and not soak"

.PHONY: demo
demo: $(MADE) ## three cities and the bot, to watch and to try; KEEP=dir keeps its state, FEDERATED=1 has a homeserver for each
	@$(BIN)/python -m bot demo $(if $(KEEP),--keep "$(KEEP)") $(if $(FEDERATED),--federated)

.PHONY: bench
bench: $(MADE) ## measure a message against a bare bot, and large registers; PARTS="trips growth" picks
	@$(BIN)/python -m tests.bench $(PARTS)

.PHONY: docs
docs: $(MADE) ## write the command reference
	@$(BIN)/python -m bot docs

.PHONY: lock
lock: $(MADE) ## bring the locks in line with pyproject.toml; UPGRADE=1 takes the newest versions
	@echo "Resolving the dependencies of pyproject.toml."
	@$(PIP) install --root-user-action=ignore -qq --only-binary=:all: 'uv>=0.9,<1'
	@$(LOCK) --output-file requirements.lock pyproject.toml
	@$(LOCK) --output-file requirements-dev.lock --constraint requirements.lock --group dev pyproject.toml
	@git diff --stat -- requirements.lock requirements-dev.lock

LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --only-binary :all: \
	--emit-build-options --no-emit-index-url --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

.PHONY: clean
clean: ## remove the environment and what the tools have cached
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find bot commands storage tests -type d -name __pycache__ -prune -exec rm -rf {} +
