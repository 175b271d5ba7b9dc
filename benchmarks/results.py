# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""The results of the benchmark as text"""
import datetime as dt
import os
import platform
import subprocess
from statistics import median, quantiles

import trytond
from benchmarks.lives import FEW, MANY, TOGETHER, TTHCC, YARDSTICK

MARK = '## Results\n'
CALLS = {
    'create': "create, three papers",
    'register': "register",
    'pass_on': "pass on",
    'complete_step': "complete the step",
    'resolve': "resolve",
    'return_': "return",
    'read': "read",
    'life': "a life",
    'list': "overdue list of 100",
    }
OTHERS = [
    'open the form', 'reception: open', 'reception: procedure',
    'reception: identity_number', 'reception: name', 'reception: register',
    'reception: receipt']


def text(options, seconds, cpu_seconds, times):
    def ratio(values, above, below):
        "The ratio of two turns, of all rounds together"
        return sum(values[above]) / sum(values[below])
    amounts = {FEW: f'{options.few:,}', MANY: f'{options.many:,}'}
    lines = [
        f"{dt.date.today()}, {machine()}.",
        "",
        "| | elapsed | CPU | target |",
        "|---|---|---|---|",
        ]
    comparisons = [
        (f"a life at {amounts[name]} / yardstick",
            (name, TTHCC), (name, YARDSTICK), 1.6)
        for name in [FEW, MANY]] + [
        ("the same, all officers at one centre",
            (MANY, TOGETHER), (MANY, YARDSTICK), ''),
        (f"a life at {amounts[MANY]} / at {amounts[FEW]}",
            (MANY, TTHCC), (FEW, TTHCC), 1.2),
        (f"yardstick at {amounts[MANY]} / at {amounts[FEW]}",
            (MANY, YARDSTICK), (FEW, YARDSTICK), ''),
        ]
    for name, above, below, target in comparisons:
        lines.append(
            f"| {name} | {ratio(seconds, above, below):.2f} "
            f"| {ratio(cpu_seconds, above, below):.2f} | {target} |")
    lists = (
        median(times[MANY, TTHCC, 'list'])
        / median(times[MANY, YARDSTICK, 'list']))
    lines += [
        f"| overdue list at {amounts[MANY]} / yardstick | {lists:.2f} "
        "| | 1.3 |",
        "",
        "| | lives/s | CPU ms per life |",
        "|---|---|---|"]
    for (name, kind), values in seconds.items():
        lines.append(
            f"| {kind} at {amounts[name]} | {1 / median(values):.1f} "
            f"| {1000 * median(cpu_seconds[name, kind]):.0f} |")
    lines += [
        "",
        f"Milliseconds per call at {amounts[MANY]} dossiers, median and 95th "
        "percentile:",
        "",
        "| | yardstick | | tthcc | |",
        "|---|---|---|---|---|"]
    for call, title in CALLS.items():
        lines.append(f"| {title} | " + ' | '.join(
                spread(times[MANY, kind, call])
                for kind in [YARDSTICK, TTHCC]) + " |")
    for call in OTHERS:
        lines.append(f"| {call} | | | {spread(times[MANY, TTHCC, call])} |")
    return '\n'.join(lines) + '\n'


def spread(values):
    return f'{median(values):.0f} | {quantiles(values, n=20)[-1]:.0f}'


def machine():
    "The machine without its name"
    with open('/proc/cpuinfo') as file:
        model = next(
            line.partition(':')[2].strip() for line in file
            if line.startswith('model name'))
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES')
    from tests import postgresql
    version = subprocess.run(
        [postgresql.find_binaries() / 'postgres', '--version'],
        capture_output=True, text=True).stdout.split()[2]
    return (
        f"{os.cpu_count()} cores of {model}, {memory / 2**30:.0f} GB; "
        f"Python {platform.python_version()}, Tryton {trytond.__version__}, "
        f"PostgreSQL {version}; load average {os.getloadavg()[2]:.1f}")


def write(results, path):
    "Replace the results, which end where the next chapter begins"
    head, _, rest = path.read_text().partition(MARK)
    _, chapter, rest = rest.partition('\n# ')
    path.write_text(f'{head}{MARK}\n{results}{chapter}{rest}')
