# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

# make run   the demo province at http://localhost:8000
#            PORT=8001, DATABASE=name, TRYTOND_CONFIG=file,
#            TRYTOND_DATABASE_URI=postgresql://user:password@localhost:5432/
# make server
#            what a server of a province needs: docs/administration.md
# make test  everything that can be tested on this machine
#            TESTS="tests/test_server.py -k proteus" for some of it
# make lint  the style of the code
# make translations
#            bring every module's locale/vi.po up to date with its strings

PYTHON = python3
TESTS =
MODULES = $(notdir $(wildcard modules/*))

.PHONY: run server test lint translations python

run: python
	@$(PYTHON) tools/prepare.py run
	@exec .venv/bin/python tools/run.py

server: python
	@$(PYTHON) tools/prepare.py server

test: python
	@$(PYTHON) tools/prepare.py test
	@exec .venv/bin/python -m pytest --database both $(TESTS)

lint: python
	@$(PYTHON) tools/prepare.py test
	@.venv/bin/ruff check --quiet .
	@.venv/bin/isort --check-only --quiet .

# Tryton exports from a database whose own language is that of the source
translations: python
	@$(PYTHON) tools/prepare.py run
	@mkdir -p $(MODULES:%=modules/%/locale)
	@folder=$$(mktemp -d) && trap "rm -r $$folder" EXIT && \
	touch $$folder/vi.sqlite && echo unused-password > $$folder/password && \
	env -u TRYTOND_CONFIG -u TRYTOND_DATABASE_URI \
	TRYTOND_DATABASE__PATH=$$folder TRYTONPASSFILE=$$folder/password \
	.venv/bin/trytond-admin -d vi --email admin@example.com -l vi \
	--activate-dependencies -u $(MODULES) --export-translations

python:
	@command -v $(PYTHON) > /dev/null || { echo "Python is missing: \
	install Debian's packages python3 and python3-venv"; exit 1; }
