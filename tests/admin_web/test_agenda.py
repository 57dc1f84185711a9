"""/agenda and what hangs on it, without a browser."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from admin_web.app import create_app
from clinic.services import open_clinic
from clinic.settings import Settings
from clinic.visits import Extra
from db.tables import Slot, Unit
from tests.admin_web.conftest import careful
from tests.admin_web.forms import as_shown, plain, text
from tests.clinic.margins import with_margin
from tests.clinic.test_margins import with_a_pause

MONDAY = "2026-11-23"


@pytest.fixture
def narrow(site):
    """An attendant of one unit alone."""
    return site.client("centro_attendant")


def send(client, path, headers=None, **form):
    client.get("/agenda")
    given = {"csrf_token": client.get_cookie("alo_csrf").value, **form}
    return client.post(path, data=given, headers=headers or {})


def marina(clinic):
    return clinic.at.doctors["marina"]


def booked(clinic, who="alice"):
    return clinic.book(who, clinic.slot("marina", place=1))


def act(client, booking, what, **form):
    return send(client, f"/agenda/consultas/{booking.id}/{what}", **form)


def status(clinic, booking):
    return clinic.bookings.get(booking.id).status


def test_the_day_shows_doctors_and_free_times(desk):
    page = text(desk.get(f"/agenda?dia={MONDAY}"))
    assert "Segunda-feira, 23 de novembro de 2026" in page
    assert "Marina Corrêa" in page
    assert "10:00 livre" in page


def test_a_booking_is_a_block_with_name_and_marks(clinic, desk):
    clinic.book("alice", clinic.slot("marina"))
    assert "10:00 Alice Ferreira telefone" in text(desk.get(f"/agenda/grade?dia={MONDAY}"))


def test_an_unchanged_grid_is_not_sent_again(clinic, desk):
    path = f"/agenda/grade?dia={MONDAY}"
    tag = desk.get(path).headers["ETag"]
    assert desk.get(path, headers={"If-None-Match": tag}).status_code == 304
    booked(clinic)
    assert desk.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    "query", ["dia=x", "dia=9999-12-31", "unidade=999", "medico=0", "especialidade=%", "coluna=-1"]
)
def test_an_address_with_nonsense_shows_today(desk, query):
    assert "Segunda-feira, 23 de novembro" in text(desk.get(f"/agenda?{query}"))


def folded(page):
    """What the folded filters of a telephone say, and whether they are open."""
    opened, said = re.search(r'<details class="fold"( open)?>.*?<span>(.*?)</summary>', page.text, re.DOTALL).groups()
    return plain(said), bool(opened)


def test_folded_filters_tell_what_is_chosen(clinic, desk):
    at = clinic.at
    chosen = f"unidade={at.units['centro']}&especialidade={at.specialties['general']}&medico={at.doctors['marina']}"
    assert folded(desk.get(f"/agenda?{chosen}")) == ("Filtros Centro, Clínica geral, Marina Corrêa", False)
    assert folded(desk.get("/agenda")) == ("Filtros todos os médicos", False)


def test_filters_stay_open_once_they_were_used(desk):
    assert folded(desk.get("/agenda?filtros=1"))[1] and folded(desk.get("/agenda/semana?filtros=1"))[1]


def test_an_empty_day_leads_to_the_next_one_with_doctors(desk):
    page = text(desk.get("/agenda?dia=2026-11-22"))
    assert "Ninguém atende neste dia" in page
    assert "Ir para seg., 23 nov." in page


def test_a_holiday_is_told(desk):
    assert "Natal: a unidade não abre" in text(desk.get("/agenda?dia=2026-12-25"))


def test_the_day_to_print_lists_who_comes(clinic, desk):
    booked(clinic)
    assert "10:30 Alice Ferreira Consulta" in text(desk.get(f"/agenda/imprimir?dia={MONDAY}"))


def test_patients_of_other_units_have_no_name(clinic, narrow):
    at = clinic.slot("marina").starts_at + timedelta(hours=5)
    kind = clinic.directory.kind("consultation")
    elsewhere = Extra(marina(clinic), clinic.at.units["norte"], at, kind, "manager", "reforço")
    clinic.bookings.book_extra(clinic.people["alice"], elsewhere, "user:1")
    page = text(narrow.get(f"/agenda?dia={MONDAY}"))
    assert ("Em Santana" in page, "Alice" in page) == (True, False)


def test_booking_begins_with_the_search_and_ends_with_terms(clinic, desk):
    slot, alice = clinic.slot("marina").id, clinic.people["alice"].id
    assert "Alice Ferreira" in text(desk.get(f"/agenda/marcar?horario={slot}&q=alice"))
    page = text(desk.get(f"/agenda/marcar?horario={slot}&paciente={alice}"))
    assert "Consulta (30 min)" in page
    assert "Termina às 11:00" in page


def test_a_booking_by_the_form_stands_in_the_agenda(clinic, desk):
    slot, alice = clinic.slot("marina"), clinic.people["alice"]
    reply = send(desk, "/agenda/marcar", horario=slot.id, paciente=alice.id, once="a", tipo=clinic.at.kinds["first"])
    assert reply.location == f"/agenda?dia={MONDAY}"
    [made] = clinic.bookings.upcoming(alice)
    assert (made.starts_at, made.kind_id) == (slot.starts_at, clinic.at.kinds["first"])


def test_the_form_sent_twice_books_once(clinic, desk):
    slot, alice = clinic.slot("marina"), clinic.people["alice"]
    replies = [send(desk, "/agenda/marcar", horario=slot.id, paciente=alice.id, once="a") for _ in range(2)]
    assert [one.status_code for one in replies] == [303, 303]
    assert len(clinic.bookings.upcoming(alice)) == 1


def test_a_lost_time_is_told_with_others_and_nothing_is_booked(clinic, desk):
    slot, alice = clinic.slot("marina"), clinic.people["alice"]
    clinic.book("bruno", slot)
    reply = send(desk, "/agenda/marcar", horario=slot.id, paciente=alice.id, tipo=clinic.at.kinds["consultation"])
    assert (reply.status_code, clinic.bookings.upcoming(alice)) == (409, [])
    assert "Este horário acabou de ser reservado. Escolha outro: 10:30, 11:00 ou 11:30." in text(reply)
    assert "Alice Ferreira" in text(reply)


def test_two_at_the_desk_one_time(clinic, site):
    slot = clinic.slot("marina").id
    first, second = site.client("attendant"), site.client("manager")
    assert send(first, "/agenda/reservar", horario=slot).status_code == 204
    late = send(second, "/agenda/reservar", horario=slot)
    assert (late.status_code, "Escolha outro" in late.json["said"]) == (409, True)
    send(first, "/agenda/soltar")
    assert send(second, "/agenda/reservar", horario=slot).status_code == 204


def test_conflicts_are_told_before_saving(clinic, desk):
    booked(clinic)
    slot = clinic.slot("rita", "cardiology", place=1)
    page = text(desk.get(f"/agenda/marcar?horario={slot.id}&paciente={clinic.people['alice'].id}"))
    assert "O paciente já tem consulta em seg., 23 nov., 10:30." in page


def test_the_drawer_gets_the_part_alone(clinic, desk):
    part = desk.get(f"/agenda/marcar?horario={clinic.slot('marina').id}", headers={"X-Drawer": "1"}).text
    assert ("<html" in part, 'data-title="Marcar consulta"' in part) == (False, True)


def test_the_day_of_a_visit(clinic, desk):
    visit = booked(clinic)
    assert act(desk, visit, "chegou").status_code == 303
    act(desk, visit, "atendida")
    assert status(clinic, visit) == "fulfilled"


def test_what_changed_meanwhile_is_told(clinic, desk):
    visit = booked(clinic)
    act(desk, visit, "chegou")
    reply = act(desk, visit, "faltou")
    assert (reply.status_code, "mudou enquanto a página estava aberta" in text(reply)) == (409, True)


def test_cancelling_wants_a_reason(clinic, desk):
    visit = booked(clinic)
    for form in ({}, {"reason": "x"}, {"reason": "other", "note": "\u202e"}, {"reason": "other", "note": "x" * 10_000}):
        assert act(desk, visit, "cancelar", **form).status_code == 422
    assert status(clinic, visit) == "booked"


def test_cancelling_is_taken_back_within_ten_seconds(clinic, desk):
    visit = booked(clinic)
    reply = act(desk, visit, "cancelar", reason="cannot_attend")
    assert reply.location.endswith(f"desfazer={visit.id}")
    assert f"/agenda/consultas/{visit.id}/desfazer" in desk.get(reply.location).text
    act(desk, visit, "desfazer")
    assert len(clinic.bookings.upcoming(clinic.people["alice"])) == 1


def test_too_late_to_take_back_says_what_to_do(clinic, desk):
    visit = booked(clinic)
    act(desk, visit, "cancelar", reason="cannot_attend")
    clinic.clock.move(seconds=11)
    reply = act(desk, visit, "desfazer")
    assert "Passou o tempo de desfazer" in text(desk.get(reply.location))


def test_moving_by_the_list_of_free_times(clinic, desk):
    visit = booked(clinic)
    page = desk.get(f"/agenda/consultas/{visit.id}/mover").text
    slot = re.search(r'name="horario" value="(\d+)">11:30', page)[1]
    assert act(desk, visit, "mover", horario=slot).status_code == 303
    [moved] = clinic.bookings.upcoming(clinic.people["alice"])
    assert moved.starts_at == clinic.desk.bookings.slot(int(slot)).starts_at


def test_a_move_sent_twice_is_answered_twice_as_made(clinic, desk):
    visit, slot = booked(clinic), clinic.slot("marina", place=3)
    replies = [act(desk, visit, "mover", horario=slot.id, once="a") for _ in range(2)]
    assert [one.status_code for one in replies] == [303, 303]
    assert all(one.location.endswith(f"&desfazer={visit.id}") for one in replies)
    assert [one.starts_at for one in clinic.bookings.upcoming(clinic.people["alice"])] == [slot.starts_at]


def test_moving_to_a_taken_time_keeps_the_old(clinic, desk):
    visit, other = booked(clinic), clinic.slot("marina", place=2)
    clinic.book("bruno", other)
    reply = act(desk, visit, "mover", horario=other.id)
    assert (reply.status_code, status(clinic, visit)) == (409, "booked")


def test_moving_answers_the_script_with_how_to_take_back(clinic, desk):
    visit = booked(clinic)
    slot = clinic.slot("marina", place=2)
    reply = send(desk, f"/agenda/consultas/{visit.id}/mover", {"X-Drawer": "1"}, horario=slot.id)
    assert reply.json == {"said": "Mudou para 23/11 às 11:30.", "undo": f"/agenda/consultas/{visit.id}/desfazer"}


def test_a_delay_is_shown_and_who_is_hit_must_be_called(clinic, desk):
    booked(clinic)
    reply = send(desk, "/agenda/atraso", medico=marina(clinic), minutos=20, dia=MONDAY)
    assert "1 pessoa ainda vem: quem recebe mensagens é avisado" in text(desk.get(reply.location))
    assert "10:30 Alice Ferreira +20 min" in text(desk.get(f"/agenda/grade?dia={MONDAY}"))
    assert "Atraso: 20 min" in text(desk.get("/avisar"))


@pytest.mark.parametrize("minutes", ["-5", "999", "x", ""])
def test_a_delay_that_is_none_is_told_at_its_field(clinic, desk, minutes):
    reply = send(desk, "/agenda/atraso", medico=marina(clinic), minutos=minutes, dia=MONDAY)
    assert (reply.status_code, 'id="f-minutos-error"' in reply.text) == (422, True)
    assert f'name="minutos" value="{minutes}"' in reply.text


def test_a_call_made_leaves_the_list(clinic, desk):
    clinic.book("zeca", clinic.slot("marina"))
    change = re.search(r"/avisar/(\d+)/feito", desk.get("/avisar").text)[1]
    for _ in range(2):
        assert send(desk, f"/avisar/{change}/feito").status_code == 303
    assert "Ninguém para avisar" in text(desk.get("/avisar"))


def test_what_came_of_a_call_is_told_when_it_is_none(clinic, desk):
    clinic.book("zeca", clinic.slot("marina"))
    change = re.search(r"/avisar/(\d+)/feito", desk.get("/avisar").text)[1]
    reply = send(desk, f"/avisar/{change}/feito", outcome="x")
    assert (reply.status_code, "Escolha “Avisei” ou “Não precisa”" in text(reply)) == (422, True)
    assert f"/avisar/{change}/feito" in desk.get("/avisar").text


@pytest.mark.parametrize("what", ["", "/cancelar", "/mover"])
def test_an_appointment_of_another_unit_is_not_there(clinic, narrow, what):
    there = clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology")
    assert narrow.get(f"/agenda/consultas/{there.id}{what}").status_code == 404


def test_a_time_of_another_unit_is_not_there(clinic, narrow):
    slot = clinic.slot("rita", "cardiology").id
    assert narrow.get(f"/agenda/marcar?horario={slot}").status_code == 404
    assert send(narrow, "/agenda/reservar", horario=slot).status_code == 404


def test_names_are_not_taken_for_html(clinic, desk):
    clinic.people["mean"] = clinic.patients.register("<img src=x> & Cia", clinic.people["alice"].birth_date)
    clinic.book("mean", clinic.slot("marina"))
    assert "<img" not in desk.get(f"/agenda?dia={MONDAY}").text


def test_reading_an_appointment_leaves_a_trace(clinic, desk):
    visit = booked(clinic)
    desk.get(f"/agenda/consultas/{visit.id}")
    [entry] = clinic.audit.latest(1, "patient.read")
    assert (entry.entity_id, entry.note) == (clinic.people["alice"].id, f"appointment:{visit.id}")


def test_a_clinic_without_units_is_told_what_to_do_first(clinic, site):
    clinic.database.change(update(Unit).values(active=False))
    new = open_clinic(Settings(), clinic.clock, clinic.database)
    client = careful(create_app(new, settings=Settings(demo=False)))
    client.set_cookie("alo_session", clinic.sessions.open(site.user("attendant"), agent="tests"))
    assert "A clínica ainda não tem unidades" in text(client.get("/agenda"))


def test_the_time_beside_a_visit_is_seen_and_read_out(clinic, desk):
    kind, slot = with_margin(clinic, before=5, after=10), clinic.slot(place=1)
    hold = clinic.bookings.hold(slot, "call", kind.minutes, kind.margin)
    clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(slot), "telephone")
    page = desk.get("/agenda").text
    assert "marcada, mais 5 min de preparo, mais 10 min de arrumação" in page
    assert ["10:25 às 10:30, preparo" in page, "11:00 às 11:10, arrumação" in page] == [True, True]


def left(clinic, slot):
    """Somebody changes the doctor's hours: none of her times is there any more."""
    clinic.database.change(delete(Slot).where(Slot.id == slot.id))


