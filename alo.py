"""The command line of Alô Clínica, and the only module that wires everything.

At its top only the standard library: `alo agi` and `alo web` patch it (gevent) before anything else is loaded, and
`alo run` shall not load what its children load. So every command imports what it needs itself.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from clinic.services import Clinic
    from clinic.settings import Settings
    from clinic.terminal import Parser

HERE = Path(__file__).resolve().parent
SCRIPTS = HERE / "asterisk-docker"
BENCHES = HERE / "tests" / "bench"
COMMAND = (sys.executable, str(HERE / "alo.py"))


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 not done, 2 wrong settings or arguments."""
    from clinic.terminal import exit_code

    args = parser().parse(argv)
    return exit_code(lambda: args.work(args))


def parser() -> Parser:
    """All commands and what they say of themselves."""
    from clinic.commands import parser_of

    return parser_of(
        {
            "run": run, "agi": agi, "web": web, "live": live, "worker": worker, "ami": ami, "phone": phone,
            "check": check,
            "db upgrade": db_upgrade, "db demo": db_demo, "prompts build": prompts_build, "bench": bench,
            "voice-notes list": voice_notes_list, "users add": users_add, "asterisk up": asterisk,
            "asterisk down": asterisk, "asterisk cli": asterisk,
        }
    )  # fmt: skip


# Processes


def run(args: argparse.Namespace) -> int:  # noqa: ARG001 - every command is given its arguments
    """Everything on this machine, until Ctrl-C; when one process ends, all do."""
    from clinic.running import run_all

    return run_all(_settings(), COMMAND)


def agi(args: argparse.Namespace) -> None:
    """The FastAGI server."""
    from agi import entry  # patches first

    settings = _child(args)
    with _clinic(settings, hasher=entry.in_a_thread) as clinic:
        entry.serve(clinic, settings, ready=_ready(args))


def web(args: argparse.Namespace) -> None:
    """Pages, live events and the test telephone in one gevent process; or, under granian, the pages alone."""
    if args.server == "granian":
        from admin_web.granian_server import serve

        settings = _child(args)
        serve("alo:pages", settings.web_host, settings.web_port, args.workers, _ready(args))
    else:
        _in_greenlets(args, "web_port")


def live(args: argparse.Namespace) -> None:
    """What stays open: live events and the test telephone, beside pages under granian; nginx makes them one."""
    _in_greenlets(args, "live_port")


def pages() -> Any:
    """The app of one of granian's workers, which calls this in a process that is its own."""
    from clinic import logs
    from clinic.services import open_clinic

    logs.configure((settings := _settings()).log_level)
    return _app(open_clinic(settings), settings)


def _in_greenlets(args: argparse.Namespace, port: str) -> None:
    from admin_web import entry  # patches first

    settings = _child(args)
    with _clinic(settings, hasher=entry.in_a_thread) as clinic:
        entry.serve(_app(clinic, settings), settings.web_host, getattr(settings, port), _ready(args))


def _app(clinic: Clinic, settings: Settings) -> Any:
    from admin_web.app import create_app
    from agi.booth import PhoneBooth
    from clinic.demo_data import visitors
    from prompts.readable import Readable

    booth = PhoneBooth(settings.agi_host, settings.agi_port)
    sounds = Readable.of(settings.prompt_folders, clinic.names.text)
    whom = visitors if settings.demo else tuple
    return create_app(clinic, settings=settings, phone=booth, sounds=sounds, try_patients=whom)


def worker(args: argparse.Namespace) -> None:
    """The work nobody waits for, until SIGTERM; or sending alone, of what a broker brings."""
    from clinic.broker.opening import consume, open_carriers
    from clinic.processes import Told
    from clinic.worker import jobs, work
    from prompts.recorder import recorder

    settings = _child(args)
    if args.consume:
        sys.exit(consume(settings, args.processes, args.queue, _ready(args)))
    told = Told()
    with _clinic(settings) as clinic:
        _ready(args)()
        record = recorder(settings.prompt_folders, settings.names_folder)
        work(jobs(clinic, record, told, open_carriers(settings, clinic)), told)


def ami(args: argparse.Namespace) -> int:
    """Watches Asterisk; asyncio, so never patched."""
    from ami.main import run as watch

    settings = _child(args)
    return watch(settings, _ready(args))


def phone(args: argparse.Namespace) -> int:
    """The test telephone in the terminal."""
    from agi.terminal import terminal
    from prompts.readable import Readable

    with _clinic(settings := _settings()) as clinic:
        text = Readable.of(settings.prompt_folders, clinic.names.text).text
        return terminal(settings.agi_host, settings.agi_port, text, args.caller, args.keys)


# Data


def db_upgrade(args: argparse.Namespace) -> None:  # noqa: ARG001
    """Bring the database to this version's tables."""
    from db import migrate

    migrate.upgrade(url := _settings().database_url)
    print(f"Banco de dados em dia ({migrate.current(url)}).")


