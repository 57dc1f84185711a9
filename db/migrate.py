"""Bringing a database to the schema this version expects, and back."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from db.engines import database_url, patient_engine
from db.tables import Table

T = TypeVar("T")
SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database up to a revision; creates it where it is a SQLite file."""
    _run(url, lambda config: command.upgrade(config, revision))


def downgrade(url: str, revision: str) -> None:
    """Take the database back to a revision ("base": no tables at all)."""
    _run(url, lambda config: command.downgrade(config, revision))


def current(url: str) -> str | None:
    """The revision the database is at; None when it has no tables yet."""
    return _on(url, lambda connection: MigrationContext.configure(connection).get_current_revision())


def heads() -> list[str]:
    """The newest revisions of this version; there must be one."""
    return list(_scripts().get_heads())


def differences(url: str) -> list[Any]:
    """What the database has otherwise than the tables in the code; empty when they agree."""
    return _on(url, lambda connection: compare_metadata(MigrationContext.configure(connection), Table.metadata))


def revise(url: str, message: str) -> None:
    """Write a new revision: what is needed to bring the (upgraded) database at `url` to the tables in the code."""
    _run(url, lambda config: command.revision(config, message, autogenerate=True))


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config


def _run(url: str, what: Callable[[Config], Any]) -> None:
    config = _config()

    def with_connection(connection: Connection) -> None:
        config.attributes["connection"] = connection
        what(config)

    _on(url, with_connection)


def _on(url: str, work: Callable[[Connection], T]) -> T:
    """Run `work` alone in a transaction on a connection of its own; migrations may take longer than a service may."""
    engine = patient_engine(database_url(url))
    try:
        with engine.begin() as connection, _alone(connection):
            return work(connection)
    finally:
        engine.dispose()


@contextlib.contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Two that upgrade at once take turns (on SQLite BEGIN IMMEDIATE sees to it)."""
    if connection.dialect.name == "sqlite":
        yield
        return
    connection.execute(text("SELECT GET_LOCK(CONCAT('alo-migrations-', DATABASE()), 60)"))
    try:
        yield
    finally:
        connection.execute(text("SELECT RELEASE_LOCK(CONCAT('alo-migrations-', DATABASE()))"))
