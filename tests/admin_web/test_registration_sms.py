"""Who is on file with nothing but a telephone gets the way in by SMS, and nobody learns by it who is on file."""

import re
from urllib.parse import urlsplit

import pytest

from clinic.identities import Identity
from clinic.letters import Letters
from clinic.media.nowhere import Nowhere
from clinic.media.outgoing import NotSent
from clinic.media.sms.fitting import fitted
from clinic.portal import Portal
from clinic.registrations import Registrations
from tests.admin_web.site import make_site
from tests.admin_web.test_password import URL, Post
from tests.admin_web.test_registration import NEW_CPF, PASSWORD, enter, register
from tests.clinic.small_clinic import BORN, CPF, PHONE

BRUNO = {"cpf": CPF["bruno"], "birth_date": f"{BORN['bruno']:%d/%m/%Y}"}


class Refusing(Nowhere):
    """A gateway that takes nothing."""

    def send(self, message):
        raise NotSent("http-500", again=True)


def sms_site(clinic, folder, sms):
    """The pages of a clinic whose SMS and mails are kept, sent before the page is answered."""
    c, post = clinic, Post()
    letters = Letters(post, c.mailed_links, c.users, c.profile, c.audit, URL, later=lambda work: work(), sms=sms)
    made = Registrations(c.database, c.desk.intake, c.users, letters, c.portal.requests, c.profile, c.clock)
    portal = Portal(**{**vars(c.portal), "registrations": made})
    return make_site(type(c)(**{**vars(c), "letters": letters, "portal": portal}), folder)


@pytest.fixture
def sms():
    return Nowhere("sms")


@pytest.fixture
def site(clinic, tmp_path, sms):
    return sms_site(clinic, tmp_path, sms)


@pytest.fixture
def browser(site):
    return site.client(None)


def link_in(sms):
    return urlsplit(re.search(r"https://\S+", sms.taken[-1].text)[0]).path


def choose(browser, path):
    browser.get(path)
    token = browser.get_cookie("alo_csrf").value
    return browser.post(path, data={"new": PASSWORD, "again": PASSWORD, "csrf_token": token})


def forget(browser, who):
    browser.get("/senha/esqueci")
    return browser.post("/senha/esqueci", data={"who": who, "csrf_token": browser.get_cookie("alo_csrf").value})


def test_the_link_goes_to_the_telephone_on_file_and_lets_in(site, browser, sms):
    assert register(browser, **BRUNO, phones="(11) 90000-0000").location == "/cadastro-paciente/enviado"
    assert [one.to for one in sms.taken] == [PHONE["bruno"]]
    assert choose(browser, link_in(sms)).location == "/entrar"
    assert enter(browser, CPF["bruno"]).location == "/"
    assert "Olá, Bruno" in browser.get("/portal").text


def test_an_email_need_not_be_had(site, browser, sms):
    """Nor is anything paid for the telephone of somebody the clinic does not know."""
    answers = {register(browser, email="", **who).location for who in (BRUNO, {"cpf": NEW_CPF})}
    assert (len(answers), [one.to for one in sms.taken]) == (1, [PHONE["bruno"]])


def test_it_fits_into_one_sms_and_names_nobody(site, browser, sms):
    register(browser, **BRUNO)
    [message] = sms.taken
    assert fitted(message.text, 1).endswith(link_in(sms))
    assert "..." not in fitted(message.text, 1)
    assert "Bruno" not in message.text


def test_the_telephone_lets_in_from_then_on(site, browser, sms):
    register(browser, **BRUNO)
    assert enter(browser, f"+{PHONE['bruno']}").status_code == 422
    choose(browser, link_in(sms))
    assert enter(browser, f"+{PHONE['bruno']}").location == "/"


def test_a_wrong_birth_date_is_for_the_desk_to_see(site, browser, sms):
    register(browser, cpf=CPF["bruno"])
    assert sms.taken == []
    assert [asked.kind for asked, _ in site.clinic.portal.requests.open()] == ["access"]


def test_every_cpf_gives_the_same_answer(site, browser):
    answers = set()
    for known in (BRUNO, {"cpf": CPF["alice"]}, {"cpf": NEW_CPF}):
        reply = register(browser, **known)
        page = re.sub(r'csrf.*|nonce="[^"]*"', "", browser.get(reply.location).text)
        answers.add((reply.status_code, reply.location, page))
    assert len(answers) == 1
    assert "por SMS para o celular" in answers.pop()[2]


def test_a_number_gets_three_a_day_and_the_last_one_still_works(site, browser, sms):
    for _ in range(5):
        register(browser, **BRUNO)
    assert len(sms.taken) == 3
    assert browser.get(link_in(sms)).status_code == 200


def test_a_gateway_that_takes_nothing_leaves_it_to_the_desk(clinic, tmp_path):
    site = sms_site(clinic, tmp_path, Refusing("sms"))
    register(site.client(None), **BRUNO)
    assert [asked.kind for asked, _ in site.clinic.portal.requests.open()] == ["access"]


def test_without_sms_it_is_left_to_the_desk(clinic, tmp_path):
    site = sms_site(clinic, tmp_path, None)
    browser = site.client(None)
    page = browser.get(register(browser, **BRUNO).location).text
    assert ([asked.kind for asked, _ in site.clinic.portal.requests.open()], "SMS" in page) == (["access"], False)


def test_a_link_to_a_number_that_is_theirs_no_more_opens_nothing(site, browser, sms):
    bruno = site.clinic.people["bruno"].id
    register(browser, **BRUNO)
    site.clinic.portal.own_data.set_contact(bruno, "(11) 97777-6666", "", "test")
    assert browser.get(link_in(sms)).status_code == 410


def test_a_number_that_is_theirs_no_more_lets_in_no_more(site, browser, sms):
    register(browser, **BRUNO)
    choose(browser, link_in(sms))
    site.clinic.portal.own_data.set_contact(site.clinic.people["bruno"].id, "(11) 97777-6666", "", "test")
    assert enter(browser, f"+{PHONE['bruno']}").status_code == 422
    assert enter(browser, CPF["bruno"]).location == "/"


def test_a_forgotten_password_is_chosen_anew_by_sms(site, browser, sms):
    site.clinic.users.shown(site.user("other_patient"), Identity("phone", PHONE["bruno"]))
    forget(browser, CPF["bruno"])
    assert choose(browser, link_in(sms)).location == "/entrar"


def test_not_for_who_says_nothing_but_the_number(site, browser, sms):
    """A number that has a new owner must not open the old one's account."""
    site.clinic.users.shown(site.user("other_patient"), Identity("phone", PHONE["bruno"]))
    pages = [forget(browser, login).text for login in (f"+{PHONE['bruno']}", CPF["alice"])]
    assert sms.taken == []
    assert len({re.sub(r'nonce="[^"]*"', "", page) for page in pages}) == 1


def test_what_the_desk_wrote_on_a_card_opens_no_account_of_who_works_here(site, browser, sms):
    user = site.user("other_patient")
    site.clinic.users.set_roles(user, ["patient", "manager"], by="system")
    register(browser, **BRUNO)
    assert sms.taken == []