def db_demo(args: argparse.Namespace) -> None:  # noqa: ARG001
    """The demo clinic, into an empty database only."""
    from clinic import demo
    from db import migrate

    settings = _settings()
    migrate.upgrade(settings.database_url)
    if not demo.fill(settings):
        _mend("O banco já tem uma clínica: nada foi mudado. A demonstração só entra em um banco vazio.", 1)
    print("Clínica de demonstração criada.")


def voice_notes_list(args: argparse.Namespace) -> None:
    """What callers said: when, what it is, its protocol and its file."""
    from clinic.terminal import notes

    with _clinic(_settings()) as clinic:
        print(notes(clinic.voice_notes.list(args.limit)))


def users_add(args: argparse.Namespace) -> None:
    """One of the staff: the account, and where to choose its password."""
    from clinic.first_access import add_staff

    with _clinic(_settings()) as clinic:
        print(add_staff(clinic, args.email, args.name, args.role))


def prompts_build(args: argparse.Namespace) -> int:
    """Record what the catalogue has and the sounds have not."""
    from clinic.terminal import Parser
    from prompts.build import main as build

    return build(args.rest, Parser(prog=f"alo {args.command}"))


def asterisk(args: argparse.Namespace) -> int:
    """Our own Asterisk: started and stopped by the recipe the image and the tests use too."""
    from clinic.terminal import run_script

    return run_script(SCRIPTS / args.command.split()[1], args.rest, _settings())


# Checks and benches


def check(args: argparse.Namespace) -> int:
    """One line for each thing an installation needs; 1 when something is wrong."""
    from clinic import checks

    report = checks.as_data(found := list(checks.run(_checks(_settings()))))
    print(json.dumps(report, ensure_ascii=False) if args.json else "\n".join(map(checks.line, found)), flush=True)
    return 0 if report["ok"] else 1


def _checks(settings: Settings) -> Mapping[str, Callable[[], Any]]:
    from agi.entries import ENTRIES
    from ami.probe import probe
    from clinic import checks
    from clinic.broker import probe as broker
    from clinic.clock import utc_now
    from db import migrate
    from db.reach import Reach
    from dialplan import entries
    from prompts import check as recordings

    reach = Reach(settings.database_url)
    return {
        "configuração": lambda: [*checks.variables(os.environ), *checks.access(settings)],
        "banco de dados": lambda: checks.database(reach, migrate.heads()),
        "avisos": lambda: [*checks.sounds(settings), *recordings.findings(settings.prompt_folders)],
        "processos": lambda: checks.processes({"agi": HERE / "agi/entry.py", "web": HERE / "admin_web/entry.py"}),
        "dialplan": lambda: checks.dialplan(entries.named(), ENTRIES.keys()),
        "Asterisk": lambda: probe(settings),
        "mensagens": lambda: [*checks.mail(settings), *checks.returned_mail(settings), *broker.findings(settings)],
        "pasta comum": lambda: [*checks.spool(settings), *checks.disk(settings)],
        "relógio": lambda: checks.clock(utc_now(), reach, checks.newest(HERE / "clinic")),
    }


def bench(args: argparse.Namespace) -> int:
    """One bench, or all in turn, each in a process of its own."""
    if not BENCHES.exists():
        _mend("As medições ficam em tests/bench e só existem na árvore do código-fonte.")
    sys.path.insert(0, str(HERE))  # tests are not installed
    from tests.bench import dispatch

    if args.all:
        return dispatch.all_in_turn([*COMMAND, "bench"], Path("var/bench.md"))
    return dispatch.one(args.name, as_json=args.json)


# What the commands share


def _mend(text: str, status: int = 2) -> NoReturn:
    from clinic.terminal import Trouble

    raise Trouble(text, status)  # whoever is at the terminal is told what to do


def _settings() -> Settings:
    from clinic.settings import BadSettings, load

    try:
        return load()
    except BadSettings as bad:
        _mend("\n".join(bad.problems))


def _child(args: argparse.Namespace) -> Settings:
    """Settings of a process that runs for long; one that `alo run` started ends with it."""
    from clinic import logs
    from clinic.processes import end_with_parent

    if args.ready is not None:
        end_with_parent()
    settings = _settings()
    logs.configure(settings.log_level)
    return settings


def _ready(args: argparse.Namespace) -> Callable[..., None]:
    from clinic.processes import tell_ready

    return lambda *_: tell_ready(args.ready)


@contextlib.contextmanager
def _clinic(settings: Settings, **more: Any) -> Iterator[Clinic]:
    from clinic.services import open_clinic
    from db.session import Database

    with contextlib.closing(Database(settings.database_url)) as database:
        yield open_clinic(settings, database=database, **more)


if __name__ == "__main__":
    sys.exit(main())