def test_a_time_that_left_the_agenda_is_told_with_the_next_ones_and_the_way_back(clinic, desk):
    slot, alice = clinic.slot("marina", place=1), clinic.people["alice"].id
    terms = as_shown(desk.get(f"/agenda/marcar?horario={slot.id}&paciente={alice}").text)
    left(clinic, slot)
    for reply in (
        send(desk, "/agenda/marcar", **terms),
        desk.get("/agenda/marcar", query_string=terms),
        send(desk, "/agenda/marcar", headers={"X-Drawer": "1"}, **terms),
    ):
        assert reply.status_code == 410
        said = text(reply)
        assert "seg., 23 nov., 10:30 saiu da agenda: os horários de Marina Corrêa mudaram" in said
        assert "11:00" in said
        assert f'href="/agenda?dia={MONDAY}"' in reply.text
        assert f"paciente={alice}" in reply.text
    assert ("<html" in reply.text, 'class="dialog-body"' in reply.text) == (False, True)
    assert clinic.bookings.upcoming(clinic.people["alice"]) == []


def test_a_link_to_a_time_that_left_the_agenda_leads_back_to_its_day(clinic, desk):
    slot = clinic.slot("marina")
    left(clinic, slot)
    from_tuesday = {"Referer": "http://localhost/agenda?dia=2026-11-24"}
    reply = desk.get(f"/agenda/marcar?horario={slot.id}", headers=from_tuesday)
    assert (reply.status_code, 'href="/agenda?dia=2026-11-24"' in reply.text) == (410, True)
    assert send(desk, "/agenda/reservar", horario=slot.id).json["said"].startswith("Esse horário saiu da agenda")


