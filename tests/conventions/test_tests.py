"""What tests may do: fakes are handed in, nothing is patched, nothing skipped in silence."""

import ast
import re

import pytest

from tests.conventions import house

PATCHES = re.compile(r"(mock\.patch|patch|monkeypatch\.setattr|monkeypatch\.setitem|setattr)(\.object)?")
TESTS = house.modules("tests")


def patches(module):
    named = [name for _, name in house.imports(module) if name.startswith(("unittest.mock", "mock"))]
    made = [house.at(module, c.lineno) for c in house.calls(module.tree) if PATCHES.fullmatch(house.called(c))]
    return named + made


def silent_skips(module):
    """Skips that do not say why."""
    skips = (c for c in house.calls(module.tree) if re.search(r"(^|\.)(skip|skipif|xfail)$", house.called(c)))
    bare = [c for c in skips if not c.args and not any(word.arg == "reason" for word in c.keywords)]
    marks = [n for n in ast.walk(module.tree) if isinstance(n, ast.Attribute) and ast.unparse(n).endswith("mark.skip")]
    called = {id(c.func) for c in house.calls(module.tree)}
    return bare + [mark for mark in marks if id(mark) not in called]


def test_nothing_is_patched():
    assert house.findings(patches, TESTS) == []


def test_nothing_is_skipped_in_silence():
    assert house.findings(silent_skips, TESTS) == []


@pytest.mark.parametrize("source", ["from unittest.mock import patch", "monkeypatch.setattr(x, 'y', 1)"])
def test_a_patch_is_seen(source):
    assert patches(house.parse(source))


@pytest.mark.parametrize("source", ["@pytest.mark.skip\ndef f(): pass", "@pytest.mark.skip()\ndef f(): pass"])
def test_a_silent_skip_is_seen(source):
    assert silent_skips(house.parse(source))


@pytest.mark.xdist_group("together")
def test_a_group_of_tests_runs_in_one_worker(request):
    among_workers = hasattr(request.config, "workerinput")
    assert request.node.nodeid.endswith("@together") or not among_workers
