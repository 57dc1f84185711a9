"""The stamp of the agenda is another after every change, whatever the order of COMMITs, and the same without one."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from clinic.live import put
from clinic.patient_forms import PatientForm
from clinic.stamps import LONGEST_S, MANY
from db.tables import AppointmentChange
from tests.clinic.small_clinic import same_clinic


@pytest.fixture
def stamps(any_clinic):
    return any_clinic.desk.stamps


def absence(clinic, start=None):
    start = start or clinic.clock() + timedelta(days=1)
    clinic.agenda.add_absence(clinic.at.doctors["marina"], start, start + timedelta(hours=1), "Congresso")


def hours(clinic):
    clinic.agenda.set_hours(clinic.at.doctors["rita"], [])


def closed(clinic):
    clinic.closings.add(date(2026, 11, 26), "Aniversário da clínica")


def renamed(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"name": "Outra"}))


def corrected(clinic):
    form = PatientForm(name="Alice Prado", birth_date="05/04/1980", cpf="529.982.247-25", phones="11 98765-4321")
    clinic.desk.intake.correct(clinic.people["alice"].id, form, "user:1")


def heard(clinic):
    clinic.patients.pre_register(None, date(1990, 1, 1), "5511900000000", None, None)


CHANGES = {
    "booked": lambda clinic: clinic.book("alice"),
    "held by telephone": lambda clinic: clinic.bookings.hold(clinic.slot("marina"), by="call"),
    "away": absence,
    "other hours": hours,
    "a holiday": closed,
    "the clinic's name": renamed,
    "a patient's name": corrected,
    "somebody new on the telephone": heard,
    "more slots": lambda clinic: clinic.agenda.generate(clinic.at.doctors["marina"], date(2027, 6, 1)),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_another_stamp(any_clinic, stamps, change):
    before = stamps.now()
    CHANGES[change](any_clinic)
    assert stamps.now() != before


def test_that_somebody_was_told_is_another_stamp(any_clinic, stamps):
    any_clinic.book("alice")
    [change] = any_clinic.database.rows(select(AppointmentChange.id))
    before = stamps.now()
    any_clinic.desk.notices.done(change.id, "user:1")
    assert stamps.now() != before


def test_without_a_change_it_is_the_same(any_clinic, stamps):
    any_clinic.book("alice")
    assert stamps.now() == stamps.now()


def optional_days_close(clinic):
    clinic.profile.change({"optional_holidays": False}, clinic.profile.stamp())


ELSEWHERE = {name: CHANGES[name] for name in ("held by telephone", "a holiday")} | {"days close": optional_days_close}


@pytest.mark.parametrize("change", ELSEWHERE)
def test_what_another_process_does_is_another_stamp(any_clinic, stamps, change):
    before = stamps.now()
    other = same_clinic(any_clinic, str(any_clinic.database.url.render_as_string(hide_password=False)))
    ELSEWHERE[change](other)
    other.database.close()
    assert (stamps.now().events, stamps.now().holds) != (before.events, before.holds)


def test_giving_back_and_holding_again_are_two_more(any_clinic, stamps):
    slot = any_clinic.slot("marina")
    seen = [stamps.now()]
    for _ in range(2):
        hold = any_clinic.bookings.hold(slot, by="call")
        seen.append(stamps.now())
        any_clinic.bookings.release(hold)
    assert [one == other for one in seen for other in seen].count(True) == len(seen)


def test_a_hold_that_is_over_is_taken_away_before_anything_is_kept(any_clinic, stamps):
    any_clinic.bookings.hold(any_clinic.slot("marina"), by="call")
    any_clinic.clock.move(minutes=6)
    assert stamps.now() is None
    stamps.sweep()
    assert stamps.now().holds == ()


def test_what_is_given_up_outside_the_hours_is_taken_away_too(any_clinic, stamps):
    booking = any_clinic.book("alice")
    absence(any_clinic, booking.starts_at)
    any_clinic.bookings.cancel(any_clinic.people["alice"], booking.id, reason="other", via="telephone")
    any_clinic.clock.move(minutes=1)
    stamps.sweep()
    assert stamps.now().holds == ()


def test_time_alone_makes_another_one(any_clinic, stamps):
    before = stamps.now()
    any_clinic.clock.move(seconds=LONGEST_S)
    assert stamps.now() != before
    assert 60 % LONGEST_S == 0


def test_eleven_committed_before_ten_are_two_changes(served_clinic):
    clinic, written, go_on = served_clinic, threading.Event(), threading.Event()

    def ten(connection):
        put(connection, "test", 10, at=clinic.clock())
        written.set()
        assert go_on.wait(60)

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(clinic.database.write, ten)
        assert written.wait(60)
        seen = [clinic.desk.stamps.now()]
        clinic.live.put("test", 11)
        seen.append(clinic.desk.stamps.now())
        go_on.set()
        late.result()
    seen.append(clinic.desk.stamps.now())
    assert [len({one.events[1] for one in seen}), seen[1] == seen[2]] == [3, False]


def test_many_events_are_not_counted_for_ever(clinic):
    stamps = clinic.desk.stamps
    stamps.now()
    for number in range(MANY + 1):
        clinic.live.put("test", number)
    before = stamps.now()
    clinic.clock.move(seconds=11)
    after = stamps.now()
    assert (before.events[1] > MANY, after.events[1], after.events[0] > before.events[0]) == (True, 0, True)
