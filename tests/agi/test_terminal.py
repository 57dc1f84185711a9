"""The test telephone in a terminal."""

import os
import pty
import subprocess
import sys

import pytest

from agi.disc import write_recording
from agi.terminal import terminal, written

DIAL = "import sys; from agi.terminal import terminal; terminal('127.0.0.1', int(sys.argv[1]), str, entry='menu')"


@pytest.fixture
def port(serve, tmp_path):
    (tmp_path / "normal" / "test").mkdir(parents=True)
    for prompt in ("hello", "number", "choose", "bye"):
        write_recording(str(tmp_path / "normal" / "test" / prompt), 0.1, 0.1)
    return serve("--sounds", tmp_path).port


def test_keys_given_beforehand_are_typed_at_once(port, capsys):
    assert terminal("127.0.0.1", port, str, keys=["52998224725", "7"], entry="menu") == 0
    shown = capsys.readouterr().out
    assert "Test/hello test/number\n[5] [2] " in shown
    assert "Test/choose" in shown
    assert "Fim da ligação." in shown


@pytest.mark.parametrize(
    ("before", "after", "paused", "is_name", "joint"),
    [
        ("Clínica Vila Aurora", "Em caso de emergência", False, False, ". "),
        ("com a doutora", "Marina Corrêa", False, True, " "),
        ("quarta-feira", "vinte e cinco", True, False, ", "),
        ("às oito horas", "tecle um", False, False, ", "),
        ("a doutora Marina", "tecle um. Para outro médico, tecle dois.", False, False, ", "),
        ("tecle um", "às nove horas", True, False, "; "),
        ("Consulta marcada.", "O código é", False, False, " "),
    ],
)
def test_pieces_read_as_one_would_write_them(before, after, paused, is_name, joint):
    assert written(before, after, paused, is_name) == joint


def test_where_nobody_answers_the_way_out_is_told(free_port, capsys):
    assert terminal("127.0.0.1", free_port, str, keys=["1"]) == 1
    assert "alo agi" in capsys.readouterr().out


def test_a_call_that_breaks_is_told(serve, capsys):
    assert terminal("127.0.0.1", serve().port, str, keys=["1"], entry="broken") == 0
    assert "A ligação caiu." in capsys.readouterr().out


def test_the_keyboard_is_the_keypad(port):
    typed = _in_a_terminal(port, b"52998224725" + b"7")
    assert "[5] " in typed
    assert "[7] " in typed
    assert "Fim da ligação." in typed


def test_q_hangs_up(port):
    assert "A ligação caiu." in _in_a_terminal(port, b"q")


def _in_a_terminal(port, keys):
    ours, theirs = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", DIAL, str(port)], stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while b"desliga" not in shown:
            shown += os.read(ours, 1024)
        os.write(ours, keys)
        while data := _read(ours):
            shown += data
        process.wait(60)
    finally:
        process.kill()
        os.close(ours)
    return shown.decode()


def _read(terminal_end):
    try:
        return os.read(terminal_end, 1024)
    except OSError:
        return b""
