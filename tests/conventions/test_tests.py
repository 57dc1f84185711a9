"""What tests may do: fakes are handed in, nothing is patched, nothing skipped in silence."""

import ast
import re

import pytest

from tests.conventions import house

PATCHES = re.compile(r"(mock\.patch|patch|monkeypatch\.setattr|monkeypatch\.setitem|setattr)(\.object)?")
TESTS = house.modules("tests")
EARS = "tests/live/by_ear.py"
WRITES = re.compile(r"(.*_)?clinics?|victim|visits|database|demo")
"""Fixtures of tests that look into a database."""


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


def run_again(module):
    """Tests that are run again when they fail, but for those that only listen to the one Asterisk."""
    named = [n for n in ast.walk(module.tree) if isinstance(n, ast.Attribute | ast.Name)]
    flaky = [house.at(module, n.lineno) for n in named if isinstance(n, ast.Attribute) and n.attr == "flaky"]
    listen = [f for f in ast.walk(module.tree) if isinstance(f, ast.FunctionDef) and only_listens(f)]
    by_ear = [n for n in named if isinstance(n, ast.Name) and n.id == "BY_EAR" and isinstance(n.ctx, ast.Load)]
    allowed = {id(mark) for one in listen for mark in one.decorator_list}
    return flaky + [house.at(module, n.lineno) for n in by_ear if id(n) not in allowed]


def only_listens(test):
    needs = {one.arg for one in test.args.args}
    reads_records = any(house.called(one) == "standin.calls" for one in house.calls(test))
    return "asterisk" in needs and not reads_records and not any(WRITES.fullmatch(one) for one in needs)


def test_what_is_run_again_only_listens():
    assert house.findings(run_again, TESTS, but={EARS}) == []


@pytest.mark.parametrize(
    "source",
    [
        "@pytest.mark.flaky\ndef test_a(asterisk): pass", "pytestmark = [BY_EAR]", "@BY_EAR\ndef test_a(clinic): pass",
        "@BY_EAR\ndef test_a(asterisk, mysql_clinic): pass", "@BY_EAR\ndef test_a(asterisk, standin): standin.calls()",
    ],
)  # fmt: skip
def test_what_may_not_be_run_again_is_seen(source):
    assert run_again(house.parse(source))


def test_what_only_listens_may():
    assert run_again(house.parse("@BY_EAR\ndef test_a(asterisk, sounds): pass")) == []


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
