# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""A worker that outlives its database and its own processes

Tryton's worker keeps one connection to wait on.  When that breaks it neither
ends nor connects again, and takes no task any more; when one of the processes
that run the tasks is killed it ends.  Here it begins again.
"""
import contextlib
import logging
import time
from concurrent.futures.process import BrokenProcessPool
from functools import partial

from trytond import backend, worker

UPSTREAM = {
    'trytond.worker:work': 'b26f077363d9b1c2',
    'trytond.worker:Queue': '1f1041c0c4f5f827',
    }
PAUSE = 1
logger = logging.getLogger(__name__)


class Broken(Exception):
    "The connection that waits for tasks is gone"


def apply(replace):
    replace(worker, 'work', partial(work, worker.work))
    replace(worker, 'Queue', Queue)


def work(stock, options):
    while True:
        try:
            return stock(options)
        except (Broken, BrokenProcessPool) as error:
            logger.warning("the worker begins again: %s", error)
        except backend.DatabaseOperationalError as error:
            logger.warning("the worker waits for the database: %s", error)
        time.sleep(PAUSE)


class Queue(worker.Queue):

    def pull(self, name=None):
        with self._connected():
            return super().pull(name=name)

    def get_notifications(self):
        with self._connected():
            return super().get_notifications()

    @contextlib.contextmanager
    def _connected(self):
        try:
            yield
        except backend.DatabaseOperationalError as error:
            if self.connection.closed:
                self.database.put_connection(self.connection)
                raise Broken(error) from error
            raise
