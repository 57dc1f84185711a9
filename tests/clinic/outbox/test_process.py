"""`alo worker` as it is run: processes of their own, on the clock of the world."""

import os
import subprocess
import sys
from contextlib import contextmanager
from email import message_from_bytes

import pytest

from clinic.clock import utc_now
from clinic.services import open_clinic
from clinic.settings import Settings
from db.session import Database
from tests.live.session import REPO, eventually


def url_of(clinic):
    return clinic.database.url.render_as_string(hide_password=False)


@pytest.fixture
def today(any_clinic):
    """The same clinic today, with times to book from now on."""
    database = Database(url_of(any_clinic))
    clinic = open_clinic(Settings(database_url=url_of(any_clinic)), utc_now, database)
    clinic.agenda.extend()
    yield clinic
    database.close()


@contextmanager
def running(clinic, mail, count=1):
    """So many workers, once they work; each is asked to end, and must end well."""
    settings = {
        "ALO_DATABASE_URL": url_of(clinic), "ALO_DEMO": "1",
        "ALO_MAIL_DIR": str(mail), "ALO_SPOOL": str(mail / "spool"),
    }  # fmt: skip
    started = [begun(os.environ | settings) for _ in range(count)]
    try:
        ready = [os.read(pipe, 1) for _, pipe in started]
        yield
    finally:
        for one, pipe in started:
            one.terminate()
            os.close(pipe)
        ended = [one.wait(60) for one, _ in started]
    assert (ready, ended) == ([b"1"] * count, [0] * count)


def begun(environment):
    """A worker's process, and the pipe by which it says that it is ready."""
    ready, tell = os.pipe()
    command = [sys.executable, str(REPO / "alo.py"), "worker", f"--ready={tell}"]
    process = subprocess.Popen(command, env=environment, pass_fds=[tell], stderr=subprocess.DEVNULL)
    os.close(tell)
    return process, ready


def book(there, clinic, places, who="alice"):
    """Visits of Alice's from next week on."""
    for place in places:
        slot = there.agenda.next_free(clinic.criteria(doctor="marina"), limit=40)[place]
        hold = there.bookings.hold(slot, by="call")
        there.bookings.book(clinic.people[who], hold, clinic.terms(slot), "telephone")


def letters(mail):
    return [message_from_bytes(one.read_bytes()) for one in mail.glob("*.eml")]


def test_a_booking_becomes_a_letter_by_itself(today, any_clinic, tmp_path):
    with running(any_clinic, tmp_path):
        book(today, any_clinic, [20])
        assert eventually(lambda: len(letters(tmp_path)) == 1, within=90)
    assert letters(tmp_path)[0]["To"] == "alice@example.com"


def test_three_workers_send_each_letter_once(today, any_clinic, tmp_path):
    with running(any_clinic, tmp_path, count=3):
        book(today, any_clinic, (20, 24, 28))
        book(today, any_clinic, (30, 34, 38), "davi")
        assert eventually(lambda: len(letters(tmp_path)) == 6, within=90)
    ids = [one["Message-ID"] for one in letters(tmp_path)]
    assert len(set(ids)) == len(ids) == 6
