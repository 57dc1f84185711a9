"""The small clinic, made once for each worker and database; every test gets a copy of it."""

import shutil
from pathlib import Path

from sqlalchemy import Connection

from db import migrate
from db.session import Database
from db.tables import Table
from tests.clinic.small_clinic import SmallClinic, same_clinic, small_clinic
from tests.live.servers import start_mariadb, start_mysql

START = {"mariadb": start_mariadb, "mysql": start_mysql}


class Templates:
    """Hands out copies: of a file for SQLite, of all rows for the servers (started when first needed)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, tuple[SmallClinic, str]] = {}

    def copy(self, kind: str, folder: Path) -> SmallClinic:
        """A small clinic of one's own; `kind`: sqlite, mariadb or mysql."""
        if kind not in self._made:
            self._made[kind] = self._sqlite() if kind == "sqlite" else _served(kind)
        small, used = self._made[kind]
        if kind == "sqlite":
            used = f"sqlite:///{folder}/clinic.sqlite"
            shutil.copy(str(small.database.url.database), folder / "clinic.sqlite")
        else:
            _refill(str(small.database.url.database), used)
        return same_clinic(small, used, folder / "spool")

    def _sqlite(self) -> tuple[SmallClinic, str]:
        url = f"sqlite:///{self._folder}/template.sqlite"
        migrate.upgrade(url)
        small = small_clinic(url)
        small.database.close()
        return small, url


def _served(kind: str) -> tuple[SmallClinic, str]:
    server = START[kind]()
    template, used = server.schema("template"), server.schema("used")
    for url in (template, used):
        migrate.upgrade(url)
    return small_clinic(template), used


def _refill(template: str, used: str) -> None:
    """All rows again as the template has them, in one transaction."""
    database = Database(used)
    database.write(lambda connection: _replace(connection, template))
    database.close()


def _replace(connection: Connection, template: str) -> None:
    # A test writes into a few of the tables; the others need not be emptied and filled, which is most of the work.
    now, right = _sums(connection), _sums(connection, f"`{template}`.")
    connection.exec_driver_sql("SET foreign_key_checks = 0")
    for name in [table for table in right if now[table] != right[table]]:
        connection.exec_driver_sql(f"DELETE FROM `{name}`")
        connection.exec_driver_sql(f"INSERT INTO `{name}` SELECT * FROM `{template}`.`{name}`")


def _sums(connection: Connection, schema: str = "") -> dict[str, object]:
    """What a server counts together from all rows of each table, by the table's name."""
    names = [table.name for table in Table.metadata.sorted_tables]
    rows = connection.exec_driver_sql(f"CHECKSUM TABLE {', '.join(f'{schema}`{name}`' for name in names)}")
    return dict(zip(names, (checksum for _, checksum in rows), strict=True))
