"""A row at which the database fails again and again: the others go on, and it ends."""

import contextlib

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from clinic.outbox.claims import LEASE, Claims
from clinic.outbox.sending import MOST_TRIES, Sending
from clinic.outbox.writing import Letter
from db.tables import OutboxRow
from tests.clinic.media.letters import MESSAGE
from tests.clinic.outbox.posts import Post
from tests.clinic.outbox.test_faults import many


class Breaking:
    """Writes messages; at one of them the database fails, as long as it is told to."""

    def __init__(self, uid):
        self.uid, self.written = uid, []

    def write(self, row):
        if row.uid == self.uid:
            raise OperationalError("SELECT", {}, Exception("gone"))
        self.written.append(row.uid)
        return Letter("email", MESSAGE)


class There:
    """Three messages, a worker that fails at the first, and time that only goes on when told to."""

    def __init__(self, clinic):
        self.uids, self.clinic, self.now = many(clinic, 3), clinic, 0.0
        self.writer = Breaking(self.uids[0])
        claims = Claims(clinic.database, clinic.clock, ticks=lambda: self.now)
        self.sending = Sending(claims, None, self.writer, {"email": Post()}, clinic.clock)

    def rounds(self):
        """Two, the second after whoever left something has lost it."""
        for _ in range(2):
            with contextlib.suppress(OperationalError):
                self.sending.round()
            self.now += LEASE.total_seconds()
            self.clinic.clock.move(minutes=2)

    def culprit(self):
        wanted = select(OutboxRow.status, OutboxRow.reason, OutboxRow.attempts)
        return self.clinic.database.first(wanted.where(OutboxRow.uid == self.uids[0]))


@pytest.fixture
def there(any_clinic):
    return There(any_clinic)


def test_the_others_are_sent_in_the_next_round(there):
    with pytest.raises(OperationalError):
        there.sending.round()
    there.sending.round()
    assert sorted(there.writer.written) == sorted(there.uids[1:])


def test_it_is_given_up_in_the_end(there):
    for _ in range(2 * MOST_TRIES):
        there.rounds()
    assert (there.culprit().status, there.culprit().reason) == ("failed", "crashed")


def test_it_is_tried_again_and_sent_when_the_database_is_back(there):
    there.rounds()
    there.writer.uid = None
    for _ in range(3):
        there.rounds()
    assert (there.culprit().status, len(there.writer.written)) == ("sent", 3)
