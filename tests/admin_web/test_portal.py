"""The portal: finding a doctor, booking in three steps."""

import re
from datetime import timedelta

import pytest

from tests.admin_web.forms import send
from tests.admin_web.portal import book, confirm_path, upcoming


@pytest.mark.parametrize("path", ["/portal", "/portal/consultas", "/medicos", "/entrar", "/senha/esqueci"])
def test_the_first_paint_of_a_patients_page_waits_for_one_sheet_and_no_script(site, alice, path):
    page = (alice if path.startswith("/portal") else site.client(None)).get(path).text
    assert re.findall('rel="stylesheet" href="/static/[0-9a-f]+/(.*?)"', page) == ["portal/all.css"]
    assert all('type="module" fetchpriority="low"' in one for one in re.findall("<script [^>]*", page))


# Finding


def test_anybody_finds_doctors_as_the_law_wants_them_shown(site):
    page = site.client(None).get("/medicos").text
    for said in (
        "Marina Corrêa",
        "MÉDICA · CRM-SP 101",
        "Cardiologia · RQE 5511",
        "R$ 350,00",
        "Próximo horário livre",
    ):
        assert said in page


def test_filters_narrow_the_list(clinic, site):
    page = site.client(None).get("/medicos", query_string={"unidade": clinic.at.units["norte"]}).text
    assert "Rita Sampaio" in page and "Marina Corrêa" not in page


@pytest.mark.parametrize("query", ["especialidade=999", "unidade=x", "preco=7", "pagina=-1", "convenio=%00", "para=0"])
def test_a_filter_that_is_none_is_left_out(site, query):
    assert "Marina Corrêa" in site.client(None).get(f"/medicos?{query}").text


def test_a_page_that_is_not_there_says_what_to_do(site):
    assert "Ninguém com essas escolhas" in site.client(None).get("/medicos?pagina=50").text


def test_the_times_of_a_doctor_are_shown_day_by_day(clinic, site):
    page = site.client(None).get(f"/medicos/{clinic.at.doctors['marina']}").text
    assert "Terça-feira, 24 de novembro" in page and "08:00" in page and "Lista de espera" in page


def test_a_doctor_who_is_none_is_not_there(site):
    assert site.client(None).get("/medicos/99999").status_code == 404


def test_whoever_is_not_logged_in_comes_back_to_the_chosen_time(clinic, site):
    _, path = confirm_path(clinic)
    assert site.client(None).get(f"{path}?convenio=1").location.startswith(f"/entrar?next={path}%3Fconvenio")


# Booking


def test_a_patient_books_in_three_steps(clinic, alice):
    _, path = confirm_path(clinic)
    page = alice.get(path).text
    assert "Guardamos este horário" in page and "(5 minutos)" in page and "Alice Ferreira" in page
    done, _, _ = book(clinic, alice, place=0)
    [booked] = upcoming(clinic)
    assert done.location.endswith(f"/portal/consultas/{booked.id}")
    assert "Consulta marcada" in alice.get(done.location).text


def test_the_time_is_kept_while_it_is_looked_at_and_let_go_by_going_back(clinic, alice):
    slot, path = confirm_path(clinic)
    alice.get(path)
    assert slot.id not in {one.id for one in clinic.agenda.next_free(clinic.criteria(doctor="marina"), limit=9)}
    alice.get(f"/medicos/{clinic.at.doctors['marina']}")
    assert slot.id in {one.id for one in clinic.agenda.next_free(clinic.criteria(doctor="marina"), limit=9)}


def test_looking_again_keeps_it_no_longer(clinic, alice):
    _, path = confirm_path(clinic)
    first = re.search(r'data-until="([^"]+)"', alice.get(path).text)[1]
    clinic.clock.move(minutes=2)
    assert re.search(r'data-until="([^"]+)"', alice.get(path).text)[1] == first


def test_the_button_back_lets_it_go_too(clinic, alice):
    slot, path = confirm_path(clinic)
    alice.get(path)
    back = send(alice, "/portal/marcar/voltar", medico=clinic.at.doctors["marina"])
    assert back.location.startswith(f"/medicos/{clinic.at.doctors['marina']}")
    assert clinic.desk.bookings.is_free(slot, "somebody")


def test_a_hold_that_has_lapsed_is_taken_again_if_it_can_be(clinic, alice):
    _, path = confirm_path(clinic)
    once = re.search(r'name="once" value="([^"]+)"', alice.get(path).text)[1]
    clinic.clock.move(minutes=6)
    assert send(alice, path, once=once).status_code == 303


def test_the_same_form_sent_twice_books_once(clinic, alice):
    first, sent, path = book(clinic, alice)
    again = send(alice, path, **sent)
    assert (first.location, len(upcoming(clinic))) == (again.location, 1)


def test_whoever_goes_back_after_booking_is_not_told_that_somebody_was_faster(clinic, alice):
    booked, _, path = book(clinic, alice)
    alice.get(booked.location)
    assert alice.get(path).location == booked.location
    page = alice.get(booked.location).text
    assert "Este horário já é de Alice Ferreira" in page and "reservado" not in page


