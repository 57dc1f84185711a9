"""A doctor's own pages: the day and its requests, hours, absences, prices, the calendar to subscribe to."""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from admin_web.hours_form import FIELDS, stamp
from admin_web.own_terms import read_reais, write_reais
from tests.admin_web.forms import as_shown, send

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
TUESDAY = date(2026, 11, 24)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(TUESDAY, time(hour, minute), SAO_PAULO)


@pytest.fixture
def marina(clinic) -> int:
    return clinic.at.doctors["marina"]


@pytest.fixture
def doctor(site):
    """Marina's browser."""
    browser = site.client("doctor")
    browser.get("/medico", follow_redirects=True)
    return browser


def seen_in(page: str) -> str:
    """By what the page's form shows that those who are hit were shown."""
    return re.search(r'name="seen" value="(\w+)"', page)[1]


def tuesday(clinic, who="alice"):
    return clinic.book(who, clinic.agenda.on_day(clinic.criteria(doctor="marina"), TUESDAY).times[0])


def request_of(clinic, site):
    """A request Rita has to answer, and her browser."""
    rita = clinic.at.doctors["rita"]
    asked = clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology")
    user = clinic.users.create("Rita", ["doctor"], by="system", doctor_id=rita)
    site.users["rita"] = user
    browser = site.client("rita")
    browser.get(f"/medico/{rita}")
    return rita, asked, browser


def row(clinic, **more):
    row = dict(
        zip(FIELDS, ["1", "08:00", "12:00", str(clinic.at.units["centro"]), "in_person", "30", "", ""], strict=True)
    )
    return row | {"before": stamp(clinic.practice.hours(clinic.at.doctors["marina"]))} | more


# The day


def test_the_own_day_is_where_a_doctor_begins(doctor, marina):
    assert doctor.get("/medico").location == f"/medico/{marina}"
    assert doctor.get("/").location == "/medico"


def test_a_day_shows_who_comes(clinic, doctor, marina):
    tuesday(clinic)
    page = doctor.get(f"/medico/{marina}?dia=2026-11-24").text
    assert all(said in page for said in ("Terça-feira, 24 de novembro de 2026", "08:00", "Alice Ferreira", "marcada"))


def test_an_empty_day_says_so(doctor, marina):
    assert "Nenhuma consulta neste dia" in doctor.get(f"/medico/{marina}?dia=2026-11-29").text


def test_an_empty_day_leads_to_the_next_day_of_work(doctor, marina):
    page = doctor.get(f"/medico/{marina}?dia=2026-11-29").text
    assert f"/medico/{marina}?dia=2026-11-30" in page
    assert "Ir para seg., 30 nov." in page


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


# Requests


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


def test_nobody_answers_for_another_doctor(clinic, site, doctor, marina):
    _, asked, _ = request_of(clinic, site)
    assert send(doctor, f"/medico/{marina}/consultas/{asked.id}/aceitar").status_code == 404
    assert clinic.bookings.get(asked.id).status == "pending"


# Hours


def test_the_hours_are_shown_as_they_stand(doctor, marina):
    page = doctor.get(f"/medico/{marina}/horarios").text
    assert page.count('value="08:00"') == 5
    assert page.count("data-row") == 7


def test_hours_as_they_stand_hit_nobody(clinic, doctor, marina):
    tuesday(clinic)
    assert "Nenhuma consulta marcada fica de fora" in doctor.get(f"/medico/{marina}/horarios").text


def test_hours_are_kept_and_the_slots_follow(clinic, doctor, marina):
    reply = send(doctor, f"/medico/{marina}/horarios", **row(clinic, starts="09:00", minutes="20"))
    assert reply.status_code == 303
    [hours] = clinic.practice.hours(marina)
    assert (hours.weekday, hours.starts, hours.slot_minutes) == (1, time(9), 20)
    assert clinic.slot("marina").starts_at == at(9)


