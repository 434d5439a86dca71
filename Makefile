# One command for each thing. `make` alone lists them.
#
#   make run PORT=8001 PYTHON=/usr/bin/python3.12

VENV ?= .venv
BIN = $(VENV)/bin
INSTALL = sh digitsite/run/install.sh $(VENV)
CORES := $(shell getconf _NPROCESSORS_ONLN)
# Whole files (tests/conftest.py), to one process more than there are cores, for much of what tests do is wait. What
# pytest-xdist counts are physical cores: of two threads of one, it makes one process.
PARALLEL = -n $(shell echo $$(($(CORES) < 4 ? $(CORES) + 1 : 4))) --no-loadscope-reorder
# In these the database has no part that others do not try: time limits, learning, drawing, counters in Redis, words,
# what callers and other servers say.
ANY_DATABASE = recognizer/test_api_schema.py recognizer/test_charts.py recognizer/test_destinations.py \
    recognizer/test_diverged_models.py recognizer/test_doctor.py recognizer/test_learning.py \
    recognizer/test_problems.py recognizer/test_saliency.py recognizer/test_timelimits.py recognizer/test_tracing.py \
    recognizer/test_translations.py recognizer/test_webhooks.py telegram_integration/test_drawing.py \
    telegram_integration/test_limits.py telegram_integration/test_outages.py telegram_integration/test_replies.py \
    telegram_integration/test_secrecy.py telegram_integration/test_stand_in.py

.DEFAULT_GOAL := help
.PHONY: help run install install-dev install-train test test-postgres test-faults lint fix audit train train-ink train-lines evaluate bench requirements

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: install  ## install what is missing, then start everything: http://127.0.0.1:8000
	@$(BIN)/python -m digitsite.run

test: install-dev  ## the test suite (ARGS="-k name" for a part of it, -n 0 for one process)
	@$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

test-postgres: install-dev  ## what touches the database, on PostgreSQL (DATABASE_URL=postgres://user@host/name)
	@DATABASE_URL=$${DATABASE_URL:-postgres://postgres@127.0.0.1:5432/postgres} \
	    $(BIN)/python -m pytest $(PARALLEL) tests/recognizer tests/telegram_integration \
	    $(addprefix --ignore=tests/,$(ANY_DATABASE)) $(ARGS)

test-faults: install-dev  ## the long form of the tests that do real harm (FAULTS=short: as in `make test`)
	@FAULTS=$${FAULTS:-long} $(BIN)/python -m pytest tests/faults $(ARGS)

lint: install-dev  ## style, types, import rules, missing migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run

fix: install-dev  ## repair the style where ruff can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

audit: install-dev  ## known holes in the pinned packages (asks the internet)
	$(BIN)/pip-audit --disable-pip --no-deps --requirement requirements.txt

train: install-train  ## train a model (ARGS="--architecture compact --data mnist.npz")
	@$(BIN)/python -m ml.train $(ARGS)

train-ink: install-train  ## train the network that tells ink from paper (ARGS="--data mnist.npz --strokes FILE")
	@$(BIN)/python -m ml.train_ink $(ARGS)

train-lines: install-train  ## train the network that reads whole lines (ARGS="--data mnist.npz --strokes FILE --letters FILE")
	@$(BIN)/python -m ml.train_lines $(ARGS)

evaluate: install-train  ## measure the shipped model on the MNIST test set (ARGS="--data mnist.npz")
	@$(BIN)/python -m ml.evaluate $(ARGS)

bench: install  ## measure speed beside what one would use instead (needs wrk)
	@sh digitsite/run/install.sh .venv-bench requirements-bench.txt
	@.venv-bench/bin/python -m bench $(ARGS)

requirements: install-dev  ## pin again what the *.in files ask for
	for set in requirements requirements-train requirements-dev requirements-bench; do \
	    $(BIN)/uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links \
	        --upgrade --quiet --no-header --annotation-style line $$set.in -o $$set.txt || exit 1; \
	done

install:  ## only install what is missing
	@$(INSTALL) requirements.txt

install-train:
	@$(INSTALL) requirements.txt requirements-train.txt

install-dev:
	@$(INSTALL) requirements.txt requirements-dev.txt
