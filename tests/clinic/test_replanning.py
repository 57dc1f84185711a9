"""What touches the time of many doctors: closed days are closed at once, a worker makes the slots anew."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, func, select

from clinic.bookings import NotAllowed, SlotTaken
from clinic.editing import Editing, stamp
from clinic.roster import Rosters
from clinic.slot_making import lock
from db.tables import Doctor, Slot
from tests.clinic.small_clinic import same_clinic

TUESDAY = date(2026, 11, 24)
CARNIVAL = date(2027, 2, 9)


def tuesdays_slot(clinic, day=TUESDAY):
    return clinic.agenda.on_day(clinic.criteria(doctor="marina"), day).times[0]


def open_slots(clinic, day=TUESDAY):
    there = (Slot.starts_at >= datetime(day.year, day.month, day.day, 3, tzinfo=UTC), Slot.status != "blocked")
    until = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
    return clinic.database.first(select(func.count()).select_from(Slot).where(*there, Slot.starts_at < until))[0]


def test_a_closed_day_is_closed_at_once(any_clinic):
    slot = tuesdays_slot(any_clinic)
    any_clinic.closings.add(TUESDAY, "Reforma")
    with pytest.raises(SlotTaken):
        any_clinic.bookings.hold(slot, by="call")
    assert (open_slots(any_clinic), any_clinic.agenda.behind().doctors) == (0, 4)


def test_who_is_deciding_loses_the_time_of_a_closed_day(any_clinic):
    slot = tuesdays_slot(any_clinic)
    hold = any_clinic.bookings.hold(slot, by="call")
    any_clinic.closings.add(TUESDAY, "Reforma")
    with pytest.raises(SlotTaken):
        any_clinic.bookings.book(any_clinic.people["alice"], hold, any_clinic.terms(slot), "telephone")


def test_time_that_was_booked_is_not_free_again_on_a_closed_day(any_clinic):
    visit = any_clinic.book("alice", tuesdays_slot(any_clinic))
    any_clinic.closings.add(TUESDAY, "Reforma")
    any_clinic.bookings.cancel(any_clinic.people["alice"], visit.id, "other", "telephone")
    any_clinic.clock.move(minutes=1)
    any_clinic.agenda.next_free(any_clinic.criteria())  # lapsed holds are freed
    assert open_slots(any_clinic) == 0


def test_a_worker_makes_the_slots_anew(any_clinic):
    before = open_slots(any_clinic)
    any_clinic.closings.add(TUESDAY, "Reforma")
    assert any_clinic.agenda.catch_up() == 4
    any_clinic.closings.remove(any_clinic.closings.own()[0].id)
    assert open_slots(any_clinic) == 0
    assert (any_clinic.agenda.catch_up(), any_clinic.agenda.catch_up()) == (4, 0)
    assert (open_slots(any_clinic), any_clinic.agenda.behind().since) == (before, None)


def test_a_day_that_is_given_back_before_the_worker_came_is_whole_again(clinic):
    before = open_slots(clinic)
    clinic.closings.add(TUESDAY, "Reforma")
    clinic.closings.remove(clinic.closings.own()[0].id)
    clinic.agenda.catch_up()
    assert open_slots(clinic) == before


def test_another_worker_goes_on_where_one_stopped(clinic, tmp_path):
    clinic.closings.add(TUESDAY, "Reforma")
    clinic.agenda.generate(clinic.at.doctors["marina"])  # all that one came to
    other = same_clinic(clinic, str(clinic.database.url), tmp_path)
    assert (other.agenda.behind().doctors, other.agenda.catch_up()) == (3, 3)
    other.database.close()


def test_what_is_decided_while_slots_are_made_is_not_forgotten(served_clinic):
    marina = served_clinic.at.doctors["marina"]
    due = select(Doctor.slots_due_at).where(Doctor.id == marina)

    def making(connection):
        lock(connection, marina)
        return pool.submit(served_clinic.closings.add, TUESDAY, "Reforma")  # it has to wait

    with ThreadPoolExecutor(1) as pool:
        served_clinic.database.write(making).result(timeout=120)
    assert served_clinic.database.first(due)[0] is not None


def test_a_unit_goes_out_of_use_at_once(clinic):
    slot, centro = clinic.slot("marina"), clinic.editing.record("unit", clinic.at.units["centro"])
    hold = clinic.bookings.hold(slot, by="call")
    clinic.editing.save("unit", centro["id"], {"active": False}, stamp(centro))
    with pytest.raises(NotAllowed):
        clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(slot), "telephone")
    assert clinic.agenda.catch_up() == 4
    assert clinic.agenda.next_free(clinic.criteria()) == []


def test_a_new_street_is_no_work_for_anybody(clinic):
    centro = clinic.editing.record("unit", clinic.at.units["centro"])
    clinic.editing.save("unit", centro["id"], {"street": "Rua Nova, 1"}, stamp(centro))
    assert clinic.agenda.behind().doctors == 0


def test_days_the_law_leaves_to_the_clinic_close_and_open_with_its_settings(clinic):
    clinic.profile.change({"optional_holidays": False}, clinic.profile.stamp())
    clinic.agenda.catch_up()
    assert open_slots(clinic, CARNIVAL) > 0
    clinic.profile.change({"optional_holidays": True}, clinic.profile.stamp())
    assert (open_slots(clinic, CARNIVAL), clinic.agenda.behind().doctors) == (0, 4)


def test_whoever_books_while_a_day_closes_has_it_before_or_not_at_all(served_clinic):
    clinic, born = served_clinic, date(1990, 1, 1)
    slots = clinic.agenda.on_day(clinic.criteria(doctor="marina"), TUESDAY).times
    people = [clinic.patients.register(f"Ana {n}a", born, f"{n:011}") for n in range(len(slots))]

    def book(n):
        try:
            hold = clinic.bookings.hold(slots[n], by=f"call-{n}")
            return clinic.bookings.book(people[n], hold, clinic.terms(slots[n]), "telephone")
        except SlotTaken:
            return None

    with ThreadPoolExecutor(9) as pool:
        calls = [pool.submit(book, n) for n in range(len(slots))]
        pool.submit(clinic.closings.add, TUESDAY, "Reforma").result(timeout=120)
        booked = [one for one in (call.result(timeout=120) for call in calls) if one]
    there = select(Slot.status, Slot.off_plan).where(Slot.doctor_id == clinic.at.doctors["marina"])
    rows = clinic.database.rows(there.where(Slot.id.in_([slot.id for slot in slots])))
    assert sorted(rows) == sorted([("booked", True)] * len(booked) + [("blocked", True)] * (len(slots) - len(booked)))


class Ended(Exception):
    """The process was ended."""


class NeverMade:
    """Slots whose maker is ended before the first of them."""

    def generate(self, doctor_id):
        raise Ended


def test_a_doctor_who_is_back_gets_the_slots_also_when_their_maker_is_ended(any_clinic):
    clinic, marina = any_clinic, any_clinic.at.doctors["marina"]

    def active(editing, yes):
        record = {name: one for name, one in editing.record("doctor", marina).items() if name != "id"}
        seen, specialties, payers = editing.seen_of(marina), editing.specialties_of(marina), editing.payers_of(marina)
        editing.save_doctor(marina, record | {"active": yes}, specialties, payers, seen)

    active(clinic.editing, False)
    clinic.database.change(delete(Slot).where(Slot.doctor_id == marina))
    with pytest.raises(Ended):
        active(Editing(clinic.database, Rosters(clinic.database), NeverMade(), clinic.clock), True)
    assert clinic.agenda.catch_up() == 1
    assert clinic.slot("marina")
