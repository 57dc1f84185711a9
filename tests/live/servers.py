"""Private database servers for the tests: MariaDB and MySQL, on loopback, one of each a session, one schema a worker.

    url = start_mariadb().schema("clinic")      # mysql+pymysql://root@127.0.0.1:PORT/alo_gw0_clinic?charset=utf8mb4

The first call installs what is missing (asterisk-docker/provision.sh), starts the server on a temporary data folder
and a free port and socket; later calls, from any xdist worker, get the same server. It ends with the session.
"""

import getpass
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql

from tests.live import session


@dataclass(frozen=True)
class DatabaseServer:
    """One running server, reached as root without a password."""

    kind: str
    port: int
    socket: str
    pid: int

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the server, no schema chosen."""
        return f"mysql+pymysql://root@127.0.0.1:{self.port}"

    def schema(self, name: str = "test") -> str:
        """Make an empty schema of this worker (dropped first if it is there) and return its SQLAlchemy URL."""
        full = f"alo_{session.worker()}_{name}"
        self.execute(f"DROP DATABASE IF EXISTS `{full}`")
        self.execute(f"CREATE DATABASE `{full}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
        return f"{self.url}/{full}?charset=utf8mb4"

    def tables(self, url: str) -> list[str]:
        """The names of the tables in the schema a URL points to."""
        name = url.rsplit("/", 1)[1].split("?", maxsplit=1)[0]
        return [row[0] for row in self.execute(f"SHOW TABLES FROM `{name}`")]

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement as root and return its rows."""
        with pymysql.connect(unix_socket=self.socket, user="root", autocommit=True, ssl_disabled=True) as connection:
            cursor = connection.cursor()
            cursor.execute(statement)
            return list(cursor.fetchall())


def start_mariadb(name: str = "mariadb") -> DatabaseServer:
    """The session's MariaDB (10.11 on Debian 12); under another name, one more that nobody else uses."""
    return DatabaseServer(**session.once(name, _mariadb))


def start_mysql() -> DatabaseServer:
    """The session's MySQL 9."""
    return DatabaseServer(**session.once("mysql", _mysql))


def _common(place: Path, port: int) -> list[str]:
    # One process for everybody's tests: small buffers, no binary log; durability as shipped.
    return [
        f"--datadir={place}/data", f"--socket={place}/s.sock", f"--pid-file={place}/server.pid", f"--port={port}",
        f"--user={getpass.getuser()}", "--bind-address=127.0.0.1", "--skip-log-bin", "--max-connections=400",
        "--innodb-buffer-pool-size=128M", "--performance-schema=OFF",
    ]  # fmt: skip


def _mariadb(place: Path) -> dict[str, Any]:
    server = session.provisioned("mariadb") / "mariadbd"
    _run([
        "mariadb-install-db", "--no-defaults", f"--datadir={place}/data", "--auth-root-authentication-method=normal",
        "--skip-test-db", f"--user={getpass.getuser()}",
    ])  # fmt: skip
    port = session.free_port()
    return _started("mariadb", place, port, [str(server), "--no-defaults", *_common(place, port)])


def _mysql(place: Path) -> dict[str, Any]:
    root = session.provisioned("mysql")
    port = session.free_port()
    command = [
        str(session.REPO / "asterisk-docker" / "in-root"), str(root), "usr/sbin/mysqld", "--no-defaults",
        f"--basedir={root}/usr", f"--lc-messages-dir={root}/usr/share/mysql",
        f"--character-sets-dir={root}/usr/share/mysql/charsets", "--secure-file-priv=NULL", "--mysqlx=OFF",
        *_common(place, port),
    ]  # fmt: skip
    _run([*command, "--initialize-insecure"])
    return _started("mysql", place, port, command)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{command[0]}:\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}"


def _started(kind: str, place: Path, port: int, command: list[str]) -> dict[str, Any]:
    process = session.keep(place, command)
    deadline = time.monotonic() + 120
    while not _answers(place / "s.sock"):
        assert process.poll() is None and time.monotonic() < deadline, (place / "log").read_text()[-3000:]
        time.sleep(0.1)
    return {"kind": kind, "port": port, "socket": f"{place}/s.sock", "pid": int((place / "pid").read_text())}


def _answers(path: Path) -> bool:
    try:
        pymysql.connect(unix_socket=str(path), user="root", ssl_disabled=True).close()
    except pymysql.err.OperationalError:
        return False
    return True
