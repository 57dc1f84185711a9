"""Whose records somebody may see."""

from functools import cache

import pytest

from clinic.access import may_see_doctor, may_see_unit
from clinic.users import Viewer
from tests.admin_web.site import make_user


@pytest.fixture
def see(clinic):
    """A viewer by short name."""
    made = cache(lambda who: make_user(clinic, who))
    return lambda who: clinic.users.viewer(made(who))


def seen(clinic, viewer):
    """The short names of the patients somebody may see."""
    return {name for name, one in clinic.people.items() if clinic.access.may_see_patient(viewer, one.id)}


def test_a_patient_sees_themselves_and_dependants(clinic, see):
    assert seen(clinic, see("patient")) == {"alice", "davi"}


def test_a_doctor_sees_who_has_or_had_an_appointment(clinic, see):
    marina = see("doctor")
    assert seen(clinic, marina) == set()
    booking = clinic.book("bruno")
    clinic.book("carla", clinic.slot("paulo"))
    assert seen(clinic, marina) == {"bruno"}
    clinic.bookings.cancel(clinic.people["bruno"], booking.id, "patient", "telephone")
    assert seen(clinic, marina) == {"bruno"}


@pytest.mark.parametrize("who", ["attendant", "centro_attendant", "manager", "admin"])
def test_staff_sees_every_patient(clinic, see, who):
    assert seen(clinic, see(who)) == set(clinic.people)


def test_who_is_nothing_yet_sees_nothing(clinic):
    odd = Viewer(1, "x", frozenset({"patient", "doctor"}))
    assert seen(clinic, odd) == set()
    assert not clinic.access.may_see_appointment(odd, clinic.book().id)


def test_a_patients_record_without_the_role_opens_nothing(clinic):
    assert seen(clinic, Viewer(1, "x", frozenset(), patient_id=clinic.people["alice"].id)) == set()


def test_whose_appointment_it_is(clinic, see):
    mine, other = clinic.book("davi").id, clinic.book("bruno", clinic.slot("paulo")).id
    for who, both in {
        "patient": (True, False), "doctor": (True, False), "attendant": (True, True), "manager": (True, True),
    }.items():  # fmt: skip
        viewer = see(who)
        assert tuple(clinic.access.may_see_appointment(viewer, one) for one in (mine, other)) == both, who


def test_an_attendant_sees_the_appointments_of_their_units(clinic, see):
    here, there = clinic.book("alice").id, clinic.book("bruno", clinic.slot("rita", "cardiology"), "cardiology").id
    attendant = see("centro_attendant")
    assert [clinic.access.may_see_appointment(attendant, one) for one in (here, there)] == [True, False]
    assert [may_see_unit(attendant, clinic.at.units[name]) for name in ("centro", "norte")] == [True, False]


def test_what_does_not_exist_is_nobodys(clinic, see):
    assert not clinic.access.may_see_patient(see("patient"), 999)
    assert not clinic.access.may_see_appointment(see("doctor"), 999)


def test_a_doctor_arranges_their_own_hours_and_staff_everybodys(clinic, see):
    marina, rita = clinic.at.doctors["marina"], clinic.at.doctors["rita"]
    assert [may_see_doctor(see("doctor"), one) for one in (marina, rita)] == [True, False]
    assert may_see_doctor(see("attendant"), rita)


def test_a_patient_books_for_themselves_first_and_for_dependants(clinic, see):
    assert clinic.access.acts_for(see("patient")) == [clinic.people["alice"].id, clinic.people["davi"].id]
    assert clinic.access.acts_for(Viewer(1, "x", frozenset({"manager"}))) == []
