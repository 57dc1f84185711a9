"""What is wrong is a problem that says what; lists come in parts; all of it is described."""

import pytest

from tests.admin_web.api.programs import Program, booking, fields, free
from tests.admin_web.site import make_site


def test_who_shows_no_token_is_told_how(site):
    reply = Program(site).get("/patients")
    assert (reply.status_code, reply.mimetype, reply.headers["WWW-Authenticate"]) == (
        401, "application/problem+json", "Bearer",
    )  # fmt: skip


@pytest.mark.parametrize(
    "shown",
    ["", "Bearer", "Bearer ", "Bearer a=b", "Bearer \xff", "Bearer alo_", "Bearer a.b.c", "Basic \xff", "Basic x",
     "Digest =", "Bearer " + "a" * 9000, "Bearer eyJhbGciOiJub25lIn0.e30."],
)  # fmt: skip
def test_whatever_is_shown_instead_of_a_token_opens_nothing_and_breaks_nothing(site, shown):
    browser = Program(site)._client
    reply = browser.get("/api/v1/units", headers={"Authorization": shown})
    assert (reply.status_code, reply.mimetype) == (401, "application/problem+json")
    assert browser.get("/entrar", headers={"Authorization": shown}).status_code == 200


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


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("DELETE", "/patients"), ("GET", "/users")])
def test_a_program_is_not_sent_to_a_page_or_a_menu(staff, method, path):
    said = staff.ask(method, path).json
    assert not any(word in f"{said['title']} {said['detail']}" for word in ("página", "menu", "botões"))


def test_a_role_is_asked_for_only_where_it_is_what_is_missing(site, staff):
    assert "função" in staff.get("/users").json["title"]
    with_a_session = site.client("attendant").post("/api/v1/appointments", json={})
    assert (with_a_session.status_code, "função" in with_a_session.json["title"]) == (403, False)
    assert "X-CSRF-Token" in with_a_session.json["detail"]


def test_what_may_be_said_is_told_in_portuguese(staff):
    [wrong] = staff.get("/appointments?status=x").json["errors"]
    assert wrong["message"].endswith("'cancelled' ou 'noshow'.")


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


def test_each_log_in_and_each_personal_token_has_its_own_requests(keyed, tmp_path):
    few = make_site(keyed, tmp_path, api_per_minute=2)
    _, personal = keyed.personal_tokens.create(few.user("attendant"), "BI", ["directory:read"], 1)
    for program in (Program(few, "attendant"), Program(few, "attendant"), Program(few, token=personal)):
        replies = [program.get("/units") for _ in range(3)]
        assert [one.status_code for one in replies] == [200, 200, 429]
        assert [one.headers.get("X-RateLimit-Remaining") for one in replies] == ["1", "0", None]


def test_a_token_that_is_renewed_has_no_more_requests_for_it(keyed, tmp_path):
    few = make_site(keyed, tmp_path, api_per_minute=2)
    first = keyed.tokens.of_session(keyed.sessions.open(few.user("attendant")))
    assert [Program(few, token=first.access).get("/units").status_code for _ in range(2)] == [200, 200]
    assert Program(few, token=keyed.tokens.renew(first.refresh).access).get("/units").status_code == 429


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


def test_the_description_names_every_operation(site):
    told = Program(site).get("/openapi.json").json
    named = {(path, method) for path, methods in told["paths"].items() for method in methods}
    rules = (rule for rule in site.app.url_map.iter_rules() if rule.endpoint.startswith("api."))
    there = [rule.endpoint for rule in rules if rule.endpoint not in ("api.openapi", "api.docs")]
    assert (told["openapi"], len(named)) == ("3.1.0", len(there))


def test_the_page_of_the_api_is_a_page(site):
    assert "/api/v1/appointments/{appointment_id}/cancel" in Program(site).get("/docs").text
