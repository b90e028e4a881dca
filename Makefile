# Needs make and Python 3.11 to 3.14; everything else is installed into .venv. `make help` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help run test lint fmt load faults browser
PYTHON := .venv/bin/python
INSTALL := $(PYTHON) -m pip install --disable-pip-version-check --no-input --require-hashes --only-binary :all:
# The checks load the settings and reach no server.
RANDOM_KEY = $$($(PYTHON) -c 'import secrets; print(secrets.token_hex(32))')
LINT := SECRET_KEY=lint TOKEN_KEY=lint-tokens DATABASE_URL=postgresql://127.0.0.1:1/lint REDIS_URL=redis://127.0.0.1:1

help:
	@echo "make run [PORT=8000]        start the messenger; Ctrl-C ends it, the data stay in .data"
	@echo "make test                   lint, then every test"
	@echo "make lint                   style, types, import contracts, migrations, settings, Dockerfile, Compose files"
	@echo "make fmt                    write the code as ruff wants it"
	@echo "make load ARGS='pairs --pairs 50 --in-flight 8 --seconds 10'"
	@echo "make faults [ARGS='--seconds 600']   kill the processes at random under load, then count the messages"
	@echo "make faults ARGS='--walks 5000'      random walks: every device must end with what a new one fetches"

run: .venv/runtime
	@exec $(PYTHON) -m imserver.embedded

test: browser lint
	@$(PYTHON) -m pytest --cov

lint: .venv/development
	@$(PYTHON) -m ruff check
	@$(PYTHON) -m ruff format --check
	@$(LINT) $(PYTHON) -m mypy
	@$(PYTHON) .venv/bin/lint-imports
	@$(LINT) $(PYTHON) manage.py check
	@$(LINT) IM_ENV=production ALLOWED_HOSTS=chat.example.com SECRET_KEY=$(RANDOM_KEY) TOKEN_KEY=$(RANDOM_KEY) \
	$(PYTHON) manage.py check --deploy --fail-level WARNING
	@$(PYTHON) -c 'import sys, tests.servers; from django.core.management import execute_from_command_line as manage; \
	manage(sys.argv)' makemigrations --check --dry-run
	@.venv/bin/hadolint Dockerfile
	@.venv/bin/check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.yml tests/containers.yml

fmt: .venv/development
	@$(PYTHON) -m ruff check --fix
	@$(PYTHON) -m ruff format

load: .venv/development
	@exec $(PYTHON) -m messaging.load $(ARGS)

faults: .venv/development
	@exec $(PYTHON) -m tests.faults $(ARGS)

browser:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit; done; \
	echo "make test: the browser tests need Chromium: install it (Debian, Ubuntu: apt-get install chromium)."; exit 1

# A .venv that was moved, cut short or left behind by a Python upgrade is made anew.
ifneq ($(shell $(PYTHON) -c 'import pip; print("sound")' 2>/dev/null),sound)
.PHONY: .venv/made
endif

.venv/made:
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null || continue; \
	$$python -c 'import ensurepip, venv' 2>/dev/null || { \
	echo "make: $$python has no venv module: install it (Debian, Ubuntu: apt-get install python3-venv)."; exit 1; }; \
	echo "Making .venv with $$($$python --version)"; \
	$$python -m venv --clear .venv && touch $@; exit; done; \
	echo "make: Python 3.11 to 3.14 is needed and none was found: install python3 (Debian, Ubuntu: apt-get install python3 python3-venv)."; \
	exit 1

.venv/runtime: requirements.txt .venv/made
	@echo "Installing the packages of requirements.txt into .venv (once; about a minute)"
	@$(INSTALL) -r requirements.txt || { echo "make: installing failed: the last lines above say why."; exit 1; }
	@touch $@

.venv/development: .ci/requirements.txt .venv/runtime
	@echo "Installing the development packages of .ci/requirements.txt into .venv (once; about a minute)"
	@$(INSTALL) -r .ci/requirements.txt || { echo "make: installing failed: the last lines above say why."; exit 1; }
	@touch $@
