"""A COMMIT that takes longer than anybody waits, or whose outcome nobody hears."""

import threading

import pytest
from sqlalchemy import select

from clinic.bookings import SlotTaken
from clinic.services import open_clinic
from clinic.settings import Settings
from db.retry import OutcomeUnknown
from db.session import Database
from db.tables import Appointment, AppointmentChange
from tests.clinic.proxy import Proxy

KEY = "1699.7:3"


@pytest.fixture
def proxy(served_clinic):
    proxy = Proxy(served_clinic.database.url.port)
    yield proxy
    proxy.close()


@pytest.fixture
def far(served_clinic, proxy):
    """The same clinic, its database behind the proxy."""
    url = served_clinic.database.url.set(port=proxy.port).render_as_string(hide_password=False)
    database = Database(url)
    database.write(lambda _connection: None)  # a new connection says COMMIT too
    yield open_clinic(Settings(database_url=url), served_clinic.clock, database)
    database.close()


def booking_of(clinic, key=KEY):
    """A booking by Alice, ready to be made; and its slot."""
    slot = clinic.slot()
    hold = clinic.bookings.hold(slot, by="1699.7")
    terms = clinic.terms(slot)
    return slot, lambda there: there.bookings.book(clinic.people["alice"], hold, terms, "telephone", key=key)


def in_background(work):
    """A thread, and the list its result will be in."""
    done = []
    thread = threading.Thread(target=lambda: done.append(work()))
    thread.start()
    return thread, done


def events(clinic):
    return [row.event for row in clinic.database.rows(select(AppointmentChange.event).order_by(AppointmentChange.id))]


def test_a_booking_that_commits_late_is_withdrawn_under_its_key(served_clinic, far, proxy):
    slot, book = booking_of(served_clinic)
    proxy.at_commit = "stall"
    thread, done = in_background(lambda: book(far))
    assert proxy.stalled.wait(60)
    assert served_clinic.bookings.upcoming(served_clinic.people["alice"]) == []  # the menu has given up by now
    proxy.release()
    thread.join(60)
    assert done and served_clinic.bookings.withdraw(KEY) is True
    assert served_clinic.bookings.upcoming(served_clinic.people["alice"]) == []
    assert (events(served_clinic), served_clinic.slot()) == (["booked", "withdrawn"], slot)


def test_a_late_booking_the_person_has_taken_over_stays(served_clinic, far, proxy):
    _, book = booking_of(served_clinic)
    proxy.at_commit = "stall"
    thread, done = in_background(lambda: book(far))
    assert proxy.stalled.wait(60)
    proxy.release()
    thread.join(60)
    [booked] = done
    served_clinic.bookings.confirm(served_clinic.people["alice"], booked.id, "web")
    assert served_clinic.bookings.withdraw(KEY) is False
    assert served_clinic.bookings.upcoming(served_clinic.people["alice"])[0].id == booked.id


def test_a_hold_that_ran_out_while_the_database_was_slow_is_anybodys(served_clinic, far, proxy):
    """The slot row is locked until the slow COMMIT is through: the other booker waits for it and then hears of it."""
    slot, book = booking_of(served_clinic)
    proxy.at_commit = "stall"
    thread, done = in_background(lambda: book(far))
    assert proxy.stalled.wait(60)
    threading.Timer(0.5, proxy.release).start()
    served_clinic.clock.move(minutes=6)
    with pytest.raises(SlotTaken):
        served_clinic.bookings.hold(slot, by="other")
    thread.join(60)
    assert done


@pytest.mark.parametrize("cut", ["cut before", "cut after"])
def test_a_connection_lost_at_commit_books_once(served_clinic, far, proxy, cut):
    _, book = booking_of(served_clinic)
    proxy.at_commit = cut
    booked = book(far)
    assert served_clinic.bookings.upcoming(served_clinic.people["alice"]) == [booked]
    assert events(served_clinic) == ["booked"]
    assert len(served_clinic.database.rows(select(Appointment.id))) == 1


@pytest.mark.parametrize("cut", ["cut before", "cut after"])
def test_a_connection_lost_at_commit_moves_once(served_clinic, far, proxy, cut):
    alice = served_clinic.people["alice"]
    old = served_clinic.book("alice")
    hold = served_clinic.bookings.hold(served_clinic.slot(), by="1699.7")
    proxy.at_commit = cut
    new = far.bookings.reschedule(alice, old.id, hold, "telephone", key=KEY)
    assert served_clinic.bookings.upcoming(alice) == [new]


def test_without_a_key_nobody_can_tell(served_clinic, far, proxy):
    _, book = booking_of(served_clinic, key=None)
    proxy.at_commit = "cut before"
    with pytest.raises(OutcomeUnknown):
        book(far)
