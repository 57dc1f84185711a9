"""A doctor runs late; and whom the desk must call."""

from datetime import date, timedelta

import pytest

from clinic.days import Choice

DESK, MONDAY = "user:1", date(2026, 11, 23)


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


def marina(clinic):
    return clinic.at.doctors["marina"]


def visits(clinic):
    [column] = clinic.desk.days.day(Choice(doctor_id=marina(clinic)), MONDAY).columns
    return column.visits


def waiting(clinic):
    return [(one.event, one.name, one.number) for one in clinic.desk.notices.waiting()]


def test_a_delay_moves_the_expected_times(clinic):
    clinic.book("alice", clinic.slot("marina"))
    [hit] = clinic.desk.delays.set(marina(clinic), MONDAY, 20, DESK, "cirurgia")
    [visit] = visits(clinic)
    assert visit.expected_at == hit.expected_at == visit.starts_at + timedelta(minutes=20)


def test_who_is_hit_is_told_before(clinic):
    booked = clinic.book("alice", clinic.slot("marina"))
    assert [one.id for one in clinic.desk.delays.would_hit(marina(clinic), MONDAY, 20)] == [booked.id]
    assert visits(clinic)[0].delay == 0


def test_each_history_says_so(clinic):
    booked = clinic.book("alice", clinic.slot("marina"))
    clinic.desk.delays.set(marina(clinic), MONDAY, 20, DESK)
    change = clinic.desk.cards.visit(booked.id, DESK).changes[-1]
    assert (change.event, change.note, change.by) == ("delayed", "20", DESK)


def test_the_last_word_counts_and_zero_is_in_time_again(clinic):
    clinic.book("alice", clinic.slot("marina"))
    for minutes in (20, 45, 0):
        clinic.desk.delays.set(marina(clinic), MONDAY, minutes, DESK)
    assert visits(clinic)[0].delay == 0


def test_what_is_over_is_not_hit(clinic):
    clinic.book("alice", clinic.slot("marina"))
    clinic.clock.move(hours=6)
    assert clinic.desk.delays.set(marina(clinic), MONDAY, 20, DESK) == []


@pytest.mark.parametrize("minutes", [-1, 481])
def test_nonsense_is_refused(clinic, minutes):
    with pytest.raises(ValueError, match=str(minutes)):
        clinic.desk.delays.set(marina(clinic), MONDAY, minutes, DESK)


def test_a_delay_is_told_to_who_watches(clinic):
    clinic.clock.move(seconds=11)
    reader = clinic.live.reader()
    clinic.desk.delays.set(marina(clinic), MONDAY, 20, DESK)
    assert [(one.topic, one.doctor_id) for one in reader.poll()] == [("delay", marina(clinic))]


def test_who_has_no_contact_is_on_the_list(clinic):
    clinic.book("zeca", clinic.slot("marina"))
    assert waiting(clinic) == [("booked", "José Carvalho", "")]


def test_who_has_a_telephone_is_called_when_the_clinic_changes_something(clinic):
    clinic.book("alice", clinic.slot("marina"))
    assert waiting(clinic) == []
    clinic.desk.delays.set(marina(clinic), MONDAY, 20, DESK)
    assert waiting(clinic) == [("delayed", "Alice Ferreira", "5511987654321")]


def test_a_call_made_is_marked_and_done_with_what_came_before(clinic):
    clinic.book("zeca", clinic.slot("marina"))
    clinic.desk.delays.set(marina(clinic), MONDAY, 20, DESK)
    [notice] = clinic.desk.notices.waiting()
    for _ in range(2):
        clinic.desk.notices.done(notice.change_id, DESK)
    assert waiting(clinic) == []


def test_another_change_is_another_call(clinic):
    clinic.book("alice", clinic.slot("marina"))
    clinic.desk.delays.set(marina(clinic), MONDAY, 20, DESK)
    clinic.desk.notices.done(clinic.desk.notices.waiting()[0].change_id, DESK)
    clinic.desk.delays.set(marina(clinic), MONDAY, 40, DESK)
    assert [one.note for one in clinic.desk.notices.waiting()] == ["40"]


def test_the_clinics_own_cancelling_is_told(clinic):
    booked = clinic.book("alice", clinic.slot("marina"))
    clinic.desk.bookings.cancel_for(booked.id, "clinic", DESK)
    assert [one[0] for one in waiting(clinic)] == ["cancelled"]


def test_nobody_who_is_here_or_comes_no_more_is_called_about_a_delay(clinic):
    visits = [clinic.book(who, clinic.slot("marina")) for who in ("alice", "bruno")]
    clinic.desk.delays.set(marina(clinic), MONDAY, 20, DESK)
    clinic.bookings.arrive(visits[0].id, DESK)
    clinic.desk.bookings.cancel_for(visits[1].id, "cannot_attend", DESK)
    assert waiting(clinic) == []


def test_a_unit_sees_its_own(clinic):
    clinic.book("zeca", clinic.slot("marina"))
    assert clinic.desk.notices.waiting([clinic.at.units["norte"]]) == []
    assert len(clinic.desk.notices.waiting([clinic.at.units["centro"]])) == 1


def test_nobody_is_called_about_the_past(clinic):
    clinic.book("zeca", clinic.slot("marina"))
    clinic.clock.move(days=1)
    assert waiting(clinic) == []


def test_there_is_no_such_change(clinic):
    with pytest.raises(KeyError):
        clinic.desk.notices.done(10_000, DESK)
