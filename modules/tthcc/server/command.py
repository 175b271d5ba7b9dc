# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Tryton's commands, with the costs of the server removed

They take the options of trytond, trytond-worker and trytond-cron.
"""
import importlib

from trytond import commandline, config

from . import apply


def server():
    _run(commandline.get_parser_daemon(), 'trytond.cli')


def worker():
    _run(commandline.get_parser_worker(), 'trytond.cli.worker')


def scheduler():
    _run(commandline.get_parser_cron(), 'trytond.cli.cron')


def _run(parser, name):
    options = parser.parse_args()
    if getattr(options, 'coroutine', False):
        # What must be patched is imported already
        parser.error("--coroutine: not here, but with trytond")
    # What is imported next reads the configuration
    commandline.config_log(options)
    config.update_etc(options.configfile)
    apply()
    importlib.import_module(name).main()
