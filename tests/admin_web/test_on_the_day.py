"""What happens on the day of a visit, and what cannot have happened yet."""

from datetime import timedelta

import pytest

from clinic.agenda_report import Asked
from clinic.visits import Extra
from tests.admin_web.forms import text
from tests.admin_web.test_agenda import MONDAY, act, booked, marina, send, status


def late(clinic):
    return f"/agenda/atraso?medico={marina(clinic)}&minutos=20&dia={MONDAY}"


@pytest.mark.parametrize("words", ["chegou", "faltou"])
def test_what_cannot_have_happened_yet_is_told(clinic, desk, words):
    visit = booked(clinic)
    clinic.clock.now = visit.starts_at - timedelta(days=1)
    reply = act(desk, visit, words)
    assert (reply.status_code, "Ainda é cedo" in text(reply), status(clinic, visit)) == (409, True, "booked")


def test_who_is_here_already_is_offered_no_other_time_for_a_delay(clinic, desk):
    visit = booked(clinic)
    assert "Oferecer outro horário" in text(desk.get(late(clinic)))
    act(desk, visit, "chegou")
    page = text(desk.get(late(clinic)))
    assert ("Alice Ferreira" in page, "Oferecer outro horário" in page) == (True, False)


def test_other_times_are_one_click_from_the_list_of_whom_to_call(clinic, desk):
    visit = booked(clinic)
    send(desk, "/agenda/atraso", medico=marina(clinic), minutos=20, dia=MONDAY)
    assert f"/agenda/consultas/{visit.id}/mover" in desk.get("/avisar").text


def encaixe(clinic):
    """Of Alice's, in the afternoon."""
    start = clinic.slot("marina").starts_at.replace(hour=17)
    kind, at = clinic.directory.kind("consultation"), clinic.at
    wanted = Extra(at.doctors["marina"], at.units["centro"], start, kind, "attendant", "dor forte")
    return clinic.bookings.book_extra(clinic.people["alice"], wanted, "user:1")


def test_a_cancelled_encaixe_is_taken_back_within_ten_seconds(clinic, desk):
    visit = encaixe(clinic)
    act(desk, visit, "cancelar", reason="cannot_attend")
    assert "a consulta voltou ao que era" in text(desk.get(act(desk, visit, "desfazer").location))


def test_an_encaixe_is_offered_another_time_and_moves_there(clinic, desk):
    visit, slot = encaixe(clinic), clinic.slot("marina", place=2)
    page = f"/agenda/consultas/{visit.id}"
    assert f'href="{page}/mover"' in desk.get(page).text
    assert f'name="horario" value="{slot.id}"' in desk.get(f"{page}/mover").text
    act(desk, visit, "mover", horario=slot.id)
    assert [one.starts_at for one in clinic.bookings.upcoming(clinic.people["alice"])] == [slot.starts_at]
    act(desk, visit, "desfazer")
    [back] = clinic.bookings.upcoming(clinic.people["alice"])
    assert back.starts_at == visit.starts_at


def test_who_waits_already_is_told_of_a_delay_by_nobody(clinic, desk):
    act(desk, booked(clinic), "chegou")
    reply = send(desk, "/agenda/atraso", medico=marina(clinic), minutos=20, dia=MONDAY)
    assert "Ninguém mais é esperado neste dia" in text(desk.get(reply.location))
    assert "Ninguém para avisar" in text(desk.get("/avisar"))


def test_how_many_are_to_be_called_comes_with_the_grid_to_who_sees_their_unit(clinic, desk, site):
    north = clinic.at.units["norte"]
    site.users["north"] = clinic.users.create("Nair", ["attendant"], [], by="system", unit_ids=[north])
    grid = f"/agenda/grade?dia={MONDAY}"
    assert "Avisar por telefone" not in text(desk.get(grid))
    booked(clinic)
    send(desk, "/agenda/atraso", medico=marina(clinic), minutos=20, dia=MONDAY)
    assert "Avisar por telefone 1" in text(desk.get(grid))
    assert "Avisar por telefone" not in text(site.client("north").get(grid))


def later(clinic, site, visit, **time):
    """The desk at another moment, logged in anew."""
    clinic.clock.now = visit.starts_at + timedelta(**time)
    return site.client("attendant")


def offered(desk, visit):
    page = desk.get(f"/agenda/consultas/{visit.id}").text
    return [what for what in ("chegou", "atendida", "faltou") if f'/agenda/consultas/{visit.id}/{what}"' in page]


def test_what_nobody_noted_is_offered_on_later_days_and_before_only_what_can_be(clinic, site):
    visit = booked(clinic)
    found = [offered(later(clinic, site, visit, days=days), visit) for days in (-1, 0, 1)]
    assert found == [[], ["chegou", "faltou"], ["chegou", "atendida", "faltou"]]
    page = later(clinic, site, visit, days=30).get(f"/agenda/consultas/{visit.id}")
    assert "ninguém anotou o que houve" in text(page)


@pytest.mark.parametrize("words", ["chegou", "atendida", "faltou"])
def test_what_is_offered_on_later_days_is_done_and_the_history_says_when_and_by_whom(clinic, site, words):
    visit = booked(clinic)
    desk = later(clinic, site, visit, days=1)
    assert act(desk, visit, words).status_code == 303
    said = {"chegou": "Chegou", "atendida": "Atendida", "faltou": "Faltou"}[words]
    page = text(desk.get(f"/agenda/consultas/{visit.id}"))
    assert f"{said} ter., 24 nov., 10:30, na recepção, por " in page


@pytest.mark.parametrize(
    ("words", "counted"), [("", (0, 0, 1)), ("chegou", (1, 0, 0)), ("atendida", (1, 0, 0)), ("faltou", (0, 1, 0))]
)
def test_the_report_counts_what_was_noted_later_on_the_day_of_the_visit(clinic, site, words, counted):
    visit = booked(clinic)
    desk = later(clinic, site, visit, days=1)
    if words:
        act(desk, visit, words)
    day = visit.starts_at.date()
    total = clinic.agenda_reports.make(Asked(day, day)).total
    assert (total.seen, total.noshow, total.unmarked) == counted


def test_a_no_show_of_another_day_is_no_arrival_and_the_words_say_what_is(clinic, site):
    visit = booked(clinic)
    desk = later(clinic, site, visit, minutes=1)
    act(desk, visit, "faltou")
    assert offered(desk, visit) == ["chegou"]
    desk = later(clinic, site, visit, days=1)
    reply = act(desk, visit, "chegou")
    assert (offered(desk, visit), reply.status_code) == ([], 409)
    assert "Uma falta só vira chegada no mesmo dia. Se foi anotada por engano, abone a falta." in text(reply)
