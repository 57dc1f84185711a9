"""A doctor's own day, and its requests."""

import re
from datetime import date

import pytest

from tests.admin_web.forms import send, text
from tests.admin_web.own import TUESDAY, request_of, tuesday


def test_the_own_day_is_where_a_doctor_begins(doctor, marina):
    assert doctor.get("/medico").location == f"/medico/{marina}"
    assert doctor.get("/").location == "/medico"


def test_a_day_shows_who_comes(clinic, doctor, marina):
    tuesday(clinic)
    page = doctor.get(f"/medico/{marina}?dia=2026-11-24").text
    assert all(said in page for said in ("Terça-feira, 24 de novembro de 2026", "08:00", "Alice Ferreira", "marcada"))


def test_a_delay_that_the_desk_noted_is_shown(clinic, doctor, marina):
    tuesday(clinic)
    clinic.desk.delays.set(marina, TUESDAY, 20, "user:1", "trânsito")
    page = text(doctor.get(f"/medico/{marina}/dia?dia=2026-11-24"))
    assert ("Atraso de 20 min anotado na agenda: trânsito." in page, "marcada +20 min" in page) == (True, True)
    assert "Atraso" not in text(doctor.get(f"/medico/{marina}/dia?dia=2026-11-25"))


def test_an_empty_day_says_so(doctor, marina):
    assert "Nenhuma consulta neste dia" in doctor.get(f"/medico/{marina}?dia=2026-11-29").text


def test_an_empty_day_leads_to_the_next_day_of_work(doctor, marina):
    page = doctor.get(f"/medico/{marina}?dia=2026-11-29").text
    assert f"/medico/{marina}?dia=2026-11-30" in page
    assert "Ir para seg., 30 nov." in page


@pytest.mark.parametrize("day", [TUESDAY, "2026-11-29"], ids=["with visits", "empty"])
def test_what_changes_of_a_day_says_for_whom_it_was_drawn(clinic, doctor, marina, day):
    tuesday(clinic)
    page, fragment = (doctor.get(f"/medico/{marina}{part}?dia={day}").text for part in ("", "/dia"))
    [of] = re.findall(r'name="csrf-token" content="([^"]+)"', page)
    assert re.findall(r'data-of="([^"]+)"', fragment) == [of]


@pytest.mark.parametrize("day", ["", "ontem", "2026-13-45", "9" * 400])
def test_a_day_that_is_none_is_today(doctor, marina, day):
    assert "23 de novembro" in doctor.get(f"/medico/{marina}", query_string={"dia": day}).text


@pytest.mark.parametrize("page", ["", "/dia"])
def test_looking_at_a_day_is_kept_in_the_audit(clinic, doctor, marina, page):
    for _ in range(2):
        doctor.get(f"/medico/{marina}{page}?dia=2026-11-24")
    notes = [entry.note for entry in clinic.audit.latest(action="day.read")]
    assert notes.count("2026-11-24") == 1


def test_hostile_names_are_shown_as_text(clinic, doctor, marina):
    slot = clinic.agenda.on_day(clinic.criteria(doctor="marina"), TUESDAY).times[0]
    hostile = clinic.patients.register("<script>alert(1)</script>", date(1980, 1, 1))
    clinic.bookings.book(hostile, clinic.bookings.hold(slot, by="x"), clinic.terms(slot), via="desk")
    assert "&lt;script&gt;alert(1)" in doctor.get(f"/medico/{marina}?dia=2026-11-24").text


def test_a_manager_sees_every_doctors_day(site, marina):
    assert site.client("manager").get(f"/medico/{marina}").status_code == 200


def test_a_doctor_who_is_none_is_not_there(site):
    assert site.client("manager").get("/medico/99999").status_code == 404


def test_a_request_says_for_what_who_pays_and_where(clinic, site):
    asked = clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology")
    page = text(site.client("manager").get(f"/medico/{clinic.at.doctors['rita']}?dia=2026-12-24"))
    kind, unit = clinic.directory.kind(asked.kind_id).name, clinic.units.known()[-1].name
    assert f"Alice Ferreira {kind} · " in page
    assert f" · {unit} Responda até" in page


