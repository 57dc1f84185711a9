"""/doctors/…/quotas, and what a full one does to who books and moves by program."""

from dataclasses import replace

import pytest

from clinic.roster import EVERYWHERE
from tests.admin_web.api.programs import Program, booking, fields


@pytest.fixture
def path(site):
    return f"/doctors/{site.clinic.at.doctors['marina']}/quotas"


@pytest.fixture
def saude(site):
    return site.clinic.at.payers["saude"]


def quotas(site):
    return site.clinic.practice.payer_quotas(site.clinic.at.doctors["marina"])


def put(program, path, items):
    return program.ask("PUT", path, {"items": items}, If_Match=program.get(path).headers["ETag"])


@pytest.fixture
def full(site, manager, path, saude):
    """Marina takes one visit a day of Saúde Total, and Bruno has it today."""
    put(manager, path, [{"payer_id": saude, "per_day": 1}])
    return visit(site, "bruno", saude)


def visit(site, who, payer, place=0):
    clinic = site.clinic
    hold = clinic.bookings.hold(clinic.slot(place=place), by="t")
    terms = replace(clinic.terms(hold.slot), payer_id=payer)
    return clinic.bookings.book(clinic.people[who], hold, terms, "telephone")


def audited(site):
    return [(one.entity, one.entity_id) for one in site.clinic.audit.latest(action="quota.knowing")]


@pytest.mark.parametrize("who", ["doctor", "manager"])
def test_quotas_are_read_and_written(site, path, saude, who):
    program = Program(site, who)
    reply = put(program, path, [{"payer_id": saude, "per_day": 4}])
    assert (reply.status_code, quotas(site)) == (200, {(saude, EVERYWHERE): 4})
    assert program.get(path).json == {"items": [{"payer_id": saude, "unit_id": None, "per_day": 4}]}
    assert program.get(path).headers["ETag"] == reply.headers["ETag"]
    assert site.clinic.audit.latest()[0].action == "quotas.changed"


def test_what_changed_meanwhile_is_not_written_over(site, manager, path, saude):
    tag = manager.get(path).headers["ETag"]
    put(manager, path, [{"payer_id": saude, "per_day": 4}])
    given = {"items": []}
    assert manager.ask("PUT", path, given).status_code == 428
    assert manager.ask("PUT", path, given, If_Match=tag).status_code == 412
    assert set(quotas(site).values()) == {4}


def test_no_quota_is_an_empty_list(site, manager, path, full):
    assert put(manager, path, []).json == {"items": []}
    assert quotas(site) == {}


@pytest.mark.parametrize("count", [0, -1, 201, "4", None])
def test_a_count_that_is_none_is_told_at_its_field(manager, path, saude, count):
    reply = put(manager, path, [{"payer_id": saude, "per_day": count}])
    assert (reply.status_code, fields(reply)) == (400, ["items.0.per_day"])


def test_a_quota_is_of_a_payer_whom_the_doctor_takes_there_and_comes_once(site, manager, path, saude):
    row, norte = {"payer_id": saude, "per_day": 1}, site.clinic.at.units["norte"]
    for items in ([{"payer_id": 999, "per_day": 1}], [row | {"unit_id": norte}]):
        assert fields(put(manager, path, items)) == ["items.0.payer_id"]
    assert fields(put(manager, path, [row, row])) == ["items.1.payer_id"]


def test_what_is_on_file_for_a_payer_that_is_taken_no_more_may_stay(manager, path, full):
    doctor = path.removesuffix("/quotas")
    now = manager.get(doctor)
    record = {name: one for name, one in now.json.items() if name != "id"} | {"takes": []}
    assert manager.ask("PUT", doctor, record, If_Match=now.headers["ETag"]).status_code == 200
    assert put(manager, path, manager.get(path).json["items"]).status_code == 200


def test_the_quotas_of_another_doctor_are_not_there(site, path):
    rita = f"/doctors/{site.clinic.at.doctors['rita']}/quotas"
    assert Program(site, "doctor").get(rita).status_code == 404
    assert Program(site, "attendant").get(path).status_code == 403


def test_staff_book_over_a_quota_when_they_say_so(site, staff, full):
    given = booking(site, {"id": site.clinic.slot().id}, "carla", payer_id=full.payer_id)
    refused = staff.post("/appointments", given)
    assert (refused.status_code, refused.json["type"]) == (409, "/api/v1/docs#quota-full")
    assert refused.json["detail"] == "São 1 por dia. Escolha outro dia."
    made = staff.post("/appointments", given | {"over_quota": True})
    assert (made.status_code, audited(site)) == (201, [("appointment", made.json["id"])])


def test_staff_move_over_a_quota_when_they_say_so(site, staff, full):
    moving = visit(site, "alice", full.payer_id, place=8)
    path, given = f"/appointments/{moving.id}/reschedule", {"slot_id": site.clinic.slot().id}
    assert staff.post(path, given).json["type"] == "/api/v1/docs#quota-full"
    made = staff.post(path, given | {"over_quota": True})
    assert (made.status_code, audited(site)) == (201, [("appointment", made.json["id"])])


def test_saying_so_where_there_is_room_leaves_no_trace(site, staff, full):
    moving = visit(site, "alice", full.payer_id, place=8)
    given = {"slot_id": site.clinic.slot(place=9).id, "over_quota": True}
    assert staff.post(f"/appointments/{moving.id}/reschedule", given).status_code == 201
    assert audited(site) == []


def test_a_patient_goes_over_no_quota(site, patient, full):
    given = booking(site, {"id": site.clinic.slot().id}, payer_id=full.payer_id, over_quota=True)
    assert patient.post("/appointments", given).json["type"] == "/api/v1/docs#quota-full"
