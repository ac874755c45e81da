# Everything anyone does with this project, one target each. "make" alone lists them.
# Needs only make and Python 3.11 or newer; whatever else is needed goes into $(VENV).

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types flow pages bench calibrate peers docs site lock clean distclean

VENV ?= .venv
BIN := $(VENV)/bin
OUT ?= out/2023-conus
BENCH ?= # more options: make bench BENCH="--particles 10000 --check"

# The newest Python we test comes first. A name alone proves nothing (version managers leave
# stubs), so each is run, and must be able to create an environment.
CAN_RUN := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3 python; do \
	if $$p -c '$(CAN_RUN)' >/dev/null 2>&1; then echo $$p; break; fi; done)

# A stamp per set of packages, named after the contents of what decides them: a second "make test"
# installs nothing, and a changed lock installs again.
key = $(shell cat pyproject.toml $(1) 2>/dev/null | cksum | cut -d' ' -f1)
RUN := $(VENV)/.run-$(call key,requirements/run.lock)
DEV := $(VENV)/.dev-$(call key,requirements/dev.lock)
peer = .venv-peers-$(1)/.run-$(call key,benchmarks/peers/requirements-$(1).txt)
PEERS := $(call peer,parcels) $(call peer,opendrift)
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

demo: $(RUN) ## install what the tool needs and account for the 2023 overflight
	@$(BIN)/overflight demo --out "$(OUT)"
	@echo "The report and its data are in $(CURDIR)/$(OUT)"

test: $(DEV) ## install what the tests need and run all of them
	$(BIN)/python -m pytest
	$(BIN)/python -m pytest -m slow --timeout 1800

check: lint types flow pages ## all of the four below

lint: $(DEV) ## style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV) ## mypy --strict, no module excepted
	$(BIN)/mypy

flow: $(DEV) ## data flow one way: the import contracts
	$(BIN)/lint-imports

pages: $(DEV) ## generated documentation says what the code says
	$(BIN)/python tools/cli_reference.py --check
	$(BIN)/python tools/schemas.py --check
	$(BIN)/python tools/train_drafting.py --check
	$(BIN)/python tools/drafting_table.py --check
	$(BIN)/python tools/catalogue.py --check

site: $(DEV) ## the documentation as a site, in out/site
	$(BIN)/python -m sphinx -W -q -b html -c docs/site . out/site

bench: $(DEV) ## measure kernels into docs/benchmarks.md; start-up and the demo
	$(BIN)/python benchmarks/table.py --write $(BENCH)
	$(BIN)/python tools/measure.py

calibrate: $(DEV) ## made-up and real flights, into docs/calibration.md (telemetry beside the project)
	$(BIN)/python tools/calibrate_simulated.py
	$(BIN)/python tools/calibrate_flights.py
	$(BIN)/python tools/calibrate_forecasts.py

peers: $(DEV) $(PEERS) ## the same beside Parcels and OpenDrift, which it installs (some 1.5 GB)
	$(BIN)/python benchmarks/table.py --write --peers parcels opendrift $(BENCH)
	$(BIN)/python benchmarks/table.py --write --no-kernels --peers parcels --peer-job between \
		--peer-particles 100000 $(BENCH)

docs: $(DEV) ## write the documentation that is generated
	$(BIN)/python tools/cli_reference.py
	$(BIN)/python tools/schemas.py
	$(BIN)/python tools/train_drafting.py
	$(BIN)/python tools/drafting_table.py

lock: ## pin the newest packages that fit pyproject.toml (needs uv)
	uv pip compile pyproject.toml --group dev $(LOCK_OPTIONS) -o requirements/dev.lock
	uv pip compile pyproject.toml --group build -c requirements/dev.lock $(LOCK_OPTIONS) \
		-o requirements/run.lock

# No header, notes, hashes or index: they would name machines and hosts (docs/decisions/004).
LOCK_OPTIONS := --quiet --upgrade --universal --python-version 3.11 --no-header --no-annotate

clean: ## remove results and caches
	rm -rf out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	rm -rf .benchmarks
	find src tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## remove the environment too
	rm -rf "$(VENV)" .venv-peers-*

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "overflight needs Python 3.11 or newer with its venv module, and found none." >&2; \
		echo "Install it (Debian, Ubuntu: apt install python3 python3-venv)," >&2; \
		echo "or name it: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; \
		exit 1; fi
	@echo "Creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv "$(VENV)"

# --no-deps and --no-build-isolation: nothing is installed that the lock does not name.
$(RUN): | $(BIN)/python
	@echo "Installing the packages of requirements/run.lock (some 450 MB on disk)"
	@$(INSTALL) -r requirements/run.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@rm -f "$(VENV)"/.run-* && touch "$@"

$(DEV): | $(BIN)/python
	@echo "Installing the packages of requirements/dev.lock (some 1.3 GB on disk)"
	@$(INSTALL) -r requirements/dev.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@rm -f "$(VENV)"/.dev-* "$(VENV)"/.run-* && touch "$@" "$(RUN)"

# Each peer in an environment of its own: their packages need not fit ours, nor each other's.
$(PEERS): .venv-peers-%: | $(BIN)/python
	@folder="$(@D)"; name="$${folder#.venv-peers-}"; echo "Installing $$name into $$folder"; \
		$(BIN)/python -m venv --clear "$$folder" && "$$folder/bin/python" -m pip install --quiet \
			--disable-pip-version-check -r "benchmarks/peers/requirements-$$name.txt"
	@touch "$@"
