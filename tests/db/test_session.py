"""Short transactions that try again, and those that must not."""

import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from db.engines import _tls, database_url
from db.prepared import Prepared, Query
from db.retry import pauses
from db.session import Database
from db.tables import Patient, Unit

NAME = Patient.name


def rename(connection, patient_id, name):
    return connection.execute(update(Patient).where(Patient.id == patient_id).values(name=name)).rowcount


def name_of(database, patient_id):
    return database.first(select(NAME).where(Patient.id == patient_id))[0]


def test_what_is_written_is_there(any_clinic):
    assert any_clinic.database.write(lambda connection: rename(connection, 1, "Nova")) == 1
    assert name_of(any_clinic.database, 1) == "Nova"


def test_an_error_leaves_nothing(any_clinic):
    def work(connection):
        rename(connection, 1, "Nova")
        raise LookupError

    with pytest.raises(LookupError):
        any_clinic.database.write(work)
    assert name_of(any_clinic.database, 1) == "Alice Ferreira"


def test_a_cut_leaves_nothing_and_the_pool_sound(any_clinic):
    class Killed(BaseException):
        """As gevent kills a greenlet."""

    def work(connection):
        rename(connection, 1, "Nova")
        raise Killed

    for _ in range(40):
        with pytest.raises(Killed):
            any_clinic.database.write(work)
    assert name_of(any_clinic.database, 1) == "Alice Ferreira"


def test_transactions_read_what_is_committed(served_clinic):
    with served_clinic.database.read() as connection:
        assert level(connection) == "READ-COMMITTED"
    assert served_clinic.database.write(level) == "READ-COMMITTED"


def level(connection):
    name = (
        "tx_isolation"
        if "MariaDB" in connection.execute(text("SELECT VERSION()")).scalar()
        else "transaction_isolation"
    )
    return connection.execute(text(f"SELECT @@{name}")).scalar()


def test_a_lock_is_waited_for_five_seconds_at_most(served_clinic):
    with served_clinic.database.read() as connection:
        assert connection.execute(text("SELECT @@innodb_lock_wait_timeout")).scalar() == 5


