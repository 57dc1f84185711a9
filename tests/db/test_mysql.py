"""Answers of MySQL and MariaDB, read as PyMySQL reads them."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pymysql
import pytest
from sqlalchemy.engine import make_url

from db.mysql import Connection

VALUES = [
    None, 0, -7, 2**62, True, 1.5, Decimal("2.50"), "", "d'água \\ \"%s\" 🙂", "x" * 250, "x" * 251, "x" * 70_000,
    date(1980, 4, 5), datetime(2026, 11, 26, 14), datetime(2026, 11, 26, 14, 30, 0, 123456), timedelta(hours=8),
]  # fmt: skip


def connected(clinic, kind):
    url = make_url(clinic.database.url)
    return kind(
        host=url.host, port=url.port, user=url.username, password=url.password or "", database=url.database,
        charset="utf8mb4", ssl_disabled=True, autocommit=True,
    )  # fmt: skip


@pytest.fixture
def ours(served_clinic):
    with connected(served_clinic, Connection) as connection:
        yield connection


@pytest.fixture
def theirs(served_clinic):
    with connected(served_clinic, pymysql.Connection) as connection:
        yield connection


def asked(connection, statement, values=None):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall(), cursor.description


@pytest.mark.parametrize("value", VALUES, ids=lambda value: str(value)[:20])
def test_a_value_comes_back_as_pymysql_has_it(ours, theirs, value):
    assert asked(ours, "SELECT %s", [value]) == asked(theirs, "SELECT %s", [value])


@pytest.mark.parametrize("table", ["patients", "doctors", "working_hours", "slots", "clinic_profile"])
def test_a_table_reads_the_same_twice(ours, theirs, table):
    expected = asked(theirs, f"SELECT * FROM {table}")
    assert [asked(ours, f"SELECT * FROM {table}") for _ in range(2)] == [expected, expected]


def test_columns_that_changed_are_read_anew(ours):
    assert asked(ours, "SELECT 1 AS a")[0] == ((1,),)
    assert asked(ours, "SELECT '1' AS a")[0] == (("1",),)


def test_a_long_answer_comes_in_pieces(ours):
    rows, _ = asked(ours, "SELECT seq, REPEAT('x', 300) FROM (WITH RECURSIVE n(seq) AS (SELECT 1 UNION ALL"
                          " SELECT seq + 1 FROM n WHERE seq < 1000) SELECT seq FROM n) AS many")  # fmt: skip
    assert [row[0] for row in rows] == list(range(1, 1001))
    assert {len(row[1]) for row in rows} == {300}


def test_a_zero_date_is_text_as_ever(ours, theirs):
    nothing = "SELECT CAST('0000-00-00 00:00:00' AS DATETIME)"
    assert asked(ours, nothing) == asked(theirs, nothing)


def test_an_error_leaves_the_connection_in_step(ours):
    with pytest.raises(pymysql.err.ProgrammingError):
        asked(ours, "SELECT nonsense FROM nowhere")
    with pytest.raises(pymysql.err.OperationalError):  # in the middle of the rows
        asked(ours, "SELECT (SELECT 1 UNION SELECT n) FROM (SELECT 1 AS n UNION ALL SELECT 2) AS two")
    assert asked(ours, "SELECT 1")[0] == ((1,),)


def test_what_was_written_is_counted(ours):
    with ours.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE notes (id INT PRIMARY KEY AUTO_INCREMENT, text VARCHAR(20))")
        assert cursor.execute("INSERT INTO notes (text) VALUES ('a'), ('b')") == 2
        assert cursor.lastrowid == 1
        assert cursor.execute("DELETE FROM notes WHERE id = 2") == 1


def test_a_killed_connection_tells_so(ours, theirs):
    asked(theirs, f"KILL {ours.thread_id()}")
    with pytest.raises(pymysql.err.OperationalError) as lost:
        asked(ours, "SELECT 1")
    assert lost.value.args[0] in (2006, 2013)
