"""Every route against every role, against nobody, and against records of others; new routes are in it by themselves."""

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from admin_web.access import EVERYBODY, Doors, Public, Undeclared, declared
from admin_web.app import create_app
from clinic.settings import Settings
from tests.admin_web.fakes import FakePhone, fake_clinic
from tests.admin_web.site import ROLES, make_site

OWN = {"patient_id": "alice", "appointment_id": "alice", "doctor_id": "marina", "unit_id": "centro"}
"""Arguments that name a record somebody owns: here the one that is theirs."""
NO_RECORD = {
    "version": "000000000000", "filename": "frame/base.css", "line": "line-1", "pace": "normal", "prompt_id": "bye",
    "session_id": "999", "absence_id": "999", "record_id": "999", "closing_id": "999", "token": "x", "user_id": "999",
    "import_id": "999", "sort": "patients",
    "pre_id": "999", "change_id": "999", "slot_id": "999", "place_id": "999", "request_id": "999",
    "hold_id": "x", "token_id": "999", "mail_id": "x",
    "message_id": "999", "batch": "x", "kind": "booked", "audience": "patient",
}  # fmt: skip
"""Other arguments, with something to fill in. A new one wants to be put here or in OWN."""
ANY = "999999"


def an_app() -> Flask:
    """All pages there are: the demo has those the others have not, but for /telefone, which is open in it."""
    settings = Settings(demo=True, oidc_issuer="https://id.example")
    return create_app(fake_clinic(), settings=settings, phone=FakePhone(), sounds=object())


def rules() -> list[Rule]:
    return sorted(an_app().url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ())))


def method(rule: Rule) -> str:
    return next(one for one in ("GET", "POST", "PUT", "PATCH", "DELETE") if one in (rule.methods or ()))


def routes() -> list[tuple[str, str, str]]:
    """Endpoint, method and path pattern of each."""
    return [(rule.endpoint, method(rule), rule.rule) for rule in rules()]


ROUTES = routes()
CLOSED = [route for route in ROUTES if not isinstance(declared(an_app()).get(route[0]), Public)]


def ask(site, who, route, **named):
    """The answer of a route to somebody; arguments that are not given name nothing that exists."""
    endpoint, how, _ = route
    rule = next(rule for rule in site.app.url_map.iter_rules(endpoint) if how in (rule.methods or ()))
    given = {name: named.get(name, NO_RECORD.get(name, ANY)) for name in rule.arguments}
    _, path = rule.build(given, append_unknown=False) or ("", "/")
    client = site.client(who)
    client.get("/nada")  # any page hands out the token that forms carry
    token = client.get_cookie("alo_csrf")
    return client.open(path, method=how, headers={"X-CSRF-Token": token.value if token else ""})


def allowed(site, route):
    return declared(site.app).get(route[0])


@pytest.fixture(scope="module")
def every_role(clinic_templates, tmp_path_factory):
    """One clinic for all who only knock: nothing they send means anything."""
    folder = tmp_path_factory.mktemp("matrix")
    small = clinic_templates.copy("sqlite", folder)
    yield make_site(small, folder, demo=True)
    small.database.close()


@pytest.fixture
def demo_site(clinic, tmp_path):
    return make_site(clinic, tmp_path, demo=True)


def test_every_route_says_who_may_use_it():
    app = an_app()
    assert [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint not in declared(app)] == []


def test_who_needs_no_log_in_says_why():
    open_to_all = [allow for allow in declared(an_app()).values() if isinstance(allow, Public)]
    assert open_to_all
    assert [allow for allow in open_to_all if len(allow.reason.split()) < 4] == []


def test_only_roles_that_exist_are_allowed():
    closed = [allow for allow in declared(an_app()).values() if not isinstance(allow, Public)]
    assert [allow for allow in closed if not allow or not allow <= EVERYBODY] == []


def test_every_argument_of_a_route_is_known_here():
    named = {name for rule in rules() for name in rule.arguments}
    assert named - set(OWN) - set(NO_RECORD) == set()


@pytest.mark.parametrize("route", CLOSED, ids=lambda route: f"{route[1]} {route[2]}")
def test_nobody_gets_in(every_role, route):
    reply = ask(every_role, None, route)
    assert reply.status_code == 401 or reply.location.startswith("/entrar")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", CLOSED, ids=lambda route: f"{route[1]} {route[2]}")
def test_a_role_gets_in_where_it_may_and_nowhere_else(every_role, route, role):
    status = ask(every_role, role, route).status_code
    if role in allowed(every_role, route):
        assert status < 500
        assert status not in (401, 403)
    else:
        assert status == 403


@pytest.mark.parametrize("role", ["patient", "doctor", "centro_attendant"])
def test_a_record_of_others_is_not_there(demo_site, foreign, role):
    """The register of patients is one for all units: an attendant sees everybody's card."""
    mine = {name: one for name, one in foreign.items() if not (role == "centro_attendant" and name == "patient_id")}
    seen = {route[2]: ask(demo_site, role, route, **mine).status_code for route in theirs(demo_site, role, mine)}
    assert {path: status for path, status in seen.items() if status != 404} == {}


@pytest.mark.parametrize("role", ["patient", "doctor", "centro_attendant"])
def test_a_record_of_ones_own_is_there(clinic, demo_site, role):
    own = {
        "patient_id": clinic.people["alice"].id, "doctor_id": clinic.at.doctors["marina"],
        "unit_id": clinic.at.units["centro"], "appointment_id": clinic.book("alice").id,
    }  # fmt: skip
    pages = [one for one in theirs(demo_site, role, own) if one[1] == "GET" and arguments(one) <= set(own)]
    seen = {route[2]: ask(demo_site, role, route, **own).status_code for route in pages}
    assert {path: status for path, status in seen.items() if status in (401, 403, 404)} == {}


def arguments(route):
    return set(re.findall(r"<(?:[^<>]*:)?(\w+)>", route[2]))


def theirs(site, role, named):
    """The routes a role may use that name a record of somebody's."""
    may = [route for route in CLOSED if role.rpartition("_")[2] in allowed(site, route)]
    return [route for route in may if any(f"{name}>" in route[2] for name in named)]


@pytest.fixture
def foreign(clinic):
    """Records that are neither Alice's nor Marina's nor of the unit Centro."""
    rita = clinic.slot("rita", "cardiology")
    booking = clinic.book("bruno", rita, specialty="cardiology")
    return {
        "patient_id": clinic.people["bruno"].id, "doctor_id": clinic.at.doctors["rita"],
        "unit_id": clinic.at.units["norte"], "appointment_id": booking.id,
    }  # fmt: skip


def test_a_route_that_nobody_declared_fails_in_tests(site, caplog):
    site.app.add_url_rule("/new", "new", lambda: "x")
    assert (site.client("admin").get("/new").status_code, caplog.records[-1].exc_info[0]) == (500, Undeclared)


def test_a_route_that_nobody_declared_is_closed_elsewhere(site):
    site.app.add_url_rule("/new", "new", lambda: "x")
    site.app.testing = False
    assert site.client("admin").get("/new").status_code == 403


def test_doors_declare_what_they_register():
    from flask import Blueprint

    page, app = Blueprint("page", __name__), Flask(__name__)
    Doors(page).rule("/x", "x", lambda: "x", allow=EVERYBODY)
    app.register_blueprint(page)
    assert declared(app) == {"page.x": EVERYBODY}
