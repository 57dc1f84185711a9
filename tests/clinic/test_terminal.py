"""The terminal in Portuguese."""

import pytest

from clinic.commands import TEXTS, parser_of
from clinic.terminal import Parser, table


def parser():
    top = Parser(prog="alo")
    commands = top.add_subparsers(required=True, metavar="COMANDO")
    commands.add_parser("run")
    commands.add_parser("cli", passes_on=True)
    commands.add_parser("build", passes_on=True, helps=False)
    commands.add_parser("bench").add_argument("--limit", type=int)
    return top


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "falta dizer: COMANDO"),
        (["fly"], "fly não existe; escolha: "),
        (["bench", "--limit", "x"], "--limit precisa de um número, não de 'x'"),
        (["bench", "--limit"], "--limit precisa de um valor"),
        (["run", "--fast"], "não entendi: --fast"),
    ],
)
def test_a_mistake_is_told_in_portuguese(words, says, capsys):
    with pytest.raises(SystemExit) as left:
        parser().parse(words)
    told = capsys.readouterr().err
    assert left.value.code == 2
    assert says in told
    assert told.startswith("uso: alo")


def test_help_is_portuguese():
    text = parser().format_help()
    assert "mostra esta ajuda" in text
    assert not any(word in text for word in ("usage", "options", "positional", "show this"))


def test_a_command_and_its_words_share_a_line():
    lines = parser_of({}).format_help().splitlines()
    top = {name: text for name, text in TEXTS.items() if " " not in name}
    assert [
        name for name, text in top.items() if not any(f" {name} " in line and text[:20] in line for line in lines)
    ] == []


def test_a_table_is_as_wide_as_its_words():
    assert table(["a", "b"], [["long", "x"]]) == "a     b\nlong  x"


@pytest.mark.parametrize("words", [["cli", "core", "show", "-x"], ["build", "--voice", "espeak", "--help"]])
def test_what_belongs_to_another_program_is_passed_on(words):
    assert parser().parse(words).rest == words[1:]
