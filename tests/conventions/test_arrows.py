"""Who may import whom: arrows point inwards, and each library stands behind one door."""

import pytest

from tests.conventions import house

OWN = {*house.ROOMS, "alo", "tests"}
MAY = {
    "db": {"db"},
    "clinic": {"clinic", "db"},
    "prompts": {"prompts"},
    "agi": {"agi", "clinic", "prompts"},
    "ami": {"ami", "clinic"},
    "admin_web": {"admin_web", "clinic"},
    "dialplan": {"dialplan"},
    "alo": {*house.ROOMS, "tests"},
}
DOORS = {
    "asterisk": ("agi/call.py", "agi/wire.py"),
    "panoramisk": ("ami/",),
    "flask": ("admin_web/",),
    "pymysql": ("db/",),
    "sqlalchemy": ("db/", "clinic/"),
    "alembic": ("db/",),
    "gevent": ("agi/", "admin_web/gevent_server.py", "admin_web/entry.py", "alo.py"),
    "granian": ("admin_web/granian_server.py",),
    "pydub": ("prompts/",),
    "gtts": ("prompts/",),
    "celery": ("clinic/broker/",),
    "kombu": ("clinic/broker/",),
    "amqp": ("clinic/broker/",),
}


def wrong_arrows(module):
    """Imports of a room this one may not know."""
    tops = ((line, name.partition(".")[0]) for line, name in house.imports(module))
    return [house.at(module, line, top) for line, top in tops if top in OWN and top not in MAY[module.room]]


def through_the_wall(module):
    """Imports of a library outside the place that may know it."""
    tops = {(line, name.partition(".")[0]) for line, name in house.imports(module)}
    return [
        house.at(module, line, top)
        for line, top in sorted(tops)
        if top in DOORS and not module.path.startswith(DOORS[top])
    ]


def test_arrows_point_inwards():
    assert house.findings(wrong_arrows, house.product()) == []


def test_each_library_stays_behind_its_door():
    assert house.findings(through_the_wall, house.product()) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("clinic/x.py", "import agi.server"),
        ("clinic/x.py", "def f():\n    from prompts.names import name_id"),
        ("agi/x.py", "from db import base"),
        ("ami/x.py", "from agi.server import ENTRIES"),
        ("prompts/x.py", "import clinic"),
    ],
)
def test_an_arrow_outwards_is_seen(path, source):
    assert wrong_arrows(house.parse(source, path))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("agi/menus/x.py", "import asterisk.agi"),
        ("agi/x.py", "from sqlalchemy import select"),
        ("clinic/x.py", "from flask import request"),
        ("admin_web/x.py", "import panoramisk"),
    ],
)
def test_a_library_in_the_wrong_room_is_seen(path, source):
    assert through_the_wall(house.parse(source, path))


def test_alo_begins_with_the_standard_library_alone():
    import sys

    [alo] = house.modules("alo.py")
    top = house.parse("\n".join(map(house.ast.unparse, _at_top(alo.tree))))
    assert {name.partition(".")[0] for _, name in house.imports(top)} <= sys.stdlib_module_names


def _at_top(tree):
    return [node for node in tree.body if isinstance(node, house.ast.Import | house.ast.ImportFrom)]
