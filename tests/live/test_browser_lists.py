"""Lists that stand open all day, in a real browser: they change under one's eyes, and nobody loses their place."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update

from db.tables import Doctor
from tests.clinic.small_clinic import NOW
from tests.clinic.waiting.listed import frees, joins, nothing_free, open_offer, rounds
from tests.live.browser import barriers, sticks_out
from tests.live.pages import SmallSite, small_site

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser")]

WIDE = pytest.mark.parametrize("width", [360, 1440])


@pytest.fixture
def site(clinic, browser) -> Iterator[SmallSite]:
    with small_site(clinic, browser, "attendant", "doctor", "manager") as made:
        yield made


def hears(page: Page) -> Page:
    """The page, once it hears what changes."""
    expect(page.locator("[data-live][data-hears]")).to_be_visible()
    return page


def row(page: Page, words: str) -> Locator:
    return page.locator("[data-row]", has_text=words)


def delayed(site: SmallSite, *people: str) -> None:
    """They are to be told that Marina is late."""
    for place, who in enumerate(people):
        site.clinic.book(who, site.clinic.slot("marina", place=place))
    site.clinic.desk.delays.set(site.clinic.at.doctors["marina"], NOW.date(), 20, "user:1")


def told(site: SmallSite, name: str) -> None:
    """Somebody else at the desk has told them."""
    [one] = [one for one in site.clinic.desk.notices.waiting() if one.name == name]
    site.clinic.desk.notices.done(one.change_id, "user:1")


@WIDE
def test_whom_to_call_comes_and_goes(site, width):
    page = hears(site.open("/avisar", "attendant", width))
    expect(page.get_by_role("heading", name="Ninguém para avisar")).to_be_visible()
    delayed(site, "alice", "bruno")
    expect(page.get_by_role("status").filter(has_text="2 pessoas para avisar")).to_be_visible()
    assert sticks_out(page) == []
    assert barriers(page) == []
    told(site, "Alice Ferreira")
    expect(row(page, "Alice Ferreira")).to_have_count(0)
    told(site, "Bruno Lima")
    expect(page.get_by_role("heading", name="Ninguém para avisar")).to_be_visible()


def test_who_stands_at_a_button_stays_at_it(site):
    delayed(site, "alice", "bruno", "carla")
    page = hears(site.open("/avisar", "attendant"))
    mine = row(page, "Bruno Lima").get_by_role("button", name="Avisei")
    mine.focus()
    told(site, "Alice Ferreira")
    expect(row(page, "Alice Ferreira")).to_have_count(0)
    expect(mine).to_be_focused()


def test_whose_row_is_gone_goes_on_at_the_next_one(site):
    delayed(site, "alice", "bruno")
    page = hears(site.open("/avisar", "attendant"))
    row(page, "Alice Ferreira").get_by_role("button", name="Avisei").focus()
    told(site, "Alice Ferreira")
    expect(row(page, "Bruno Lima").get_by_role("link", name="Bruno Lima")).to_be_focused()


def test_no_button_becomes_another_under_the_hand(site):
    nothing_free(site.clinic)
    joins(site.clinic, "bruno")
    frees(site.clinic)
    rounds(site.clinic)
    page = hears(site.open("/espera", "attendant"))
    row(page, "Bruno Lima").get_by_role("button", name="Aceitou").focus()
    site.clinic.waiting_list.offers.end(open_offer(site.clinic).id, "declined", "desk", "user:1")
    expect(row(page, "Bruno Lima").get_by_role("link", name="Ver horários")).to_be_visible()
    expect(row(page, "Bruno Lima").get_by_role("link", name="Bruno Lima")).to_be_focused()


@WIDE
def test_an_answer_that_is_being_typed_stays(site, width):
    requests, alice, bruno = site.clinic.portal.requests, site.clinic.people["alice"], site.clinic.people["bruno"]
    mine = requests.ask(alice.id, "correction", "Casei")
    page = hears(site.open("/pedidos", "attendant", width))
    row(page, "Alice Ferreira").get_by_text("Não pode ser atendido").click()
    note = row(page, "Alice Ferreira").get_by_label("Por quê?")
    note.fill("Falta o documento")
    note.press("ArrowLeft")
    other = requests.ask(bruno.id, "correction", "Mudei")
    expect(row(page, "Bruno Lima")).to_be_visible()
    requests.settle(other, "done", "user:1")
    expect(row(page, "Bruno Lima")).to_have_count(0)
    requests.settle(mine, "done", "user:1")
    expect(row(page, "Alice Ferreira").get_by_role("alert")).to_contain_text("Isto mudou agora e não espera mais")
    expect(note).to_be_focused()
    expect(note).to_have_value("Falta o documento")
    assert note.evaluate("(one) => one.selectionStart") == len("Falta o documento") - 1
    assert sticks_out(page) == []
    row(page, "Alice Ferreira").get_by_role("button", name="Responder").click()
    expect(page.get_by_text("Outra pessoa já respondeu a este pedido.")).to_be_visible()


def test_who_registered_by_telephone_comes_by_themselves(site):
    page = hears(site.open("/pacientes/pre-cadastros", "attendant"))
    site.clinic.patients.pre_register(None, NOW.date() - timedelta(days=12_000), "5511900002222", None, "1")
    expect(page.get_by_role("link", name="Resolver")).to_have_count(1)


def test_the_doctors_reason_stays_while_the_day_changes(site):
    marina = site.clinic.at.doctors["marina"]
    site.clinic.database.change(update(Doctor).where(Doctor.id == marina).values(approves=True))
    site.clinic.book("alice", site.clinic.slot("marina"))
    page = hears(site.open(f"/medico/{marina}", "doctor", 360))
    page.get_by_text("Recusar…").click()
    page.get_by_label("Motivo").fill("Precisa antes de um exame")
    site.clinic.desk.delays.set(marina, NOW.date(), 20, "user:1")
    expect(page.get_by_text("Atraso de 20 min anotado")).to_be_visible()
    site.clinic.book("bruno", site.clinic.slot("marina", place=1))
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.get_by_label("Motivo").first).to_have_value("Precisa antes de um exame")
    expect(page.get_by_label("Motivo").first).to_be_focused()


@pytest.mark.parametrize("path", ["/avisar", "/espera"])
def test_how_many_there_are_is_told_by_one_element_all_the_time(site, path):
    page = hears(site.open(path, "attendant"))
    told_by = page.locator("#list [role=status]").element_handle()
    assert told_by
    assert told_by.inner_text().startswith("Ninguém")
    delayed(site, "alice")
    joins(site.clinic, "alice")
    expect(page.locator("#list [role=status]")).to_have_text(re.compile("^1 pessoa "))
    assert told_by.evaluate("(one) => one.isConnected")


@pytest.mark.parametrize("forms", [False, True], ids=["a day without forms", "with"])
def test_a_day_that_stands_open_is_not_shown_as_another_readers(site, forms):
    marina = site.clinic.at.doctors["marina"]
    site.clinic.database.change(update(Doctor).where(Doctor.id == marina).values(approves=forms))
    page = hears(site.open(f"/medico/{marina}", "doctor"))
    site.enter(page, site.tokens["manager"])
    site.clinic.book("alice", site.clinic.slot("marina"))
    expect(page.locator("#session-ended")).to_be_visible()
    assert page.locator("#day").get_by_text("Alice Ferreira").count() == 0


def test_a_list_goes_on_when_the_same_person_is_back(site):
    page = hears(site.open("/espera", "attendant"))
    site.enter_anew(page, "attendant")
    expect(page.locator("#session-ended")).to_have_count(0)
    joins(site.clinic, "bruno")
    expect(row(page, "Bruno Lima")).to_be_visible()
