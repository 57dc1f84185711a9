"""The wordings in force: ours, or the clinic's own where it made some; checked when saved, filled in when sent.

A value is put in as it is and never read again: a name with {braces} or line breaks changes nothing around it.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from clinic.clock import Clock
from clinic.messages.kinds import DAYS, KINDS, SORTS, Audience, Kind, audiences, needed
from clinic.messages.wordings import Wording
from clinic.profile import ChangedMeanwhile
from clinic.written import one_line
from db.retry import taken
from db.session import Database
from db.tables import MessageText

Part = Literal["subject", "text", "short"]
PARTS: tuple[Part, ...] = ("subject", "text", "short")
LONGEST: Mapping[Part, int] = {"subject": 150, "text": 4000, "short": 300}
LONGEST_LINE = 250
VARIABLE = re.compile(r"\{([^{}\n]*)\}")
MANY_BREAKS = re.compile(r"\n{3,}")
CACHE_S = 5.0


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready to be sent; `short` for media that carry few letters."""

    subject: str
    text: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """One message as managers see it. `seen` names it as it stands; `own`: the clinic's wording, not ours."""

    kind: Kind
    audience: Audience
    wording: Wording
    own: bool
    enabled: bool
    edited_by: str | None
    edited_at: datetime | None

    @property
    def seen(self) -> str:
        """What a form carries, so that nobody writes over what they have not seen."""
        return self.edited_at.isoformat() if self.edited_at else ""


class BadText(ValueError):
    """A text that cannot be kept: in which part of the message."""

    def __init__(self, part: Part) -> None:
        super().__init__(part)
        self.part = part


class Empty(BadText):
    """Nothing was written."""


class TooLong(BadText):
    """Longer than LONGEST of its part."""


class LineBreak(BadText):
    """A subject, or a short text, of more than one line."""


class UnbalancedBrace(BadText):
    """A brace without its other half, in `line` (from 1)."""

    def __init__(self, part: Part, line: int) -> None:
        super().__init__(part)
        self.line = line


class UnknownVariable(BadText):
    """There is no variable of this `name` in this kind of message."""

    def __init__(self, part: Part, name: str) -> None:
        super().__init__(part)
        self.name = name


class MissingVariable(BadText):
    """What the message must say is not in it: the `names`."""

    def __init__(self, part: Part, names: tuple[str, ...]) -> None:
        super().__init__(part)
        self.names = names


class Texts:
    """Reads and saves wordings; what is read may be five seconds old."""

    def __init__(self, database: Database, clock: Clock, ticks: Callable[[], float] = time.monotonic) -> None:
        self._database, self._clock, self._ticks = database, clock, ticks
        self._known: tuple[float, dict[tuple[str, str], Text]] | None = None

    def render(self, kind: Kind, audience: Audience, variables: Mapping[str, str]) -> Rendered:
        """The message with its variables filled in; one that is not given is empty. Raises KeyError for no kind."""
        return fill(self._in_force()[kind, audience].wording, variables)

    def enabled(self, kind: Kind, audience: Audience) -> bool:
        """Whether this message is sent at all; False where this audience hears nothing of the kind."""
        found = self._in_force().get((kind, audience))
        return found is not None and found.enabled

    def all(self) -> list[Text]:
        """Every message, as it stands now."""
        return list(self._read().values())

    def get(self, kind: Kind, audience: Audience) -> Text:
        """One of them, as it stands now. Raises KeyError."""
        return self._read()[kind, audience]

    def save(
        self, kind: Kind, audience: Audience, subject: str, body: str, short: str = "", *, by: str, seen: str = ""
    ) -> None:
        """Keep the clinic's own wording, over the one that was `seen`; an empty short text is ours.

        Raises BadText (the first thing that is wrong), ChangedMeanwhile, KeyError.
        """
        shipped = SORTS[kind].wordings[audience]
        wording = tidy(Wording(subject, body, short or shipped.short))
        for fault in faults(kind, audience, wording):
            raise fault
        self._keep(kind, audience, by, seen, **{
            "subject": _own(wording.subject, shipped.subject), "body": _own(wording.text, shipped.text),
            "short": _own(wording.short, shipped.short),
        })  # fmt: skip

    def restore(self, kind: Kind, audience: Audience, *, by: str, seen: str = "") -> None:
        """Our wording holds again. Raises ChangedMeanwhile, KeyError."""
        self._keep(kind, audience, by, seen, subject=None, body=None, short=None)

    def switch(self, kind: Kind, audience: Audience, on: bool, *, by: str) -> None:
        """Send it from now on, or not. Raises KeyError."""
        self._keep(kind, audience, by, None, enabled=on)

    def _in_force(self) -> dict[tuple[str, str], Text]:
        if self._known is None or self._ticks() - self._known[0] > CACHE_S:
            self._known = self._ticks(), self._read()
        return self._known[1]

    def _read(self) -> dict[tuple[str, str], Text]:
        kept = {(row.kind, row.audience): row for row in self._database.rows(TEXTS)}
        each = [(kind, audience) for kind in KINDS for audience in audiences(kind)]
        return {one: _text(*one, kept.get(one)) for one in each}

    def _keep(self, kind: Kind, audience: Audience, by: str, seen: str | None, **values: Any) -> None:
        on, now = SORTS[kind].on, self._clock()
        SORTS[kind].wordings[audience]  # a KeyError for what there is not
        mine = (MessageText.kind == kind, MessageText.audience == audience)

        def work(connection: Connection) -> None:
            _make(connection, {"kind": kind, "audience": audience, "enabled": on})
            connection.execute(update(MessageText).where(*mine).values(kind=kind))  # others wait here
            at = connection.scalar(select(MessageText.edited_at).where(*mine))
            if seen is not None and (at.isoformat() if at else "") != seen:
                raise ChangedMeanwhile
            connection.execute(update(MessageText).where(*mine).values(edited_by=by, edited_at=now, **values))

        self._database.write(work)
        self._known = None