def test_a_time_that_left_the_agenda_says_so_and_the_choice_stays(clinic, alice):
    chosen = f"especialidade={clinic.at.specialties['general']}"
    reply = alice.get(f"/portal/marcar/999999?{chosen}")
    assert (reply.status_code, reply.location) == (303, f"/portal/marcar?{chosen}")
    assert "saiu da agenda" in alice.get(reply.location).text


def test_the_button_for_a_time_that_left_the_agenda_says_so_too(clinic, alice):
    chosen = {"especialidade": clinic.at.specialties["general"]}
    reply = send(alice, "/portal/marcar/999999", once="form", **chosen)
    assert (reply.status_code, "saiu da agenda" in alice.get(reply.location).text) == (303, True)
    looked = alice.get("/portal/marcar/999999/livre", query_string=chosen)
    assert (looked.status_code, "saiu da agenda" in looked.text) == (409, True)


def test_the_same_form_sent_again_after_cancelling_is_not_told_as_booked(clinic, alice):
    booked, sent, path = book(clinic, alice)
    [mine] = upcoming(clinic)
    alice.get(booked.location)
    send(alice, f"/portal/consultas/{mine.id}/cancelar", reason="cannot_attend")
    page = alice.get(send(alice, path, **sent).location).text
    assert ("nada foi marcado agora" in page, "Consulta marcada para" in page) == (True, False)


def test_a_lost_time_says_so_and_gives_the_next_three(clinic, alice):
    slot, path = confirm_path(clinic)
    clinic.bookings.hold(slot, by="somebody else")
    page = alice.get(path)
    assert page.status_code == 409
    assert "acabou de ser reservado. Escolha outro:" in page.text
    assert page.text.count('class="button primary" href="/portal/marcar/') == 3


def test_a_time_that_was_lost_while_confirming_says_so(clinic, alice):
    slot, path = confirm_path(clinic)
    alice.get(path)
    clinic.clock.move(minutes=6)
    clinic.bookings.hold(slot, by="somebody else", minutes=30)
    assert send(alice, path, once="x").status_code == 409
    assert upcoming(clinic) == []


def test_a_dependant_is_booked_for(clinic, alice):
    davi = clinic.people["davi"]
    book(clinic, alice, para=davi.id)
    assert (len(upcoming(clinic, "davi")), upcoming(clinic)) == (1, [])


def test_nobody_books_for_others(clinic, alice):
    _, path = confirm_path(clinic)
    bruno = clinic.people["bruno"].id
    assert alice.get(path, query_string={"para": bruno}).status_code == 404
    assert send(alice, path, para=bruno).status_code == 404


def test_a_doctor_who_approves_is_asked(clinic, alice):
    _, path = confirm_path(clinic, "rita", "cardiology", 0)
    page = alice.get(path, query_string={"especialidade": clinic.at.specialties["cardiology"]}).text
    assert "É um pedido." in page and "Enviar pedido" in page
    done, _, _ = book(clinic, alice, "rita", "cardiology", 0)
    assert upcoming(clinic)[0].status == "pending"
    assert "Pedido enviado" in alice.get(done.location).text


def test_no_more_than_three_at_once(clinic, alice):
    for place in (0, 3, 6):
        book(clinic, alice, place=place)
    refused, _, _ = book_anyway(clinic, alice)
    assert (refused.status_code, len(upcoming(clinic))) == (409, 3)
    assert "o máximo de uma vez" in refused.text


def book_anyway(clinic, browser):
    _, path = confirm_path(clinic, place=9)
    return send(browser, path, once="fourth"), {}, path


def test_two_at_one_time_are_refused(clinic, alice):
    book(clinic, alice, "marina", place=0)
    mine = upcoming(clinic)[0]
    clinic.agenda.set_hours(clinic.at.doctors["paulo"], hours_like(clinic, mine))
    slot = clinic.slot("paulo")
    assert slot.starts_at < mine.ends_at and mine.starts_at < slot.ends_at + timedelta(minutes=30)
    reply = send(alice, f"/portal/marcar/{slot.id}", once="second")
    assert (reply.status_code, "Já existe uma consulta" in reply.text) == (409, True)


def hours_like(clinic, booking):
    from datetime import time

    from clinic.agenda import HoursInput

    return [HoursInput(clinic.at.units["centro"], day, time(8), time(12)) for day in range(5)]


def test_an_open_retorno_goes_first_and_costs_nothing(clinic, alice):
    visit = clinic.book("alice")
    clinic.clock.now = visit.starts_at
    clinic.bookings.arrive(visit.id, "user:1")
    clinic.bookings.fulfil(visit.id, "user:1")
    assert "um retorno</strong>" in alice.get("/portal").text
    _, path = confirm_path(clinic)
    assert "Retorno, sem cobrança" in alice.get(path).text
    book(clinic, alice, tipo="retorno")
    [booked] = upcoming(clinic)
    assert (clinic.directory.kind(booked.kind_id).code, booked.price_cents) == ("return", None)
