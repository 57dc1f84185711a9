"""Managers edit the directory."""

from datetime import time

import pytest

from clinic.editing import NameTaken, stamp
from clinic.identities import Identity
from clinic.profile import ChangedMeanwhile
from clinic.team import crm_of


def unit(clinic, name="centro"):
    return clinic.editing.record("unit", clinic.at.units[name])


def changed(record, **values):
    return {name: value for name, value in (record | values).items() if name != "id"}


def test_records_are_listed_in_their_order(clinic):
    assert [one["name"] for one in clinic.editing.records("unit")] == ["Centro", "Santana"]
    assert [one["code"] for one in clinic.editing.records("kind")] == ["first", "consultation", "return", "exam"]


def test_a_new_record_is_offered_at_once(clinic):
    new = clinic.editing.save("specialty", None, {"name": "Pediatria", "needs_rqe": True, "position": 9})
    assert clinic.editing.record("specialty", new)["name"] == "Pediatria"
    assert "Pediatria" in clinic.names.pending()


def test_a_change_is_seen_at_once(clinic):
    now = unit(clinic)
    clinic.editing.save("unit", now["id"], changed(now, street="Rua Nova, 1"), stamp(now))
    assert clinic.units.get(now["id"]).street == "Rua Nova, 1"


def test_nobody_writes_over_what_he_has_not_seen(clinic):
    before = unit(clinic)
    clinic.editing.save("unit", before["id"], changed(before, street="Rua Nova, 1"), stamp(before))
    with pytest.raises(ChangedMeanwhile):
        clinic.editing.save("unit", before["id"], changed(before, street="Rua Velha, 2"), stamp(before))


def test_a_name_is_given_once(clinic):
    with pytest.raises(NameTaken):
        clinic.editing.save("payer", None, {"name": "Saúde Total", "private": False})


def test_a_record_that_is_not_there_is_not_saved(clinic):
    with pytest.raises(KeyError):
        clinic.editing.save("unit", 999, changed(unit(clinic)), "")
    with pytest.raises(KeyError):
        clinic.editing.record("doctor", 999)


def test_a_unit_that_closes_is_offered_no_more(clinic):
    now = unit(clinic)
    clinic.editing.save("unit", now["id"], changed(now, active=False), stamp(now))
    clinic.agenda.catch_up()
    assert clinic.agenda.next_free(clinic.criteria(doctor="marina")) == []
    assert clinic.units.get(now["id"]).name == "Centro"


def test_a_doctor_has_an_rqe_for_each_specialty(clinic):
    heart, general = clinic.at.specialties["cardiology"], clinic.at.specialties["general"]
    marina = clinic.at.doctors["marina"]
    now = clinic.editing.record("doctor", marina)
    centro, particular = clinic.at.units["centro"], clinic.at.payers["particular"]
    pairs = frozenset({(particular, centro)})
    clinic.editing.save_doctor(
        marina, changed(now, name="Marina Corrêa Lopes"), {heart: "777", general: None}, pairs, stamp(now)
    )
    assert clinic.editing.specialties_of(marina) == {heart: "777", general: None}
    assert clinic.editing.payers_of(marina) == pairs
    assert [one.rqe for one in clinic.directory.doctors(clinic.criteria("cardiology")) if one.id == marina] == ["777"]


def test_a_doctor_who_leaves_has_no_free_time(clinic):
    marina = clinic.at.doctors["marina"]
    now = clinic.editing.record("doctor", marina)
    clinic.editing.save_doctor(
        marina, changed(now, active=False), clinic.editing.specialties_of(marina), frozenset(), stamp(now)
    )
    assert clinic.agenda.next_free(clinic.criteria(doctor="marina")) == []


def test_a_crm_is_one_doctors(clinic):
    now = clinic.editing.record("doctor", clinic.at.doctors["marina"])
    with pytest.raises(NameTaken):
        clinic.editing.save_doctor(None, changed(now), {}, frozenset())


def linked(clinic, doctor="marina"):
    """The account that logs in by this doctor's CRM, and the doctor's record."""
    now = clinic.editing.record("doctor", clinic.at.doctors[doctor])
    known = [crm_of(now["crm"], now["crm_state"])]
    return clinic.users.create(doctor, ["doctor"], known, by="test", doctor_id=now["id"]), now


def keep(clinic, now, **values):
    clinic.editing.save_doctor(now["id"], changed(now, **values), {}, frozenset(), stamp(now))


def test_a_corrected_crm_is_the_one_to_log_in_by(any_clinic):
    user, now = linked(any_clinic)
    keep(any_clinic, now, crm="0777123", crm_state="RJ")
    assert any_clinic.users.find(Identity("crm", "RJ/777123")).id == user
    assert any_clinic.users.find(crm_of(now["crm"], now["crm_state"])) is None


def test_a_crm_somebody_logs_in_by_is_taken(any_clinic):
    (_, marina), (_, paulo) = linked(any_clinic), linked(any_clinic, "paulo")
    with pytest.raises(NameTaken):
        keep(any_clinic, marina, crm="0" + paulo["crm"], crm_state=paulo["crm_state"])
    assert any_clinic.editing.record("doctor", marina["id"])["crm"] == marina["crm"]


def test_opening_hours_are_replaced(clinic):
    now = unit(clinic)
    hours = {0: (time(7), time(19)), 5: (time(8), time(12))}
    clinic.editing.save_unit(now["id"], changed(now), hours, clinic.editing.seen_of_unit(now["id"]))
    assert clinic.editing.opening(now["id"]) == hours
    assert set(clinic.editing.opening(clinic.at.units["norte"])) == {0, 1, 2, 3, 4}


def test_nobody_writes_over_opening_hours_he_has_not_seen(any_clinic):
    now, seen = unit(any_clinic), any_clinic.editing.seen_of_unit(any_clinic.at.units["centro"])
    any_clinic.editing.save_unit(now["id"], changed(now), {0: (time(7), time(19))}, seen)
    with pytest.raises(ChangedMeanwhile):
        any_clinic.editing.save_unit(now["id"], changed(now), {1: (time(9), time(18))}, seen)
    assert any_clinic.editing.opening(now["id"]) == {0: (time(7), time(19))}
