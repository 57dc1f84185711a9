"""The recorded calls, as the peers in Python replay them (see tests/bench/record.py for what a tape is)."""

import gc
import json
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

POOL_SIZE = 30
"""As many connections of each kind as the clinic's own."""


class Tape:
    """What every call says. Steps: ("a", line), ("s", statement, parameters, given ids, its number), ("t", statements)
    for those of a transaction."""

    def __init__(self, file: Path) -> None:
        read = json.loads(file.read_text())
        self._statements: list[str] = read["statements"]
        self._calls = {number: self._ready(call) for number, call in read["calls"].items()}
        gc.collect()
        gc.freeze()  # the tape is no part of what is measured

    def call(self, uniqueid: str) -> tuple[list[Any], list[Any]]:
        """The steps of the call with that number, and what is written after it."""
        return self._calls[uniqueid.rpartition(".")[2]]

    def _ready(self, call: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        numbers = count()
        return list(self._steps(call["steps"], numbers)), list(self._steps(call["after"], numbers))

    def _steps(self, steps: list[list[Any]], numbers: Iterator[int]) -> Iterator[tuple[Any, ...]]:
        inside: list[tuple[Any, ...]] = []
        for step in steps:
            if step[0] == "a":
                yield "a", step[1]
            elif step[0] == "c":
                yield "t", inside
                inside = []
            elif step[3]:
                inside.append(self._statement(step, next(numbers)))
            else:
                yield self._statement(step, next(numbers))

    def _statement(self, step: list[Any], place: int) -> tuple[Any, ...]:
        _kind, number, values, _in_transaction = step
        given = [(at, one["id"]) for at, one in enumerate(values) if isinstance(one, dict) and "id" in one]
        return "s", self._statements[number], [_value(one) for one in values], given, place


def _value(value: Any) -> Any:
    """As it was; an id the database gives (`filled` puts it in) is 0 here."""
    if not isinstance(value, dict):
        return value
    [(kind, written)] = value.items()
    return {"t": datetime.fromisoformat, "d": date.fromisoformat, "id": lambda _: 0}[kind](written)


def filled(values: list[Any], given: list[tuple[int, int]], ids: Mapping[int, int]) -> list[Any]:
    """The parameters, with the ids the database gave in this call."""
    if not given:
        return values
    values = values.copy()
    for place, number in given:
        values[place] = ids[number]
    return values


def named(statement: str) -> str:
    """With names for the parameters, as SQLAlchemy's `text` has them: :p0, :p1 …"""
    parts = statement.replace(":", "\\:").split("%s")
    return "".join(f"{part}:p{place}" for place, part in enumerate(parts[:-1])) + parts[-1]


def by_name(values: list[Any]) -> dict[str, Any]:
    """The parameters under those names."""
    return {f"p{place}": value for place, value in enumerate(values)}


def database(url: str) -> dict[str, Any]:
    """How to connect."""
    parts = urlsplit(url)
    return {
        "host": parts.hostname, "port": parts.port, "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""), "db": parts.path[1:], "charset": "utf8mb4",
    }  # fmt: skip


def deadlocked(error: Exception) -> bool:
    """Whether a transaction may simply be run again; whoever writes to InnoDB has to."""
    words = getattr(error, "orig", error).args
    return bool(words) and words[0] in (1205, 1213)


def tell_ready(pipe: str) -> None:
    """Whoever started this may begin."""
    os.write(int(pipe), b"1")
    os.close(int(pipe))


def arguments() -> tuple[int, str, Tape, str, bool]:
    """Port, database, tape, pipe, and whether SQLAlchemy is wanted between the program and its driver."""
    port, url, tape, pipe = sys.argv[1:5]
    return int(port), url, Tape(Path(tape)), pipe, "sqlalchemy" in sys.argv[5:]
