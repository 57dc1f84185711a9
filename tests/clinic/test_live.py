"""What has just changed reaches who watches: once, soon, whatever the order of COMMITs."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest

from clinic import live
from clinic.live import Event, concerns, put


@pytest.fixture(autouse=True)
def some_time_ago(request):
    """How the clinic was set up is no news any more."""
    for name in {"clinic", "any_clinic", "served_clinic"} & set(request.fixturenames):
        request.getfixturevalue(name).clock.move(seconds=11)


def ids(events):
    return [one.entity_id for one in events]


def put_and_wait(clinic, entity_id, written, go_on):
    """Insert at once, commit when told to."""

    def work(connection):
        put(connection, "test", entity_id, at=clinic.clock())
        written.set()
        assert go_on.wait(60)

    clinic.database.write(work)


def viewer(*roles, units=(), doctor=None, patients=()):
    return SimpleNamespace(roles=roles, unit_ids=units, doctor_id=doctor, patient_ids=patients)


def test_eleven_committed_before_ten_loses_neither(served_clinic):
    clinic, written, go_on = served_clinic, threading.Event(), threading.Event()
    clinic.live.put("test", 9)
    clinic.clock.move(seconds=11)
    reader = clinic.live.reader()
    start = reader.cursor
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(put_and_wait, clinic, 10, written, go_on)
        assert written.wait(60)
        clinic.live.put("test", 11)
        assert (ids(reader.poll()), reader.cursor) == ([11], start)
        go_on.set()
        late.result()
    assert (ids(reader.poll()), reader.cursor) == ([10], start + 2)
    assert reader.poll() == []


def test_a_booking_is_told_with_whom_it_concerns(any_clinic):
    reader = any_clinic.live.reader()
    booked = any_clinic.book("alice")
    [event] = reader.poll()
    assert (event.topic, event.entity_id) == (live.APPOINTMENT, booked.id)
    assert (event.unit_id, event.doctor_id) == (booked.unit_id, booked.doctor_id)
    assert event.patient_id == any_clinic.people["alice"].id


def test_every_change_is_told_once(clinic):
    reader = clinic.live.reader()
    booked = clinic.book("alice")
    clinic.bookings.arrive(booked.id, "user:1")
    assert ids(reader.poll()) == [booked.id, booked.id]
    assert reader.poll() == []


def gap_after(clinic):
    """A reader that saw 1 and 3; nobody will ever commit 2."""
    reader = clinic.live.reader()
    for number in (1, 2, 3):
        clinic.live.put("test", number)
    clinic.database.write(lambda c: c.exec_driver_sql("DELETE FROM live_events WHERE entity_id = 2"))
    return reader


def test_a_gap_is_passed_when_nothing_can_come_of_it_any_more(clinic):
    reader = gap_after(clinic)
    start = reader.cursor
    assert (ids(reader.poll()), reader.cursor) == ([1, 3], start + 1)
    clinic.clock.move(seconds=11)
    assert (reader.poll(), reader.cursor) == ([], start + 3)


def test_who_was_away_is_told_what_was_missed(clinic):
    start = clinic.live.reader().cursor
    for number in (1, 2, 3):
        clinic.live.put("test", number)
    assert ids(clinic.live.since(start + 1)) == [2, 3]
    assert clinic.live.since(start + 3) == []


def test_events_are_kept_for_a_day_and_an_older_cursor_is_reset(clinic):
    start = clinic.live.reader().cursor
    clinic.live.put("test", 1)
    clinic.live.put("test", 2)
    clinic.clock.move(hours=25)
    clinic.live.put("test", 3)
    assert clinic.live.sweep() == start + 2
    assert clinic.live.since(start + 1) is None
    assert ids(clinic.live.since(start + 2)) == [3]


def test_the_last_event_stays_so_that_it_is_known_what_was_missed(clinic):
    start = clinic.live.reader().cursor
    clinic.live.put("test", 1)
    clinic.live.put("test", 2)
    clinic.clock.move(hours=25)
    assert clinic.live.sweep() == start + 1
    assert (clinic.live.since(start), clinic.live.since(start + 2)) == (None, [])


def test_a_cursor_of_another_database_is_reset(clinic):
    assert clinic.live.since(99) is None


def test_a_reader_begins_with_what_may_still_be_under_way(clinic):
    clinic.live.put("test", 1)
    clinic.clock.move(seconds=11)
    clinic.live.put("test", 2)
    assert ids(clinic.live.reader().poll()) == [2]


OF_ALICE = Event(1, "appointment", 7, unit_id=3, doctor_id=4, patient_id=5)


@pytest.mark.parametrize(
    ("who", "told"),
    [
        (viewer("manager"), True),
        (viewer("attendant"), True),
        (viewer("attendant", units=(3,)), True),
        (viewer("attendant", units=(9,)), False),
        (viewer("doctor", doctor=4), True),
        (viewer("doctor", doctor=8), False),
        (viewer("patient", patients=(5,)), True),
        (viewer("patient", patients=(6, 5)), True),  # a dependant's
        (viewer("patient", patients=(6,)), False),
        (viewer("patient"), False),
    ],
)
def test_who_is_told_of_an_appointment(who, told):
    assert concerns(OF_ALICE, who) is told


def test_nobody_is_told_of_sessions():
    assert not concerns(Event(1, live.SESSION, 7, None, None, None), viewer("admin"))


def test_a_gap_is_waited_for_as_long_as_a_transaction_may_take():
    assert timedelta(seconds=5) < live.GAP <= timedelta(seconds=10)


def test_an_absence_is_told_to_who_looks_at_the_agenda(clinic):
    reader, doctor = clinic.live.reader(), clinic.at.doctors["marina"]
    clinic.agenda.add_absence(doctor, clinic.clock(), clinic.clock() + timedelta(days=1))
    assert [(one.topic, one.doctor_id) for one in reader.poll()] == [("schedule", doctor)]
