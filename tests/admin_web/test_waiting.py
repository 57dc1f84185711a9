"""The desk's page of the waiting list, and the page of an offer's link."""

import pytest
from sqlalchemy import select, update

from admin_web.extra_words import told
from clinic.editing import stamp
from clinic.extra_facts import look
from clinic.visits import Extra
from db.tables import Patient, Slot, Waiting, WaitingOffer
from tests.admin_web.forms import send
from tests.admin_web.site import make_site
from tests.clinic.outbox.posts import Post, worker
from tests.clinic.waiting.listed import frees, joins, nothing_free, offered, open_offer, place, rounds, slot_state


@pytest.fixture
def desk(clinic, tmp_path):
    site = make_site(clinic, tmp_path, demo=True)
    return site.client("attendant")


@pytest.fixture
def waiting(clinic):
    """Bruno, then Carla; nothing is free."""
    nothing_free(clinic)
    return joins(clinic, "bruno"), joins(clinic, "carla")


@pytest.fixture
def kept(clinic, waiting):
    """An hour is kept for Bruno; its slot and its offer."""
    [slot] = frees(clinic)
    rounds(clinic)
    return slot, open_offer(clinic).id


# The list


def test_an_empty_list_says_what_it_is_for(desk):
    page = desk.get("/espera").text
    assert "Ninguém na lista de espera" in page and "Pôr na lista" in page


def test_the_list_says_who_waits_for_what_and_how_to_reach_them(desk, waiting):
    page = desk.get("/espera").text
    assert page.index("Bruno Lima") < page.index("Carla Souza")
    assert all(said in page for said in ("Clínica geral", "por telefone", "tel:+5511912345678", "sem contato"))


def test_the_list_can_be_narrowed_to_a_specialty(desk, waiting, clinic):
    page = desk.get(f"/espera?especialidade={clinic.at.specialties['ecg']}").text
    assert "Ninguém espera por isso" in page and "Bruno" not in page


def test_an_offer_is_shown_with_its_end(desk, kept):
    page = desk.get("/espera").text
    assert all(said in page for said in ("Aceitou", "Não quer", "Retomar o horário", "guardado até", "11:02"))


def test_the_desk_accepts_for_who_was_called(desk, kept, clinic, waiting):
    desk.get("/espera")
    reply = send(desk, f"/espera/ofertas/{kept[1]}/aceitar")
    assert (reply.status_code, place(clinic, waiting[0])) == (303, (None, "met"))
    assert "Bruno Lima: marcado para" in desk.get("/espera").text
    assert len(clinic.bookings.upcoming(clinic.people["bruno"])) == 1


def test_a_double_click_books_once(desk, kept, clinic):
    desk.get("/espera")
    assert [send(desk, f"/espera/ofertas/{kept[1]}/aceitar").status_code for _ in range(2)] == [303, 303]
    assert len(clinic.bookings.upcoming(clinic.people["bruno"])) == 1


def test_the_desk_declines_for_who_was_called(desk, kept, clinic, waiting):
    desk.get("/espera")
    send(desk, f"/espera/ofertas/{kept[1]}/recusar")
    rounds(clinic)
    assert [(one, status) for one, _, status in offered(clinic)] == [(waiting[0], "declined"), (waiting[1], "open")]


@pytest.mark.parametrize("act", ["aceitar", "retomar"])
def test_what_was_declined_meanwhile_is_told(desk, kept, clinic, act):
    desk.get("/espera")
    clinic.waiting_list.offers.end(kept[1], "declined", "email", "patient:2")
    reply = send(desk, f"/espera/ofertas/{kept[1]}/{act}")
    assert (reply.status_code, "Esta vaga já foi recusada." in reply.text) == (409, True)


def test_a_time_is_taken_back_for_an_emergency_and_booked(desk, kept, clinic):
    desk.get("/espera")
    reply = send(desk, f"/espera/ofertas/{kept[1]}/retomar")
    assert reply.location == f"/agenda/marcar?horario={kept[0]}"
    assert slot_state(clinic, kept[0]) == ("held", True)
    assert desk.get(reply.location).status_code == 200
    assert rounds(clinic) == 0


