"""The plugin that lets nothing be skipped in CI."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SKIPS = "import pytest\n\ndef test_it():\n    pytest.skip('no server here')\n"


def run(folder, source, ci):
    (folder / "test_it.py").write_text(source)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.no_skips",
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
    ]
    env = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, env=env, check=False)
    return done.returncode, done.stdout


def test_ci_does_not_allow_a_skip(tmp_path):
    code, told = run(tmp_path, SKIPS, ci="true")
    assert code == 1
    assert "no server here" in told


def test_ci_does_not_allow_a_skipped_module(tmp_path):
    code, _ = run(tmp_path, "import pytest\npytest.skip('nothing', allow_module_level=True)\n", ci="true")
    assert code != 0


def test_elsewhere_a_skip_is_a_skip(tmp_path):
    assert run(tmp_path, SKIPS, ci="")[0] == 0
