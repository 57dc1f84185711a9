"""The command line, as somebody at a terminal meets it."""

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.live.session import free_port

ROOT = Path(__file__).resolve().parents[1]
ALO = [sys.executable, str(ROOT / "alo.py")]
COMMANDS = (
    "run", "agi", "web", "live", "worker", "ami", "phone", "db", "db upgrade", "db demo", "prompts", "prompts build",
    "voice-notes", "voice-notes list", "users", "users add", "asterisk", "asterisk up", "asterisk down", "asterisk cli",
    "check", "bench",
)  # fmt: skip
START_SECONDS = 60
"""Far above what a start takes, for machines that do many things at once."""


@pytest.fixture
def env(tmp_path):
    """An installation of its own: a SQLite file, a spool, and ports nobody uses."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("ALO_")}
    ports = {"ALO_AGI_PORT": str(free_port()), "ALO_WEB_PORT": str(free_port())}
    places = {"ALO_DATABASE_URL": f"sqlite:///{tmp_path}/alo.sqlite", "ALO_SPOOL": str(tmp_path / "spool")}
    places["ALO_MAIL_DIR"] = str(tmp_path / "mail")
    return {**ours, **ports, **places, "ALO_DEMO": "1"}


def alo(env, *words):
    return subprocess.run([*ALO, *words], env=env, capture_output=True, text=True, check=False, timeout=120)


@contextlib.contextmanager
def running(env, *words):
    """`alo run`, ready to be called; stopped as Ctrl-C stops it, unless it ended before."""
    out = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([*ALO, *words], env=env, **out) as process:
        process.said = "".join(iter(process.stdout.readline, "  Para parar: Ctrl-C\n"))
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.wait(60)


def children(pid):
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def fetch(env, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{env['ALO_WEB_PORT']}{path}", timeout=30) as reply:
        return reply.status, reply.read().decode()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(env, command):
    done = alo(env, *command.split(), "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"uso: alo {command}")


def test_without_a_command_the_commands_are_named(env):
    assert alo(env).returncode == 2
    assert "voice-notes" in alo(env, "--help").stdout


def test_wrong_settings_are_told_at_once_with_the_remedy(env):
    done = alo({**env, "ALO_WEB_PORT": "many", "ALO_AGI_PORT": "0"}, "run")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "ALO_AGI_PORT: o menor valor é 1.",
        "ALO_WEB_PORT: precisa ser um número inteiro.",
    ]


def test_a_database_without_tables_is_told_with_the_remedy(env):
    done = alo(env, "voice-notes", "list")
    assert done.returncode == 1
    assert "alo db upgrade" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_database_is_made_and_filled_once(env):
    assert "em dia" in alo(env, "db", "upgrade").stdout
    assert alo(env, "db", "demo").returncode == 0
    again = alo(env, "db", "demo")
    assert (again.returncode, "nada foi mudado" in again.stderr) == (1, True)


def test_no_voice_notes_are_told_as_such(env):
    alo(env, "db", "upgrade")
    assert alo(env, "voice-notes", "list").stdout == "Nenhum recado.\n"


def test_ami_wants_to_be_configured(env):
    done = alo(env, "ami")
    assert (done.returncode, "ALO_AMI_USER" in done.stderr) == (2, True)


def test_a_telephone_without_a_clinic_says_so(env):
    alo(env, "db", "upgrade")
    done = alo(env, "phone", "1")
    assert (done.returncode, "alo agi" in done.stdout) == (1, True)


def test_a_bench_that_does_not_exist_is_told(env):
    done = alo(env, "bench", "nothing")
    assert (done.returncode, "alo bench --all" in done.stderr) == (2, True)


def test_the_benches_are_found_from_any_folder(env, tmp_path):
    command = [sys.executable, "-c", "from alo import main; raise SystemExit(main(['bench', 'fly']))"]
    done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.split(":")[0]) == (2, "Diga o que medir")


def test_a_database_of_a_newer_version_is_told_with_the_remedy(env, tmp_path):
    alo(env, "db", "upgrade")
    with contextlib.closing(sqlite3.connect(tmp_path / "alo.sqlite")) as database:
        database.execute("UPDATE alembic_version SET version_num = 'later'")
        database.commit()
    done = alo(env, "db", "upgrade")
    assert (done.returncode, "atualize este programa" in done.stderr) == (1, True)


def test_who_reads_no_further_hears_no_complaint(env):
    words = f"{sys.executable} {ALO[1]} check | head -1 > /dev/null"
    done = subprocess.run(["bash", "-c", words], env=env, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def test_check_tells_what_is_missing_as_text_and_as_json(env):
    told = alo(env, "check")
    assert told.returncode == 1
    assert "Execute: alo db upgrade" in told.stdout
    found = json.loads(alo(env, "check", "--json").stdout)
    wanted = {"configuração", "banco de dados", "migrações", "avisos", "dialplan", "Asterisk", "pasta comum", "disco"}
    assert wanted | {"processos", "relógio"} <= {one["name"] for one in found["findings"]}
    assert found["ok"] is False


@pytest.mark.parametrize("name", ["ALO_AGI_PORT", "ALO_WEB_PORT"])
def test_a_taken_port_is_told_with_the_remedy(env, name):
    with socket.create_server(("127.0.0.1", int(env[name]))):
        done = alo(env, "run")
    assert done.returncode == 2
    assert f"{name}={int(env[name]) + 1} alo run" in done.stderr


@pytest.mark.parametrize(("name", "port"), [("agi", "ALO_AGI_PORT"), ("web", "ALO_WEB_PORT")])
def test_a_process_whose_port_is_taken_says_so(env, name, port):
    with socket.create_server(("127.0.0.1", int(env[port]))):
        done = alo(env, name)
    assert (done.returncode, port in done.stderr, "Traceback" in done.stderr) == (1, True, False)


def test_run_says_where_and_whom_to_call_and_stops_all(env):
    with running(env, "run") as process:
        assert f"http://127.0.0.1:{env['ALO_WEB_PORT']}/telefone" in process.said
        assert f"agi://127.0.0.1:{env['ALO_AGI_PORT']}/greeting" in process.said
        assert "CPF 11144477735, nascimento 05041980   Ana Paula Ribeiro" in process.said
        assert "recepcao@vilaaurora.example" in process.said
        assert "com a senha alo-clinica-demo" in process.said
        started = children(process.pid)
        assert fetch(env, "/healthz") == (200, "ok\n")
        assert Path(env["ALO_SPOOL"], "recordings").stat().st_mode & 0o7777 == 0o2770
        assert "Ana Paula Ribeiro" in fetch(env, "/telefone")[1]
    assert process.returncode == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in started)


def test_the_first_administrator_is_made_at_the_terminal(env):
    alo(env, "db", "upgrade")
    done = alo(env, "users", "add", "dona@example.com", "Dona da Clínica")
    assert f"http://127.0.0.1:{env['ALO_WEB_PORT']}/senha/nova/" in done.stdout
    again = alo(env, "users", "add", "dona@example.com", "Dona da Clínica")
    assert (again.returncode, "Já há uma conta" in again.stderr) == (2, True)


def test_a_patient_of_the_demo_is_known_by_telephone(env):
    with running(env, "run"):
        done = alo(env, "phone", "11144477735", "05041980", "2", "*")
    assert "Marina Corrêa" in done.stdout
    assert done.returncode == 0


def test_a_later_start_is_quick(env):
    with running(env, "run"):
        pass
    begun = time.monotonic()
    with running(env, "run") as process:
        took = time.monotonic() - begun
    assert "demonstração" not in process.said
    assert took < START_SECONDS


def test_a_demo_that_has_grown_old_says_so(env):
    alo(env, "db", "demo")
    file = env["ALO_DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(file) as database:
        database.execute("UPDATE patients SET created_at = '2020-01-02 10:00:00.000000'")
    with running(env, "run") as process:
        assert f"são de 02/01/2020. Para tê-las de novo em volta de hoje: rm {file}" in process.said


def test_when_one_process_ends_all_do_and_it_is_told(env):
    with running(env, "run") as process:
        agi, *others = children(process.pid)
        os.kill(agi, signal.SIGKILL)
        process.wait(60)
        assert "O processo 'agi' terminou (código -9)" in process.stderr.read()
    assert process.returncode == 1
    assert not any(Path(f"/proc/{pid}").exists() for pid in others)


@pytest.mark.parametrize("name", ["agi", "web", "worker"])
def test_sigterm_ends_each_process_in_good_order(env, name):
    alo(env, "db", "demo")
    ready, tell = os.pipe()
    with subprocess.Popen([*ALO, name, "--ready", str(tell)], env=env, pass_fds=[tell]) as process:
        os.close(tell)
        assert os.read(ready, 1) == b"1"
        process.terminate()
        assert process.wait(60) == 0
    os.close(ready)
