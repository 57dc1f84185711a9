"""What doctors, patients and the reception do all day, in a real browser: the Monday of the small clinic, 09:00."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update

from clinic.bookings import Booking
from db.tables import Doctor
from tests.clinic.small_clinic import NOW, SmallClinic
from tests.live.browser import PATIENCE, sticks_out
from tests.live.pages import SmallSite, small_site

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser")]

TODAY = "/agenda?dia=2026-11-23"


@pytest.fixture
def site(clinic, browser) -> Iterator[SmallSite]:
    with small_site(clinic, browser, "doctor", "patient", "attendant") as made:
        yield made


def ask(clinic: SmallClinic, who: str) -> Booking:
    """A request to Marina that she has yet to answer."""
    marina = clinic.at.doctors["marina"]
    clinic.database.change(update(Doctor).where(Doctor.id == marina).values(approves=True))
    asked = clinic.book(who, clinic.slot("marina"))
    assert asked.status == "pending"
    return asked


def told(page: Page) -> Locator:
    return page.locator(".bar.good")


# The doctor


def test_the_doctor_opens_her_day_and_answers_requests(site):
    for who in ("alice", "bruno"):
        ask(site.clinic, who)
    page = site.open("/", "doctor")
    expect(page.get_by_role("heading", level=1)).to_have_text("Segunda-feira, 23 de novembro de 2026")
    requests = page.get_by_role("article")
    requests.filter(has_text="Alice Ferreira").get_by_role("button", name="Aceitar").click()
    expect(told(page)).to_contain_text("Pedido aceito")
    expect(page.locator(".day-list li", has_text="Alice Ferreira")).to_contain_text("marcada")
    requests.get_by_text("Recusar…").click()
    requests.get_by_label("Motivo").fill("Precisa antes de um exame")
    requests.get_by_role("button", name="Recusar pedido").click()
    expect(told(page)).to_contain_text("Pedido recusado")
    expect(requests).to_have_count(0)
    expect(page.locator(".day-list li", has_text="Bruno Lima").get_by_text("marcada")).to_have_count(0)


def test_the_doctor_sees_at_once_that_the_desk_noted_a_delay(site):
    site.clinic.book("alice", site.clinic.slot("marina"))
    page = site.open("/medico", "doctor")
    expect(page.locator("#day")).to_be_visible()
    site.clinic.desk.delays.set(site.clinic.at.doctors["marina"], NOW.date(), 20, "user:1")
    expect(page.locator("#day .bar")).to_contain_text("Atraso de 20 min anotado na agenda.")
    expect(page.locator(".day-list li", has_text="Alice Ferreira")).to_contain_text("+20 min")


def test_what_the_doctor_answers_reaches_the_patient(site):
    asked = ask(site.clinic, "alice")
    patient = site.open(f"/portal/consultas/{asked.id}", "patient", 360)
    expect(patient.locator("html[data-hears]")).to_be_attached()
    site.open("/medico", "doctor").get_by_role("button", name="Aceitar").click()
    expect(patient.locator("#visit .badge").first).to_have_text("marcada")


def test_the_doctor_is_away_and_offers_all_another_time(site):
    site.clinic.book("alice")
    page = site.open("/medico", "doctor")
    page.get_by_role("link", name="Ausências").click()
    page.get_by_label("Primeiro dia").fill("2026-11-23")
    page.get_by_label("Motivo").fill("Congresso")
    page.get_by_role("button", name="Guardar ausência").click()
    expect(page.get_by_text("Uma pessoa está marcada")).to_be_visible()
    expect(page.locator(".rows li", has_text="Alice Ferreira")).to_contain_text("pode ser: ter., 24 nov., 08:00")
    expect(page.get_by_label("Oferecer outro horário")).to_be_checked()
    page.get_by_role("button", name="Guardar mesmo assim").click()
    expect(told(page)).to_contain_text("Ausência guardada")
    expect(page.locator(".rows li", has_text="Congresso")).to_be_visible()
    expect(site.open("/avisar", "attendant").locator("main")).to_contain_text("Alice Ferreira")


# The patient


def find_and_book(page: Page) -> None:
    """From the first page to an appointment with Marina, for oneself."""
    page.get_by_role("link", name="Marcar consulta").first.click()
    page.get_by_label("Especialidade").select_option(label="Clínica geral")
    page.get_by_role("button", name="Procurar").click()
    expect(page.locator(".doctors")).to_contain_text("MÉDICA · CRM-SP 101")
    page.get_by_role("link", name="Ver todos os horários de Marina Corrêa").click()
    page.locator(".day").nth(1).locator(".times a", has_text="09:00").click()
    expect(page.get_by_text("Guardamos este horário")).to_be_visible()
    page.get_by_role("button", name="Marcar consulta").click()
    expect(told(page)).to_contain_text("Consulta marcada para ter., 24 nov., 09:00")


def test_a_patient_finds_books_moves_and_cancels(site):
    page = site.open("/", "patient", 360)
    find_and_book(page)
    page.locator(".rail").get_by_role("link", name="Minhas consultas").click()
    page.get_by_role("link", name="ter., 24 nov., 09:00").click()
    page.get_by_role("button", name="Confirmar presença").click()
    expect(told(page)).to_contain_text("Presença confirmada")
    page.get_by_role("link", name="Mudar o horário").click()
    page.locator(".day", has_text="25 de novembro").locator(".times a").first.click()
    expect(page.get_by_text("Guardamos o novo horário")).to_be_visible()
    page.get_by_role("button", name="Mudar para este horário").click()
    expect(told(page)).to_contain_text("A consulta mudou para qua., 25 nov.")
    page.get_by_role("link", name="Cancelar").click()
    page.get_by_label("Por que você está cancelando?").select_option(label="Outro motivo")
    page.get_by_role("button", name="Cancelar a consulta").click()
    expect(page.get_by_text("Escreva em poucas palavras").first).to_be_visible()
    page.get_by_label("Quer dizer algo mais?").fill("Viajo nesse dia")
    page.get_by_role("button", name="Cancelar a consulta").click()
    expect(told(page)).to_contain_text("Consulta cancelada")
    expect(page.locator("#visits .badge").first).to_have_text("cancelada")
    assert site.clinic.bookings.upcoming(site.clinic.people["alice"]) == []


def test_who_is_logged_out_in_the_middle_comes_back_to_the_chosen_time(site):
    page = site.open("/portal", "patient")
    slot = site.clinic.slot("marina", place=1)
    page.goto(f"{site.address}/portal/marcar/{slot.id}?para={site.clinic.people['davi'].id}")
    site.clinic.sessions.leave(site.tokens["patient"])
    page.get_by_role("button", name="Marcar consulta").click()
    expect(page.get_by_text("Sua sessão terminou.").first).to_be_visible()
    expect(page.locator('input[name="kept:para"]')).to_have_value(str(site.clinic.people["davi"].id))


# The reception


def on_the_agenda(page: Page, words: str) -> Locator:
    return page.locator("[data-visit]", has_text=words)


def do(page: Page, who: str, what: str) -> None:
    """Open somebody's visit and press one of its buttons."""
    on_the_agenda(page, who).first.click()
    page.locator("dialog").get_by_role("button", name=what).click()


