"""Asterisk's side of the wire: executes AGI commands as Asterisk 22 does, and writes down what the caller heard."""

import re
from collections.abc import Callable

from agi.callers import Gone, Person
from agi.channel import Channel, Files, Record, Told

DEAD = "511 Command Not Permitted on a dead channel or intercept routine"
UNKNOWN = "510 Invalid or unknown command"
LINE_LIMIT = 2000
LONG_LINE = 1700
COMMANDS_A_QUESTION = 2
NO_KEY = "200 result=0"

Command = Callable[..., str]
COMMANDS: dict[str, tuple[Command, int, int]] = {
    "ANSWER": (Channel.nothing, 0, 0),
    "CHANNEL STATUS": (Channel.status, 0, 1),
    "GET DATA": (Channel.get_data, 1, 3),
    "GET VARIABLE": (Channel.get_variable, 1, 1),
    "HANGUP": (Channel.hang_up, 0, 1),
    "NOOP": (Channel.nothing, 0, 99),
    "RECORD FILE": (Channel.record_file, 4, 7),
    "SET CONTEXT": (Channel.set_context, 1, 1),
    "SET EXTENSION": (Channel.set_extension, 1, 1),
    "SET PRIORITY": (Channel.set_priority, 1, 1),
    "SET VARIABLE": (Channel.set_variable, 2, 2),
    "STREAM FILE": (Channel.stream_file, 2, 3),
    "VERBOSE": (Channel.said, 1, 2),
    "WAIT FOR DIGIT": (Channel.wait_for_digit, 1, 1),
    "EXEC BACKGROUND": (Channel.background, 1, 1),
    "EXEC READ": (Channel.read, 1, 1),
    "EXEC": (Channel.nothing, 1, 2),
}
HANGS_UP_WITH = {
    "EXEC BACKGROUND": "-1",
    "EXEC READ": "0",
    "GET DATA": "-1",
    "RECORD FILE": "-1 (hangup) endpos=0",
    "STREAM FILE": "-1 endpos=0",
    "WAIT FOR DIGIT": "-1",
}
"""Commands in the middle of which a person can hang up, and what Asterisk answers then."""
ON_A_DEAD_CHANNEL = {"GET VARIABLE", "NOOP", "SET VARIABLE", "VERBOSE", "EXEC"}
ANSWERS = {"GET DATA", "GET VARIABLE", "WAIT FOR DIGIT", "RECORD FILE"}
SPEAKS = {"EXEC BACKGROUND", "STREAM FILE", "EXEC READ"}


class Impolite(AssertionError):
    """The other side asks in a way a caller pays for; raised in strict mode only."""


class Handset:
    """Executes command lines for a `person` who hears `files`, and keeps the `record`.

    `hang_up_at`: the person hangs up during that command, counted from 1. `strict`: Impolite is raised for a question
    of more than two commands and for a line Asterisk would cut.
    """

    def __init__(
        self,
        person: Person,
        files: Files,
        *,
        strict: bool = False,
        hang_up_at: int = 0,
        tell: Callable[[Told], None] = lambda _told: None,
    ) -> None:
        self._channel = Channel(person, files, tell)
        self._strict = strict
        self._hang_up_at = hang_up_at
        self._is_dead = False
        self._asking = 0

    @property
    def record(self) -> Record:
        """What was heard, said and set so far."""
        return self._channel.record

    def hang_up(self) -> None:
        """The person puts the telephone down between two commands."""
        self.record.hung_up = True

    def notice(self) -> str:
        """What Asterisk says by itself between two commands: HANGUP, once, when the person has hung up; else ""."""
        if not self.record.hung_up or self._is_dead:
            return ""
        self._is_dead = True
        return "HANGUP\n"

    def execute(self, line: str) -> str:
        """The reply to one line, without its last newline; a HANGUP that Asterisk sends before it comes first."""
        self.record.commands.append(line)
        words = _words(line)
        name = _name(words)
        if self._strict:
            self._judge(name, line)
        if len(self.record.commands) == self._hang_up_at:
            return self._hang_up_in(name, words)
        reply = self.notice() + self._reply(name, words)
        if name in ANSWERS or (name in SPEAKS and not reply.startswith(NO_KEY)):
            self._asking = 0
        return reply

    def _hang_up_in(self, name: str, words: list[str]) -> str:
        self.record.hung_up = True
        if name in HANGS_UP_WITH:
            return f"200 result={HANGS_UP_WITH[name]}"
        return self.notice() + self._reply(name, words)

    def _reply(self, name: str, words: list[str]) -> str:
        if name not in COMMANDS:
            return UNKNOWN
        if self._is_dead and name not in ON_A_DEAD_CHANNEL:
            return "200 result=0" if name.startswith("EXEC") else DEAD
        command, least, most = COMMANDS[name]
        args = words[len(name.split()) :]
        if not least <= len(args) <= most:
            return f"520-Invalid command syntax.  Proper usage follows:\nUsage: {name} …\n520 End of proper usage."
        try:
            return f"200 result={command(self._channel, *args)}"
        except Gone:
            self.record.hung_up = True
            return f"200 result={HANGS_UP_WITH[name]}"

    def _judge(self, name: str, line: str) -> None:
        """At most two commands a question; a full line is one of several because the sentence is long."""
        size = len(line.encode()) + 1
        if size >= LINE_LIMIT:
            raise Impolite(f"a line of {size} bytes")
        self._asking += (name in SPEAKS or name in ANSWERS) and size < LONG_LINE
        if self._asking > COMMANDS_A_QUESTION:
            raise Impolite(f"{self._asking} commands for one question")


def _words(line: str) -> list[str]:
    """The arguments as Asterisk takes a line apart: quotes hold together, a backslash takes the next sign as it is."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"|((?:[^\s"\\]|\\.)+)', line)
    return [re.sub(r"\\(.)", r"\1", inside or outside) for inside, outside in found]


def _name(words: list[str]) -> str:
    """The longest command the line begins with, in capitals; "" for none."""
    starts = (" ".join(words[:count]).upper() for count in (3, 2, 1))
    return next((start for start in starts if start in COMMANDS), "")
