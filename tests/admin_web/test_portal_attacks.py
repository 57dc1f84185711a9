"""The portal under attack: others' records, the same thing sent many times, sessions that end, names that bite."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from argon2 import PasswordHasher
from sqlalchemy import update

from clinic.identities import Identity
from db.tables import Patient
from tests.admin_web.conftest import careful
from tests.admin_web.forms import send, token_in
from tests.admin_web.site import make_user

AT_ONCE = 64
PASSWORD = "três-gatos-no-telhado"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
HIDDEN = re.compile(r'type="hidden" name="(.*?)" value="(.*?)"')
HOSTILE = '"><script>alert(1)</script> {{7*7}} \u202eanA'


@pytest.fixture
def alice(site):
    browser = site.client("patient")
    browser.get("/portal")
    return browser


def upcoming(clinic, who="alice"):
    return clinic.bookings.upcoming(clinic.people[who])


def strangers(site, count):
    """Browsers of patients who have seen the portal."""
    people = [site.clinic.patients.register(f"Pessoa {n}", date(1990, 1, 1)) for n in range(count)]
    for n, one in enumerate(people):
        site.users[f"p{n}"] = site.clinic.users.create(one.name, ["patient"], by="x", patient_id=one.id)
    browsers = [site.client(f"p{n}") for n in range(count)]
    for one in browsers:
        one.get("/portal/meus-dados")
    return browsers


def test_of_many_at_once_one_has_the_time_and_all_others_are_told(clinic, site):
    path = f"/portal/marcar/{clinic.slot('marina', place=1).id}"
    browsers = strangers(site, AT_ONCE)
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda one: send(one, path, once="x"), browsers))
    assert sorted(one.status_code for one in replies) == [303] + [409] * (AT_ONCE - 1)
    assert all("acabou de ser reservado" in one.text for one in replies if one.status_code == 409)


def test_a_form_sent_twice_at_the_same_time_books_once(clinic, site, alice):
    path = f"/portal/marcar/{clinic.slot('marina', place=1).id}"
    alice.get(path)
    twice = [alice, careful(site.app)]
    for name in ("alo_session", "alo_csrf"):
        twice[1].set_cookie(name, alice.get_cookie(name).value)
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(lambda one: send(one, path, once="same"), twice))
    [booked] = upcoming(clinic)
    assert {one.location for one in replies} == {f"/portal/consultas/{booked.id}"}


def test_two_forms_for_one_person_and_time_book_once(clinic, alice):
    path = f"/portal/marcar/{clinic.slot('marina', place=1).id}"
    assert [send(alice, path, once=once).status_code for once in ("one", "two")] == [303, 409]
    assert len(upcoming(clinic)) == 1


@pytest.mark.parametrize("act", ["confirmar", "cancelar", "desfazer", "remarcar/{slot}"])
def test_what_is_done_to_anothers_appointment_is_done_to_nothing(clinic, alice, act):
    for who in ("bruno", "carla"):
        other = clinic.book(who)
        path = f"/portal/consultas/{other.id}/{act.format(slot=clinic.slot('marina', place=4).id)}"
        assert send(alice, path, reason="cannot_attend", once="x").status_code == 404
        assert upcoming(clinic, who) == [other]


def test_a_dependant_of_another_is_nobody_here(clinic, site):
    [browser], davi = strangers(site, 1), clinic.people["davi"].id
    visit, slot = clinic.book("davi"), clinic.slot("marina", place=4)
    asked = (
        f"/portal/marcar/{slot.id}?para={davi}",
        f"/portal/consultas/{visit.id}",
        f"/portal/meus-dados?para={davi}",
    )
    assert [browser.get(path).status_code for path in asked] == [404, 404, 404]
    assert send(browser, f"/portal/marcar/{slot.id}", para=davi, once="x").status_code == 404
    assert send(browser, f"/portal/consultas/{visit.id}/cancelar", reason="cannot_attend").status_code == 404
    assert upcoming(clinic, "davi") == [visit]


def test_a_dependant_who_is_no_longer_one_is_not_acted_for(clinic, alice):
    clinic.database.change(update(Patient).where(Patient.id == clinic.people["davi"].id).values(guardian_id=None))
    slot = clinic.slot("marina", place=1)
    assert send(alice, f"/portal/marcar/{slot.id}", para=clinic.people["davi"].id, once="x").status_code == 404


def test_names_that_bite_are_shown_as_text(clinic, alice):
    davi = clinic.people["davi"].id
    clinic.database.change(update(Patient).where(Patient.id == davi).values(name=HOSTILE))
    visit, slot = clinic.book("davi"), clinic.slot("marina", place=3)
    for path in (
        "/portal",
        "/portal/consultas",
        f"/portal/consultas/{visit.id}",
        f"/portal/marcar/{slot.id}?para={davi}",
    ):
        page = alice.get(path).text
        assert "<script>alert" not in page and "&lt;script&gt;alert" in page and "{{7*7}}" in page


@pytest.mark.parametrize("field", ["once", "convenio", "especialidade", "tipo", "modalidade", "para", "reason", "note"])
def test_ten_thousand_letters_in_a_field_break_nothing(clinic, alice, field):
    slot, mine = clinic.slot("marina", place=3), clinic.book("alice")
    for path in (f"/portal/marcar/{slot.id}", f"/portal/consultas/{mine.id}/cancelar"):
        assert send(alice, path, **{field: "ã" * 10_000}).status_code < 500


def test_a_session_that_ends_while_booking_loses_nothing_of_what_was_chosen(clinic, site):
    site.users["patient"] = make_user(clinic, "patient", QUICK.hash(PASSWORD))
    browser, davi = site.client("patient"), clinic.people["davi"].id
    path = f"/portal/marcar/{clinic.slot('marina', place=9).id}"
    page = token_in(browser.get(path))
    clinic.clock.move(hours=3)
    lost = send(browser, path, csrf_token=page, once="x", para=davi, convenio=clinic.at.payers["particular"])
    kept = {html.unescape(name): html.unescape(value) for name, value in HIDDEN.findall(lost.text)}
    assert (lost.status_code, kept["kept:para"]) == (401, str(davi))
    given = browser.post("/entrar", data=kept | {"who": "529.982.247-25", "password": PASSWORD})
    again = {html.unescape(name): html.unescape(value) for name, value in HIDDEN.findall(given.text)}
    assert browser.post(path, data=again).status_code == 303
    assert len(upcoming(clinic, "davi")) == 1


@pytest.mark.parametrize("path", ["/portal", "/portal/consultas", "/portal/meus-dados", "/portal/marcar/{slot}"])
def test_an_account_without_a_record_is_told_whom_to_ask(clinic, site, path):
    site.users["nobody"] = clinic.users.create("Ana", ["patient"], [Identity("email", "a@example.com")], by="x")
    page = site.client("nobody").get(path.format(slot=clinic.slot().id))
    assert (page.status_code, "ainda não tem um cadastro" in page.text) == (404, True)


def test_an_account_without_a_record_may_still_look_for_doctors(clinic, site):
    site.users["nobody"] = clinic.users.create("Ana", ["patient"], [Identity("email", "a@example.com")], by="x")
    browser = site.client("nobody")
    for path in ("/medicos", f"/medicos/{clinic.at.doctors['marina']}", "/portal/marcar"):
        assert browser.get(path).status_code == 200
