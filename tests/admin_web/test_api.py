"""The API as another program meets it: tokens, problems, parts of lists, keys, versions and limits."""

import pytest
from pyotp import TOTP

from clinic.passwords import PUBLISHED
from clinic.settings import Settings
from tests.admin_web.conftest import careful
from tests.admin_web.site import EMAIL, make_site
from tests.clinic.small_clinic import CPF, NOW, same_clinic

KEY = "k" * 32
SECRET = "correta-cavalo"


class Program:
    """Another program, in somebody's name."""

    def __init__(self, site, who=None, token=None):
        self._client = careful(site.app)
        session = site.clinic.sessions.open(site.user(who)) if who else None
        self.token = token or (site.clinic.tokens.of_session(session).access if session else None)

    def ask(self, method, path, body=None, **headers):
        given = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.open(f"/api/v1{path}", method=method, json=body, headers=given)

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, body=None, **headers):
        return self.ask("POST", path, {} if body is None else body, **headers)


@pytest.fixture
def site(keyed, tmp_path):
    return make_site(keyed, tmp_path, demo=False, api_per_minute=1000)


@pytest.fixture
def keyed(clinic_templates, tmp_path):
    small = clinic_templates.copy("sqlite", tmp_path)
    keyed = same_clinic(small, str(small.database.url), tmp_path / "spool", secret_key=KEY)
    yield keyed
    keyed.database.close()
    small.database.close()


@pytest.fixture
def staff(site):
    return Program(site, "attendant")


@pytest.fixture
def manager(site):
    return Program(site, "manager")


@pytest.fixture
def patient(site):
    return Program(site, "patient")


def free(program, site, place=0):
    at = site.clinic.at
    found = program.get(f"/availability?specialty_id={at.specialties['general']}&doctor_id={at.doctors['marina']}")
    return found.json["items"][place]


def booking(site, slot, who="alice", **more):
    return {"patient_id": site.clinic.people[who].id, "slot_id": slot["id"]} | more


def booked(program, site, **more):
    return program.post("/appointments", booking(site, free(program, site), **more))


def fields(reply):
    return [one["field"] for one in reply.json["errors"]]


# Tokens


@pytest.fixture
def password(site):
    site.clinic.passwords.set(site.user("patient"), SECRET, by="system")
    return {"identifier": CPF["alice"], "password": SECRET}


def test_a_program_logs_in_by_password(site, password):
    given = Program(site).post("/tokens", password)
    assert Program(site, token=given.json["access_token"]).get("/units").status_code == 200


def test_a_wrong_password_tells_nothing(site, password):
    wrong = Program(site).post("/tokens", password | {"password": "outra-senha"})
    nobody = Program(site).post("/tokens", password | {"identifier": "ninguem@example.com"})
    assert (wrong.status_code, wrong.json) == (nobody.status_code, nobody.json)
    assert wrong.status_code == 401


def test_staff_logs_in_with_a_code_too(site):
    clinic, user = site.clinic, site.user("attendant")
    clinic.passwords.set(user, SECRET, by="system")
    given = {"identifier": EMAIL["attendant"], "password": SECRET}
    assert Program(site).post("/tokens", given).json["type"].endswith("#setup")
    [code, *_] = clinic.second_factor.finish(user, TOTP(clinic.second_factor.begin(user, "x", "x").secret).at(NOW))
    assert Program(site).post("/tokens", given).json["type"].endswith("#code")
    assert Program(site).post("/tokens", given | {"code": "000000"}).status_code == 401
    assert Program(site).post("/tokens", given | {"code": code}).status_code == 200


def test_the_demos_password_opens_nothing_here(site, password):
    site.clinic.passwords.set(site.user("manager"), SECRET, by="system")
    given = {"identifier": EMAIL["manager"], "password": PUBLISHED}
    assert Program(site).post("/tokens", given).status_code == 401