def test_a_long_time_that_is_taken_back_is_held_whole(desk, kept, clinic):
    desk.get("/espera")
    send(desk, f"/espera/ofertas/{kept[1]}/retomar")
    held = clinic.database.rows(select(Slot.id).where(Slot.status == "held"))
    assert len(held) == 2


def test_who_has_an_offer_is_read_before_who_waits_longer(clinic, waiting):
    [slot] = frees(clinic)
    places, room = clinic.waiting_list.places, clinic.waiting_list.rounds
    room.by_hand(room.wish(waiting[1]), clinic.desk.bookings.slot(slot), "user:1")
    assert [one.id for one in places.all()] == [waiting[1], waiting[0]]


def test_nobody_pays_otherwise_than_they_were_told(desk, kept, clinic):
    desk.get("/espera")
    other = clinic.directory.add_payer("Outro", position=9)
    clinic.database.change(update(Waiting).values(payer_id=other))
    assert send(desk, f"/espera/ofertas/{kept[1]}/aceitar").status_code == 409
    assert clinic.bookings.upcoming(clinic.people["bruno"]) == []


def test_who_is_taken_off_can_be_put_back(desk, waiting, clinic):
    desk.get("/espera")
    reply = send(desk, f"/espera/{waiting[0]}/tirar")
    page = desk.get(reply.location).text
    assert "Bruno" not in page and "Desfazer" in page
    send(desk, f"/espera/{waiting[0]}/voltar")
    assert place(clinic, waiting[0]) == (1, "waiting")


def test_who_is_put_back_has_the_time_that_was_kept(desk, kept, waiting, clinic):
    desk.get("/espera")
    send(desk, f"/espera/{waiting[0]}/tirar")
    send(desk, f"/espera/{waiting[0]}/voltar")
    page = desk.get("/espera").text
    assert ("com o horário que estava guardado" in page, open_offer(clinic).id) == (True, kept[1])


def test_who_is_taken_off_twice_is_not_there(desk, waiting):
    desk.get("/espera")
    assert [send(desk, f"/espera/{waiting[0]}/tirar").status_code for _ in range(2)] == [303, 404]


@pytest.fixture
def silent(clinic, waiting):
    """Bruno has answered none of three offers."""
    clinic.waiting_list.leave(clinic.people["carla"], waiting[1])
    for _ in range(3):
        frees(clinic)
        rounds(clinic)
        clinic.clock.move(days=1)
    rounds(clinic)
    return waiting[0]


def test_who_answers_no_offer_is_shown_and_offered_times_again(silent, desk):
    page = desk.get("/espera").text
    assert "não respondeu a 3 ofertas" in page and "Voltar a oferecer" in page
    send(desk, f"/espera/{silent}/reoferecer")
    page = desk.get("/espera").text
    assert "Bruno Lima volta a receber ofertas." in page and "não respondeu" not in page
    assert send(desk, f"/espera/{silent}/reoferecer").status_code == 409


def test_who_does_not_say_who_pays_is_called(desk, clinic):
    clinic.database.change(update(Patient).values(usual_payer_id=None))
    mine = joins(clinic, "bruno", payer_id=None)
    assert "falta saber quem paga" in desk.get("/espera").text
    page = desk.get(f"/espera/{mine}/horarios").text
    assert ("Ninguém disse quem paga" in page, ">Oferecer<" in page, "Marcar já" in page) == (True, False, True)


def test_a_time_is_offered_by_hand(desk, waiting, clinic):
    [slot] = frees(clinic)
    assert "Marcar já" in desk.get(f"/espera/{waiting[1]}/horarios").text
    send(desk, f"/espera/{waiting[1]}/oferecer", horario=slot)
    assert offered(clinic) == [(waiting[1], slot, "open")]
    reply = desk.get(f"/espera/{waiting[1]}/horarios")
    assert (reply.status_code, "tem uma oferta em aberto" in reply.text) == (409, True)


