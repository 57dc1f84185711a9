"""How a database stands, seen from outside."""

from datetime import UTC, datetime, timedelta

import pytest

from db import migrate
from db.reach import Reach
from tests.live.servers import start_mariadb, start_mysql


@pytest.fixture(
    params=["sqlite", pytest.param("mariadb", marks=pytest.mark.live), pytest.param("mysql", marks=pytest.mark.live)]
)
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/x.sqlite"
    return {"mariadb": start_mariadb, "mysql": start_mysql}[request.param]().schema("reach")


def test_it_says_what_it_is(url):
    assert Reach(url).version().startswith(("SQLite 3", "MariaDB 1", "MySQL 9"))


def test_it_knows_its_migration(url):
    assert Reach(url).revision() is None
    migrate.upgrade(url)
    assert [Reach(url).revision()] == migrate.heads()


def test_its_clock_is_read_as_utc(url):
    assert abs(Reach(url).now() - datetime.now(UTC)) < timedelta(seconds=5)
