"""Migrations have one head; no SQL is put together from text; nobody waits while rows are locked."""

import ast

import pytest

from db import migrate
from tests.conventions import house

WAITING = {
    "sleep", "wait", "hasher", "_hasher", "urlopen", "Popen", "check_output", "connect", "send", "sendall", "recv",
    "post", "play", "key", "record", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "rename",
}  # fmt: skip


RAW = {"exec_driver_sql", "literal_column"}
OUR_OWN_WORDS = ("db/engines.py", "db/reach.py", "clinic/search.py")
"""Where SQL is made of our own constants and of whole numbers."""


def put_together(module):
    """Raw SQL that is more than one fixed text: what somebody typed could become a part of it."""
    raw = RAW | {"text"} if ("sqlalchemy.text" in {name for _, name in house.imports(module)}) else RAW
    calls = (call for call in house.calls(module.tree) if house.called(call).split(".")[-1] in raw)
    return [house.at(module, call.lineno) for call in calls if not isinstance(call.args[0], ast.Constant)]


def waits_with_rows_locked(module):
    """Calls that take somebody's or the network's time, in functions that are handed a connection."""
    holding = (node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef) and _holds(node))
    calls = (call for node in holding for call in house.calls(node))
    return [house.at(module, call.lineno) for call in calls if house.called(call).split(".")[-1] in WAITING]


def _holds(function):
    return any(argument.arg == "connection" for argument in function.args.args)


def test_there_is_one_head():
    assert len(migrate.heads()) == 1


def test_no_statement_is_put_together_from_text():
    assert house.findings(put_together, house.product(), but=OUR_OWN_WORDS) == []


@pytest.mark.parametrize("raw", ['exec_driver_sql(f"SELECT {x}")', 'text("a" + b)', "literal_column(typed)"])
def test_a_statement_put_together_is_seen(raw):
    assert put_together(house.parse(f"from sqlalchemy import text\n{raw}"))


def test_nobody_is_waited_for_in_a_transaction():
    assert house.findings(waits_with_rows_locked, house.modules("clinic")) == []


@pytest.mark.parametrize("wait", ["time.sleep(1)", "self._hasher(pin)", "urlopen(url)", "call.play('common/moment')"])
def test_a_transaction_that_waits_is_seen(wait):
    assert waits_with_rows_locked(house.parse(f"def work(connection):\n    {wait}"))
