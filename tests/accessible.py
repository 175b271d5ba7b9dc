# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Print what the windows on the display show, as JSON

Run by the machine's Python, the one that has GTK's accessibility interface.
"""
import json

import gi

gi.require_version('Atspi', '2.0')

from gi.repository import Atspi  # noqa: E402


def showing(node):
    if name := node.get_name():
        if node.get_state_set().contains(Atspi.StateType.SHOWING):
            area = node.get_extents(Atspi.CoordType.SCREEN)
            yield {
                'text': name,
                'role': node.get_role_name(),
                'centre': (
                    area.x + area.width // 2, area.y + area.height // 2),
                }
    for index in range(node.get_child_count()):
        if child := node.get_child_at_index(index):
            yield from showing(child)


print(json.dumps(list(showing(Atspi.get_desktop(0)))))
