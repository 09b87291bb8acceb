# Everything a person types here. `make run` and `make test` need Python 3.11+, venv and make; nothing else.
SHELL := /bin/bash
HERE  := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))
VENV  ?= $(HERE).venv
PY    := $(VENV)/bin/python
PORT  ?= 8000
DEMO  ?= 1
export PORT

.PHONY: run test lint lock vendor check

$(VENV)/.run: $(HERE)requirements.txt
	@test -x $(PY) || python3 -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $(HERE)requirements.txt
	@touch $@

$(VENV)/.dev: $(HERE)requirements-dev.txt $(VENV)/.run
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $(HERE)requirements-dev.txt
	@touch $@

run: $(VENV)/.run                ## start the portal: web, worker and beat; DEMO=0 for a clean database
	@exec $(PY) $(HERE)manage.py up $(if $(filter 0,$(DEMO)),--empty)

test: $(VENV)/.dev               ## the whole suite on every database and browser found here
	@cd $(HERE) && $(PY) -m sferum_onboarding.testing

lint: $(VENV)/.dev
	@cd $(HERE) && $(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/mypy . \
	  && $(VENV)/bin/djlint --quiet --lint templates

lock: $(VENV)/.dev               ## renew the locked requirements from pyproject.toml
	@cd $(HERE) && $(VENV)/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header \
	  pyproject.toml -o requirements.txt
	@cd $(HERE) && $(VENV)/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header \
	  --group dev -c requirements.txt -o requirements-dev.txt

vendor:                          ## renew static/vendor and the icons from the npm registry (needs npm; never at run time)
	@python3 $(HERE)scripts/vendor_static.py
