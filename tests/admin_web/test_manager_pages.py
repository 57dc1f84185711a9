"""What a manager arranges: settings of the call and texts, days on which the clinic closes, and the audit."""

import re
from datetime import date
from pathlib import Path

import pytest

from admin_web.audit_words import ACTIONS, noted, subject
from clinic.profile import Profiles
from tests.admin_web.forms import as_shown, send

TUESDAY = date(2026, 11, 24)


# Settings


def test_what_is_shown_can_be_kept_as_it_is(clinic, manager):
    before = clinic.profile.get()
    assert send(manager, "/ajustes", **as_shown(manager.get("/ajustes").text)).status_code == 303
    assert clinic.profile.get() == before


def test_settings_are_kept_and_audited(clinic, manager):
    fields = as_shown(manager.get("/ajustes").text) | {"name": "Clínica Nova", "rating": "1", "booking_days": "60"}
    send(manager, "/ajustes", **fields)
    profile = clinic.profile.get()
    assert (profile.name, profile.rating, profile.booking_days) == ("Clínica Nova", True, 60)
    assert clinic.audit.latest(action="profile.changed")
    assert "Ajustes guardados" in manager.get("/ajustes").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "  "}, "A clínica precisa de um nome."),
        ({"booking_days": "0"}, "Um número de 1 a 365."),
        ({"booking_days": "²"}, "Um número de 1 a 365."),
        ({"hold_minutes": "muito"}, "Um número de 1 a 30."),
        ({"noon": "25:00"}, "Escreva as horas como 12:00."),
        ({"privacy_notice": "x" * 20_001}, "Cabe até 20000 letras."),
    ],
)
def test_a_setting_that_cannot_be_is_told_and_nothing_typed_is_lost(clinic, manager, wrong, said):
    before = clinic.profile.get()
    fields = as_shown(manager.get("/ajustes").text) | {"registration": "CRM-SP 1"} | wrong
    reply = send(manager, "/ajustes", **fields)
    assert (reply.status_code, said in reply.text, 'value="CRM-SP 1"' in reply.text) == (422, True, True)
    assert clinic.profile.get() == before


def test_two_managers_do_not_write_over_each_other(clinic, site, manager):
    mine = as_shown(manager.get("/ajustes").text) | {"name": "Minha"}
    clinic.clock.move(seconds=1)
    clinic.profile.change({"rating": True}, clinic.profile.stamp())
    reply = send(manager, "/ajustes", **mine)
    assert (reply.status_code, 'value="Minha"' in reply.text) == (409, True)
    assert '<dt>Pedir uma nota de 1 a 5 no fim</dt><dd class="wrap">sim</dd>' in reply.text
    assert clinic.profile.get().name == "Clínica Boa Vista"
    assert send(manager, "/ajustes", **(as_shown(reply.text))).status_code == 303
    assert clinic.profile.get().name == "Minha"


def test_what_was_saved_through_another_process_is_shown_and_kept(clinic, manager):
    clinic.profile.get()
    clinic.clock.move(seconds=1)
    Profiles(clinic.database, clinic.clock).change({"rating": True}, clinic.profile.stamp())
    assert send(manager, "/ajustes", **as_shown(manager.get("/ajustes").text)).status_code == 303
    assert clinic.profile.get().rating


# Holidays


def test_a_day_is_added_and_taken_back(clinic, manager):
    send(manager, "/feriados", day="2026-11-24", name="Reforma")
    [closing] = clinic.closings.own()
    assert "Reforma" in manager.get("/feriados").text
    send(manager, f"/feriados/{closing.id}/retirar")
    assert clinic.closings.own() == []


def test_those_who_are_hit_are_shown_first(clinic, manager):
    clinic.book("alice", clinic.agenda.on_day(clinic.criteria(doctor="marina"), TUESDAY).times[0])
    asked = send(manager, "/feriados", day="2026-11-24", name="Reforma").text
    assert "Uma pessoa está marcada" in asked and "Alice Ferreira" in asked
    assert clinic.closings.own() == []
    send(
        manager,
        "/feriados",
        day="2026-11-24",
        name="Reforma",
        seen=re.search(r'name="seen" value="(\w+)"', asked)[1],
        offer="1",
    )
    assert [one.tell_by_phone for one in clinic.closings.hit(TUESDAY, None)] == [True]


def test_who_is_hit_when_an_open_holiday_is_taken_back_is_shown_first(clinic, manager):
    clinic.book("alice", clinic.agenda.on_day(clinic.criteria(doctor="marina"), TUESDAY).times[0])
    send(manager, "/feriados", day="2026-11-24", name="Plantão", works="1")
    [closing] = clinic.closings.own()
    asked = send(manager, f"/feriados/{closing.id}/retirar").text
    assert "Uma pessoa está marcada" in asked and "Retirar mesmo assim" in asked
    assert clinic.closings.own() == [closing]
    seen = re.search(r'name="seen" value="(\w+)"', asked)[1]
    done = send(manager, f"/feriados/{closing.id}/retirar", seen=seen, offer="1")
    assert (done.status_code, clinic.closings.own()) == (303, [])
    assert "a clínica fecha nesse dia. 1 pessoa é avisada" in manager.get("/feriados").text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"day": "", "name": "x"}, "Diga o dia."),
        ({"day": "2026-11-24", "name": " "}, "Diga o motivo"),
        ({"day": "2025-01-01", "name": "x"}, "Esse dia já passou."),
    ],
)
def test_a_day_that_cannot_be_is_told(clinic, manager, fields, said):
    reply = send(manager, "/feriados", **fields)
    assert (reply.status_code, said in reply.text) == (422, True)


