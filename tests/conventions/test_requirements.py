"""docs/requirements.md names files and tests that exist, each requirement once, and nothing goes without a word."""

import ast
import re
from functools import cache

import pytest

from tests.conventions import house

TABLE = house.ROOT / "docs/requirements.md"
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
PLACE = re.compile(r"`([\w./-]+)`")


def lines(text):
    """The cells of each line of the tables, headings and rules left out."""
    rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|"))
    return [row for row in rows if row[0] != "id" and not set(row[0]) <= {"-"}]


@cache
def names_in(file):
    """The names of the functions of a test file; none where there is no such file."""
    path = house.ROOT / file
    tree = ast.parse(path.read_text("utf-8")) if path.is_file() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def gone(text):
    """Tests and files that are named and not there."""
    named = [f"{file}::{name}" for file, name in TEST.findall(text) if name not in names_in(file)]
    places = [place for row in lines(text) if len(row) == 5 for place in PLACE.findall(row[2])]
    return named + [place for place in places if not (house.ROOT / place).exists()]


def unshown(text):
    """Requirements of which neither a test nor what is missing is told."""
    return [row[0] for row in lines(text) if len(row) == 5 and not row[3] and not row[4]]


def named_twice(text):
    ids = [id_.strip() for row in lines(text) for id_ in row[0].split(",")]
    return sorted({one for one in ids if ids.count(one) > 1})


@pytest.mark.parametrize("wrong", [gone, unshown, named_twice])
def test_each_requirement_is_shown_by_tests_that_are_there(wrong):
    assert wrong(TABLE.read_text("utf-8")) == []


def test_the_table_is_seen():
    assert len(lines(TABLE.read_text("utf-8"))) > 80
    assert len(TEST.findall(TABLE.read_text("utf-8"))) > 150


def test_what_is_gone_is_seen():
    assert gone("`tests/conventions/test_requirements.py::test_of_old` `tests/test_gone.py::test_x`") == [
        "tests/conventions/test_requirements.py::test_of_old", "tests/test_gone.py::test_x"
    ]  # fmt: skip
    assert gone("| A | b | `admin_web/gone.py` | c | |") == ["admin_web/gone.py"]


def test_what_nothing_shows_is_seen():
    assert unshown("| A | b | c |  |  |") == ["A"]
    assert named_twice("| A, B | b |\n| B | c |") == ["B"]
