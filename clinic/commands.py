"""What `alo` can be told to do, and what it says of each command."""

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from clinic.broker.queues import QUEUES
from clinic.terminal import Parser

Work = Callable[[argparse.Namespace], int | None]

TEXTS = {
    "run": "liga tudo: telefonia, páginas e tarefas, com a clínica de demonstração",
    "agi": "o servidor FastAGI que o Asterisk chama",
    "web": "as páginas",
    "live": "o que fica aberto ao lado de páginas sob granian: avisos ao vivo e telefone de teste",
    "worker": "as tarefas de fundo: agenda, mensagens, pedidos vencidos, nomes a gravar",
    "ami": "acompanha as ligações pelo AMI do Asterisk",
    "phone": "telefone de teste no terminal, sem Asterisk",
    "db": "o banco de dados",
    "db upgrade": "cria ou atualiza as tabelas",
    "db demo": "enche um banco vazio com a clínica de demonstração",
    "prompts": "os avisos gravados",
    "prompts build": "grava os avisos que faltam ou mudaram",
    "voice-notes": "recados falados",
    "voice-notes list": "lista os recados gravados, os mais novos primeiro",
    "users": "quem pode entrar nas páginas",
    "users add": "cria uma conta da equipe e mostra o endereço do primeiro acesso",
    "asterisk": "um Asterisk próprio, sem Docker",
    "asterisk up": "instala e liga",
    "asterisk down": "desliga",
    "asterisk cli": "abre o console, ou executa um comando dele",
    "check": "diz o que falta ou está errado nesta instalação",
    "bench": "mede a velocidade",
}
PASS_ON: dict[str, dict[str, bool]] = {
    "prompts build": {"passes_on": True, "helps": False},
    "asterisk cli": {"passes_on": True},
}
STAFF_WORDS = ("administrador", "gerente", "atendente")
LONG_RUNNING = ("agi", "web", "live", "worker", "ami")


def parser_of(works: Mapping[str, Work]) -> Parser:
    """The parser of all commands; `works` says what each does, and is handed the arguments as `args.work`."""
    top = Parser(prog="alo", description="Alô Clínica: a recepção que atende sozinha ao telefone.")
    groups: dict[str, Any] = {"": _commands(top)}
    for path, text in TEXTS.items():
        above, _, name = path.rpartition(" ")
        description = f"{text[0].upper()}{text[1:]}."
        made = groups[above].add_parser(name, help=text, description=description, **PASS_ON.get(path, {}))
        if path in works:
            made.set_defaults(work=works[path], command=path)
            _arguments(path, made)
        else:
            groups[path] = _commands(made)
    return top


def _commands(parser: argparse.ArgumentParser) -> Any:
    return parser.add_subparsers(title="comandos", metavar="COMANDO", required=True)


def _arguments(path: str, made: argparse.ArgumentParser) -> None:
    if path in LONG_RUNNING:
        made.add_argument("--ready", type=int, help=argparse.SUPPRESS)
    if path == "web":
        made.add_argument(
            "--server", choices=("gevent", "granian"), default="gevent",
            help="gevent: tudo em um processo; granian: só as páginas, atrás do nginx",
        )  # fmt: skip
        made.add_argument("--workers", type=int, default=2, help="processos do granian (2)", metavar="N")
    if path == "worker":
        made.add_argument("--consume", action="store_true", help="só envia o que o RabbitMQ traz (ALO_BROKER_URL)")
        made.add_argument("--processes", type=int, default=2, help="com --consume, quantos processos (2)", metavar="N")
        made.add_argument(
            "--queue", action="append", choices=QUEUES, default=[], help="com --consume, só esta fila; pode repetir"
        )
    if path in ("check", "bench"):
        made.add_argument("--json", action="store_true", help="um objeto JSON e nada mais")
    if path == "bench":
        made.add_argument("name", nargs="?", help="o que medir", metavar="NOME")
        made.add_argument("--all", action="store_true", help="mede tudo e escreve var/bench.md")
    if path == "phone":
        made.add_argument("--caller", default="", help="número de quem liga", metavar="NÚMERO")
        made.add_argument(
            "keys", nargs="*", help="teclas a digitar, em ordem; sem elas, lê do teclado", metavar="TECLAS"
        )
    if path == "users add":
        made.add_argument("email", help="e-mail com que a pessoa entra", metavar="E-MAIL")
        made.add_argument("name", help="nome da pessoa, entre aspas", metavar="NOME")
        made.add_argument(
            "--role", choices=STAFF_WORDS, default="administrador", help="o que pode fazer (administrador)"
        )
    if path == "voice-notes list":
        made.add_argument("--limit", type=int, default=50, help="quantos (50)", metavar="N")