def test_a_request_is_accepted(clinic, site):
    rita, asked, browser = request_of(clinic, site)
    assert "Pedidos à espera" in browser.get(f"/medico/{rita}").text
    assert send(browser, f"/medico/{rita}/consultas/{asked.id}/aceitar").status_code == 303
    assert clinic.bookings.get(asked.id).status == "booked"
    assert "Pedido aceito" in browser.get(f"/medico/{rita}").text


def test_a_refusal_needs_a_reason(clinic, site):
    rita, asked, browser = request_of(clinic, site)
    send(browser, f"/medico/{rita}/consultas/{asked.id}/recusar", reason="  ")
    assert clinic.bookings.get(asked.id).status == "pending"
    send(browser, f"/medico/{rita}/consultas/{asked.id}/recusar", reason="Não atendo este caso")
    assert clinic.bookings.get(asked.id).status == "cancelled"


@pytest.mark.parametrize(("reason", "said"), [("  ", "Escreva o motivo"), ("x" * 10_000, "Cabe até 250 letras")])
def test_a_reason_that_cannot_be_is_told_at_its_field_and_kept(clinic, site, reason, said):
    rita, asked, browser = request_of(clinic, site)
    reply = send(browser, f"/medico/{rita}/consultas/{asked.id}/recusar", reason=reason)
    field = re.search(rf'<textarea id="reason-{asked.id}".*?</div>', reply.text, re.DOTALL)[0]
    assert (reply.status_code, said in field, 'aria-invalid="true"' in field) == (422, True, True)
    assert reason in field and '<details class="decline" open>' in reply.text
    assert clinic.bookings.get(asked.id).status == "pending"


def test_a_reason_as_long_as_may_be_is_kept_whole(clinic, site):
    rita, asked, browser = request_of(clinic, site)
    assert send(browser, f"/medico/{rita}/consultas/{asked.id}/recusar", reason="ç" * 250).status_code == 303
    notes = [line.note for line in clinic.desk.cards.visit(asked.id, "user:1").changes]
    assert "ç" * 250 in notes


def test_a_doctor_whose_account_is_no_doctors_is_told_what_to_do(clinic, site):
    site.user("manager")
    site.users["new"] = clinic.users.create("Nova", ["doctor"], by="system")
    page = site.client("new").get("/medico")
    assert (page.status_code, "Falta ligar a sua conta" in page.text, "Fale com Manager" in page.text) == (
        200,
        True,
        True,
    )


def test_a_manager_who_is_a_doctor_too_is_led_to_the_own_account(clinic, site):
    user = site.users["both"] = clinic.users.create("Ambas", ["doctor", "manager"], by="system")
    assert f'href="/equipe/{user}"' in site.client("both").get("/medico").text


def test_an_answer_that_comes_too_late_says_so(clinic, site):
    rita, asked, browser = request_of(clinic, site)
    clinic.bookings.decline(asked.id, "user:9")
    send(browser, f"/medico/{rita}/consultas/{asked.id}/aceitar")
    assert "já está cancelada" in browser.get(f"/medico/{rita}").text


def test_a_request_whose_hour_has_come_says_so(clinic, site):
    rita, asked, browser = request_of(clinic, site)
    clinic.clock.now = asked.starts_at
    send(browser, f"/medico/{rita}/consultas/{asked.id}/aceitar")
    assert "a hora pedida já chegou" in browser.get(f"/medico/{rita}").text
    assert clinic.bookings.get(asked.id).status == "pending"


def test_nobody_answers_for_another_doctor(clinic, site, doctor, marina):
    _, asked, _ = request_of(clinic, site)
    assert send(doctor, f"/medico/{marina}/consultas/{asked.id}/aceitar").status_code == 404
    assert clinic.bookings.get(asked.id).status == "pending"