def test_a_length_that_is_not_usual_stays(clinic, doctor, marina):
    before = [replace(one, slot_minutes=25) for one in clinic.practice.hours(marina)]
    clinic.practice.set_hours(marina, before)
    path = f"/medico/{marina}/horarios"
    fields = as_shown(doctor.get(path).text)
    assert fields["minutes"] == ["25"] * 5 + ["30"] * 2
    assert send(doctor, path, **fields).status_code == 303
    assert clinic.practice.hours(marina) == before


def test_nothing_is_kept_before_those_who_are_hit_were_shown(clinic, doctor, marina):
    visit = tuesday(clinic)
    path, later = f"/medico/{marina}/horarios", row(clinic, starts="09:00")
    asked = send(doctor, path, **later).text
    assert "Uma consulta marcada fica" in asked and visit.code in asked and "Guardar mesmo assim" in asked
    assert len(clinic.practice.hours(marina)) == 5
    assert send(doctor, path, **later, seen=seen_in(asked), offer="1").status_code == 303
    assert len(clinic.practice.hours(marina)) == 1
    assert [one.tell_by_phone for one in clinic.practice.day(marina, TUESDAY)] == [True]


def test_the_effect_is_told_while_one_types(clinic, doctor, marina):
    tuesday(clinic)
    told = send(doctor, f"/medico/{marina}/horarios/efeito", **row(clinic, ends="08:30", starts="08:00")).text
    assert "0 h" in told or "30 min por semana" in told
    told = send(doctor, f"/medico/{marina}/horarios/efeito", **row(clinic, starts="09:00")).text
    assert "Alice Ferreira" in told


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ends": "07:00"}, "O fim precisa vir depois do começo."),
        ({"starts": ""}, "Falta o começo."),
        ({"ends": "25:99"}, "Escreva as horas como 08:30."),
        ({"starts": "11:45"}, "Não cabe nem uma consulta de 30 minutos."),
        ({"unit": "999"}, "Escolha a unidade."),
        ({"minutes": "4"}, "Escolha a duração."),
        ({"minutes": "241"}, "Escolha a duração."),
        ({"weekday": "9"}, "Escolha o dia"),
        ({"modality": "<b>"}, "Escolha o dia"),
        ({"from": "2026-12-01", "until": "2026-11-01"}, "A validade termina antes de começar."),
        ({"until": "amanhã"}, "Escreva a data"),
    ],
)
def test_hours_that_cannot_be_are_told_at_their_row(clinic, doctor, marina, wrong, said):
    reply = send(doctor, f"/medico/{marina}/horarios", **row(clinic, **wrong))
    assert (reply.status_code, said in reply.text) == (422, True)
    assert len(clinic.practice.hours(marina)) == 5


def test_hours_that_overlap_are_told(clinic, doctor, marina):
    one, other = row(clinic), row(clinic, starts="11:00", ends="13:00")
    both = {name: [one[name], other[name]] for name in FIELDS} | {"before": one["before"]}
    reply = send(doctor, f"/medico/{marina}/horarios", **both)
    assert reply.status_code == 422
    assert "Coincide com terça-feira, das 08:00 às 12:00." in reply.text


# Absences


def test_an_absence_of_whole_days(clinic, doctor, marina):
    send(doctor, f"/medico/{marina}/ausencias", **{"from": "2026-11-24", "until": "2026-11-25", "reason": "Congresso"})
    [absence] = clinic.practice.absences(marina)
    assert (absence.starts_at, absence.ends_at) == (at(0), at(0) + timedelta(days=2))


