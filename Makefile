# `make` alone lists the targets.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8321
SAMPLES := corpus/samples/feed.xml corpus/samples/issue-1.txt corpus/samples/issue-2.html

.DEFAULT_GOAL := help
.PHONY: help install run test test-fast lint types check lock screenshots clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# A stamp each: installing again does nothing until what is to be installed changes.
$(VENV)/installed: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "needs Python 3.11: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	@# Torch alone and first: asked for as a dependency it may come as the build for graphics cards.
	$(BIN)/python -m pip install --quiet $$(grep '^torch==' requirements.lock)
	@# Without what they declare: the lock names all of it but a toolkit that weights have no use for.
	$(BIN)/python -m pip install --quiet --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps -r requirements-dev.lock
	@touch $@

install: $(VENV)/installed ## Install Earmark and its models into .venv

run: install ## Ingest the samples (once) and serve the site
	$(BIN)/earmark add $(SAMPLES)
	$(BIN)/earmark serve --host $(HOST) --port $(PORT)

test: $(VENV)/installed-dev ## Install and run all tests
	$(BIN)/python -m pytest

test-fast: $(VENV)/installed-dev ## Run the tests that need neither weights nor a browser
	$(BIN)/python -m pytest -n 2 -m "not real_model and not browser"

lint: $(VENV)/installed-dev ## Check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed-dev ## Check types
	$(BIN)/mypy

check: lint types test ## Everything that must hold

lock: ## Write the lock files anew from pyproject.toml
	$(PYTHON) bench/make_lock.py

screenshots: $(VENV)/installed-dev ## Take pictures of every page of the running site into ./pictures
	$(BIN)/python -m bench.screenshots http://$(HOST):$(PORT) pictures

clean: ## Remove what was installed and built here; the data folder stays
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