def test_a_time_that_was_taken_meanwhile_is_told(desk, waiting, clinic):
    [slot] = frees(clinic)
    desk.get(f"/espera/{waiting[1]}/horarios")
    clinic.bookings.hold(clinic.desk.bookings.slot(slot), by="somebody")
    assert send(desk, f"/espera/{waiting[1]}/oferecer", horario=slot).status_code == 409


def test_a_time_that_left_the_agenda_is_not_offered(desk, waiting):
    desk.get(f"/espera/{waiting[1]}/horarios")
    reply = send(desk, f"/espera/{waiting[1]}/oferecer", horario=10**9)
    assert (reply.status_code, "Esse horário saiu da agenda" in reply.text) == (409, True)


def test_where_nothing_is_free_it_says_so(desk, waiting):
    assert "Nenhum horário livre que sirva" in desk.get(f"/espera/{waiting[0]}/horarios").text


def test_somebody_is_put_into_the_list(desk, clinic):
    assert "Alice Ferreira" in desk.get("/espera/nova?q=alice").text
    alice, general = clinic.people["alice"].id, clinic.at.specialties["general"]
    assert "Qualquer hora" in desk.get(f"/espera/nova?paciente={alice}").text
    send(desk, "/espera/nova", paciente=alice, especialidade=general, periodo="morning", novos="1")
    page = desk.get("/espera").text
    assert "Alice Ferreira está na lista de espera." in page and "de manhã" in page


def test_what_is_wrong_with_a_wish_is_told_and_what_was_typed_stays(desk, clinic):
    desk.get("/espera/nova")
    reply = send(desk, "/espera/nova", paciente=clinic.people["alice"].id, periodo="afternoon")
    assert (reply.status_code, "Escolha a especialidade." in reply.text) == (422, True)
    assert '<option value="afternoon" selected>' in reply.text


def test_a_doctor_of_another_specialty_is_told(desk, clinic):
    desk.get("/espera/nova")
    given = {"especialidade": clinic.at.specialties["general"], "medico": clinic.at.doctors["rita"]}
    reply = send(desk, "/espera/nova", given, paciente=clinic.people["alice"].id)
    assert "Este médico não atende esta especialidade." in reply.text


def test_an_attendant_of_one_unit_sees_no_wish_for_another(clinic, tmp_path):
    norte = joins(clinic, "bruno", unit_id=clinic.at.units["norte"])
    browser = make_site(clinic, tmp_path).client("centro_attendant")
    assert "Bruno" not in browser.get("/espera").text
    assert send(browser, f"/espera/{norte}/tirar").status_code == 404


def test_an_offer_at_a_unit_of_others_is_theirs_to_answer(clinic, tmp_path, kept, waiting):
    norte = clinic.at.units["norte"]
    clinic.database.write(lambda connection: connection.execute(update(WaitingOffer).values(unit_id=norte)))
    browser = make_site(clinic, tmp_path).client("centro_attendant")
    page = browser.get("/espera").text
    assert "cuida desta oferta" in page and f"/espera/{waiting[0]}/tirar" not in page
    assert send(browser, f"/espera/{waiting[0]}/tirar").status_code == 404


def test_whom_to_call_about_an_offer_is_said_where_calls_are_made(desk, kept, clinic):
    assert "Avisar pela lista de espera" not in desk.get("/avisar").text
    worker(clinic, Post()).drain()  # Bruno has no e-mail
    assert "Uma pessoa da lista de espera tem um horário guardado" in desk.get("/avisar").text
    assert "avisar por telefone" in desk.get("/espera").text


def test_a_patients_card_ends_their_wait(desk, waiting, clinic):
    assert f"/espera/{waiting[0]}/tirar" in desk.get(f"/pacientes/{clinic.people['bruno'].id}").text


def test_the_agenda_says_that_a_time_is_kept_for_who_waits(desk, kept, clinic):
    day = open_offer(clinic).starts_at.date()
    page = desk.get(f"/agenda?dia={day}").text
    assert ("para quem espera" in page, "sendo reservado" in page) == (True, False)


