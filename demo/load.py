# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Load the demo province into a database in which the modules are active

    python -m demo.load -c config/trytond.conf -d tthcc

Everything is done in one transaction: whatever interrupts it leaves nothing
behind, and it may be run again; a database with centres is left as it is.
"""

import argparse
import datetime as dt
import sys

from trytond import config
from trytond.pool import Pool
from trytond.transaction import Transaction


def load(database, config_file=None, progress=None):
    """
    Load the demo, return whether there was anything to do.

    config_file: the name of Tryton's configuration file, or several, or None
    where the process has been configured
    progress: is called with how much is done, from 0 to 1, and a text
    """
    if config_file:
        config.update_etc(config_file)
    progress = progress or (lambda share, text='': None)

    progress(0, "modules")
    if database not in Pool.database_list():
        with Transaction().start(database, 0, readonly=True):
            Pool(database).init()
    with Transaction().start(
            database, 0, context={'language': 'vi'}) as transaction:
        loaded = _load(progress)
        # The log would tell that all was done at this moment
        transaction.log_records.clear()
        tasks = list(transaction.tasks)
        transaction.tasks.clear()
    _run(database, tasks)
    progress(1, "done")
    return loaded


def _load(progress):
    # They import modules of Tryton's that need the configuration
    from trytond.modules.tthcc import clock

    from . import (
        benefits, catalogue, dossiers, facility, faults, organisation,
        premises, staffing)
    if Pool().get('tthcc.centre').search([], limit=1):
        return False
    # One moment for all
    now = clock.now()
    with clock.moved_to(now):
        progress(.02, "committees and people")
        places = organisation.load()
        progress(.1, "catalogue")
        catalogue.load(
            places, clock.today() - dt.timedelta(weeks=dossiers.WEEKS + 4))
        progress(.18, "equipment")
        facility.load(places)
        faults.load(places)
        progress(.19, "premises and budget")
        premises.load(places)
        dossiers.load(
            places, lambda share, text: progress(.2 + .7 * share, text))
        progress(.9, "staff")
        staffing.load(places)
        progress(.95, "statements")
        benefits.load(places)
    return True


def _run(database, tasks):
    "Run what the server would do after a request"
    from trytond.worker import run_task
    while tasks:
        run_task(database, tasks.pop(0))


def main():
    parser = argparse.ArgumentParser(
        prog='demo.load', description="Load the demo province")
    parser.add_argument(
        '-c', '--config', nargs='+', help="configuration files of Tryton")
    parser.add_argument('-d', '--database', required=True)
    arguments = parser.parse_args()
    config.update_etc(arguments.config)

    def progress(share, text=''):
        print(f'{share:4.0%} {text}', flush=True)
    if not load(arguments.database, progress=progress):
        print("There are centres already: nothing to do")
    return 0


if __name__ == '__main__':
    sys.exit(main())
