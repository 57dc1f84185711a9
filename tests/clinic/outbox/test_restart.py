"""The database server is killed while messages are being sent, and comes back: real server, real loop of a worker."""

import os
import signal
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest

from clinic.worker import Job, work
from db import migrate
from tests.clinic.outbox.posts import Post, states, worker
from tests.clinic.outbox.test_faults import TWICE, many
from tests.clinic.small_clinic import small_clinic
from tests.live import servers, session
from tests.live.session import eventually

pytestmark = pytest.mark.live
MESSAGES = 30


class Stop:
    """What tells a worker to stop."""

    def __init__(self):
        self._event = threading.Event()
        self.wait, self.is_set, self.now = self._event.wait, self._event.is_set, self._event.set


@pytest.fixture
def server():
    """A MariaDB of this test's own."""
    return servers.start_mariadb(f"mariadb-{os.getpid()}")


@pytest.fixture
def clinic(server):
    url = server.schema("restart")
    migrate.upgrade(url)
    made = small_clinic(url)
    yield made
    made.database.close()


def restart(server):
    """As after a power cut."""
    place = session.folder() / f"mariadb-{os.getpid()}"
    os.kill(server.pid, signal.SIGKILL)
    assert eventually(lambda: not session.answers(server.port))
    daemon = session.provisioned("mariadb") / "mariadbd"
    servers._started(
        "mariadb", place, server.port, [str(daemon), "--no-defaults", *servers._common(place, server.port)]
    )


def test_a_database_that_is_killed_loses_nothing_and_sends_one_twice_at_most(server, clinic, caplog):
    uids, post, stop = many(clinic, MESSAGES), Post(), Stop()
    post.first = lambda: time.sleep(0.02)
    job = Job("messages", timedelta(seconds=0.2), worker(clinic, post, lease=timedelta(seconds=4)).drain)
    thread = threading.Thread(target=work, args=([job], stop))
    thread.start()
    try:
        assert eventually(lambda: len(post.sent) > MESSAGES / 4)
        restart(server)
        assert eventually(lambda: not any(status == "waiting" for _, _, status, _ in now(clinic)), within=90)
    finally:
        stop.now()
        thread.join()
    times = Counter(one.uid for one in post.sent)
    assert set(times) == set(uids)
    assert sum(times.values()) <= MESSAGES + 1
    assert len(post.sent) == MESSAGES or TWICE in caplog.text


def now(clinic):
    """The messages, on a clock that goes on."""
    clinic.clock.move(seconds=20)
    return states(clinic, "booked")
