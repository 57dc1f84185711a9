"""Waiting for a time."""

from sqlalchemy import select

from db.tables import Waiting


def test_the_same_wish_is_one_row(any_clinic):
    clinic, alice, general = any_clinic, any_clinic.people["alice"], any_clinic.at.specialties["general"]
    first, second = (clinic.waiting_list.join(alice, general, "telephone", protocol=str(n)) for n in range(2))
    assert first == second
    assert second.protocol == "0"
    assert len(clinic.database.rows(select(Waiting.id))) == 1


def test_a_place_taken_without_a_protocol_gets_the_next_one(clinic):
    join, alice, general = clinic.waiting_list.join, clinic.people["alice"], clinic.at.specialties["general"]
    places = [join(alice, general, "web", protocol=protocol) for protocol in (None, "7", "8")]
    assert [place.protocol for place in places] == [None, "7", "7"]


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