def test_somebody_arrives_and_is_seen(site):
    site.clinic.book("alice")
    page = site.open(TODAY, "attendant")
    do(page, "Alice Ferreira", "Chegou")
    expect(on_the_agenda(page, "Alice Ferreira")).to_contain_text("chegou")
    do(page, "Alice Ferreira", "Atendida")
    expect(on_the_agenda(page, "Alice Ferreira")).to_contain_text("atendida")


def of_this_morning(clinic: SmallClinic, who: str) -> None:
    """An appointment that has begun: it was made before."""
    clinic.clock.now = NOW - timedelta(hours=12)
    clinic.book(who)
    clinic.clock.now = NOW


def test_who_did_not_come_is_marked_and_may_still_come(site):
    of_this_morning(site.clinic, "bruno")
    page = site.open(TODAY, "attendant")
    do(page, "Bruno Lima", "Faltou")
    expect(on_the_agenda(page, "Bruno Lima")).to_contain_text("faltou")
    do(page, "Bruno Lima", "Chegou")
    expect(on_the_agenda(page, "Bruno Lima")).to_contain_text("chegou")


def test_what_was_cancelled_by_mistake_is_taken_back(site):
    site.clinic.book("alice")
    page = site.open(TODAY, "attendant")
    on_the_agenda(page, "Alice Ferreira").click()
    page.locator("dialog").get_by_role("link", name="Cancelar").click()
    page.get_by_label("Por que a consulta").select_option("cannot_attend")
    page.get_by_role("button", name="Cancelar consulta").click()
    expect(on_the_agenda(page, "Alice Ferreira")).to_have_count(0)
    page.get_by_role("button", name="Desfazer").click()
    expect(on_the_agenda(page, "Alice Ferreira")).to_contain_text("10:00")


def test_somebody_without_a_time_is_seen_too_and_it_is_said_why(site):
    page = site.open(TODAY, "attendant")
    page.get_by_role("link", name="Encaixe").click()
    page.locator("dialog input[type=search]").fill("carla")
    page.get_by_role("link", name=re.compile("Carla Souza")).click()
    drawer = page.locator("dialog")
    drawer.get_by_label("Médico").select_option(label="Marina Corrêa")
    drawer.get_by_label("Hora").fill("09:10")
    drawer.get_by_label("Tipo").select_option(label="Consulta (30 min)")
    drawer.get_by_label("Por que este encaixe?").fill("Dor forte desde a noite")
    drawer.get_by_role("button", name="Fazer encaixe").click()
    expect(drawer.get_by_role("alert")).to_contain_text("está livre", timeout=PATIENCE)
    drawer.get_by_role("button", name="Fazer encaixe mesmo assim").click()
    expect(on_the_agenda(page, "Carla Souza")).to_contain_text("09:10", timeout=PATIENCE)
    on_the_agenda(page, "Carla Souza").click()
    expect(page.locator("dialog")).to_contain_text("Dor forte desde a noite")


def test_the_days_of_a_week_fit_a_telephone(site):
    page = site.open("/agenda/semana?dia=2026-11-23&medico=1", "attendant", 360)
    expect(page.locator(".chooser a")).to_have_count(5)
    assert sticks_out(page) == []
    page.get_by_role("link", name=re.compile("qua., 25 nov.")).click()
    expect(page.locator(".strip:visible .name")).to_have_text("qua., 25 nov.")
