"""`alo run`: everything on this machine in one command, ready to be called."""

import os
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta

from clinic import processes
from clinic.clock import utc_now
from clinic.processes import Part
from clinic.settings import Settings
from clinic.terminal import Trouble
from db import glance

QUIET = {"ALO_LOG_LEVEL": "WARNING"}
"""In a terminal that shows where to call, only what went wrong is logged, unless more is asked for."""

SHARED = 0o2770
"""Asterisk's user reads and writes there by its group, and what either writes keeps the group."""
GROWS_OLD = timedelta(days=7)


def run_all(settings: Settings, command: Sequence[str]) -> int:
    """Prepare the database, start every process (`command` and its name), and stay until Ctrl-C or until one ends.

    What answers the telephone comes first; background work is begun when it can already be called.
    """
    settings = _of_the_demo(settings)
    _free_ports(settings)
    _prepare(settings)
    env = {**QUIET, **os.environ, "ALO_DEMO": str(int(settings.demo))}
    try:
        with processes.until_stopped(), processes.together(env) as running:
            running.start(*_parts(command, "agi", "web"))
            running.await_ready()
            print(_welcome(settings), flush=True)
            running.start(*_parts(command, "worker", *(["ami"] if settings.ami_user else [])))
            running.start(*_consumer(settings, command))
            running.await_end()
    except processes.Stopped:
        print("\nAlô Clínica encerrada.")
        return 0
    except processes.PartEnded as ended:
        print(f"O processo '{ended.name}' terminou (código {ended.status}); parei os outros.", file=sys.stderr)
        print("O motivo está nas linhas acima; `alo check` diz o que falta.", file=sys.stderr)
        return 1


def _of_the_demo(settings: Settings) -> Settings:
    """Unless told otherwise, our own SQLite file is the demo's; another database is only filled when asked for."""
    untouched = not settings.model_fields_set & {"demo", "database_url"}
    return settings.model_copy(update={"demo": settings.demo or untouched})


def _free_ports(settings: Settings) -> None:
    addresses = {
        "ALO_AGI_PORT": (settings.agi_host, settings.agi_port),
        "ALO_WEB_PORT": (settings.web_host, settings.web_port),
    }
    for name, (host, port) in addresses.items():
        if processes.port_taken(host, port):
            raise Trouble(
                f"A porta {port} de {host} já está em uso (outro `alo run`?).\n"
                f"Pare o outro programa ou escolha outra porta: {name}={port + 1} alo run"
            )


def _prepare(settings: Settings) -> None:
    """Folders, and tables as this version wants them; in the demo, somebody to call."""
    for folder in (settings.names_folder, settings.recordings_folder):
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(SHARED)
    if not glance.is_in_use(settings.database_url):
        _prepare_database(settings)


def _prepare_database(settings: Settings) -> None:
    from clinic import demo
    from db import migrate

    if migrate.current(settings.database_url) not in migrate.heads():
        print("Preparando o banco de dados ...", flush=True)
        migrate.upgrade(settings.database_url)
    if settings.demo and demo.fill(settings):
        print("Clínica de demonstração criada.", flush=True)


def _parts(command: Sequence[str], *names: str) -> Iterator[Part]:
    return (Part(name, (*command, name, "--ready", "{ready}")) for name in names)


def _consumer(settings: Settings, command: Sequence[str]) -> Iterator[Part]:
    """Where a broker brings what is to be sent, somebody must be there."""
    if settings.broker_url.get_secret_value():
        yield Part("worker --consume", (*command, "worker", "--consume", "--ready", "{ready}"))


def _welcome(settings: Settings) -> str:
    from clinic.demo_accounts import ACCOUNTS, PUBLISHED
    from clinic.demo_data import VISITORS

    lines = [
        "",
        "Alô Clínica no ar.",
        "",
        f"  Páginas                  http://{settings.web_host}:{settings.web_port}/entrar",
        f"  Telefone no navegador    http://{settings.web_host}:{settings.web_port}/telefone",
        f"  FastAGI para o Asterisk  agi://{settings.agi_host}:{settings.agi_port}/greeting",
    ]
    if not settings.smtp_url.get_secret_value():
        lines.insert(-1, f"  Correio (e-mails)        http://{settings.web_host}:{settings.web_port}/correio")
    if settings.demo:
        lines += ["", "  Para experimentar, ligue e digite:"]
        lines += [f"    CPF {v.cpf}, nascimento {v.birth_date:%d%m%Y}   {v.name}: {v.hint}" for v in VISITORS]
        lines += ["", f"  Para entrar nas páginas, com a senha {PUBLISHED}:"]
        lines += [f"    {one.typed:<30} {one.words}" for one in ACCOUNTS]
        lines += _grown_old(settings)
    return "\n".join([*lines, "", "  Para parar: Ctrl-C", ""])


def _grown_old(settings: Settings) -> list[str]:
    """The visits of the demo were made around a day; when it is long past, nobody is expected any more."""
    made = glance.made_on(settings.database_url)
    if made is None or utc_now().date() - made < GROWS_OLD:
        return []
    file = settings.database_url.removeprefix(glance.SCHEME)
    return [
        "",
        f"  As consultas da demonstração são de {made:%d/%m/%Y}. Para tê-las de novo em volta de hoje: rm {file}",
    ]
