"""The portal: finding a doctor, booking in three steps, one's own appointments."""

import re
from datetime import timedelta

import pytest

from tests.admin_web.forms import send


@pytest.fixture
def alice(site):
    """Alice's browser."""
    browser = site.client("patient")
    browser.get("/portal")
    return browser


def confirm_path(clinic, who="marina", specialty="general", place=1):
    """The third step, for a later time of the doctor's."""
    slot = clinic.slot(who, specialty, place)
    return slot, f"/portal/marcar/{slot.id}"


def book(clinic, browser, who="marina", specialty="general", place=1, **fields):
    """Through the third step to the appointment."""
    _, path = confirm_path(clinic, who, specialty, place)
    page = browser.get(path, query_string={"especialidade": clinic.at.specialties[specialty]})
    once = re.search(r'name="once" value="([^"]+)"', page.text)[1]
    sent = {"once": once, "especialidade": clinic.at.specialties[specialty]} | fields
    return send(browser, path, **sent), sent, path


def upcoming(clinic, who="alice"):
    return clinic.bookings.upcoming(clinic.people[who])


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


# One's own


def test_the_list_shows_what_is_to_come_and_what_was(clinic, alice):
    assert "Nenhuma consulta marcada" in alice.get("/portal/consultas").text
    book(clinic, alice)
    assert upcoming(clinic)[0].code in alice.get(f"/portal/consultas/{upcoming(clinic)[0].id}").text
    assert "Marina Corrêa" in alice.get("/portal/consultas").text


def test_attendance_is_confirmed(clinic, alice):
    book(clinic, alice)
    one = upcoming(clinic)[0]
    assert send(alice, f"/portal/consultas/{one.id}/confirmar").status_code == 303
    assert "Presença confirmada" in alice.get(f"/portal/consultas/{one.id}").text


def test_cancelling_wants_a_reason(clinic, alice):
    book(clinic, alice)
    path = f"/portal/consultas/{upcoming(clinic)[0].id}/cancelar"
    assert "Por que você está cancelando?" in alice.get(path).text
    refused = send(alice, path, reason="", note="talvez")
    assert (refused.status_code, "talvez" in refused.text, "Escolha o motivo." in refused.text) == (422, True, True)
    assert send(alice, path, reason="other", note=" ").status_code == 422
    assert send(alice, path, reason="cannot_attend").status_code == 303
    assert upcoming(clinic) == []


def test_a_late_cancelling_is_told_so(clinic, alice):
    book(clinic, alice)
    one = upcoming(clinic)[0]
    clinic.clock.now = one.starts_at - timedelta(hours=2)
    assert "Falta menos de 24 horas" in alice.get(f"/portal/consultas/{one.id}/cancelar").text


def test_cancelling_is_undone_within_ten_seconds(clinic, alice):
    book(clinic, alice)
    one = upcoming(clinic)[0]
    on = send(alice, f"/portal/consultas/{one.id}/cancelar", reason="cannot_attend").location
    assert "10 segundos para desfazer" in alice.get(on).text
    assert send(alice, f"/portal/consultas/{one.id}/desfazer").status_code == 303
    assert [again.code for again in upcoming(clinic)] == [one.code]


def test_after_ten_seconds_it_is_not(clinic, alice):
    book(clinic, alice)
    one = upcoming(clinic)[0]
    on = send(alice, f"/portal/consultas/{one.id}/cancelar", reason="cannot_attend").location
    clinic.clock.move(seconds=11)
    assert "10 segundos para desfazer" not in alice.get(on).text
    send(alice, f"/portal/consultas/{one.id}/desfazer")
    assert "Passou o tempo de desfazer" in alice.get("/portal/consultas").text
    assert upcoming(clinic) == []


def test_a_new_time_takes_the_place_of_the_old(clinic, alice):
    book(clinic, alice)
    old = upcoming(clinic)[0]
    slot = clinic.slot("marina", place=4)
    path = f"/portal/consultas/{old.id}/remarcar"
    assert "Este horário continua seu" in alice.get(path).text
    assert "Passa para" in alice.get(f"{path}/{slot.id}").text
    assert upcoming(clinic) == [old]  # until it is confirmed
    done = send(alice, f"{path}/{slot.id}", once="m")
    assert [one.starts_at for one in upcoming(clinic)] == [slot.starts_at]
    assert send(alice, f"{path}/{slot.id}", once="m").location.split("?")[0] == done.location.split("?")[0]


def test_a_new_time_that_was_lost_leaves_the_old(clinic, alice):
    book(clinic, alice)
    old, slot = upcoming(clinic)[0], clinic.slot("marina", place=4)
    clinic.bookings.hold(slot, by="somebody else")
    refused = send(alice, f"/portal/consultas/{old.id}/remarcar/{slot.id}", once="m")
    assert (refused.status_code, upcoming(clinic)) == (409, [old])
    assert "acabou de ser reservado" in refused.text


def test_only_a_time_of_the_same_doctor(clinic, alice):
    book(clinic, alice)
    other = clinic.slot("paulo")
    assert alice.get(f"/portal/consultas/{upcoming(clinic)[0].id}/remarcar/{other.id}").status_code == 404


def test_somebody_elses_appointment_is_not_there(clinic, alice):
    other = clinic.book("bruno")
    for path in ("", "/cancelar", "/remarcar"):
        assert alice.get(f"/portal/consultas/{other.id}{path}").status_code == 404
    assert send(alice, f"/portal/consultas/{other.id}/cancelar", reason="cannot_attend").status_code == 404


def test_a_patient_joins_and_leaves_the_waiting_list(clinic, alice):
    marina, general = clinic.at.doctors["marina"], clinic.at.specialties["general"]
    davi = clinic.people["davi"].id
    send(alice, "/portal/espera", medico=marina, especialidade=general, para=davi, periodo="morning")
    page = alice.get("/portal/consultas").text
    assert "Davi Ferreira está na lista de espera" in page and "de manhã" in page
    [place] = clinic.portal.visits.waits([davi])
    assert send(alice, f"/portal/espera/{place.id}/sair").status_code == 303
    assert clinic.portal.visits.waits([davi]) == []
    assert send(alice, f"/portal/espera/{place.id}/sair").status_code == 404


def test_nobody_takes_others_off_the_list(clinic, alice):
    place = clinic.waiting_list.join(clinic.people["bruno"], clinic.at.specialties["general"], "web")
    assert send(alice, f"/portal/espera/{place.id}/sair").status_code == 404
    assert send(alice, "/portal/espera", medico=1, para=clinic.people["bruno"].id).status_code == 404


def test_hostile_words_are_shown_as_text(clinic, alice):
    book(clinic, alice)
    path = f"/portal/consultas/{upcoming(clinic)[0].id}/cancelar"
    page = send(alice, path, reason="", note="<script>alert(1)</script>").text
    assert "&lt;script&gt;alert(1)" in page
    assert send(alice, path, reason="other", note="x" * 10_000).status_code == 422


def test_what_somebody_typed_elsewhere_is_no_key(clinic, alice):
    _, path = confirm_path(clinic)
    assert send(alice, path, once="x" * 5000).status_code == 303