@pytest.mark.parametrize("was", ["", "1-2", "a-b-c", "999-1-1", f"1-1-{10**17}", "1-1-0", "²-1-1"])
def test_a_time_nobody_knows_and_nonsense_of_what_it_was_is_told_plainly(desk, was):
    reply = desk.get("/agenda/marcar", query_string={"horario": 10**9, "era": was})
    assert (reply.status_code, "saiu da agenda" in text(reply)) == (410, True)
    assert desk.get("/agenda/marcar?horario=x").status_code == 404


def test_a_visit_is_not_moved_to_a_time_that_left_the_agenda(clinic, desk):
    visit, slot = booked(clinic), clinic.slot("marina", place=3)
    left(clinic, slot)
    reply = act(desk, visit, "mover", horario=slot.id)
    assert (reply.status_code, "Esse horário saiu da agenda" in text(reply)) == (409, True)
    assert "Está marcada para" in text(reply)


def test_margins_that_meet_in_a_pause_are_told_before_booking_and_after_moving(clinic, desk):
    kind, times, _ = with_a_pause(clinic)
    page = desk.get(f"/agenda/marcar?horario={times['12:20'].id}&paciente={clinic.people['bruno'].id}&tipo={kind.id}")
    assert "cai nos mesmos minutos que o da consulta das 11:30. Se o médico não puder, escolha outro" in text(page)
    other = clinic.book("bruno", clinic.slot("marina"))
    reply = send(desk, f"/agenda/consultas/{other.id}/mover", {"X-Drawer": "1"}, horario=times["12:20"].id)
    assert reply.json["said"].startswith("Mudou para 24/11 às 12:20. Atenção: o preparo ou a arrumação cai")
