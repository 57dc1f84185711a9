"""SQLAlchemy engines as the services need them: one that commits by itself, one for transactions."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import NullPool

from db.mysql import Connection as MySQLConnection
from db.pool import Stack

LOCK_WAIT_S = 5
NETWORK_S = 30
LOCAL = {None, "", "localhost", "127.0.0.1", "::1"}
DRIVERS = {"mysql": "mysql+pymysql", "mariadb": "mysql+pymysql"}


@dataclass(frozen=True)
class Engines:
    """`single`: every statement is its own transaction. `transactions`: ends by COMMIT or ROLLBACK."""

    single: Engine
    transactions: Engine


def database_url(text: str) -> URL:
    """A URL as SQLAlchemy wants it: mysql:// and mariadb:// get the one driver that yields under gevent."""
    url = make_url(text)
    return url.set(drivername=DRIVERS.get(url.drivername, url.drivername))


def make_engines(url: URL, pool_size: int, overflow: int) -> Engines:
    """Engines for SQLite, MySQL or MariaDB; opens no connection yet."""
    pool: dict[str, Any] = {
        "poolclass": Stack, "pool_size": pool_size, "max_overflow": overflow, "pool_timeout": 5, "pool_recycle": 1800,
        "pool_reset_on_return": None,
        "hide_parameters": True,  # errors are logged, and parameters are CPFs and names
    }  # fmt: skip
    return _sqlite(url, pool) if url.get_backend_name() == "sqlite" else _mysql(url, pool)


def patient_engine(url: URL) -> Engine:
    """An engine for work that may take minutes (migrations); nothing is pooled, foreign keys of SQLite are not held."""
    if url.get_backend_name() != "sqlite":
        return create_engine(_bare(url), poolclass=NullPool, connect_args={"charset": "utf8mb4", **_tls(url)})
    _make_folder(url)
    engine = create_engine(url, poolclass=NullPool, connect_args={"isolation_level": None, "timeout": 60})
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _make_folder(url: URL) -> None:
    if url.database:
        Path(url.database).absolute().parent.mkdir(parents=True, exist_ok=True)


def _sqlite(url: URL, pool: dict[str, Any]) -> Engines:
    _make_folder(url)
    # Driver in autocommit mode (BEGIN IMMEDIATE is said by the session), and never a wait inside SQLite: it would
    # freeze every greenlet of the process.
    connect = {"check_same_thread": False, "isolation_level": None, "timeout": 0}
    engine = create_engine(url, isolation_level="AUTOCOMMIT", connect_args=connect, **pool)
    event.listen(engine, "connect", _open_sqlite)
    return Engines(engine, engine)


def _open_sqlite(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _mysql(url: URL, pool: dict[str, Any]) -> Engines:
    connect = {
        "charset": "utf8mb4", "connect_timeout": 5, "read_timeout": NETWORK_S, "write_timeout": NETWORK_S,
        "init_command": f"SET SESSION innodb_lock_wait_timeout={LOCK_WAIT_S}", **_tls(url),
    }  # fmt: skip
    single = create_engine(
        _bare(url), isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True, connect_args=connect, **pool
    )
    transactions = create_engine(_bare(url), isolation_level="READ COMMITTED", connect_args=connect, **pool)
    for engine in (single, transactions):
        event.listen(engine, "do_connect", _open_mysql)
    event.listen(single, "connect", _read_committed)
    return Engines(single, transactions)


def _open_mysql(_dialect: Any, _record: Any, _args: Any, how: dict[str, Any]) -> MySQLConnection:
    return MySQLConnection(**how)


def _bare(url: URL) -> URL:
    """Without what is handed to the driver as arguments."""
    return url.difference_update_query(["charset", "ssl_ca"])


def _tls(url: URL) -> dict[str, Any]:
    """Nothing to encrypt on one machine; else one context for all connections (a new one each costs 30 ms)."""
    if url.host in LOCAL or "unix_socket" in url.query:
        return {"ssl_disabled": True}
    context = ssl.create_default_context(cafile=_single(url.query.get("ssl_ca")))
    if "ssl_ca" not in url.query:  # MySQL servers sign their own certificates unless told otherwise
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return {"ssl": context}


def _single(value: str | tuple[str, ...] | None) -> str | None:
    return value[0] if isinstance(value, tuple) else value


def _read_committed(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