def test_a_day_is_not_added_twice(manager):
    send(manager, "/feriados", day="2026-11-24", name="Reforma")
    assert "já está na lista" in send(manager, "/feriados", day="2026-11-24", name="Reforma").text


def test_public_holidays_are_shown(manager):
    assert "Natal" in manager.get("/feriados").text


def test_the_page_tells_how_far_the_agendas_are_until_they_are_done(clinic, manager):
    assert "sendo refeita" not in manager.get("/feriados").text
    send(manager, "/feriados", day="2026-11-24", name="Reforma")
    page = manager.get("/feriados").text
    assert "A agenda de 4 médicos está sendo refeita…" in page and "manager/replanning" in page
    address = re.search(r'data-from="([^"]+)"', page)[1]
    clinic.agenda.generate(clinic.at.doctors["marina"])
    assert "1 de 4" in manager.get(address).text
    clinic.agenda.catch_up()
    assert "Todas as agendas estão em dia." in manager.get(address).text


def test_a_worker_that_does_not_come_is_told_of(clinic, manager):
    clinic.closings.add(TUESDAY, "Reforma")
    clinic.clock.move(minutes=3)
    assert "confira se o processo" in manager.get("/unidades").text


# Audit


def test_the_audit_names_who_did_what(clinic, site, manager):
    clinic.audit.add(site.viewer("attendant").ref, "patient.read", "patient", clinic.people["alice"].id)
    page = manager.get("/auditoria").text
    assert "Attendant" in page and "viu um cadastro" in page
    assert "Alice" not in page


def test_the_audit_names_what_it_is_about_but_no_patient(clinic, site, manager):
    at = clinic.at
    clinic.audit.add("system", "doctor.saved", "doctor", at.doctors["marina"])
    clinic.audit.add("system", "unit.saved", "unit", at.units["norte"])
    clinic.audit.add("system", "user.deactivated", "user", site.user("attendant"))
    clinic.audit.add("system", "doctor.saved", "doctor", 999)
    clinic.audit.add("system", "patient.read", "patient", clinic.people["alice"].id)
    page = manager.get("/auditoria").text
    names = {
        f"médico(a) {at.doctors['marina']}": "Marina Corrêa", f"unidade {at.units['norte']}": "Santana",
        f"conta {site.user('attendant')}": "Attendant",
    }  # fmt: skip
    for number, name in names.items():
        assert f'>{number}</a> <span class="quiet">{name}</span>' in page
    assert ">médico(a) 999</a></td>" in page and "Alice" not in page


def test_the_audit_is_filtered_and_says_when_nothing_fits(clinic, site, manager):
    clinic.audit.add(site.viewer("attendant").ref, "patient.read", "patient", 1)
    assert "viu um cadastro" in manager.get("/auditoria?quem=attend&acao=patient.read&de=2026-11-23").text
    assert "Nada encontrado" in manager.get("/auditoria?de=2030-01-01").text


def test_an_end_before_the_beginning_is_told(clinic, manager):
    reply = manager.get("/auditoria?quem=attend&de=2026-11-23&ate=2026-11-22")
    assert (reply.status_code, "O fim vem antes do começo." in reply.text) == (422, True)
    assert 'value="attend"' in reply.text and "Nada encontrado" not in reply.text


def test_long_trails_are_read_page_by_page(clinic, manager):
    for number in range(60):
        clinic.audit.add("system", "hours.changed", "doctor", number + 100)
    first = manager.get("/auditoria?acao=hours.changed").text
    [older] = re.findall(r'href="(/auditoria\?[^"]*antes=\d+)"', first)
    rest = manager.get(older.replace("&amp;", "&")).text
    assert (first.count("mudou os horários"), rest.count("mudou os horários")) == (50, 10)


@pytest.mark.parametrize(
    "query", ["antes=x", "antes=9999999999999999999", "de=ontem", "de_quem=patient:x", "acao=" + "x" * 999]
)
def test_odd_filters_do_no_harm(manager, query):
    assert manager.get(f"/auditoria?{query}").status_code == 200


def test_whatever_is_audited_has_words():
    sources = [path.read_text() for room in ("admin_web", "clinic") for path in Path(room).rglob("*.py")]
    written = {code for text in sources for code in re.findall(r'audit\.add\(\s*[^,()]+,\s*"([a-z_.]+)"', text)}
    assert len(written) > 20
    assert written - set(ACTIONS) == set()


def test_a_long_privacy_notice_has_its_place(clinic, manager):
    fields = as_shown(manager.get("/ajustes").text) | {"privacy_notice": "ç" * 20_000}
    assert send(manager, "/ajustes", **fields).status_code == 303
    assert len(clinic.profile.get().privacy_notice) == 20_000


def test_the_trunks_number_is_kept_as_callers_numbers_are(clinic, manager):
    fields = as_shown(manager.get("/ajustes").text) | {"trunk_number": "(11) 3333-4444"}
    assert send(manager, "/ajustes", **fields).status_code == 303
    assert clinic.profile.get().trunk_number == "551133334444"


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("password", "com senha"),
        ("patient,doctor", "paciente, médico(a)"),
        ("2026-11-22", "22/11/2026"),
        ("search: 6", "procurou; encontrados 6"),
        ("csv 2026-11-01 2026-11-14", "CSV, 01/11/2026 14/11/2026"),
        ("appointment:12", "consulta 12"),
        ("failing", "não recebe nada há horas"),
        ("more than 60 failures in an hour", "mais de 60 erros em uma hora"),
        ("", ""),
    ],
)
def test_what_is_noted_is_told_in_portuguese(note, words):
    assert noted(note) == words


@pytest.mark.parametrize("typed", ["paciente 12", "patient:12", "Paciente 12 "])
def test_the_audit_of_a_patient_is_found_as_people_say_it(typed):
    assert subject(typed) == ("patient", 12)
