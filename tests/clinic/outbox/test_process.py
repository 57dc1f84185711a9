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
    """So many workers; each is asked to end, and must end well."""
    settings = {"ALO_DATABASE_URL": url_of(clinic), "ALO_MAIL_DIR": str(mail), "ALO_SPOOL": str(mail / "spool")}
    command = [sys.executable, str(REPO / "alo.py"), "worker"]
    started = [subprocess.Popen(command, env=os.environ | settings, stderr=subprocess.DEVNULL) for _ in range(count)]
    try:
        yield
    finally:
        for one in started:
            one.terminate()
        ended = [one.wait(60) for one in started]
    assert ended == [0] * count


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
