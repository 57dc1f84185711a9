"""Whatever ends in the middle, nothing is lost; one message may be sent twice, and then the log says so."""

import os
import signal
import threading
from collections import Counter
from datetime import timedelta
from secrets import token_hex

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from db.session import Database
from db.tables import OutboxRow
from tests.clinic.outbox.posts import Post, states, worker
from tests.clinic.small_clinic import same_clinic
from tests.live.session import eventually

LEASE = timedelta(seconds=2)
TWICE = "it may be sent twice"
NO_SUCH_CONNECTION = 1094


def many(clinic, count):
    """So many messages that are due, of a visit of Alice's; their uids."""
    booked = clinic.book("alice", clinic.slot(place=60))
    worker(clinic, Post()).drain()
    row = {
        "kind": "booked", "audience": "patient", "appointment_id": booked.id, "version": booked.starts_at,
        "due_at": clinic.clock(), "created_at": clinic.clock(),
    }  # fmt: skip
    uids = [token_hex(16) for _ in range(count)]
    clinic.database.write(lambda c: c.execute(insert(OutboxRow), [{**row, "uid": one} for one in uids]))
    return uids


class Letterbox(Post):
    """Delivers into a file, which outlives whoever wrote it; ends its process before or after."""

    def __init__(self, file, kill_before=False, kill_after=False):
        super().__init__()
        self._file, self._before, self._after = file, kill_before, kill_after

    def send(self, message):
        if self._before:
            os.kill(os.getpid(), signal.SIGKILL)
        with self._file.open("a") as delivered:
            delivered.write(f"{message.uid}\n")
        if self._after:
            os.kill(os.getpid(), signal.SIGKILL)
        return ""

    def delivered(self):
        return self._file.read_text().split() if self._file.exists() else []


def in_a_process(clinic, post):
    """A worker of its own with one round to do; the signal that ended it."""
    clinic.database.close()
    child = os.fork()
    if child == 0:
        try:
            there = same_clinic(clinic, clinic.database.url.render_as_string(hide_password=False))
            worker(there, post).drain()
        finally:
            os._exit(0)
    return ended_by(child)


def ended_by(child):
    """The signal that ended a process; one that hangs is killed, and the test told."""
    if not eventually(lambda: os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT), within=60):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        pytest.fail("the worker's process hangs")
    return -os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def drained(clinic, sending):
    """Rounds, on a clock that goes on, until nothing waits any more."""

    def over():
        clinic.clock.move(seconds=30)
        sending.drain()
        return not any(status == "waiting" for _, _, status, _ in states(clinic, "booked"))

    return eventually(over)


def test_killed_between_claim_and_send_loses_nothing(any_clinic, tmp_path, caplog):
    uids, box = many(any_clinic, 3), Letterbox(tmp_path / "box")
    assert in_a_process(any_clinic, Letterbox(tmp_path / "box", kill_before=True)) == signal.SIGKILL
    assert drained(any_clinic, worker(any_clinic, box, lease=LEASE))
    assert sorted(box.delivered()) == sorted(uids)


def test_killed_between_send_and_record_sends_one_twice_and_says_so(any_clinic, tmp_path, caplog):
    uids, box = many(any_clinic, 3), Letterbox(tmp_path / "box")
    assert in_a_process(any_clinic, Letterbox(tmp_path / "box", kill_after=True)) == signal.SIGKILL
    assert drained(any_clinic, worker(any_clinic, box, lease=LEASE))
    assert sorted(Counter(box.delivered()).values()) == [1, 1, 2]
    [twice] = [uid for uid, times in Counter(box.delivered()).items() if times == 2]
    assert any(twice in record.message and TWICE in record.message for record in caplog.records)
    assert set(box.delivered()) == set(uids)


def test_a_fact_whose_worker_was_killed_tells_everybody_once(any_clinic, tmp_path):
    any_clinic.book("alice")
    assert in_a_process(any_clinic, Letterbox(tmp_path / "box", kill_before=True)) == signal.SIGKILL
    box = Letterbox(tmp_path / "box")
    assert drained(any_clinic, worker(any_clinic, box, lease=LEASE))
    assert len(box.delivered()) == 1


@pytest.mark.parametrize("jump", [timedelta(hours=-3), timedelta(minutes=5)], ids=["back", "forward"])
def test_a_clock_that_jumps_while_a_message_is_sent_sends_nothing_twice(any_clinic, jump):
    many(any_clinic, 5)
    ours, theirs = Post(), Post()
    other = worker(any_clinic, theirs)

    def jumps():
        if not ours.sent:
            any_clinic.clock.now += jump
        other.drain()

    ours.first = jumps
    worker(any_clinic, ours).drain()
    any_clinic.clock.move(hours=4)
    other.drain()
    assert Counter(Counter(one.uid for one in ours.sent + theirs.sent).values()) == {1: 5}


def test_eight_workers_send_each_once(served_clinic, tmp_path):
    uids, posts = many(served_clinic, 160), [Post() for _ in range(8)]
    url = served_clinic.database.url.render_as_string(hide_password=False)
    workers = [worker(same_clinic(served_clinic, url), post) for post in posts]
    start = threading.Barrier(8)
    threads = [threading.Thread(target=lambda one=one: (start.wait(), one.drain())) for one in workers]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(message.uid for post in posts for message in post.sent) == sorted(uids)


def test_eight_workers_address_each_fact_once(served_clinic):
    for place, who in enumerate(("alice", "bruno", "carla", "zeca", "davi")):
        served_clinic.book(who, served_clinic.slot(place=place))
    url = served_clinic.database.url.render_as_string(hide_password=False)
    workers = [worker(same_clinic(served_clinic, url), Post()) for _ in range(8)]
    threads = [threading.Thread(target=one.drain) for one in workers]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [kind for kind, audience, *_ in states(served_clinic, "booked") if audience == "patient"] == ["booked"] * 5


def test_connections_that_are_lost_in_the_middle_of_a_round(served_clinic):
    uids, post = many(served_clinic, 4), Post()
    url = served_clinic.database.url
    killer = Database(url.render_as_string(hide_password=False))
    post.first = lambda: kill_all(killer, url.database)
    worker(served_clinic, post).drain()
    killer.close()
    assert sorted(one.uid for one in post.sent) == sorted(uids)


def kill_all(killer, schema):
    """End every connection to this schema but one's own."""
    with killer.read() as connection:
        rows = connection.exec_driver_sql("SHOW PROCESSLIST").all()
        own = connection.exec_driver_sql("SELECT CONNECTION_ID()").scalar()
        for row in rows:
            if row[3] == schema and row[0] != own:
                kill(connection, row[0])


def kill(connection, number):
    """End one, which may have ended meanwhile."""
    try:
        connection.exec_driver_sql(f"KILL {number}")
    except DBAPIError as error:
        if error.orig.args[0] != NO_SUCH_CONNECTION:
            raise