def test_a_refresh_token_works_once(site, password):
    anybody = Program(site)
    first = anybody.post("/tokens", password).json
    again = {"refresh_token": first["refresh_token"]}
    second = anybody.post("/tokens/refresh", again)
    assert (second.status_code, anybody.post("/tokens/refresh", again).status_code) == (200, 401)
    assert Program(site, token=second.json["access_token"]).get("/units").status_code == 401


def test_who_logs_out_is_out(site, password):
    given = Program(site).post("/tokens", password).json
    assert Program(site).post("/tokens/revoke", {"refresh_token": given["refresh_token"]}).status_code == 204
    assert Program(site, token=given["access_token"]).get("/units").status_code == 401


def test_a_personal_token_counts_for_its_purposes_alone(site, staff):
    made = staff.post("/personal-tokens", {"name": "BI", "scopes": ["directory:read"]})
    bi = Program(site, token=made.json["token"])
    assert [bi.get(path).status_code for path in ("/units", "/patients", "/personal-tokens")] == [200, 403, 403]


def test_a_revoked_personal_token_opens_nothing(site, staff):
    made = staff.post("/personal-tokens", {"name": "BI", "scopes": ["directory:read"]}).json
    assert staff.ask("DELETE", f"/personal-tokens/{made['id']}").status_code == 204
    assert Program(site, token=made["token"]).get("/units").status_code == 401


def test_a_token_opens_no_page(site, staff):
    assert staff._client.get("/agenda", headers={"Authorization": f"Bearer {staff.token}"}).location


def test_a_cookie_beside_a_bearer_token_counts_for_nothing(site):
    browser = site.client("manager")
    assert browser.get("/api/v1/units", headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_change_by_cookie_needs_the_pages_token(site):
    assert site.client("manager").post("/api/v1/payers", json={"name": "Novo"}).status_code == 403


# Problems


def test_who_shows_no_token_is_told_how(site):
    reply = Program(site).get("/patients")
    assert (reply.status_code, reply.mimetype, reply.headers["WWW-Authenticate"]) == (
        401, "application/problem+json", "Bearer",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"slot_id": 1}, ["patient_id"]),
        ({"patient_id": "1", "slot_id": True}, ["slot_id", "patient_id"]),
        ({"patient_id": 1, "x": 1}, ["x"]),
        ({"patient_id": 10**40}, ["patient_id"]),
        ([], [""]),
    ],
)
def test_what_is_wrong_is_told_by_field(staff, body, wrong):
    reply = staff.post("/appointments", body)
    assert (reply.status_code, reply.mimetype) == (400, "application/problem+json")
    assert set(fields(reply)) == set(wrong)


def test_ten_thousand_letters_are_too_many(staff):
    given = {"name": "x" * 10_000, "birth_date": "1980-04-05", "cpf": "11144477735"}
    assert staff.post("/patients", given).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404), ("DELETE", "/patients", 405), ("GET", "/patients/999", 404),
        ("GET", f"/patients/{10**30}", 404), ("GET", "/patients/x", 404), ("GET", "/patients?limit=101", 400),
        ("GET", "/patients?limit=1&limit=2", 400), ("GET", "/patients?cursor=x", 422),
        ("GET", "/availability?specialty_id=999", 422), ("GET", "/availability?specialty_id=1&day=0001-01-01", 400),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_a_problem(manager, method, path, status):
    reply = manager.ask(method, path)
    assert (reply.status_code, reply.mimetype) == (status, "application/problem+json")


