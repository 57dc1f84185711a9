"""A glance at a SQLite file says the same as a long look."""

import sqlite3
from datetime import date

import pytest

from db import migrate
from db.glance import head, is_in_use, made_on


@pytest.fixture
def url(tmp_path):
    made = f"sqlite:///{tmp_path}/clinic.sqlite"
    migrate.upgrade(made)
    return made


def add_unit(url):
    with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
        row = "INSERT INTO units (name, street, city, state, zone, district, position, active) VALUES (?,?,?,?,?,?,0,1)"
        database.execute(row, ("Centro", "Rua A", "São Paulo", "SP", "America/Sao_Paulo", ""))


def test_the_head_is_the_one_alembic_knows():
    assert [head()] == migrate.heads()


def test_a_database_with_a_clinic_is_in_use(url):
    add_unit(url)
    assert is_in_use(url)


def test_a_database_without_a_clinic_wants_a_longer_look(url):
    assert not is_in_use(url)


def test_an_older_database_wants_a_longer_look(url):
    add_unit(url)
    with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
        database.execute("UPDATE alembic_version SET version_num = 'older'")
    assert not is_in_use(url)


@pytest.mark.parametrize("url", ["sqlite:////nowhere/x.sqlite", "mysql+pymysql://u@h/d", "sqlite://"])
def test_another_database_wants_a_longer_look(url):
    assert not is_in_use(url)


def test_a_file_that_is_no_database_wants_a_longer_look(tmp_path):
    (tmp_path / "x.sqlite").write_text("hello")
    assert not is_in_use(f"sqlite:///{tmp_path}/x.sqlite")


def test_the_day_it_was_made_is_that_of_the_first_patient(url):
    assert made_on(url) is None
    row = (
        "INSERT INTO patients (name, name_search, birth_date, slow_mode, booking_version, created_at)"
        " VALUES ('Ana', 'ana', '1980-04-05', 0, 0, ?)"
    )
    with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
        database.executemany(row, [("2026-11-22 10:00:00.000000",), ("2026-11-20 10:00:00.000000",)])
    assert made_on(url) == date(2026, 11, 20)
