"""The terminal in Portuguese: argparse with its words translated, and tables."""

import argparse
import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from clinic.settings import Settings
    from clinic.voice_notes import VoiceNoteInfo

REASONS = {
    errno.ENOENT: "não existe",
    errno.EACCES: "sem permissão",
    errno.EPERM: "sem permissão",
    errno.ENOTDIR: "um pedaço do caminho não é uma pasta",
    errno.EEXIST: "há um arquivo com esse nome",
    errno.EISDIR: "é uma pasta",
    errno.ENOSPC: "o disco está cheio",
    errno.EROFS: "o disco é só de leitura",
}
LONGEST_COMMAND = len("    voice-notes")
WORDS = (
    (r"the following arguments are required: (.*)", r"falta dizer: \1"),
    (r"argument (.*?): invalid choice: '?(.*?)'? \(choose from (.*)\)", r"\2 não existe; escolha: \3"),
    (r"argument (.*?): invalid int value: (.*)", r"\1 precisa de um número, não de \2"),
    (r"argument (.*?): expected .* argument", r"\1 precisa de um valor"),
    (r"unrecognized arguments: (.*)", r"não entendi: \1"),
)


class Trouble(Exception):
    """Something the person at the terminal can mend; the text says what and how, in Portuguese."""

    def __init__(self, text: str, status: int = 2) -> None:
        super().__init__(text)
        self.status = status


def exit_code(work: Callable[[], int | None]) -> int:
    """Do a command's work; its exit code, or that of what went wrong, which is told. Raises what nobody knows."""
    try:
        return work() or 0
    except Trouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        return trouble.status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read us has read enough: `alo check | head`
        os._exit(1)
    except Exception as error:
        if not (text := explained(error)):
            raise
        sys.stderr.write(f"{text}\n")
        return 1


def run_script(script: Path, arguments: Sequence[str], settings: "Settings") -> int:
    """Run a script that is told the settings by the environment; its exit code. Raises Trouble where there is none."""
    from clinic.settings import as_environment

    if not script.exists():
        raise Trouble("O Asterisk próprio só existe na árvore do código-fonte (asterisk-docker/).", 2)
    env = {**os.environ, **as_environment(settings)}
    return subprocess.run([str(script), *arguments], env=env, check=False).returncode


def explained(error: Exception) -> str | None:
    """What to do about an error that is not ours: a database that does not answer, a port that is taken."""
    if type(error).__module__.startswith(("sqlalchemy", "pymysql", "db.")):
        return (
            f"O banco de dados não respondeu como devia ({type(error).__name__}).\n"
            "Confira ALO_DATABASE_URL; `alo check` diz o que falta, `alo db upgrade` cria as tabelas."
        )
    if type(error).__module__.startswith("alembic"):
        return f"O banco de dados é de outra versão do Alô Clínica, mais nova: atualize este programa.\n({error})"
    return _of_the_network(error.errno) if isinstance(error, OSError) else None


def _of_the_network(number: int | None) -> str | None:
    if number == errno.EADDRINUSE:
        return "A porta já está em uso por outro programa. Pare-o ou escolha outra: ALO_AGI_PORT, ALO_WEB_PORT."
    if number == errno.EADDRNOTAVAIL:
        return (
            "Este endereço não é desta máquina. Confira ALO_AGI_HOST e ALO_WEB_HOST (127.0.0.1, ou 0.0.0.0 para todos)."
        )
    if number == errno.EACCES:
        return "Sem permissão. Portas abaixo de 1024 são só do administrador; confira também as pastas do ALO_SPOOL."
    return None


def why(error: OSError) -> str:
    """Why a file or a folder could not be used, in Portuguese where it is something usual."""
    return REASONS.get(error.errno or 0) or error.strerror or type(error).__name__


class _Help(argparse.HelpFormatter):
    """A line a command: argparse measures commands without their indent."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=32)
        self._action_max_length = LONGEST_COMMAND


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that speaks Portuguese; commands below it are made of the same class.

    `passes_on`: the command hands what it does not know on to another program, as `args.rest`; also `--help`, where
    that program has a help of its own (`helps`).
    """

    def __init__(self, *, passes_on: bool = False, helps: bool = True, **given: Any) -> None:
        given.setdefault("formatter_class", _Help)
        super().__init__(**given, add_help=False)
        self._positionals.title = "argumentos"
        self._optionals.title = "opções"
        self.set_defaults(passes_on=passes_on)
        if helps:
            self.add_argument("-h", "--help", action="help", help="mostra esta ajuda")

    def parse(self, words: Sequence[str] | None) -> argparse.Namespace:
        """The arguments; ends the program where they make no sense."""
        args, rest = self.parse_known_args(words)
        args.rest = rest
        if rest and not args.passes_on:
            self.error(f"unrecognized arguments: {' '.join(rest)}")
        return args

    def format_usage(self) -> str:
        """The usage line alone."""
        return _in_portuguese(super().format_usage())

    def format_help(self) -> str:
        """The whole help."""
        return _in_portuguese(super().format_help())

    def error(self, message: str) -> NoReturn:
        """Say what was wrong and where to read more; exit code 2."""
        for pattern, words in WORDS:
            message = re.sub(f"^{pattern}$", words, message)
        self.exit(2, f"{self.format_usage()}{self.prog}: {message}\nAjuda: {self.prog} --help\n")


def _in_portuguese(text: str) -> str:
    return re.sub(r"^usage: ", "uso: ", text)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as what stands in them."""
    lines = [heads, *rows]
    wide = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join("  ".join(f"{cell:{w}}" for cell, w in zip(line, wide, strict=True)).rstrip() for line in lines)


def notes(found: "Sequence[VoiceNoteInfo]") -> str:
    """What callers said, as a table."""
    rows = [
        (f"{n.created_at.astimezone():%d/%m/%Y %H:%M}", n.kind, n.protocol or "", f"{n.seconds} s", str(n.path or "–"))
        for n in found
    ]
    return table(("quando", "o quê", "protocolo", "duração", "arquivo"), rows) if rows else "Nenhum recado."
