"""The servers the other tests stand on."""

import pytest
from sqlalchemy import create_engine, text

from tests.live.servers import start_mariadb, start_mysql

pytestmark = pytest.mark.live


def version(url: str) -> str:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = str(connection.execute(text("SELECT VERSION()")).scalar())
    engine.dispose()
    return found


def test_mariadb_answers_on_loopback() -> None:
    assert "MariaDB" in version(start_mariadb().schema())


def test_mysql_nine_answers_on_loopback() -> None:
    assert version(start_mysql().schema()).startswith("9.")


def test_asking_twice_gives_the_same_server() -> None:
    assert start_mysql() == start_mysql()


def test_a_schema_is_made_empty() -> None:
    server = start_mariadb()
    name = server.schema("empty").rsplit("/", 1)[1].split("?")[0]
    server.execute(f"CREATE TABLE `{name}`.t (a INT)")
    assert server.tables(server.schema("empty")) == []
