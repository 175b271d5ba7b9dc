# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.

# make run   the demo province at http://localhost:8000
#            PORT=8001, DATABASE=name, TRYTOND_CONFIG=file,
#            TRYTOND_DATABASE_URI=postgresql://user:password@localhost:5432/
# make test  everything that can be tested on this machine
#            TESTS="tests/test_server.py -k proteus" for some of it
# make lint  the style of the code

PYTHON = python3
TESTS =

.PHONY: run test lint python

run: python
	@$(PYTHON) tools/prepare.py run
	@exec .venv/bin/python tools/run.py

test: python
	@$(PYTHON) tools/prepare.py test
	@exec .venv/bin/python -m pytest --database both $(TESTS)

lint: python
	@$(PYTHON) tools/prepare.py test
	@exec .venv/bin/ruff check .

python:
	@command -v $(PYTHON) > /dev/null || { echo "Python is missing: \
	install Debian's packages python3 and python3-venv"; exit 1; }