def test_a_method_that_is_not_there_tells_those_that_are(staff):
    assert set(staff.ask("DELETE", "/patients").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_body_that_is_no_json_is_refused(site, staff):
    given = {"Authorization": f"Bearer {staff.token}"}
    assert staff._client.post("/api/v1/patients", data="x", headers=given).status_code == 415


def test_too_many_requests_are_told_to_wait(keyed, tmp_path):
    few = make_site(keyed, tmp_path, api_per_minute=2)
    program = Program(few, "attendant")
    replies = [program.get("/units") for _ in range(3)]
    assert [one.status_code for one in replies] == [200, 200, 429]
    assert replies[2].headers["Retry-After"] == "60"


# Lists


def test_a_list_comes_in_parts(staff):
    first = staff.get("/patients?limit=3")
    rest = staff.get(f"/patients?limit=3&cursor={first.json['next_cursor']}")
    assert [len(one.json["items"]) for one in (first, rest)] == [3, 2]
    assert first.headers["Link"].endswith('rel="next"')
    assert rest.json["next_cursor"] is None


def test_patients_see_themselves_and_their_dependants(site, patient):
    people = site.clinic.people
    assert [one["id"] for one in patient.get("/patients").json["items"]] == [people["alice"].id, people["davi"].id]
    assert patient.get(f"/patients/{people['bruno'].id}").status_code == 404


def test_a_patient_is_found_by_a_part_of_the_name(staff):
    assert [one["name"] for one in staff.get("/patients?q=carv").json["items"]] == ["José Carvalho"]


def test_appointments_come_in_parts_by_start(site, staff):
    made = [staff.post("/appointments", booking(site, free(staff, site), who)).json for who in ("alice", "bruno")]
    first = staff.get("/appointments?limit=1").json
    rest = staff.get(f"/appointments?limit=1&cursor={first['next_cursor']}").json
    assert [one["items"][0]["id"] for one in (first, rest)] == [one["id"] for one in made]
    assert rest["next_cursor"] is None


# Booking


def test_staff_books_for_anybody(site, staff):
    reply = booked(staff, site, who="bruno")
    assert (reply.status_code, reply.json["status"]) == (201, "booked")
    assert staff.get(reply.location.removeprefix("/api/v1")).json == reply.json


def test_a_patient_books_what_is_held(site, patient):
    held = patient.post("/holds", {"slot_id": free(patient, site)["id"], "minutes": 60})
    given = {"patient_id": site.clinic.people["alice"].id, "hold_id": held.json["id"]}
    assert (held.status_code, patient.post("/appointments", given).status_code) == (201, 201)


def test_a_patient_books_for_nobody_else(site, patient):
    assert fields(booked(patient, site, who="bruno")) == ["patient_id"]


def test_what_was_not_asked_for_is_not_booked(site, staff):
    reply = booked(staff, site, specialty_id=site.clinic.at.specialties["cardiology"])
    assert (reply.status_code, fields(reply)) == (422, ["specialty_id"])


def test_a_taken_time_is_a_conflict(site, staff):
    slot = free(staff, site)
    staff.post("/appointments", booking(site, slot))
    reply = staff.post("/appointments", booking(site, slot, "bruno"))
    assert (reply.status_code, reply.json["type"]) == (409, "/api/v1/docs#slot-taken")


def test_a_held_time_is_given_back(site, patient):
    slot = free(patient, site)
    held = patient.post("/holds", {"slot_id": slot["id"]}).json
    assert patient.ask("DELETE", f"/holds/{held['id']}").status_code == 204
    assert free(patient, site) == slot


def test_a_hold_of_another_is_not_there(site, staff, patient):
    held = staff.post("/holds", {"slot_id": free(staff, site)["id"]}).json
    assert patient.ask("DELETE", f"/holds/{held['id']}").status_code == 404


def test_an_attendant_books_at_her_units_alone(site):
    rita = site.clinic.slot("rita", "cardiology")
    reply = Program(site, "centro_attendant").post("/holds", {"slot_id": rita.id})
    assert (reply.status_code, fields(reply)) == (422, ["slot_id"])


def test_the_same_key_gives_the_same_answer(site, staff):
    given = booking(site, free(staff, site))
    replies = [staff.post("/appointments", given, Idempotency_Key="a-1") for _ in range(2)]
    assert [one.status_code for one in replies] == [201, 201]
    assert replies[0].json == replies[1].json
    other = staff.post("/appointments", given | {"modality": "in_person"}, Idempotency_Key="a-1")
    assert (other.status_code, other.json["type"]) == (422, "/api/v1/docs#other-request")


def test_a_hold_asked_for_twice_is_one(site, staff):
    given = {"slot_id": free(staff, site)["id"]}
    replies = [staff.post("/holds", given, Idempotency_Key="h-1") for _ in range(2)]
    assert replies[0].json == replies[1].json


def test_an_appointment_goes_through_its_life(site, staff):
    path = f"/appointments/{booked(staff, site).json['id']}"
    steps = [staff.post(f"{path}/{step}").json["status"] for step in ("confirm", "arrive", "fulfil")]
    assert steps == ["booked", "arrived", "fulfilled"]
    history = [one["event"] for one in staff.get(f"{path}/history").json["items"]]
    assert history == ["booked", "confirmed", "arrived", "fulfilled"]


def test_who_does_not_come_is_a_no_show(site, staff):
    path = f"/appointments/{booked(staff, site).json['id']}"
    assert staff.post(f"{path}/no-show").json["status"] == "noshow"
    assert staff.post(f"{path}/fulfil").status_code == 409


def test_an_appointment_is_moved(site, patient):
    old = booked(patient, site).json
    new = patient.post(f"/appointments/{old['id']}/reschedule", {"slot_id": free(patient, site, 3)["id"]})
    assert (new.status_code, new.json["starts_at"] > old["starts_at"]) == (201, True)
    assert patient.get(f"/appointments/{old['id']}").json["replaced_by"] == new.json["id"]


def test_cancelling_wants_a_reason(site, patient):
    path = f"/appointments/{booked(patient, site).json['id']}/cancel"
    assert fields(patient.post(path)) == ["reason"]
    assert fields(patient.post(path, {"reason": "other"})) == ["note"]
    assert patient.post(path, {"reason": "feeling_better"}).json["cancel_reason"] == "feeling_better"


def test_a_doctor_answers_her_own_requests(site):
    clinic = site.clinic
    request = clinic.book("bruno", clinic.slot("rita", "cardiology"), specialty="cardiology")
    assert Program(site, "doctor").post(f"/appointments/{request.id}/accept").status_code == 404
    assert Program(site, "manager").post(f"/appointments/{request.id}/accept").json["status"] == "booked"


def test_what_changed_meanwhile_is_not_cancelled(site, staff):
    made = booked(staff, site)
    path = f"/appointments/{made.json['id']}"
    staff.post(f"{path}/confirm")
    assert staff.post(f"{path}/cancel", {"reason": "clinic"}, If_Match=made.headers["ETag"]).status_code == 412


# Editing


def test_a_unit_is_edited_as_it_was_read(site, manager):
    path = f"/units/{site.clinic.at.units['norte']}"
    read = manager.get(path)
    given = {name: value for name, value in read.json.items() if name != "id"} | {"name": "Norte"}
    assert manager.ask("PUT", path, given).status_code == 428
    saved = manager.ask("PUT", path, given, If_Match=read.headers["ETag"])
    assert (saved.status_code, saved.json["name"]) == (200, "Norte")
    assert manager.ask("PUT", path, given, If_Match=read.headers["ETag"]).status_code == 412


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


# Described


def test_the_description_names_every_operation(site):
    told = Program(site).get("/openapi.json").json
    named = {(path, method) for path, methods in told["paths"].items() for method in methods}
    rules = (rule for rule in site.app.url_map.iter_rules() if rule.endpoint.startswith("api."))
    there = [rule.endpoint for rule in rules if rule.endpoint not in ("api.openapi", "api.docs")]
    assert (told["openapi"], len(named)) == ("3.1.0", len(there))


def test_the_page_of_the_api_is_a_page(site):
    assert "/api/v1/appointments/{appointment_id}/cancel" in Program(site).get("/docs").text


def test_without_a_key_nobody_gets_tokens(clinic, tmp_path):
    without = make_site(clinic, tmp_path)
    assert not Settings().secrets_key
    assert Program(without).post("/tokens", {"identifier": "a@b.co", "password": "x"}).status_code == 503
