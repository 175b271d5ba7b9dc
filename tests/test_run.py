# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What keeps make run from starting is said in one line, with what to do"
import os
import pathlib
import socket
import subprocess
import sys

import pytest

RUN = pathlib.Path(__file__).parent.parent / 'tools' / 'run.py'


def run(**variables):
    environment = {
        name: value for name, value in os.environ.items()
        if not name.startswith('TRYTOND_')}
    environment.update(variables)
    return subprocess.run(
        [sys.executable, RUN], env=environment, capture_output=True,
        text=True, timeout=60)


def test_busy_port():
    with socket.create_server(('localhost', 0)) as busy:
        port = busy.getsockname()[1]
        result = run(PORT=str(port))

    assert result.returncode
    line, = result.stderr.splitlines()
    assert f"Port {port} cannot be used" in line
    assert "make run PORT=" in line


@pytest.mark.parametrize('variables, expected', [
        ({'PORT': 'http'}, "PORT must be a number"),
        ({'PORT': '70000'}, "PORT must be a number"),
        ({'TRYTOND_CONFIG': '/nowhere.conf'}, "/nowhere.conf"),
        ({'TRYTOND_DATABASE_URI': 'postgresql://tthcc@localhost:1/'},
            "TRYTOND_DATABASE_URI"),
        ])
def test_wrong_setting(variables, expected):
    with socket.create_server(('localhost', 0)) as free:
        port = free.getsockname()[1]
    result = run(**{'PORT': str(port), **variables})

    assert result.returncode
    line, = result.stderr.splitlines()
    assert expected in line
