"""The shipped telephone with a tape running: what it says to Asterisk and to the database, call by call.

    python -m tests.bench.record CALLS.json TAPE.json

The settings come from the environment. For each call the tape has its steps in order: ["a", line], an AGI command;
["s", statement, parameters, in a transaction?], by its place in `statements`; ["c"], COMMIT. `after` is what was still
written when the call was over. An id the database gave in the same call is {"id": n}: that of its n-th statement.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import re  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
from datetime import date, datetime  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from pymysql.cursors import Cursor  # noqa: E402
from sqlalchemy import Engine, event  # noqa: E402

from agi.book import ClinicBook  # noqa: E402
from agi.entries import ENTRIES  # noqa: E402
from agi.server import Desk, Server, json_log  # noqa: E402
from agi.too_late import LATE  # noqa: E402
from agi.waiting import GeventPatience  # noqa: E402
from clinic import settings  # noqa: E402
from clinic.services import open_clinic  # noqa: E402
from prompts.shelf import Shelf  # noqa: E402
from tests.bench.answering import Caller, Pools  # noqa: E402
from tests.bench.script import FIRST_GIVEN_ID  # noqa: E402

STUCK_SECONDS = 60.0
NAMED = re.compile(r"%\((\w+)\)s")


class Tape:
    """Writes down one call after the other."""

    def __init__(self) -> None:
        self.statements: dict[str, int] = {}
        self.steps: list[list[Any]] = []
        self._given: dict[int, int] = {}
        self._asked = 0

    def begin(self) -> None:
        """A new call."""
        self.steps, self._given, self._asked = [], {}, 0

    def command(self, line: bytes) -> None:
        """Said to Asterisk."""
        self.steps.append(["a", line.decode().rstrip("\n")])

    def statement(self, cursor: Any, statement: str, parameters: Any) -> None:
        """Said to the database, and done."""
        names = NAMED.findall(statement)
        values = [parameters[name] for name in names] if names else list(parameters or ())
        number = self.statements.setdefault(NAMED.sub("%s", statement), len(self.statements))
        in_transaction = not cursor.connection.get_autocommit()
        self.steps.append(["s", number, [self._known(value) for value in values], int(in_transaction)])
        self._asked += 1
        given = getattr(cursor, "lastrowid", 0) or 0
        if given >= FIRST_GIVEN_ID:
            self._given[given] = self._asked - 1

    def committed(self, in_transaction: bool) -> None:
        """The end of a transaction."""
        if in_transaction:
            self.steps.append(["c"])

    def _known(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return {"t": value.isoformat(" ", "microseconds")}
        if isinstance(value, date):
            return {"d": value.isoformat()}
        if type(value) is int and value in self._given:
            return {"id": self._given[value]}
        return value


def telephone(port: int, call: dict[str, Any], pools: Pools, tape: Tape) -> None:
    """One caller, every command of the server on the tape. Raises SystemExit when the call goes wrong."""
    caller = Caller(call["answers"], pools)
    with socket.create_connection(("127.0.0.1", port), STUCK_SECONDS) as wire, wire.makefile("rb") as lines:
        wire.sendall(call["header"].encode())
        for line in lines:
            tape.command(line)
            wire.sendall(caller.reply(line))
    if wrong := caller.over():
        raise SystemExit(f"a call went wrong: {wrong}; {tape.steps[-3:]}")


def listen(tape: Tape) -> None:
    """Have every statement of this process taped, where the driver gets it."""

    class Taped(Cursor):
        def execute(self, query: str, args: Any = None) -> int:
            found = super().execute(query, args)
            tape.statement(self, query, args)
            return int(found)

        def mogrify(self, query: str, args: Any = None) -> str:
            """Asked for by who sends several at once (db/batch.py)."""
            tape.statement(self, query, args)
            return super().mogrify(query, args)

    @event.listens_for(Engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.cursorclass = Taped

    @event.listens_for(Engine, "commit")
    def _commit(connection: Any) -> None:
        tape.committed(not connection.connection.dbapi_connection.get_autocommit())


def record(calls: list[dict[str, Any]], keys: dict[str, str]) -> dict[str, Any]:
    """Have each call made in turn; the tape of all but the first, which opens connections and fills what is cached."""
    known = settings.load()
    patience = GeventPatience()
    clinic = open_clinic(known)
    desk = Desk(ENTRIES, clinic, Shelf(known.prompt_folders), ClinicBook(clinic), LATE, known.max_calls)
    server = Server(desk, ("127.0.0.1", 0), json_log("error"), patience)
    server.start()
    tape, pools = Tape(), Pools(keys)
    listen(tape)
    telephone(server.port, calls[0], pools, tape)
    patience.finish(5)
    taped = {}
    for number, call in enumerate(calls[1:], 1):
        tape.begin()
        telephone(server.port, call, pools, tape)
        patience.finish(5)
        taped[number] = _parts(tape.steps)
    server.stop(1)
    return {"statements": list(tape.statements), "calls": taped}


def _parts(steps: list[list[Any]]) -> dict[str, Any]:
    spoken = max(place for place, step in enumerate(steps) if step[0] == "a") + 1
    return {"steps": steps[:spoken], "after": steps[spoken:]}


def main(calls: Path, tape: Path) -> None:
    """Read the calls, write the tape."""
    job = json.loads(calls.read_text())
    tape.write_text(json.dumps(record(job["calls"], job["pools"])))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
