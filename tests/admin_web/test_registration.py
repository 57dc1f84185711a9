"""Registering on the portal, and that nobody learns by it who is on file."""

import re
from datetime import date

import pytest
from sqlalchemy import func, select, update

from clinic.identities import Identity
from clinic.letters import Letters
from clinic.portal import Portal
from clinic.registrations import Registrations
from db.tables import Acknowledgement, Consent, Patient, Registration, User
from tests.admin_web.site import make_site
from tests.admin_web.test_password import URL, Post, path_in
from tests.clinic.small_clinic import CPF

NEW_CPF = "39053344705"
PASSWORD = "uma frase bem longa"
GOOD = {
    "name": "Nadia Campos", "cpf": "390.533.447-05", "birth_date": "05/04/1980", "email": "nadia@example.com",
    "phones": "(11) 98888-7777", "new": PASSWORD, "again": PASSWORD, "read": "1", "version": "1", "code": "",
}  # fmt: skip


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def site(clinic, tmp_path, post):
    """The pages of a clinic whose letters are kept, written before the page is answered."""
    c = clinic
    letters = Letters(post, c.mailed_links, c.users, c.profile, c.audit, URL, later=lambda work: work())
    made = Registrations(c.database, c.desk.intake, c.users, letters, c.portal.requests, c.profile, c.clock)
    portal = Portal(**{**vars(c.portal), "registrations": made})
    return make_site(type(c)(**{**vars(c), "letters": letters, "portal": portal}), tmp_path)


@pytest.fixture
def browser(site):
    return site.client(None)


def register(browser, **changes):
    browser.get("/cadastro-paciente")
    token = browser.get_cookie("alo_csrf").value
    return browser.post("/cadastro-paciente", data=GOOD | changes | {"csrf_token": token})


def confirm(browser, post):
    path = path_in(post.sent[-1])
    browser.get(path)
    return browser.post(path, data={"csrf_token": browser.get_cookie("alo_csrf").value})


def enter(browser, who, password=PASSWORD):
    token = browser.get_cookie("alo_csrf").value
    return browser.post("/entrar", data={"who": who, "password": password, "csrf_token": token})


def count(clinic, table):
    return clinic.database.first(select(func.count()).select_from(table))[0]


def test_whoever_is_new_confirms_the_address_and_logs_in(site, browser, post):
    assert register(browser).location == "/cadastro-paciente/enviado"
    assert post.sent[-1].to == "nadia@example.com"
    assert confirm(browser, post).location == "/entrar"
    assert "Cadastro concluído" in browser.get("/entrar").text
    assert enter(browser, NEW_CPF).location == "/"
    assert "Olá, Nadia" in browser.get("/portal").text


def test_nothing_is_there_before_the_address_is_confirmed(site, browser, post):
    patients = count(site.clinic, Patient)
    register(browser)
    browser.get(path_in(post.sent[-1]))  # as a mail program does
    assert (count(site.clinic, Patient), count(site.clinic, User)) == (patients, 0)


def test_whoever_registers_is_greeted_by_name(browser, post):
    register(browser)
    assert post.sent[-1].text.startswith("Olá, Nadia Campos.")


def test_the_clinic_mails_nobodys_words(browser, post):
    reply = register(browser, name="Seu acesso vence hoje: https://golpe.example/x")
    assert (reply.status_code, post.sent, "Escreva só o nome" in reply.text) == (422, [], True)


def test_a_card_that_holds_no_name_is_greeted_without(site, browser, post):
    alice = Patient.id == site.clinic.people["alice"].id
    site.clinic.database.change(update(Patient).where(alice).values(name="Ganhe em www.golpe.example"))
    register(browser, cpf=CPF["alice"])
    assert post.sent[-1].text.startswith("Olá.")


def test_the_password_is_not_kept_in_the_open(site, browser):
    register(browser)
    kept = site.clinic.database.first(select(Registration.password_hash, Registration.digest))
    assert kept[0].startswith("$argon2id$")


def test_a_link_works_once_and_not_for_long(site, browser, post):
    register(browser)
    path = path_in(post.sent[-1])
    site.clinic.clock.move(hours=49)
    assert browser.get(path).status_code == 410
    register(browser)
    assert (confirm(browser, post).status_code, confirm(browser, post).status_code) == (303, 410)


def test_a_cpf_on_file_gives_exactly_the_same_answer(site, browser, post):
    answers = set()
    for cpf in (NEW_CPF, CPF["alice"], CPF["bruno"], CPF["zeca"]):
        reply = register(browser, cpf=cpf)
        page = browser.get(reply.location).text
        answers.add((reply.status_code, reply.location, re.sub(r'csrf.*|nonce="[^"]*"', "", page)))
    assert len(answers) == 1


def test_who_is_on_file_is_written_to_at_the_address_on_file_only(site, browser, post):
    register(browser, cpf=CPF["alice"], email="thief@example.com")
    assert [mail.to for mail in post.sent] == ["alice@example.com"]
    assert "/senha/nova/" in path_in(post.sent[-1])


def test_what_a_stranger_typed_opens_nothing(site, browser, post):
    register(browser, cpf=CPF["alice"], email="thief@example.com")
    assert enter(browser, CPF["alice"]).status_code == 422
    path = path_in(post.sent[-1])
    browser.get(path)
    mine = "a minha própria frase"
    token = browser.get_cookie("alo_csrf").value
    browser.post(path, data={"new": mine, "again": mine, "csrf_token": token})
    assert (enter(browser, CPF["alice"]).status_code, enter(browser, CPF["alice"], mine).status_code) == (422, 303)
    assert "Olá, Alice" in browser.get("/portal").text


