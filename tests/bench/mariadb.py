"""The database of the benches: a MariaDB of their own, which ends with them."""

import time
from dataclasses import dataclass
from typing import Any

import pymysql

from tests.bench import machine
from tests.live import session
from tests.live.servers import DatabaseServer, start_mariadb

QUIET_SECONDS = 0.2
SETTLES_WITHIN = 30.0


@dataclass(frozen=True)
class Bench:
    """The server, the URL of an empty schema in it, and a connection to ask it about itself."""

    server: DatabaseServer
    url: str
    connection: Any

    @property
    def name(self) -> str:
        """The schema's."""
        return self.url.rsplit("/", 1)[1].partition("?")[0]

    def statements(self) -> int:
        """Statements it has been sent once nobody sends any; the questions asked here are not counted.

        AssertionError when that does not come to pass.
        """
        asked, before = 1, self._questions()
        until = time.monotonic() + SETTLES_WITHIN
        while time.monotonic() < until:
            time.sleep(QUIET_SECONDS)
            asked, now = asked + 1, self._questions()
            if now - before == 1:
                return now - asked
            before = now
        raise AssertionError("the database is still busy with something")

    def _questions(self) -> int:
        with self.connection.cursor() as cursor:
            cursor.execute("SHOW GLOBAL STATUS LIKE 'Questions'")
            return int(cursor.fetchone()[1])

    def cpu_seconds(self) -> float:
        """CPU it has used."""
        return machine.cpu_seconds(self.server.pid)


def start(core: int, name: str) -> Bench:
    """Start it on a core, with an empty schema."""
    server = start_mariadb(f"bench-{session.worker()}")
    machine.pin(server.pid, core)
    server.execute("SET GLOBAL max_connections = 1000")
    server.execute("SET GLOBAL innodb_buffer_pool_size = 1073741824")
    connection = pymysql.connect(unix_socket=server.socket, user="root", autocommit=True, ssl_disabled=True)
    return Bench(server, server.schema(name), connection)
