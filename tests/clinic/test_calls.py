"""Call records: never left open, told once where to go on."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db.tables import CallRecord


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


def started(clinic, uniqueid="1.1", **more):
    clinic.calls.started(uniqueid, uniqueid, "5511987654321", "1133334444", clinic.at.units["centro"], **more)


def record(clinic, uniqueid="1.1"):
    return clinic.database.first(select(CallRecord.__table__).where(CallRecord.uniqueid == uniqueid))


def cut_off(clinic, who="alice", uniqueid="1.1", resume=None):
    started(clinic, uniqueid)
    clinic.calls.identified(uniqueid, clinic.people[who])
    clinic.calls.ended(uniqueid, "hung_up", ["greeting", "booking"], resume or {"menu": "booking"})


def test_a_call_is_written_down(clinic):
    started(clinic)
    clinic.calls.entered("1.1", "booking")
    clinic.calls.identified("1.1", clinic.people["alice"])
    assert (record(clinic).menu, record(clinic).patient_id) == ("booking", clinic.people["alice"].id)
    clinic.calls.ended("1.1", "finished", ["greeting", "main"])
    row = record(clinic)
    assert (row.outcome, row.trail, row.ended_at, row.menu) == ("finished", "greeting main", clinic.clock(), "")


def test_the_end_of_a_call_frees_what_it_held(clinic):
    slot = clinic.slot()
    clinic.bookings.hold(slot, by="1.1")
    clinic.bookings.hold(clinic.slot(), by="1.10")
    clinic.calls.ended("1.1", "hung_up", [])
    assert clinic.slot() == slot


def test_a_call_that_enters_again_goes_on_in_its_record(clinic):
    started(clinic)
    clinic.calls.ended("1.1", "handed over", [])
    started(clinic)
    assert record(clinic).ended_at is None


def test_who_was_cut_off_is_asked_once_whether_to_go_on(clinic):
    cut_off(clinic, resume={"menu": "booking", "wish": {"specialty_id": 1}})
    found = clinic.calls.resume_for(clinic.people["alice"], "1.2")
    assert found == {"menu": "booking", "wish": {"specialty_id": 1}}
    assert clinic.calls.resume_for(clinic.people["alice"], "1.2") is None


def test_after_ten_minutes_one_begins_anew(clinic):
    cut_off(clinic)
    clinic.clock.move(minutes=11)
    assert clinic.calls.resume_for(clinic.people["alice"], "1.2") is None


def test_where_one_was_is_told_to_nobody_else(clinic):
    cut_off(clinic)
    assert clinic.calls.resume_for(clinic.people["bruno"], "1.2") is None


def test_a_finished_call_is_not_resumed(clinic):
    cut_off(clinic)
    clinic.clock.move(minutes=1)
    started(clinic, "1.2")
    clinic.calls.identified("1.2", clinic.people["alice"])
    clinic.calls.ended("1.2", "finished", [])
    assert clinic.calls.resume_for(clinic.people["alice"], "1.3") is None


def test_a_call_has_one_protocol(clinic):
    number = clinic.calls.protocol("1.1")
    assert number == clinic.calls.protocol("1.1") != clinic.calls.protocol("1.2")
    assert len(number) == 12 and number.startswith("261123")


def test_a_protocols_day_is_the_clinics(clinic):
    clinic.clock.move(hours=14)  # two in the morning in UTC, eleven in the evening in São Paulo
    assert clinic.calls.protocol("1.1").startswith("261123")


def test_a_score_is_from_one_to_five(clinic):
    started(clinic)
    clinic.calls.rate("1.1", 5)
    assert record(clinic).rating == 5
    with pytest.raises(ValueError, match="6"):
        clinic.calls.rate("1.1", 6)


def test_calls_of_a_crash_are_closed_as_lost(clinic):
    started(clinic, "old")
    clinic.bookings.hold(clinic.slot(), by="old")
    clinic.clock.move(hours=3)
    started(clinic, "new")
    assert clinic.calls.close_left_open(timedelta(hours=2)) == 1
    assert (record(clinic, "old").outcome, record(clinic, "new").ended_at) == ("lost", None)
