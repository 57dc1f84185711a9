"""What may be wished for in the list, and the list in parts as programs read it."""

import pytest

from clinic.waiting.wanted import Wanted, faults
from tests.clinic.waiting.listed import joins

NOT_THERE = ["unit_of_doctor", "payer_there"]


@pytest.mark.parametrize(
    ("specialty", "doctor", "unit", "payer", "wrong"),
    [
        ("general", None, None, None, []), ("general", "marina", "centro", "saude", []),
        (None, "marina", None, None, ["specialty"]), ("general", "rita", None, None, ["doctor"]),
        ("cardiology", "sergio", None, None, ["doctor"]), ("general", None, "other", None, ["unit"]),
        ("general", "marina", "norte", None, ["unit_of_doctor"]), ("general", "marina", "norte", "saude", NOT_THERE),
        ("general", "paulo", None, "saude", ["payer_of_doctor"]), ("general", None, None, "none", ["payer"]),
    ],
    ids=str,
)  # fmt: skip
def test_a_wish_is_for_what_there_is(clinic, specialty, doctor, unit, payer, wrong):
    at = clinic.at
    asked = Wanted(
        at.specialties.get(specialty), at.doctors.get(doctor), at.units.get(unit, 999) if unit else None,
        at.payers.get(payer, 999) if payer else None,
    )  # fmt: skip
    assert list(faults(clinic.desk.roster(), set(at.units.values()), asked)) == wrong


def test_the_list_is_read_in_parts_by_id(any_clinic):
    clinic, units = any_clinic, any_clinic.at.units
    here, anywhere = joins(clinic, "alice", unit_id=units["centro"]), joins(clinic, "bruno")
    there, part = joins(clinic, "carla", "cardiology", unit_id=units["norte"]), clinic.waiting_list.places.part
    assert [one.id for one in part(0, 2)] == [here, anywhere]
    assert [one.id for one in part(anywhere, 2)] == [there]
    assert [one.id for one in part(0, 9, units=[units["centro"]])] == [here, anywhere]
    assert [one.id for one in part(0, 9, unit_id=units["norte"])] == [anywhere, there]
    assert [one.id for one in part(0, 9, patients=[clinic.people["bruno"].id])] == [anywhere]
    assert part(0, 9, patients=[]) == []
    assert [one.id for one in part(0, 9, specialty_id=clinic.at.specialties["cardiology"])] == [there]
