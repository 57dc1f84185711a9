"""Several statements in one round trip."""

import pytest
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from db.batch import run_all
from db.prepared import Prepared, Query
from db.tables import Specialty

RENAME = Prepared(update(Specialty).where(Specialty.id == bindparam("one")).values(name=bindparam("called")))
NAME = Query(select(Specialty.name).where(Specialty.id == bindparam("one")))
AGAIN = Prepared(insert(Specialty).values(id=bindparam("one"), name="", needs_rqe=False, active=True, position=0))


@pytest.fixture
def one(any_clinic):
    return next(iter(any_clinic.at.specialties.values()))


def test_each_answer_is_that_of_its_statement(any_clinic, one):
    steps = [(RENAME, {"one": one, "called": "50% 'x'"}), (NAME, {"one": one}), (RENAME, {"one": 0, "called": ""})]
    changed, rows, none = any_clinic.database.write(lambda connection: run_all(connection, *steps))
    assert (changed, none) == (1, 0)
    assert [row.name for row in rows] == ["50% 'x'"]


def test_the_first_error_is_told_and_nothing_is_kept(any_clinic, one):
    [before] = any_clinic.database.ask(NAME, {"one": one})
    steps = [(RENAME, {"one": one, "called": "x"}), (AGAIN, {"one": one}), (RENAME, {"one": one, "called": "y"})]
    with pytest.raises(IntegrityError):
        any_clinic.database.write(lambda connection: run_all(connection, *steps))
    assert any_clinic.database.ask(NAME, {"one": one}) == [before]


def test_after_an_error_the_connection_answers_what_it_is_asked(any_clinic, one):
    def work(connection):
        with pytest.raises(IntegrityError):
            run_all(connection, (AGAIN, {"one": one}), (NAME, {"one": one}))
        return NAME.run(connection, {"one": one})

    assert any_clinic.database.write(work) == any_clinic.database.ask(NAME, {"one": one})


def test_a_connection_that_is_gone_is_told_as_such(served_clinic):
    def work(connection):
        served_clinic.database.change(text(f"KILL {connection.scalar(text('SELECT CONNECTION_ID()'))}"))
        with pytest.raises(OperationalError) as told:
            run_all(connection, (NAME, {"one": 1}), (NAME, {"one": 1}))
        return told.value.connection_invalidated, connection.invalidated

    assert served_clinic.database.write(lambda connection: (work(connection), connection.rollback())[0]) == (True, True)
