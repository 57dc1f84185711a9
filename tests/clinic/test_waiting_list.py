"""Waiting for a time."""

from sqlalchemy import select

from db.tables import Waiting


def test_the_same_wish_is_one_row(any_clinic):
    clinic, alice, general = any_clinic, any_clinic.people["alice"], any_clinic.at.specialties["general"]
    first, second = (clinic.waiting_list.join(alice, general, "telephone", protocol=str(n)) for n in range(2))
    assert first == second
    assert len(clinic.database.rows(select(Waiting.id))) == 1


def test_other_wishes_are_other_rows(any_clinic):
    clinic, general = any_clinic, any_clinic.at.specialties["general"]
    join = clinic.waiting_list.join
    rows = {
        join(clinic.people["alice"], general, "telephone"),
        join(clinic.people["alice"], general, "telephone", period="morning"),
        join(clinic.people["alice"], general, "telephone", doctor_id=clinic.at.doctors["marina"]),
        join(clinic.people["bruno"], general, "telephone"),
    }
    assert len(rows) == 4


def test_a_pre_registration_may_wait_too(clinic):
    person = clinic.patients.pre_register(None, clinic.people["alice"].birth_date, None, None, None)
    clinic.waiting_list.join(person, clinic.at.specialties["general"], "telephone", protocol="261123000001")
    row = clinic.database.first(select(Waiting.pre_registration_id, Waiting.protocol, Waiting.status))
    assert tuple(row) == (person.id, "261123000001", "waiting")
