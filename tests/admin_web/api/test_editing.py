"""What another program writes: the directory, patients, hours, accounts; never over what changed meanwhile."""

import pytest

from tests.admin_web.api.programs import Program, booked, fields


def test_a_unit_is_edited_as_it_was_read(site, manager):
    path = f"/units/{site.clinic.at.units['norte']}"
    read = manager.get(path)
    given = {name: value for name, value in read.json.items() if name != "id"} | {"name": "Norte"}
    assert manager.ask("PUT", path, given).status_code == 428
    saved = manager.ask("PUT", path, given, If_Match=read.headers["ETag"])
    assert (saved.status_code, saved.json["name"]) == (200, "Norte")
    assert manager.ask("PUT", path, given, If_Match=read.headers["ETag"]).status_code == 412


@pytest.mark.parametrize(
    ("form", "status"),
    [("{}", 200), ("W/{}", 200), (" {} ", 200), ("{}, {}", 400), ('"a", {}', 400), ("", 400), ('""', 400), ("*", 412),
     ("x" * 5000, 400), ("W/", 412), ("é", 400), ("{}{}", 400)],
)  # fmt: skip
def test_one_etag_is_understood_and_no_list(site, manager, form, status):
    path = f"/units/{site.clinic.at.units['norte']}"
    read = manager.get(path)
    given = {name: value for name, value in read.json.items() if name != "id"} | {"name": "Norte"}
    reply = manager.ask("PUT", path, given, If_Match=form.replace("{}", read.headers["ETag"]))
    assert (reply.status_code, reply.mimetype.endswith("json")) == (status, True)


@pytest.mark.parametrize("path", ["/units", "/specialties", "/payers", "/kinds", "/doctors"])
def test_what_is_read_can_be_written_back(manager, path):
    listed = manager.get(path).json["items"]
    read = manager.get(f"{path}/{listed[0]['id']}")
    given = {name: value for name, value in read.json.items() if name != "id"}
    saved = manager.ask("PUT", f"{path}/{listed[0]['id']}", given, If_Match=read.headers["ETag"])
    assert (saved.status_code, saved.json) == (200, read.json)


def test_a_kind_keeps_its_code_and_the_lines_of_its_preparation(manager):
    read = manager.get("/kinds/1")
    given = {**read.json, "preparation": " Jejum de 8 horas.\n\nTraga os exames. "}
    del given["id"]
    renamed = manager.ask("PUT", "/kinds/1", given | {"code": "primeira"}, If_Match=read.headers["ETag"])
    assert (renamed.status_code, fields(renamed)) == (422, ["code"])
    saved = manager.ask("PUT", "/kinds/1", given, If_Match=read.headers["ETag"])
    assert saved.json["preparation"] == "Jejum de 8 horas.\n\nTraga os exames."


def test_a_doctors_weight_is_read_and_written_and_its_change_is_told(site, manager):
    marina = site.clinic.at.doctors["marina"]
    read = manager.get(f"/doctors/{marina}")
    given = {name: value for name, value in read.json.items() if name != "id"}
    saved = manager.ask("PUT", f"/doctors/{marina}", given | {"weight": 10}, If_Match=read.headers["ETag"])
    assert (read.json["weight"], saved.status_code, saved.json["weight"]) == (1, 200, 10)
    assert site.clinic.audit.latest(1)[0].note == "weight:1 became 10"
    del given["weight"]  # as a program that was written before doctors had one
    again = manager.ask("PUT", f"/doctors/{marina}", given, If_Match=saved.headers["ETag"])
    assert (again.status_code, again.json["weight"]) == (200, 10)
    assert site.clinic.audit.latest(1)[0].note == ""


@pytest.mark.parametrize("weight", [0, 11, 1.5, "muito", None])
def test_a_weight_is_a_small_whole_number(site, manager, weight):
    read = manager.get("/doctors/1")
    given = {name: value for name, value in read.json.items() if name != "id"} | {"weight": weight}
    reply = manager.ask("PUT", "/doctors/1", given, If_Match=read.headers["ETag"])
    assert (reply.status_code, fields(reply)) == (400, ["weight"])


@pytest.mark.parametrize("path", ["/units/1", "/doctors/1"])
def test_nothing_unseen_gets_into_a_name(manager, path):
    read = manager.get(path)
    given = {name: value for name, value in read.json.items() if name != "id"} | {"name": "\u202eAna\u200f\x07  Prado"}
    saved = manager.ask("PUT", path, given, If_Match=read.headers["ETag"])
    assert (saved.status_code, saved.json["name"]) == (200, "Ana Prado")


@pytest.mark.parametrize("path", ["/units/1", "/doctors/1"])
def test_a_name_nobody_can_see_is_none(manager, path):
    read = manager.get(path)
    given = {name: value for name, value in read.json.items() if name != "id"} | {"name": "\u202e"}
    saved = manager.ask("PUT", path, given, If_Match=read.headers["ETag"])
    assert (saved.status_code, fields(saved)) == (400, ["name"])