def test_who_wants_a_time_that_is_kept_is_sent_to_the_list(desk, kept):
    page = desk.get(f"/agenda/marcar?horario={kept[0]}").text
    assert "guardado para uma pessoa da lista de espera" in page and "Abrir a lista de espera" in page
    reply = send(desk, "/agenda/reservar", horario=kept[0])
    assert (reply.status_code, "Retomar o horário" in reply.json["said"]) == (409, True)


def test_an_encaixe_beside_a_kept_time_is_told_for_whom_it_is_kept(clinic, kept):
    one, roster = open_offer(clinic), clinic.desk.roster()
    extra = Extra(one.doctor_id, one.unit_id, one.starts_at, clinic.directory.kind("consultation"), "manager", "dor")
    with clinic.database.read() as connection:
        [held, *_] = [fact for fact in look(connection, roster, extra, clinic.clock()) if fact.what == "held"]
    assert "lista de espera" in told(held, extra, roster)


# The portal


@pytest.fixture
def bruno(clinic, tmp_path):
    return make_site(clinic, tmp_path).client("other_patient")


def test_a_patient_sees_what_is_kept_for_them_and_takes_it(bruno, kept, clinic):
    assert "Abriu um horário para você" in bruno.get("/portal/consultas").text
    reply = send(bruno, f"/portal/espera/ofertas/{kept[1]}/aceitar")
    [booked] = clinic.bookings.upcoming(clinic.people["bruno"])
    assert reply.location == f"/portal/consultas/{booked.id}"


@pytest.mark.parametrize("path", ["/portal", "/portal/consultas"])
def test_the_card_says_who_pays_how_much_and_who_must_agree(bruno, clinic, path):
    rita = clinic.at.doctors["rita"]
    seen = stamp(clinic.practice.prices(rita))
    clinic.practice.set_prices(rita, {clinic.at.kinds["first"]: 35_000}, seen)
    nothing_free(clinic)
    joins(clinic, "bruno", "cardiology")
    frees(clinic, doctor="rita")
    rounds(clinic)
    page = bruno.get(path).text
    assert all(said in page for said in ("Quem paga: Particular", "350,00", "O médico ainda precisa aceitar"))


def test_a_card_that_would_be_refused_asks_to_call(bruno, kept, clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"max_future_appointments": 1}))
    frees(clinic, days=5)
    clinic.book("bruno", clinic.slot())
    page = bruno.get("/portal").text
    assert ("ligue para a recepção" in page, "Quero este horário" in page) == (True, False)


def test_a_patient_leaves_it_to_another(bruno, kept, clinic, waiting):
    bruno.get("/portal/consultas")
    send(bruno, f"/portal/espera/ofertas/{kept[1]}/recusar")
    assert place(clinic, waiting[0]) == (1, "waiting")
    assert "Abriu um horário" not in bruno.get("/portal/consultas").text


def test_a_patient_who_is_late_is_told(bruno, kept, clinic):
    bruno.get("/portal/consultas")
    clinic.waiting_list.offers.end(kept[1], "taken", "desk", "user:7")
    reply = send(bruno, f"/portal/espera/ofertas/{kept[1]}/aceitar")
    assert (reply.status_code, "A clínica precisou deste horário" in reply.text) == (409, True)


def test_an_offer_to_somebody_else_is_not_there(clinic, tmp_path, kept):
    alice = make_site(clinic, tmp_path).client("patient")
    alice.get("/portal/consultas")
    assert send(alice, f"/portal/espera/ofertas/{kept[1]}/aceitar").status_code == 404


def test_who_joins_where_times_are_free_says_who_pays_and_is_offered_only_new_ones(clinic, bruno):
    marina, general = clinic.at.doctors["marina"], clinic.at.specialties["general"]
    assert "quem_paga" in bruno.get(f"/medicos/{marina}").text
    paid = {"quem_paga": clinic.at.payers["saude"]}
    send(bruno, "/portal/espera", paid, medico=marina, especialidade=general)
    [line] = clinic.waiting_list.places.all()
    assert (line.payer_id, rounds(clinic)) == (clinic.at.payers["saude"], 0)
