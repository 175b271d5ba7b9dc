# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The command tthcc-import-catalogue"""

import argparse
import datetime as dt
import sys
from pathlib import Path

from trytond import commandline, config


def get_parser():
    parser = argparse.ArgumentParser(
        description="Import files of procedures into the catalogue.",
        parents=[commandline.get_parser()], conflict_handler='resolve')
    # One configuration and one database, lest they take the files for theirs
    for flags, name, metavar, help in [
            (['-c', '--config'], 'configfile', 'FILE',
                "specify the configuration file"),
            (['-d', '--database'], 'database_names', 'DATABASE',
                "specify the database name")]:
        parser.add_argument(
            *flags, dest=name, nargs=1, default=parser.get_default(name),
            metavar=metavar, help=help)
    parser.add_argument(
        'files', nargs='*', type=Path, metavar='FILE',
        help="CSV of the national catalogue or JSON lines of the portal")
    parser.add_argument(
        '--own', action='store_true',
        help="import the catalogue that comes with the software")
    parser.add_argument(
        '--publish', action='store_true',
        help="put new procedures in force instead of leaving them as drafts")
    parser.add_argument(
        '--start-date', type=dt.date.fromisoformat, metavar='YYYY-MM-DD',
        help="when what is new and what is changed comes into force "
        "(default: today)")
    parser.add_argument(
        '--good-only', action='store_true',
        help="leave out procedures with bad rows instead of stopping")
    parser.add_argument(
        '--dry-run', action='store_true',
        help="only tell what would be new, changed, unchanged or bad")
    return parser


def main(args=None):
    parser = get_parser()
    commandline.set_autocomplete(parser)
    options = parser.parse_args(args)
    if not options.database_names:
        parser.error("name the database with -d")
    if not options.files and not options.own:
        parser.error("name a file to import, or --own")
    config.update_etc(options.configfile)
    commandline.config_log(options)

    # Import after application is configured
    from trytond import backend
    from trytond.exceptions import UserError
    try:
        for name in options.database_names:
            run(name, options)
    except (OSError, UserError, backend.DatabaseOperationalError) as error:
        message = error.message if isinstance(error, UserError) else error
        sys.exit(f"{parser.prog}: {message}")


def run(database_name, options):
    from trytond import backend
    from trytond.pool import Pool
    from trytond.transaction import Transaction

    from . import import_

    if not backend.Database(database_name).connect().test():
        raise OSError(f'"{database_name}" is not a Tryton database')
    pool = Pool(database_name)
    pool.init()
    context = {'language': config.get('database', 'language')}
    with Transaction().start(database_name, 0, context=context):
        try:
            pool.get('tthcc.procedure')
        except KeyError:
            raise OSError(
                f'activate the module tthcc_procedure in "{database_name}" '
                "first") from None
        if options.own:
            import_file("own", import_.read_own(), options)
        for file in options.files:
            parsed = import_.read(file.read_bytes())
            import_file(file.name, parsed, options)


def import_file(name, parsed, options):
    "Import the parsed file, showing what happens"
    from . import import_
    if options.dry_run:
        changes = import_.compare(parsed)
    else:
        changes = import_.apply(
            parsed, publish=options.publish, start_date=options.start_date,
            good_only=options.good_only,
            source=name,
            progress=Progress(name, len(parsed.items)))
    print(f"{name}: {import_.summary(changes, parsed)}")
    for line in import_.bad_rows(parsed):
        print(f"  {line}")


class Progress:
    "A bar on the terminal; nothing where the output is none"
    width = 40

    def __init__(self, name, total):
        self.name = name
        self.total = total
        self(0)

    def __call__(self, done):
        if not sys.stderr.isatty() or not self.total:
            return
        filled = self.width * done // self.total
        print(
            f"\r{self.name} [{'#' * filled:<{self.width}}] "
            f"{done}/{self.total}",
            end='\n' if done == self.total else '', file=sys.stderr,
            flush=True)