def test_a_payer_is_added_once(manager):
    assert [manager.post("/payers", {"name": "Vida"}).status_code for _ in range(2)] == [201, 409]


def test_a_patient_is_registered_and_corrected(staff):
    made = staff.post("/patients", {"name": "Ana Melo", "cpf": "39053344705", "birth_date": "1990-01-02"})
    path = made.location.removeprefix("/api/v1")
    given = {name: value for name, value in made.json.items() if name not in ("id", "created_at")}
    saved = staff.ask("PUT", path, given | {"email": "ana@example.com"}, If_Match=made.headers["ETag"])
    assert (made.status_code, saved.status_code, saved.json["email"]) == (201, 200, "ana@example.com")


def test_a_cpf_that_is_taken_is_a_conflict(staff):
    reply = staff.post("/patients", {"name": "Ana Melo", "cpf": "52998224725", "birth_date": "1990-01-02"})
    assert (reply.status_code, fields(reply)) == (409, ["cpf"])


def test_reading_a_patient_leaves_a_trace(site, staff):
    alice = site.clinic.people["alice"].id
    staff.get(f"/patients/{alice}")
    [last] = site.clinic.audit.latest(1)
    assert (last.action, last.entity_id) == ("patient.read", alice)


def test_a_doctor_writes_her_own_hours(site):
    doctor, at = Program(site, "doctor"), site.clinic.at
    path = f"/doctors/{at.doctors['marina']}/hours"
    read = doctor.get(path)
    given = {"items": read.json["items"][:2]}
    saved = doctor.ask("PUT", path, given, If_Match=read.headers["ETag"])
    assert (saved.status_code, saved.json["items"]) == (200, given["items"])
    assert doctor.get(f"/doctors/{at.doctors['rita']}/hours").status_code == 404


def test_hours_that_overlap_are_refused(site):
    doctor, path = Program(site, "doctor"), f"/doctors/{site.clinic.at.doctors['marina']}/hours"
    read = doctor.get(path)
    twice = {"items": [read.json["items"][0]] * 2}
    assert doctor.ask("PUT", path, twice, If_Match=read.headers["ETag"]).status_code == 422


def test_an_absence_tells_whom_it_hits(site, manager):
    made = booked(manager, site).json
    path = f"/doctors/{made['doctor_id']}/absences"
    away = manager.post(path, {"starts_at": made["starts_at"], "ends_at": made["ends_at"]})
    assert (away.status_code, away.json["hits"]) == (201, [made["id"]])
    assert manager.ask("DELETE", f"{path}/{away.json['items'][0]['id']}").status_code == 204
    assert manager.get(path).json["items"] == []


def test_a_manager_invites_an_attendant_and_no_administrator(manager):
    given = {"name": "Bia Reis", "email": "bia@example.com", "roles": ["attendant"]}
    made = manager.post("/users", given)
    assert (made.status_code, made.json["roles"]) == (201, ["attendant"])
    assert manager.post("/users", given | {"roles": ["admin"]}).status_code == 403


def test_an_account_is_closed(site, manager):
    path = f"/users/{site.user('attendant')}"
    read = manager.get(path)
    given = {"name": "Bia Reis", "roles": ["attendant"], "active": False}
    assert manager.ask("PUT", path, given, If_Match=read.headers["ETag"]).json["active"] is False
    assert manager.ask("PUT", f"/users/{site.user('admin')}", given, If_Match="x").status_code == 403


@pytest.mark.parametrize(("minutes", "status"), [(0, 200), (120, 200), (121, 400), (-1, 400)])
def test_a_kinds_margins_are_written(manager, minutes, status):
    read = manager.get("/kinds/1")
    given = {name: value for name, value in read.json.items() if name != "id"} | {"before_minutes": minutes}
    saved = manager.ask("PUT", "/kinds/1", given, If_Match=read.headers["ETag"])
    assert saved.status_code == status
    assert manager.get("/kinds/1").json["before_minutes"] == (minutes if status == 200 else 0)


def test_a_program_that_knows_no_margins_leaves_them_as_they_are(manager):
    read = manager.get("/kinds/1")
    given = {name: value for name, value in read.json.items() if name != "id"}
    with_margins = given | {"before_minutes": 5, "after_minutes": 10}
    read = manager.ask("PUT", "/kinds/1", with_margins, If_Match=read.headers["ETag"])
    older = {name: value for name, value in given.items() if not name.endswith("_minutes")}
    saved = manager.ask("PUT", "/kinds/1", older | {"name": "Outro"}, If_Match=read.headers["ETag"])
    assert saved.json == read.json | {"name": "Outro"}
