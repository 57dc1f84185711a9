"""The test telephone in a terminal: shows what is heard, takes the keys from the keyboard."""

import re
import secrets
import sys
import termios
import tty
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import TextIO

from agi.callers import LivePerson, Person, ScriptedCaller
from agi.channel import Record, Told
from agi.dialling import dial, header
from agi.disc import Disc
from agi.handset import Handset

KEYS = "0123456789*#"
KEY = re.compile(r"tecle \w+")
ENDS = {"q", "\x03", "\x04", ""}
"""Keys that hang up: q, Ctrl-C, Ctrl-D, and the end of the input."""
HELP = "Teclas 0-9, * e #; q desliga. Uma tecla corta o aviso.\n"


def terminal(
    host: str,
    port: int,
    text: Callable[[str], str],
    caller: str = "",
    keys: Sequence[str] = (),
    entry: str = "greeting",
) -> int:
    """Call the clinic; `text` gives the words of a prompt id. Each of `keys` answers one question, in no time.

    Without them the keyboard is the keypad, and time is real. Returns 0, or 1 when nobody answers.
    """
    screen = _Screen(sys.stdout, text)
    try:
        record = (
            _scripted(keys, screen, host, port, caller, entry) if keys else _live(screen, host, port, caller, entry)
        )
    except OSError:
        screen.write(f"Ninguém atende em {host}:{port}. Inicie com: alo agi\n")
        return 1
    screen.end(record)
    return 0


class _Screen:
    def __init__(self, out: TextIO, text: Callable[[str], str]) -> None:
        self._out = out
        self._text = text
        self._speaks = False
        self._last = ""
        self._paused = False

    def write(self, words: str) -> None:
        self._out.write(words)
        self._out.flush()

    def told(self, told: Told) -> None:
        if told.kind == "heard":
            self._say(told.prompt_id)
        elif told.kind == "waiting" and self._speaks:
            self._speaks = False
            self.write("\n")
        elif told.kind == "recording":
            self.write("\n(gravando; # termina) ")

    def _say(self, prompt_id: str) -> None:
        """A piece of a sentence, on a new line after keys; without words it is a pause."""
        words = self._text(prompt_id)
        if words:
            joint = written(self._last, words, self._paused, prompt_id.startswith("name/")) if self._speaks else "\n"
            begins = joint in ("\n", ". ") or self._last.endswith((".", "?", "!"))
            self.write(joint + (words[0].upper() + words[1:] if begins else words))
            self._speaks, self._last = True, words
        self._paused = not words

    def pressed(self, key: str) -> None:
        self.write(f"\n[{key}] " if self._speaks else f"[{key}] ")
        self._speaks = False

    def end(self, record: Record) -> None:
        context = record.continues_at.get("context", "")
        where = f"A ligação segue em {context}." if context else "Fim da ligação."
        self.write(f"\n{where if record.variables.get('ALO_DONE') == '1' else 'A ligação caiu.'}\n")


def written(before: str, after: str, paused: bool, is_name: bool) -> str:
    """What stands between two recordings as one would write it: they are pieces of sentences (as in display.js)."""
    if before.endswith((".", "!", "?", ":", ";", ",")):
        return " "
    if after[0].isupper() and not is_name:
        return ". "
    if after.startswith("tecle "):
        return ", "
    if KEY.fullmatch(before):
        return "; "  # the next of several choices
    return ", " if paused else " "


def _scripted(keys: Sequence[str], screen: _Screen, host: str, port: int, caller: str, entry: str) -> Record:
    heard: list[str] = []
    person = _Shown(ScriptedCaller(keys, lambda: heard), screen)
    return _dialled(Handset(person, Disc(), tell=screen.told), host, port, caller, entry)


def _live(screen: _Screen, host: str, port: int, caller: str, entry: str) -> Record:
    person = LivePerson()
    with _raw_keyboard():
        screen.write(HELP)
        Thread(target=_read_keys, args=(person, sys.stdin), daemon=True).start()
        return _dialled(Handset(_Shown(person, screen), Disc(), tell=screen.told), host, port, caller, entry)


def _dialled(handset: Handset, host: str, port: int, caller: str, entry: str) -> Record:
    fields = header(entry, caller=caller, uniqueid=f"terminal.{secrets.token_hex(8)}")
    return dial(host, port, fields, handset)


def _read_keys(person: LivePerson, keyboard: TextIO) -> None:
    while (key := keyboard.read(1)) not in ENDS:
        if key in KEYS:
            person.press(key)
    person.hang_up()


@contextmanager
def _raw_keyboard() -> Iterator[None]:
    """Each key at once and unseen, where the input is a terminal."""
    if not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


class _Shown:
    """A person whose keys are shown as they are heard."""

    def __init__(self, person: Person, screen: _Screen) -> None:
        self._person = person
        self._screen = screen
        self.now, self.spoken_to = person.now, person.spoken_to
        self.asked, self.speaks = person.asked, person.speaks

    def key_within(self, seconds: float) -> str:
        key = self._person.key_within(seconds)
        if key:
            self._screen.pressed(key)
        return key
