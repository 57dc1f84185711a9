"""The recorded dialogue on pyst2 as it comes, a thread a call: no menus, no rules, no models.

    python -m tests.bench.peers.pyst2_threads PORT DATABASE TAPE PIPE [sqlalchemy]

The database by PyMySQL alone, or through SQLAlchemy's Core. pyst2 is changed in the one place without which it cannot
be used in threads (it sets a signal handler); its copy of all traffic to stderr goes nowhere.
"""

import io
import os
import queue
import socketserver
from functools import cache
from typing import Any, TextIO

import pymysql
from asterisk import agi

from tests.bench.peers.tape import POOL_SIZE, Tape, arguments, by_name, database, deadlocked, filled, named, tell_ready

ISOLATION = "SET SESSION tx_isolation='READ-COMMITTED'"


class Session(agi.AGI):
    """Without the signal handler, which only a main thread may set."""

    def __init__(self, stdin: Any, stdout: Any, stderr: Any) -> None:
        self.stdin, self.stdout, self.stderr = stdin, stdout, stderr
        self._got_sighup = False
        self.env: dict[str, str] = {}
        self._get_agi_env()


class Bare:
    """PyMySQL's connections, made when first needed."""

    def __init__(self, url: str, autocommit: bool) -> None:
        self._how = {**database(url), "ssl_disabled": True, "autocommit": autocommit, "init_command": ISOLATION}
        self._free: queue.LifoQueue[Any] = queue.LifoQueue()
        for _ in range(POOL_SIZE):
            self._free.put(None)

    def take(self) -> Any:
        """One that nobody else has."""
        return self._free.get() or pymysql.connect(**self._how)

    def give(self, connection: Any) -> None:
        """It is free again."""
        self._free.put(connection)

    @staticmethod
    def run(connection: Any, statement: str, values: list[Any]) -> int:
        """One statement, all its rows; the id that was given."""
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            cursor.fetchall()
            return int(cursor.lastrowid or 0)


class Core:
    """The same through SQLAlchemy, set up as ours is."""

    def __init__(self, url: str, autocommit: bool) -> None:
        from sqlalchemy import create_engine

        self._engine = create_engine(
            url, isolation_level="AUTOCOMMIT" if autocommit else "READ COMMITTED", pool_size=POOL_SIZE,
            skip_autocommit_rollback=autocommit, pool_reset_on_return=None, connect_args={"ssl_disabled": True},
        )  # fmt: skip

    def take(self) -> Any:
        """One that nobody else has."""
        return self._engine.connect()

    def give(self, connection: Any) -> None:
        """It is free again."""
        connection.close()

    @staticmethod
    def run(connection: Any, statement: str, values: list[Any]) -> int:
        """One statement, all its rows; the id that was given."""
        result = connection.execute(textual(statement), by_name(values))
        if result.returns_rows:
            result.all()
        return int(result.lastrowid or 0)


@cache
def textual(statement: str) -> Any:
    """The statement as SQLAlchemy has it."""
    from sqlalchemy import text

    return text(named(statement))


class Replay:
    """Says everything again, in order."""

    def __init__(self, tape: Tape, single: Any, transactions: Any, nowhere: TextIO) -> None:
        self._tape, self._single, self._transactions, self._nowhere = tape, single, transactions, nowhere

    def call(self, handler: "Handler") -> None:
        """One call."""
        stdin = io.TextIOWrapper(handler.rfile, encoding="utf-8")
        stdout = io.TextIOWrapper(handler.connection.makefile("wb"), encoding="utf-8")
        session = Session(stdin, stdout, self._nowhere)
        steps, after = self._tape.call(session.env["agi_uniqueid"])
        ids: dict[int, int] = {}
        self._all(session, steps, ids)
        stdout.close()
        stdin.close()
        handler.connection.close()
        self._all(session, after, ids)

    def _all(self, session: Session, steps: list[Any], ids: dict[int, int]) -> None:
        for step in steps:
            if step[0] == "a":
                session.execute(step[1])
            elif step[0] == "t":
                while not self._committed(step[1], ids):
                    pass
            else:
                connection = self._single.take()
                ids[step[4]] = self._single.run(connection, step[1], filled(step[2], step[3], ids))
                self._single.give(connection)

    def _committed(self, statements: list[Any], ids: dict[int, int]) -> bool:
        """Run a transaction; False when it was a deadlock's victim."""
        connection = self._transactions.take()
        try:
            for _kind, statement, values, given, number in statements:
                ids[number] = self._transactions.run(connection, statement, filled(values, given, ids))
            connection.commit()
        except Exception as error:
            connection.rollback()
            if not deadlocked(error):
                raise
            return False
        finally:
            self._transactions.give(connection)
        return True


class Server(socketserver.ThreadingTCPServer):
    """One thread a call."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 1024
    replay: Replay


class Handler(socketserver.StreamRequestHandler):
    """One call."""

    disable_nagle_algorithm = True
    server: Server

    def handle(self) -> None:
        """All of it."""
        self.server.replay.call(self)


def main() -> None:
    """Serve until ended."""
    port, url, tape, pipe, with_sqlalchemy = arguments()
    pool = Core if with_sqlalchemy else Bare
    with open(os.devnull, "w") as nowhere, Server(("127.0.0.1", port), Handler) as server:  # noqa: PTH123
        server.replay = Replay(tape, pool(url, True), pool(url, False), nowhere)
        tell_ready(pipe)
        server.serve_forever()


if __name__ == "__main__":
    main()