def test_who_is_hit_by_an_absence_is_shown_with_other_times(clinic, doctor, marina):
    tuesday(clinic)
    fields = {"from": "2026-11-24", "starts": "08:00", "ends": "10:00", "reason": "Consulta própria"}
    asked = send(doctor, f"/medico/{marina}/ausencias", **fields).text
    assert (
        "Uma pessoa está marcada" in asked and "Alice Ferreira" in asked and "pode ser: ter., 24 nov., 10:00" in asked
    )
    assert clinic.practice.absences(marina) == []
    send(doctor, f"/medico/{marina}/ausencias", **fields, seen=seen_in(asked), offer="1")
    assert len(clinic.practice.absences(marina)) == 1
    assert "1 pessoa na lista" in doctor.get(f"/medico/{marina}/ausencias").text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Diga o primeiro dia."),
        ({"from": "x"}, "Escreva a data"),
        ({"from": "2026-11-24", "until": "2026-11-20"}, "precisa terminar depois de começar"),
        ({"from": "2025-01-01"}, "no futuro"),
        ({"from": "2026-11-24", "starts": "oito"}, "Escreva as horas como 08:30."),
    ],
)
def test_an_absence_that_cannot_be_is_told(clinic, doctor, marina, fields, said):
    reply = send(doctor, f"/medico/{marina}/ausencias", **fields)
    assert (reply.status_code, said in reply.text) == (422, True)
    assert clinic.practice.absences(marina) == []


def test_an_absence_is_taken_back(clinic, doctor, marina):
    clinic.practice.add_absence(marina, at(8), at(12))
    [absence] = clinic.practice.absences(marina)
    send(doctor, f"/medico/{marina}/ausencias/{absence.id}/retirar")
    assert clinic.practice.absences(marina) == []
    assert send(doctor, f"/medico/{marina}/ausencias/{absence.id}/retirar").status_code == 303


# Prices and the calendar


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("350", 35_000),
        ("350,00", 35_000),
        ("R$ 1.250,50", 125_050),
        ("0", 0),
        ("350.00", None),
        ("-1", None),
        ("x", None),
    ],
)
def test_prices_as_people_type_them(typed, cents):
    assert read_reais(typed) == cents


def test_a_price_is_shown_as_it_is_typed():
    assert (write_reais(125_050), write_reais(None)) == ("1250,50", "")


def test_prices_are_kept_and_taken_away(clinic, doctor, marina):
    path, kind = f"/medico/{marina}/precos", clinic.at.kinds["consultation"]
    for typed, cents in (("420,00", 42_000), ("", None)):
        shown = as_shown(doctor.get(path).text)
        assert send(doctor, path, shown | {f"price-{kind}": typed}).status_code == 303
        assert clinic.directory.price(marina, kind) == cents


def test_two_do_not_write_over_each_others_prices(clinic, site, doctor, marina):
    path, kind = f"/medico/{marina}/precos", f"price-{clinic.at.kinds['consultation']}"
    mine = as_shown(doctor.get(path).text)
    manager = site.client("manager")
    assert send(manager, path, as_shown(manager.get(path).text) | {kind: "390,00"}).status_code == 303
    reply = send(doctor, path, mine | {kind: "420,00"})
    assert (reply.status_code, 'value="420,00"' in reply.text, "R$ 390,00" in reply.text) == (409, True, True)
    assert clinic.practice.prices(marina)[clinic.at.kinds["consultation"]] == 39_000
    assert send(doctor, path, as_shown(reply.text)).status_code == 303


def test_a_price_that_is_none_changes_nothing(clinic, doctor, marina):
    kind = clinic.at.kinds["consultation"]
    reply = send(doctor, f"/medico/{marina}/precos", **{f"price-{kind}": "caro"})
    assert (reply.status_code, 'value="caro"' in reply.text) == (422, True)
    assert clinic.directory.price(marina, kind) == 35_000


def test_the_calendar_is_open_to_who_has_its_address(clinic, site, doctor, marina):
    tuesday(clinic)
    [address] = re.findall(
        r"http://localhost(/ics/[\w-]+\.ics)", send(doctor, f"/medico/{marina}/precos/calendario").text
    )
    told = site.client(None).get(address)
    assert (told.status_code, told.mimetype) == (200, "text/calendar")
    assert "BEGIN:VEVENT" in told.text and "Alice" not in told.text
    send(doctor, f"/medico/{marina}/precos/calendario/fechar")
    assert site.client(None).get(address).status_code == 404