_M = MessageText
TEXTS: Any = select(_M.kind, _M.audience, _M.subject, _M.body, _M.short, _M.enabled, _M.edited_by, _M.edited_at)


def faults(kind: Kind, audience: Audience, wording: Wording) -> list[BadText]:
    """All that is wrong with a wording, in the order of its parts."""
    return [fault for part in PARTS for fault in _faults(kind, audience, part, getattr(wording, part))]


def fill(wording: Wording, variables: Mapping[str, str]) -> Rendered:
    """The texts with their variables. A line of the text whose variable is empty is left out, with nothing in place."""
    subject, short, lines, names = _read_once(wording)
    values = {name: one_line(variables.get(name, "")) for name in names}
    said = [line.said(values).rstrip() for line in lines if line.holds(values)]
    text = MANY_BREAKS.sub("\n\n", "\n".join(said)).strip()
    return Rendered(one_line(subject.said(values))[:LONGEST_LINE], text, one_line(short.said(values)))


def tidy(wording: Wording) -> Wording:
    """As a form sends it, with one kind of line end and nothing around."""
    return Wording(*(getattr(wording, part).replace("\r\n", "\n").replace("\r", "\n").strip() for part in PARTS))


def _faults(kind: Kind, audience: Audience, part: Part, text: str) -> Iterator[BadText]:
    if not text:
        yield Empty(part)
        return
    if len(text) > LONGEST[part]:
        yield TooLong(part)
    if part != "text" and "\n" in text:
        yield LineBreak(part)
    if (line := _unbalanced(text)) is not None:
        yield UnbalancedBrace(part, line)
        return
    names = VARIABLE.findall(text)
    for name in dict.fromkeys(names):
        if name not in SORTS[kind].variables:
            yield UnknownVariable(part, name)
    said = {*names, *(["data"] if DAYS.intersection(names) else [])}
    missing = tuple(sorted(needed(kind, audience) - said)) if part == "text" else ()
    if missing:
        yield MissingVariable(part, missing)


def _unbalanced(text: str) -> int | None:
    """The first line with a brace that stands alone, from 1."""
    lines = enumerate(text.split("\n"), 1)
    return next((number for number, line in lines if set("{}") & set(VARIABLE.sub("", line))), None)


@dataclass(frozen=True, slots=True)
class _Line:
    """What stands around its variables, as a pattern of Python's, and their names in order."""

    pattern: str
    names: tuple[str, ...]

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether there is something to say for each variable."""
        return all(values[name] for name in self.names)

    def said(self, values: Mapping[str, str]) -> str:
        """With their values."""
        return self.pattern % tuple([values[name] for name in self.names])


@lru_cache(256)
def _read_once(wording: Wording) -> tuple[_Line, _Line, tuple[_Line, ...], frozenset[str]]:
    """Subject, short text, the lines of the text, and all variables in them: taken apart once, not for every letter."""
    subject, short, *lines = (_taken_apart(one) for one in (wording.subject, wording.short, *wording.text.split("\n")))
    names = frozenset(name for line in (subject, short, *lines) for name in line.names)
    return subject, short, tuple(lines), names


def _taken_apart(line: str) -> _Line:
    pieces = VARIABLE.split(line.replace("%", "%%"))
    return _Line("%s".join(pieces[::2]), tuple(name.replace("%%", "%") for name in pieces[1::2]))


def _own(text: str, shipped: str) -> str | None:
    """What is kept of a text: nothing where it is ours."""
    return None if text == shipped else text


def _text(kind: Kind, audience: Audience, row: Any) -> Text:
    ours = SORTS[kind].wordings[audience]
    if row is None:
        return Text(kind, audience, ours, False, SORTS[kind].on, None, None)
    own = any(one is not None for one in (row.subject, row.body, row.short))
    wording = Wording(row.subject or ours.subject, row.body or ours.text, row.short or ours.short)
    return Text(kind, audience, wording, own, row.enabled, row.edited_by, row.edited_at)


def _make(connection: Connection, row: dict[str, Any]) -> None:
    """The row of a message, unless it is there."""
    try:
        with connection.begin_nested():
            connection.execute(insert(MessageText).values(**row))
    except IntegrityError as error:
        if not taken(error):
            raise
