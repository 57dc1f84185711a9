"""Whether a database can be reached, and how it stands; for `alo check`."""

from datetime import UTC, datetime

from db import migrate
from db.session import Database


class Reach:
    """A look at one database from outside the services."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._database = Database(url, pool_size=1)

    def version(self) -> str:
        """Its name and version; raises SQLAlchemy's errors when it does not answer."""
        found = self._one("sqlite_version()" if self._database.sqlite else "version()")
        name = "SQLite" if self._database.sqlite else "MariaDB" if "MariaDB" in found else "MySQL"
        return f"{name} {found.partition('-')[0]}"

    def revision(self) -> str | None:
        """The migration it is at; None without tables."""
        return migrate.current(self._url)

    def now(self) -> datetime:
        """Its own clock, to the second."""
        found = self._one("datetime('now')" if self._database.sqlite else "CAST(UTC_TIMESTAMP() AS CHAR)")
        return datetime.fromisoformat(found).replace(tzinfo=UTC)

    def _one(self, expression: str) -> str:
        with self._database.read() as connection:
            return str(connection.exec_driver_sql(f"SELECT {expression}").scalar_one())
