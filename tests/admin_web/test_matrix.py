"""Every route against every role, against nobody, and against records of others; new routes are in it by themselves."""

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from admin_web.access import EVERYBODY, Doors, Public, Undeclared, declared
from admin_web.app import create_app
from clinic.settings import Settings
from tests.admin_web.fakes import FakePhone, fake_clinic
from tests.admin_web.others import NOBODYS, OTHERS, add_rita
from tests.admin_web.site import ROLES, make_site

NO_RECORD = {
    "version": "000000000000", "filename": "frame/base.css", "line": "line-1", "pace": "normal", "prompt_id": "bye",
    "session_id": "999", "absence_id": "999", "record_id": "999", "closing_id": "999", "token": "x", "user_id": "999",
    "import_id": "999", "sort": "patients",
    "pre_id": "999", "change_id": "999", "slot_id": "999", "place_id": "999", "offer_id": "999", "request_id": "999",
    "hold_id": "x", "token_id": "999", "subscription_id": "999", "delivery_id": "999", "mail_id": "x",
    "message_id": "999", "batch": "x", "kind": "booked", "audience": "patient",
}  # fmt: skip
"""Something to fill in where a number would not do. What is somebody's has a real record in tests/admin_web/others.py.
"""
ANY = "999999"
PEOPLE = ("patient", "attendant", "centro_attendant", "doctor", "manager", "admin")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def an_app() -> Flask:
    """All pages there are: the demo has those the others have not, but for /telefone, which is open in it."""
    settings = Settings(demo=True, oidc_issuer="https://id.example")
    return create_app(fake_clinic(), settings=settings, phone=FakePhone(), sounds=object())


def rules() -> list[Rule]:
    return sorted(an_app().url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ())))


def routes() -> list[tuple[str, str, str]]:
    """Endpoint, method and path pattern of each: a page and what its form sends are two."""
    return [(rule.endpoint, how, rule.rule) for rule in rules() for how in METHODS if how in (rule.methods or ())]


ROUTES = routes()
DECLARED = declared(an_app())
CLOSED = [route for route in ROUTES if not isinstance(DECLARED.get(route[0]), Public)]


def ask(site, who, route, **named):
    """The answer of a route to somebody; arguments that are not given name nothing that exists."""
    endpoint, how, path = route
    rule = next(rule for rule in site.app.url_map.iter_rules(endpoint) if rule.rule == path)
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
    assert named - set(OTHERS) - set(NOBODYS) == set()
    assert set(OTHERS) & set(NOBODYS) == set()


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


@pytest.mark.parametrize("who", PEOPLE)
def test_a_record_of_others_is_not_there(demo_site, others, who):
    """One record of somebody else's at a time, all others one's own; nothing is done, and nothing told of it."""
    mine, seen = own(demo_site.clinic), {}
    for route in may(demo_site, who):
        for name in sorted(arguments(route) & set(OTHERS)):
            if who not in OTHERS[name].seen_by:
                seen[route[1], route[2], name] = knock(demo_site, who, route, mine | {name: others[name]}, name)
    assert {what: told for what, told in seen.items() if told not in (403, 404, "as if it were not")} == {}
    assert seen or who in ("manager", "admin")


@pytest.mark.parametrize("who", PEOPLE)
def test_what_a_role_may_not_use_is_closed_whatever_it_names(demo_site, others, who):
    closed = [one for one in CLOSED if one not in may(demo_site, who) and arguments(one) & set(OTHERS)]
    seen = {route[1:]: ask(demo_site, who, route, **others).status_code for route in closed}
    assert {route: status for route, status in seen.items() if status != 403} == {}


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_the_records_of_others_are_there_for_whose_they_are(demo_site, others, name):
    """So that what nobody finds is not just an id that never was."""
    one = OTHERS[name]
    uses = [route for route in may(demo_site, one.owner) if name in arguments(route)]
    last = sorted(uses, key=lambda route: METHODS.index(route[1]))[:1]
    assert [ask(demo_site, one.owner, route, **others).status_code in (401, 403, 404) for route in last] in (
        [],
        [False],
    )
    assert uses or not any(name in arguments(route) for route in CLOSED)


@pytest.mark.parametrize("role", ["patient", "doctor", "centro_attendant"])
def test_a_record_of_ones_own_is_there(demo_site, role):
    mine = own(demo_site.clinic)
    pages = [one for one in may(demo_site, role) if one[1] == "GET" and arguments(one) and arguments(one) <= set(mine)]
    seen = {route[2]: ask(demo_site, role, route, **mine).status_code for route in pages}
    assert {path: status for path, status in seen.items() if status in (401, 403, 404)} == {}


def arguments(route):
    return set(re.findall(r"<(?:[^<>]*:)?(\w+)>", route[2]))


def may(site, who):
    """The routes somebody may use."""
    role = "doctor" if who == "rita" else who.removeprefix("centro_").removeprefix("other_")
    return [route for route in CLOSED if role in allowed(site, route)]


def knock(site, who, route, named, name):
    """The status; or that it is the same answer as for a record that never was."""
    reply, nothing = ask(site, who, route, **named), ask(site, who, route, **named | {name: NO_RECORD.get(name, ANY)})
    same = (reply.status_code, reply.location) == (nothing.status_code, nothing.location)
    return "as if it were not" if same and reply.status_code == 303 else reply.status_code


def own(clinic):
    """Alice's, Marina's, of the unit Centro; for Alice has one visit."""
    theirs = clinic.bookings.upcoming(clinic.people["alice"])
    return {
        "patient_id": clinic.people["alice"].id, "doctor_id": clinic.at.doctors["marina"],
        "unit_id": clinic.at.units["centro"], "appointment_id": (theirs or [clinic.book("alice")])[0].id,
    }  # fmt: skip


@pytest.fixture
def others(demo_site):
    """A record of somebody else's for every argument; nothing of it is the patient's, the doctor's or of Centro."""
    add_rita(demo_site)
    return {name: one.make(demo_site) for name, one in OTHERS.items()}


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