def test_a_deadlock_is_run_again_from_the_start(served_clinic):
    database, both_hold_one = served_clinic.database, threading.Barrier(2, timeout=60)
    runs = []

    def crossing(first, second):
        def work(connection):
            runs.append(first)
            rename(connection, first, f"{first} first")
            if len(runs) <= 2:
                both_hold_one.wait()
            rename(connection, second, f"{first} second")

        return threading.Thread(target=database.write, args=[work])

    threads = [crossing(1, 2), crossing(2, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(runs) == 3
    assert name_of(database, 1)[0] == name_of(database, 2)[0]  # the one that ran last wrote both


def test_a_lost_connection_is_replaced_for_a_read(served_clinic):
    kill_all(served_clinic)
    assert name_of(served_clinic.database, 1) == "Alice Ferreira"


def test_a_connection_lost_before_commit_runs_the_whole_again(served_clinic):
    runs = []

    def work(connection):
        runs.append(1)
        if len(runs) == 1:
            rename(connection, 2, "half")
            kill_all(served_clinic)
        return rename(connection, 1, "Nova")

    assert served_clinic.database.write(work) == 1
    assert len(runs) == 2
    assert name_of(served_clinic.database, 2) == "Bruno Lima"


def test_a_claim_outlives_a_lost_connection(served_clinic):
    claim = Prepared(update(Patient).where(Patient.id == 1).values(name="Nova"))
    served_clinic.database.claim(claim, {})
    kill_all(served_clinic)
    assert served_clinic.database.claim(claim, {}) == 1


def test_a_claim_that_was_sent_off_tells_what_it_changed(any_clinic):
    told = any_clinic.database.claim_soon(Prepared(update(Patient).where(Patient.id == 1).values(name="Nova")), {})
    assert any_clinic.database.first(select(Patient.id)) is not None  # meanwhile
    assert told() == 1
    assert name_of(any_clinic.database, 1) == "Nova"


def test_a_claim_that_was_sent_off_outlives_a_lost_connection(served_clinic):
    claim = Prepared(update(Patient).where(Patient.id == 1).values(name="Nova"))
    served_clinic.database.claim(claim, {})
    kill_all(served_clinic)
    assert served_clinic.database.claim_soon(claim, {})() == 1


def kill_all(clinic):
    """All connections of this database, as a restart would; from one of another schema."""
    database = Database(str(clinic.database.url.set(database="information_schema").render_as_string(False)))
    with database.read() as connection:
        ours = text("SELECT id FROM processlist WHERE db = :db").bindparams(db=clinic.database.url.database)
        for row in connection.execute(ours).all():
            connection.execute(text(f"KILL {row[0]}"))
    database.close()


def test_other_errors_are_not_tried_again(any_clinic):
    runs = []

    def work(connection):
        runs.append(1)
        connection.execute(text("SELECT nonsense FROM nowhere"))

    with pytest.raises(DBAPIError):
        any_clinic.database.write(work)
    assert runs == [1]


def test_an_error_does_not_tell_what_was_asked_for(any_clinic):
    wrong = text("SELECT nonsense FROM patients WHERE cpf = :cpf")
    for ask in (any_clinic.database.rows, any_clinic.database.change):
        with pytest.raises(DBAPIError) as error:
            ask(wrong, {"cpf": "52998224725"})
        assert "52998224725" not in str(error.value)


def test_sqlite_waits_for_a_writer_outside_and_then_writes(clinic):
    other = Database(str(clinic.database.url))
    free = threading.Event()

    def hold(connection):
        rename(connection, 2, "held")
        free.wait(0.4)

    thread = threading.Thread(target=other.write, args=[hold])
    thread.start()
    free.wait(0.1)
    clinic.database.write(lambda connection: rename(connection, 1, "Nova"))
    thread.join()
    assert (name_of(clinic.database, 1), name_of(clinic.database, 2)) == ("Nova", "held")


def test_patience_ends():
    slept = []
    assert sum(1 for _ in pauses(slept.append, patience=0.5)) == len(slept) + 1 > 100
    assert max(slept) <= 0.1


def test_sqlite_holds_its_foreign_keys(clinic):
    with pytest.raises(DBAPIError):
        clinic.database.change(update(Patient).values(usual_unit_id=999))


def test_sqlite_makes_the_folder_of_its_file(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/a/b/alo.sqlite")
    with database.read() as connection:
        connection.execute(text("SELECT 1"))
    assert (tmp_path / "a/b/alo.sqlite").exists()


COUNT_ON = Prepared(update(Patient).values(booking_version=1))


@pytest.mark.parametrize(
    "ask",
    [
        lambda away: away.first(select(Unit.id)),
        lambda away: away.ask(Query(select(Unit.id)), {}),
        lambda away: away.claim(COUNT_ON, {}),
        lambda away: away.claim_soon(COUNT_ON, {}),
        lambda away: away.write(lambda connection: COUNT_ON.run(connection, {})),
    ],
)
def test_a_database_that_is_away_says_so(ask):
    with pytest.raises(OperationalError):
        ask(Database("mysql://root@127.0.0.1:1/alo"))


def test_mysql_and_mariadb_are_told_apart(any_clinic):
    version = "SELECT sqlite_version()" if any_clinic.database.sqlite else "SELECT version()"
    with any_clinic.database.read() as connection:
        told = connection.execute(text(version)).scalar()
    assert any_clinic.database.is_mysql is (not any_clinic.database.sqlite and "MariaDB" not in told)


@pytest.mark.parametrize("scheme", ["mysql", "mariadb", "mysql+pymysql"])
def test_every_spelling_gets_the_driver_that_yields(scheme):
    assert database_url(f"{scheme}://u@h/db").drivername == "mysql+pymysql"


def test_tls_is_for_other_machines_and_shared():
    assert _tls(database_url("mysql://u@127.0.0.1/db")) == {"ssl_disabled": True}
    assert _tls(database_url("mysql://u@localhost/db?unix_socket=/run/s.sock")) == {"ssl_disabled": True}
    assert not _tls(database_url("mysql://u@db.example/db"))["ssl"].check_hostname


UNDER_GEVENT = """
    from gevent import monkey; monkey.patch_all()
    import sys, gevent
    from sqlalchemy import text
    from db.session import Database

    database = Database(sys.argv[1])

    def write():
        count = text("UPDATE patients SET booking_version = booking_version + 1 WHERE id = 1")
        database.write(lambda c: c.execute(count))
    writers = [gevent.spawn(write) for _ in range(40)]
    for _ in range(100):
        gevent.sleep(0.005)
    print("alive", flush=True)
    gevent.joinall(writers, raise_error=True)
"""


def under_gevent(url):
    command = [sys.executable, "-c", textwrap.dedent(UNDER_GEVENT), url]
    root = Path(__file__).resolve().parents[2]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)


def version(clinic):
    return clinic.database.first(select(Patient.booking_version).where(Patient.id == 1))[0]


def test_a_gevent_process_never_freezes_while_another_writes(any_clinic):
    def hold(connection):
        rename(connection, 1, "held")
        process = under_gevent(any_clinic.database.url.render_as_string(False))
        assert process.stdout.readline() == "alive\n"  # all that time its writers wait for this one
        return process

    process = any_clinic.database.write(hold)
    process.communicate(timeout=60)
    assert (process.returncode, version(any_clinic)) == (0, 40)
