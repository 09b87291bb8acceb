# Everything a person types here. `make run` and `make test` need Python 3.11 or newer, venv and make; nothing else.
# No file targets: GNU make cannot name a file in a folder like «Рабочий стол».
SHELL := /bin/bash
HERE  := $(shell cd "$$(dirname '$(strip $(MAKEFILE_LIST))')" && pwd)
VENV  ?= $(HERE)/.venv
PY    := "$(VENV)/bin/python"
PORT  ?= 8000
DEMO  ?= 1
export PORT VENV
PYTHON ?= $(shell for one in python3 python3.14 python3.13 python3.12 python3.11; do \
  "$$one" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$one" && break; done)

.PHONY: run test test-faults bench lint lock vendor venv dev
.NOTPARALLEL:

run: venv        ## start the portal: web, worker and beat; DEMO=0 for a clean database, PORT=8000
	@exec $(PY) "$(HERE)/manage.py" up $(if $(filter 0,$(DEMO)),--empty)

test: dev        ## the whole suite on every database and browser found here
	@cd "$(HERE)" && exec $(PY) -m sferum_onboarding.testing

test-faults: dev ## kill, hang, drop and restart the parts of the portal; a table of what was kept
	@cd "$(HERE)" && exec $(PY) -m sferum_onboarding.faults

bench: dev       ## the figures of speed and exactness beside their yardsticks; DATABASE_URL names a server, else SQLite
	@cd "$(HERE)" && for one in joining deciding places name_matching messenger_change desk searching snapshots imports exporting \
	  letters bulk_acts mail_corpus; do \
	  echo "--- $$one"; $(PY) "benchmarks/$$one.py" || exit 1; done

lint: dev        ## style, format, types, templates
	@cd "$(HERE)" && $(PY) -m ruff check . && $(PY) -m ruff format --check . && $(PY) -m mypy . \
	  && $(PY) -m djlint --quiet --lint templates

lock: dev        ## renew the locked requirements from pyproject.toml
	@cd "$(HERE)" && $(PY) -m uv pip compile --quiet --upgrade --universal --generate-hashes --no-header \
	  pyproject.toml -o requirements.txt
	@cd "$(HERE)" && $(PY) -m uv pip compile --quiet --upgrade --universal --generate-hashes --no-header \
	  --group dev -c requirements.txt -o requirements-dev.txt

vendor:          ## renew static/vendor and the icons from the npm registry (needs npm; never at run time)
	@python3 "$(HERE)/scripts/vendor_static.py"

# The stamp is written last: an interrupted installation is simply done again.
define install
	@if [ ! "$(VENV)/.$(1)" -nt "$(HERE)/$(2)" ]; then \
	  echo "Ставлю пакеты из $(2) в $(VENV)…"; \
	  $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r "$(HERE)/$(2)" \
	    && touch "$(VENV)/.$(1)"; \
	fi
endef

venv:
	@if ! $(PY) -m pip --version >/dev/null 2>&1; then \
	  if [ -z "$(PYTHON)" ]; then echo "Нужен Python 3.11 или новее: apt-get install python3 python3-venv" >&2; exit 1; fi; \
	  "$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null \
	    || { echo "Нужен модуль venv: apt-get install python3-venv" >&2; exit 1; }; \
	  "$(PYTHON)" -m venv --clear "$(VENV)" || exit 1; \
	fi
	$(call install,run,requirements.txt)

dev: venv
	$(call install,dev,requirements-dev.txt)
