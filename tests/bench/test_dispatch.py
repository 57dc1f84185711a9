"""How benches are found, run and shown."""

import json
import sys

from tests.bench import dispatch

FOUND = {"name": "x", "figures": {"p99_ms": 1.23456}, "peers": {"node": 900}, "ratios": {"node": 1.1}}


def test_a_bench_is_a_module_that_measures(tmp_path):
    (tmp_path / "agi.py").write_text("x = 1\n\n\ndef measure(progress):\n    return {}\n")
    (tmp_path / "helper.py").write_text("def other():\n    pass\n")
    assert dispatch.names(tmp_path) == ["agi"]


def test_a_result_is_a_table():
    assert dispatch.table([FOUND]).splitlines()[2:] == [
        "| x | p99_ms | 1.23 |",
        "| x | peer node | 900 |",
        "| x | ratio node | 1.1 |",
    ]


def test_all_are_run_in_turn_and_written_down(tmp_path, capsys):
    bench = [sys.executable, "-c", f"print({json.dumps(FOUND)!r})"]
    assert dispatch.all_in_turn(bench, tmp_path / "new" / "bench.md", ["x"]) == 0
    assert "| x | ratio node | 1.1 |" in (tmp_path / "new" / "bench.md").read_text()
    assert "[1/1] x" in capsys.readouterr().err


def test_one_that_fails_is_told_and_the_others_go_on(tmp_path):
    bench = [sys.executable, "-c", "raise SystemExit(3)"]
    assert dispatch.all_in_turn(bench, tmp_path / "bench.md", ["x", "y"]) == 1
    assert "| y | **failed** | ended with 3 |" in (tmp_path / "bench.md").read_text()