def test_who_is_on_file_without_address_is_verified_by_the_desk(site, browser, post):
    register(browser, cpf=CPF["bruno"])
    register(browser, cpf=CPF["bruno"])
    [(asked, name)] = site.clinic.portal.requests.open()
    assert (post.sent, asked.kind, name) == ([], "access", "Bruno Lima")
    assert "nadia@example.com" in asked.text


def test_a_name_on_file_is_not_told_to_who_types_its_cpf(site, browser):
    assert "Bruno" not in browser.get(register(browser, cpf=CPF["bruno"]).location).text


def test_the_desk_may_be_faster(site, browser, post):
    register(browser)
    site.clinic.patients.register("Nadia Campos", date(1980, 4, 5), NEW_CPF)
    confirm(browser, post)
    assert "A recepção confere" in browser.get("/entrar").text
    assert [asked.kind for asked, _ in site.clinic.portal.requests.open()] == ["access"]


def test_the_notice_and_the_choices_are_kept_with_their_time(site, browser, post):
    register(browser, training="1")
    said = site.clinic.clock.now
    site.clinic.clock.move(hours=1)
    confirm(browser, post)
    patient = site.clinic.database.first(select(Patient.id).where(Patient.cpf == NEW_CPF))[0]
    read = site.clinic.database.first(select(Acknowledgement.patient_id, Acknowledgement.version, Acknowledgement.at))
    assert tuple(read) == (patient, 1, said)
    assert site.clinic.portal.privacy.consents(patient) == {"marketing": False, "training": True}


def test_what_is_optional_is_not_ticked(site, browser, post):
    page = browser.get("/cadastro-paciente").text
    assert not re.search(r'name="(marketing|training|read)"[^>]*checked', page)
    register(browser)
    confirm(browser, post)
    assert count(site.clinic, Consent) == 0


# Made by telephone before


def by_telephone(clinic, cpf=NEW_CPF, protocol="261123000001"):
    person = clinic.patients.pre_register(cpf, date(1980, 4, 5), "5511988887777", None, protocol)
    slot = clinic.slot()
    booked = clinic.bookings.book(person, clinic.bookings.hold(slot, by="c"), clinic.terms(slot), via="telephone")
    return person, booked


@pytest.mark.parametrize("by", ["code", "protocol"])
def test_what_was_made_by_telephone_is_taken_over(site, browser, post, by):
    _, booked = by_telephone(site.clinic)
    register(browser, code=booked.code if by == "code" else "261123 000001")
    confirm(browser, post)
    assert "já está em Minhas consultas" in browser.get("/entrar").text
    enter(browser, NEW_CPF)
    assert booked.code in browser.get(f"/portal/consultas/{booked.id}").text


@pytest.mark.parametrize("changes", [{"birth_date": "06/04/1980"}, {"code": "000000"}, {"code": ""}])
def test_not_without_the_right_code_and_birth_date(site, browser, post, changes):
    _, booked = by_telephone(site.clinic)
    register(browser, **({"code": booked.code} | changes))
    confirm(browser, post)
    enter(browser, NEW_CPF)
    assert browser.get(f"/portal/consultas/{booked.id}").status_code == 404
    assert len(site.clinic.desk.intake.waiting()) == 1


def test_two_may_share_an_address(site, browser, post):
    site.clinic.users.create("Outra", ["patient"], [Identity("email", "nadia@example.com")], by="system")
    register(browser)
    confirm(browser, post)
    assert enter(browser, NEW_CPF).location == "/"


# What is wrong


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cpf": "111.111.111-11"}, "Este CPF não existe"),
        ({"cpf": ""}, "Escreva seu CPF."),
        ({"birth_date": "5/4/80"}, "Escreva a data como"),
        ({"birth_date": "31/02/1980"}, "Este dia não existe no calendário."),
        ({"birth_date": "01/01/2019"}, "Menores de 18 anos"),
        ({"email": "nadia"}, "Escreva um e-mail"),
        ({"email": ""}, "é por ele que o cadastro se confirma"),
        ({"phones": "123"}, "Escreva com DDD"),
        ({"name": "<>"}, "Escreva nome e sobrenome"),
        ({"name": "x" * 10_000}, "Use até 120 letras"),
        ({"new": "curta", "again": "curta"}, "pelo menos 8"),
        ({"again": "outra coisa aqui"}, "não são iguais"),
        ({"read": ""}, "Leia o aviso de privacidade"),
        ({"version": "7"}, "O aviso mudou"),
        ({"code": "12"}, "O código tem seis números"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(site, browser, post, changes, said):
    reply = register(browser, **changes)
    assert (reply.status_code, said in reply.text, post.sent) == (422, True, [])
    assert 'value="(11) 98888-7777"' in reply.text or "phones" in changes
    assert PASSWORD not in reply.text


def test_hostile_names_are_shown_as_text(site, browser):
    assert "<script>alert" not in register(browser, name="<script>alert(1)</script>", cpf="").text


def test_trying_many_times_is_slowed_down(site, browser):
    statuses = [register(browser).status_code for _ in range(8)]
    assert (statuses[0], statuses[-1]) == (303, 429)


def test_what_was_never_confirmed_is_deleted(site, browser):
    register(browser)
    site.clinic.clock.move(days=10)
    assert site.clinic.portal.registrations.forget_old() == 1
    assert count(site.clinic, Registration) == 0


def test_after_registering_one_comes_back_to_the_chosen_time(site, browser):
    slot = site.clinic.slot()
    on = f"/portal/marcar/{slot.id}"
    assert f"cadastro-paciente?next={on}" in browser.get(f"/entrar?next={on}").text
    sent = register(browser, next=on).location
    assert f'href="/entrar?next={on}"' in browser.get(sent).text


def test_nobody_is_led_elsewhere(site, browser):
    assert register(browser, next="https://evil.example/").location == "/cadastro-paciente/enviado"
